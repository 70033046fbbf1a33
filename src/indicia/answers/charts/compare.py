"""Facilities side by side on one axis of time."""

from typing import Any

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREEN, ORANGE, PURPLE
from indicia.answers.charts.timeline import in_reach

QUANTITY_PIXELS, ROW_PIXELS = 120, 26
COLOURS, SHAPES = (BLUE, ORANGE, GREEN, PURPLE), ("circle", "square", "triangle-up", "diamond")
QUANTITIES = {
    "power": "Power (MW)",
    "metered": "Metered (MW)",
    "zone base load": "Zone base load (MW)",
    "compute": "H100 equivalents",
    "trade lane": "Trade of a whole lane (million US$)",
    "hiring": "Open positions",
}


def compare(marks: pl.DataFrame, caption: str) -> alt.VConcatChart:
    """One lane per quantity with every facility in it, and one row per facility and kind of record.

    Args:
        marks: As `answers.compare.marks` gives them; not empty.
        caption: What data this was made from.
    """
    names = marks["facility"].unique(maintain_order=True).to_list()
    marks, earlier = in_reach(marks)
    parts = {lane: marks.filter(pl.col("lane") == lane) for lane in QUANTITIES}
    others = marks.filter(~pl.col("lane").is_in(list(QUANTITIES)))
    lanes: list[alt.Chart | alt.LayerChart] = [
        *(_quantity(part, QUANTITIES[n], names) for n, part in parts.items() if part.height),
        *([_records(others, names)] if others.height else []),
    ]
    return look.stack(
        lanes,
        look.title(
            "Side by side, on one axis",
            "Filled = reported or metered; hollow = estimated, planned or forecast. Zone load is "
            "that of everybody in the zone.",
            f"Never a probability of wrongdoing. {earlier}{caption}",
        ),
        shared=("x", "color", "shape"),
    )


def _facility(names: list[str]) -> dict[str, Any]:
    legend = alt.Legend(orient="top", columns=2, labelLimit=380, title=None)
    count = len(names)
    return {
        "color": alt.Color(
            "facility:N", scale=alt.Scale(domain=names, range=COLOURS[:count]), legend=legend
        ),
        "shape": alt.Shape(
            "facility:N", scale=alt.Scale(domain=names, range=SHAPES[:count]), legend=legend
        ),
    }


def _x() -> alt.X:
    return alt.X(
        "starts_date:T",
        title=None,
        axis=alt.Axis(format="%Y-%m", labelOverlap=True),
        scale=alt.Scale(range=look.BESIDE_LABELS),
    )


def _tips() -> list[alt.Tooltip]:
    shown = {
        "facility:N": "facility", "lane:N": "lane", "label:N": "what", "starts_date:T": "from", "value:Q": "value",
        "unit:N": "unit", "source:N": "source",
    }  # fmt: skip
    return [alt.Tooltip(field, title=title) for field, title in shown.items()]


def _quantity(part: pl.DataFrame, title: str, names: list[str]) -> alt.LayerChart:
    is_firm = ~(pl.col("is_estimate") | pl.col("is_projection")).fill_null(value=False)
    y = alt.Y("value:Q", title=title, axis=look.inside(tickCount=4, format=",~r"))
    look_of = _facility(names)
    whole = alt.Chart(part).encode(x=_x(), y=y, color=look_of["color"])
    line = whole.mark_line(strokeWidth=1.2, interpolate="step-after", opacity=0.6)
    points = [
        alt.Chart(some).mark_point(size=54, filled=is_filled).encode(x=_x(), y=y, **look_of)
        for is_filled, some in ((True, part.filter(is_firm)), (False, part.filter(~is_firm)))
        if some.height
    ]
    return look.lane([line, *points], QUANTITY_PIXELS, _tips())


def _records(others: pl.DataFrame, names: list[str]) -> alt.Chart:
    shown = others.with_columns(row=pl.format("{} · {}", "lane", "facility"))
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_point(size=60, filled=True)
        .encode(
            x=_x(),
            y=alt.Y("row:N", title=None, axis=look.inside(grid=False)),
            tooltip=[*_tips(), alt.Tooltip("status:N")],
            **_facility(names),
        )
        .properties(width=look.WIDTH, height=ROW_PIXELS * shown["row"].n_unique())
    )
    return chart
