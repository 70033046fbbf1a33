"""The manifest: which immutable files make up one store, and the pointer to the current one."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Self

from indicia.errors import StoreError
from indicia.schema import JUDGEMENT
from indicia.store.home import write_whole

POINTER = "CURRENT"
NONE_JUDGED = "0:0"
KEPT, KEPT_WEEKS = 10, 5
SYNTHETIC = "synthetic"
KINDS = ("empty", "starter", "live", SYNTHETIC)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published store.

    Args:
        sequence: 1 for the first store of a home, then one more each time.
        data_version: Hash of the logical content: equal content has equal versions.
        rules_version: Hash of the reference tables and settings the assessments used.
        code_version: Version of the library that built it.
        kind: Starter, live or synthetic.
        published_utc: When the pointer was set to it, ISO 8601.
        files: Family -> file name in the folder of stores.
        digests: Observation table -> rows and digest of its history; `judgement` -> those that counted.
    """

    sequence: int
    data_version: str
    rules_version: str
    code_version: str
    kind: str
    published_utc: str
    files: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """File name of the manifest."""
        return f"manifest-{self.sequence:06d}-{self.data_version}.json"

    @property
    def judged(self) -> str:
        """Count and digest of the judgements the assessments were made with."""
        return self.digests.get(JUDGEMENT.name, NONE_JUDGED)

    @property
    def judged_count(self) -> int:
        """Pairs that had a judgement."""
        return int(self.judged.split(":")[0])

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read one manifest file."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            message = f"{path}: no readable manifest ({error}). Point CURRENT to another manifest, or remove CURRENT and refresh again; the archive is intact."
            raise StoreError(message) from error

    def write(self, stores: Path) -> None:
        """Write the manifest, then move the pointer to it."""
        write_whole(
            stores / self.name, json.dumps(asdict(self), indent=1, sort_keys=True).encode()
        )
        write_whole(stores / POINTER, self.name.encode())


def folder(home: Path) -> Path:
    """The folder of stores."""
    return home / "stores"


def pointer(home: Path) -> str:
    """Name of the current manifest, empty where nothing has been published."""
    path = folder(home) / POINTER
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def current(home: Path) -> Manifest | None:
    """The current manifest, or None where nothing has been published."""
    name = pointer(home)
    return Manifest.read(folder(home) / name) if name else None


def held(home: Path) -> list[Manifest]:
    """Every store of a home that can still be opened, the oldest first."""
    return [Manifest.read(path) for path in sorted(folder(home).glob("manifest-*.json"))]


def version(digests: Mapping[str, str], rules_version: str) -> str:
    """Hash of sorted table digests and the rules: 16 hexadecimal digits."""
    content = json.dumps([sorted(digests.items()), rules_version])
    return sha256(content.encode()).hexdigest()[:16]


def sweep(home: Path) -> int:
    """Remove what no kept manifest names and what a crash left over; return how many files."""
    stores = folder(home)
    manifests = sorted(stores.glob("manifest-*.json"))
    kept = (
        {m.name for m in manifests[-KEPT:]}
        | {pointer(home)}
        | _cited(stores)
        | _weekly(manifests)
    )
    alive = {POINTER, "CITED", *kept}
    for path in manifests:
        if path.name in kept:
            alive |= set(Manifest.read(path).files.values())
    gone = (
        [p for p in stores.iterdir() if p.is_file() and p.name not in alive]
        if stores.exists()
        else []
    )
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def cite(home: Path, manifest: Manifest) -> None:
    """Keep a manifest for as long as the home exists: an export cites it."""
    stores = folder(home)
    names = _cited(stores) | {manifest.name}
    write_whole(stores / "CITED", "\n".join(sorted(names)).encode())


def _weekly(manifests: Iterable[Path]) -> set[str]:
    """The last store of each of the latest weeks, so that one can look back on a week however often it is refreshed."""
    last: dict[object, str] = {}
    for path in manifests:
        with suppress(StoreError, ValueError):
            published = datetime.fromisoformat(Manifest.read(path).published_utc)
            last[published.isocalendar()[:2]] = path.name
    return set(list(last.values())[-KEPT_WEEKS:])


def _cited(stores: Path) -> set[str]:
    path = stores / "CITED"
    return set(path.read_text(encoding="utf-8").split()) if path.exists() else set()
