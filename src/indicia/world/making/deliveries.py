"""Deliveries: how the hardware of each facility came, on which lanes, at what value and when."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.world.making.assumptions import Setting, assumptions, number

ISO3 = {
    "CN": "CHN", "HK": "HKG", "MY": "MYS", "SG": "SGP", "ID": "IDN", "TH": "THA", "VN": "VNM", "IN": "IND",
    "AE": "ARE", "SA": "SAU", "KZ": "KAZ", "US": "USA", "JP": "JPN", "DE": "DEU", "NL": "NLD", "KR": "KOR",
}  # fmt: skip
MAKER = "TWN"
HUBS = ("MYS", "SGP", "HKG", "THA", "VNM", "ARE")
HUB_SHARES = (0.28, 0.22, 0.22, 0.1, 0.1, 0.08)
NAMED_HUBS = ("IN", "VN")
MINER_USD_PER_MW = 450e3


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What facilities bought.

    Args:
        rows: One row per facility and lane: at, exporter, importer, usd, first_month (its number),
            months, kind (`ai` or `miners`), declared_share (what the importer declares of it).
        hubs: at and the country (iso2) of the hub that publishes names, where goods pass one.
    """

    rows: pl.DataFrame
    hubs: pl.DataFrame


def deliveries(setting: Setting, sites: pl.DataFrame) -> Deliveries:
    """How the hardware of each facility came: lane, value, months.

    Returns:
        rows as `Deliveries` has them; hubs: at and the country (iso2) a named hub lies in.
    """
    chance = setting.chance("deliveries")
    months = setting.months(int(assumptions()["calendar"]["customs_months"]))
    routes = [c.get("route", "") for c in assumptions()["class"]]
    price = number("chips", "price_usd") * np.exp(
        number("chips", "price_spread") * chance.standard_normal(sites.height)
    )
    rows, hubs = [], []
    columns = ("at", "class_at", "country_iso2", "chip", "chips_count", "mw", "starts_date")
    for site in sites.select(columns).iter_rows(named=True):
        at, chips, home = site["at"], site["chips_count"], ISO3[site["country_iso2"]]
        route = routes[site["class_at"]]
        on = (np.datetime64(site["starts_date"], "M") - months[0]).astype(int) - int(
            chance.integers(1, 5)
        )
        span = int(
            number("chips", "installed_months")
            + (chips > number("chips", "large_chips")) * number("chips", "installed_months")
        )
        first = on - span
        usd = chips * price[at]
        base = {
            "at": at,
            "usd": usd,
            "first_month": first,
            "months": span,
            "kind": "ai",
            "declared_share": 1.0,
        }
        if route == "miners":
            usd = site["mw"] * MINER_USD_PER_MW
            rows.append(
                {**base, "usd": usd, "exporter": "CHN", "importer": home, "kind": "miners"}
            )
        elif site["chip"] in ("", "domestic"):
            continue
        elif route == "hub":
            hub = str(chance.choice(HUBS, p=HUB_SHARES))
            lag = int(chance.integers(1, 3))
            rows.append(
                {**base, "exporter": MAKER, "importer": hub, "first_month": first - lag}
            )
            share = float(
                np.clip(1 - setting.hard("silent_share") * chance.uniform(0.5, 1.5), 0.05, 1)
            )
            rows.append({**base, "exporter": hub, "importer": "CHN", "declared_share": share})
        elif route == "named hub":
            hub = str(chance.choice(NAMED_HUBS))
            hubs.append({"at": at, "hub_iso2": hub})
            rows.append(
                {**base, "exporter": MAKER, "importer": ISO3[hub], "first_month": first - 2}
            )
            rows.append(
                {
                    **base,
                    "exporter": ISO3[hub],
                    "importer": str(chance.choice(["CHN", "HKG"])),
                    "declared_share": 0.5,
                }
            )
        elif route == "unseen":
            hub = str(chance.choice(HUBS, p=HUB_SHARES))
            rows.append({**base, "exporter": MAKER, "importer": hub, "first_month": first - 1})
        elif home != MAKER:
            rows.append({**base, "exporter": MAKER, "importer": home})
    schema = {"at": pl.Int64, "exporter": pl.String, "importer": pl.String, "usd": pl.Float64, "first_month": pl.Int64,
              "months": pl.Int64, "kind": pl.String, "declared_share": pl.Float64}  # fmt: skip
    made = pl.DataFrame(rows, schema=schema)
    return Deliveries(made, pl.DataFrame(hubs, schema={"at": pl.Int64, "hub_iso2": pl.String}))
