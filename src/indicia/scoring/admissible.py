"""Whether H1 can be asked of a facility at all: did any chip need a licence for it under 3A090?

A first, country-level answer: destination and headquarters by date. No legal advice. It leaves out
end use, the Entity List, de minimis and foreign direct product rules.
"""

from datetime import date

import polars as pl

from indicia.reference import tables

ASKED_ROLES = ("owner", "operator", "user")


def admissible(facilities: pl.DataFrame, parties: pl.DataFrame, on: date) -> pl.DataFrame:
    """Ask the destination and headquarters rules up to a day.

    Args:
        facilities: Columns facility_id, country_iso2.
        parties: Columns facility_id, role, party_name, headquarters_iso2.
        on: The day of the assessment; a rule that had ended by then still counts for its time.

    Returns:
        facility_id, is_admissible, admissibility_reason.
    """
    rules = tables.table("destinations").with_columns(
        pl.col(f"{kind}_{end}").str.to_date()
        for kind in ("destination", "headquarters")
        for end in ("from", "until")
    )
    by_place = (
        facilities.select("facility_id", "country_iso2")
        .join(
            rules.filter(pl.col("destination_from") <= on),
            left_on="country_iso2",
            right_on="iso2",
        )
        .select(
            "facility_id",
            reason=pl.when(pl.col("regime") == "other")
            .then(
                pl.format(
                    "{}: another export-control regime applies; 3A090 does not decide there",
                    "country_iso2",
                )
            )
            .otherwise(
                pl.format(
                    "some chips need a licence for {} since {}{} ({})",
                    "country_iso2",
                    "destination_from",
                    _ended("destination_until"),
                    "basis",
                )
            ),
        )
    )
    by_owner = (
        parties.filter(pl.col("role").is_in(ASKED_ROLES))
        .join(
            rules.filter(pl.col("headquarters_from") <= on),
            left_on="headquarters_iso2",
            right_on="iso2",
        )
        .sort("facility_id", "role", "party_name")
        .unique("facility_id", keep="first", maintain_order=True)
        .select(
            "facility_id",
            reason=pl.format(
                "some chips need a licence for a company with headquarters in {} ({} {}) since {}{}",
                "headquarters_iso2",
                "role",
                "party_name",
                "headquarters_from",
                _ended("headquarters_until"),
            ),
        )
    )
    found = pl.concat([by_place, by_owner]).unique(
        "facility_id", keep="first", maintain_order=True
    )
    unknown = (
        pl.when(pl.col("country_iso2").is_null())
        .then(pl.lit("country unknown: whether a licence was needed cannot be told"))
        .otherwise(
            pl.lit(
                "reference site: no chip needed a licence under 3A090 for this destination and the headquarters known"
            )
        )
    )
    return facilities.join(found, on="facility_id", how="left", maintain_order="left").select(
        "facility_id",
        is_admissible=pl.col("reason").is_not_null() | pl.col("country_iso2").is_null(),
        admissibility_reason=pl.coalesce("reason", unknown),
    )


def _ended(column: str) -> pl.Expr:
    return (
        pl.when(pl.col(column).is_null())
        .then(pl.lit(""))
        .otherwise(pl.format(" until {}", column))
    )
