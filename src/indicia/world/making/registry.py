"""Registers and lists: firms, their owners, listings, and who is said to run which facility."""

import numpy as np
import polars as pl

from indicia.world.making.assumptions import Setting, assumptions, number
from indicia.world.making.organisations import Organisations
from indicia.world.making.publishers import publish_rows


def _record(firm: pl.Expr) -> pl.Expr:
    return pl.format("INV:{}", firm.cast(pl.String).str.zfill(6))


def record_rows(setting: Setting, firms: Organisations) -> pl.DataFrame:
    """`entity_record`: the firms that some register covers."""
    rows = firms.firms.filter("is_registered").select(
        "name", "country_iso2", "address", "founded_date",
        record_id=_record(pl.col("firm")),
        headquarters_iso2=pl.col("headquarters_iso2"),
        status=pl.lit("active"),
    )  # fmt: skip
    return publish_rows(
        setting, "entity_record", rows, name="company-registers", public=pl.col("founded_date"),
        lag_days=number("registers", "days_lag"), origin=pl.col("record_id"), reliability="A", is_kept=False,
    )  # fmt: skip


def link_rows(setting: Setting, firms: Organisations) -> pl.DataFrame:
    """`entity_link`: the parents that registers state, of firms they cover."""
    known = firms.firms.select("firm", registered="is_registered")
    rows = (
        firms.links.filter("is_registered")
        .join(known, on="firm")
        .filter("registered")
        .select(
            "kind", record_id=_record(pl.col("firm")), other_id=_record(pl.col("parent")),
            starts_date="since_date", owned_share=pl.when(pl.col("kind") == "direct parent").then("share"),
        )
        .unique(["record_id", "kind", "other_id"], keep="first", maintain_order=True)
    )  # fmt: skip
    return publish_rows(
        setting, "entity_link", rows, name="company-registers", public=pl.col("starts_date"),
        lag_days=number("registers", "days_lag"), origin=pl.col("record_id"), reliability="A", is_kept=False,
    )  # fmt: skip


def listing_rows(setting: Setting, firms: Organisations) -> pl.DataFrame:
    """`entity_listing`: the listed groups, on an export list of their own."""
    listed = firms.firms.filter(
        pl.col("listed_date").is_not_null(), pl.col("listed_date") <= setting.as_of
    )
    rows = listed.select(
        "name", "listed_date", list_code=pl.lit("EL"), listing_key=pl.format("INVENTED-{}", "firm"), addresses="address",
        countries_iso2="country_iso2", citation=pl.lit("Invented listing"), licence_requirement=pl.lit("For all items (invented)"),
    )  # fmt: skip
    return publish_rows(
        setting,
        "entity_listing",
        rows,
        name="export-list",
        public=pl.col("listed_date"),
        lag_days=1,
        reliability="A",
    )


def party_rows(setting: Setting, sites: pl.DataFrame, firms: Organisations) -> pl.DataFrame:
    """`facility_party`: operators, and the owners and users that somebody names."""
    chance = setting.chance("parties")
    numbers = assumptions()["registers"]
    names, seats = firms.firms["name"].to_numpy(), firms.firms["headquarters_iso2"].to_numpy()
    behind = firms.sites.sort("at")
    parts = []
    hidden = behind["is_hidden"].to_numpy()
    shares = {
        "operator": 1.0,
        "owner": numbers["owner_named_share"],
        "user": numbers["user_named_share"],
    }
    for role, share in shares.items():
        firm = behind[role].to_numpy()
        told = (firm >= 0) & (
            chance.random(len(firm))
            < share
            * np.where(
                hidden & (role != "operator"), 1 - 0.5 * setting.hard("silent_share"), 1.0
            )
        )
        sure = np.array(["stated", "confident", "likely", "speculative"])[
            chance.choice(4, len(firm), p=[0.5, 0.2, 0.2, 0.1])
        ]
        says_seat = chance.random(len(firm)) < numbers["seat_named_share"]
        parts.append(
            pl.DataFrame(
                {
                    "facility_id": sites["facility_id"], "role": [role] * len(firm), "party_name": names[firm], "certainty": sure,
                    "headquarters_iso2": pl.Series(seats[firm]).zip_with(pl.Series(says_seat & ~hidden), pl.Series([None], dtype=pl.String)),
                    "day": sites["starts_date"],
                }
            ).filter(pl.Series(told))
        )  # fmt: skip
    rows = pl.concat(parts).unique(
        ["facility_id", "role", "party_name"], keep="first", maintain_order=True
    )
    return publish_rows(
        setting,
        "facility_party",
        rows,
        name="site-list",
        public=pl.col("day"),
        lag_days=45,
        reliability="C",
        origin=pl.col("facility_id"),
    )
