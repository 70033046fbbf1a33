"""GeoPackage and GeoParquet 1.1: one point per row, placed no more exactly than it is known.

Points are rounded as in GeoJSON. What cannot be drawn keeps its row and has no geometry.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from indicia.answers.export_geojson import LIMITS, require_places, rounded
from indicia.answers.export_stamp import plain

GEOMETRY = "geometry"
# Well-known binary of a point: byte order, type, longitude, latitude.
POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
GEO = {
    "version": "1.1.0",
    "primary_column": GEOMETRY,
    "columns": {GEOMETRY: {"encoding": "WKB", "geometry_types": ["Point"]}},
}  # without a reference system it means longitude and latitude, WGS 84


def geopackage(
    path: Path,
    frame: pl.DataFrame,
    long: Mapping[str, pl.DataFrame],
    facts: Mapping[str, str],
    created_utc: datetime,
) -> None:
    """Write the layer `list`, a table per long frame, and the stamp as metadata of each.

    Raises:
        UsageError: The list has no places.
    """
    # Half a second that no other format needs.
    import pyogrio  # noqa: PLC0415

    path.unlink(missing_ok=True)
    moment = f"{created_utc.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    # Left out, it would be the time of writing, and no two files would be alike.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": moment})
    try:
        pyogrio.write_arrow(
            plain(_placed(frame)).to_arrow(), path, layer="list", driver="GPKG", geometry_name=GEOMETRY,
            geometry_type="Point", crs="EPSG:4326", layer_metadata=dict(facts), dataset_metadata=dict(facts),
        )  # fmt: skip
        for name, part in long.items():
            pyogrio.write_arrow(
                plain(part).to_arrow(), path, layer=name, driver="GPKG", append=True, layer_metadata=dict(facts)
            )  # fmt: skip
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def geoparquet(path: Path, frame: pl.DataFrame, facts: Mapping[str, str]) -> None:
    """Write typed columns and the points; the stamp is in the file's key/value metadata."""
    _placed(frame).write_parquet(
        path, compression="zstd", metadata={**facts, "geo": json.dumps(GEO)}
    )


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with a point in place of coordinates."""
    import pyarrow as pa  # noqa: PLC0415 -- as above

    require_places(frame)
    degrees = frame.select(rounded(name) for name in LIMITS)
    points = np.zeros(frame.height, POINT)
    points["order"], points["type"] = 1, 1
    points["x"] = degrees["longitude_deg"].fill_null(0.0).to_numpy()
    points["y"] = degrees["latitude_deg"].fill_null(0.0).to_numpy()
    wkb = pa.Array.from_buffers(
        pa.binary(POINT.itemsize), frame.height, [None, pa.py_buffer(points.tobytes())]
    )
    drawn = pl.all_horizontal(degrees.get_columns()[n].is_not_null() for n in range(2))
    held = pl.Series(GEOMETRY, pl.from_arrow(wkb.cast(pa.binary())))
    return frame.drop(*LIMITS).with_columns(pl.when(drawn).then(held).alias(GEOMETRY))
