"""What the store knows of a source before it is asked: how far it reaches, and what was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

import polars as pl

from indicia.schema import FETCH, OBSERVED, short_hash
from indicia.sources.contract import Fetch
from indicia.sources.definition import Source
from indicia.sources.stamping import period_end

LIVE = "live"
JITTER_SHARE = 0.1
SOONEST_AGAIN = timedelta(hours=1)  # a source that failed is not asked again at once


class Asks(Protocol):
    """A published store, as far as it is asked here."""

    def sql(self, query: str, params: Mapping[str, object] = ..., /) -> pl.DataFrame:
        """Ask one question."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """The state of one source.

    Args:
        held_until: Last day for which a whole run brought rows, starter data apart.
        last_whole_utc: End of the last live run in which nothing failed or was refused.
        last_run_utc: End of the last live run of any kind.
        last_outcome: How that one ended.
        loaded: The newest fetch of each address whose body is in the store.
    """

    held_until: date | None = None
    last_whole_utc: datetime | None = None
    last_run_utc: datetime | None = None
    last_outcome: str = ""
    loaded: Mapping[str, Fetch] = field(default_factory=dict)

    def resumable(self, since: datetime) -> Mapping[str, Fetch]:
        """What runs brought after the last whole one, by address: they need not be asked again."""
        whole = self.last_whole_utc
        return {
            place: fetch
            for place, fetch in self.loaded.items()
            if fetch.fetched_utc >= since and (whole is None or fetch.fetched_utc > whole)
        }

    def is_due(self, source: Source, now: datetime, *, has_key: bool) -> bool:
        """Whether the period since the last whole run is over, or within its last tenth.

        Which moment of that tenth differs from source to source and from time to time, so that not
        all ask at once. A time after now (the clock was set back) counts as long ago.
        """
        whole, period = self.last_whole_utc, timedelta(hours=source.every_hours)
        if whole and whole <= now:
            spread = int(short_hash(source.id, whole.isoformat())[:8], 16) / 16**8
            if now - whole < period * (1 - JITTER_SHARE * spread):
                return False
        if self.last_run_utc is None or self.last_run_utc > now:
            return True
        ago = now - self.last_run_utc
        if self.last_outcome == "not configured":
            return has_key or ago >= period
        return self.last_run_utc == whole or ago >= max(SOONEST_AGAIN, period * JITTER_SHARE)


UNKNOWN = Known()


def of(store: Asks, source: Source) -> Known:
    """Ask the published store what it knows of `source`."""
    ended = dict(
        store.sql(
            """
            SELECT way, max(finished_utc) FROM run
            WHERE source = $source AND outcome IN ('loaded', 'unchanged') AND message IS NULL
            GROUP BY way
            """,
            {"source": source.id},
        ).iter_rows()
    )
    last = store.sql(
        "SELECT finished_utc, outcome FROM run WHERE source = $source AND way = 'live' "
        "ORDER BY finished_utc DESC LIMIT 1",
        {"source": source.id},
    ).rows()
    until = ended.get(LIVE) or ended.get("file")
    return Known(
        held_until=newest(store, source, until) if until else None,
        last_whole_utc=ended.get(LIVE),
        last_run_utc=last[0][0] if last else None,
        last_outcome=last[0][1] if last else "",
        loaded=_loaded(store, source),
    )


def newest(store: Asks, source: Source, until: datetime | None = None) -> date | None:
    """Last day that rows of a source describe; a projection counts for the day it was read.

    Args:
        store: The published store.
        source: The source.
        until: Count only rows read until then, and no starter data.
    """
    days = []
    for name in source.tables:
        table = OBSERVED[name]
        end = period_end(table)
        if end is None:
            continue
        is_wanted = "source = $source"
        asked: dict[str, object] = {"source": source.id}
        if until:
            is_wanted += (
                " AND fetched_utc <= $until"
                " AND fetch_id NOT IN (SELECT fetch_id FROM \"fetch\" WHERE way = 'starter')"
            )
            asked["until"] = until
        found = store.sql(
            f'SELECT "{table.dated_by}", max(fetched_utc) AS fetched_utc FROM "{name}" '
            f"WHERE {is_wanted} GROUP BY ALL",
            asked,
        )
        last = found.select(pl.min_horizontal(end, "fetched_utc").max()).item()
        days += [last.date()] if last else []
    return max(days, default=None)


def _loaded(store: Asks, source: Source) -> Mapping[str, Fetch]:
    rows = store.sql(
        f"""
        SELECT {", ".join(FETCH.names)} FROM "fetch" f
        WHERE source = $source AND way = 'live' AND EXISTS (
            SELECT 1 FROM "fetch" e JOIN loaded USING (fetch_id)
            WHERE e.source = f.source AND e.url = f.url AND e.sha256 = f.sha256
        )
        QUALIFY row_number() OVER (PARTITION BY url ORDER BY fetched_utc DESC) = 1
        """,
        {"source": source.id},
    )
    return {row["url"]: Fetch(**row) for row in rows.iter_rows(named=True)}
