"""A list that is taken along: cited, with its terms, marked where nobody judged it, and written down."""

import io
import json
import zipfile
from datetime import UTC, datetime

import made_store
import polars as pl
import pytest

from indicia.answers import citation, flagged, leads, reviews, sources, taking
from indicia.errors import AccessError
from indicia.review import Act, Case, Journal, access, cases, desk, tables
from indicia.store import Store

AT = datetime(2026, 4, 1, tzinfo=UTC)
KNOWN = sources.known()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return made_store.build(tmp_path_factory.mktemp("made"))


@pytest.fixture
def store(built):
    with Store.open(built) as store:
        yield store


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path)


def decide(journal, facility, state, by="AB"):
    cases.decide(journal, Act(by, AT), "facility", [Case(facility)], state, "looked")


def listed(store, journal, **asked):
    decided = reviews.decided(store, journal.events([tables.STATE]))
    filters = leads.Filters(**asked, decided=reviews.of_facilities(decided))
    return flagged.flagged(store, filters, now=AT, decided=decided)


def test_every_row_says_who_judged_it_and_the_stamp_how_many_nobody_did(store, journal):
    decide(journal, made_store.BOLD, "reviewed")
    decide(journal, made_store.BOLD, "approved", "CD")
    decide(journal, made_store.QUIET, "dismissed")
    decide(journal, made_store.UNKNOWN, "watching")
    found = listed(store, journal)
    assert dict(found.rows.select("facility_id", "review").iter_rows()) == {
        made_store.BOLD: "approved by CD, reviewed by AB",
        made_store.QUIET: "dismissed by AB",
        made_store.UNKNOWN: "unreviewed",
        "made-twin": "unreviewed",
    }
    assert found.stamp.review.startswith("2 of 4 rows are unreviewed")
    assert "review" in found.stamp.facts()


def test_a_list_is_another_one_once_somebody_decided(store, journal):
    before = listed(store, journal).stamp.list_id
    decide(journal, made_store.BOLD, "triage")
    assert listed(store, journal).stamp.list_id != before


@pytest.mark.parametrize(
    ("states", "ids"),
    [
        (("dismissed",), [made_store.QUIET]),
        (("new",), [made_store.BOLD, made_store.UNKNOWN, "made-twin"]),
        (
            ("new", "dismissed"),
            [made_store.BOLD, made_store.UNKNOWN, made_store.QUIET, "made-twin"],
        ),
        (("approved",), []),
    ],
)
def test_a_list_is_filtered_by_what_people_decided(store, journal, states, ids):
    decide(journal, made_store.QUIET, "dismissed")
    found = listed(store, journal, reviews=states)
    assert found.rows["facility_id"].to_list() == ids
    assert f"review={states[0]}" in found.stamp.query


def test_a_reopened_case_is_new_again(store, journal):
    decide(journal, made_store.QUIET, "dismissed")
    decide(journal, made_store.QUIET, "new")
    assert listed(store, journal, reviews=("new",)).rows.height == 4


def test_a_bundle_holds_citation_and_terms_and_is_written_down_first(store, journal):
    found = listed(store, journal)
    packed = taking.bundle(
        journal, Act("AB", AT, store.data_version), store, found, "csv", KNOWN
    )
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        texts = {n: archive.read(n).decode("utf-8-sig") for n in archive.namelist()}
    for name in ("citation.txt", "citation.bib", "citation.ris"):
        assert found.stamp.list_id in texts[name]
        assert store.data_version in texts[name]
    assert "context/analyst" in texts["licences.txt"]
    stamp = json.loads(next(t for n, t in texts.items() if n.endswith(".stamp.json")))["stamp"]
    assert stamp["review"] == found.stamp.review
    (row,) = desk.taken_lists(journal).rows(named=True)
    assert (row["list_id"], row["rows_count"], row["unreviewed_count"], row["way"]) == (
        found.stamp.list_id, 4, 4, "page",
    )  # fmt: skip
    assert store.manifest.name in (journal.home / "stores" / "CITED").read_text()
    again = taking.bundle(journal, Act("AB", AT), store, found, "csv", KNOWN)
    assert again == packed


def test_nothing_is_handed_out_to_who_may_not_read(store, journal):
    (journal.home / access.FILE).write_text('[[person]]\nname = "AB"\nroles = ["read"]')
    with pytest.raises(AccessError):
        taking.bundle(journal, Act("XY", AT), store, listed(store, journal), "csv", KNOWN)
    assert desk.taken_lists(journal).is_empty()


def test_a_source_that_may_not_be_passed_on_is_named_as_such(store, journal):
    found = listed(store, journal)
    closed = next(s for s in KNOWN.values() if not s.is_redistributable)
    rests = found.evidence.head(1).with_columns(source=pl.lit(closed.id))
    told = citation.licences(
        flagged.Flagged(found.rows, rests, found.stamp, found.unreviewed_count), KNOWN
    )
    assert dict(told.select("source", "is_passed_on").iter_rows()) == {
        closed.id: False, "context/analyst": True,
    }  # fmt: skip


def test_what_a_person_typed_cannot_end_a_field_of_a_citation(store, journal):
    found = listed(store, journal, text="}, author={x}\nTY  - BOOK")
    bib, ris = citation.bibtex(found.stamp), citation.ris(found.stamp)
    assert "author={x}" not in bib
    assert bib.count("{") == bib.count("}")
    assert [line[:2] for line in ris.splitlines()].count("TY") == 1
