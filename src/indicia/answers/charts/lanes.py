"""Exporters by importers in one period: what is declared, what is not, and who did not report."""

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import GREY, HEAD_PIXELS

SAID = (
    "!isValid(datum.value_usd) ? (datum.state == 'nothing declared' ? '·' : '') : "
    "(datum.value_usd < 1e6 ? '<1' : format(datum.value_usd / 1e6, ',.0f')) + "
    "(datum.months_count < datum.months_asked_count ? '*' : '')"
)
PICK = "cell"
ENDS = ("exporter", "importer")
ROW_PIXELS, LEGEND_PIXELS = 24, 70
# The same in every period, so that pictures of two periods can be compared.
DOMAIN_USD = (1e6, 1e11)
MARKED_USD = (1e6, 1e7, 1e8, 1e9, 1e10, 1e11)
DARK_BELOW_USD = 5e8
NO_REPORT_FILL = "#c3c9d0"
SAYS = (
    "US$ million. Grey: no report of that country for the period, which is never zero.",
    "Dot: the country reports the period, but nothing on the lane.",
    "*: fewer months than the period has. Declared trade is ordinary trade: a large value is no sign by itself.",
)


def grid(
    cells: pl.DataFrame, side: str, at: str, caption: str
) -> alt.LayerChart | alt.FacetChart:
    """Value of the basket by exporter and importer; a click on a cell picks its lane.

    Args:
        cells: As `answers.lane_reports.grid` gives them.
        side: Whose reports.
        at: The period, for the words inside the picture.
        caption: What data this was made from.
    """
    orders = {end: cells[end].unique(maintain_order=True).to_list() for end in ENDS}
    base = (
        alt.Chart(cells)
        .transform_calculate(said=SAID)
        .encode(
            x=alt.X(
                "importer:N",
                title="importer",
                sort=orders["importer"],
                axis=alt.Axis(orient="top", labelAngle=0),
            ),
            y=alt.Y("exporter:N", title="exporter", sort=orders["exporter"]),
            tooltip=[
                alt.Tooltip("name:N", title="lane"),
                "period:N",
                alt.Tooltip("state:N", title="report"),
                alt.Tooltip("value_usd:Q", title="US$", format=",.0f"),
                alt.Tooltip("months_count:Q", title="months reported"),
            ],
        )
    )
    pick = alt.selection_point(name=PICK, fields=["lane"], on="click", empty=False)
    silent = base.transform_filter("datum.state == 'no report'").mark_rect(
        color=NO_REPORT_FILL, opacity=0.45
    )
    declared = (
        base.transform_filter("isValid(datum.value_usd)")
        .mark_rect(cursor="pointer")
        .encode(
            color=alt.Color(
                "value_usd:Q",
                title="US$",
                scale=alt.Scale(type="log", scheme="cividis", domain=DOMAIN_USD, clamp=True),
                legend=alt.Legend(
                    orient="top", labelExpr=look.DOLLARS, gradientLength=340, values=MARKED_USD
                ),
            )
        )
    )
    figures = base.mark_text(fontSize=9, aria=False).encode(
        text="said:N",
        color=alt.when("!isValid(datum.value_usd)")
        .then(alt.value(GREY))
        .when(f"datum.value_usd < {DARK_BELOW_USD}")
        .then(alt.value("#ffffff"))
        .otherwise(alt.value("#111111")),
    )
    # A layer without marks has a role and no name, which screen readers stumble over.
    layers = [silent] if (cells["state"] == "no report").any() else []
    layers += [declared] if cells["value_usd"].is_not_null().any() else []
    return alt.layer(*layers, figures.add_params(pick)).properties(
        height=ROW_PIXELS * max(len(orders["exporter"]), 1) + HEAD_PIXELS + LEGEND_PIXELS,
        title=look.title(f"Computing hardware in {at}, by the {side}'s report", *SAYS, caption),
    )


def picked(selection: Sequence[Mapping[str, object]]) -> str:
    """The lane a click picked, or an empty string."""
    return str(selection[0].get("lane", "")) if selection else ""
