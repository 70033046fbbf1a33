"""One contender per process: all customs indicators, or the same aggregation in bare DuckDB, Polars or pandas.

    python tests/bench/customs_contenders.py make FILE SHIPMENTS
    python tests/bench/customs_contenders.py indicators|sql|polars|pandas FILE

Prints one line of JSON: seconds of processor time and of the clock, peak memory, and what came out.

The aggregation: shipments to a share of value in the band per lane, code and month, and to value per
consignee and month; flows to the growth of each lane over a year and to the asymmetry of its two
sides; each held against the median and MAD of its series. DuckDB holds every month against its own
past, as the indicators do; Polars and pandas, which have no window for that, against the whole series,
which is less work. None of them judges coverage, sides, hubs, rules or events, or cites a row.
"""

import importlib
import json
import math
import resource
import sys
import time

import duckdb

MONTHS = 120
LANE_MONTHS_PER_SHIPMENT = 4.3 / 50
HUBS = ("SGP", "HKG")
BAND = "CASE WHEN value_reported_usd BETWEEN 1500 * net_weight_kg AND 4000 * net_weight_kg THEN value_reported_usd ELSE 0 END"
MODULES = {
    "C01": "lane_surge",
    "C02": "mirror_break",
    "C03": "value_density",
    "C04": "hub_pass_through",
    "C05": "code_switch",
    "C06": "passing_consignee",
    "C07": "enforcement_stop",
    "C08": "way_round",
}


def make(path, shipments):
    """A database with every table, filled with shipments and with flows of lanes by month."""
    from indicia.reference import tables
    from indicia.schema import CUSTOMS_FLOW, EVENT, OBSERVATIONS, RESOLVED, SHIPMENT, stamped

    db = duckdb.connect(path)
    db.execute(
        "; ".join(
            [
                "SET TimeZone = 'UTC'",
                *(t.ddl() for t in [*(stamped(t) for t in OBSERVATIONS), *RESOLVED]),
            ]
        )
    )
    # Imports of two codes and exports of one per lane and month.
    lanes = shipments * LANE_MONTHS_PER_SHIPMENT / MONTHS / 3
    count = math.ceil(math.sqrt(lanes)) + 1
    named = (
        tables.table("countries")
        .select("iso2", "iso3")
        .drop_nulls()
        .unique("iso3", maintain_order=True)
    )
    places = named.sort(named["iso3"].is_in(HUBS), descending=True, maintain_order=True).head(
        count
    )
    db.register("countries", places.with_row_index("n"))
    db.execute("CREATE TEMP TABLE place AS SELECT * FROM countries; SELECT setseed(0.5)")
    stamp = {
        "source_url": "'https://example.org'", "origin_id": "'made'", "reliability": "'B'", "licence": "'CC0-1.0'",
        "published_utc": "TIMESTAMPTZ '2026-01-01'", "published_basis": "'stated'", "source": "'customs/made'",
        "fetched_utc": "TIMESTAMPTZ '2026-01-01'", "fetch_id": "'made'",
    }  # fmt: skip

    def fill(table, columns, source):
        given = {**stamp, **columns}
        names = ", ".join(given)
        db.execute(
            f"INSERT INTO {table.name} ({names}) SELECT {', '.join(given.values())} FROM {source}"
        )

    month = "concat(2015 + t // 12, '-', lpad(CAST(t % 12 + 1 AS VARCHAR), 2, '0'))"
    scatter = "exp(0.3 * sqrt(-2 * ln(1 - random())) * cos(6.283185 * random()))"
    flows = f"(SELECT x.iso3 AS ex, m.iso3 AS im, t, 2e7 * (0.2 + hash(x.n * 1000 + m.n) % 100 / 50) * {scatter} AS usd FROM place x, place m, range({MONTHS}) r(t) WHERE x.n <> m.n)"
    shared = {"classification": "'H6'", "frequency": "'M'", "period": month}
    for flow, code, factor in (("M", "847150", 1), ("M", "847141", 0.2), ("X", "847150", 0.93)):
        reporter, partner = ("im", "ex") if flow == "M" else ("ex", "im")
        fill(
            CUSTOMS_FLOW,
            {**shared, "reporter_iso3": reporter, "partner_iso3": partner, "flow": f"'{flow}'", "hs_code": f"'{code}'", "value_reported_usd": f"usd * {factor} * {scatter}"},
            flows,
        )  # fmt: skip
    fill(
        CUSTOMS_FLOW,
        {**shared, "reporter_iso3": "ex", "partner_iso3": "im", "flow": "'RX'", "hs_code": "'847150'", "value_reported_usd": f"0.5 * usd * {scatter}"},
        f"{flows} WHERE ex IN {HUBS}",
    )  # fmt: skip
    for n in range(5):
        fill(
            EVENT,
            {"event_id": f"'case-{n}'", "kind": "'case'", "title": "'made'", "status": "'charged'", "date_precision": "'day'", "lanes": f"'{HUBS[n % 2]}>*'", "published_utc": f"TIMESTAMPTZ '2024-0{n + 2}-10'"},
            "range(1)",
        )  # fmt: skip
    code = "CASE WHEN c < 0.6 THEN '84715000' WHEN c < 0.8 THEN '84733010' WHEN c < 0.9 THEN '85423100' ELSE '40111000' END"
    fill(
        SHIPMENT,
        {
            "shipment_id": "CAST(i AS VARCHAR)", "shipped_date": "DATE '2015-01-01' + CAST(d * 3652 AS INTEGER)",
            "consignee_name": f"concat('Example Trading ', CAST(floor(k * k * {max(shipments // 200, 10)}) AS INTEGER))",
            "origin_iso2": "x.iso2", "destination_iso2": "m.iso2", "hs_code": code,
            "net_weight_kg": "kg", "value_reported_usd": "kg * exp(5 + 3 * v)",
        },
        f"""(SELECT i, random() AS d, random() AS k, random() AS c, random() AS v, 20 + 2000 * random() AS kg,
             CAST(floor({count} * random()) AS INTEGER) AS a, CAST(floor({count} * random()) AS INTEGER) AS b
             FROM range({shipments}) s(i)) s JOIN place x ON x.n = s.a JOIN place m ON m.n = s.b""",
    )  # fmt: skip
    db.execute("CHECKPOINT")
    return {
        "shipments": db.sql("SELECT count(*) FROM shipment").fetchall()[0][0],
        "lane_months": db.sql("SELECT count(*) FROM customs_flow").fetchall()[0][0],
    }


def opened(path):
    db = duckdb.connect(path, read_only=True)
    db.execute(
        "SET TimeZone = 'UTC'; SET memory_limit = '1800MB'; SET preserve_insertion_order = false"
    )
    return db


def indicators(path):
    # Whoever is a party stands in tables that the graph fills; here they are empty views.
    db = opened(path)
    out = {}
    for code, module in MODULES.items():
        compute = importlib.import_module(f"indicia.indicators.{module}").compute
        began = time.process_time()
        found = compute(db)
        out[code] = [round(time.process_time() - began, 2), found.evidence.height]
    return out


def past(table, series, value):
    """z of every month against the median and MAD of its own past."""
    return f"""(SELECT count(z) AS n, sum(z) AS total FROM (
      SELECT ({value} - median({value}) OVER past) / nullif(mad({value}) OVER past, 0) AS z FROM {table}
      WINDOW past AS (PARTITION BY {series} ORDER BY t RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)))"""


T = "12 * CAST(substr(period, 1, 4) AS INTEGER) + CAST(substr(period, 6, 2) AS INTEGER) - 1"


def sql(path):
    db = opened(path)
    db.execute(f"""
      CREATE TEMP TABLE cells AS SELECT origin_iso2 AS x, destination_iso2 AS m, substr(hs_code, 1, 6) AS code,
        12 * year(shipped_date) + month(shipped_date) - 1 AS t, sum({BAND}) / sum(value_reported_usd) AS share
      FROM shipment WHERE substr(hs_code, 1, 4) IN ('8471', '8473') GROUP BY ALL;
      CREATE TEMP TABLE buyers AS SELECT consignee_name, 12 * year(shipped_date) + month(shipped_date) - 1 AS t,
        sum({BAND}) AS usd FROM shipment WHERE substr(hs_code, 1, 4) IN ('8471', '8473', '8542') GROUP BY ALL;
      CREATE TEMP TABLE imports AS SELECT partner_iso3 AS x, reporter_iso3 AS m, {T} AS t, sum(value_reported_usd) AS usd
        FROM customs_flow WHERE flow = 'M' GROUP BY ALL;
      CREATE TEMP TABLE exports AS SELECT reporter_iso3 AS x, partner_iso3 AS m, {T} AS t, sum(value_reported_usd) AS usd
        FROM customs_flow WHERE flow = 'X' GROUP BY ALL;
      CREATE TEMP TABLE grown AS SELECT b.x, b.m, b.t, ln(b.usd / a.usd) AS growth FROM imports b JOIN imports a
        ON a.x = b.x AND a.m = b.m AND a.t = b.t - 12;
      CREATE TEMP TABLE gaps AS SELECT x, m, t, 2 * (i.usd - e.usd) / (i.usd + e.usd) AS gap
        FROM imports i JOIN exports e USING (x, m, t)""")
    asked = {
        "share": past("cells", "x, m, code", "share"),
        "growth": past("grown", "x, m", "growth"),
        "gap": past("gaps", "x, m", "gap"),
    }
    out = {k: db.sql(f"SELECT * FROM {q}").fetchall()[0][0] for k, q in asked.items()}
    out["buyers"] = (
        db.sql("""SELECT count(*) FROM (SELECT consignee_name, max(q) AS q FROM (SELECT consignee_name,
      sum(usd) OVER (PARTITION BY consignee_name ORDER BY t RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS q FROM buyers)
      GROUP BY consignee_name)""").fetchall()[0][0]
    )
    return out


def polars(path):
    import polars as pl

    db = opened(path)
    goods = db.sql("""SELECT origin_iso2 AS x, destination_iso2 AS m, hs_code, shipped_date, consignee_name,
      value_reported_usd AS usd, net_weight_kg AS kg FROM shipment""").pl()
    flows = db.sql(
        "SELECT reporter_iso3, partner_iso3, flow, period, value_reported_usd AS usd FROM customs_flow"
    ).pl()
    day = pl.col("shipped_date")
    goods = goods.lazy().with_columns(
        t=12 * day.dt.year() + day.dt.month() - 1,
        code=pl.col("hs_code").str.slice(0, 6),
        head=pl.col("hs_code").str.slice(0, 4),
        band=pl.when(pl.col("usd").is_between(1500 * pl.col("kg"), 4000 * pl.col("kg")))
        .then("usd")
        .otherwise(0.0),
    )

    def against(frame, series, value):
        middle = pl.col(value).median().over(series)
        off = (pl.col(value) - middle).abs().median().over(series)
        return frame.select(z=(pl.col(value) - middle) / off).select(
            pl.col("z").is_finite().sum()
        )

    cells = (
        goods.filter(pl.col("head").is_in(["8471", "8473"]))
        .group_by("x", "m", "code", "t")
        .agg(share=pl.col("band").sum() / pl.col("usd").sum())
    )
    t = (
        12 * pl.col("period").str.slice(0, 4).cast(pl.Int32)
        + pl.col("period").str.slice(5, 2).cast(pl.Int32)
        - 1
    )
    flows = flows.lazy().with_columns(t=t)
    imports = (
        flows.filter(flow="M")
        .group_by(x="partner_iso3", m="reporter_iso3", t="t")
        .agg(pl.col("usd").sum())
    )
    exports = (
        flows.filter(flow="X")
        .group_by(x="reporter_iso3", m="partner_iso3", t="t")
        .agg(pl.col("usd").sum())
    )
    grown = imports.join(
        imports.with_columns(pl.col("t") + 12), on=["x", "m", "t"]
    ).with_columns(growth=(pl.col("usd") / pl.col("usd_right")).log())
    gaps = imports.join(exports, on=["x", "m", "t"]).with_columns(
        gap=2 * (pl.col("usd") - pl.col("usd_right")) / (pl.col("usd") + pl.col("usd_right"))
    )
    buyers = (
        goods.filter(pl.col("head").is_in(["8471", "8473", "8542"]))
        .group_by("consignee_name", "t")
        .agg(pl.col("band").sum())
        .sort("consignee_name", "t")
        .rolling("t", period="3i", group_by="consignee_name")
        .agg(q=pl.col("band").sum())
        .group_by("consignee_name")
        .agg(pl.col("q").max())
    )
    return {
        "share": against(cells, ["x", "m", "code"], "share").collect(engine="streaming").item(),
        "growth": against(grown, ["x", "m"], "growth").collect(engine="streaming").item(),
        "gap": against(gaps, ["x", "m"], "gap").collect(engine="streaming").item(),
        "buyers": buyers.collect(engine="streaming").height,
    }


def pandas(path):
    import numpy as np

    db = opened(path)
    goods = db.sql("""SELECT origin_iso2 AS x, destination_iso2 AS m, hs_code, shipped_date, consignee_name,
      value_reported_usd AS usd, net_weight_kg AS kg FROM shipment""").df()
    flows = db.sql(
        "SELECT reporter_iso3, partner_iso3, flow, period, value_reported_usd AS usd FROM customs_flow"
    ).df()
    day = goods["shipped_date"].dt
    goods["t"] = 12 * day.year + day.month - 1
    goods["code"], goods["head"] = goods["hs_code"].str[:6], goods["hs_code"].str[:4]
    goods["band"] = np.where(
        goods["usd"].between(1500 * goods["kg"], 4000 * goods["kg"]), goods["usd"], 0.0
    )

    def against(frame, series, value):
        keys = [frame[k] for k in series]
        middle = frame[value].groupby(keys).transform("median")
        off = (frame[value] - middle).abs().groupby(keys).transform("median")
        return int(np.isfinite((frame[value] - middle) / off).sum())

    machines = goods[goods["head"].isin(["8471", "8473"])]
    cells = machines.groupby(["x", "m", "code", "t"], as_index=False)[["band", "usd"]].sum()
    cells["share"] = cells["band"] / cells["usd"]
    flows["t"] = (
        12 * flows["period"].str[:4].astype(int) + flows["period"].str[5:].astype(int) - 1
    )
    sides = {
        flow: flows[flows["flow"] == flow]
        .rename(columns=names)
        .groupby(["x", "m", "t"], as_index=False)["usd"]
        .sum()
        for flow, names in (
            ("M", {"partner_iso3": "x", "reporter_iso3": "m"}),
            ("X", {"partner_iso3": "m", "reporter_iso3": "x"}),
        )
    }
    before = sides["M"].assign(t=sides["M"]["t"] + 12)
    grown = sides["M"].merge(before, on=["x", "m", "t"], suffixes=("", "_a"))
    grown["growth"] = np.log(grown["usd"] / grown["usd_a"])
    gaps = sides["M"].merge(sides["X"], on=["x", "m", "t"], suffixes=("", "_e"))
    gaps["gap"] = 2 * (gaps["usd"] - gaps["usd_e"]) / (gaps["usd"] + gaps["usd_e"])
    wanted = goods[goods["head"].isin(["8471", "8473", "8542"])]
    months = wanted.groupby(["consignee_name", "t"], as_index=False)["band"].sum()
    # Three months in a row, by two shifted joins: pandas has no rolling window over a number of months.
    quarter = months
    for back in (1, 2):
        shifted = months.assign(t=months["t"] + back).rename(columns={"band": f"b{back}"})
        quarter = quarter.merge(shifted, on=["consignee_name", "t"], how="left")
    total = quarter[["band", "b1", "b2"]].sum(axis=1)
    return {
        "share": against(cells, ["x", "m", "code"], "share"),
        "growth": against(grown, ["x", "m"], "growth"),
        "gap": against(gaps, ["x", "m"], "gap"),
        "buyers": len(total.groupby(quarter["consignee_name"]).max()),
    }


if __name__ == "__main__":
    what, path, *more = sys.argv[1:]
    wall, used = time.perf_counter(), time.process_time()
    result = make(path, int(more[0])) if what == "make" else globals()[what](path)
    print(
        json.dumps(
            {
                "cpu_s": round(time.process_time() - used, 2),
                "wall_s": round(time.perf_counter() - wall, 2),
                "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
                "result": result,
            }
        )
    )
