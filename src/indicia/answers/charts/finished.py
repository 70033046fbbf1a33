"""Pictures ready to be sent: the description as Vega-Lite, its rows as Arrow, and what it was drawn from.

Pictures are pure functions, so the same frames and words always give the same picture.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from io import BytesIO
from threading import Lock
from typing import Any

import altair as alt
import polars as pl
import pyarrow as pa

ROWS_AS_ARROW = "rows_as_arrow"
# How altair turns rows into text is a setting of the whole process.
_ONE_AT_A_TIME = Lock()


def drawn_from(draw: Callable[..., object], given: tuple[object, ...]) -> str:
    """A hash that differs wherever the picture may: over the function and all that it is given.

    Raises:
        TypeError: Something given is neither a frame, a record of frames, nor plain text, number or date.
    """
    found = blake2b(f"{draw.__module__}.{draw.__qualname__}".encode(), digest_size=20)
    for one in given:
        # Each part is as long as it says, so that no two lists of parts read the same.
        part = _bytes(one)
        found.update(f"|{type(one).__name__}:{len(part)}:".encode())
        found.update(part)
    return found.hexdigest()


def _bytes(one: object) -> bytes:
    if isinstance(one, pl.DataFrame):
        return frame_bytes(one)
    if is_dataclass(one) and not isinstance(one, type):
        parts = [_bytes(getattr(one, field.name)) for field in fields(one)]
        return b"".join(f"{len(part)}:".encode() + part for part in parts)
    if isinstance(one, tuple | list):
        parts = [_bytes(each) for each in one]
        return b"".join(f"{len(part)}:".encode() + part for part in parts)
    if one is None or isinstance(one, str | int | float):
        return repr(one).encode()
    raise TypeError(type(one).__name__)


def frame_bytes(frame: pl.DataFrame) -> bytes:
    """All rows, names and types of a frame."""
    body = BytesIO()
    frame.write_ipc(body)
    return body.getvalue()


def spec(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The description of a chart, in which each entry of `datasets` is an Arrow stream named by its hash.

    It is not held against the schema of Vega-Lite again: tests do that for every chart.
    """
    datasets: dict[str, bytes] = {}

    def as_arrow(rows: Any) -> dict[str, str]:  # noqa: ANN401 -- as altair has it; every chart gives a frame
        stream = _stream(rows)
        name = blake2b(stream, digest_size=16).hexdigest()
        datasets[name] = stream
        return {"name": name}

    with _ONE_AT_A_TIME:
        alt.data_transformers.register(ROWS_AS_ARROW, as_arrow)
        gathers = alt.data_transformers.consolidate_datasets
        # Shapes, such as the bends of lanes, are no rows: they stay where they are drawn.
        alt.data_transformers.consolidate_datasets = False
        try:
            with alt.data_transformers.enable(ROWS_AS_ARROW), alt.theme.enable("none"):
                made: dict[str, Any] = chart.to_dict(validate=False)
        finally:
            alt.data_transformers.consolidate_datasets = gathers
    return {**made, "datasets": datasets}


def _stream(rows: pl.DataFrame) -> bytes:
    table = rows.to_arrow()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue().to_pybytes())
