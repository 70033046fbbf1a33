"""The list a person takes away: as filtered on the screen, with what a citation needs beside it."""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import polars as pl

from indicia import __version__
from indicia.answers import export, leads, reviews
from indicia.answers.leads import Filters
from indicia.answers.reader import Reader
from indicia.schema import INDICATOR_RESULT, short_hash

EVERYTHING = 1_000_000
NOTHING: Mapping[str, str] = MappingProxyType({})
REFERENCE = "reference site"
QUOTING = ("reason", "doubt")  # columns that hold the statement of a piece of evidence
UNSAID = "Not passed on: the terms of the source of this statement do not allow it."
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can state; the stamp says the real one
FIRST = (
    "facility_id", "name", "country_iso2", "admin1", "place", "latitude_deg", "longitude_deg", "coord_precision",
    "site_class", "parties", "verdict", "review_state", "review", "review_utc", "support_bans", "support_low_bans", "support_high_bans",
    "strongest_rival", "evidence_bans", "coverage", "coverage_share", "families_for_count", "is_prior_driven",
    "is_prior_stated", "tests_count", "q_value", "reason", "doubt", "next_indicator", "next_gain_bans", "admissibility_reason",
)  # fmt: skip
EVIDENCE = """
    SELECT i.facility_id, e.evidence_id, e.indicator, i.family, e.result, e.statement, e.observed_value,
           e.threshold_value, e.unit, e.p_value, e.tests_count, e.starts_date, e.ends_date, i.exposure_share, i.exposure_basis, i.is_counted,
           s.table_name, s.row_key, s.quote, s.source, s.source_url, f.fetched_utc AS retrieved_utc, f.sha256 AS archived_sha256
    FROM item i JOIN evidence e USING (evidence_id)
    LEFT JOIN evidence_source s USING (evidence_id) LEFT JOIN "fetch" f USING (fetch_id)
    ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Flagged:
    """The list and its evidence, ready to be written."""

    rows: pl.DataFrame
    evidence: pl.DataFrame
    stamp: export.Stamp
    unreviewed_count: int


def flagged(
    store: Reader,
    filters: Filters,
    order: str = "support",
    now: datetime | None = None,
    decided: pl.DataFrame | None = None,
) -> Flagged:
    """The whole list that fits the filters; reference sites only where the verdict is asked for.

    Args:
        store: The store.
        filters: What the reader asked to see.
        order: One of `leads.ORDERS`.
        now: The instant of the stamp.
        decided: What people decided, as rows of `reviews.DECIDED`.
    """
    parts = [leads.queue(store, filters, order, EVERYTHING)]
    if REFERENCE in filters.verdicts:
        parts.append(leads.reference_sites(store, filters, EVERYTHING))
    said = reviews.DECIDED.to_frame() if decided is None else decided
    found = reviews.marked(pl.concat(parts, how="diagonal"), said)
    unreviewed = found.height - int(found["is_judged"].sum())
    rows = (
        found.with_columns(review=_mark())
        .join(_places(store), on="facility_id", how="left", maintain_order="left")
        .select(*FIRST, "source")
        .join(_results(store), on="facility_id", how="left", maintain_order="left")
    )
    query = words_of(filters, order)
    return Flagged(
        rows=rows,
        evidence=store.sql(EVIDENCE).join(
            rows.select("facility_id"), on="facility_id", how="semi"
        ),
        stamp=stamp(
            store,
            rows,
            query,
            now or datetime.now(UTC),
            review=f"{unreviewed} of {rows.height} rows are unreviewed: no person has judged them.",
            reviews_digest=_digest(said),
        ),
        unreviewed_count=unreviewed,
    )


def _mark() -> pl.Expr:
    """How far people are with a row, in words that stay with it."""
    state, by = pl.col("review_state"), pl.col("reviewed_by")
    return (
        pl.when(state == "approved")
        .then(pl.format("approved by {}, reviewed by {}", "approved_by", by))
        .when(state.is_in(["reviewed", "dismissed"]))
        .then(pl.format("{} by {}", state, by))
        .otherwise(pl.lit("unreviewed"))
    )


def _digest(said: pl.DataFrame) -> str:
    """Tells two lists apart between which somebody decided; empty where nobody ever did."""
    rows = said.filter(pl.col("subject") == "facility").select("id", "event_id").sort("id")
    return short_hash(*(str(v) for row in rows.iter_rows() for v in row)) if rows.height else ""


def words_of(filters: Filters, order: str) -> str:
    """The filters and order as one line that a person can type again."""
    parts = [f"order={order}"]
    for name, values in filters.asked().items():
        parts += [f"{name}={value}" for value in values]
    if filters.changed_since:
        parts.append(f"changed_since={filters.changed_since}")
    if filters.text:
        parts.append(f"text={filters.text}")
    return "&".join(parts)


def stamp(
    store: Reader,
    rows: pl.DataFrame,
    query: str,
    now: datetime,
    review: str = "",
    reviews_digest: str = "",
) -> export.Stamp:
    """What every exported file says of itself."""
    as_of: date | None = getattr(store, "as_of", None)
    rules = str(getattr(store, "rules_version", ""))
    return export.Stamp(
        list_id=export.list_id(
            store.data_version, rules, query, rows.columns, as_of, reviews_digest
        ),
        data_version=store.data_version,
        rules_version=rules,
        code_version=__version__,
        as_of=as_of,
        generated_utc=now,
        query=query,
        store_kind=store.kind,
        caveat=export.CAVEAT,
        row_count=rows.height,
        review=review,
    )


def write(
    found: Flagged, path: Path, fmt: str, *, machine: bool, withheld: Iterable[str]
) -> Path:
    """Write the list with its evidence in long form, without values that may not be passed on."""
    closed = frozenset(withheld)
    long = {"evidence": found.evidence}
    return export.write(
        _unsaid(found, closed),
        found.stamp,
        path,
        fmt,
        long=long,
        machine=machine,
        withheld_sources=closed,
    )


def bundle(
    found: Flagged, fmt: str, withheld: Iterable[str], beside: Mapping[str, str] = NOTHING
) -> bytes:
    """The list, its evidence and the stamp as one ZIP; equal input gives equal bytes.

    Args:
        found: The list.
        fmt: One of `export.FORMATS`.
        withheld: Sources whose values may not be passed on.
        beside: Further texts by file name.
    """
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        write(
            found,
            Path(folder) / f"indicia-{found.stamp.list_id}.{export.ENDINGS.get(fmt, fmt)}",
            fmt,
            machine=False,
            withheld=withheld,
        )
        for name, text in beside.items():
            (Path(folder) / name).write_text(text, encoding="utf-8", newline="")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.writestr(
                    zipfile.ZipInfo(path.name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED
                )
    return packed.getvalue()


def _unsaid(found: Flagged, closed: frozenset[str]) -> pl.DataFrame:
    """The list, where a reason does not repeat evidence that rests on a withheld source."""
    rests = pl.col("source").is_in(sorted(closed))
    said = found.evidence.filter(rests)["statement"].unique()
    return found.rows.with_columns(
        pl.when(pl.col(name).is_in(said.implode()))
        .then(pl.lit(UNSAID))
        .otherwise(name)
        .alias(name)
        for name in QUOTING
    )


def _places(store: Reader) -> pl.DataFrame:
    """Where each facility is, and every source that its name, place and parties come from."""
    return store.sql("""
        WITH named AS (
            SELECT coalesce(i.facility_id, p.facility_id) AS facility_id, p.source
            FROM published_facility p LEFT JOIN facility_identity i ON i.published_id = p.facility_id
            UNION SELECT facility_id, source FROM facility_party
        )
        SELECT facility_id, latitude_deg, longitude_deg, n.source
        FROM facility f JOIN (
            SELECT facility_id, string_agg(source, ';' ORDER BY source) AS source FROM named GROUP BY ALL
        ) n USING (facility_id)
        QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY f.source) = 1
    """)


def _results(store: Reader) -> pl.DataFrame:
    results = store.sql(
        f"SELECT facility_id, indicator, result FROM {INDICATOR_RESULT.name} ORDER BY ALL"
    )
    names = sorted(results["indicator"].unique())
    return results.pivot(
        "indicator", index="facility_id", values="result", on_columns=names
    ).select("facility_id", *names)
