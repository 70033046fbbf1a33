"""E02 to E05 at their dates and bounds, what they cite, and that order does not matter."""

from datetime import date, timedelta

import made
import made_resolved as who
import polars as pl
import pytest

from indicia.indicators import (
    founded_after_rule,
    listed_affiliate,
    opaque_ownership,
    shell_rotation,
)
from indicia.indicators.founded_after_rule import days_after, rule_days
from indicia.indicators.shell_rotation import reference_ratio, weight_of
from indicia.schema import PARTY_RECORD

DAY = timedelta(days=1)
LISTED = date(2024, 12, 5)
PARTY = "Example Bright Trading"
EVERY = (shell_rotation, founded_after_rule, listed_affiliate, opaque_ownership)


def one(indicator, db):
    found = indicator.compute(db)
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


def neighbour(
    founded=None, first=None, listed=LISTED, ours="10 Sample Road", theirs="10 Sample Rd"
):
    return who.database(
        [
            who.party(PARTY, "LEI:A", first_date=first),
            who.record("LEI:A", address=ours, founded_date=founded),
            who.listed("Example Dragon", address=theirs, listed_date=listed),
        ],
        facility_party=[made.party(PARTY)],
        entity_listing=[made.listing("Example Dragon", listed_date=listed)],
    )


@pytest.mark.parametrize(
    ("founded", "result"),
    [
        (LISTED - DAY, "no_flag"),
        (LISTED, "flag"),
        (LISTED + 180 * DAY, "flag"),
        (date(2025, 10, 7), "no_flag"),
    ],
)
def test_a_new_name_counts_from_the_listing_to_180_days_after(founded, result):
    assert one(shell_rotation, neighbour(founded))[0]["result"] == result


def test_a_rule_opens_the_span_as_a_listing_does():
    founded = date(2022, 8, 26)
    row, _ = one(shell_rotation, neighbour(founded, listed=date(2019, 5, 16)))
    assert row["result"] == "flag"
    assert "0 days after L2022-08" in row["statement"]
    assert (
        one(shell_rotation, neighbour(founded - DAY, listed=date(2019, 5, 16)))[0]["result"]
        == "no_flag"
    )


def test_a_foundation_speaks_before_a_first_mention():
    old = neighbour(founded=date(2001, 1, 1), first=LISTED + DAY)
    assert one(shell_rotation, old)[0]["result"] == "no_flag"
    assert one(shell_rotation, neighbour(first=LISTED + DAY))[0]["result"] == "flag"


def test_a_listing_without_a_day_can_still_be_met_and_dated_by_a_rule_only():
    assert one(shell_rotation, neighbour(LISTED + DAY, listed=None))[0]["result"] == "no_flag"
    assert one(shell_rotation, neighbour(date(2025, 4, 10), listed=None))[0]["result"] == "flag"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("Moscow, RU", "Moscow, RU"), ("Example Bazaar Kabul", "Example Bazaar Kabul")],
)
def test_a_town_or_a_place_without_a_number_is_no_shared_address(ours, theirs):
    row, _ = one(shell_rotation, neighbour(LISTED + DAY, ours=ours, theirs=theirs))
    assert row["result"] == "no_data"


def test_a_shell_flag_quotes_both_addresses_the_days_and_the_firms():
    row, sources = one(shell_rotation, neighbour(LISTED + 60 * DAY))
    assert row["statement"] == (
        "First on record on 2025-02-03, 60 days after its listing, at one house (10 Sample Rd; "
        "2 firms known there): EL: Example Dragon; listed 2024-12-05."
    )
    assert {
        "EL: Example Dragon; listed 2024-12-05; 10 Sample Rd",
        "LEI:A: 10 Sample Road",
    } <= set(sources["quote"])
    assert row["starts_date"] == date(2025, 2, 3)


@pytest.mark.parametrize(
    ("firms", "divided_by"), [(1, 1), (10, 1), (100, 2), (1000, 3), (100_000, 3)]
)
def test_the_ratio_is_divided_by_the_logarithm_of_the_firms(firms, divided_by):
    quality = pl.select(weight_of(pl.lit(firms))).item()
    left = max(1.0, reference_ratio() / divided_by)
    assert reference_ratio() ** quality == pytest.approx(left, rel=1e-3)


@pytest.mark.parametrize(
    "address", ["Room 5, 12-14 King's Road", "5/F, 12-14 Street", "样本路10号"]
)
def test_firms_are_counted_over_every_source_however_the_address_is_written(address):
    db = neighbour(LISTED + DAY, ours=address, theirs=address)
    other = who.record("LEI:Z", address=address.upper())
    db.register("incoming", PARTY_RECORD.frame([other]))
    db.execute("INSERT INTO party_record SELECT * FROM incoming")
    statement = one(shell_rotation, db)[0]["statement"]
    assert "3 firms known there" in statement


@pytest.mark.parametrize("days", [0, 1, 180])
def test_a_foundation_counts_on_the_days_after_each_rule(days):
    for rule in rule_days()["rule_date"]:
        row, _ = one(founded_after_rule, neighbour(rule + days * DAY))
        assert row["result"] == "flag", (rule, days)
        assert f"Founded on {rule + days * DAY}" in row["statement"]


def test_how_many_days_lie_after_a_rule_is_as_the_page_says():
    first, last = date(2022, 8, 26), date(2026, 11, 28)
    every = [first + n * DAY for n in range((last - first).days + 1)]
    near = [
        d
        for d in every
        if any(0 <= (d - r).days <= days_after() for r in rule_days()["rule_date"])
    ]
    assert round(100 * len(near) / len(every), 1) == 53.7


def held(*links, listed=LISTED, records=()):
    return who.database(
        [
            who.party(PARTY, "LEI:A"),
            who.record("LEI:A"),
            who.listed("Example Dragon", listed_date=listed),
            *records,
        ],
        facility_party=[made.party(PARTY)],
        entity_link=list(links),
        entity_listing=[made.listing("Example Dragon", listed_date=listed)],
    )


DRAGON = "EL:Example Dragon"


@pytest.mark.parametrize(
    ("more", "result"),
    [
        ({"owned_share": 0.5}, "flag"),
        ({"owned_share": 0.4999}, "no_flag"),
        ({}, "flag"),
        ({"owned_share": 0.6, "ends_date": made.PUBLISHED.date()}, "flag"),
        ({"owned_share": 0.6, "ends_date": made.PUBLISHED.date() - DAY}, "no_data"),
        ({"owned_share": 0.6, "starts_date": made.PUBLISHED.date()}, "flag"),
        ({"owned_share": 0.6, "starts_date": made.PUBLISHED.date() + DAY}, "no_data"),
    ],
)
def test_a_listed_owner_counts_by_share_and_day(more, result):
    assert one(listed_affiliate, held(who.link("LEI:A", DRAGON, **more)))[0]["result"] == result


def test_a_related_company_is_no_owner():
    db = held(who.link("LEI:A", DRAGON, "related"))
    assert one(listed_affiliate, db)[0]["result"] == "no_data"


def test_a_listed_affiliate_is_told_hop_by_hop_with_its_rows():
    chain = held(
        who.link("LEI:A", "LEI:H", owned_share=0.8, starts_date=date(2021, 3, 1)),
        who.link("LEI:H", DRAGON, owned_share=0.6),
    )
    row, sources = one(listed_affiliate, chain)
    assert row["observed_value"] == 0.8
    assert row["statement"] == (
        "Listed owners hold 80.0 % on 2026-01-01, by way of: direct parent LEI:H, 80.0 %, since "
        "2021-03-01, then direct parent EL:Example Dragon, 60.0 %, first day not stated; "
        "EL: Example Dragon; listed 2024-12-05."
    )
    keys = set(sources.filter(pl.col("table_name") == "entity_link")["row_key"])
    assert keys == {
        "record_id=LEI:A, kind=direct parent, other_id=LEI:H",
        f"record_id=LEI:H, kind=direct parent, other_id={DRAGON}",
    }
    assert row["starts_date"] == LISTED


@pytest.mark.parametrize(("share", "marks"), [(0.24, 1), (0.25, 2), (0.4999, 2), (0.5, 0)])
def test_marks_of_opaque_ownership_at_their_bounds(share, marks):
    row, _ = one(opaque_ownership, held(who.link("LEI:A", DRAGON, owned_share=share)))
    assert row["observed_value"] == marks
    assert row["result"] == ("flag" if marks else "no_flag")


def test_the_partys_own_seat_and_one_place_twice_are_no_chain():
    links = [who.link("LEI:A", "LEI:H"), who.link("LEI:H", "LEI:T")]
    for seats, result in (
        (("VG", "VG"), "no_flag"),
        (("VG", "KY"), "flag"),
        (("VG", None), "no_flag"),
    ):
        records = [
            who.record("LEI:H", countries_iso2=seats[0]),
            who.record("LEI:T", countries_iso2=seats[1]),
        ]
        assert one(opaque_ownership, held(*links, records=records))[0]["result"] == result


@pytest.mark.parametrize("indicator", EVERY, ids=lambda i: i.CODE)
def test_without_anything_resolved_there_is_no_data(indicator):
    db = made.database(
        facility_party=[made.party(PARTY)], entity_listing=[made.listing("Example Dragon")]
    )
    assert one(indicator, db)[0]["result"] == "no_data"


@pytest.mark.parametrize("indicator", EVERY, ids=lambda i: i.CODE)
def test_a_possible_match_brings_nothing(indicator):
    db = who.database(
        [
            who.party(PARTY, f"party:{PARTY}"),
            who.record("LEI:A", address="10 Sample Road", founded_date=LISTED + DAY),
            who.listed("Example Dragon", address="10 Sample Road"),
        ],
        [who.edge("LEI:A", f"party:{PARTY}", method="similar name", decision="possible")],
        facility_party=[made.party(PARTY)],
        entity_link=[who.link("LEI:A", DRAGON, owned_share=0.4)],
        entity_listing=[made.listing("Example Dragon")],
    )
    assert one(indicator, db)[0]["result"] == "no_data"


@pytest.mark.parametrize("indicator", EVERY, ids=lambda i: i.CODE)
def test_the_order_of_rows_does_not_matter(indicator):
    def found(step):
        records = [
            who.party(PARTY, "LEI:A"),
            who.party("Example Other", "LEI:B"),
            who.record("LEI:A", address="10 Sample Road", founded_date=LISTED + DAY),
            who.record("LEI:B", address="5/F, 10 Sample Road", founded_date=date(2001, 1, 1)),
            who.listed("Example Dragon", address="10 Sample Rd; 5th Floor, 10 Sample Rd"),
            who.listed("Example Tiger", address="10 Sample Rd"),
        ]
        links = [
            who.link("LEI:A", DRAGON, owned_share=0.3),
            who.link("LEI:A", "EL:Example Tiger", owned_share=0.3),
            who.link("LEI:B", "LEI:A", owned_share=0.7),
        ]
        db = who.database(
            records[::step],
            facility_party=[made.party(PARTY), made.party("Example Other")][::step],
            entity_link=links[::step],
            entity_listing=[made.listing("Example Dragon"), made.listing("Example Tiger")][
                ::step
            ],
        )
        answer = indicator.compute(db)
        return answer.evidence, answer.sources.sort(pl.all())

    for one_way, other in zip(found(1), found(-1), strict=True):
        assert one_way.equals(other)


def test_a_party_joined_to_a_listing_is_met_by_e01_too_and_says_how():
    from indicia.indicators import listed_party

    listing = made.listing("Example Dragon")
    key = f"EL:{listing['listing_key']}"
    db = who.database(
        [who.party(PARTY, key), {**who.listed("Example Dragon", key), "record_id": key}],
        [who.edge(f"party:{PARTY}", key, method="registry id", decision="same")],
        facility_party=[made.party(PARTY)],
        entity_listing=[listing],
    )
    row, _ = one(listed_party, db)
    assert row["result"] == "flag"
    assert row["statement"].startswith(
        "Taken to be a listed organisation (registry id): EL: Example Dragon;"
    )
