"""The rows the clock reads, checked once: a wrong row is named before any question is answered."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

import polars as pl

from indicia.errors import ReferenceTableError
from indicia.reference import tables

REGIMES = ("enforced", "codified")
ROLES = ("decides", "qualifies", "context")
EFFECTS = ("controls", "exempts", "unsettled")
OTHER_REGIME = "OTHER"
DAY = timedelta(days=1)
DATES = {
    "rules": ("announced_date", "effective_from", "effective_to"),
    "rules_terms": ("valid_from", "valid_until"),
    "country_groups": ("valid_from", "valid_until"),
}
NUMBERS = {"rules_thresholds": ("at_least", "below"), "rules_terms": ("priority",)}


def typed(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """A reference table with its dates and numbers as such; every other column stays text."""
    try:
        return table.with_columns(
            *(pl.col(c).str.to_date() for c in DATES.get(name, ())),
            *(pl.col(c).cast(pl.Float64) for c in NUMBERS.get(name, ())),
        )
    except pl.exceptions.PolarsError as error:
        raise ReferenceTableError(name, str(error)) from error


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Every row that the clock reads.

    Attributes:
        rules: One dated event a row.
        thresholds: What a test asks of a part.
        scopes: Sets of groups and countries.
        terms: Review policies and exceptions.
        groups: Membership of country groups, with dates.
        countries: Codes that may be asked about.
    """

    rules: pl.DataFrame
    thresholds: pl.DataFrame
    scopes: pl.DataFrame
    terms: pl.DataFrame
    groups: pl.DataFrame
    countries: tuple[str, ...]

    def __post_init__(self) -> None:
        for table, column, allowed in (
            ("rules", "role", ROLES),
            ("rules_thresholds", "effect", EFFECTS),
            ("rules", "test", self.tests),
            ("rules_terms", "test", self.tests),
            ("rules", "destination_scope", self.scope_names),
            ("rules", "hq_scope", self.scope_names),
            ("rules_terms", "destination_scope", self.scope_names),
            ("rules_terms", "hq_scope", self.scope_names),
            ("rules_terms", "kind", ("review", "exception")),
            ("rules_terms", "scopes_join", ("either", "both")),
        ):
            found = set(self._frame(table)[column].drop_nulls().to_list()) - set(allowed)
            if found:
                listed = ", ".join(sorted(allowed))
                raise ReferenceTableError(
                    table, f"{column} {sorted(found)} unknown; choose from {listed}"
                )
        for regimes in [*self.rules["regimes"], *self.terms["regimes"]]:
            if not set(regimes.split("|")) <= set(REGIMES):
                raise ReferenceTableError(
                    "rules", f"regimes {regimes!r}; choose from {', '.join(REGIMES)}"
                )
        if self.rules["rule_id"].is_duplicated().any():
            raise ReferenceTableError("rules", "a rule_id stands twice")
        if self.deciding["effective_from"].has_nulls() or self.deciding["test"].has_nulls():
            raise ReferenceTableError(
                "rules", "a rule that decides lacks its first day or test"
            )

    def _frame(self, table: str) -> pl.DataFrame:
        return {"rules": self.rules, "rules_thresholds": self.thresholds}.get(table, self.terms)

    @staticmethod
    @cache
    def shipped() -> "Rulebook":
        """The rows that come with the library."""
        codes = tables.table("countries")["iso2"].drop_nulls()
        groups = typed("country_groups", tables.table("country_groups"))
        return Rulebook(
            typed("rules", tables.table("rules")),
            typed("rules_thresholds", tables.table("rules_thresholds")),
            tables.table("rules_scopes"),
            typed("rules_terms", tables.table("rules_terms")),
            groups,
            tuple(sorted({*codes, *groups["iso2"]})),
        )

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """Names of the tests that thresholds state."""
        return tuple(self.thresholds["test"].unique().sort())

    @cached_property
    def scope_names(self) -> tuple[str, ...]:
        """Names of the scopes."""
        return tuple(self.scopes["scope"])

    @cached_property
    def deciding(self) -> pl.DataFrame:
        """Rules that say whether a licence is required: regulations before letters, then by day."""
        return (
            self.rules.filter(pl.col("role") == "decides")
            .sort(pl.col("kind") == "letter", "effective_from", maintain_order=True)
            .with_row_index("rank")
        )

    @cached_property
    def starts(self) -> tuple[date, ...]:
        """Every day on which an answer may change, in order."""
        first = (
            self.deciding["effective_from"],
            self.terms["valid_from"],
            self.groups["valid_from"],
        )
        last = (
            self.deciding["effective_to"],
            self.terms["valid_until"],
            self.groups["valid_until"],
        )
        days = {d for s in first for d in s.drop_nulls()}
        return tuple(sorted(days | {d + DAY for s in last for d in s.drop_nulls()}))

    def in_period(self, table: pl.DataFrame, since: str, until: str) -> pl.DataFrame:
        """Rows of a table once per period in which they hold (`period` 0 is before every start)."""
        periods = pl.DataFrame(
            {"period": range(len(self.starts) + 1), "start": [date.min, *self.starts]},
            schema={"period": pl.Int64, "start": pl.Date},
        )
        return (
            table.join(periods, how="cross")
            .filter(
                (pl.col(since).is_null() | (pl.col(since) <= pl.col("start")))
                & (pl.col(until).is_null() | (pl.col(until) >= pl.col("start")))
            )
            .drop("start")
        )
