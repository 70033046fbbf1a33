"""What is known of a source before any of its data is read."""

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Self
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
        piece_mb: A user's file of lines larger than this is read in pieces of this size (MiB); 0 = whole.
        answer_statuses: Statuses besides 200 whose body is an answer to parse, such as 400 where it says
            that nothing matches.
        throttled_statuses: Statuses by which it says, against custom, that it was asked too often; such
            as 403; 429 always does.
        throttled_seconds: How long it is to be left alone then (s), where it does not say itself.
        follows_link_header: The next page of an answer is named by its header `Link` (rel=next).
        rows_at_most: More rows than this in one body are reported, and loaded; 0 = no ceiling.
        per_minute: Requests to its host in any minute, over all processes; 0 = no limit.
        per_day: Requests to its host in a day (UTC); 0 = no limit.
        pause_seconds: Time between two requests to its host (s).
        spent_header: Response header that says what is left of the day's budget; at 0 or less the
            source stops until midnight (UTC).
        data_days: Age of the newest row from which on the publisher counts as silent (days);
            0 = not watched.
        is_web_page: Its bodies are web pages that a person saved, where others promise data.
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
    piece_mb: int = 0
    answer_statuses: tuple[int, ...] = ()
    throttled_statuses: tuple[int, ...] = ()
    throttled_seconds: float = 0.0
    follows_link_header: bool = False
    rows_at_most: int = 0
    per_minute: int = 0
    per_day: int = 0
    pause_seconds: float = 0.0
    spent_header: str = ""
    data_days: int = 0
    is_web_page: bool = False
    live_checked: str = "never"

    @property
    def id(self) -> str:
        """Family and name, as on the command line."""
        return f"{self.family}/{self.name}"

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Hosts a request or a redirect may go to."""
        return frozenset({urlsplit(self.url).hostname or "", *self.hosts} - {""})

    def has_key(self, environ: Mapping[str, str]) -> bool:
        """Whether what it needs to be asked is in the environment."""
        needs_none = not self.key_variable or self.key_is_optional
        return needs_none or bool(environ.get(self.key_variable, "").strip())

    @property
    def max_bytes(self) -> int:
        """Largest body accepted, decompressed."""
        return self.max_mb * MEBIBYTE

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read one definition; its name and family are where the file lies."""
        try:
            facts = dict(_facts(path.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise SourceDefinitionError(path, f"no valid TOML: {error}") from error
        known = {f.name for f in fields(cls)} - {"name", "family"}
        needed = {f.name for f in fields(cls) if f.default is MISSING} - {"name", "family"}
        if not needed <= facts.keys() <= known:
            lacking, strange = sorted(needed - facts.keys()), sorted(facts.keys() - known)
            raise SourceDefinitionError(path, f"keys missing {lacking}, unknown {strange}")
        for name in ("tables", "hosts", "answer_statuses", "throttled_statuses"):
            if name in facts:
                facts[name] = tuple(facts[name])
        if unknown := set(facts["tables"]) - OBSERVED.keys():
            raise SourceDefinitionError(path, f"unknown tables {sorted(unknown)}")
        if facts.get("piece_mb") and facts.get("is_snapshot"):
            raise SourceDefinitionError(path, "a snapshot is compared as a whole: no piece_mb")
        return cls(name=path.stem, family=path.parent.name, **facts)


@cache
def _facts(text: str) -> dict[str, Any]:
    """What a definition says; pages and commands ask for the same ones again and again."""
    return tomllib.loads(text)


def discover(root: Path) -> dict[str, Source]:
    """Find every definition under `root`, by id; `indicia doctor` names those that cannot be read."""
    found = []
    for path in sorted(root.glob("*/*.toml")):
        with suppress(SourceDefinitionError):
            found.append(Source.load(path))
    return {s.id: s for s in found}
