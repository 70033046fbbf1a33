"""One lane over time: what both sides report with the gap between them, and what its goods cost by weight."""

from typing import Any

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREY, ORANGE, PURPLE

VALUE_PIXELS, GAP_PIXELS, STATE_PIXELS, PART_PIXELS = 190, 90, 44, 110
MIXTURE_LABEL_PIXELS = 96
SIDES = {"importer": BLUE, "exporter": ORANGE}
SHAPES = ("circle", "square")
ZERO_STANDS_OUT = {"condition": {"test": "datum.value === 0", "value": 2.5}, "value": 1}
PARTS = {
    "band_usd": "in the band of AI servers",
    "outside_usd": "outside the band",
    "unmeasured_usd": "neither weight nor pieces",
}
PART_COLOURS = (ORANGE, BLUE, "#c3c9d0")
# In words: legends of lines and points that differ in dash and shape lie over each other.
REPORTS_SAY = (
    "● solid = the importer's report, ■ dashed = the exporter's; never added up. Dashed uprights = events that name it.",
    "A gap in a line: no report, which is never zero; hollow, at zero: the country reports, but nothing on the lane.",
)


def reports(
    series: pl.DataFrame, events: pl.DataFrame, name: str, gap_says: str, caption: str
) -> alt.VConcatChart:
    """Both sides' reports, the gap between them, and who did not report, on one axis of time.

    Args:
        series: Rows of one frequency, as `answers.lane_reports.series` gives them; not empty.
        events: As `answers.lane_around.events` gives them.
        name: The lane.
        gap_says: How the gap is worked out.
        caption: What data this was made from.
    """
    sides = pl.concat(
        [
            series.select(
                "period", "starts_date", pl.lit(side).alias("side"),
                value_usd=f"{side}_usd", state=f"{side}_state",
            )
            for side in SIDES
        ]
    )  # fmt: skip
    first, last = series["starts_date"].min(), series["starts_date"].max()
    near = events.filter(pl.col("starts_date").is_between(first, last))
    gaps = series.filter(pl.col("gap_share").is_not_null())
    silent = sides.filter(pl.col("state") == "no report")
    parts: list[alt.Chart | alt.LayerChart] = [_values(sides, near)]
    parts += [_gaps(gaps, near)] if gaps.height else []
    parts += [_silence(silent)] if silent.height else []
    head = look.title(f"{name}: reported by both sides", *REPORTS_SAY, gap_says, caption)
    return look.stack(parts, head, shared=("x",))


def _x(*, is_last: bool = True) -> alt.X:
    axis = alt.Axis(format="%Y-%m", labelOverlap=True, labels=is_last, ticks=is_last)
    scale = alt.Scale(range=look.BESIDE_LABELS)
    return alt.X("starts_date:T", title=None, axis=axis, scale=scale)


def _marked(events: pl.DataFrame) -> list[alt.Chart]:
    if events.is_empty():
        return []
    line = alt.Chart(events).mark_rule(color=PURPLE, strokeDash=[5, 3], strokeWidth=1.4)
    return [line.encode(x="starts_date:T", tooltip=["label:N", "kind:N", "status:N", "starts_date:T"])]  # fmt: skip


def _values(sides: pl.DataFrame, events: pl.DataFrame) -> alt.LayerChart:
    names = list(SIDES)
    colours = alt.Scale(domain=names, range=list(SIDES.values()))
    shapes = alt.Scale(domain=names, range=SHAPES)
    tips: list[Any] = [
        "side:N", "period:N", "state:N", alt.Tooltip("value_usd:Q", title="US$", format=",.0f"),
    ]  # fmt: skip
    axis = look.inside(tickCount=5, labelExpr=look.DOLLARS)
    y = alt.Y("value_usd:Q", title="US$", axis=axis)
    base = alt.Chart(sides).encode(x=_x())
    line = base.mark_line(strokeWidth=1.6).encode(
        y=y,
        stroke=alt.Stroke("side:N", scale=colours, legend=None),
        strokeDash=alt.StrokeDash(
            "side:N", scale=alt.Scale(domain=names, range=[[1, 0], [5, 3]]), legend=None
        ),
    )
    layers = [*_marked(events), line]
    for which, height, is_filled, size in (
        (pl.col("value_usd").is_not_null(), y, True, 26),
        (pl.col("state") == "nothing declared", alt.datum(0), False, 40),
    ):
        if (some := sides.filter(which)).height:
            colour = alt.Fill if is_filled else alt.Stroke
            layers.append(
                alt.Chart(some).mark_point(opacity=1, filled=is_filled, size=size).encode(
                    colour("side:N", scale=colours, legend=None),
                    x=_x(), y=height, tooltip=tips,
                    shape=alt.Shape("side:N", scale=shapes, legend=None),
                )
            )  # fmt: skip
    return look.lane(layers, VALUE_PIXELS)


def _gaps(gaps: pl.DataFrame, events: pl.DataFrame) -> alt.LayerChart:
    y = alt.Y(
        "gap_share:Q",
        title="gap",
        axis=look.inside(format="%", tickCount=4, gridWidth=ZERO_STANDS_OUT),
    )
    base = alt.Chart(gaps).encode(x=_x(), y=y)
    stems = base.mark_rule(color=GREY, strokeWidth=3).encode(
        y2=alt.datum(0),
        tooltip=["period:N", alt.Tooltip("gap_share:Q", title="gap", format="+.1%")],
    )
    return look.lane([*_marked(events), stems], GAP_PIXELS)


def _silence(silent: pl.DataFrame) -> alt.Chart:
    words = silent.with_columns(row=pl.format("{} silent", "side"))
    chart: alt.Chart = (
        alt.Chart(words)
        .mark_tick(color=GREY, thickness=3, height=12)
        .encode(x=_x(), y=alt.Y("row:N", title=None, axis=look.inside(grid=False)), tooltip=["side:N", "period:N", "state:N"])
        .properties(width=look.WIDTH, height=STATE_PIXELS)
    )  # fmt: skip
    return chart


def mixture(
    values: pl.DataFrame, name: str, says: tuple[str, ...], caption: str
) -> alt.VConcatChart:
    """Shares of a lane's value by unit value, one row of bars per who reports.

    Args:
        values: As `answers.lane_values.mixture` gives them; not empty.
        name: The lane.
        says: What the band is and what is left out.
        caption: What data this was made from.
    """
    long = (
        values.unpivot(
            list(PARTS),
            index=["reported_by", "period", "starts_date", "band_share"],
            variable_name="part",
            value_name="value_usd",
        )
        .filter(pl.col("value_usd") > 0)
        .with_columns(pl.col("part").replace(PARTS))
    )
    rows = [
        _bars(part, str(by), is_last=place == long["reported_by"].n_unique() - 1)
        for place, ((by,), part) in enumerate(long.group_by("reported_by", maintain_order=True))
    ]  # fmt: skip
    chart: alt.VConcatChart = (
        alt.vconcat(*rows, spacing=8)
        .resolve_scale(x="shared", color="shared")
        .properties(title=look.title(f"{name}: share of value by unit value", *says, caption))
    )
    return chart


def _bars(part: pl.DataFrame, by: str, *, is_last: bool) -> alt.Chart:
    order = list(PARTS.values())
    chart: alt.Chart = (
        alt.Chart(part.with_columns(place=pl.col("part").replace_strict(
            {said: n for n, said in enumerate(order)}, return_dtype=pl.Int64)))
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("yearquarter(starts_date):T", title=None,
                    axis=alt.Axis(format="%Y-%m", labelOverlap=True, labels=is_last)),
            y=alt.Y("value_usd:Q", title=by.removesuffix(", yearly"), stack="normalize",
                    axis=alt.Axis(format="%", tickCount=3, minExtent=MIXTURE_LABEL_PIXELS)),
            color=alt.Color("part:N", title=None,
                            scale=alt.Scale(domain=order, range=PART_COLOURS),
                            legend=alt.Legend(orient="top", labelLimit=260)),
            order=alt.Order("place:Q"),
            tooltip=["period:N", "part:N", alt.Tooltip("value_usd:Q", title="US$", format=",.0f"),
                     alt.Tooltip("band_share:Q", title="share in the band", format=".1%")],
        )
        .properties(width=look.WIDTH, height=PART_PIXELS)
    )  # fmt: skip
    return chart
