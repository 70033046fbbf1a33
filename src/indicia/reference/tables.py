"""Reading the reference tables that ship with the library, and their common version."""

import tomllib
from functools import cache
from hashlib import sha256
from typing import Any

import polars as pl

from indicia import bundled
from indicia.errors import ReferenceTableError

FOLDER = "data/reference"


@cache
def table(name: str) -> pl.DataFrame:
    """One reference table by the name of its CSV file; every column is text."""
    path = bundled.path(f"{FOLDER}/{name}.csv")
    try:
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ReferenceTableError(name, f"cannot be read from {path}: {error}") from error


@cache
def toml(name: str) -> dict[str, Any]:
    """One file of settings by the name of its TOML file."""
    path = bundled.path(f"{FOLDER}/{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ReferenceTableError(name, f"cannot be read from {path}: {error}") from error


def settings() -> dict[str, Any]:
    """How evidence is weighed (settings.toml)."""
    return toml("settings")


@cache
def version() -> str:
    """Hash of every reference table and setting: 16 hexadecimal digits."""
    digest = sha256()
    for path in sorted(bundled.path(FOLDER).glob("*.*")):
        if path.suffix in {".csv", ".toml"}:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
