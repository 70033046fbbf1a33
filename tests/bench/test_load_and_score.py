"""How long a load, a load with nothing new, and a scoring take. Figures are printed, never asserted."""

import resource
import time
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from indicia.cli import providers, work
from indicia.indicators import CATALOGUE, base_load_step
from indicia.schema import (
    EVIDENCE,
    EXPOSURE,
    FACILITY,
    FACILITY_PARTY,
    POWER_LOAD,
    parsed,
    short_hash,
    stamped,
)
from indicia.scoring.assess import Question, weigh
from indicia.sources.contract import Fetch
from indicia.sources.stamping import stamp
from indicia.store import Build, Store, Vintage, writing

pytestmark = pytest.mark.bench
ZONES, HOURS, RUNS = 20, 43_800, 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def told(name, seconds, note=""):
    low, middle, high = np.min(seconds), np.median(seconds), np.max(seconds)
    print(
        f"\n{name}: median {middle:.2f} s (min {low:.2f}, max {high:.2f}, n={len(seconds)}) {note}"
    )


def hourly_files(folder):
    draw = np.random.default_rng(1)
    hours = pl.datetime_range(
        datetime(2020, 1, 1, 1), datetime(2024, 12, 29, 0), "1h", eager=True
    )[:HOURS]
    for zone in range(ZONES):
        load = (
            20_000
            + 3_000 * np.sin(np.arange(len(hours)) / 24)
            + draw.normal(0, 500, len(hours))
        ).round()
        pl.DataFrame(
            {
                "date_time": hours,
                "raw demand (MW)": load,
                "category": "OKAY",
                "cleaned demand (MW)": load,
            }
        ).write_csv(folder / f"Z{zone:02d}.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    return len(hours) * ZONES


def test_load_876_000_hourly_rows(tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    rows = hourly_files(files)
    job = providers.find().jobs["power/eia930"]
    first, again, changed = [], [], []
    for number in range(RUNS):
        home = tmp_path / f"home-{number}"
        for seconds in (first, again):
            began = time.perf_counter()
            work.refresh(home, work.file_tasks(job, files, None), progress=lambda _t: None)
            seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        work.refresh(
            home, work.file_tasks(job, files, None), progress=lambda _t: None, again=True
        )
        changed.append(time.perf_counter() - began)
    told(f"refresh of {rows:,} hourly rows in {ZONES} files, to published and scored", first)
    told("the same files again, recognised by their hash", again)
    told("the same files parsed and compared anew, nothing new", changed)


def test_store_876_000_rows_without_parsing(tmp_path):
    job = providers.find().jobs["power/eia930"]
    frame = (
        pl.DataFrame({"zone_id": [f"Z{n:02d}" for n in range(ZONES)]})
        .join(
            pl.DataFrame(
                {
                    "hour_utc": pl.datetime_range(
                        datetime(2020, 1, 1),
                        datetime(2024, 12, 28, 23),
                        "1h",
                        time_zone="UTC",
                        eager=True,
                    )[:HOURS]
                }
            ),
            how="cross",
        )
        .with_columns(demand_reported_mw=pl.int_range(pl.len()).cast(pl.Float64))
    )
    fetch = Fetch("f", job.source.id, "file", "Z.csv", NOW, "0", "0", 0)
    rows = stamp(
        POWER_LOAD,
        parsed(POWER_LOAD).fit(
            frame.with_columns(pl.col("hour_utc").cast(pl.Datetime("us", "UTC")))
        ),
        job.source,
        fetch,
    )
    loads, nothing = [], []
    for number in range(RUNS):
        with writing(tmp_path / str(number), 5, print), Build(tmp_path / str(number)) as build:
            for seconds in (loads, nothing):
                began = time.perf_counter()
                build.load(
                    POWER_LOAD,
                    stamped(POWER_LOAD).check(rows),
                    Vintage(NOW, NOW, "f", is_snapshot=False),
                    job.source.id,
                )
                seconds.append(time.perf_counter() - began)
    told(f"check and store {rows.height:,} rows", loads)
    told("compare them again, nothing new", nothing)


# How many facilities share one scope, and to how many of them in ten it is known at all.
SHARED = {
    "facility": (1, 1),
    "zone": (300, 6),
    "lane": (500, 8),
    "employer": (2, 3),
    "party": (4, 9),
    "process": (1, 2),
}


def question(count, shared=SHARED):
    """Facilities of four countries, and what reaches them: few scopes of their own, many shared."""
    ids = [f"made-{n:07d}" for n in range(count)]
    at = np.arange(count)
    facilities = pl.DataFrame(
        {
            "facility_id": ids,
            "country_iso2": ["CN", "MY", "US", "SG"] * (count // 4),
            "is_declared_ai": [True, False] * (count // 2),
            "site_class": ["ai", "cloud"] * (count // 2),
            "largest_mw": [20.0] * count,
        }
    )
    parties = pl.DataFrame(
        {
            "facility_id": ids,
            "role": "operator",
            "party_name": ids,
            "headquarters_iso2": ["CN", "US"] * (count // 2),
        }
    )
    draw = np.random.default_rng(2)
    exposures, evidence = [], []
    for scope, (sharing, known) in shared.items():
        reached = at[draw.integers(0, 10, count) < known]
        exposures.append(
            pl.DataFrame(
                {
                    "facility_id": pl.Series(ids).gather(reached),
                    "scope_kind": scope,
                    "scope_id": [f"{scope}-{n // sharing}" for n in reached],
                    "weight_share": 1.0 if sharing == 1 else draw.uniform(0, 1, len(reached)),
                    "basis": "made",
                }
            )
        )
        scopes = [f"{scope}-{n}" for n in range(-(-count // sharing))]
        for asked in (i for i in CATALOGUE if scope in i.scope_kinds):
            some = len(scopes)
            evidence.append(
                EVIDENCE.fit(
                    pl.DataFrame(
                        {
                            "evidence_id": [short_hash(asked.code, s) for s in scopes],
                            "indicator": asked.code,
                            "scope_kind": scope,
                            "scope_id": scopes,
                            "result": draw.choice(["flag", "no_flag", "no_data"], some),
                            "kind": asked.kinds[0],
                            "statement": "made",
                            "origin_id": scopes,
                            "reliability": "B",
                            "quality_share": 0.9,
                            "detectability_share": 0.5,
                            "p_value": draw.uniform(1e-6, 1, some),
                            "tests_count": 60,
                        }
                    )
                )
            )
    found = pl.concat(evidence)
    return Question(facilities, parties, pl.concat(exposures), date(2026, 1, 1)), found


@pytest.mark.parametrize("count", [1_000, 10_000, 100_000, 1_000_000])
def test_weigh(count):
    asked, evidence = question(count)
    began, processor = time.perf_counter(), time.process_time()
    frames = weigh(asked, CATALOGUE, evidence, pl.DataFrame())
    print(
        f"\nweigh {count:,} facilities, {evidence.height:,} pieces of evidence, "
        f"{frames['item'].height:,} items: {time.process_time() - processor:.1f} s of processors, "
        f"{time.perf_counter() - began:.1f} s, most memory {peak_gb():.1f} GB"
    )


def peak_gb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


@pytest.mark.parametrize("count", [1_000, 10_000, 100_000, 1_000_000])
def test_steps_of_power_in_120_months(count):
    """One monthly series per facility: the step itself, its chance, and their evidence."""
    month = np.arange(120)
    draw = np.random.default_rng(1)
    season = 1 + 0.1 * np.sin(2 * np.pi * month / 12)
    months = pl.DataFrame(
        {
            "zone_id": np.repeat([f"Z{n:07d}" for n in range(count)], 120),
            "month_date": np.tile(np.array("2015-01", "datetime64[M]") + month, count).astype(
                "datetime64[D]"
            ),
            "base_mw": (
                500 * season * np.exp(0.02 * draw.standard_normal((count, 120)))
                + 60 * ((np.arange(count) % 10 == 0)[:, None] & (month >= 60))
            ).ravel(),
        }
    ).with_columns(imputed_share=0.0, reliability=pl.lit("B"))
    seen = months.select(pl.col("zone_id").unique().sort(), origin_id=pl.lit("made"))
    began, processor = time.perf_counter(), time.process_time()
    found = base_load_step._zones(months, seen)  # noqa: SLF001 -- the reading of rows is measured elsewhere
    print(
        f"\nP01 of {count:,} series of 120 months, {(found['result'] == 'flag').sum():,} flags: "
        f"{time.process_time() - processor:.1f} s of processors, "
        f"{time.perf_counter() - began:.1f} s, most memory {peak_gb():.1f} GB"
    )


def test_score_10_000_facilities_end_to_end(tmp_path):
    count = 10_000
    job = providers.find().jobs["context/analyst"]
    ids = [f"analyst-{n:06d}" for n in range(count)]
    frames = {
        FACILITY: pl.DataFrame(
            {
                "facility_id": ids,
                "name": ids,
                "country_iso2": ["CN", "MY", "US", "SG"] * (count // 4),
                "site_class": "ai",
                "coord_precision": "city",
            }
        ),
        FACILITY_PARTY: pl.DataFrame(
            {
                "facility_id": ids,
                "role": "operator",
                "party_name": [f"Operator {n // 3} Ltd" for n in range(count)],
                "certainty": "stated",
                "headquarters_iso2": "CN",
            }
        ),
        EXPOSURE: pl.DataFrame(
            {
                "facility_id": ids,
                "scope_kind": "zone",
                "scope_id": [f"Z{n % ZONES:02d}" for n in range(count)],
                "weight_share": 0.001,
                "basis": "made",
            }
        ),
    }
    files = tmp_path / "files"
    files.mkdir()
    hourly_files(files)
    work.refresh(
        tmp_path,
        work.file_tasks(providers.find().jobs["power/eia930"], files, None),
        progress=lambda _t: None,
    )
    fetch = Fetch("f", job.source.id, "file", "made.csv", NOW, "0", "0", 0)
    with writing(tmp_path, 5, print), Build(tmp_path) as build:
        for table, frame in frames.items():
            build.load(
                table,
                stamp(table, parsed(table).fit(frame), job.source, fetch),
                Vintage(NOW, NOW, "f", is_snapshot=False),
                job.source.id,
            )
        build.publish(rules_version="bench", kind="live", now=NOW)
    from indicia.scoring.assess import assess

    seconds = []
    with Store.open(tmp_path) as store:
        for _ in range(RUNS):
            began = time.perf_counter()
            assess(store.cursor(), CATALOGUE, date(2026, 1, 1))
            seconds.append(time.perf_counter() - began)
    told(
        f"score {count:,} facilities from observations (876,000 hourly rows, five indicators)",
        seconds,
    )
