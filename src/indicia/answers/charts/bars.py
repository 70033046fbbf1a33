"""Bars: what each item weighs, and what could be computed at all."""

from typing import Any

import altair as alt
import polars as pl

from indicia.answers import words
from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREY, HEAD_PIXELS, ORANGE, PURPLE

ROOM_SHARE = 0.18


def weights(items: pl.DataFrame, rival: str, caption: str) -> alt.LayerChart | alt.FacetChart:
    """What each item weighs against one rival, in bans: the prior, the items, the total.

    Args:
        items: As `answers.facility.weights` gives them.
        rival: Code of the rival, for the words inside the picture.
        caption: What data this was made from.
    """
    shown = items.with_row_index("place").with_columns(
        way=pl.when(pl.col("family").is_in(["prior", "total"]))
        .then(pl.col("family"))
        .when(pl.col("weight_bans") >= 0)
        .then(pl.lit("favours H1"))
        .otherwise(pl.lit("favours the rival")),
        said=pl.col("weight_bans").map_elements(words.bans, return_dtype=pl.String),
    )
    y = alt.Y(
        "label:N", sort=shown["label"].to_list(), title=None, axis=alt.Axis(labelLimit=240)
    )
    x = alt.X(
        "weight_bans:Q",
        title=f"bans: right favours H1, left favours {rival}",
        scale=alt.Scale(domain=_with_room(shown["weight_bans"]), nice=False),
    )
    base = alt.Chart(shown).encode(
        y=y,
        x=x,
        tooltip=["label:N", "family:N", "statement:N", "said:N"],
    )
    bars = base.mark_bar(height={"band": 0.6}).encode(
        color=alt.Color(
            "way:N",
            title=None,
            scale=alt.Scale(
                domain=("favours H1", "favours the rival", "prior", "total"),
                range=(ORANGE, BLUE, GREY, PURPLE),
            ),
            legend=alt.Legend(orient="top"),
        )
    )
    names = []
    sides: dict[bool, dict[str, Any]] = {
        True: {"align": "left", "dx": 4},
        False: {"align": "right", "dx": -4},
    }
    for is_right, side in sides.items():
        some = shown.filter((pl.col("weight_bans") >= 0) == is_right)
        if some.height:
            text = alt.Chart(some).mark_text(color=GREY, **side)
            names.append(text.encode(y=y, x=x, text="said:N"))
    zero = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=GREY).encode(x="zero:Q")
    return alt.layer(zero, bars, *names).properties(
        height=26 * shown.height + HEAD_PIXELS,
        title=look.title(
            f"What speaks for H1 over {rival}",
            "A family's further items count half and families are clipped, so bars need not add up.",
            f"Never a probability of wrongdoing. {caption}",
        ),
    )


def _with_room(values: pl.Series) -> list[float]:
    """The domain of bars from zero, with room for a label beyond either end."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = ROOM_SHARE * (high - low or 1.0)
    return [low - room, high + room]


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
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X(
                "subjects:Q",
                title=what,
                stack="zero",
                axis=alt.Axis(tickMinStep=1, format="d"),
            ),
            y=alt.Y("indicator:N", title=None),
            color=alt.Color(
                "result:N",
                title=None,
                scale=alt.Scale(
                    domain=[words.RESULTS[r] for r in order], range=list(order.values())
                ),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["indicator:N", "family:N", "result:N", alt.Tooltip("subjects:Q", title=what)],
        )
        .properties(
            height=22 * results.height + HEAD_PIXELS,
            title=look.title(
                "What could be computed", f"No data is not the same as no flag. {caption}"
            ),
        )
    )
    return chart
