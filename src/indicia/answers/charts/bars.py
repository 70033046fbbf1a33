"""Bars: what could be computed at all."""

import altair as alt
import polars as pl

from indicia.answers import catalogue, words
from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREY, HEAD_PIXELS, ORANGE

LABEL_PIXELS = 360


def coverage(results: pl.DataFrame, caption: str, what: str = "facilities") -> alt.Chart:
    """For how many facilities or lanes each indicator could be computed, shown before any score.

    Args:
        results: As `answers.leads.coverage` gives them.
        caption: What data this was made from.
        what: What is counted.
    """
    order = {"flag": ORANGE, "no_flag": BLUE, "no_data": "#c3c9d0", "not_applicable": GREY}
    long = results.unpivot(
        [f"{r}_count" for r in order],
        index=["family", "indicator"],
        variable_name="result",
        value_name="subjects",
    ).with_columns(pl.col("result").str.strip_suffix("_count").replace(words.RESULTS))
    asks = pl.concat_str("indicator", "indicator_title", separator=" ", ignore_nulls=True)
    long = long.join(catalogue.titles(), on="indicator", how="left", maintain_order="left")
    long = long.select("family", "indicator", "result", "subjects", asks=asks)
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            x=alt.X(
                "subjects:Q",
                title=what,
                stack="zero",
                axis=alt.Axis(tickMinStep=1, tickCount=10, format=",d"),
            ),
            y=alt.Y("asks:N", title=None, axis=alt.Axis(labelLimit=LABEL_PIXELS)),
            color=alt.Color(
                "result:N",
                title=None,
                scale=alt.Scale(
                    domain=[words.RESULTS[r] for r in order], range=list(order.values())
                ),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("asks:N", title="indicator"),
                "family:N",
                "result:N",
                alt.Tooltip("subjects:Q", title=what, format=","),
            ],
        )
        .properties(
            height=22 * results.height + HEAD_PIXELS,
            title=look.title(
                "What could be computed", f"No data is not the same as no flag. {caption}"
            ),
        )
    )
    return chart
