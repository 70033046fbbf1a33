"""The page on real data: a hindcast sees no later row, names are met whole, silence has reasons."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import made_store
import polars as pl
import pytest

from indicia.indicators import CATALOGUE
from indicia.real_data import (
    files,
    held,
    hindcast,
    lanes,
    page_cases,
    page_lanes,
    page_zones,
    visible,
    zones,
)
from indicia.real_data.hindcast import Case, Said
from indicia.real_data.intervals import told, wilson
from indicia.schema import OBSERVED, parsed, stamped
from indicia.sources import own_tables
from indicia.store import Build, Vintage

ROOT = Path(__file__).parents[2]
CASES = hindcast.read(ROOT / "docs/validation/real_data_cases.csv")
EVENTS = ROOT / "data/starter/context/events/event.csv"
EARLY, CUT, LATE = date(2025, 3, 1), date(2025, 5, 31), date(2025, 6, 1)
TODAY = date(2026, 3, 1)
SITE, PARTY = "analyst-made", "Hazelnut Lantern"
CASE = Case(
    "C99", hindcast.DIVERSION, "2025-06-01", CUT, ("procurement", "customs"),
    (SITE,), ("CN",), ("TWN>MYS",), (PARTY,),
)  # fmt: skip
FACILITY = {
    "facility_id": SITE, "publisher_key": "m", "name": "Made Hall", "country_iso2": "CN",
    "coord_precision": "city", "site_class": "ai", "is_declared_ai": True,
}  # fmt: skip
OWNER = {"facility_id": SITE, "role": "owner", "party_name": PARTY, "certainty": "stated", "headquarters_iso2": "CN"}  # fmt: skip
AWARD = {
    "process_id": "p1", "notice_id": "1", "line_id": "award", "stage": "award",
    "notice_date": date(2025, 1, 10), "title": "Servers with NVIDIA H100", "buyer_name": PARTY,
    "country_iso2": "CN",
}  # fmt: skip


NOBODY = pl.DataFrame(schema={"name": pl.String, "verdict": pl.String})


def stamped_rows(name, rows, day):
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    stamps = made_store.STAMP | {"source": "context/analyst", "published_utc": at}
    frame = parsed(OBSERVED[name]).frame(rows)
    return stamped(OBSERVED[name]).fit(
        frame.with_columns(**{k: pl.lit(v) for k, v in stamps.items()})
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A site public early, and an award of its owner that is published on the day after the cut."""
    place = tmp_path_factory.mktemp("real")
    now = made_store.NOW
    with Build(place) as build:
        for name, rows, day in (
            ("facility", [FACILITY], EARLY),
            ("facility_party", [OWNER], EARLY),
            ("procurement_notice", [AWARD], LATE),
        ):
            vintage = Vintage(now, now, "fetch-1", is_snapshot=False)
            build.load(
                OBSERVED[name], stamped_rows(name, rows, day), vintage, "context/analyst"
            )
        build.publish(rules_version="x", kind="live", now=now)
    return place


@pytest.fixture(scope="module")
def said(home):
    """What is said of the case the day before it was public, and on the day."""
    asked = [i for i in CATALOGUE if i.code == "R01"]
    cases = [replace(CASE, case_id=str(cut), cut=cut) for cut in (CUT, LATE)]
    opened = partial(held.as_of, home, today=TODAY, catalogue=asked)
    return [s for _, s in hindcast.run(cases, opened)]


def test_the_day_before_first_press_sees_no_row_of_the_day_itself(said):
    before, after = said
    assert before.rows["procurement"] == visible.Counted(0, 0, 0)
    assert after.rows["procurement"] == visible.Counted(1, 1, 1)
    assert before.sites["verdict"].to_list() == ["no lead"]
    assert (before.is_raised, before.flags.height) == (False, 0)
    assert "R01" in after.flags["indicator"].to_list()
    assert after.is_raised


def test_silence_has_its_reasons(said):
    before, after = said
    assert "no row of its lanes" in before.reasons
    assert "no row of its places or parties in procurement, customs" in before.reasons
    assert after.reasons == ()


def made_rows(words=(), countries=()):
    frames = {f: pl.DataFrame({"country": [], "words": []}, schema={"country": pl.String, "words": pl.String}) for f in visible.FAMILIES}  # fmt: skip
    frames["registry"] = pl.DataFrame({"country": ["" for _ in words], "words": [f" {w} " for w in words]})  # fmt: skip
    frames["customs"] = pl.DataFrame({"country": [f";{c};" for c in countries], "words": ["" for _ in countries]})  # fmt: skip
    return frames


def test_a_name_is_met_as_whole_words_and_a_lane_in_both_directions():
    rows = made_rows(
        ["hazelnut lantern", "hazelnut lanterns", "big hazelnut lantern group"],
        ["TWN>MYS", "MYS>TWN", "MYS>THA"],
    )
    counts = visible.counted(rows, ["TWN"], ["TWN>MYS"], [PARTY])
    assert counts["registry"] == visible.Counted(3, 0, 2)
    assert counts["customs"] == visible.Counted(3, 2, 0)


def test_intervals_are_wilsons():
    assert [round(x, 2) for x in wilson(20, 25)] == [0.61, 0.91]
    assert [round(x, 2) for x in wilson(45, 50)] == [0.79, 0.96]
    assert wilson(0, 0) == (0.0, 1.0)
    assert told(0, 13) == "0 of 13 (0%; 95 % interval 0% to 23%)"


def test_every_case_has_its_facts_and_is_cut_before_it_was_public():
    text = EVENTS.read_bytes()
    events = own_tables.read("context/events", "event.csv", OBSERVED["event"], text)
    facts = {e["event_id"]: e for e in events.tables["event"].to_dicts()}
    names = {c.case_id for c in CASES}
    assert names == {*(f"C{n:02}" for n in range(5, 21)), *(f"N{n:02}" for n in range(1, 8))}
    assert names <= facts.keys()
    for case in CASES:
        if case.cut:
            first = f"{case.first_public}-01-01"[:10]
            assert case.cut < date.fromisoformat(first)
            assert case.cut < facts[case.case_id]["published_utc"].date()
        assert all(re.fullmatch(r"[A-Z]{3}>[A-Z]{3}", lane) for lane in case.lanes)


def test_a_silent_case_stands_beside_its_status_denial_and_source():
    silent = Said(NOBODY, NOBODY, NOBODY, 0, 0, {f: visible.Counted(5, 1, 0) for f in visible.FAMILIES}, ("no row of its lanes",))  # fmt: skip
    event = {"status": "alleged", "title": "A made case", "denial": "The party denies it.", "citation": "Made Gazette, 2025", "source_url": "x", "published_utc": datetime(2025, 6, 1, tzinfo=UTC), "published_basis": "stated"}  # fmt: skip
    text = page_cases.part([(CASE, silent)], {"C99": silent}, {"C99": event})
    assert (
        "| C99 | alleged | 2025-05-31 | **silent**; no row of its lanes | **silent**; no row of its lanes |"
        in text
    )
    assert "0 / 1 / 5" in text
    assert "**C99** (alleged, public 2025-06-01): A made case. The party denies it. Source: Made Gazette, 2025." in text  # fmt: skip


def test_a_lane_or_organisation_on_watch_raises_a_case():
    quiet = Said(NOBODY, NOBODY, NOBODY, 0, 0, {})
    watched = pl.DataFrame({"name": ["Made"], "verdict": ["watch"]})
    assert not quiet.is_raised
    assert replace(quiet, subjects=watched).is_raised
    assert not replace(quiet, subjects=watched).is_lead
    assert replace(quiet, sites=watched.with_columns(verdict=pl.lit("lead"))).is_lead


def test_flags_at_the_press_report_of_a_case_are_called_an_echo():
    flag = {"indicator": "R01", "scope_id": "press-2025-x", "statement": "Words."}
    raised = Said(NOBODY, NOBODY, pl.DataFrame([flag]), 1, 1, {f: visible.Counted(1, 1, 1) for f in visible.FAMILIES})  # fmt: skip
    event = {"status": "reported", "title": "T", "denial": None, "citation": None, "source_url": "x", "published_utc": datetime(2025, 6, 1, tzinfo=UTC), "published_basis": "lag model"}  # fmt: skip
    text = page_cases.part([(CASE, raised)], {"C99": raised}, {"C99": event})
    assert "not that it was foreseen" in text
    other = replace(raised, flags=pl.DataFrame([{**flag, "scope_id": "ocds-1"}]))
    assert "not that it was foreseen" not in page_cases.part(
        [(CASE, other)], {"C99": other}, {"C99": event}
    )


def zone(name, role, known, smallest, p01, p03="no_flag"):
    return {"zone_id": name, "role": role, "known_mw": known, "mean_mw": 1000.0, "growth_mw": 10.0, "P01": p01, "smallest_mw": smallest, "P02": "no_data", "P03": p03, "load_factor": 0.8, "statement": "Words."}  # fmt: skip


def test_a_loud_control_zone_is_named():
    rows = [
        zone("AAA", zones.KNOWN, 200.0, 100.0, "flag"),
        zone("BBB", zones.CONTROL, 0.0, 100.0, "no_flag"),
    ]
    nothing = pl.DataFrame(schema={"name": pl.String, "result": pl.String})
    quiet = page_zones.part(pl.DataFrame(rows), nothing, nothing, nothing)
    assert "Steps found in 1 of 1 zones" in quiet
    assert "Controls: 1, all silent" in quiet
    rows[1] = zone("BBB", zones.CONTROL, 0.0, 100.0, "flag")
    assert "Controls: 1, loud: BBB" in page_zones.part(
        pl.DataFrame(rows), nothing, nothing, nothing
    )


def test_naive_rules_flag_what_a_condition_on_growth_elsewhere_does_not(tmp_path):
    boom = {y: 100.0 * 1.2 ** (y - 2012) * (1 + 0.02 * (-1) ** y) for y in range(2012, 2024)}
    rows = [
        {"exporter": a, "importer": b, "year": y, "value_usd": 1e6 * v * k}
        for a, b, k in (
            ("TWN", "MYS", 1),
            ("TWN", "IND", 2),
            ("USA", "MYS", 3),
            ("USA", "IND", 4),
        )
        for y, v in {**boom, 2024: 40 * boom[2023]}.items()
    ]
    known = pl.DataFrame(rows).sort("exporter", "importer", "year")
    naive = {r["rule"][:7]: r for r in lanes.naive(known).to_dicts()}
    assert naive["doubled"]["lane_years"] == naive["over ei"]["lanes"] == 4
    assert "TWN>MYS 2024" in naive["doubled"]["which"]
    found = lanes.evidence(tmp_path, known)
    assert found.filter(pl.col("indicator") == "C01")["result"].to_list() == ["no_flag"] * 4
    text = page_lanes.part(known, found, lanes.naive(known))
    assert "C01: 0 of 4 lanes with an answer are flagged" in text
    assert "| C01 | 0 | 4 | 0 | 0 |" in text
    assert "none of them stands out" in text or "No p-value" in text


def test_a_lane_year_without_a_report_stays_missing(tmp_path):
    file = tmp_path / "lanes.csv"
    file.write_text("exporter,importer,year,value_usd_bn\nTWN,MYS,2012,NA\nTWN,MYS,2013,0.5\n")
    assert lanes.read(file).rows() == [("TWN", "MYS", 2013, 5e8)]


def test_no_fictional_or_partial_list_is_loaded_as_real():
    read = {f.path for f in files.FILES}
    assert not any("ocds_fixtures" in path or "csl" in path for path in read)
    assert all(re.fullmatch(r"[a-z]+/[a-z0-9_]+", f.source) for f in files.FILES)
