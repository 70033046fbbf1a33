"""Starter facts alone, and with the maintainer's files: what each indicator can answer, and verdicts."""

import polars as pl

from indicia.indicators import CATALOGUE
from indicia.real_data.held import Day

COMPUTED = ("flag", "no_flag")
VERDICTS = ("lead", "watch", "no lead", "reference site")


def answered(starter: Day, everything: Day) -> pl.DataFrame:
    """Per indicator: facilities with an answer and scopes with a flag, without and with the files.

    Returns:
        indicator, title, facilities, facilities_starter, flagged, scopes, scopes_flagged.
    """
    rows = pl.DataFrame(
        {"indicator": [i.code for i in CATALOGUE], "title": [i.title for i in CATALOGUE]}
    )
    return (
        rows.join(_facilities(everything), on="indicator", how="left")
        .join(
            _facilities(starter).select("indicator", facilities_starter="facilities"),
            on="indicator",
            how="left",
        )
        .join(_scopes(everything), on="indicator", how="left")
        .with_columns(pl.col(pl.Int64, pl.UInt32).fill_null(0))
    )  # fmt: skip


def verdicts(day: Day) -> dict[str, int]:
    """How many facilities stand at each verdict."""
    found = dict(day.frames["assessment"].group_by("verdict").len().iter_rows())
    return {v: found.get(v, 0) for v in VERDICTS}


def raised(day: Day) -> pl.DataFrame:
    """Facilities that are a lead or watch, by name, the strongest first; with their flags."""
    names = day.store.sql("SELECT facility_id, name, country_iso2 FROM facility")
    flags = (
        day.frames["item"]
        .join(
            day.frames["evidence"].filter(pl.col("result") == "flag"),
            on="evidence_id",
        )
        .group_by("facility_id")
        .agg(flags=pl.col("indicator").unique().sort().str.join(", "))
    )
    return (
        day.frames["assessment"]
        .filter(pl.col("verdict").is_in(["lead", "watch"]))
        .join(names, on="facility_id", how="left")
        .join(flags, on="facility_id", how="left")
        .sort("support_bans", "facility_id", descending=[True, False])
    )


def subjects(day: Day) -> pl.DataFrame:
    """Lanes and organisations: subject_kind, verdict, subjects, computable (those with an answer)."""
    return (
        day.frames["subject_assessment"]
        .group_by("subject_kind", "verdict")
        .agg(subjects=pl.len(), computable=(pl.col("computable_count") > 0).sum())
        .sort("subject_kind", "verdict", descending=[True, False])
    )


def raised_subjects(day: Day) -> pl.DataFrame:
    """Lanes and organisations that are a lead or watch, the strongest first; with their flags."""
    key = ["subject_kind", "subject_id"]
    flags = (
        day.frames["subject_result"]
        .filter(pl.col("result") == "flag")
        .group_by(key)
        .agg(flags=pl.col("indicator").unique().sort().str.join(", "))
    )
    return (
        day.frames["subject_assessment"]
        .filter(pl.col("verdict").is_in(["lead", "watch"]))
        .join(flags, on=key, how="left")
        .sort("support_bans", "subject_id", descending=[True, False])
    )


def _facilities(day: Day) -> pl.DataFrame:
    results = day.frames["indicator_result"].filter(pl.col("result").is_in(COMPUTED))
    return results.group_by("indicator").agg(
        facilities=pl.len(), flagged=(pl.col("result") == "flag").sum()
    )


def _scopes(day: Day) -> pl.DataFrame:
    results = day.frames["evidence"].filter(pl.col("result").is_in(COMPUTED))
    return results.group_by("indicator").agg(
        scopes=pl.len(), scopes_flagged=(pl.col("result") == "flag").sum()
    )
