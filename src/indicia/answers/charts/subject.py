"""What each item weighs for a lane or organisation, beside its prior and total."""

from typing import Any

import altair as alt
import polars as pl

from indicia.answers import words
from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREY, HEAD_PIXELS, ORANGE, PURPLE

ROOM_SHARE = 0.18


def weights(
    items: pl.DataFrame, first: str, rival: str, caption: str
) -> alt.LayerChart | alt.FacetChart:
    """What each item weighs against one rival, in bans: the prior, the items, the total.

    Args:
        items: As `answers.subjects.Explanation.weights` holds them.
        first: Code of the hypothesis that is held against the rival.
        rival: Code of the rival, for the words inside the picture.
        caption: What data this was made from.
    """
    favours = f"favours {first}"
    shown = items.with_row_index("place").with_columns(
        way=pl.when(pl.col("family").is_in(["prior", "total"]))
        .then(pl.col("family"))
        .when(pl.col("weight_bans") >= 0)
        .then(pl.lit(favours))
        .otherwise(pl.lit("favours the rival")),
        said=pl.col("weight_bans").map_elements(words.bans, return_dtype=pl.String),
    )
    y = alt.Y(
        "label:N", sort=shown["label"].to_list(), title=None, axis=alt.Axis(labelLimit=240)
    )
    x = alt.X(
        "weight_bans:Q",
        title=f"bans: right favours {first}, left favours {rival}",
        scale=alt.Scale(domain=_with_room(shown["weight_bans"]), nice=False),
        axis=alt.Axis(tickCount=10),
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
                domain=(favours, "favours the rival", "prior", "total"),
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
            f"What speaks for {first} over {rival}",
            "A family's further items count half and families are clipped, so bars need not add up.",
            f"Never a probability of wrongdoing. {caption}",
        ),
    )


def _with_room(values: pl.Series) -> list[float]:
    """The domain of bars from zero, with room for a label beyond either end."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = ROOM_SHARE * (high - low or 1.0)
    return [low - room, high + room]
