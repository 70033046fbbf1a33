"""The columns every observation carries: whose word it is, when it was public, when we read it."""

# One column is one line, read as a table.
# fmt: off
import polars as pl

from indicia.schema.base import UTC, Column, Table

BASES = ("stated", "lag model", "fetched")
RELIABILITIES = ("A", "B", "C", "D", "E", "F")

# What a parser may state per row. What it leaves out is filled from the source's definition.
STATED = (
    Column("source_url", pl.String, "Where a person can read the value."),
    Column("origin_id", pl.String, "Opaque name of the origin; echoes of one origin share it.", required=True),
    Column("reliability", pl.String, "Admiralty grade of the source, A (reliable) to F (cannot be judged).", required=True, one_of=RELIABILITIES),
    Column("licence", pl.String, "Terms under which the row may be used.", required=True),
    Column("published_utc", UTC, "When the value was public.", required=True),
    Column("published_basis", pl.String, "How that is known: stated by the publisher, a lag model, or the time we fetched it.", required=True, one_of=BASES),
)
GIVEN = (
    Column("source", pl.String, "The source, as family/name in `ingest/`.", required=True),
    Column("fetched_utc", UTC, "When the body was read.", required=True),
    Column("fetch_id", pl.String, "The row of `fetch` whose archived body holds the value.", required=True),
)
STAMP = (*STATED, *GIVEN)


def stamped(table: Table) -> Table:
    """The table as it is stored: its own columns, then the stamp; one row per source and key."""
    return Table(table.name, table.family, table.doc, ("source", *table.key), (*table.columns, *STAMP), table.dated_by)


def parsed(table: Table) -> Table:
    """The table as a parser may hand it over: its own columns, then what may be stated per row."""
    loose = tuple(Column(c.name, c.dtype, c.doc, one_of=c.one_of) for c in STATED)
    return Table(table.name, table.family, table.doc, table.key, (*table.columns, *loose), table.dated_by)
