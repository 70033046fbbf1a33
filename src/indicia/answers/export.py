"""Exports: the list exactly as the screen shows it, for spreadsheets, programs and maps.

Every file says which data, rules and code made it, from which day it looks, with which query,
and that its rows are leads. The same input gives the same bytes. Text of sources stays text.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import polars as pl

from indicia.answers import export_csv, export_geojson, export_points, export_xlsx
from indicia.answers.export_stamp import CAVEAT, Stamp, checked, is_name, list_id
from indicia.errors import UsageError

__all__ = ["CAVEAT", "ENDINGS", "FORMATS", "Stamp", "companion", "list_id", "write"]

NO_FRAMES: Mapping[str, pl.DataFrame] = MappingProxyType({})
# They describe sources and methods and hold none of a source's values.
DESCRIPTIONS = ("sources", "method")
TAKEN = ("readme", "list")
WITHHELD_REASON = "The terms of their sources do not allow redistribution."


# What a file is called by other programs, where that is not the format itself.
ENDINGS: Mapping[str, str] = MappingProxyType({"geopackage": "gpkg", "geoparquet": "parquet"})


@dataclass(frozen=True, slots=True)
class _Job:
    """One export after the rows that may not leave have been taken out."""

    frame: pl.DataFrame
    long: Mapping[str, pl.DataFrame]
    facts: dict[str, str]
    stamp: Stamp
    path: Path
    is_machine: bool


def write(
    frame: pl.DataFrame,
    stamp: Stamp,
    path: Path,
    fmt: str,
    *,
    long: Mapping[str, pl.DataFrame] = NO_FRAMES,
    machine: bool = False,
    withheld_sources: frozenset[str] = frozenset(),
) -> Path:
    """Write the list to `path`, and beside it a companion with the stamp and each file's hash.

    Args:
        frame: The list as the screen shows it; order of rows and columns is kept.
        stamp: What names the list; made for `frame`, so the row counts must agree.
        path: The file to write.
        fmt: One of `FORMATS`.
        long: Frames in long form by name, such as evidence. XLSX holds them as sheets; CSV and
            Parquet put them in files beside the list, GeoPackage in tables; GeoJSON and GeoParquet
            leave them out.
        machine: CSV only: write text as it is, without the guard for spreadsheets.
        withheld_sources: Sources whose terms do not allow redistribution; rows that rest on
            them are left out, and every file says how many.

    Returns:
        `path`.

    Raises:
        UsageError: The frame, a name or the format cannot be exported as asked.
    """
    if fmt not in FORMATS:
        msg = f"format {fmt!r} is not known; expected one of {', '.join(FORMATS)}."
        raise UsageError(msg)
    if stamp.row_count != frame.height:
        msg = (
            f"the stamp is for {stamp.row_count} rows, the list has {frame.height}. "
            "Make the stamp from the list that is exported."
        )
        raise UsageError(msg)
    for name in long:
        if not is_name(name) or name in TAKEN:
            msg = f"{name!r} cannot name a part of an export; use a word such as evidence."
            raise UsageError(msg)
    parts = {"list": frame, **long}
    kept = {
        name: _without(name, checked(name, part), withheld_sources)
        for name, part in parts.items()
    }
    lost = {name: part.height - kept[name].height for name, part in parts.items()}
    facts = stamp.facts() | {
        "withheld_rows_count": str(sum(lost.values())),
        "withheld": "; ".join(
            f"{name}: {n} of {parts[name].height} rows" for name, n in lost.items() if n
        ),
        "withheld_sources": ";".join(sorted(withheld_sources)) if any(lost.values()) else "",
        "withheld_reason": WITHHELD_REASON if any(lost.values()) else "",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    job = _Job(kept.pop("list"), kept, facts, stamp, path, machine)
    flavour, files = FORMATS[fmt](job)
    _write_companion(job, fmt, flavour, files)
    return path


def companion(path: Path) -> Path:
    """Where the stamp of the export at `path` lies."""
    return path.with_name(f"{path.name}.stamp.json")


def _without(name: str, frame: pl.DataFrame, sources: frozenset[str]) -> pl.DataFrame:
    """Leave out rows that rest on withheld sources, whole pieces of evidence at a time."""
    if not sources or name in DESCRIPTIONS:
        return frame
    if "source" not in frame.columns:
        msg = (
            f"{name}: no column `source`, so rows of withheld sources cannot be told apart. "
            "Add the column, or leave the frame out."
        )
        raise UsageError(msg)
    named = pl.col("source")
    if frame.schema["source"] != pl.List(pl.String):
        named = named.cast(pl.String).str.split(";")
    rests = named.list.eval(pl.element().str.strip_chars().is_in(sorted(sources))).list.any()
    rests = rests.fill_null(value=False)
    if "evidence_id" in frame.columns:
        # Its statement may quote the withheld value on the row of another source.
        rests = rests.any().over("evidence_id")
    return frame.filter(~rests)


def _beside(path: Path, name: str) -> Path:
    return path.with_name(f"{path.stem}.{name}{path.suffix}")


def _csv(job: _Job) -> tuple[str, list[Path]]:
    frames = {job.path: job.frame} | {_beside(job.path, n): f for n, f in job.long.items()}
    bodies = {
        path: export_csv.body(frame, job.facts, machine=job.is_machine)
        for path, frame in frames.items()
    }
    for path, body in bodies.items():
        path.write_bytes(body)
    return (export_csv.MACHINE if job.is_machine else export_csv.SAFE), list(bodies)


def _parquet(job: _Job) -> tuple[str, list[Path]]:
    frames = {job.path: job.frame} | {_beside(job.path, n): f for n, f in job.long.items()}
    for path, frame in frames.items():
        frame.write_parquet(path, compression="zstd", metadata=job.facts)
    return "typed columns; the stamp is in the file's key/value metadata", list(frames)


def _xlsx(job: _Job) -> tuple[str, list[Path]]:
    export_xlsx.write(job.path, job.frame, job.long, job.facts, job.stamp.generated_utc)
    return "text cells are never formulas or links", [job.path]


def _geojson(job: _Job) -> tuple[str, list[Path]]:
    job.path.write_bytes(export_geojson.body(job.frame, job.facts))
    return "RFC 7946; the stamp is the member `stamp`", [job.path]


def _geopackage(job: _Job) -> tuple[str, list[Path]]:
    export_points.geopackage(job.path, job.frame, job.long, job.facts, job.stamp.generated_utc)
    return "layer `list`, WGS 84; the stamp is metadata of every layer", [job.path]


def _geoparquet(job: _Job) -> tuple[str, list[Path]]:
    export_points.geoparquet(job.path, job.frame, job.facts)
    return "GeoParquet 1.1; the stamp is in the file's key/value metadata", [job.path]


FORMATS: Mapping[str, Callable[[_Job], tuple[str, list[Path]]]] = MappingProxyType(
    {
        "csv": _csv,
        "xlsx": _xlsx,
        "parquet": _parquet,
        "geojson": _geojson,
        "geopackage": _geopackage,
        "geoparquet": _geoparquet,
    }
)


def _write_companion(job: _Job, fmt: str, flavour: str, files: list[Path]) -> None:
    bodies = [(path.name, path.read_bytes()) for path in files]
    told = {
        "stamp": job.facts,
        "format": fmt,
        "flavour": flavour,
        "written_rows_count": job.frame.height,
        "files": [
            {"name": name, "sha256": sha256(body).hexdigest(), "size_bytes": len(body)}
            for name, body in bodies
        ],
    }
    text = json.dumps(told, ensure_ascii=False, indent=2)
    companion(job.path).write_bytes(f"{text}\n".encode())
