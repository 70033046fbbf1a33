"""Screening: a list that somebody brings, held against listed parties, operators and owners.

A hit says that two names meet, and how; it is a lead for a person to look at. No hit says what was
compared, and clears nobody. Nothing of the list is kept.
"""

from dataclasses import dataclass

import polars as pl

from indicia.answers.reader import Reader
from indicia.answers.screening.chance import Expected, expected
from indicia.answers.screening.columns import Asked, asked
from indicia.answers.screening.headings import HEADINGS, name_column, roles
from indicia.answers.screening.limits import MEBIBYTE, MOST_BYTES, MOST_ROWS
from indicia.answers.screening.reading import ENCODINGS, Given, pasted, read
from indicia.answers.screening.targets import AGAINST, LISTED, OPERATORS, lists, targets
from indicia.answers.screening.wording import ANSWERS, NO_HIT, explained, reason, timed
from indicia.entities import screening as core
from indicia.errors import UsageError

__all__ = [
    "AGAINST",
    "ANSWERS",
    "CAVEAT",
    "ENCODINGS",
    "HEADINGS",
    "LISTED",
    "MOST_BYTES",
    "MOST_MEBIBYTES",
    "MOST_ROWS",
    "NOT_MEASURED",
    "OPERATORS",
    "Asked",
    "Expected",
    "Given",
    "Screened",
    "asked",
    "lists",
    "name_column",
    "pasted",
    "read",
    "roles",
    "screened",
]

CAVEAT = (
    "A hit says that two names meet by the method named; whether they are one organisation is for a "
    "person to judge. No hit means that none of the names compared met; it clears nobody. A listing "
    "sets a licence requirement and is no statement on any one transaction."
)
MOST_MEBIBYTES = MOST_BYTES // MEBIBYTE
NOT_MEASURED = "How many hits to expect for no reason was not measured for this choice."
SHOWN = (
    "row", "name", "answer", "party", "list_code", "listed_date", "timing", "explanation", "method",
    "score_share", "asked_value", "listed_value", "asked_countries_iso2", "countries_iso2",
    "document_date", "citation", "licence_requirement", "roles", "source", "source_url", "record_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Screened:
    """What became of a list.

    Args:
        asked: The list as it was read, with what could not be read.
        against: Whom it was held against.
        hits: One row per asked row and party it meets; columns `SHOWN`.
        unmatched: The rows that met nobody, with what was compared.
        compared: What was compared, in words.
        lists: Which lists the store holds, and how new each is.
        expected: Hits to expect for no reason; None where that was not measured.
    """

    asked: Asked
    against: tuple[str, ...]
    hits: pl.DataFrame
    unmatched: pl.DataFrame
    compared: str
    lists: pl.DataFrame
    expected: Expected | None

    @property
    def met_count(self) -> int:
        """Rows of the list with at least one hit."""
        return self.hits["row"].n_unique()

    def reasons(self, most: int) -> list[str]:
        """The first hits in words, with the listing and the reason."""
        return [reason(hit) for hit in self.hits.head(most).iter_rows(named=True)]

    def tally(self) -> str:
        """The outcome in one sentence."""
        rows, left_out = self.asked.given_count, self.asked.given_count - self.asked.rows.height
        return (
            f"{rows:,} rows: {self.met_count:,} with a hit ({self.hits.height:,} hits), "
            f"{self.unmatched.height:,} with no hit, {left_out:,} not screened."
        )


def screened(store: Reader, given: Asked, against: tuple[str, ...] = (LISTED,)) -> Screened:
    """Hold a list against the parties of a store.

    Args:
        store: The store.
        given: The list, as `asked` makes it.
        against: Some of `AGAINST`.

    Raises:
        UsageError: The store holds nobody to compare with.
    """
    names, facts = targets(store, against)
    if facts.is_empty():
        message = (
            f"this store holds no {' and no '.join(against)}: nothing can be compared. Load some, for "
            "example with `indicia demo` or `indicia refresh entities/csl`."
        )
        raise UsageError(message)
    met = core.screen(given.rows, names)
    compared = _compared(names, facts)
    own = given.rows.select(
        "row", "name", "document_date", asked_countries_iso2="countries_iso2"
    )
    hits = (
        met.join(own, on="row", maintain_order="left")
        .join(facts, left_on="target_id", right_on="id", maintain_order="left")
        .join(
            names.select("name_from", target_id="id", listed_value="name"),
            on=["target_id", "listed_value"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            answer=pl.col("decision").replace_strict(ANSWERS),
            timing=timed(),
            explanation=explained(),
        )
        .select(SHOWN)
    )
    unmatched = own.join(hits, on="row", how="anti").select(
        "row",
        "name",
        "asked_countries_iso2",
        "document_date",
        answer=pl.lit(NO_HIT),
        compared=pl.lit(compared),
    )
    has_country = given.rows["countries_iso2"].drop_nulls().len()
    listed = names.join(
        facts.filter(pl.col("party_kind") == "listed"), on="id", how="semi"
    ).height
    rate = expected(has_country, given.rows.height - has_country, listed) if listed else None
    return Screened(given, against, hits, unmatched, compared, lists(store), rate)


def _compared(names: pl.DataFrame, facts: pl.DataFrame) -> str:
    """For example `2,879 listed parties (EL) under 7,818 names`."""
    per_kind = names.join(facts, on="id").group_by("party_kind", maintain_order=True)
    codes = pl.col("list_code").unique().sort().str.join(", ")
    told = per_kind.agg(parties=pl.col("id").n_unique(), names=pl.len(), codes=codes).rows()
    words = {"listed": "listed parties ({})", "operator or owner": "operators and owners"}
    return " and ".join(
        f"{parties:,} {words[kind].format(listed)} under {count:,} names"
        for kind, parties, count, listed in told
    )
