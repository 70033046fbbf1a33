"""What is said of facilities: lists of sites, capacities, parts, trained models, events."""

import numpy as np
import polars as pl

from indicia.world.making import names
from indicia.world.making.assumptions import Setting, number
from indicia.world.making.organisations import Organisations
from indicia.world.making.population import PLACES_PER_COUNTRY, of_classes
from indicia.world.making.publishers import publish_rows

# Invented sites stand in the empty South Pacific, so that no map can be mistaken for one of real sites.
SOUTH, NORTH, WEST, EAST = -50.0, -28.0, -140.0, -95.0
KINDS_OF_SITE = ("Campus", "Data Hall", "Park", "Works", "Site")
HAN_KINDS_OF_SITE = ("数据中心", "园区", "基地", "产业园", "机房")
STATED_PARTS = {
    "blackwell": ("B200", "H100", "GB200"),
    "hopper": ("H100", "H100", "H200"),
    "domestic": ("Ascend 910B", "Ascend 910C"),
}


def named(setting: Setting, sites: pl.DataFrame, firms: Organisations) -> pl.DataFrame:
    """The facilities with facility_name, place and operator_name, all invented."""
    chance = setting.chance("facility names")
    towns = {
        country: names.places(setting.chance(f"places {country}"), PLACES_PER_COUNTRY)
        for country in sites["country_iso2"].unique().sort()
    }
    latin, han = names.brands(chance, sites.height), names.han_brands(chance, sites.height)
    pick = chance.integers(0, len(KINDS_OF_SITE), sites.height)
    in_han = (chance.random(sites.height) < number("lists", "han_site_share")) & (
        sites["country_iso2"] == "CN"
    ).to_numpy()
    place = [towns[c][n] for c, n in sites.select("country_iso2", "place_at").iter_rows()]
    operators = firms.firms["name"].to_numpy()[firms.sites.sort("at")["operator"].to_numpy()]
    return sites.with_columns(
        facility_name=pl.Series(
            [
                f"{han[n]}{HAN_KINDS_OF_SITE[pick[n]]}"
                if in_han[n]
                else f"{latin[n]} {KINDS_OF_SITE[pick[n]]}"
                for n in range(sites.height)
            ]
        ),
        place=pl.Series(place),
        operator_name=pl.Series(operators),
    )


def facility_rows(setting: Setting, sites: pl.DataFrame) -> pl.DataFrame:
    """`facility`: every site is in some list, a while after work on it began."""
    chance = setting.chance("facility list")
    exact = chance.random(sites.height) < number("lists", "exact_place_share")
    rows = sites.select(
        "facility_id", "country_iso2", "place", "site_class", "is_declared_ai",
        name="facility_name", publisher_key="facility_name", admin1=pl.lit(None, dtype=pl.String),
        note=pl.lit("Invented for testing."),
        coord_precision=pl.Series(np.where(exact, "site", "city")),
        latitude_deg=pl.Series(chance.uniform(SOUTH, NORTH, sites.height).round(5)),
        longitude_deg=pl.Series(chance.uniform(WEST, EAST, sites.height).round(5)),
        day=pl.min_horizontal(pl.col("starts_date").dt.offset_by("-120d"), pl.lit(setting.as_of).dt.offset_by("-200d")),
    )  # fmt: skip
    return publish_rows(
        setting, "facility", rows, name="site-list", public=pl.col("day"), lag_days=20, reliability="C",
    )  # fmt: skip


def state_rows(setting: Setting, sites: pl.DataFrame) -> pl.DataFrame:
    """`facility_state`: capacities as operators and a second list state them, some misprinted."""
    chance = setting.chance("capacities")
    misprinted = of_classes(sites, "misprint") > 0
    misprinted |= chance.random(sites.height) < setting.hard("misprint_share")
    slip = np.where(
        misprinted,
        chance.choice([8.0, 10.0, 100.0, 1000.0], sites.height, p=[0.2, 0.4, 0.1, 0.3]),
        1.0,
    )
    said = sites.with_columns(slip=pl.Series(slip)).filter(pl.col("stated_mw").is_not_null())
    day = np.minimum(
        said["starts_date"].to_numpy().astype("datetime64[D]")
        + chance.integers(-90, 240, said.height),
        np.datetime64(setting.as_of) - 30,
    )
    both = {
        "facility_id": said["facility_id"], "on_date": pl.Series(day), "date_precision": ["day"] * said.height,
        "boundary": ["facility"] * said.height, "is_projection": [False] * said.height,
    }  # fmt: skip
    capacity = pl.DataFrame(
        {
            **both,
            "power_kind": ["capacity"] * said.height,
            "power_reported_mw": (said["stated_mw"] * said["slip"]).round(2),
        }
    )
    second = chance.random(said.height) < np.where(said["slip"].to_numpy() > 1, 0.5, 0.15)
    other = pl.DataFrame({
        **both, "power_kind": ["capacity"] * said.height,
        "power_estimated_mw": (said["stated_mw"].to_numpy() * np.exp(0.2 * chance.standard_normal(said.height))).round(2),
    }).filter(pl.Series(second))  # fmt: skip
    metered = chance.random(said.height) < np.where(
        (said["mw"] < said["stated_mw"] / 8).to_numpy(), 0.35, 0.12
    )
    later = np.minimum(day + 400, np.datetime64(setting.as_of) - 100)
    average = pl.DataFrame({
        **both, "on_date": pl.Series(later), "date_precision": ["quarter"] * said.height, "power_kind": ["avg"] * said.height,
        "power_reported_mw": (said["mw"] * np.exp(0.08 * chance.standard_normal(said.height))).round(2),
    }).filter(pl.Series(metered & (later > day)))  # fmt: skip
    said_by = (
        (capacity, "operator-statements", 10, "C"),
        (other, "second-list", 60, "C"),
        (average, "utility-filings", 120, "B"),
    )
    return pl.concat(
        [
            publish_rows(
                setting, "facility_state", rows, name=name, public=pl.col("on_date"), lag_days=days,
                origin=pl.col("facility_id"), reliability=grade, is_kept=False,
            )
            for rows, name, days, grade in said_by
        ]
    )  # fmt: skip


def hardware_rows(setting: Setting, sites: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`hardware_statement`: parts that somebody says a site has or plans.

    Returns:
        The rows; at of the facilities that the truth itself is said of.
    """
    chance = setting.chance("parts")
    rows = []
    columns = (
        "at",
        "facility_id",
        "story",
        "hypothesis",
        "chip",
        "chips_count",
        "starts_date",
        "stated_mw",
    )
    for site in sites.select(columns).iter_rows(named=True):
        draw = chance.random()
        says = (
            number("lists", "says_parts_share")
            if site["hypothesis"] != "H1"
            else number("lists", "hides_parts_share") * (1 - setting.hard("silent_share"))
        )
        if site["hypothesis"] == "H7" and draw < number("lists", "plan_named_share"):
            part, kind, count = (
                str(chance.choice(["H100", "H200", "Ascend 910B"])),
                "planned",
                500.0 * int(chance.integers(1, 20)),
            )
        elif site["chip"] and draw < says:
            part, kind = str(chance.choice(STATED_PARTS[site["chip"]])), "installed"
            part = {"licensed H20 site": "H20", "stock from before the rule": "A100"}.get(
                site["story"], part
            )
            count = float(round(site["chips_count"], -2)) or 100.0
        else:
            continue
        day = np.datetime64(site["starts_date"]) + int(chance.integers(20, 200))
        rows.append(
            {
                "at": site["at"],
                "subject_kind": "facility",
                "subject": site["facility_id"],
                "kind": kind,
                "chip_text": part,
                "on_date": day.item(),
                "date_precision": "month",
                "accelerators_reported_count": count,
                "statement": "As stated by the operator.",
            }
        )
    schema = {
        "at": pl.Int64,
        "subject_kind": pl.String,
        "subject": pl.String,
        "kind": pl.String,
        "chip_text": pl.String,
        "on_date": pl.Date,
        "date_precision": pl.String,
        "accelerators_reported_count": pl.Float64,
        "statement": pl.String,
    }
    made = pl.DataFrame(rows, schema=schema)
    told = publish_rows(
        setting,
        "hardware_statement",
        made,
        name="operator-statements",
        public=pl.col("on_date"),
        lag_days=15,
        origin=pl.col("subject"),
        reliability="C",
    )
    return told, made.select("at")


def claim_rows(setting: Setting, sites: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`training_claim`: models that operators say they trained; some name their parts.

    Returns:
        The rows; at of facilities whose operator published one after its start.
    """
    chance = setting.chance("claims")
    labs = sites.filter(
        pl.col("is_declared_ai"), pl.col("chips_count") > number("lists", "lab_chips")
    )
    draws = chance.random(labs.height) < number("lists", "lab_share")
    labs = labs.filter(pl.Series(draws))
    rows: list[dict[str, object]] = []
    for site in labs.select(
        "at",
        "operator_name",
        "country_iso2",
        "chip",
        "chips_count",
        "starts_date",
        "hypothesis",
    ).iter_rows(named=True):
        day = np.datetime64(site["starts_date"]) + int(chance.integers(150, 500))
        chips = site["chips_count"] * float(chance.uniform(0.3, 0.9))
        hours = float(chance.uniform(300, 1500))
        flop = (
            chips
            * hours
            * 3600
            * {"hopper": 9.9e14, "blackwell": 2.2e15, "domestic": 3.2e14}[site["chip"]]
            * float(chance.uniform(0.25, 0.42))
        )
        says = site["hypothesis"] != "H1" or chance.random() > setting.hard("silent_share")
        part = str(chance.choice(STATED_PARTS[site["chip"]]))
        rows.append({
            "at": site["at"], "model": f"{site['operator_name'].split()[0]}-LM {len(rows) + 1}", "organisations": site["operator_name"],
            "countries_iso2": site["country_iso2"], "published_date": day.item(), "training_reported_flop": flop,
            "hardware_text": f"NVIDIA {part}" if says and site["chip"] != "domestic" else part if says else None,
            "accelerators_count": round(chips) if says else None, "training_time_hours": hours if says else None,
        })  # fmt: skip
    schema = {"at": pl.Int64, "model": pl.String, "organisations": pl.String, "countries_iso2": pl.String, "published_date": pl.Date,
              "training_reported_flop": pl.Float64, "hardware_text": pl.String, "accelerators_count": pl.Float64, "training_time_hours": pl.Float64}  # fmt: skip
    made = pl.DataFrame(rows, schema=schema)
    told = publish_rows(
        setting,
        "training_claim",
        made,
        name="model-cards",
        public=pl.col("published_date"),
        lag_days=3,
        origin=pl.col("model"),
        reliability="C",
    )
    return told, made.select("at")
