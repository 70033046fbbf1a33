"""One contender per process: all customs indicators, or the same aggregation in bare DuckDB, Polars or pandas.

    python tests/bench/customs_contenders.py make FILE SHIPMENTS
    python tests/bench/customs_contenders.py indicators|sql|polars|pandas FILE

Prints one line of JSON: seconds of processor time and of the clock, peak memory, and what came out.

The aggregation, the same in all three: shipments to a share of value in the band per lane, code and
month (C03), and to value per consignee and month, all of it (C06) and what came by way of a hub (C08),
of which the most in three months; flows to the growth of each lane over a year (C01), the asymmetry of
its two sides (C02), the half years (C05) and the half year and quarter (C07) around each month, and to
what arrived at each hub and what went on (C04). The first four are held, month by month, against the
median and MAD of their own past. None of them judges coverage, sides, sources, rules or events, holds
C04 and C05 against a past, or cites a row.
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
HUBS, HUBS_ISO2 = ("SGP", "HKG"), ("SG", "HK")
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


MONTH = "12 * year(shipped_date) + month(shipped_date) - 1"


def sql(path):
    db = opened(path)
    db.execute(f"""
      CREATE TEMP TABLE cells AS SELECT origin_iso2 AS x, destination_iso2 AS m, substr(hs_code, 1, 6) AS code,
        {MONTH} AS t, sum({BAND}) / sum(value_reported_usd) AS share
      FROM shipment WHERE substr(hs_code, 1, 4) IN ('8471', '8473') GROUP BY ALL;
      CREATE TEMP TABLE buyers AS SELECT consignee_name, {MONTH} AS t,
        sum({BAND}) AS usd, sum(CASE WHEN origin_iso2 IN {HUBS_ISO2} THEN {BAND} ELSE 0 END) AS hub_usd
      FROM shipment WHERE substr(hs_code, 1, 4) IN ('8471', '8473', '8542') GROUP BY ALL;
      CREATE TEMP TABLE coded AS SELECT partner_iso3 AS x, reporter_iso3 AS m, hs_code AS code, {T} AS t,
        sum(value_reported_usd) AS usd FROM customs_flow WHERE flow = 'M' GROUP BY ALL;
      CREATE TEMP TABLE imports AS SELECT x, m, t, sum(usd) AS usd FROM coded GROUP BY ALL;
      CREATE TEMP TABLE exports AS SELECT reporter_iso3 AS x, partner_iso3 AS m, {T} AS t, sum(value_reported_usd) AS usd
        FROM customs_flow WHERE flow = 'X' GROUP BY ALL;
      CREATE TEMP TABLE onward AS SELECT reporter_iso3 AS x, partner_iso3 AS m, {T} AS t, sum(value_reported_usd) AS usd
        FROM customs_flow WHERE flow = 'RX' GROUP BY ALL;
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
    sums = {
        "buyers": """SELECT sum(q) FROM (SELECT consignee_name, max(q) AS q FROM (SELECT consignee_name,
            sum(usd) OVER (PARTITION BY consignee_name ORDER BY t RANGE BETWEEN 2 PRECEDING AND CURRENT ROW)
            AS q FROM buyers) GROUP BY consignee_name)""",
        "by_hub": """SELECT sum(q) FROM (SELECT consignee_name, max(q) AS q FROM (SELECT consignee_name,
            sum(hub_usd) OVER (PARTITION BY consignee_name ORDER BY t RANGE BETWEEN 2 PRECEDING AND CURRENT ROW)
            AS q FROM buyers) GROUP BY consignee_name)""",
        "halves": """SELECT sum(a / (a + b)) FROM (SELECT
            sum(usd) OVER (PARTITION BY x, m, code ORDER BY t RANGE BETWEEN 6 PRECEDING AND 1 PRECEDING) AS b,
            sum(usd) OVER (PARTITION BY x, m, code ORDER BY t RANGE BETWEEN CURRENT ROW AND 5 FOLLOWING) AS a
            , count(*) OVER (PARTITION BY x, m, code ORDER BY t RANGE BETWEEN 6 PRECEDING AND 5 FOLLOWING) AS n
            FROM coded) WHERE n = 12""",
        "falls": """SELECT sum(ln(a / b)) FROM (SELECT
            avg(usd) OVER (PARTITION BY x, m ORDER BY t RANGE BETWEEN 6 PRECEDING AND 1 PRECEDING) AS b,
            avg(usd) OVER (PARTITION BY x, m ORDER BY t RANGE BETWEEN 1 FOLLOWING AND 3 FOLLOWING) AS a
            , count(*) OVER (PARTITION BY x, m ORDER BY t RANGE BETWEEN 6 PRECEDING AND 3 FOLLOWING) AS n
            FROM imports) WHERE n = 10""",
        "passed": """SELECT sum(o.usd / a.usd) FROM onward o JOIN
            (SELECT m AS x, t, sum(usd) AS usd FROM imports GROUP BY ALL) a USING (x, t)""",
    }
    return out | {k: db.sql(q).fetchall()[0][0] for k, q in sums.items()}


def tables_of(db):
    """Shipments and flows, with no column that is not needed."""
    goods = db.sql("""SELECT origin_iso2 AS x, destination_iso2 AS m, hs_code, shipped_date, consignee_name,
      value_reported_usd AS usd, net_weight_kg AS kg FROM shipment""")
    flows = db.sql(
        "SELECT reporter_iso3, partner_iso3, flow, hs_code AS code, period, value_reported_usd AS usd FROM customs_flow"
    )
    return goods, flows


def polars(path):
    import polars as pl

    db = opened(path)
    goods, flows = tables_of(db)
    goods = goods.pl().lazy()
    flows = flows.pl().lazy()
    day, usd = pl.col("shipped_date"), pl.col("usd")
    goods = goods.with_columns(
        t=12 * day.dt.year() + day.dt.month() - 1,
        code=pl.col("hs_code").str.slice(0, 6),
        head=pl.col("hs_code").str.slice(0, 4),
        band=pl.when(usd.is_between(1500 * pl.col("kg"), 4000 * pl.col("kg")))
        .then("usd")
        .otherwise(0.0),
    )

    def against(frame, series, value):
        held = pl.col(value)
        past = (
            frame.sort(*series, "t")
            .rolling("t", period="9999i", offset="-9999i", closed="left", group_by=series)
            .agg(middle=held.median(), off=(held - held.median()).abs().median())
        )
        z = (held - pl.col("middle")) / pl.col("off")
        return (
            frame.join(past, on=[*series, "t"])
            .select(z.is_finite().sum())
            .collect(engine="streaming")
            .item()
        )

    def around(frame, series, before, after, first):
        """Frame with sums of the months before, and of those from `first` on; months stand in order."""
        sides = {
            "b": usd.shift(1).rolling_sum(before).over(series, order_by="t"),
            "a": usd.rolling_sum(after).shift(1 - after - first).over(series, order_by="t"),
        }
        return frame.with_columns(**sides)

    cells = (
        goods.filter(pl.col("head").is_in(["8471", "8473"]))
        .group_by("x", "m", "code", "t")
        .agg(share=pl.col("band").sum() / usd.sum())
        .collect(engine="streaming")
        .lazy()
    )
    t = (
        12 * pl.col("period").str.slice(0, 4).cast(pl.Int32)
        + pl.col("period").str.slice(5, 2).cast(pl.Int32)
        - 1
    )
    flows = flows.with_columns(t=t)

    def of(flow, x, m, *more):
        return flows.filter(flow=flow).group_by(*more, x=x, m=m, t="t").agg(usd.sum())

    coded = of("M", "partner_iso3", "reporter_iso3", "code").collect().lazy()
    imports = coded.group_by("x", "m", "t").agg(usd.sum()).collect().lazy()
    exports = of("X", "reporter_iso3", "partner_iso3")
    onward = of("RX", "reporter_iso3", "partner_iso3")
    grown = imports.join(
        imports.with_columns(pl.col("t") + 12), on=["x", "m", "t"]
    ).with_columns(growth=(usd / pl.col("usd_right")).log())
    gaps = imports.join(exports, on=["x", "m", "t"]).with_columns(
        gap=2 * (usd - pl.col("usd_right")) / (usd + pl.col("usd_right"))
    )
    buyers = (
        goods.filter(pl.col("head").is_in(["8471", "8473", "8542"]))
        .group_by("consignee_name", "t")
        .agg(
            pl.col("band").sum(),
            hub=pl.when(pl.col("x").is_in(HUBS_ISO2)).then("band").otherwise(0.0).sum(),
        )
        .sort("consignee_name", "t")
        .rolling("t", period="3i", group_by="consignee_name")
        .agg(pl.col("band", "hub").sum())
        .group_by("consignee_name")
        .agg(pl.col("band", "hub").max())
        .select(pl.col("band", "hub").sum())
        .collect(engine="streaming")
    )
    arrived = imports.group_by("t", x="m").agg(usd.sum())
    a, b = pl.col("a"), pl.col("b")
    sums = {
        "halves": around(coded, ["x", "m", "code"], 6, 6, 0).select((a / (a + b)).sum()),
        "falls": around(imports, ["x", "m"], 6, 3, 1).select((a / 3 / (b / 6)).log().sum()),
        "passed": onward.join(arrived, on=["x", "t"]).select((usd / pl.col("usd_right")).sum()),
    }
    return {
        "share": against(cells, ["x", "m", "code"], "share"),
        "growth": against(grown, ["x", "m"], "growth"),
        "gap": against(gaps, ["x", "m"], "gap"),
        "buyers": buyers["band"].item(),
        "by_hub": buyers["hub"].item(),
        **{k: q.collect().item() for k, q in sums.items()},
    }


def pandas(path):
    import numpy as np

    db = opened(path)
    goods, flows = (table.df() for table in tables_of(db))
    day = goods["shipped_date"].dt
    goods["t"] = 12 * day.year + day.month - 1
    goods["code"], goods["head"] = goods["hs_code"].str[:6], goods["hs_code"].str[:4]
    goods["band"] = np.where(
        goods["usd"].between(1500 * goods["kg"], 4000 * goods["kg"]), goods["usd"], 0.0
    )
    goods["hub"] = np.where(goods["x"].isin(HUBS_ISO2), goods["band"], 0.0)

    def against(frame, series, value):
        """Pandas has an expanding median but no expanding MAD, which is therefore a function of each past."""
        held = frame.sort_values([*series, "t"])
        so_far = held.groupby(series, sort=False)[value].expanding()
        held["middle"] = so_far.median().to_numpy()
        held["off"] = so_far.apply(
            lambda v: np.median(np.abs(v - np.median(v))), raw=True
        ).to_numpy()
        past = held.groupby(series, sort=False)[["middle", "off"]].shift()
        return int(np.isfinite((held[value] - past["middle"]) / past["off"]).sum())

    machines = goods[goods["head"].isin(["8471", "8473"])]
    cells = machines.groupby(["x", "m", "code", "t"], as_index=False)[["band", "usd"]].sum()
    cells["share"] = cells["band"] / cells["usd"]
    flows["t"] = (
        12 * flows["period"].str[:4].astype(int) + flows["period"].str[5:].astype(int) - 1
    )

    def of(flow, x, m):
        named = flows[flows["flow"] == flow].rename(columns={x: "x", m: "m"})
        return named.groupby(["x", "m", "code", "t"], as_index=False)["usd"].sum()

    coded = of("M", "partner_iso3", "reporter_iso3")
    lanes = [
        f.groupby(["x", "m", "t"], as_index=False)["usd"].sum()
        for f in (coded, *(of(k, "reporter_iso3", "partner_iso3") for k in ("X", "RX")))
    ]
    imports, exports, onward = lanes
    before = imports.assign(t=imports["t"] + 12)
    grown = imports.merge(before, on=["x", "m", "t"], suffixes=("", "_a"))
    grown["growth"] = np.log(grown["usd"] / grown["usd_a"])
    gaps = imports.merge(exports, on=["x", "m", "t"], suffixes=("", "_e"))
    gaps["gap"] = 2 * (gaps["usd"] - gaps["usd_e"]) / (gaps["usd"] + gaps["usd_e"])
    wanted = goods[goods["head"].isin(["8471", "8473", "8542"])]
    months = wanted.groupby(["consignee_name", "t"], as_index=False)[["band", "hub"]].sum()
    # Three months in a row, by two shifted joins: pandas has no rolling window over a number of months.
    quarter = months
    for back in (1, 2):
        shifted = months.assign(t=months["t"] + back).rename(
            columns={"band": f"band{back}", "hub": f"hub{back}"}
        )
        quarter = quarter.merge(shifted, on=["consignee_name", "t"], how="left")
    most = {
        kind: quarter[[kind, f"{kind}1", f"{kind}2"]]
        .sum(axis=1)
        .groupby(quarter["consignee_name"])
        .max()
        .sum()
        for kind in ("band", "hub")
    }

    def around(frame, series, before, after, first):
        """Sums of the months before, and of those from `first` on; months stand in order."""
        groups = [frame[k] for k in series]
        rolled = frame["usd"].groupby(groups).rolling
        sums = (rolled(n).sum().droplevel(series).sort_index() for n in (before, after))
        b, a = sums
        return b.groupby(groups).shift(1), a.groupby(groups).shift(1 - after - first)

    half_before, half_after = around(coded, ["x", "m", "code"], 6, 6, 0)
    year_before, quarter_after = around(imports, ["x", "m"], 6, 3, 1)
    arrived = (
        imports.groupby(["m", "t"], as_index=False)["usd"].sum().rename(columns={"m": "x"})
    )
    passed = onward.merge(arrived, on=["x", "t"], suffixes=("", "_a"))
    return {
        "share": against(cells, ["x", "m", "code"], "share"),
        "growth": against(grown, ["x", "m"], "growth"),
        "gap": against(gaps, ["x", "m"], "gap"),
        "buyers": float(most["band"]),
        "by_hub": float(most["hub"]),
        "halves": float((half_after / (half_after + half_before)).sum()),
        "falls": float(np.log(quarter_after / 3 / (year_before / 6)).sum()),
        "passed": float((passed["usd"] / passed["usd_a"]).sum()),
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
