"""Who stands around an organisation, as lines from the middle to names on two sides."""

from typing import Literal

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREEN, GREY, ORANGE, PURPLE

WIDTH, ROW_PIXELS = 920, 30
LABEL_MOST = 42
GROUPS = {
    "direct parent": "register", "ultimate parent": "register", "branch of": "register",
    "successor": "register", "related": "register", "site": "site", "address": "address",
    "possible": "possibly the same",
}  # fmt: skip
COLOURS = {"register": BLUE, "site": GREEN, "address": ORANGE, "possibly the same": GREY}
DASHES = {"register": [1, 0], "site": [7, 3], "address": [3, 3], "possibly the same": [1, 4]}
MIDDLE, LEFT, RIGHT = 0.0, -1.0, 1.0


def neighbours(
    found: pl.DataFrame, name: str, in_all: int, caption: str
) -> alt.LayerChart | alt.FacetChart:
    """Lines from the organisation to its neighbours; what a line says stands beside each name.

    Args:
        found: Rows of `answers.entity.neighbours`, the closest first.
        name: The organisation.
        in_all: How many neighbours there are.
        caption: What data this was made from.
    """
    placed = _placed(found)
    half = max(placed.select((pl.col("y").abs()).max()).item(), 0.5) + 0.7
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-2.6, 2.6]))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-half, half]))
    tooltip = [
        alt.Tooltip("name:N", title="organisation"),
        alt.Tooltip("relation:N", title="relation"),
        alt.Tooltip("detail:N", title="detail"),
        alt.Tooltip("starts_date:T", title="from"),
        alt.Tooltip("ends_date:T", title="to"),
        alt.Tooltip("source:N", title="source"),
    ]
    base = alt.Chart(placed).encode(x=x, y=y, tooltip=tooltip)
    groups = list(COLOURS)
    colour = alt.Color(
        "group:N", title=None, legend=alt.Legend(orient="top", symbolType="stroke"),
        scale=alt.Scale(domain=groups, range=list(COLOURS.values())),
    )  # fmt: skip
    dash = alt.StrokeDash(
        "group:N", legend=None, scale=alt.Scale(domain=groups, range=list(DASHES.values()))
    )
    lines = base.mark_rule(strokeWidth=1.6).encode(
        x2="x_middle:Q", y2="y_middle:Q", color=colour, strokeDash=dash
    )
    shape = alt.Shape(
        "is_listed:N",
        legend=None,
        scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]),
    )
    points = base.mark_point(filled=True, size=90, color=GREY).encode(shape=shape)
    layers: list[alt.Chart] = [lines, points]
    sides: tuple[tuple[float, Literal["left", "right"], int], ...] = (
        (LEFT, "right", -10),
        (RIGHT, "left", 10),
    )
    for side, align, dx in sides:
        part = base.transform_filter(f"datum.x == {side}")
        layers.append(
            part.mark_text(align=align, dx=dx, dy=-5, fontSize=12, color=GREY).encode(
                text="short:N"
            )
        )
        layers.append(
            part.mark_text(align=align, dx=dx, dy=8, fontSize=10, color=GREY).encode(
                text="said:N"
            )
        )
    own = pl.DataFrame({"x": [MIDDLE], "y": [0.0], "short": [_cut(name)]})
    middle = alt.Chart(own).encode(x=x, y=y)
    layers.append(middle.mark_point(filled=True, size=220, color=PURPLE))
    layers.append(
        middle.mark_text(dy=-16, fontSize=13, fontWeight="bold", color=PURPLE).encode(
            text="short:N"
        )
    )
    told = (
        f"{found.height} of {in_all} neighbours, the closest first. "
        if in_all > found.height
        else ""
    )
    chart: alt.LayerChart | alt.FacetChart = alt.layer(*layers).properties(
        width=WIDTH,
        height=int(ROW_PIXELS * 2 * half) + look.HEAD_PIXELS // 2,
        title=look.title(
            "Who stands around it",
            "Diamond = one of its records is a listing. A shared site or address is no ownership; "
            "possibly the same is undecided.",
            f"{told}{caption}",
        ),
    )
    return chart


def _placed(found: pl.DataFrame) -> pl.DataFrame:
    """Neighbours on two sides, top to bottom, those of one kind together."""
    rows = -(-found.height // 2)
    numbered = found.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    is_left = pl.col("place") < rows
    line = pl.when(is_left).then(pl.col("place")).otherwise(pl.col("place") - rows)
    on_side = pl.when(is_left).then(rows).otherwise(found.height - rows)
    share = pl.when(pl.col("owned_share").is_not_null()).then(
        pl.format(", {} %", (pl.col("owned_share") * 100).round(1))
    )
    ended = pl.when(pl.col("ends_date").is_not_null()).then(
        pl.format(", until {}", pl.col("ends_date").dt.strftime("%Y-%m-%d"))
    )
    name = pl.col("name")
    return numbered.with_columns(
        x=pl.when(is_left).then(LEFT).otherwise(RIGHT),
        y=(on_side - 1) / 2 - line.cast(pl.Float64),
        x_middle=pl.lit(MIDDLE),
        y_middle=pl.lit(0.0),
        group=pl.col("kind").replace_strict(GROUPS, return_dtype=pl.String),
        short=pl.when(name.str.len_chars() > LABEL_MOST)
        .then(name.str.slice(0, LABEL_MOST - 1) + "…")
        .otherwise(name),
        said=pl.concat_str("relation", share.fill_null(""), ended.fill_null("")),
    )


def _cut(name: str) -> str:
    return name if len(name) <= LABEL_MOST else name[: LABEL_MOST - 1] + "…"
