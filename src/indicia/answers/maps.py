"""The map as a pure function of a frame: no tile server, and the symbol shows the precision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

# Served by the app itself; relative, so that a prefix in front of the app does not break it.
BASEMAP_URL = "app/static/countries-50m.json"
PICK = "pick"
HEIGHT = 620
MOST_BANS = 3
MOST_OUTLINED = 1500
LAND, EDGE, NOT_RANKED, OUTLINE, CHOSEN = "#8a94a0", "#8a94a0", "#8a94a0", "#5d6873", "#c2410c"
SHAPES_SAY = (
    "● filled circle = known to the site; ◇ open diamond = only to the city; "
    "□ open square = only to the county. {:,} known less closely are not drawn."
)
BOUNDARIES = (
    "Boundaries: Natural Earth, de facto; no position implied. "
    "Support is never a probability of wrongdoing."
)
SHAPES = {"site": "circle", "city": "diamond", "county": "square"}


@dataclass(frozen=True, slots=True)
class Region:
    """Where the map looks: centre in degrees and scale in pixels per radian; 0 shows the world."""

    longitude_deg: float = 0
    latitude_deg: float = 0
    scale: float = 0


REGIONS = {
    "World": Region(),
    "East Asia": Region(113, 34, 640),
    "South-East Asia": Region(108, 6, 900),
    "Gulf": Region(50, 25, 1300),
    "Europe": Region(12, 52, 720),
    "North America": Region(-98, 40, 620),
}


def points(
    places: pl.DataFrame, undrawn_count: int, caption: str, region: str = "World"
) -> alt.LayerChart | alt.FacetChart:
    """Places by precision (shape) and support (fill); a click picks one.

    Args:
        places: As `answers.places.points` gives them.
        undrawn_count: Facilities known only to region or country, which are not drawn.
        caption: What data this was made from.
        region: One of `REGIONS`.
    """
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
    land = (
        alt.Chart(
            alt.UrlData(
                url=BASEMAP_URL, format=alt.TopoDataFormat(feature="countries", type="topojson")
            )
        )
        .transform_filter("datum.properties.name != 'Antarctica'")
        .mark_geoshape(
            aria=False,
            fill=LAND,
            fillOpacity=0.22,
            stroke=EDGE,
            strokeOpacity=0.5,
            strokeWidth=0.5,
            clip=True,
        )
    )
    return (
        alt.layer(land, *_marks(places))
        .project(**view)
        .properties(
            height=HEIGHT,
            title=alt.TitleParams(
                "Where facilities are said to be",
                subtitle=[SHAPES_SAY.format(undrawn_count), f"{BOUNDARIES} {caption}"],
                anchor="start",
                color=LAND,
                subtitleColor=LAND,
            ),
        )
    )


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

    is_site = pl.col("coord_precision") == "site"
    is_ranked = pl.col("support_bans").is_not_null()
    # Outlines set pale fills off from the ground; thousands of them cost a second of first paint.
    is_few = pl.lit(places.height <= MOST_OUTLINED)
    layers: tuple[tuple[pl.Expr, dict[str, Any]], ...] = (
        (pl.col("is_chosen"), {"strokeWidth": 9, "stroke": CHOSEN, "filled": False}),
        (
            is_site & (is_few | ~is_ranked),
            {"strokeWidth": 2.8, "stroke": OUTLINE, "fill": NOT_RANKED},
        ),
        (
            ~is_site & (is_few | ~is_ranked),
            {"strokeWidth": 2.8, "stroke": OUTLINE, "filled": False},
        ),
    )
    below = [
        alt.Chart(rows)
        .mark_point(**{"clip": True, "opacity": 1, "aria": False, **marked})
        .encode(**encoding)
        for which, marked in layers
        if (rows := places.filter(which)).height
    ]
    above = (
        alt.Chart(places)
        .mark_point(clip=True, opacity=1, cursor="pointer", strokeWidth=1.8)
        .encode(
            **encoding,
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
            ],
        )
        .add_params(pick)
    )
    return [*below, above]
