"""Files in our own layout: a CSV named for a table, one column per column, everything checked.

The starter data and analysts' additions come in this way. A cell that does not fit is named by
file, row and column; the other rows are kept.
"""

from collections.abc import Sequence
from datetime import UTC as UTC_ZONE
from datetime import datetime
from io import BytesIO

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import Table, parsed
from indicia.sources.contract import Parsed, Rejection

MIDNIGHT = "%Y-%m-%d"


def read(source: str, place: str, table: Table, body: bytes) -> Parsed:
    """Read a CSV of `table`; columns a row may leave out are those that are not required.

    Raises:
        SourceChangedError: The file is no CSV, or a column is unknown or missing.
    """
    target = parsed(table)
    try:
        text = pl.read_csv(BytesIO(body), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise SourceChangedError(source, place, "a CSV file in UTF-8", error) from error
    strange = sorted(set(text.columns) - set(target.names))
    lacking = sorted({c.name for c in target.columns if c.required} - set(text.columns))
    if strange or lacking:
        raise SourceChangedError(
            source,
            f"{place}, header",
            f"columns of table {table.name}",
            f"unknown {strange}, missing {lacking}",
            "Name the columns as docs/dictionary.md does",
        )
    return _typed(place, target, text)


def _typed(place: str, target: Table, text: pl.DataFrame) -> Parsed:
    numbered = text.with_row_index("row", offset=2)
    columns = [c for c in target.columns if c.name in text.columns]
    cast = numbered.select("row", *(_cast(c.name, c.dtype).alias(c.name) for c in columns))
    wrong: dict[int, Rejection] = {}
    for column in columns:
        lost = (numbered[column.name].is_not_null()) & cast[column.name].is_null()
        missing = numbered[column.name].is_null() & (
            column.required or column.name in target.key
        )
        strange = (
            ~cast[column.name].is_in(column.one_of)
            if column.one_of
            else pl.repeat(value=False, n=cast.height, eager=True)
        )
        low = cast[column.name] < column.at_least if column.at_least is not None else None
        high = cast[column.name] > column.at_most if column.at_most is not None else None
        bad = lost | missing | strange.fill_null(value=False)
        for beyond in (low, high):
            bad = bad | beyond.fill_null(value=False) if beyond is not None else bad
        for row, received in numbered.filter(bad).select("row", column.name).iter_rows():
            expected = " or ".join(column.one_of) or f"{column.dtype} {column.unit}".strip()
            wrong.setdefault(
                row,
                Rejection(
                    "cell does not fit",
                    f"{place}, row {row}, column {column.name}",
                    expected,
                    str(received),
                    "Correct the cell and load the file again",
                ),
            )
    kept = target.fit(cast.filter(~pl.col("row").is_in(list(wrong))).drop("row"))
    return Parsed({target.name: kept}, text.height, tuple(wrong.values()))


def _cast(name: str, dtype: object) -> pl.Expr:
    value = pl.col(name)
    if dtype == pl.Boolean:
        meant = dict.fromkeys(("true", "yes", "y", "1"), True) | dict.fromkeys(
            ("false", "no", "n", "0"), False
        )
        return value.str.to_lowercase().replace_strict(
            meant, default=None, return_dtype=pl.Boolean
        )
    if dtype == pl.Date:
        return value.str.to_date(MIDNIGHT, strict=False)
    if isinstance(dtype, pl.Datetime):
        return pl.coalesce(
            value.str.to_datetime(
                "%Y-%m-%dT%H:%M:%SZ", strict=False, time_unit="us", time_zone="UTC"
            ),
            value.str.to_datetime("%Y-%m-%d", strict=False, time_unit="us", time_zone="UTC"),
        )
    return value.cast(dtype, strict=False)  # type: ignore[arg-type]


def merge(parts: Sequence[Parsed]) -> Parsed:
    """Join what several files said."""
    tables: dict[str, list[pl.DataFrame]] = {}
    for part in parts:
        for name, frame in part.tables.items():
            tables.setdefault(name, []).append(frame)
    return Parsed(
        {name: pl.concat(frames, how="diagonal") for name, frames in tables.items()},
        sum(p.rows_in for p in parts),
        tuple(r for p in parts for r in p.rejections),
    )


def midnight(day: str) -> datetime:
    """The start of an ISO date, UTC."""
    return datetime.strptime(day, MIDNIGHT).replace(tzinfo=UTC_ZONE)
