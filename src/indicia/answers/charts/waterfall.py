"""The waterfall: how prior and families of evidence add up to support over one rival."""

from typing import Any

import altair as alt
import polars as pl

from indicia.answers import words
from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREY, HEAD_PIXELS, ORANGE, PURPLE

ROOM_SHARE, ROW_PIXELS, MOST_TICKS = 0.18, 30, 8
WAYS = ("favours H1", "favours the rival", "prior", "total")


def waterfall(steps: pl.DataFrame, rival: str, caption: str) -> alt.LayerChart | alt.FacetChart:
    """One bar per step, each from where the one before ended; the last is their sum.

    Args:
        steps: As `answers.waterfall.steps` gives them; not empty.
        rival: Code of the rival, for the words inside the picture.
        caption: What data this was made from.
    """
    part, weight = pl.col("part"), pl.col("weight_bans")
    shown = steps.with_columns(
        way=pl.when(part.is_in(["prior", "total"]))
        .then(part)
        .when(weight >= 0)
        .then(pl.lit(WAYS[0]))
        .otherwise(pl.lit(WAYS[1])),
        said=weight.map_elements(words.bans, return_dtype=pl.String)
        + pl.when(pl.col("note") != "").then(pl.format(" ({})", "note")).otherwise(pl.lit("")),
        high_bans=pl.max_horizontal("starts_bans", "ends_bans"),
    )
    y = alt.Y(
        "label:N", sort=shown["label"].to_list(), title=None, axis=alt.Axis(labelLimit=240)
    )
    ends = [*shown["starts_bans"], *shown["ends_bans"]]
    room = ROOM_SHARE * (max(ends) - min(ends) or 1.0)
    scale = alt.Scale(domain=[min(ends) - room / 4, max(ends) + 2 * room], nice=False)
    x = alt.X(
        "starts_bans:Q",
        title=f"bans: right favours H1, left favours {rival}",
        scale=scale,
        axis=alt.Axis(tickCount=10),
    )
    tips: list[Any] = [
        alt.Tooltip("label:N", title="step"),
        alt.Tooltip("weight_bans:Q", title="bans", format="+.2f"),
        alt.Tooltip("items_count:Q", title="pieces of evidence"),
        alt.Tooltip("note:N", title="note"),
    ]
    bars = (
        alt.Chart(shown)
        .mark_bar(height={"band": 0.6})
        .encode(
            x=x,
            x2=alt.X2("ends_bans:Q"),
            y=y,
            color=alt.Color(
                "way:N",
                title=None,
                scale=alt.Scale(domain=WAYS, range=(ORANGE, BLUE, GREY, PURPLE)),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=tips,
        )
    )
    names = (
        alt.Chart(shown)
        .mark_text(align="left", dx=6, color=GREY)
        .encode(x=alt.X("high_bans:Q", scale=scale), y=y, text=alt.Text("said:N"))
    )
    zero = (
        alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=GREY).encode(x=alt.X("zero:Q"))
    )
    return alt.layer(zero, bars, names).properties(
        height=ROW_PIXELS * shown.height + HEAD_PIXELS,
        title=look.title(
            f"How support for H1 over {words.SHORT[rival]} adds up",
            "Each bar starts where the one above ended. In a family, items beyond the strongest count half; "
            "families are capped.",
            f"Never a probability of wrongdoing. {caption}",
        ),
    )
