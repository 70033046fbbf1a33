"""Precision against recall in invented worlds, by method."""

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREEN, GREY, HEAD_PIXELS, ORANGE, PURPLE

HEIGHT = 340
OURS = "indicia"
COLOURS = (ORANGE, PURPLE, GREEN, "#b0413e", "#2a8a8a", "#7a6a55", GREY)
DASHES = ((7, 4), (2, 3), (10, 3, 2, 3), (4, 2), (1, 4), (12, 4), (3, 1))
CAVEAT = (
    "All clusters of all worlds of the level together. Many leave no trace that anyone publishes, so no method",
    "reaches them. Synthetic: nothing here describes a real site.",
)


def evaluated(curves: pl.DataFrame, level: str, caption: str) -> alt.Chart:
    """One line per method: right and up is better.

    Args:
        curves: As `answers.evaluation.curves` gives them.
        level: Level of the worlds.
        caption: What the figures were made from.
    """
    names = sorted(curves["name"].unique().to_list(), key=lambda n: (n != OURS, n))
    others = range(len(names) - 1)
    colours = [BLUE, *(COLOURS[n % len(COLOURS)] for n in others)]
    dashes = [[1, 0], *(list(DASHES[n % len(DASHES)]) for n in others)]
    legend = alt.Legend(orient="top", columns=3, labelLimit=320, title=None)
    share = alt.Scale(domain=[0, 1])
    chart: alt.Chart = (
        alt.Chart(curves.with_row_index("place"))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("recall:Q", title="recall (share of all clusters)", scale=share),
            y=alt.Y("precision:Q", title="precision (share of clusters)", scale=share),
            order="place:Q",
            color=alt.Color(
                "name:N",
                sort=names,
                scale=alt.Scale(domain=names, range=colours),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "name:N", sort=names, scale=alt.Scale(domain=names, range=dashes), legend=legend
            ),
            tooltip=[
                "name:N",
                alt.Tooltip("recall:Q", format=".2f"),
                alt.Tooltip("precision:Q", format=".2f"),
            ],
        )
        .properties(
            height=HEIGHT + HEAD_PIXELS,
            title=look.title(f"Precision against recall, level {level}", *CAVEAT, caption),
        )
    )
    return chart
