"""The status of one part over time, by destination: one bar per stretch with one answer."""

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREY, HEAD_PIXELS, ORANGE

ROW_PIXELS = 30
MARKS = {
    "licence required": "■",
    "none under 3A090/4A090": "□",
    "unknown": "?",
    "another regime decides": "/",
}
COLOURS = {
    "licence required": ORANGE,
    "none under 3A090/4A090": BLUE,
    "unknown": "#c3c9d0",
    "another regime decides": GREY,
}


def status(stretches: pl.DataFrame, chip: str, caption: str) -> alt.LayerChart | alt.FacetChart:
    """Whether a licence was required, by destination.

    Args:
        stretches: As `answers.rules.over_time` gives them.
        chip: Name of the part, for the words inside the picture.
        caption: Regime and caveat.
    """
    shown = stretches.with_columns(mark=pl.col("answer_words").replace(MARKS))
    x = alt.X(
        "from_date:T", title=None, axis=alt.Axis(format="%Y-%m", labelAngle=0, tickCount=8)
    )
    y = alt.Y(
        "destination:N",
        title=None,
        sort=stretches["destination"].unique(maintain_order=True).to_list(),
    )
    base = alt.Chart(shown).encode(x=x, y=y)
    bars = base.mark_bar(height={"band": 0.6}, x2Offset=-1.5).encode(
        x2="until_date:T",
        color=alt.Color(
            "answer_words:N",
            title=None,
            scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
            legend=alt.Legend(orient="top"),
        ),
        tooltip=[
            "destination:N",
            "from_date:T",
            "until_date:T",
            "answer_words:N",
            "rules:N",
            "sentence:N",
        ],
    )
    marks = base.mark_text(align="left", dx=4, color="#1b1f24").encode(text="mark:N")
    return alt.layer(bars, marks).properties(
        height=ROW_PIXELS * shown["destination"].n_unique() + HEAD_PIXELS // 2,
        title=look.title(f"{chip}: licence required, by destination", caption),
    )
