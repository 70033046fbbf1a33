"""The archive: every body under its hash, compressed, before anything is parsed.

A record of each fetch waits in `pending` until a published store holds it; so a crash between
reading and publishing costs no second request.
"""

import gzip
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from indicia.errors import StoreError
from indicia.schema import short_hash
from indicia.sources.contract import Fetch
from indicia.store.home import write_whole

NOT_MODIFIED = 304
FAST = 1  # of customs rows, 60 % of the time of level 3 for 8 % more bytes


class Archive:
    """Bodies and fetch records of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._root = home / "archive"

    def keep(self, fetch: Fetch, body: bytes) -> Fetch:
        """Archive a (redacted) body and its record; return the fetch with its id and hash."""
        digest = sha256(body).hexdigest()
        made = replace(
            fetch,
            sha256=digest,
            original_sha256=fetch.original_sha256 or digest,
            body_bytes=len(body),
            fetch_id=short_hash(fetch.source, fetch.url, fetch.fetched_utc.isoformat(), digest),
        )
        path = self._body(made)
        if not path.exists():
            write_whole(path, gzip.compress(body, compresslevel=FAST, mtime=0))
        write_whole(self._pending / f"{made.fetch_id}.json", _encode(made))
        return made

    def keep_again(self, earlier: Fetch, fetched_utc: datetime) -> Fetch:
        """Record that the publisher says the body of `earlier` has not changed since."""
        made = replace(
            earlier,
            fetched_utc=fetched_utc,
            status_code=NOT_MODIFIED,
            fetch_id=short_hash(
                earlier.source, earlier.url, fetched_utc.isoformat(), earlier.sha256
            ),
        )
        write_whole(self._pending / f"{made.fetch_id}.json", _encode(made))
        return made

    def body(self, fetch: Fetch) -> bytes:
        """The archived bytes of a fetch; see `read`."""
        return self.read(fetch.source, fetch.sha256)

    def read(self, source: str, digest: str) -> bytes:
        """The archived bytes of a source under their hash.

        Raises:
            StoreError: The body is absent, or its hash is another.
        """
        path = self._root / source / f"{digest}.gz"
        try:
            body = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, gzip.BadGzipFile) as error:
            message = f"{path}: the archived body cannot be read ({error}). Restore it from a backup, or fetch again."
            raise StoreError(message) from error
        if sha256(body).hexdigest() != digest:
            message = f"{path}: the archived body has another hash than recorded ({digest}). Restore it from a backup."
            raise StoreError(message)
        return body

    def holds(self, fetch: Fetch) -> bool:
        """Whether the body of a fetch lies here."""
        return self._body(fetch).exists()

    def next_url(self, fetch: Fetch) -> str | None:
        """The next page that the header of an archived answer named, if it did."""
        if fetch.next_url:
            return fetch.next_url
        for folder in (self._pending, self._settled):
            path = folder / f"{fetch.fetch_id}.json"
            if path.exists():
                return _decode(path).next_url
        return None

    def pending(self, source: str) -> list[Fetch]:
        """Fetches of `source` that no published store holds yet, oldest first."""
        found = (
            [_decode(p) for p in sorted(self._pending.glob("*.json"))]
            if self._pending.exists()
            else []
        )
        return sorted((f for f in found if f.source == source), key=lambda f: f.fetched_utc)

    def settle(self, fetch_ids: Iterable[str]) -> None:
        """A published store holds these fetches."""
        for fetch_id in fetch_ids:
            path = self._pending / f"{fetch_id}.json"
            if path.exists():
                target = self._settled / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)

    @property
    def _settled(self) -> Path:
        return self._root / "fetches"

    @property
    def _pending(self) -> Path:
        return self._root / "pending"

    def _body(self, fetch: Fetch) -> Path:
        return self._root / fetch.source / f"{fetch.sha256}.gz"


def _encode(fetch: Fetch) -> bytes:
    facts = {
        k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(fetch).items()
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def _decode(path: Path) -> Fetch:
    facts = json.loads(path.read_text(encoding="utf-8"))
    for name in ("fetched_utc", "published_utc", "last_modified_utc"):
        facts[name] = datetime.fromisoformat(facts[name]) if facts.get(name) else None
    return Fetch(**facts)
