"""What an indicator measured over a whole store."""

import altair as alt
import polars as pl

from indicia.answers import words
from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREY, HEAD_PIXELS, ORANGE

HEIGHT_PIXELS = 160
COLOURS = {"flag": ORANGE, "no_flag": BLUE, "not_applicable": GREY}


def measured(bins: pl.DataFrame, unit: str, caption: str) -> alt.Chart:
    """Bars: how many answers of one indicator lie in each span of its measure.

    Args:
        bins: As `answers.method.distribution` gives them.
        unit: Unit of the measure, for the axis.
        caption: What data this was made from.
    """
    shown = bins.with_columns(result=pl.col("result").replace(words.RESULTS))
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("from_value:Q", title=f"observed ({unit})", bin="binned"),
            x2="to_value:Q",
            y=alt.Y(
                "answers_count:Q",
                title="answers",
                stack="zero",
                axis=alt.Axis(tickMinStep=1, format=",d"),
            ),
            color=alt.Color(
                "result:N",
                title=None,
                scale=alt.Scale(
                    domain=[words.RESULTS[r] for r in COLOURS], range=list(COLOURS.values())
                ),
                legend=alt.Legend(orient="top", symbolStrokeWidth=0),
            ),
            tooltip=[
                alt.Tooltip("from_value:Q", title=f"from ({unit})"),
                alt.Tooltip("to_value:Q", title=f"to ({unit})"),
                "result:N",
                alt.Tooltip("answers_count:Q", title="answers", format=","),
            ],
        )
        .properties(
            height=HEIGHT_PIXELS + HEAD_PIXELS,
            title=look.title(
                "What was observed, at every scope that was asked",
                f"Thresholds differ from scope to scope. A flag is no finding about a site. {caption}",
            ),
        )
    )
    return chart
