"""Accelerators that each channel implies: one interval per class and figure, never merged."""

import altair as alt
import polars as pl

from indicia.answers import compute
from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREEN, GREY, HEAD_PIXELS, ORANGE, PURPLE

ROW_PIXELS = 20
ROOM_RATIO = 1.6
DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4])
COLOURS = {
    "power": BLUE,
    "imports": ORANGE,
    "tenders": PURPLE,
    "stated": GREEN,
    "claims": GREY,
}


def ledger(
    counts: pl.DataFrame, caption: str, cut: str = ""
) -> alt.LayerChart | alt.FacetChart:
    """P05 to P95 of each class and figure on a logarithmic axis, with a tick at P50.

    Args:
        counts: As `answers.compute.charted` gives them.
        caption: What data this was made from.
        cut: What the picture leaves out, in words; empty where it shows every figure.
    """
    series = counts.select("label", "channel").unique("label", maintain_order=True)
    readings, channels = series["label"].to_list(), series["channel"].to_list()
    kinds = counts["accelerator"].unique(maintain_order=True).to_list()
    low, high = "accelerators_p05_count", "accelerators_p95_count"
    domain = [min(counts[low]) / ROOM_RATIO, max(counts[high]) * ROOM_RATIO]
    shade = [COLOURS[channel] for channel in channels]
    dash = [DASHES[channels[:i].count(c) % len(DASHES)] for i, c in enumerate(channels)]
    legend = alt.Legend(orient="top", columns=1, labelLimit=640, symbolType="stroke")
    base = alt.Chart(counts).encode(
        y=alt.Y("accelerator:N", sort=kinds, title=None, axis=alt.Axis(labelLimit=320)),
        yOffset=alt.YOffset("label:N", sort=readings),
        color=alt.Color(
            "label:N",
            title=None,
            scale=alt.Scale(domain=readings, range=shade),
            legend=legend,
        ),
        tooltip=[
            alt.Tooltip("accelerator:N"),
            alt.Tooltip("label:N"),
            alt.Tooltip(f"{low}:Q", title="P05", format=","),
            alt.Tooltip("accelerators_p50_count:Q", title="P50", format=","),
            alt.Tooltip(f"{high}:Q", title="P95", format=","),
            alt.Tooltip("note:N"),
        ],
    )
    bars = base.mark_rule(strokeWidth=4).encode(
        x=alt.X(
            f"{low}:Q",
            title="accelerators, were all of this class (logarithmic)",
            scale=alt.Scale(type="log", domain=domain, nice=False),
            axis=alt.Axis(format=",~r", labelOverlap=True),
        ),
        x2=alt.X2(f"{high}:Q"),
        strokeDash=alt.StrokeDash(
            "label:N", title=None, scale=alt.Scale(domain=readings, range=dash), legend=legend
        ),
    )
    ticks = base.mark_tick(thickness=4, size=16, opacity=1).encode(
        x=alt.X("accelerators_p50_count:Q")
    )
    says = base.mark_text(align="left", dx=6).encode(
        x=alt.X(f"{high}:Q"),
        text=alt.Text("accelerators_p50_count:Q", format=",.3r"),
        color=alt.ColorValue(GREY),
    )
    return alt.layer(bars, ticks, says).properties(
        height=ROW_PIXELS * (counts.height + len(readings))
        + 30 * len(kinds) // 4
        + HEAD_PIXELS,
        title=look.title(
            "Accelerators implied, per class",
            compute.CAVEAT,
            "Bar: P05 to P95. Tick and number: P50. Classes are alternatives, never a sum.",
            *((cut,) if cut else ()),
            caption,
        ),
    )
