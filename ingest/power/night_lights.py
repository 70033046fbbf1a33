"""Monthly night lights of a site against its ring (CSV) to a construction date in `event`.

Unit: nW per cm² and sr. Lights date construction, never a load: no row of power comes from here.
A step is the first month from which six months were all at least twice as bright as the brightest
of the 24 before, while the ring stayed within half of its own median. It is known when the sixth
month is over, and not before.
"""

import re
from collections.abc import Sequence

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import EVENT, UTC, parsed, short_hash
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import Sieve, csv_rows, require

NAME = "power/night_lights"
COLUMNS = ("ym", "campus", "ring", "n_days")
MONTHS_BEFORE, LEAST_BEFORE = 24, 18
MONTHS_AFTER, LEAST_AFTER = 6, 5
TIMES_BRIGHTER, RING_CHANGES = 2.0, 1.5
MOST_RADIANCE = 10_000
LEAST_DAYS, MOST_DAYS = 6, 31
SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,80}")
FACILITY = re.compile(r"(epoch|disclosed|analyst)-[a-z0-9-]+")


def plan(_asked: Asked) -> Sequence[Request]:
    """Nothing to ask for: series are computed elsewhere and come as files."""
    return ()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one site's series and say when it lit up, if it did."""
    place = fetch.file_name
    site = place.rsplit(".", 1)[0]
    if not SITE.fullmatch(site):
        remedy = "Name the file for its site or facility id and load it again"
        raise SourceChangedError(NAME, "file name", "a name such as north_park", place, remedy)
    rows = csv_rows(NAME, place, body)
    require(NAME, place, rows, COLUMNS)
    sieve = Sieve(place, rows)
    sieve.frame = rows.with_columns(
        site=pl.lit(site), month=pl.col("ym").str.to_date("%Y-%m", strict=False)
    )
    month = pl.col("month")
    sieve.drop(month.is_null(), "month unknown", "ym", "YYYY-MM")
    late = month.dt.month_end() > pl.lit(fetch.vintage)
    sieve.drop(late, "month not over", "ym", f"a month that ended by {fetch.vintage}")
    sieve.cast(["campus", "ring", "n_days"])
    for column in ("campus", "ring"):
        odd = ~pl.col(column).is_between(0, MOST_RADIANCE)
        sieve.drop(odd, "absurd radiance", column, f"0 to {MOST_RADIANCE:,} nW/cm²/sr")
    days = pl.col("n_days")
    sieve.drop(days.is_null() | (days > MOST_DAYS), "days unknown", "n_days", "days of a month")
    few = f"at least {LEAST_DAYS} clear days"
    sieve.drop(days < LEAST_DAYS, "too few clear days", "n_days", few, severity="notice")
    sieve.drop_repeats(("site", "month"), "Keep one row per month")
    frame = _event(site, sieve.frame)
    said = () if frame.height else (_no_step(place, sieve.frame.height),)
    return Parsed({EVENT.name: frame}, rows.height, (*sieve.rejections, *said))


def _no_step(place: str, months: int) -> Rejection:
    expected = f"six months at least {TIMES_BRIGHTER:g} times as bright as the brightest before"
    remedy = "Nothing: the absence of a step says little"
    return Rejection(
        "no step", place, expected, f"{months} months without", remedy, 0, "notice"
    )


def _event(site: str, months: pl.DataFrame) -> pl.DataFrame:
    """The first step as an event, or no row."""
    table = parsed(EVENT)
    if months.is_empty():
        return table.frame([])
    found = _steps(months).head(1)
    month, before, after = pl.col("month"), pl.col("before"), pl.col("after")
    known = month.dt.offset_by(f"{MONTHS_AFTER}mo").cast(pl.Datetime("us"))
    cited = pl.format(
        "VIIRS monthly radiance over {}: at most {} nW/cm²/sr in the two years before, at least "
        "{} in the half year from then; consistent with construction or expansion",
        pl.lit(site), before, after,
    )  # fmt: skip
    return table.fit(
        found.select(
            event_id=pl.lit(f"lights-{short_hash(site)}"),
            kind=pl.lit("construction"),
            title=pl.lit(f"Night lights over {site} rose and stayed up"),
            status=pl.lit("reported"),
            starts_date=month,
            date_precision=pl.lit("month"),
            place=pl.lit(site),
            facility_id=pl.lit(site if FACILITY.fullmatch(site) else None, dtype=pl.String),
            citation=cited,
            published_utc=known.dt.replace_time_zone("UTC").cast(UTC),
            published_basis=pl.lit("lag model"),
        )
    )


def _steps(months: pl.DataFrame) -> pl.DataFrame:
    """Every month that starts a step, on a calendar without holes."""
    first, last = pl.col("month").min(), pl.col("month").max()
    calendar = months.select(month=pl.date_range(first, last, "1mo"))
    whole = calendar.join(months, on="month", how="left", maintain_order="left")
    site, ring = pl.col("campus"), pl.col("ring")
    frame = whole.with_columns(
        before=site.shift(1).rolling_max(MONTHS_BEFORE, min_samples=LEAST_BEFORE),
        after=site.reverse().rolling_min(MONTHS_AFTER, min_samples=LEAST_AFTER).reverse(),
        ring_before=ring.shift(1).rolling_median(MONTHS_BEFORE, min_samples=LEAST_BEFORE),
        ring_after=ring.reverse()
        .rolling_median(MONTHS_AFTER, min_samples=LEAST_AFTER)
        .reverse(),
    )
    brighter = site.is_not_null() & (pl.col("after") >= TIMES_BRIGHTER * pl.col("before"))
    alone = pl.col("ring_after") <= RING_CHANGES * pl.col("ring_before")
    return frame.filter(brighter & alone)
