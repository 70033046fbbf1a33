"""Whether H1 can be asked: the policy clock by destination and headquarters, around each date."""

from datetime import date, timedelta

import made
import made_resolved as who
import polars as pl
import pytest

from indicia.reference.chips import candidates
from indicia.reference.clock import decide
from indicia.scoring.admissible import admissible, informed

FACILITY = {"facility_id": pl.String, "country_iso2": pl.String, "first_date": pl.Date}
PARTY = {
    "facility_id": pl.String,
    "role": pl.String,
    "party_name": pl.String,
    "headquarters_iso2": pl.String,
}
DAY = timedelta(days=1)
LATER = date(2026, 11, 1)


def asked(country, on, *parties, first=None):
    facilities = pl.DataFrame([("site", country, first)], schema=FACILITY, orient="row")
    held = pl.DataFrame([("site", *p) for p in parties], schema=PARTY, orient="row")
    (row,) = admissible(facilities, held, on).iter_rows(named=True)
    return row["is_admissible"], row["admissibility_reason"]


@pytest.mark.parametrize(
    ("country", "since"),
    [
        ("CN", date(2022, 8, 26)),
        ("HK", date(2022, 8, 26)),
        ("MO", date(2023, 1, 17)),
        ("VN", date(2023, 10, 23)),
        ("AE", date(2023, 10, 23)),
        ("NI", date(2024, 3, 15)),
    ],
)
def test_a_destination_is_asked_from_the_first_day_the_clock_says_yes(country, since):
    is_before, before = asked(country, since - DAY)
    is_from, reason = asked(country, since)
    assert (is_before, is_from) == (False, True)
    assert before.startswith("reference site: ")
    assert reason.startswith(f"some chips need a licence for {country} since {since}")


def test_the_reason_names_the_rules():
    assert asked("MO", date(2023, 2, 1))[1].endswith("since 2023-01-17 (R2023-01)")


@pytest.mark.parametrize("role", ["owner", "operator", "user"])
def test_a_company_with_headquarters_in_china_is_asked_from_2023_10_23(role):
    since, party = date(2023, 10, 23), (role, "Example Cloud", "CN")
    assert asked("SG", since - DAY, party)[0] is False
    is_admissible, reason = asked("SG", since, party)
    assert is_admissible
    assert f"headquarters in CN ({role} Example Cloud) since 2023-10-23" in reason


@pytest.mark.parametrize(
    ("parties", "why"),
    [
        ((), "headquarters not known; would need to be settled"),
        ((("operator", "Example Cloud", None),), "headquarters not known"),
        ((("builder", "Example Construction", "CN"),), "headquarters not known"),
        ((("operator", "Example Cloud", "SG"),), "for SG and the headquarters known"),
        ((("operator", "Example Gulf", "AE"),), "for SG and the headquarters known"),
    ],
    ids=["no party", "unknown", "builder only", "own country", "destination rule only"],
)
def test_singapore_is_otherwise_a_reference_site_and_says_why(parties, why):
    is_admissible, reason = asked("SG", LATER, *parties)
    assert not is_admissible
    assert reason.startswith("reference site")
    assert why in reason


def test_headquarters_bring_nothing_in_inside_the_united_states():
    for parties in ((), (("owner", "Example Inc", "US"),), (("owner", "Example Cloud", "CN"),)):
        is_admissible, reason = asked("US", LATER, *parties)
        assert not is_admissible
        assert reason == "reference site: no chip needed a licence under 3A090 for US"


def test_headquarters_not_known_do_not_matter_before_any_rule_counts_them():
    assert "headquarters" not in asked("SG", date(2023, 10, 22))[1]


@pytest.mark.parametrize("on", [date(2026, 7, 8), date(2026, 7, 9), date(2026, 7, 10), LATER])
def test_the_emirates_stay_admissible_as_3a090b_names_them(on):
    is_admissible, reason = asked("AE", on)
    assert is_admissible
    assert ("R2026-07" in reason) is (on >= date(2026, 7, 10))


@pytest.mark.parametrize(("on", "is_asked"), [(date(2023, 10, 22), False), (LATER, True)])
def test_a_headquarters_rule_that_ended_still_counts_for_its_time(on, is_asked):
    is_admissible, reason = asked("SG", on, ("owner", "Example Holding", "CY"))
    assert is_admissible is is_asked
    assert ("until 2023-12-07" in reason) is is_asked


@pytest.mark.parametrize(
    ("first", "is_asked"), [(date(2023, 12, 7), True), (date(2023, 12, 8), False)]
)
def test_what_ended_before_anything_was_reported_of_the_site_does_not_count(first, is_asked):
    owner = ("owner", "Example Holding", "CY")
    assert asked("SG", LATER, owner, first=first)[0] is is_asked


def test_the_rules_first_day_is_named_though_the_site_is_younger():
    assert "since 2022-08-26" in asked("CN", LATER, first=date(2026, 1, 1))[1]


@pytest.mark.parametrize("parties", [(), (("owner", "Example Cloud", "CN"),)])
def test_an_unknown_country_cannot_be_told_and_it_is_said(parties):
    is_admissible, reason = asked(None, LATER, *parties)
    assert not is_admissible
    assert "country not known" in reason


@pytest.mark.parametrize("country", ["RU", "BY", "IR", "KP", "CU", "SY"])
def test_another_regime_is_named_as_such(country):
    is_admissible, reason = asked(country, LATER)
    assert not is_admissible
    assert "outside the scope of 3A090/4A090" in reason
    assert reason.endswith(f"another export-control regime decides for {country}")


def test_the_place_is_named_before_the_owner_and_several_owners_give_one_row():
    owners = [(role, "Example Cloud", "CN") for role in ("owner", "operator", "user")]
    assert asked("MY", LATER, *owners)[1].startswith("some chips need a licence for a company")
    assert asked("CN", LATER, *owners)[1].startswith("some chips need a licence for CN")


def test_rows_come_back_in_the_order_asked():
    ids = [f"site-{n:03}" for n in range(200)]
    countries = ["CN", "US", None, "AE"] * 50
    facilities = pl.DataFrame({"facility_id": ids[::-1], "country_iso2": countries})
    answer = admissible(facilities, pl.DataFrame(schema=PARTY), LATER)
    assert answer["facility_id"].to_list() == ids[::-1]
    assert answer["is_admissible"].to_list() == [True, False, False, True] * 50


def test_the_day_since_when_is_given_where_there_is_one():
    facilities = pl.DataFrame({"facility_id": ["a", "b"], "country_iso2": ["CN", "US"]})
    answer = admissible(facilities, pl.DataFrame(schema=PARTY), LATER)
    assert answer["licence_since_date"].to_list() == [date(2022, 8, 26), None]


def test_one_engine_answers_for_the_site_and_for_the_part():
    days = [date(2022, 8, 25), date(2022, 8, 26), date(2023, 10, 23), date(2024, 3, 15), LATER]
    released = candidates()
    for country in ("CN", "MO", "VN", "SG", "NI", "US", "IN", "AE"):
        for on in days:
            chips = released.filter(pl.col("released_date") <= on).select("chip")
            every = decide(chips.with_columns(destination=pl.lit(country), date=on))
            assert asked(country, on)[0] is ("yes" in every["answer"].to_list()), (country, on)


def test_nothing_asked_gives_no_rows():
    none = admissible(pl.DataFrame(schema=FACILITY), pl.DataFrame(schema=PARTY), LATER)
    assert none.schema == {
        "facility_id": pl.String,
        "is_admissible": pl.Boolean,
        "admissibility_reason": pl.String,
        "licence_since_date": pl.Date,
    }
    assert none.is_empty()


def registered(*, is_same=True, headquarters=None, parent="CN", **link):
    """A site in Singapore whose operator is in a register, under a parent elsewhere."""
    entity = "LEI:A" if is_same else "party:Example Cloud"
    operator = made.party("Example Cloud", role="operator", headquarters_iso2=headquarters)
    db = who.database(
        [
            who.record("LEI:A", name="Example Cloud Pte"),
            who.record("LEI:B", name="Example Group"),
            who.party("Example Cloud", entity),
        ],
        facility_party=[operator],
        entity_record=[
            {"record_id": "LEI:A", "name": "Example Cloud Pte", "headquarters_iso2": "SG"},
            {"record_id": "LEI:B", "name": "Example Group", "headquarters_iso2": parent},
        ],
        entity_link=[who.link("LEI:A", "LEI:B", **link)],
    )
    parties = pl.DataFrame(
        [("epoch-example", "operator", "Example Cloud", headquarters)],
        schema=PARTY,
        orient="row",
    )
    facilities = pl.DataFrame([("epoch-example", "SG", None)], schema=FACILITY, orient="row")
    (row,) = admissible(facilities, informed(db, parties, LATER), LATER).iter_rows(named=True)
    return row["is_admissible"], row["admissibility_reason"]


def test_headquarters_of_a_registered_parent_are_asked_about_and_the_way_is_told():
    is_admissible, reason = registered(starts_date=date(2020, 1, 1))
    assert is_admissible
    assert reason.startswith(
        "some chips need a licence for a company with headquarters in CN (operator Example Cloud, "
        "by its ultimate parent Example Group (LEI:B, 1 step up, on 2026-11-01)) since 2023-10-23"
    )


def test_a_register_that_names_a_place_outside_the_rules_settles_the_headquarters():
    assert registered(parent="SG") == (
        False,
        "reference site: no chip needed a licence under 3A090 for SG and the headquarters known",
    )


@pytest.mark.parametrize(
    ("more", "is_asked"),
    [
        ({"is_same": False}, False),
        ({"headquarters": "SG"}, False),
        ({"ends_date": LATER - DAY}, False),
        ({"ends_date": LATER}, True),
        ({"owned_share": 0.49}, False),
        ({"owned_share": 0.5}, True),
    ],
    ids=["not the same", "a publisher says", "ended", "last day", "minority", "half"],
)
def test_a_parent_counts_only_where_it_is_known_in_force_and_in_control(more, is_asked):
    assert registered(**more)[0] is is_asked
