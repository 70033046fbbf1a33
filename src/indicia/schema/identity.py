"""Stable, readable ids made from a publisher's own names."""

import re
import unicodedata
from hashlib import blake2b, sha256

import polars as pl

LONGEST = 72


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; text without Latin letters becomes a short hash.

    >>> slug("xAI Colossus 1, Memphis")
    'xai-colossus-1-memphis'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:LONGEST].strip("-") if len(words) > 2 else short_hash(text)  # noqa: PLR2004 -- one or two letters name nothing


def facility_id(publisher: str, key: str) -> str:
    """The id of a facility as one publisher names it, for example `epoch-goodnight`."""
    return f"{publisher}-{slug(key)}"


def short_hash(*parts: object) -> str:
    """Twelve hexadecimal digits that depend on every part and its place."""
    return sha256("\x1f".join(str(p) for p in parts).encode()).hexdigest()[:12]


def text_hashes(texts: pl.Series) -> pl.Series:
    """Sixteen hexadecimal digits per text, the same on every machine and in every version.

    Text by text in Python, because Polars promises no stable hash: some 2 µs a row.
    """
    made = [blake2b(t.encode(), digest_size=8).hexdigest() for t in texts]
    return pl.Series(texts.name, made, dtype=pl.String)
