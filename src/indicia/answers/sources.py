"""How healthy the sources are, what they say and do not say, and what nobody here can see."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache

import polars as pl

from indicia import bundled
from indicia.answers.reader import Reader
from indicia.sources.definition import Source, discover
from indicia.sources.known import newest

STALE_PERIODS = 2
MOST_ISSUES = 500
FRESHNESS = {
    "failed": "✕ last run failed",
    "stale": "◐ stale",
    "silent": "◔ publisher silent",
    "budget spent": "◑ budget spent for now",
    "not configured": "— not configured",
    "fresh": "● fresh",
    "starter": "◇ starter data only",
    "never": "? never loaded",
}  # in the order of who needs a person
DEFINED = pl.Schema(
    {
        "source": pl.String,
        "title": pl.String,
        "publisher": pl.String,
        "homepage": pl.String,
        "licence": pl.String,
        "licence_note": pl.String,
        "every_hours": pl.Int64,
        "data_days": pl.Int64,
        "needed_variable": pl.String,
        "is_asked": pl.Boolean,
        "is_redistributable": pl.Boolean,
        "reliability": pl.String,
        "live_checked": pl.String,
        "says": pl.String,
        "does_not_say": pl.String,
    }
)


@cache
def known() -> Mapping[str, Source]:
    """The sources that ship with the library."""
    return discover(bundled.path("ingest"))


def withheld(sources: Mapping[str, Source]) -> frozenset[str]:
    """Sources whose terms keep raw values out of exports."""
    return frozenset(name for name, source in sources.items() if not source.is_redistributable)


def defined(sources: Mapping[str, Source]) -> pl.DataFrame:
    """The definitions of sources as a frame."""
    return pl.DataFrame(
        [{c: _fact(s, c) for c in DEFINED} for s in sources.values()],
        schema=DEFINED,
    )


def _fact(source: Source, column: str) -> object:
    if column == "source":
        return source.id
    if column == "needed_variable":
        return "" if source.key_is_optional else source.key_variable
    return bool(source.allowed_hosts) if column == "is_asked" else getattr(source, column)


def health(store: Reader, sources: Mapping[str, Source], now: datetime) -> pl.DataFrame:
    """One row per source: last run, last good run, rows, how fresh its data are, and what to do.

    Stale means older than twice its period, however the last run ended; a failed source keeps
    its last good data. Silent means that it is read in time, but that its newest row is older than
    its publisher's rhythm allows.
    """
    runs = store.sql("""
        WITH last AS (
            SELECT * FROM run
            QUALIFY row_number() OVER (PARTITION BY source ORDER BY finished_utc DESC, run_id) = 1
        ),
        good AS (
            SELECT source, max(finished_utc) AS last_good_utc, arg_max(way, finished_utc) AS way
            FROM run WHERE outcome IN ('loaded', 'unchanged') GROUP BY ALL
        ),
        public AS (
            SELECT source, max(public_utc) AS data_public_utc FROM loaded GROUP BY ALL
        )
        SELECT l.source, p.data_public_utc, l.finished_utc AS last_run_utc, l.outcome, l.rows_in_count,
               l.rows_kept_count, l.rows_rejected_count, l.message, g.last_good_utc, g.way
        FROM last l LEFT JOIN good g USING (source) LEFT JOIN public p USING (source)
    """)
    reach = pl.DataFrame(
        {
            "source": list(sources),
            "data_until_date": [newest(store, s) for s in sources.values()],
        },
        schema={"source": pl.String, "data_until_date": pl.Date},
    )
    known = (
        defined(sources)
        .join(runs, on="source", how="full", coalesce=True)
        .join(reach, on="source", how="left")
    )
    age_hours = (
        pl.lit(now) - pl.col("last_good_utc").dt.convert_time_zone("UTC")
    ).dt.total_hours()
    is_old = age_hours > STALE_PERIODS * pl.col("every_hours")
    silent_days = (pl.lit(now.date()) - pl.col("data_until_date")).dt.total_days()
    state = (
        pl.when(pl.col("outcome").is_null())
        .then(pl.lit("never"))
        .when((pl.col("outcome") == "budget spent") & is_old & (pl.col("way") != "starter"))
        .then(pl.lit("stale"))
        .when(pl.col("outcome").is_in(["failed", "budget spent"]))
        .then("outcome")
        .when(pl.col("last_good_utc").is_null())
        .then(pl.lit("not configured"))
        .when(pl.col("way") == "starter")
        .then(pl.lit("starter"))
        .when(is_old)
        .then(pl.lit("stale"))
        .when((pl.col("data_days") > 0) & (silent_days > pl.col("data_days")))
        .then(pl.lit("silent"))
        .otherwise(pl.lit("fresh"))
    )
    return (
        known.with_columns(state=state, age_hours=age_hours)
        .with_columns(freshness=pl.col("state").replace(FRESHNESS), remedy=_remedy())
        .sort("source")
    )


def families(found: pl.DataFrame) -> list[str]:
    """The families that sources belong to."""
    return found["source"].str.split("/").list.first().unique().sort().to_list()


def tally(found: pl.DataFrame) -> str:
    """How many sources are in which state, those that need a person first."""
    counts = dict(found.group_by("state").len().iter_rows())
    return " · ".join(f"{FRESHNESS[s]}: {counts[s]}" for s in FRESHNESS if s in counts)


def chosen(
    found: pl.DataFrame, family: Collection[str], states: Collection[str]
) -> pl.DataFrame:
    """Health of the sources of some families in some states (none named: all), by urgency."""
    is_wanted = pl.lit(value=True)
    if family:
        is_wanted &= pl.col("source").str.split("/").list.first().is_in(list(family))
    if states:
        is_wanted &= pl.col("state").is_in(list(states))
    rank = {state: n for n, state in enumerate(FRESHNESS)}
    urgency = pl.col("state").replace_strict(rank, return_dtype=pl.Int64)
    return found.filter(is_wanted).sort(urgency, "source")


def tables(source: Source) -> list[str]:
    """The tables a source fills."""
    return sorted(source.tables)


def _remedy() -> pl.Expr:
    """What a person can do about the state of a source; nothing where it is well."""
    name = pl.col("source")
    command = pl.format(
        "indicia refresh {}{}",
        name,
        pl.when("is_asked").then(pl.lit("")).otherwise(pl.lit(" --from FILE")),
    )
    again = (
        pl.when(pl.col("needed_variable") != "")
        .then(pl.format("Set {}, then run: indicia refresh {}", "needed_variable", name))
        .when("is_asked")
        .then(command)
        .otherwise(pl.format("From files: {}", command))
    )
    said = {
        "not configured": again,
        "failed": pl.format("See the issues, then run: {}", command),
        "stale": pl.when("is_asked")
        .then(pl.format("Look at the schedule, or run: {}", command))
        .otherwise(pl.format("Read a newer file: {}", command)),
        "never": again,
        "starter": again,
        "silent": pl.format(
            "Nothing newer than {} is published; look at the publisher's page",
            "data_until_date",
        ),
        "budget spent": pl.lit("Nothing: the next run goes on where this one stopped"),
    }
    return pl.coalesce(pl.when(pl.col("state") == s).then(text) for s, text in said.items())


def issues(store: Reader, source: str = "") -> pl.DataFrame:
    """What runs found wrong, newest first: place, expected, received, remedy."""
    return store.sql(
        """
        SELECT seen_utc, source, severity, rule, place, expected, received, remedy, rows_count
        FROM issue WHERE $source IN ('', source)
        ORDER BY seen_utc DESC, severity, source, rule, place LIMIT $most
        """,
        {"source": source, "most": MOST_ISSUES},
    )


def statements(sources: Mapping[str, Source]) -> pl.DataFrame:
    """What each source says and does not say, and on which terms."""
    return defined(sources).select(
        "source", "title", "publisher", "says", "does_not_say", "licence", "licence_note",
        "is_redistributable", "reliability", "live_checked", "homepage",
    ).sort("source")  # fmt: skip


def blind_spots(store: Reader) -> pl.DataFrame:
    """What cannot be seen in this version of the data, each with how many it concerns."""
    return store.sql("""
        SELECT what, concerned_count FROM (VALUES
            ('Facilities whose place is not known to the site',
                (SELECT count(DISTINCT facility_id) FROM facility
                 WHERE coalesce(coord_precision, 'unknown') <> 'site')),
            ('Facilities without any named organisation',
                (SELECT count(*) FROM (SELECT facility_id FROM facility
                 EXCEPT SELECT facility_id FROM facility_party))),
            ('Facilities that no signal is linked to (no exposure)',
                (SELECT count(*) FROM (SELECT facility_id FROM facility
                 EXCEPT SELECT facility_id FROM exposure))),
            ('Facilities with no computable indicator',
                (SELECT count(*) FROM assessment WHERE computable_count = 0)),
            ('Indicators without data for any facility',
                (SELECT count(*) FROM (SELECT indicator FROM indicator_result GROUP BY ALL
                 HAVING bool_and(result = 'no_data')))),
            ('Countries with facilities and no procurement notice',
                (SELECT count(*) FROM (SELECT country_iso2 FROM facility
                 WHERE country_iso2 IS NOT NULL
                 EXCEPT SELECT country_iso2 FROM procurement_notice)))
        ) AS t(what, concerned_count)
    """)
