"""Whether H1 can be asked of a facility at all: did any part need a licence for it under 3A090?

The policy clock answers, for the country of the site and for each headquarters that is known. H1
needs a `yes`; without one the site is a reference site, and the reason says what stood in the way.
No legal advice: end use, the Entity List, de minimis and foreign direct product rules are left out.
"""

from datetime import date

import duckdb
import polars as pl

from indicia.entities.graph import party_headquarters
from indicia.reference.clock import Rulebook
from indicia.reference.clock.spans import stretches

ASKED_ROLES = ("owner", "operator", "user")
HEADQUARTERS = "headquarters"


def admissible(facilities: pl.DataFrame, parties: pl.DataFrame, on: date) -> pl.DataFrame:
    """Ask the clock about every facility, up to a day.

    Args:
        facilities: Columns facility_id, country_iso2 and, where known, first_date: the first day on
            which something was reported of the site. Before it nothing is asked.
        parties: Columns facility_id, role, party_name, headquarters_iso2 and, where headquarters
            come from a register, basis (`informed` adds them); a publisher's word is named first.
        on: The day of the assessment; a rule that had ended by then still counts for its time.

    Returns:
        facility_id, is_admissible, admissibility_reason, licence_since_date (the first day on which
        some part needed a licence; evidence from before it says nothing about H1).
    """
    known = pl.col("country_iso2").is_in(Rulebook.shipped().countries)
    sites = (
        facilities
        if "first_date" in facilities.columns
        else facilities.with_columns(first_date=pl.lit(None, dtype=pl.Date))
    ).select("facility_id", "first_date", destination=pl.when(known).then("country_iso2"))
    asked = _questions(sites, parties)
    rules = stretches(asked).filter(pl.col("from_date") <= on)
    met = asked.join(
        rules, on=["destination", HEADQUARTERS], nulls_equal=True, maintain_order="left"
    ).with_columns(
        is_in_time=pl.col("first_date").is_null()
        | pl.col("until_date").is_null()
        | (pl.col("until_date") >= pl.col("first_date"))
    )
    yes = _since(met.filter(pl.col("answer") == "yes"), on)
    open_to = (
        met.filter("is_in_time")
        .group_by("facility_id")
        .agg(
            missing=pl.col("missing")
            .filter(pl.col("answer") == "unknown", pl.col(HEADQUARTERS).is_null())
            .list.explode(keep_nulls=False, empty_as_null=False)
            .unique(),
            is_other=(pl.col("answer") == "outside_scope").any(),
            is_hq_known=pl.col(HEADQUARTERS).is_not_null().any(),
        )
    )
    return (
        sites.join(yes, on="facility_id", how="left", maintain_order="left")
        .join(open_to, on="facility_id", how="left", maintain_order="left")
        .select(
            "facility_id",
            is_admissible=pl.col("reason").is_not_null(),
            admissibility_reason=pl.coalesce("reason", _why_not()),
            licence_since_date="since",
        )
    )


def informed(db: duckdb.DuckDBPyConnection, parties: pl.DataFrame, on: date) -> pl.DataFrame:
    """Parties with the headquarters that registers state where no publisher of the facility does.

    Args:
        db: The connection on which who is who was resolved.
        parties: Columns facility_id, role, party_name, headquarters_iso2.
        on: The day of the assessment; relations in force on it count.

    Returns:
        The rows given, with an empty `basis`, and after them one row per facility, role, party and
        headquarters found (its own, its ultimate parent's), with the way they were found.
    """
    unknown = parties.group_by("party_name").agg(
        is_silent=pl.col("headquarters_iso2").is_null().all()
    )
    asked = parties.select("facility_id", "role", "party_name").unique()
    found = asked.join(unknown.filter("is_silent"), on="party_name", how="semi").join(
        party_headquarters(db, on), on="party_name"
    )
    given = parties.with_columns(basis=pl.lit(None, dtype=pl.String))
    return pl.concat([given, found.select(given.columns).sort(given.columns)])


def _questions(sites: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Each site without headquarters, and once per headquarters known of those who would use it."""
    known = pl.col("headquarters_iso2").is_in(Rulebook.shipped().countries)
    named = (
        parties
        if "basis" in parties.columns
        else parties.with_columns(basis=pl.lit(None, dtype=pl.String))
    )
    companies = (
        named.filter(pl.col("role").is_in(ASKED_ROLES), known)
        .sort("facility_id", pl.col("basis").is_not_null(), "role", "party_name", "basis")
        .select(
            "facility_id",
            headquarters="headquarters_iso2",
            said=pl.format(
                "{} {}{}", "role", "party_name", pl.format(", {}", "basis").fill_null("")
            ),
        )
        .unique(["facility_id", HEADQUARTERS], keep="first", maintain_order=True)
    )
    by_place = sites.with_columns(
        headquarters=pl.lit(None, dtype=pl.String), said=pl.lit(None, dtype=pl.String)
    )
    by_company = sites.join(companies, on="facility_id", maintain_order="left_right")
    return pl.concat([by_place, by_company.select(by_place.columns)])


def _since(yes: pl.DataFrame, on: date) -> pl.DataFrame:
    """Per facility: since when, and why; the place is named before the owner.

    What ended before anything was reported of the site does not count.
    """
    keys = ["facility_id", "destination", HEADQUARTERS, "said"]
    ended = pl.col("until_date").is_null() | (pl.col("until_date") >= on)
    each = yes.group_by(keys, maintain_order=True).agg(
        pl.col("is_in_time").any(),
        since=pl.col("from_date").min(),
        until=pl.when(~ended.any()).then(pl.col("until_date").max()),
        rules=pl.col("rule_ids")
        .list.explode(keep_nulls=False, empty_as_null=False)
        .unique()
        .sort()
        .str.join(", "),
    )
    span = pl.format(
        "since {}{} ({})",
        "since",
        pl.format(" until {}", "until").fill_null(""),
        "rules",
    )
    reason = (
        pl.when(pl.col(HEADQUARTERS).is_null())
        .then(pl.format("some chips need a licence for {} {}", "destination", span))
        .otherwise(
            pl.format(
                "some chips need a licence for a company with headquarters in {} ({}) {}",
                HEADQUARTERS,
                "said",
                span,
            )
        )
    )
    counted = each.filter("is_in_time")
    return counted.group_by("facility_id", maintain_order=True).agg(
        pl.col("since").min(), reason=reason.first()
    )


def _why_not() -> pl.Expr:
    """Why no answer was a yes."""
    missing = pl.col("missing").fill_null([])
    return (
        pl.when(pl.col("destination").is_null())
        .then(
            pl.lit(
                "reference site: country not known; whether a licence was needed cannot be told"
            )
        )
        .when(pl.col("is_other"))
        .then(
            pl.format(
                "reference site: outside the scope of 3A090/4A090; another export-control regime decides for {}",
                "destination",
            )
        )
        .when(missing.list.contains(HEADQUARTERS) & pl.col("is_hq_known"))
        .then(
            pl.format(
                "reference site: no chip needed a licence under 3A090 for {} and the headquarters known",
                "destination",
            )
        )
        .when(missing.list.contains(HEADQUARTERS))
        .then(
            pl.format(
                "reference site: headquarters not known; would need to be settled, since for {} they alone decide",
                "destination",
            )
        )
        .when(missing.list.len() > 0)
        .then(
            pl.format(
                "reference site: cannot be told for {}, not known: {}",
                "destination",
                missing.list.sort().list.join(", "),
            )
        )
        .otherwise(
            pl.format(
                "reference site: no chip needed a licence under 3A090 for {}", "destination"
            )
        )
    )
