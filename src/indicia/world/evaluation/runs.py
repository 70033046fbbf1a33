"""Many worlds in one or two processes; what a world gave is kept in a folder and found again.

A world has three files: its facilities, `…-flags.parquet` and, written last, `….json` with the versions that made them. Files of other versions are not used.
"""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from time import process_time

import polars as pl

import indicia
from indicia import bundled
from indicia.reference import tables
from indicia.world import making
from indicia.world.evaluation import learned, one_world

Progress = Callable[[str], None]
# What a world's rows depend on; pages, commands and figures over the rows do not change them.
MADE_BY = ("entities", "indicators", "reference", "schema", "scoring", "store", "world/making")
SCORED_BY = ("baselines", "features", "flag_rates", "learned", "one_world", "reweighed")
ONE_THREAD = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """One world: its level and seed, how many facilities it has, and from which days it is seen.

    Args:
        level: One of the generator's levels.
        seed: Its seed.
        facilities: How many facilities it has (count).
        cuts: Months before its end from which it is looked at (0 among them).
    """

    level: str
    seed: int
    facilities: int
    cuts: tuple[int, ...]

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.level}-{self.seed:03d}-{self.facilities}-{len(self.cuts)}"


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of several worlds: facilities and flag counts, each with `level` and `seed`."""

    facilities: pl.DataFrame
    flags: pl.DataFrame

    def of(self, level: str, seeds: Iterable[int]) -> "Kept":
        """Only these worlds."""
        chosen = (pl.col("level") == level) & pl.col("seed").is_in(list(seeds))
        return Kept(self.facilities.filter(chosen), self.flags.filter(chosen))


@cache
def code_version() -> str:
    """Hash of the modules that decide what a world gives: 16 hexadecimal digits."""
    root = Path(indicia.__file__).parent
    own = [root / "world" / "evaluation" / f"{name}.py" for name in SCORED_BY]
    digest = sha256()
    rooms = (p for room in MADE_BY for p in (root / room).rglob("*"))
    for path in sorted([*own, *(p for p in rooms if p.suffix in {".py", ".toml"})]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def weighing_version() -> str:
    """Hash of the reference tables without the lines that set a threshold: 16 hexadecimal digits.

    A world's rows hold support, not verdicts, so a changed threshold leaves them as they are.
    """
    digest = sha256()
    for path in sorted(bundled.path(tables.FOLDER).glob("*.*")):
        if path.suffix in {".csv", ".toml"}:
            lines = path.read_bytes().splitlines()
            kept = [line for line in lines if not line.startswith(b"threshold_bans")]
            digest.update(path.name.encode() + b"\0" + b"\n".join(kept))
    return digest.hexdigest()[:16]


def versions() -> dict[str, str | bool]:
    """What must be equal for a kept result to count: code, rules, and whether trees were there."""
    return {
        "code_version": code_version(),
        "weighing_version": weighing_version(),
        "has_forest": learned.is_installed(),
    }


def run(wanted: Sequence[Wanted], folder: Path, processes: int, progress: Progress) -> Kept:
    """Give the rows of all worlds, making those that the folder lacks.

    Args:
        wanted: The worlds.
        folder: Where results are kept.
        processes: How many worlds are made at once (1 or 2 on small machines).
        progress: Told after each world.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [
        w for w in sorted(wanted, key=lambda w: (w.seed, w.level)) if not is_kept(w, folder)
    ]
    done = len(wanted) - len(missing)
    progress(f"{done} of {len(wanted)} worlds are kept in {folder}; {len(missing)} to make")
    for n, told in enumerate(_made(missing, folder, processes), 1):
        progress(f"{n} of {len(missing)} worlds: {told}")
    return read(wanted, folder)


def _made(missing: Sequence[Wanted], folder: Path, processes: int) -> Iterable[str]:
    if processes == 1 or len(missing) <= 1:
        yield from map(partial(keep, folder=folder), missing)
        return
    held = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # read when a library is first imported
    try:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for ended in as_completed([pool.submit(keep, w, folder) for w in missing]):
                yield ended.result()
    finally:
        for name, value in held.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def keep(wanted: Wanted, folder: Path) -> str:
    """Make one world, write what it gave, and say how long it took."""
    started = process_time()
    world = making.make(wanted.seed, wanted.level, wanted.facilities)
    result = one_world.scored(world, wanted.cuts)
    rows, flags, stamp = _paths(wanted, folder)
    result.facilities.write_parquet(rows)
    result.flags.write_parquet(flags)
    seconds = process_time() - started
    said = {
        **versions(),
        "level": wanted.level,
        "seed": wanted.seed,
        "facilities_count": wanted.facilities,
        "cuts_months": list(wanted.cuts),
        "as_of_date": result.as_of.isoformat(),
        "processor_seconds": round(seconds, 2),
    }
    aside = stamp.with_suffix(".part")
    aside.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    aside.replace(stamp)
    return f"{wanted.name}, {seconds:.1f} s"


def is_kept(wanted: Wanted, folder: Path) -> bool:
    """Whether the folder holds this world's result, made by this code under these rules."""
    _, _, stamp = _paths(wanted, folder)
    try:
        said = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return all(said.get(name) == value for name, value in versions().items())


def read(wanted: Iterable[Wanted], folder: Path) -> Kept:
    """The rows of worlds that are kept."""
    rows, flags = [], []
    for world in sorted(wanted):
        named = {"level": pl.lit(world.level), "seed": pl.lit(world.seed, dtype=pl.Int64)}
        where, counts, _ = _paths(world, folder)
        rows.append(pl.read_parquet(where).with_columns(**named))
        flags.append(pl.read_parquet(counts).with_columns(**named))
    return Kept(pl.concat(rows, how="diagonal"), pl.concat(flags))


def _paths(wanted: Wanted, folder: Path) -> tuple[Path, Path, Path]:
    return (
        folder / f"{wanted.name}.parquet",
        folder / f"{wanted.name}-flags.parquet",
        folder / f"{wanted.name}.json",
    )
