"""GeoJSON (RFC 7946): one feature per row, placed no more exactly than it is known.

Written by `json`, not by GDAL, whose GeoJSON driver turns a text such as `[1]` into an array.
"""

import json
from collections.abc import Mapping

import polars as pl

from indicia.answers.export_stamp import plain
from indicia.errors import UsageError

NEEDED = ("latitude_deg", "longitude_deg", "coord_precision")
# About 11 m, 1.1 km and 11 km. Whatever is known less closely has no place on a map of points.
DECIMALS = {"site": 4, "city": 2, "county": 1}
LIMITS = {"latitude_deg": 90, "longitude_deg": 180}


def body(frame: pl.DataFrame, facts: Mapping[str, str]) -> bytes:
    """Return a FeatureCollection in the order of the list, its stamp as a foreign member."""
    require_places(frame)
    points = frame.select(*(rounded(name) for name in LIMITS)).rows()
    told = _properties(frame)
    lines = (
        _feature(point, row)
        for point, row in zip(points, told.iter_rows(named=True), strict=True)
    )
    features = ",\n".join(lines)
    stamp = _json(dict(facts))
    return (
        f'{{"type":"FeatureCollection","stamp":{stamp},"features":[\n{features}\n]}}\n'.encode()
    )


def require_places(frame: pl.DataFrame) -> None:
    """Refuse a list without places.

    Raises:
        UsageError: A column is missing.
    """
    lacking = [name for name in NEEDED if name not in frame.columns]
    if lacking:
        msg = f"A map needs the columns {', '.join(lacking)}; use csv, xlsx or parquet without."
        raise UsageError(msg)


def _properties(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column but the coordinates, which stand in the geometry only, rounded."""
    lists = [n for n, t in frame.schema.items() if t == pl.List(pl.String)]
    return plain(frame).with_columns(frame.select(lists)).drop(*LIMITS)


def rounded(name: str) -> pl.Expr:
    """A coordinate as exactly as the place is known, null where it is known less closely (degrees)."""
    value = pl.col(name).cast(pl.Float64)
    rounded = pl.coalesce(
        pl.when(pl.col("coord_precision").cast(pl.String) == precision).then(
            value.round(decimals)
        )
        for precision, decimals in DECIMALS.items()
    )
    return pl.when(value.abs() <= LIMITS[name]).then(rounded).alias(name)


def _feature(point: tuple[float | None, float | None], told: dict[str, object]) -> str:
    latitude, longitude = point
    is_placed = latitude is not None and longitude is not None
    geometry = {"type": "Point", "coordinates": [longitude, latitude]} if is_placed else None
    named = {"id": told["facility_id"]} if told.get("facility_id") is not None else {}
    return _json({"type": "Feature", **named, "geometry": geometry, "properties": told})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
