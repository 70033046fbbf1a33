"""Whether H1 can be asked: destination and headquarters, on both sides of each date."""

from datetime import date, timedelta

import polars as pl
import pytest

from indicia.scoring.admissible import admissible

FACILITY = {"facility_id": pl.String, "country_iso2": pl.String}
PARTY = {
    "facility_id": pl.String,
    "role": pl.String,
    "party_name": pl.String,
    "headquarters_iso2": pl.String,
}
DAY = timedelta(days=1)
LATER = date(2026, 11, 1)


def asked(country, on, *parties):
    facilities = pl.DataFrame([("site", country)], schema=FACILITY, orient="row")
    held = pl.DataFrame([("site", *p) for p in parties], schema=PARTY, orient="row")
    (row,) = admissible(facilities, held, on).iter_rows(named=True)
    return row["is_admissible"], row["admissibility_reason"]


@pytest.mark.parametrize(
    ("country", "since"),
    [
        ("CN", date(2022, 10, 21)),
        ("HK", date(2022, 10, 21)),
        ("MO", date(2023, 1, 17)),
        ("VN", date(2023, 11, 17)),
        ("AE", date(2023, 11, 17)),
        ("NI", date(2024, 3, 15)),
    ],
)
def test_a_destination_is_asked_from_the_day_of_its_rule(country, since):
    is_before, before = asked(country, since - DAY)
    is_from, reason = asked(country, since)
    assert (is_before, is_from) == (False, True)
    assert before.startswith("reference site")
    assert since.isoformat() in reason
    assert country in reason


def test_hong_kong_is_treated_as_china():
    assert "treated as China" in asked("HK", LATER)[1]


@pytest.mark.parametrize("role", ["owner", "operator", "user"])
def test_a_company_with_headquarters_in_china_is_asked_from_2023_11_17(role):
    since, party = date(2023, 11, 17), (role, "Example Cloud", "CN")
    assert asked("SG", since - DAY, party)[0] is False
    is_admissible, reason = asked("SG", since, party)
    assert is_admissible
    assert f"headquarters in CN ({role} Example Cloud) since 2023-11-17" in reason


@pytest.mark.parametrize(
    "parties",
    [
        (),
        (("operator", "Example Cloud", None),),
        (("operator", "Example Cloud", "SG"),),
        (("builder", "Example Construction", "CN"),),
        (("operator", "Example Gulf", "AE"),),
    ],
    ids=["no party", "unknown", "own country", "builder only", "destination rule only"],
)
def test_singapore_is_otherwise_a_reference_site(parties):
    is_admissible, reason = asked("SG", LATER, *parties)
    assert not is_admissible
    assert reason.startswith("reference site")


def test_the_united_states_are_a_reference_site():
    assert asked("US", LATER, ("owner", "Example Inc", "US"))[0] is False


@pytest.mark.parametrize("on", [date(2026, 7, 8), date(2026, 7, 9), date(2026, 7, 10), LATER])
def test_the_emirates_stay_admissible_after_their_rule_ended_and_it_is_said(on):
    is_admissible, reason = asked("AE", on)
    assert is_admissible
    assert "since 2023-11-17 until 2026-07-09" in reason
    assert "uncertain" in reason


@pytest.mark.parametrize(("on", "is_asked"), [(date(2023, 11, 16), False), (LATER, True)])
def test_a_headquarters_rule_that_ended_still_counts_for_its_time(on, is_asked):
    is_admissible, reason = asked("SG", on, ("owner", "Example Holding", "CY"))
    assert is_admissible is is_asked
    assert ("until 2023-12-07" in reason) is is_asked


def test_an_unknown_country_is_not_ruled_out_and_it_is_said():
    is_admissible, reason = asked(None, LATER)
    assert is_admissible
    assert reason == "country unknown: whether a licence was needed cannot be told"


def test_an_unknown_country_with_a_known_owner_is_judged_by_the_owner():
    is_admissible, reason = asked(None, LATER, ("owner", "Example Cloud", "CN"))
    assert is_admissible
    assert "headquarters in CN" in reason


def test_another_regime_is_named_as_such():
    is_admissible, reason = asked("RU", LATER)
    assert is_admissible
    assert "another export-control regime" in reason


def test_the_place_is_named_before_the_owner_and_several_owners_give_one_row():
    owners = [(role, "Example Cloud", "CN") for role in ("owner", "operator", "user")]
    assert asked("MY", LATER, *owners)[1].startswith("some chips need a licence for a company")
    assert asked("CN", LATER, *owners)[1].startswith("some chips need a licence for CN")


def test_rows_come_back_in_the_order_asked():
    ids = [f"site-{n:03}" for n in range(200)]
    countries = ["CN", "US", None, "AE"] * 50
    facilities = pl.DataFrame(
        {"facility_id": ids[::-1], "country_iso2": countries}, schema=FACILITY
    )
    answer = admissible(facilities, pl.DataFrame(schema=PARTY), LATER)
    assert answer["facility_id"].to_list() == ids[::-1]
    assert answer["is_admissible"].to_list() == [True, False, True, True] * 50


def test_nothing_asked_gives_no_rows():
    none = admissible(pl.DataFrame(schema=FACILITY), pl.DataFrame(schema=PARTY), LATER)
    assert none.schema == {
        "facility_id": pl.String,
        "is_admissible": pl.Boolean,
        "admissibility_reason": pl.String,
    }
    assert none.is_empty()
