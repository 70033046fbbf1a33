"""Operations claimed by one organisation over time, over what its disclosed hardware could give."""

from math import ceil, floor, log10

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREY, HEAD_PIXELS, ORANGE

HEIGHT = 340
MOST_LINES = 9
USUAL = "35%"
WIDEST = ("20%", "50%")
POINTS = {
    "reported": "circle",
    "counted from what was published": "diamond",
    "estimated": "triangle-up",
}
CAVEAT = (
    "A claim counts one training: no research, failed runs or inference. Hardware may be rented or undisclosed.",
    "Whisker: 90 % interval. Pale bar: what the hardware disclosed by then could give in the year at 20 to 50 %;",
    "dark bar: at 35 %, from the largest single statement to their sum. No bar: nothing disclosed for the year.",
)

TOO_LOW = "Some hardware has no published peak here (TPUs, for example) and is not counted: bars of such years are too low."


def claimed(
    own: pl.DataFrame, years: pl.DataFrame, name: str, caption: str
) -> alt.LayerChart | alt.FacetChart:
    """One point per claim, with its interval, over bars per year.

    Args:
        own: Claims as `answers.claimed.of_organisation` gives them.
        years: Years as it gives them.
        name: The organisation.
        caption: What data this was made from.
    """
    dated = own.filter(pl.col("published_date").is_not_null(), pl.col("flop") > 0).select(
        "model", "published_date", "flop", "flop_p05", "flop_p95", "basis"
    )
    y_title = "operations (FLOP, logarithmic)"
    scale = alt.Scale(type="log", nice=False, padding=12)
    axis = alt.Axis(format=".0e", values=_powers(dated, years))
    layers: list[alt.Chart] = []
    able = years.filter(pl.col("could_most_35%_flop") > 0) if _has(years) else years.clear()
    if able.height:
        layers += _bars(able, y_title, scale, axis)
    x = alt.X(
        "published_date:T",
        title="publication of the model; bars: calendar year",
        axis=alt.Axis(format="%Y-%m"),
    )
    base = alt.Chart(dated).encode(
        x=x,
        tooltip=[
            "model:N",
            alt.Tooltip("published_date:T", title="published"),
            alt.Tooltip("flop:Q", format=".2e"),
            alt.Tooltip("flop_p05:Q", format=".1e", title="P05"),
            alt.Tooltip("flop_p95:Q", format=".1e", title="P95"),
            "basis:N",
        ],
    )
    layers.append(
        base.mark_rule(color=ORANGE, strokeWidth=1.2).encode(
            y=alt.Y("flop_p05:Q", title=y_title, scale=scale, axis=axis), y2="flop_p95:Q"
        )
    )
    layers.append(
        base.mark_point(color=ORANGE, filled=True, size=60, opacity=1).encode(
            y=alt.Y("flop:Q", title=y_title, scale=scale, axis=axis),
            shape=alt.Shape(
                "basis:N",
                title="operations of a model are",
                scale=alt.Scale(domain=list(POINTS), range=list(POINTS.values())),
                legend=alt.Legend(orient="top", columns=3, labelLimit=300, titleLimit=300),
            ),
        )
    )
    largest = dated.sort("flop", descending=True).head(3)
    layers.append(
        alt.Chart(largest)
        .mark_text(align="right", dx=-8, dy=-7, color=GREY, limit=200)
        .encode(x=x, y=alt.Y("flop:Q", title=y_title, scale=scale, axis=axis), text="model:N")
    )
    return alt.layer(*layers).properties(
        height=HEIGHT + HEAD_PIXELS,
        title=look.title(
            f"{name}: operations claimed, and what disclosed hardware could give",
            *CAVEAT,
            *((TOO_LOW,) if _has(years) and (years["without_peak"] > 0).any() else ()),
            caption,
        ),
    )


def _has(years: pl.DataFrame) -> bool:
    """Whether any year says what hardware could give."""
    return f"could_most_{USUAL}_flop" in years.columns


def _powers(dated: pl.DataFrame, years: pl.DataFrame) -> list[float]:
    """The powers of ten that are drawn as lines: all that are needed, every second where many."""
    shown = [*dated["flop_p05"].to_list(), *dated["flop_p95"].to_list()]
    if _has(years):
        could = years.filter(pl.col("could_least_20%_flop") > 0)
        shown += (
            could["could_least_20%_flop"].to_list() + could["could_most_50%_flop"].to_list()
        )
    if not shown:
        return []
    low, high = floor(log10(min(shown))), ceil(log10(max(shown)))
    return [10.0**power for power in range(low, high + 1, 1 if high - low <= MOST_LINES else 2)]


def _bars(
    years: pl.DataFrame, y_title: str, scale: alt.Scale, axis: alt.Axis
) -> list[alt.Chart]:
    """Two bars per year: the wide one at 20 to 50 %, the narrow one at 35 %."""
    shown = years.select(
        begins=pl.date(pl.col("year"), 1, 15),
        ends=pl.date(pl.col("year"), 12, 17),
        low=pl.col(f"could_least_{WIDEST[0]}_flop"),
        high=pl.col(f"could_most_{WIDEST[1]}_flop"),
        least=pl.col(f"could_least_{USUAL}_flop"),
        most=pl.col(f"could_most_{USUAL}_flop") * 1.001,
        year=pl.col("year").cast(pl.String),
        statements=pl.col("statements"),
    )
    base = alt.Chart(shown).encode(
        x=alt.X("begins:T", axis=alt.Axis(format="%Y-%m")),
        x2="ends:T",
        tooltip=[
            "year:N",
            "statements:Q",
            alt.Tooltip("least:Q", format=".1e", title="least at 35 %"),
            alt.Tooltip("most:Q", format=".1e", title="most at 35 %"),
        ],
    )
    return [
        base.mark_rect(color=BLUE, opacity=opacity, stroke=BLUE).encode(
            y=alt.Y(f"{low}:Q", title=y_title, scale=scale, axis=axis), y2=f"{high}:Q"
        )
        for low, high, opacity in (("low", "high", 0.25), ("least", "most", 0.75))
    ]
