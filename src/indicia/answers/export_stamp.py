"""What names an exported file: the stamp, and frames put into plain values for writing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from indicia.errors import UsageError
from indicia.schema import short_hash

CAVEAT = (
    "A lead asks for review and says nothing more: it is consistent with several explanations, "
    "lawful ones among them. Read the strongest rival, the coverage and the sources first."
)
KIND_NOTES = {
    "synthetic": "SYNTHETIC STORE: every facility, party and figure is invented for testing.",
    "starter": "STARTER STORE: only the public facts shipped with the program.",
    "live": "Store filled from the publishers named in its sources.",
    "empty": "EMPTY STORE: nothing had been loaded.",
}
LATEST = "latest in this data version"
PLAIN_TYPES = (pl.String, pl.Boolean, pl.Date, pl.Null)
ISO_INSTANT = "%Y-%m-%dT%H:%M:%S%.f"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which list this is: enough to cite it, and to make it again.

    Args:
        list_id: Short hash made by `list_id`.
        as_of: The day the list looks from; None is the latest in the data version.
        generated_utc: Passed in and never read from the clock, so that the same input gives the
            same bytes.
        query: Filter and order of the list, as the screen states them.
        store_kind: starter, live, synthetic or empty.
        row_count: Rows of the list as the screen shows it.
        review: How many rows no person has judged; empty where rows are nothing to be judged.
    """

    list_id: str
    data_version: str
    rules_version: str
    code_version: str
    as_of: date | None
    generated_utc: datetime
    query: str
    store_kind: str
    caveat: str
    row_count: int
    review: str = ""

    def __post_init__(self) -> None:
        """Refuse a stamp that would leave a reader guessing."""
        if self.generated_utc.tzinfo is None:
            msg = f"generated_utc {self.generated_utc} has no time zone; pass it in UTC."
            raise UsageError(msg)
        if self.store_kind not in KIND_NOTES:
            kinds = ", ".join(KIND_NOTES)
            msg = f"store kind {self.store_kind!r} is not known; expected one of {kinds}."
            raise UsageError(msg)

    def facts(self) -> dict[str, str]:
        """Every field as text, in a fixed order, with what the kind of store means."""
        told = {"review": self.review} if self.review else {}
        return {
            "list_id": self.list_id,
            "data_version": self.data_version,
            "rules_version": self.rules_version,
            "code_version": self.code_version,
            "as_of": self.as_of.isoformat() if self.as_of else LATEST,
            "generated_utc": f"{self.generated_utc.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "query": self.query,
            "store_kind": self.store_kind,
            "store_note": KIND_NOTES[self.store_kind],
            "caveat": self.caveat,
            "row_count": str(self.row_count),
            **told,
        }


def list_id(
    data_version: str,
    rules_version: str,
    query: str,
    columns: Sequence[str],
    as_of: date | None = None,
    reviews: str = "",
) -> str:
    """Return the id of a list: the same versions, query, columns, day and reviews give the same id."""
    told = [reviews] if reviews else []
    return short_hash(data_version, rules_version, query, *columns, as_of or LATEST, *told)


def checked(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` if every column can be written in every format, else say which cannot.

    Raises:
        UsageError: A column is nested or binary, or holds a number that is not finite.
    """
    for column in frame.get_columns():
        held = column.dtype
        inner = held.inner if isinstance(held, pl.List) else held
        if not _is_plain(inner):
            msg = (
                f"{name}: column {column.name} is {held}, which no table cell can hold. "
                "Hand over its parts as columns of their own."
            )
            raise UsageError(msg)
        values = column.explode() if isinstance(held, pl.List) else column
        if values.dtype.is_float() and not values.drop_nulls().is_finite().all():
            msg = (
                f"{name}: column {column.name} holds a number that is not finite. "
                "Use null where there is no value."
            )
            raise UsageError(msg)
    return frame


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates and instants as ISO 8601 text, lists joined by `;`; numbers and booleans stay."""
    return frame.select(_plain(name, dtype) for name, dtype in frame.schema.items())


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List):
        return (
            pl.col(name)
            .list.eval(_one(pl.element(), dtype.inner).cast(pl.String))
            .list.join(";")
        )
    return _one(pl.col(name), dtype)


def _one(value: pl.Expr, dtype: object) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return value.dt.to_string(ISO_INSTANT)
        return value.dt.convert_time_zone("UTC").dt.to_string(f"{ISO_INSTANT}Z")
    if dtype == pl.Date:
        return value.dt.to_string("%Y-%m-%d")
    if dtype == pl.Null or _is_label(dtype):
        return value.cast(pl.String)
    return value


def _is_plain(dtype: object) -> bool:
    is_scalar = dtype in PLAIN_TYPES or isinstance(dtype, pl.Datetime) or _is_label(dtype)
    return is_scalar or (isinstance(dtype, pl.DataType) and dtype.is_numeric())


def _is_label(dtype: object) -> bool:
    return dtype == pl.Categorical or isinstance(dtype, pl.Enum)


def is_name(text: str) -> bool:
    """Whether `text` can name a sheet and a part of a file name alike."""
    return re.fullmatch(r"[a-z][a-z0-9_]{0,30}", text) is not None
