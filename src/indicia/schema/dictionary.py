"""docs/dictionary.md, written from the tables: `make docs`; a test tells when it is stale."""

import sys
from collections.abc import Iterable
from pathlib import Path

from indicia.schema import ASSESSMENTS, OBSERVATIONS, RESOLVED, RUNS
from indicia.schema.base import SQL_TYPES, Column, Table
from indicia.schema.stamp import STAMP

INTRODUCTION = """# Data dictionary

Written from `src/indicia/schema` by `make docs`; do not edit. Times are UTC. Units stand in the names of columns.
Reported, imputed and estimated values have columns of their own. Every observation also carries the stamp below,
its key is preceded by `source`, and `history_<table>` keeps all its versions with `is_tombstone`.
"""


def text() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## The stamp of every observation\n", _columns(STAMP, ())]
    for title, tables in (
        ("Observations", OBSERVATIONS),
        ("Run log", RUNS),
        ("Who is who", RESOLVED),
        ("Assessments", ASSESSMENTS),
    ):
        parts.append(f"## {title}\n")
        parts += [_table(t) for t in tables]
    return "\n".join(parts)


def _table(table: Table) -> str:
    key = f"Key: {', '.join(f'`{k}`' for k in table.key)}." if table.key else "No key."
    return f"### `{table.name}`\n\n{table.doc} Family: {table.family}. {key}\n\n{_columns(table.columns, table.key)}"


def _columns(columns: Iterable[Column], key: tuple[str, ...]) -> str:
    lines = ["| column | type | unit | required | meaning |", "|---|---|---|---|---|"]
    for c in columns:
        among = f" One of: {', '.join(c.one_of)}." if c.one_of else ""
        needed = "yes" if c.required or c.name in key else ""
        lines.append(
            f"| `{c.name}` | {SQL_TYPES[c.dtype].lower()} | {c.unit} | {needed} | {c.doc}{among} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
