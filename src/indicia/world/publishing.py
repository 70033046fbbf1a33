"""A made world as an ordinary store of kind `synthetic`, in a home of its own.

Every row leads to a fetch and every fetch to an archived body, which says that it is invented. A
home that holds anything real is refused, as a real source is refused in a synthetic home.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from indicia import __version__
from indicia.errors import StoreError
from indicia.indicators import CATALOGUE
from indicia.reference import tables
from indicia.review import Journal
from indicia.schema import FETCH, LOADED, OBSERVED, RUN, short_hash
from indicia.scoring.assess import assess
from indicia.sources.archive import Archive
from indicia.sources.contract import Fetch
from indicia.store import SYNTHETIC, Build, Manifest, Vintage, writing
from indicia.world.making import World

WAIT_SECONDS = 600.0
WHOLE, FIRST = (
    "",
    "/first-figures",
)  # bodies of one publisher: as it stands, and what it revised
Progress = Callable[[str], None]


def publish(home: Path, world: World, progress: Progress = lambda _text: None) -> Manifest:
    """Load a world into `home`, weigh it as of its day, and make it the current store.

    Where the home holds this very world nothing is done.

    Args:
        home: A folder that is empty or not there yet, or that holds this world.
        world: The world.
        progress: Told what is being done.

    Raises:
        StoreError: The home holds a store, or archived bodies, of real sources; or another world.
    """
    archive, journal = Archive(home), Journal(home)
    with writing(home, WAIT_SECONDS, progress), Build(home) as build:
        _require_free(home, build, world)
        if build.base.sequence:
            return build.base
        fetches = [
            _load(build, archive, world, name, told, body)
            for name in _sources(world)
            for body, held in ((FIRST, world.superseded), (WHOLE, world.tables))
            if (told := _told(held, name))
        ]
        judgements = journal.judgements()
        build.replace_assessments(
            assess(build.reader(), CATALOGUE, world.as_of, progress, judgements)
        )
        progress("publishing")
        made = build.publish(
            rules_version=tables.version(), kind=SYNTHETIC, now=datetime.now(UTC)
        )
        archive.settle(f.fetch_id for f in fetches)
    return made


def _place(world: World) -> str:
    """An address that leads nowhere, and says which world it is."""
    return f"synthetic://seed-{world.seed}/{world.level}/{world.truth.height}"


def _require_free(home: Path, build: Build, world: World) -> None:
    """Refuse a home in which real data lie, or another world."""
    base = build.base
    archived = home / "archive"
    real = archived.exists() and any(
        p.name not in (SYNTHETIC, "pending", "fetches") for p in archived.iterdir()
    )
    if real or (base.sequence and base.kind != SYNTHETIC):
        message = f"{home}: holds data of real sources; an invented world is never put beside them. Name an empty folder with INDICIA_HOME."
        raise StoreError(message)
    if not base.sequence:
        return
    held = build.held('SELECT url FROM runs."fetch"', {})["url"]
    if not held.str.starts_with(f"{_place(world)}/").all():
        message = f"{home}: holds another invented world; two worlds are never mixed. Remove the folder, or name another with INDICIA_HOME."
        raise StoreError(message)


def _sources(world: World) -> list[str]:
    found = (rows["source"].unique() for rows in world.tables.values())
    return sorted({name for names in found for name in names})


def _told(held: Mapping[str, pl.DataFrame], source: str) -> dict[str, pl.DataFrame]:
    said = {name: rows.filter(pl.col("source") == source) for name, rows in held.items()}
    return {name: rows for name, rows in said.items() if rows.height}


def _load(
    build: Build,
    archive: Archive,
    world: World,
    source: str,
    told: dict[str, pl.DataFrame],
    body_name: str,
) -> Fetch:
    """Archive what one made publisher says, or said before it was revised, and load it."""
    fetched = next(iter(told.values()))["fetched_utc"].max()
    if not isinstance(fetched, datetime):
        raise TypeError(source)
    url = f"{_place(world)}/{source.partition('/')[2]}{body_name}"
    body = "".join(_body(world, source, told)).encode()
    bare = Fetch("", source, "file", url, fetched, "", "", 0, media_type="application/json")
    fetch = archive.keep(bare, body)
    for name, rows in told.items():
        public = rows["published_utc"].max()
        if not isinstance(public, datetime):
            raise TypeError(name)
        vintage = Vintage(public, fetched, fetch.fetch_id, is_snapshot=body_name == WHOLE)
        frame = rows.with_columns(fetch_id=pl.lit(fetch.fetch_id))
        build.load(OBSERVED[name], frame, vintage, source)
    _record(build, fetch, told)
    return fetch


def _body(world: World, source: str, told: dict[str, pl.DataFrame]) -> Iterator[str]:
    """JSON lines: first what it is, then the rows of each table after a line that names it."""
    says = {
        "synthetic": True,
        "says": "Invented for testing: no organisation, place or figure here is real.",
        "source": source,
        "seed": world.seed,
        "level": world.level,
        "as_of": world.as_of.isoformat(),
    }
    yield json.dumps(says) + "\n"
    for name, rows in told.items():
        yield json.dumps({"table": name}) + "\n"
        kept = rows.select(
            c for c in OBSERVED[name].names if rows[c].null_count() < rows.height
        )
        yield kept.write_ndjson()


def _record(build: Build, fetch: Fetch, told: dict[str, pl.DataFrame]) -> None:
    """Write down the fetch, what it held, and the run, at the world's own hour."""
    rows = sum(frame.height for frame in told.values())
    build.record(FETCH, FETCH.frame([{n: getattr(fetch, n) for n in FETCH.names}]))
    build.record(
        LOADED,
        LOADED.frame(
            {
                "fetch_id": fetch.fetch_id,
                "source": fetch.source,
                "table_name": name,
                "public_utc": frame["published_utc"].max(),
                "rows_count": frame.height,
            }
            for name, frame in told.items()
        ),
    )
    build.record(
        RUN,
        RUN.frame(
            [
                {
                    "run_id": short_hash(fetch.source, fetch.fetch_id, __version__),
                    "source": fetch.source,
                    "way": fetch.way,
                    "started_utc": fetch.fetched_utc,
                    "finished_utc": fetch.fetched_utc,
                    "outcome": "loaded",
                    "rows_in_count": rows,
                    "rows_kept_count": rows,
                    "rows_rejected_count": 0,
                    "added_count": rows,
                    "changed_count": 0,
                    "vanished_count": 0,
                }
            ]
        ),
    )
