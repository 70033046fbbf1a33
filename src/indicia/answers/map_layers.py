"""What lies under the facilities of the map: land, hubs, and lanes as arcs, each a pure function of a frame."""

from typing import Any

import altair as alt
import numpy as np
import polars as pl

# Served by the app itself; relative, so that a prefix in front of the app does not break it.
BASEMAP_URL = "app/static/countries-50m.json"
ARC = "arc"
LAND, EDGE, HUB = "#8a94a0", "#8a94a0", "#5b8c5a"
ARC_LOOKS: dict[str, dict[str, Any]] = {
    "lead": {"stroke": "#c2410c", "strokeWidth": 2.8},
    "watch": {"stroke": "#8d6fc0", "strokeWidth": 1.8},
    "no lead": {"stroke": "#8a94a0", "strokeWidth": 1.4, "strokeDash": [4, 3]},
}
STEPS, BEND, ARROW_AT = 24, 0.2, 14
MOST_BEND_DEG, MOST_LATITUDE_DEG = 22, 78


def land() -> alt.Chart:
    """Countries, without Antarctica."""
    chart: alt.Chart = (
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
    return chart


def hubs(rows: pl.DataFrame) -> list[alt.Chart]:
    """A cross and the country's code at every hub, with or without facilities.

    Args:
        rows: As `answers.places.hubs` gives them.
    """
    if rows.is_empty():
        return []
    base = alt.Chart(rows).encode(longitude="longitude_deg:Q", latitude="latitude_deg:Q")
    tips = [
        alt.Tooltip("name:N", title="hub"),
        alt.Tooltip("status:N", title="passing on is"),
        alt.Tooltip("reason:N", title="why a hub"),
    ]
    return [
        base.mark_point(shape="cross", filled=True, size=70, color=HUB, opacity=0.95, clip=True).encode(tooltip=tips),
        base.mark_text(dy=-10, fontSize=10, fontWeight="bold", color=HUB, clip=True, aria=False).encode(text="iso2:N"),
    ]  # fmt: skip


def arcs(rows: pl.DataFrame) -> list[alt.Chart]:
    """One bent line per lane with an arrow towards the importer; a click on the arrow picks the lane.

    Args:
        rows: As `answers.lane_arcs.arcs` gives them.
    """
    if rows.is_empty():
        return []
    longitude, latitude = _paths(rows)
    layers = []
    for verdict, look in ARC_LOOKS.items():
        which = np.flatnonzero((rows["verdict"] == verdict).to_numpy())
        lines = [
            {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": path}}
            for path in np.stack([longitude[which], latitude[which]], axis=2).round(2).tolist()
        ]  # fmt: skip
        if lines:
            layers.append(
                alt.Chart(alt.InlineData(values=lines)).mark_geoshape(
                    filled=False, opacity=0.85, clip=True, aria=False, **look
                )
            )
    return [*layers, _arrows(rows, longitude, latitude)]


def _arrows(rows: pl.DataFrame, longitude: np.ndarray, latitude: np.ndarray) -> alt.Chart:
    east = longitude[:, ARROW_AT + 1] - longitude[:, ARROW_AT]
    north = latitude[:, ARROW_AT + 1] - latitude[:, ARROW_AT]
    shrunk = east * np.cos(np.radians(latitude[:, ARROW_AT]))
    heads = rows.with_columns(
        longitude_deg=pl.Series(longitude[:, ARROW_AT]),
        latitude_deg=pl.Series(latitude[:, ARROW_AT]),
        turn_deg=pl.Series(np.degrees(np.arctan2(shrunk, north))),
    )
    colours = {verdict: look["stroke"] for verdict, look in ARC_LOOKS.items()}
    chart: alt.Chart = (
        alt.Chart(heads)
        .mark_point(
            shape="triangle-up", filled=True, size=110, opacity=1, clip=True, cursor="pointer"
        )
        .encode(
            longitude="longitude_deg:Q",
            latitude="latitude_deg:Q",
            angle=alt.Angle("turn_deg:Q", scale=None),
            color=alt.Color(
                "verdict:N",
                scale=alt.Scale(domain=list(colours), range=list(colours.values())),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("name:N", title="lane"),
                alt.Tooltip("verdict:N", title="verdict"),
                alt.Tooltip("support_bans:Q", title="support (bans)", format="+.2f"),
                alt.Tooltip("flags:N", title="flags"),
            ],
        )
        .add_params(alt.selection_point(name=ARC, fields=["lane"], on="click", empty=False))
    )
    return chart


def _paths(rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes, one line per lane, bent to the left so that both ways stay apart.

    Lines run across the sheet and never over its edge: they are no routes.
    """
    begin, end = (
        rows.select(f"{side}_longitude_deg", f"{side}_latitude_deg").to_numpy()[:, None, :]
        for side in ("from", "to")
    )
    share = np.linspace(0, 1, STEPS)[None, :, None]
    way = end - begin
    left = np.stack([-way[..., 1], way[..., 0]], axis=2)
    room = np.minimum(1, MOST_BEND_DEG / np.maximum(BEND * np.abs(left).max(axis=2), 1e-9))
    bent = begin + share * way + BEND * room[..., None] * np.sin(np.pi * share) * left
    return bent[..., 0], np.clip(bent[..., 1], -MOST_LATITUDE_DEG, MOST_LATITUDE_DEG)
