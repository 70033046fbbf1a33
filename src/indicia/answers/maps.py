"""The map as a pure function of a frame: no tile server, and the symbol shows the precision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import polars as pl

from indicia.answers import map_layers, words
from indicia.answers.charts.look import WORDS
from indicia.answers.map_layers import ARC
from indicia.answers.map_regions import HEIGHT, REGIONS

PICK, CELL = "pick", "cell"
MOST_BANS = 3
MOST_OUTLINED = 1500
THIN_AND_THICK = (2.2, 5.0)
NOT_RANKED, OUTLINE, CHOSEN = "#8a94a0", "#5d6873", "#c2410c"
LOW_COVERAGE_SHARE = words.HALF_COVERED_SHARE
SHAPES_SAY = (
    "● filled circle = known to the site; ◇ open diamond = only to the city; □ open square = only to the county. "
    "{:,} known less closely are not drawn."
)
OUTLINE_SAYS = (
    "Thick outline = at least half of the indicators could be computed, thin = fewer. Grey = reference site, never ranked. "
    "✚ = hub of the trade, with or without facilities."
)
ARCS_SAY = (
    "Arrows = lanes of trade between countries, never routes: thick = lead, thin = watch, dashed grey = neither, "
    "the strongest few."
)
DENSITY_SAYS = (
    "Too many places to draw one by one: squares of {:g}° hold all facilities known to site, city or county. "
    "{:,} known less closely are not drawn."
)
CELLS_SAY = "Orange edge = a lead or watch among them. Choose a region, or click a square for its facilities."
BOUNDARIES = (
    "Boundaries: Natural Earth, de facto; no position implied. "
    "Support is never a probability of wrongdoing."
)
SHAPES = {"site": "circle", "city": "diamond", "county": "square"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the facilities.

    Args:
        hubs: As `answers.places.hubs` gives them.
        arcs: As `answers.lane_arcs.arcs` gives them.
    """

    hubs: pl.DataFrame = field(default_factory=pl.DataFrame)
    arcs: pl.DataFrame = field(default_factory=pl.DataFrame)

    def says(self) -> list[str]:
        """The words inside the picture about what is drawn."""
        return [ARCS_SAY] if self.arcs.height else []

    def layers(self) -> list[alt.Chart]:
        """Land, then arcs, then hubs."""
        return [map_layers.land(), *map_layers.arcs(self.arcs), *map_layers.hubs(self.hubs)]


def points(
    places: pl.DataFrame,
    undrawn_count: int,
    caption: str,
    region: str = "World",
    ground: Ground | None = None,
) -> alt.LayerChart | alt.FacetChart:
    """Places by precision (shape), support (fill) and coverage (outline); a click picks one.

    Args:
        places: As `answers.places.points` gives them.
        undrawn_count: Facilities known only to region or country, which are not drawn.
        caption: What data this was made from.
        region: One of `REGIONS`.
        ground: Hubs and lanes under them.
    """
    under = ground or Ground()
    said = [SHAPES_SAY.format(undrawn_count), OUTLINE_SAYS, *under.says()]
    return _map([*under.layers(), *_marks(places)], said, caption, region)


def density(
    cells: pl.DataFrame,
    undrawn_count: int,
    caption: str,
    region: str = "World",
    ground: Ground | None = None,
) -> alt.LayerChart | alt.FacetChart:
    """Facilities per cell where they are too many to draw one by one; a click picks a cell.

    Args:
        cells: As `answers.places.density` gives them.
        undrawn_count: Facilities known only to region or country, which are not drawn.
        caption: What data this was made from.
        region: One of `REGIONS`.
        ground: Hubs and lanes under them.
    """
    under = ground or Ground()
    said = [
        DENSITY_SAYS.format(REGIONS[region].cell_deg, undrawn_count),
        CELLS_SAY,
        *under.says(),
    ]
    marked = "datum.review_count > 0"
    squares = (
        alt.Chart(cells.sort("facilities_count"))
        .mark_point(shape="square", filled=True, size=90, opacity=0.9, clip=True, cursor="pointer", aria=False)
        .encode(
            longitude="longitude_deg:Q",
            latitude="latitude_deg:Q",
            fill=alt.Fill(
                "facilities_count:Q",
                title="facilities",
                scale=alt.Scale(type="log", scheme="blues"),
                legend=alt.Legend(type="gradient", orient="bottom", direction="horizontal", gradientLength=180),
            ),
            stroke=alt.condition(marked, alt.value(CHOSEN), alt.value(OUTLINE)),
            strokeWidth=alt.condition(marked, alt.value(1.8), alt.value(0.5)),
            tooltip=[
                alt.Tooltip("facilities_count:Q", title="facilities", format=","),
                alt.Tooltip("sites_count:Q", title="known to the site", format=","),
                alt.Tooltip("review_count:Q", title="lead or watch", format=","),
                alt.Tooltip("support_bans:Q", title="strongest support (bans)", format="+.2f"),
                alt.Tooltip("undated_count:Q", title="undated", format=","),
            ],
        )
        .add_params(alt.selection_point(name=CELL, fields=["cell"], on="click", empty=False))
    )  # fmt: skip
    # Hubs lie above the squares, which would hide them.
    top = map_layers.hubs(under.hubs)
    below = Ground(arcs=under.arcs).layers()
    return _map([*below, squares, *top], said, caption, region)


def _map(
    layers: Sequence[alt.Chart], said: Sequence[str], caption: str, region: str
) -> alt.LayerChart | alt.FacetChart:
    look = REGIONS[region]
    view: dict[str, Any] = (
        {
            "type": "mercator",
            "center": [look.longitude_deg, look.latitude_deg],
            "scale": look.scale,
        }
        if look.scale
        else {"type": "equalEarth"}
    )
    chart: alt.LayerChart | alt.FacetChart = (
        alt.layer(*layers)
        .project(**view)
        .resolve_scale(color="independent")
        .properties(
            height=HEIGHT,
            title=alt.TitleParams(
                "Where facilities are said to be",
                subtitle=[*said, f"{BOUNDARIES} {caption}"],
                anchor="start",
                color=WORDS,
                subtitleColor=WORDS,
            ),
        )
    )
    return chart


def modes(ground: Ground, *, is_dense: bool) -> list[str]:
    """The selections that a picture has."""
    return [CELL if is_dense else PICK, *([ARC] if ground.arcs.height else [])]


def selected(event: Mapping[str, Sequence[Mapping[str, object]]]) -> tuple[str, str, str]:
    """The facility, the cell and the lane that a click picked; empty strings where none."""
    return picked(event.get(PICK, [])), _first(event, CELL, "cell"), _first(event, ARC, "lane")


def _first(event: Mapping[str, Sequence[Mapping[str, object]]], name: str, column: str) -> str:
    rows = event.get(name) or []
    return str(rows[0].get(column, "")) if rows else ""


def picked(selection: Sequence[Mapping[str, object]]) -> str:
    """The facility a click picked, or an empty string."""
    return str(selection[0].get("facility_id", "")) if selection else ""


def _marks(places: pl.DataFrame) -> list[alt.Chart]:
    # The strongest support is drawn last, on top; unranked places lie below all.
    places = places.sort(
        "support_bans", descending=False, nulls_last=False, maintain_order=True
    )
    pick = alt.selection_point(name=PICK, fields=["facility_id"], on="click", empty=False)
    support = alt.Color(
        "support_bans:Q",
        title="support (bans)",
        scale=alt.Scale(scheme="viridis", domain=[-MOST_BANS, MOST_BANS], clamp=True),
        legend=alt.Legend(
            type="gradient", orient="bottom", direction="horizontal", gradientLength=180
        ),
    )
    ranked = "isValid(datum.support_bans)"
    encoding: dict[str, Any] = {
        "longitude": "longitude_deg:Q",
        "latitude": "latitude_deg:Q",
        "shape": alt.Shape(
            "coord_precision:N",
            scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())),
            legend=None,
        ),
        "size": alt.Size(
            "facilities_count:Q",
            scale=alt.Scale(type="sqrt", domain=[1, 20], range=[110, 700], clamp=True),
            legend=None,
        ),
    }

    # A data column, so that the browser need not know where coverage is low.
    places = places.with_columns(
        is_low=(pl.col("coverage_share") < LOW_COVERAGE_SHARE).fill_null(value=True)
    )
    is_site = pl.col("coord_precision") == "site"
    is_ranked = pl.col("support_bans").is_not_null()
    # Outlines set pale fills off from the ground; thousands of them cost a second of first paint.
    is_few = pl.lit(places.height <= MOST_OUTLINED)
    layers: tuple[tuple[pl.Expr, tuple[float, float], dict[str, Any]], ...] = (
        (pl.col("is_chosen"), (9, 11), {"stroke": CHOSEN, "filled": False}),
        (is_site & (is_few | ~is_ranked), THIN_AND_THICK, {"stroke": OUTLINE, "fill": NOT_RANKED}),
        (~is_site & (is_few | ~is_ranked), THIN_AND_THICK, {"stroke": OUTLINE, "filled": False}),
    )  # fmt: skip
    below = [
        alt.Chart(rows)
        .mark_point(**{"clip": True, "opacity": 1, "aria": False, **marked})
        .encode(
            **encoding,
            strokeWidth=alt.condition("datum.is_low", *(alt.value(w) for w in widths)),
        )
        for which, widths, marked in layers
        if (rows := places.filter(which)).height
    ]
    above = (
        alt.Chart(places)
        .mark_point(clip=True, opacity=1, cursor="pointer")
        .encode(
            **encoding,
            # The fill of a site leaves its outline to be seen.
            strokeWidth=alt.when("datum.coord_precision == 'site'")
            .then(alt.value(0.3))
            .when("datum.is_low")
            .then(alt.value(1.4))
            .otherwise(alt.value(2.8)),
            fill=alt.condition(ranked, support, alt.value("transparent")),
            stroke=alt.condition(ranked, support, alt.value(NOT_RANKED)),
            fillOpacity=alt.condition(
                "datum.coord_precision == 'site'", alt.value(1), alt.value(0)
            ),
            tooltip=[
                alt.Tooltip("name:N", title="name"),
                alt.Tooltip("coord_precision:N", title="place known to"),
                alt.Tooltip("facilities_count:Q", title="facilities there"),
                alt.Tooltip("verdict:N", title="verdict"),
                alt.Tooltip("support_bans:Q", title="support (bans)", format="+.2f"),
                alt.Tooltip("coverage_share:Q", title="indicators computable", format=".0%"),
                alt.Tooltip("first_date:T", title="first on record", format="%Y-%m"),
                alt.Tooltip("undated_count:Q", title="of them undated"),
            ],
        )
        .add_params(pick)
    )
    return [*below, above]
