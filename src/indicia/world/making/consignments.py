"""Consignments: single declared lines with shipper and consignee, where a country publishes names."""

import numpy as np
import polars as pl

from indicia.world.making.assumptions import Setting, assumptions, number, of_country
from indicia.world.making.deliveries import ISO3, MAKER, Deliveries
from indicia.world.making.organisations import Organisations
from indicia.world.making.publishers import publish_rows

FIRMS_PER_COUNTRY = 45
LINES_PER_FIRM = 26
SERVERS_PER_LINE = 16
MOST_LINES = 150
ORDINARY = {"847150": (380.0, "rack servers, dual socket"), "847330": (520.0, "memory modules and boards"),
            "847180": (420.0, "adapters and control units"), "854231": (2600.0, "processors")}  # fmt: skip
AI_TEXTS = (
    "GPU server, eight cards",
    "high performance computing server",
    "server system, part no as invoice",
    "computer parts",
)
SCHEMA = {
    "shipped_date": pl.Date, "shipper_name": pl.String, "shipper_iso2": pl.String, "consignee_name": pl.String,
    "consignee_iso2": pl.String, "origin_iso2": pl.String, "destination_iso2": pl.String, "hs_code": pl.String,
    "description": pl.String, "quantity_reported": pl.Float64, "quantity_unit": pl.String,
    "net_weight_kg": pl.Float64, "value_reported_usd": pl.Float64, "at": pl.Int64,
}  # fmt: skip


def shipment_rows(
    setting: Setting,
    sites: pl.DataFrame,
    firms: Organisations,
    made: Deliveries,
    traders: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`shipment`, and which facilities it speaks of.

    Args:
        setting: The world.
        sites: The facilities.
        firms: The organisations.
        made: What facilities bought.
        traders: Ordinary importers: name, country_iso2.

    Returns:
        Rows of `shipment`; at and published_utc of the lines that a facility is behind.
    """
    chance = setting.chance("consignments")
    ordinary = _ordinary(setting, chance, traders)
    bought = _bought(setting, chance, sites, firms, made, traders)
    lines = pl.concat([ordinary, bought]).filter(pl.col("shipped_date") <= setting.as_of)
    told = assumptions()["trade"]["consignees"]
    reach = np.array(
        [of_country(told, c) for c in pl.Series(lines["destination_iso2"]).to_list()]
    )
    out = np.array([of_country(told, c) for c in pl.Series(lines["origin_iso2"]).to_list()])
    keep = chance.random(lines.height) < np.maximum(reach, out) * (
        1 - setting.hard("omitted_share")
    )
    kept = lines.filter(pl.Series(keep)).sort(
        "shipped_date", "consignee_name", "value_reported_usd"
    )
    numbered = kept.with_row_index("n").with_columns(
        shipment_id=pl.format("INV-{}", pl.col("n").cast(pl.String).str.zfill(7))
    )
    rows = publish_rows(
        setting, "shipment", numbered, name="consignment-lists", public=pl.col("shipped_date"), lag_days=45,
        origin=pl.coalesce(pl.when(pl.col("destination_iso2").is_in(list(told))).then("destination_iso2"), "origin_iso2"), reliability="C",
    )  # fmt: skip
    behind = (
        numbered.filter(pl.col("at") >= 0)
        .select("shipment_id", "at")
        .join(
            rows.select(
                "shipment_id",
                "published_utc",
                "shipped_date",
                "value_reported_usd",
                "consignee_name",
            ),
            on="shipment_id",
        )
    )
    return rows, behind


def _ordinary(
    setting: Setting, chance: np.random.Generator, traders: pl.DataFrame
) -> pl.DataFrame:
    """Lines of ordinary importers, a few of whom buy AI servers lawfully in the boom."""
    months = setting.months(int(assumptions()["calendar"]["customs_months"]))
    firm = np.repeat(np.arange(traders.height), chance.poisson(LINES_PER_FIRM, traders.height))
    count = len(firm)
    codes = np.array(list(ORDINARY))[chance.integers(0, len(ORDINARY), count)]
    month = chance.integers(0, len(months), count)
    day = months[month].astype("datetime64[D]") + chance.integers(0, 28, count)
    usd = 38_000 * np.exp(1.1 * chance.standard_normal(count))
    per_kg = np.array([ORDINARY[c][0] for c in codes]) * np.exp(
        0.25 * chance.standard_normal(count)
    )
    lawful = (
        (chance.random(traders.height) < number("trade", "lawful_buyer_share"))[firm]
        & (month > number("trade", "boom_month"))
        & np.isin(codes, ["847150"])
    )
    usd = np.where(lawful, 260_000 * chance.integers(1, 12, count), usd)
    per_kg = np.where(lawful, 2000 * np.exp(0.12 * chance.standard_normal(count)), per_kg)
    name, country = traders["name"].to_numpy()[firm], traders["country_iso2"].to_numpy()[firm]
    return pl.DataFrame(
        {
            "shipped_date": day, "shipper_name": ["Maker of Tamoqx Hardware Ltd"] * count, "shipper_iso2": ["TW"] * count,
            "consignee_name": name, "consignee_iso2": country, "origin_iso2": ["TW"] * count, "destination_iso2": country,
            "hs_code": codes, "description": [ORDINARY[c][1] for c in codes],
            "quantity_reported": np.maximum(1.0, np.round(usd / 6000)), "quantity_unit": ["NOS"] * count,
            "net_weight_kg": np.round(usd / per_kg, 1), "value_reported_usd": np.round(usd), "at": np.full(count, -1),
        },
        schema=SCHEMA, strict=False,
    )  # fmt: skip


def _bought(
    setting: Setting,
    chance: np.random.Generator,
    sites: pl.DataFrame,
    firms: Organisations,
    made: Deliveries,
    traders: pl.DataFrame,
) -> pl.DataFrame:
    """Lines of the hardware that facilities bought, into and out of countries that publish names."""
    told = assumptions()["trade"]["consignees"]
    open_iso3 = {ISO3[c]: c for c in told}
    months = setting.months(int(assumptions()["calendar"]["customs_months"]))
    hub_of = dict(made.hubs.iter_rows())
    operator = firms.sites.sort("at")["operator"].to_numpy()
    name = firms.firms["name"].to_list()
    home = sites["country_iso2"].to_list()
    through: dict[int, str] = {}
    parts = []
    for row in made.rows.filter(pl.col("kind") == "ai").iter_rows(named=True):
        at = row["at"]
        if row["importer"] not in open_iso3 and row["exporter"] not in open_iso3:
            continue
        own = name[operator[at]]
        if at in hub_of and at not in through:
            here = traders.filter(pl.col("country_iso2") == hub_of[at])["name"]
            through[at] = (
                f"{here[int(chance.integers(here.len()))].split()[0]} Freight and Trading Ltd"
                if chance.random() < number("trade", "passing_name_share")
                else here[int(chance.integers(here.len()))]
            )
        stand_in = through.get(
            at,
            own
            if chance.random() < number("trade", "own_name_share")
            else traders["name"][int(chance.integers(traders.height))],
        )
        servers = max(
            1, round(row["usd"] * row["declared_share"] / number("chips", "price_usd") / 8)
        )
        lines = int(np.clip(round(servers / SERVERS_PER_LINE), 1, MOST_LINES))
        lots = np.maximum(
            1, np.round(servers / lines * np.exp(0.3 * chance.standard_normal(lines)))
        )
        day = months[0].astype("datetime64[D]") + np.round(
            30.4 * (row["first_month"] + row["months"] * chance.random(lines))
        ).astype(int)
        usd = (
            lots
            * 8
            * number("chips", "price_usd")
            * np.exp(number("chips", "price_spread") * chance.standard_normal(lines))
        )
        kg = (
            lots
            * number("chips", "server_kg")
            * np.exp(number("chips", "server_kg_spread") * chance.standard_normal(lines))
        )
        inward = row["exporter"] == MAKER
        to = open_iso3.get(row["importer"]) or {"CHN": "CN", "HKG": "HK"}.get(
            row["importer"], home[at]
        )
        source = "TW" if inward else open_iso3[row["exporter"]]
        consignee = (
            stand_in
            if inward
            else (
                own
                if chance.random() < number("trade", "own_name_from_hub_share")
                else f"{own.split()[0]} Supply"
            )
        )
        parts.append(
            pl.DataFrame(
                {
                    "shipped_date": day.astype("datetime64[D]"), "shipper_name": ["Maker of Tamoqx Hardware Ltd" if inward else stand_in] * lines,
                    "shipper_iso2": [source] * lines, "consignee_name": [consignee] * lines, "consignee_iso2": [to] * lines,
                    "origin_iso2": [source] * lines, "destination_iso2": [to] * lines,
                    "hs_code": np.where(chance.random(lines) < number("trade", "whole_server_share"), "847150", "847330"),
                    "description": [AI_TEXTS[n] for n in chance.integers(0, len(AI_TEXTS), lines)],
                    "quantity_reported": lots, "quantity_unit": ["NOS"] * lines, "net_weight_kg": np.round(kg, 1),
                    "value_reported_usd": np.round(usd), "at": np.full(lines, at),
                },
                schema=SCHEMA, strict=False,
            )
        )  # fmt: skip
    return pl.concat(parts) if parts else pl.DataFrame(schema=SCHEMA)
