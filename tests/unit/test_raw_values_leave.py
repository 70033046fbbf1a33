"""Where raw values go out of the program, and that those of closed sources stay in."""

import ast
import io
import zipfile
from datetime import UTC, date, datetime

import polars as pl
import pytest
from made_store import BOLD, NOW, STAMP

from indicia import bundled
from indicia.answers import export, flagged, sources
from indicia.answers.leads import Filters
from indicia.schema import OBSERVED, RIVALS, RUNS, TABLES, parsed, stamped
from indicia.schema import UTC as INSTANT
from indicia.store import Build, Store, Vintage

KNOWN = sources.known()
CLOSED, OPEN = "customs/comtrade", "power/eia930"
SECRET = "Canary"
NUMBER = 7_654_321.0
# Licences under which a copy may be passed on, as definitions name them; where none is named for
# the whole source, the row names its own.
PASSED_ON = {
    "Apache-2.0", "CC-BY-3.0-AU", "CC-BY-4.0", "CC0-1.0", "EU re-use (Decision 2011/833/EU)", "MIT",
    "NASA-open", "ODbL-1.0", "OGL-UK-3.0", "Singapore Open Data Licence", "Taiwan-OGDL-1.0", "US public domain",
    "US-PD", "as stated per row", "data.go.kr-terms", "per model", "per publication", "public domain", "public job boards",
}  # fmt: skip
# Every place that writes rows of data, and what it writes.
WRITES_DATA = {
    "src/indicia/answers/export_csv.py": "the list and its evidence, after rows were withheld",
    "src/indicia/answers/export.py": "the same, and where rows are withheld",
    "src/indicia/answers/export_xlsx.py": "the same, as sheets",
    "src/indicia/answers/export_points.py": "the same, as points",
    "src/indicia/answers/flagged.py": "the same, packed as ZIP",
    "app/briefed.py": "the brief of one dossier, in which statements of closed sources are left out",
    "app/cited.py": "the button that hands out one archived body, never of a closed source",
    "app/taking.py": "the button that hands out that ZIP",
    "src/indicia/answers/screening/workbook.py": "parts of an upload packed anew, in memory alone",
    "app/screened.py": "the button that hands out hits, after those of closed sources were blanked",
}
WRITERS = {
    "write_csv", "write_parquet", "write_ndjson", "write_json", "write_excel", "write_ipc", "to_csv", "write_bytes",
    "writestr", "download_button",
}  # fmt: skip
NOT_DATA = {
    "src/indicia/world/publishing.py": "archived bodies of invented worlds; no row of a source",
    "src/indicia/store": "the store itself",
    "src/indicia/sources": "the archive and its records",
    "src/indicia/entities/validation": "answers to labelled files that its user names; never a store's rows",
    "src/indicia/real_data": "a day of Taiwan in its publisher's layout, in a folder of its own, to be read again",
    "src/indicia/answers/charts/finished.py": "bytes in memory that say what a picture was drawn from",
    "src/indicia/world/evaluation": "figures of invented worlds; no row of a source",
    "src/indicia/cli": "definitions, schedules, reports of runs: counts, no rows of a source",
}


def cell(table, column):
    """A value that fits and that no other text of the store holds."""
    if column.one_of:
        return column.one_of[0]
    if column.dtype == pl.String:
        return {"period": "2024-01", "country_iso2": "MY"}.get(
            column.name, f"{SECRET} {table.name}"
        )
    if column.dtype == pl.Float64:
        least, most = column.at_least or 0.0, column.at_most
        return NUMBER if most is None else (least + most) / 2
    if column.dtype == pl.Int64:
        return 2024 if column.name == "year" else 7
    return {pl.Boolean: True, pl.Date: date(2024, 1, 1), INSTANT: NOW}[column.dtype]


def row(table, source, **more):
    given = {c.name: cell(table, c) for c in table.columns} | more
    frame = parsed(table).frame([given])
    facts = {**STAMP, "source": source}
    full = stamped(table)
    return full.check(full.fit(frame.with_columns(**{k: pl.lit(v) for k, v in facts.items()})))


def publish(home, source):
    """A store in which every table holds one row of `source`, each with evidence that rests on it."""
    vintage = Vintage(NOW, NOW, "fetch-1", is_snapshot=False)
    codes = ("R01", "C01")
    evidence, rests, items = [], [], []
    for n, name in enumerate(OBSERVED):
        evidence.append({"evidence_id": f"e{n}", "indicator": codes[n % 2], "scope_kind": "facility", "scope_id": BOLD,
                         "result": "flag", "kind": "invented", "statement": f"{SECRET} in {name}.", "origin_id": "o",
                         "reliability": "B", "observed_value": NUMBER, "threshold_value": 1.0, "unit": "US$"})  # fmt: skip
        rests.append({"evidence_id": f"e{n}", "table_name": name, "row_key": "k", "quote": f"{SECRET} {name}",
                      "source": source, "source_url": "https://example.org", "fetch_id": "fetch-1"})  # fmt: skip
        bans = {f"{k.lower()}_bans": 1.0 - n % 3 for k in RIVALS}
        items.append({"facility_id": BOLD, "evidence_id": f"e{n}", "family": "customs", "exposure_share": 0.5,
                      "exposure_basis": "made", "is_counted": True, **bans})  # fmt: skip
    assessed = {"verdict": "watch", "is_admissible": True, "admissibility_reason": "Made.", "prior_class": "made",
                "is_prior_stated": True, "support_bans": 0.1, "support_low_bans": 0.0, "support_high_bans": 0.2,
                "strongest_rival": "H3", "evidence_bans": 0.1, "is_prior_driven": False, "families_for_count": 1,
                "computable_count": 1, "applicable_count": 2, "coverage_share": 0.5, "tests_count": 1,
                "untested_count": 0}  # fmt: skip
    results = [{"facility_id": BOLD, "indicator": c, "family": "customs", "result": "flag", "evidence_count": 1}
               for c in codes]  # fmt: skip
    with Build(home) as made:
        for table in OBSERVED.values():
            made.load(table, row(table, source), vintage, source)
        own = {"facility_id": BOLD, "publisher_key": BOLD, "name": "Plain Hall", "place": "Plain Park",
               "admin1": "Plain State", "note": None, "latitude_deg": 1.0, "longitude_deg": 2.0}  # fmt: skip
        made.load(TABLES["facility"], row(TABLES["facility"], OPEN, **own), vintage, OPEN)
        for table in RUNS:
            made.record(table, table.frame([]))
        made.replace_assessments(
            {
                "evidence": TABLES["evidence"].frame(evidence),
                "evidence_source": TABLES["evidence_source"].frame(rests),
                "item": TABLES["item"].frame(items),
                "indicator_result": TABLES["indicator_result"].frame(results),
                "assessment": TABLES["assessment"].frame(
                    [{"facility_id": f, **assessed} for f in (BOLD, f"{SECRET} facility")]
                ),
                "assessment_rival": TABLES["assessment_rival"].frame([]),
            }
        )
        made.publish(rules_version="made", kind="synthetic", now=NOW)
    return home


def taken(home, fmt):
    """Every byte of a downloaded list, unpacked."""
    with Store.open(home) as store:
        found = flagged.flagged(store, Filters(), now=datetime(2026, 4, 1, tzinfo=UTC))
        packed = flagged.bundle(found, fmt, sources.withheld(KNOWN))
    told = b""
    with zipfile.ZipFile(io.BytesIO(packed)) as bundle:
        for name in bundle.namelist():
            body = bundle.read(name)
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(body)) as book:
                    body = b"".join(book.read(n) for n in book.namelist())
            if name.endswith(".parquet"):
                held = pl.read_parquet(io.BytesIO(body))
                body = held.drop(pl.selectors.binary()).write_ndjson().encode()
            told += body
    return told.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def closed_home(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("closed"), CLOSED)


@pytest.fixture(scope="module")
def open_home(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("open"), OPEN)


@pytest.mark.parametrize("fmt", export.FORMATS)
def test_no_value_of_a_closed_source_leaves_in_any_table_and_those_of_an_open_one_do(
    closed_home, open_home, fmt
):
    assert CLOSED in sources.withheld(KNOWN)
    assert OPEN not in sources.withheld(KNOWN)
    closed = taken(closed_home, fmt)
    assert "Plain Hall" in closed
    assert SECRET not in closed
    assert "7654321" not in closed
    opened = taken(open_home, fmt)
    assert f"{SECRET} facility" in opened
    missing = [n for n in OBSERVED if f"{SECRET} in {n}." not in opened]
    assert fmt in ("geojson", "geoparquet") or not missing


def test_a_facility_whose_parties_come_from_a_closed_source_is_left_out_whole(tmp_path):
    home = publish(tmp_path / "home", OPEN)
    party = row(TABLES["facility_party"], CLOSED, facility_id=BOLD)
    with Build(home) as made:
        vintage = Vintage(NOW, NOW, "fetch-2", is_snapshot=False)
        made.load(TABLES["facility_party"], party, vintage, CLOSED)
        made.publish(rules_version="made", kind="synthetic", now=NOW)
    with Store.open(home) as store:
        rows = flagged.flagged(store, Filters()).rows
    named = dict(rows.select("facility_id", "source").iter_rows())
    assert named[BOLD] == f"{CLOSED};{OPEN}"
    assert "Plain Hall" not in taken(home, "csv")


@pytest.mark.parametrize("source", KNOWN.values(), ids=lambda s: s.id)
def test_a_source_without_an_open_licence_is_kept_out_of_exports(source):
    assert source.is_redistributable == (source.licence in PASSED_ON)


def calls(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def test_rows_of_data_are_written_in_the_listed_places_and_nowhere_else():
    found = {
        path.relative_to(bundled.ROOT).as_posix()
        for folder in ("src/indicia", "app")
        for path in (bundled.ROOT / folder).rglob("*.py")
        if WRITERS & set(calls(path))
    }
    strange = {p for p in found if not p.startswith(tuple(NOT_DATA))} - set(WRITES_DATA)
    assert not strange
    assert set(WRITES_DATA) <= found | {"src/indicia/answers/export_xlsx.py"}
