"""Pictures ready to be sent, and the hash under which they are held."""

import dataclasses
import json

import altair as alt
import polars as pl
import pyarrow as pa
import pytest

from indicia.answers import charts, map_layers, maps
from indicia.answers.charts.finished import drawn_from, spec

RESULTS = pl.DataFrame(
    {
        "family": ["power"], "indicator": ["P01"], "flag_count": [1], "no_flag_count": [2],
        "no_data_count": [3], "not_applicable_count": [4],
    }
)  # fmt: skip
GIVEN = (RESULTS, "caption", "lanes")


def test_a_finished_picture_says_what_the_chart_says():
    made, chart = spec(charts.coverage(*GIVEN)), charts.coverage(*GIVEN).to_dict()
    rows = {name: pa.ipc.open_stream(body).read_all().to_pylist() for name, body in made["datasets"].items()}  # fmt: skip
    (name,) = rows
    (plain,) = chart["datasets"]
    theirs = [{k: row[k] for k in rows[name][0]} for row in chart["datasets"][plain]]
    assert rows[name] == theirs

    def told(said, own):
        kept = {k: v for k, v in said.items() if k not in {"datasets", "config", "$schema"}}
        return json.dumps(kept, sort_keys=True).replace(own, "rows")

    assert told(made, name) == told(chart, plain)


def test_the_same_rows_in_several_layers_are_sent_once():
    both = charts.coverage(*GIVEN)
    assert len(spec(both | both)["datasets"]) == 1


@pytest.mark.parametrize(
    "other",
    [
        (RESULTS.with_columns(flag_count=pl.lit(2)), "caption", "lanes"),
        (RESULTS.cast({"flag_count": pl.Float64}), "caption", "lanes"),
        (RESULTS.rename({"family": "kind"}), "caption", "lanes"),
        (pl.concat([RESULTS, RESULTS]), "caption", "lanes"),
        (RESULTS.with_columns(family=pl.lit(None, pl.String)), "caption", "lanes"),
        (RESULTS, "of other data", "lanes"),
        (RESULTS, "captionlanes", ""),
        (RESULTS, "caption", None),
        (RESULTS, "caption"),
    ],
)
def test_whatever_differs_is_another_picture(other):
    assert drawn_from(charts.coverage, other) != drawn_from(charts.coverage, GIVEN)
    assert drawn_from(charts.seen, GIVEN) != drawn_from(charts.coverage, GIVEN)


def test_equal_rows_are_the_same_picture_wherever_they_come_from():
    again = (RESULTS.clone().filter(pl.lit(value=True)), "caption", "lanes")
    assert drawn_from(charts.coverage, again) == drawn_from(charts.coverage, GIVEN)


def test_what_lies_under_a_map_counts_and_what_cannot_be_told_apart_is_refused():
    bare, ground = maps.Ground(), maps.Ground(hubs=RESULTS)
    swapped = maps.Ground(arcs=RESULTS)
    keys = {drawn_from(maps.points, (RESULTS, one)) for one in (bare, ground, swapped)}
    assert len(keys) == 3
    assert drawn_from(maps.points, (RESULTS, dataclasses.replace(ground))) in keys
    with pytest.raises(TypeError):
        drawn_from(maps.points, (RESULTS, object()))


def test_the_bends_of_lanes_are_sent_with_their_layer():
    lane = {"lane": "MYS>CHN", "name": "Malaysia > China", "verdict": "watch", "support_bans": -0.4,
            "flags": "C01", "coverage_share": 0.4, "from_longitude_deg": 102.0, "from_latitude_deg": 4.0,
            "to_longitude_deg": 105.0, "to_latitude_deg": 35.0}  # fmt: skip
    made = spec(alt.layer(*map_layers.arcs(pl.DataFrame([lane]))))
    bend, arrow = made["layer"]
    (shape,) = bend["data"]["values"]
    assert len(shape["geometry"]["coordinates"]) > 2
    assert arrow["data"]["name"] in made["datasets"]
    assert alt.data_transformers.consolidate_datasets
