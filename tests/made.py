"""Synthetic observations for tests, each named for what it shows, and a database to hold them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import polars as pl

from indicia.schema import OBSERVATIONS, OBSERVED, RESOLVED, stamped

PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)
Rows = pl.DataFrame | Iterable[Mapping[str, object]]


def stamp(table: str) -> dict[str, object]:
    """What every made row says of its origin unless it says otherwise."""
    family = OBSERVED[table].family
    return {
        "source": f"{family}/made",
        "source_url": f"https://example.org/{table}",
        "origin_id": f"made-{table}",
        "reliability": "B",
        "licence": "CC0-1.0",
        "published_utc": PUBLISHED,
        "published_basis": "stated",
        "fetched_utc": PUBLISHED,
        "fetch_id": f"made-fetch-{table}",
    }


def rows(table: str, given: Rows) -> pl.DataFrame:
    """Fill the columns that `given` leaves out: the stamp by default, everything else null."""
    whole = stamped(OBSERVED[table])
    frame = (
        given
        if isinstance(given, pl.DataFrame)
        else pl.DataFrame(list(given), infer_schema_length=None)
    )
    absent = [pl.lit(v).alias(k) for k, v in stamp(table).items() if k not in frame.columns]
    return whole.check(whole.fit(frame.with_columns(absent)))


def database(**given: Rows) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB with every observation table; those named are filled with their rows.

    Tables of who is who are there, empty.
    """
    strange = set(given) - set(OBSERVED)
    if strange:
        message = f"no such observation table: {sorted(strange)}"
        raise KeyError(message)
    db = duckdb.connect()
    tables = [*(stamped(t) for t in OBSERVATIONS), *RESOLVED]
    db.execute("; ".join(["SET TimeZone = 'UTC'", *(t.ddl() for t in tables)]))
    for table in OBSERVATIONS:
        if table.name in given:
            frame = rows(table.name, given[table.name])
            db.register("made_rows", frame)
            db.sql(f'INSERT INTO "{table.name}" SELECT * FROM made_rows')
            db.unregister("made_rows")
    return db


def months(count: int, first: date = date(2020, 1, 1)) -> list[date]:
    """The first days of `count` months."""
    start = first.year * 12 + first.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(start, start + count)]


def scatter(count: int, share: float, seed: int = 0) -> np.ndarray:
    """Reproducible noise about one, `share` wide."""
    return 1 + share * np.random.default_rng(seed).standard_normal(count)


def monthly_base_load(
    zone: str, base_mw: Sequence[float] | np.ndarray, **more: object
) -> list[dict[str, object]]:
    """`power_load_month` rows of one zone from January 2020, every hour reported."""
    return [
        {
            "zone_id": zone,
            "month_date": month,
            "base_load_mw": float(value),
            "mean_load_mw": float(value) * 1.3,
            "hours_reported_count": 744,
            "hours_imputed_count": 0,
            **more,
        }
        for month, value in zip(months(len(base_mw)), base_mw, strict=True)
        if np.isfinite(value)
    ]


def hourly_load(
    zone: str, mw: Sequence[float | None], first: datetime
) -> list[dict[str, object]]:
    """`power_load` rows of one zone, one per hour; None is a missing report."""
    return [
        {"zone_id": zone, "hour_utc": first + timedelta(hours=i), "demand_reported_mw": value}
        for i, value in enumerate(mw)
    ]


def week_of_load(
    zone: str, shape_mw: Sequence[float], week: int = 0
) -> list[dict[str, object]]:
    """168 hours of load that repeat `shape_mw`, in the n-th week of 2024."""
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(weeks=week)
    return hourly_load(zone, [shape_mw[i % len(shape_mw)] for i in range(168)], start)


def campus_years(
    facility: str, average_mw: Sequence[float], **more: object
) -> list[dict[str, object]]:
    """`power_site_year` rows of one campus from 2015."""
    return [
        {
            "facility_id": facility,
            "site_name": "Example Campus",
            "operator": "Example Operator",
            "year": 2015 + i,
            "average_reported_mw": float(value),
            **more,
        }
        for i, value in enumerate(average_mw)
    ]


def yearly_lane(
    lane: str, value_usd: Sequence[float | None], flow: str = "M", **more: object
) -> list[dict[str, object]]:
    """`customs_flow` rows of `EXP>IMP` per year from 2012; None is an absent row."""
    exporter, importer = lane.split(">")
    reporter, partner = (importer, exporter) if flow == "M" else (exporter, importer)
    return [
        {
            "reporter_iso3": reporter,
            "partner_iso3": partner,
            "flow": flow,
            "hs_code": "847150+847180+847330",
            "frequency": "A",
            "period": str(2012 + i),
            "value_reported_usd": float(value),
            **more,
        }
        for i, value in enumerate(value_usd)
        if value is not None
    ]


def monthly_flow(
    lane: str, month: int, value_usd: float, flow: str = "M", **more: object
) -> dict[str, object]:
    """One `customs_flow` row of `EXP>IMP` in the n-th month from January 2021."""
    exporter, importer = lane.split(">")
    reporter, partner = (importer, exporter) if flow == "M" else (exporter, importer)
    return {
        "reporter_iso3": reporter,
        "partner_iso3": partner,
        "flow": flow,
        "hs_code": "847150",
        "frequency": "M",
        "period": f"{2021 + month // 12}-{month % 12 + 1:02d}",
        "value_reported_usd": float(value_usd),
        **more,
    }


def monthly_lane(
    lane: str, value_usd: Sequence[float | None], **more: object
) -> list[dict[str, object]]:
    """`customs_flow` rows of `EXP>IMP` per month from 2022, as the importer reports."""
    days = months(len(value_usd), date(2022, 1, 1))
    importer, exporter = lane.split(">")[::-1]
    return [
        {
            "reporter_iso3": importer,
            "partner_iso3": exporter,
            "flow": "M",
            "hs_code": "847150",
            "frequency": "M",
            "period": f"{day:%Y-%m}",
            "value_reported_usd": value,
            **more,
        }
        for day, value in zip(days, value_usd, strict=True)
        if value is not None
    ]


def enforcement(on: date, lanes: str, **more: object) -> dict[str, object]:
    """One `event`: a charge that became public on a day and names lanes."""
    return {
        "event_id": f"case-{on}",
        "kind": "case",
        "title": "Example Trading charged",
        "status": "charged",
        "starts_date": on,
        "date_precision": "day",
        "lanes": lanes,
        "published_utc": datetime(on.year, on.month, on.day, tzinfo=UTC),
        **more,
    }


def notice(
    process: str, stage: str, on: str | None, text: str, **more: object
) -> dict[str, object]:
    """One `procurement_notice` whose title is plain and whose words are in `text`."""
    return {
        "process_id": process,
        "notice_id": f"{process}-{stage}",
        "line_id": "1" if stage in ("award", "contract") else stage,
        "stage": stage,
        "notice_date": None if on is None else date.fromisoformat(on),
        "title": "Equipment",
        "text": text,
        **more,
    }


def weekly_openings(
    employer: str, place: str, counts: Sequence[int], group: str = "gpu"
) -> list[dict[str, object]]:
    """`staffing_count` rows of one employer and place, one per week of 2025."""
    return [
        {
            "employer": employer,
            "place": place,
            "skill_group": group,
            "counted_date": date(2025, 1, 6) + timedelta(weeks=i),
            "openings_count": count,
        }
        for i, count in enumerate(counts)
    ]


def party(name: str, facility: str = "epoch-example", **more: object) -> dict[str, object]:
    """One `facility_party` row."""
    return {
        "facility_id": facility,
        "role": "owner",
        "party_name": name,
        "certainty": "stated",
        **more,
    }


def listing(name: str, **more: object) -> dict[str, object]:
    """One `entity_listing` row of the Entity List."""
    return {
        "list_code": "EL",
        "listing_key": name.lower().replace(" ", "-"),
        "name": name,
        "countries_iso2": "CN",
        "listed_date": date(2024, 12, 5),
        "citation": "89 FR 96830",
        **more,
    }
