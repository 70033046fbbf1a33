"""Archive, stamps, own tables and gates: what every source relies on."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.cli import providers
from indicia.errors import SourceChangedError, StoreError
from indicia.schema import CUSTOMS_FLOW, FACILITY, OBSERVATIONS, POWER_SITE_YEAR, parsed
from indicia.sources import gates, own_tables
from indicia.sources.archive import Archive
from indicia.sources.contract import Fetch, Parsed
from indicia.sources.stamping import stamp

READ = datetime(2026, 1, 5, tzinfo=UTC)
FETCH = Fetch("f", "customs/comtrade", "live", "https://example.org/a.json", READ, "", "", 0)
JOBS = providers.find().jobs


def test_a_body_is_archived_once_compressed_and_comes_back(tmp_path):
    archive = Archive(tmp_path)
    body = b"the same words again and again " * 1000
    kept = archive.keep(FETCH, body)
    again = archive.keep(replace(FETCH, fetched_utc=datetime(2026, 2, 1, tzinfo=UTC)), body)
    (path,) = tmp_path.rglob("*.gz")
    assert path.stat().st_size < len(body) / 10
    assert kept.sha256 == again.sha256 == sha256(body).hexdigest()
    assert kept.fetch_id != again.fetch_id
    assert archive.body(kept) == body
    assert [f.fetch_id for f in archive.pending("customs/comtrade")] == [
        kept.fetch_id,
        again.fetch_id,
    ]
    archive.settle([kept.fetch_id])
    assert [f.fetch_id for f in archive.pending("customs/comtrade")] == [again.fetch_id]


def test_a_body_that_was_altered_or_lost_is_noticed(tmp_path):
    archive = Archive(tmp_path)
    kept = archive.keep(FETCH, b"body")
    (path,) = tmp_path.rglob("*.gz")
    path.write_bytes(gzip.compress(b"another"))
    with pytest.raises(StoreError, match="another hash than recorded"):
        archive.body(kept)
    path.write_bytes(b"rubbish")
    with pytest.raises(StoreError, match="cannot be read"):
        archive.body(kept)
    path.unlink()
    with pytest.raises(StoreError, match="Restore it from a backup, or fetch again"):
        archive.body(kept)


def flows(**facts):
    row = {"reporter_iso3": "MYS", "partner_iso3": "TWN", "flow": "M", "hs_code": "847180", "frequency": "M", "period": "2025-04"}  # fmt: skip
    return parsed(CUSTOMS_FLOW).frame([{**row, **facts}])


@pytest.mark.parametrize(
    ("facts", "fetch", "published", "basis"),
    [
        ({}, {}, datetime(2025, 7, 29, tzinfo=UTC), "lag model"),
        ({"period": "2024"}, {}, datetime(2025, 3, 31, tzinfo=UTC), "lag model"),
        ({"period": "2025-12"}, {}, READ, "lag model"),
        ({"published_utc": datetime(2025, 5, 9, tzinfo=UTC)}, {}, datetime(2025, 5, 9, tzinfo=UTC), "stated"),
        ({}, {"published_utc": datetime(2025, 6, 1, tzinfo=UTC)}, datetime(2025, 6, 1, tzinfo=UTC), "stated"),
        ({"published_utc": datetime(2030, 1, 1, tzinfo=UTC)}, {}, READ, "stated"),
    ],
    ids=["end of month and lag", "end of year and lag", "never after the fetch", "the row states", "the body states", "a future date"],
)  # fmt: skip
def test_publication_is_what_is_stated_else_the_lag_and_never_after_the_fetch(
    facts, fetch, published, basis
):
    source = replace(JOBS["customs/comtrade"].source, lag_days=90)
    row = stamp(CUSTOMS_FLOW, flows(**facts), source, replace(FETCH, **fetch)).row(
        0, named=True
    )
    assert (row["published_utc"], row["published_basis"]) == (published, basis)
    assert row["source"] == "customs/comtrade"
    assert row["fetch_id"] == "f"


def test_without_a_lag_model_publication_is_the_fetch():
    source = replace(JOBS["customs/comtrade"].source, lag_days=-1)
    row = stamp(CUSTOMS_FLOW, flows(), source, FETCH).row(0, named=True)
    assert (row["published_utc"], row["published_basis"]) == (READ, "fetched")


def test_rows_that_state_one_document_share_an_origin():
    source = JOBS["power/operator_disclosures"].source
    rows = parsed(POWER_SITE_YEAR).frame(
        {
            "facility_id": f"disclosed-{n}",
            "site_name": "x",
            "operator": "y",
            "year": 2020,
            "source_url": url,
        }
        for n, url in enumerate(
            ["https://a.example", "https://a.example", "https://b.example", None]
        )
    )
    origins = stamp(POWER_SITE_YEAR, rows, source, FETCH)["origin_id"].to_list()
    assert origins[0] == origins[1] != origins[2]
    assert origins[3] == source.id


def test_a_cell_that_does_not_fit_is_named_and_the_other_rows_are_kept():
    body = b"facility_id,name,latitude_deg,coord_precision,is_declared_ai\na-1,One,91,site,yes\na-2,Two,31.5,town,no\na-3,Three,31.5,city,perhaps\na-4,,1,city,no\na-5,Five,1.5,city,no\n"
    said = own_tables.read("context/analyst", "facility.csv", FACILITY, body)
    assert said.rows_in == 5
    assert said.tables["facility"]["facility_id"].to_list() == ["a-5"]
    places = [r.place for r in said.rejections]
    assert places == [
        "facility.csv, row 5, column name",
        "facility.csv, row 2, column latitude_deg",
        "facility.csv, row 3, column coord_precision",
        "facility.csv, row 4, column is_declared_ai",
    ]
    assert "site or city" in said.rejections[2].expected


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00rubbish", b"facility_id,colour\na,red\n", b"name\nx\n"]
)
def test_a_file_in_another_layout_is_refused_with_the_columns(body):
    with pytest.raises(SourceChangedError):
        own_tables.read("context/analyst", "facility.csv", FACILITY, body)


@given(st.sampled_from(OBSERVATIONS), st.data())
def test_any_frame_of_a_table_survives_its_check(table, data):
    numbers = st.floats(0, 1, allow_nan=False)
    row = {}
    for column in table.columns:
        choices = {
            pl.String: st.sampled_from(column.one_of)
            if column.one_of
            else st.text(min_size=1, max_size=8),
            pl.Float64: numbers,
            pl.Int64: st.integers(int(column.at_least or 0), int(column.at_most or 2000)),
            pl.Boolean: st.booleans(),
            pl.Date: st.dates(date(1990, 1, 1), date(2100, 1, 1)),
        }
        row[column.name] = data.draw(choices.get(column.dtype, st.just(READ)))
    frame = table.frame([row])
    assert table.check(frame).equals(frame)
    assert frame.schema == table.polars


def test_a_column_that_was_filled_and_is_empty_now_is_refused():
    source = JOBS["facilities/epoch"].source
    held = FACILITY.frame(
        {"facility_id": f"e-{n}", "name": "x", "country_iso2": "US"} for n in range(10)
    )
    frame = held.with_columns(country_iso2=pl.lit(None, pl.String))
    with pytest.raises(SourceChangedError, match="country_iso2"):
        gates.snapshot_is_whole(source, FETCH, "facility", frame, held)
    gates.snapshot_is_whole(source, FETCH, "facility", held.head(6), held)


def test_too_few_rows_are_refused_with_the_first_reasons():
    source = replace(JOBS["facilities/epoch"].source, rows_at_least=5)
    with pytest.raises(SourceChangedError, match="at least 5 rows"):
        gates.rows_suffice(source, FETCH, Parsed({"facility": FACILITY.frame([])}, 0))


def test_no_secret_and_no_person_reaches_the_archive(tmp_path):
    job = JOBS["procurement/ocds"]
    body = json.dumps(
        {
            "releases": [
                {
                    "ocid": "o",
                    "id": "1",
                    "date": "2025-01-01T00:00:00Z",
                    "tag": ["tender"],
                    "buyer": {"name": "Made City"},
                    "tender": {"id": "t", "title": "Servers"},
                    "parties": [
                        {
                            "name": "Made City",
                            "id": "1",
                            "contactPoint": {"name": "Jane Roe", "email": "jane@made.example"},
                        }
                    ],
                }
            ]
        }
    ).encode()
    archived = Archive(tmp_path).keep(FETCH, job.redact(body))
    assert b"Jane Roe" not in Archive(tmp_path).body(archived)
    assert b"Made City" in Archive(tmp_path).body(archived)
