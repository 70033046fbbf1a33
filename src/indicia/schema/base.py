"""What a table and a column are: their types, units, keys and checks, stated once.

From a `Table` come the DuckDB table, the Polars schema a parser must satisfy, the check that every
load passes, and its part of docs/dictionary.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from indicia.errors import SchemaViolationError

UTC = pl.Datetime("us", "UTC")

SQL_TYPES: dict[Any, str] = {
    pl.String: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int64: "BIGINT",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    UTC: "TIMESTAMPTZ",
}

SUFFIXES = {
    "MW": "_mw",
    "MWh": "_mwh",
    "US$": "_usd",
    "EUR": "_eur",
    "EUR/MWh": "_eur_per_mwh",
    "kg": "_kg",
    "m³": "_m3",
    "degrees": "_deg",
    "m": "_m",
    "count": "_count",
    "share": "_share",
    "bans": "_bans",
    "bytes": "_bytes",
    "FLOP": "_flop",
    "hours": "_hours",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, unit, bounds, and what a reader must know to use it."""

    name: str
    dtype: Any
    doc: str
    unit: str = ""
    required: bool = False
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """The column's line in a CREATE TABLE statement."""
        return f'"{self.name}" {SQL_TYPES[self.dtype]}{" NOT NULL" if self.required else ""}'


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its grain is stated by `key` and explained by `doc`.

    `dated_by` names the column that says which hour, day, month, year or period a row describes; lag
    models of publication and the cursors of refreshes read it.
    """

    name: str
    family: str
    doc: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    dated_by: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    @property
    def polars(self) -> pl.Schema:
        """The schema a frame must have to be loaded into this table."""
        return pl.Schema({c.name: c.dtype for c in self.columns})

    def ddl(self, name: str = "") -> str:
        """The statement that makes this table, under its own name or `name`."""
        lines = ", ".join(c.sql for c in self.columns)
        return f'CREATE TABLE IF NOT EXISTS "{name or self.name}" ({lines})'

    def empty_select(self) -> str:
        """A SELECT that has this table's columns and no rows."""
        columns = ", ".join(f'NULL::{SQL_TYPES[c.dtype]} AS "{c.name}"' for c in self.columns)
        return f"SELECT {columns} WHERE false"

    def frame(self, rows: Iterable[Mapping[str, object]]) -> pl.DataFrame:
        """Put rows into a frame of this schema; a column that no row names is null."""
        known = set(self.names)
        taken = list(rows)
        strange = {k for row in taken for k in row} - known
        if strange:
            raise SchemaViolationError(
                self.name, "known columns only", len(taken), sorted(strange)
            )
        return pl.DataFrame(
            {c.name: [row.get(c.name) for row in taken] for c in self.columns},
            schema=self.polars,
            strict=True,
        )

    def fit(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Order the columns of `frame` and add the absent ones as null; unknown ones are refused."""
        strange = set(frame.columns) - set(self.names)
        if strange:
            raise SchemaViolationError(
                self.name, "known columns only", frame.height, sorted(strange)
            )
        return frame.select(
            pl.col(c.name).cast(c.dtype)
            if c.name in frame.columns
            else pl.lit(None, dtype=c.dtype).alias(c.name)
            for c in self.columns
        )

    def check(self, frame: pl.DataFrame, *, is_unique: bool = False) -> pl.DataFrame:
        """Return `frame` if every row fits, else name the rule, the count and an example.

        Args:
            frame: The rows.
            is_unique: The caller has seen to it that no key occurs twice.
        """
        if frame.schema != self.polars:
            raise SchemaViolationError(
                self.name, f"columns {dict(self.polars)}", frame.height, dict(frame.schema)
            )
        if frame.is_empty():
            return frame
        rules = [rule for column in self.columns for rule in self._rules(column)]
        # All rules in one pass: a query per rule costs more than the rows do.
        is_broken = frame.select(broken.any().alias(name) for name, broken in rules).row(0)
        for (rule, broken), is_wrong in zip(rules, is_broken, strict=True):
            if is_wrong:
                wrong = frame.filter(broken)
                raise SchemaViolationError(
                    self.name, rule, wrong.height, wrong.row(0, named=True)
                )
        if self.key and not is_unique and frame.select(self.key).is_duplicated().any():
            twice = frame.filter(frame.select(self.key).is_duplicated())
            raise SchemaViolationError(
                self.name,
                f"one row per ({', '.join(self.key)})",
                twice.height,
                twice.row(0, named=True),
            )
        return frame

    def _rules(self, column: Column) -> Iterable[tuple[str, pl.Expr]]:
        value = pl.col(column.name)
        unit = f" {column.unit}" if column.unit else ""
        if column.required or column.name in self.key:
            yield f"{column.name} is present", value.is_null()
        if column.dtype == pl.Float64:
            yield f"{column.name} is a finite number", value.is_nan() | value.is_infinite()
        if column.at_least is not None:
            yield f"{column.name} >= {column.at_least:g}{unit}", value < column.at_least
        if column.at_most is not None:
            yield f"{column.name} <= {column.at_most:g}{unit}", value > column.at_most
        if column.one_of:
            yield f"{column.name} in {column.one_of}", ~value.is_in(column.one_of)
