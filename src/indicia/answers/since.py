"""Which earlier version of the data to compare with, and in words what differs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from indicia.answers import words
from indicia.store import Manifest

WEEK = timedelta(days=7)


def earlier(held: Sequence[Manifest], now: Manifest) -> list[Manifest]:
    """Versions before this one, the newest first, each data and rules once."""
    found: dict[tuple[str, str], Manifest] = {}
    for made in held:
        if made.sequence < now.sequence:
            found[made.data_version, made.rules_version] = made
    found.pop((now.data_version, now.rules_version), None)
    return sorted(found.values(), key=lambda m: -m.sequence)


def a_week_before(earlier_ones: Sequence[Manifest], now: Manifest) -> Manifest:
    """The newest version that is a week older; the oldest held where none is."""
    until = datetime.fromisoformat(now.published_utc) - WEEK
    old = (m for m in earlier_ones if datetime.fromisoformat(m.published_utc) <= until)
    return next(old, earlier_ones[-1])


def said(made: Manifest, visited: str) -> str:
    """A version in words, for a choice."""
    seen = ", seen at the last visit" if visited and made.data_version == visited else ""
    return f"{words.moment(made.published_utc)} · data {made.data_version[:12]}{seen}"


def of_one(rows: pl.DataFrame, what: str, before: Manifest) -> str:
    """One sentence on one facility: what it was in an earlier version, what it is, and the cause.

    Args:
        rows: The row of `digest.digest`, or none where it does not differ.
        what: Which version that is, for example `the last version`.
        before: Its manifest.
    """
    since = f"Since {what} ({said(before, '')})"
    if not rows.height:
        return f"{since}: verdict and support are the same."
    row = rows.row(0, named=True)
    if row["verdict_was"] is None:
        return f"{since}: this facility is new."
    then, now = (words.VERDICTS.get(row[v], row[v]) for v in ("verdict_was", "verdict"))
    turned = f"{then} then, {now} now" if then != now else f"{now} then and now"
    return (
        f"{since}: {turned}; support {words.bans(row['support_was_bans'])} then, "
        f"{words.bans(row['support_bans'])} now. Cause: {row['cause']}."
    )


def on_lists(found: pl.DataFrame) -> str:
    """How many facilities are new, turned and moved, from rows of `digest.moved`."""
    new = found["verdict_was"].null_count()
    turned = found["change"].str.contains("→", literal=True).sum()
    moved = found.height - new - turned
    return f"{new:,} new, {turned:,} with another verdict, {moved:,} with other support"


def tally(found: pl.DataFrame, before: Manifest, now: Manifest) -> str:
    """How many facilities differ, from which causes, and whether rules or code differ too."""
    causes = (
        found.select(pl.col("cause").str.split("; ").explode())
        .to_series()
        .drop_nulls()
        .value_counts(sort=True)
    )
    told = ", ".join(f"{cause} {n:,}" for cause, n in causes.iter_rows())
    rules = (
        "Rules differ."
        if before.rules_version != now.rules_version
        else "The rules are the same."
    )
    code = (
        f" The program went from {before.code_version} to {now.code_version}."
        if before.code_version != now.code_version
        else ""
    )
    return f"{found.height:,} facilities differ{': ' + told if told else ''}. {rules}{code}"
