"""Heavy statements of customs in the subset of SQL that sqlglot carries to Spark, and the two texts of a past."""

import duckdb
import numpy as np
import polars as pl
import pytest
import sqlglot
from sqlglot import exp

from indicia.indicators import (
    absorption_gap,
    code_switch,
    enforcement_stop,
    hub_pass_through,
    lane_surge,
    mirror_break,
    passing_consignee,
    value_density,
    way_round,
)
from indicia.indicators.own_past import scaled, scaled_by_joins

PORTABLE = scaled_by_joins
STATEMENTS = {
    "C01": lane_surge.surges(PORTABLE),
    "C01 cited": lane_surge.CITED,
    "C02": mirror_break.breaks(PORTABLE),
    "C02 cited": mirror_break.CITED,
    "C03": value_density.shares(PORTABLE),
    "C03 cited flows": value_density.CITED_FLOWS,
    "C03 cited lines": value_density.CITED_LINES,
    "C03 resting": value_density.RESTING,
    "C03 cited shipments": value_density.CITED_SHIPMENTS,
    "C04": hub_pass_through.passed_on(PORTABLE),
    "C04 cited": hub_pass_through.CITED,
    "C05": code_switch.switches(PORTABLE),
    "C05 cited": code_switch.CITED,
    "C06 summed": passing_consignee.SUMMED,
    "C06 months": passing_consignee.IN_MONTHS,
    "C06": passing_consignee.MARKS,
    "C06 cited": passing_consignee.CITED,
    "C07": enforcement_stop.FALLS,
    "C07 cited": enforcement_stop.CITED,
    "C08": way_round.SUMS,
    "C08 cited": way_round.CITED,
    "P04": absorption_gap.GAPS,
    "P04 cited": absorption_gap.CITED,
}
# Functions of Spark SQL 4 that the statements may use, as sqlglot writes them for Spark. A name that
# is not here is first looked up in Spark's list of built-in functions.
IN_SPARK = {
    "ABS", "AVG", "CAST", "COALESCE", "COLLECT_LIST", "CONCAT", "COUNT", "GREATEST", "LAST_DAY", "LEAST", "LENGTH", "LN", "LOCATE",
    "LOWER", "MAX", "MEDIAN", "MIN", "MONTH", "NULLIF", "ROUND", "ROW_NUMBER", "SUBSTRING", "SUM", "TO_DATE", "TRIM", "YEAR",
}  # fmt: skip
NO_FUNCTIONS = (exp.And, exp.Or, exp.Case, exp.If, exp.Exists)
# In Spark these aggregate a group; over a window with an order they are refused.
NO_WINDOWS = (exp.Median,)


def strange(statement):
    """Spark's text of a statement, and what of it Spark would refuse."""
    (text,) = sqlglot.transpile(
        statement, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    tree = sqlglot.parse_one(text, read="spark")
    written = {
        f.sql("spark").split("(")[0]
        for f in tree.find_all(exp.Func)
        if not isinstance(f, NO_FUNCTIONS)
    }
    refused = {name.upper() for name in written} - IN_SPARK
    refused |= {
        f"{w.this.key} OVER"
        for w in tree.find_all(exp.Window)
        if isinstance(w.this, NO_WINDOWS)
    }
    return text, refused


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_heavy_statement_goes_to_spark_and_comes_back_the_same(name):
    text, refused = strange(STATEMENTS[name])
    assert refused == set()
    assert sqlglot.transpile(text, read="spark", write="spark")[0] == text


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("SELECT mad(x) OVER (PARTITION BY k ORDER BY t) FROM q", {"MAD"}),
        ("SELECT median(x) OVER (PARTITION BY k ORDER BY t) FROM q", {"median OVER"}),
        ("SELECT gamma_of_nothing(x) FROM q", {"GAMMA_OF_NOTHING"}),
    ],
)
def test_what_spark_lacks_is_named(statement, refused):
    assert strange(statement)[1] == refused


@pytest.mark.parametrize(("back", "gap"), [("", "1"), ("36", "3")])
def test_windows_and_joins_of_a_past_agree_to_the_last_digit(back, gap):
    draw = np.random.default_rng(4)
    rows = pl.DataFrame(
        {
            "lane": np.repeat(np.arange(40), 60),
            "at_period": np.tile(np.arange(60), 40),
            # Half of the series stand still now and then, so that their MAD is nil.
            "v": np.where(
                (np.arange(2400) // 60 % 2 == 0) & (draw.random(2400) < 0.8),
                1.0,
                draw.lognormal(size=2400),
            ),
            "u": draw.random(2400),
        }
    ).sample(fraction=0.8, seed=1)
    db = duckdb.connect()
    db.register("rows", rows)

    def asked(past):
        ctes = past("rows", ("lane",), "v", "u", back, gap)
        return db.sql(
            f"WITH {ctes} SELECT lane, at_period, earlier, middle, usual_u, own_sigma FROM scaled"
            " WHERE earlier > 0 ORDER BY lane, at_period"
        ).pl()

    one, other = asked(scaled), asked(scaled_by_joins)
    assert one.height > 1500
    assert one.drop("own_sigma").equals(other.drop("own_sigma"))
    assert (one["own_sigma"] - other["own_sigma"]).abs().max() < 1e-12
    assert one["own_sigma"].is_null().equals(other["own_sigma"].is_null())
