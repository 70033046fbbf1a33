"""What could be computed where: a grid of countries and indicators."""

import altair as alt
import polars as pl

from indicia.answers import catalogue
from indicia.answers.charts import look
from indicia.answers.charts.look import HEAD_PIXELS

ROW_PIXELS, CODES_PIXELS = 24, 70
NOTHING = "#c3c9d0"
LIGHT_ABOVE = 0.55

TIPS = {
    "country_iso2:N": "country", "asks:N": "indicator", "family:N": "family", "facilities_count:Q": "facilities",
    "computed_count:Q": "with an answer", "flag_count:Q": "flags", "not_applicable_count:Q": "not applicable",
}  # fmt: skip


def seen(grid: pl.DataFrame, caption: str) -> alt.LayerChart | alt.FacetChart:
    """Fill: share of a country's facilities with an answer; grey: none could be computed.

    Args:
        grid: As `answers.coverage.by_country` gives it.
        caption: What data this was made from.
    """
    asks = catalogue.titles().select(
        "indicator", asks=pl.format("{} {}", "indicator", "indicator_title")
    )
    shown = grid.join(asks, on="indicator", how="left", maintain_order="left").with_columns(
        said=pl.when(pl.col("computed_count") > 0).then(
            pl.format("{}/{}", "computed_count", "facilities_count")
        )
    )
    order = (
        grid.group_by("country_iso2")
        .agg(pl.max("facilities_count"))
        .sort("facilities_count", "country_iso2", descending=[True, False])
    )
    base = alt.Chart(shown).encode(
        x=alt.X("indicator:N", title=None, axis=alt.Axis(orient="top", labelAngle=-90)),
        y=alt.Y("country_iso2:N", title="country", sort=order["country_iso2"].to_list()),
        tooltip=[alt.Tooltip(field, title=title) for field, title in TIPS.items()],
    )  # fmt: skip
    none = base.transform_filter("datum.computed_count == 0").mark_rect(
        color=NOTHING, opacity=0.35
    )
    some = base.transform_filter("datum.computed_count > 0").mark_rect().encode(
        color=alt.Color(
            "computed_share:Q",
            title="share with an answer",
            scale=alt.Scale(scheme="cividis", domain=[0, 1]),
            legend=alt.Legend(orient="top", format="%"),
        )
    )  # fmt: skip
    words = base.mark_text(fontSize=9).encode(
        text="said:N",
        color=alt.condition(
            f"datum.computed_share > {LIGHT_ABOVE}", alt.value("#111111"), alt.value("#ffffff")
        ),
    )
    chart = alt.layer(none, some, words.transform_filter("datum.computed_count > 0"))
    return chart.properties(
        height=ROW_PIXELS * order.height + HEAD_PIXELS + CODES_PIXELS,
        title=look.title(
            "What can be seen at all",
            "Grey: no answer could be computed for any facility there. An answer is not an all-clear.",
            caption,
        ),
    )
