"""What is known of a source before any of its data is read."""

import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from indicia.errors import SourceDefinitionError
from indicia.schema import OBSERVED

MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher's dataset: whose it is, on what terms, and what a healthy load holds.

    Args:
        name, family: Where the definition lies.
        tables: The tables its parser fills.
        url: What a live refresh asks by default; empty where only files are read.
        licence: SPDX id or short name; `licence_note` says what it asks for.
        is_redistributable: False keeps raw values out of exports.
        reliability: Admiralty grade A to F given to its rows unless a row states its own.
        is_snapshot: A body is the whole dataset, so a key that is absent has vanished.
        lag_days: Days from the end of the period to publication; empty table key = none known.
        key_variable: Environment variable of the key it needs, or empty.
        max_mb: Largest body accepted, decompressed (MiB).
        live_checked: Day it was last checked against the live publisher, or `never`.
    """

    name: str
    family: str
    title: str
    publisher: str
    homepage: str
    licence: str
    tables: tuple[str, ...]
    every_hours: int
    rows_at_least: int
    says: str
    does_not_say: str
    url: str = ""
    licence_note: str = ""
    is_redistributable: bool = True
    reliability: str = "B"
    is_snapshot: bool = False
    lag_days: int = -1
    key_variable: str = ""
    key_is_optional: bool = False
    hosts: tuple[str, ...] = ()
    max_mb: int = 256
    live_checked: str = "never"

    @property
    def id(self) -> str:
        """Family and name, as on the command line."""
        return f"{self.family}/{self.name}"

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Hosts a request or a redirect may go to."""
        return frozenset({urlsplit(self.url).hostname or "", *self.hosts} - {""})

    @property
    def max_bytes(self) -> int:
        """Largest body accepted, decompressed."""
        return self.max_mb * MEBIBYTE

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read one definition; its name and family are where the file lies."""
        try:
            facts = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise SourceDefinitionError(path, f"no valid TOML: {error}") from error
        known = {f.name for f in fields(cls)} - {"name", "family"}
        needed = {f.name for f in fields(cls) if f.default is MISSING} - {"name", "family"}
        if not needed <= facts.keys() <= known:
            lacking, strange = sorted(needed - facts.keys()), sorted(facts.keys() - known)
            raise SourceDefinitionError(path, f"keys missing {lacking}, unknown {strange}")
        for name in ("tables", "hosts"):
            if name in facts:
                facts[name] = tuple(facts[name])
        if unknown := set(facts["tables"]) - OBSERVED.keys():
            raise SourceDefinitionError(path, f"unknown tables {sorted(unknown)}")
        return cls(name=path.stem, family=path.parent.name, **facts)


def discover(root: Path) -> dict[str, Source]:
    """Find every definition under `root`, by id."""
    found = [Source.load(p) for p in sorted(root.glob("*/*.toml"))]
    return {s.id: s for s in found}
