"""Parties against listed names and aliases."""

from datetime import date

import made
import pytest

from indicia.indicators import listed_party

LISTED = made.listing("Example Dragon Computing Co., Ltd.", aliases="EDC; 示例龙计算有限公司")


def screened(name, *listings, country=None, site=None):
    given = {
        "facility_party": [made.party(name, headquarters_iso2=country)],
        "entity_listing": list(listings),
    }
    if site:
        given["facility"] = [
            {"facility_id": "epoch-example", "name": "Hall", "country_iso2": site}
        ]
    found = listed_party.compute(made.database(**given))
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


@pytest.mark.parametrize(
    "name",
    [
        "EXAMPLE DRAGON COMPUTING",
        "Example  Dragon-Computing Company Limited",
        "示例龙计算股份有限公司",
    ],
)
def test_spelling_and_legal_form_do_not_matter(name):
    assert screened(name, LISTED)[0]["result"] == "flag"


@pytest.mark.parametrize(
    "name",
    [
        "Zhuhai Example Dragon Computing",
        "Example Dragon",
        "Example Dragon Computing Group",
        "上海示例龙计算",
    ],
)
def test_sisters_parents_and_parts_stay_apart(name):
    assert screened(name, LISTED)[0]["result"] == "no_flag"


def test_a_flag_quotes_name_citation_and_date():
    row, sources = screened("Example Dragon Computing", LISTED)
    assert row["starts_date"] == date(2024, 12, 5)
    (quote,) = [q for q in sources["quote"] if q.startswith("EL: ")]
    assert quote == "EL: Example Dragon Computing Co., Ltd.; 89 FR 96830; listed 2024-12-05"


@pytest.mark.parametrize(
    ("country", "site", "result"),
    [
        ("CN", None, "flag"),
        (None, "CN", "flag"),
        ("US", "US", "no_flag"),
        (None, None, "no_flag"),
    ],
)
def test_a_short_name_needs_a_country(country, site, result):
    row, _ = screened("EDC Ltd", LISTED, country=country, site=site)
    assert row["result"] == result
    assert row["observed_value"] == (1.0 if result == "flag" else 0.5)


def test_a_listing_without_a_date_counts_and_says_so():
    row, sources = screened(
        "Plain Example Works", made.listing("Plain Example Works", listed_date=None)
    )
    assert row["result"] == "flag"
    assert any("date not stated" in q for q in sources["quote"])


def test_a_listing_that_is_still_to_come_is_not_used():
    later = made.listing("Plain Example Works", listed_date=date(2027, 1, 1))
    assert screened("Plain Example Works", later)[0]["result"] == "no_flag"


def test_one_party_on_two_lists_is_one_piece_of_evidence():
    other = {**LISTED, "list_code": "MEU", "listing_key": "m1"}
    _, sources = screened("Example Dragon Computing", LISTED, other)
    assert set(sources["table_name"]) == {"facility_party", "entity_listing"}
    assert sources["evidence_id"].n_unique() == 1
    assert sources.height == 3


@pytest.mark.parametrize("other", ["1260H", "CMIC", "CAP", "OPENSANCTIONS"])
def test_a_list_that_restricts_no_export_does_not_count(other):
    elsewhere = {**LISTED, "list_code": other}
    unrelated = made.listing("Another Example Works")
    assert screened("Example Dragon Computing", elsewhere, unrelated)[0]["result"] == "no_flag"
