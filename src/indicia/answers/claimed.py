"""Per organisation: computing claimed over time against the hardware disclosed."""

from difflib import get_close_matches

import polars as pl

from indicia.answers.claimed_rows import shown_claims, shown_hardware, shown_years
from indicia.answers.claims import INVENTED
from indicia.answers.reader import Reader
from indicia.errors import UsageError
from indicia.reference import tables
from indicia.reference.compute import claimed
from indicia.reference.compute.claims import FLOP_PER_PARAMETER_AND_TOKEN, Claim
from indicia.reference.compute.draws import Assumptions, Interval, Sheet
from indicia.reference.organisations import shown

__all__ = [
    "EMPTY",
    "HOW",
    "LEFT_OPEN",
    "NO_CLAIMS",
    "NO_HARDWARE",
    "WHY_FEW",
    "claims",
    "judged",
    "models",
    "of_model",
    "of_organisation",
    "organisations",
    "shown_claims",
    "shown_hardware",
    "shown_years",
]

LEFT_OPEN = (
    "Beside the numbers, what they leave open: which chips did the work where none is stated, where "
    "they stand, and whose they are (computing is rented); research, failed runs, reinforcement "
    "learning and inference, which no claim counts; hardware that nobody disclosed. More claimed than "
    "the disclosed hardware could give is consistent with rented or undisclosed computing, and with "
    "operations that are estimated too high."
)
HOW = (
    "Claimed: operations of the models published in the year, without models trained from another one. "
    "Interval: as stated where the developer reports them, else a factor of 3, 10 or 31 either way, as "
    "the publisher says; the ends of a year's claims are added, which is wider than 90 %. Could give: from the largest single statement to the sum of what is installed, "
    "at 20, 35 and 50 % of the dense BF16 peak, all year. A statement of hardware holds for five years; "
    "hardware used in one training for the year before its publication. Hardware whose type has no "
    "published peak in these tables is not counted, and such a year has no ratio. A training that began in the "
    "year before stands in the year of publication."
)
WHY_FEW = (
    "Few can be: most claims state no hours, and many estimates of operations are computed from the "
    "hours themselves, which would give back the utilisation that was assumed."
)
EMPTY = Claim("your claim")
NO_HARDWARE = "No hardware of this organisation is disclosed in these data, so there is nothing to set the claims against."
NO_CLAIMS = "No claim of this organisation states operations, or tokens and active parameters."
WORDS_SHOWN = 12
SHIPPED = "data/reference/training_claims.csv"
REPORTED = """
    SELECT model, organisations, published_date, parameters_count, training_reported_flop,
           training_estimated_flop, tokens_count, hardware_text, accelerators_count,
           training_time_hours, accelerator_hours, utilisation_share, confidence, base_models, note,
           source, source_url
    FROM training_claim
    ORDER BY source, model
"""
HARDWARE = """
    SELECT h.subject_kind, h.subject, h.kind, h.chip_text, h.on_date,
           coalesce(h.accelerators_reported_count, h.accelerators_estimated_count) AS number,
           CASE WHEN h.accelerators_reported_count IS NULL THEN 'estimated' ELSE 'reported' END AS basis,
           h.certainty, h.statement, h.source, h.source_url,
           coalesce(p.party_name, h.subject) AS organisations
    FROM hardware_statement h
    LEFT JOIN facility_party p
      ON h.subject_kind = 'facility' AND p.facility_id = h.subject
     AND p.role IN ('owner', 'user', 'operator') AND p.certainty <> 'speculative'
    WHERE coalesce(h.accelerators_reported_count, h.accelerators_estimated_count) > 0
      AND (h.subject_kind = 'party' OR p.party_name IS NOT NULL)
    ORDER BY h.on_date, h.subject, h.chip_text
"""


def claims(store: Reader) -> pl.DataFrame:
    """Every claim with its operations and interval: the shipped ones, then the store's.

    Of a model that is in both, the shipped claim speaks: its parameters are the active ones.
    """
    held = claimed.with_interval(
        store.sql(REPORTED).unique("model", keep="first", maintain_order=True)
    )
    shipped = _shipped(store)
    is_other = ~_bare("model").is_in(shipped.select(_bare("model"))["model"].to_list())
    every = pl.concat([shipped, held.filter(is_other)], how="diagonal_relaxed")
    return claimed.plausibility(claimed.with_class(every, "hardware_text"))


def organisations(store: Reader) -> list[str]:
    """Organisations with a claim that states operations: those with the most claims first."""
    named = _members(claims(store).filter(pl.col("flop") > 0)).filter(
        pl.col("organisation").is_not_null()
    )
    counted = (
        named.group_by("organisation")
        .len()
        .sort("len", "organisation", descending=[True, False])
    )
    return counted["organisation"].to_list()


def models(store: Reader) -> list[str]:
    """Models of the store with operations, that no shipped claim speaks of; by name."""
    found = claims(store).filter((pl.col("source") != SHIPPED) & (pl.col("flop") > 0))
    return found["model"].sort().to_list()


def of_model(store: Reader, model: str) -> tuple[Claim, str]:
    """The claim of one model of the store, and why its utilisation is not computed (or nothing).

    Hours are left out where the operations may have been computed from them.
    """
    row = claims(store).filter(pl.col("model") == model).row(0, named=True)
    is_independent = row["implied_share"] is not None
    claim = Claim(
        model,
        flop=row["flop"],
        chip_class=row["chip_class"] if row["peak_tflops"] else None,
        accelerators=row["accelerators_count"],
        accelerator_hours=row["hours"] if is_independent else None,
        flop_range=(row["flop_p05"], row["flop_p95"]),
    )
    return claim, "" if is_independent else f"Utilisation {row['band']}."


def judged(store: Reader) -> pl.DataFrame:
    """Every claim whose utilisation can be computed, the newest first."""
    found = claims(store).filter(pl.col("implied_share").is_not_null())
    newest = found.sort("published_date", "model", descending=[True, False], nulls_last=True)
    return shown_claims(newest)


def of_organisation(
    store: Reader, name: str
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """What one organisation claimed, what hardware is disclosed, and both by year.

    Args:
        store: An open store.
        name: The organisation, as `organisations` lists it or under a name it publishes by.

    Returns:
        Claims in order of time; hardware in order of time; years.

    Raises:
        UsageError: Nobody of that name claims anything; the nearest names are listed.
    """
    every = claims(store)
    own = _of(every, _resolved(every, name))
    stated = pl.concat([store.sql(HARDWARE), _shipped_hardware(store)], how="diagonal_relaxed")
    hardware = _of(claimed.with_class(stated, "chip_text"), _resolved(every, name))
    disclosed = hardware.unique(
        ("subject", "kind", "chip_text", "on_date", "source"), keep="first", maintain_order=True
    )
    counted = disclosed.filter(
        (pl.col("kind") != "planned")
        & (pl.col("certainty").is_null() | (pl.col("certainty") != claimed.UNLIKELY))
    )
    years = claimed.by_year(own, counted)
    return own.sort("published_date", "model", nulls_last=True), disclosed, years


def _shipped(store: Reader) -> pl.DataFrame:
    """The claims of training_claims.csv, in the columns of the store's; none beside an invented world."""
    numbers = ("active_params_b", "tokens_t", "flop", "accelerators", "accelerator_hours")
    real = tables.table("training_claims").filter(pl.lit(store.kind != INVENTED))
    rows = real.with_columns(pl.col(numbers).cast(pl.Float64))
    attention = Interval.of(Sheet("hopper", Assumptions()).draw("attention_ratio"))
    counted = (
        pl.col("active_params_b")
        * 1e9
        * pl.col("tokens_t")
        * 1e12
        * FLOP_PER_PARAMETER_AND_TOKEN
    )
    flop = pl.coalesce("flop", counted)
    own = rows.select(
        "model",
        "organisations",
        pl.col("published_date").str.to_date("%Y-%m-%d"),
        parameters_count=pl.col("active_params_b") * 1e9,
        tokens_count=pl.col("tokens_t") * 1e12,
        hardware_text="chip",
        accelerators_count="accelerators",
        accelerator_hours="accelerator_hours",
        note=pl.lit(
            "Operation counting: 6 x active parameters x tokens; interval for attention."
        ),
        source=pl.lit(SHIPPED),
        flop=flop,
        flop_p05=flop,
        flop_p95=pl.when(pl.col("flop").is_null()).then(flop * attention.p95).otherwise(flop),
        basis=pl.lit("counted from what was published"),
    )
    if store.as_of is None:
        return own
    return own.filter(pl.col("published_date") <= store.as_of)


def _shipped_hardware(store: Reader) -> pl.DataFrame:
    """Accelerators that a shipped claim says it was trained with."""
    return (
        _shipped(store)
        .filter(
            pl.col("accelerators_count") > 0,
            pl.col("hardware_text").is_not_null(),
            pl.col("published_date").is_not_null(),
        )
        .select(
            "organisations",
            "source",
            subject_kind=pl.lit("party"),
            subject="organisations",
            kind=pl.lit(claimed.USED),
            chip_text="hardware_text",
            on_date="published_date",
            number="accelerators_count",
            basis=pl.lit("reported"),
            statement=pl.concat_str(
                pl.lit("Training of "), "model", pl.lit(". Day: publication of the model.")
            ),
        )
    )


def _bare(column: str) -> pl.Expr:
    """A model's name without what stands in brackets, for comparing."""
    return pl.col(column).str.replace(r"\s*\(.*\)$", "").str.to_lowercase()


def _members(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per organisation of each row, under the name it is shown by."""
    each = rows.with_row_index("at").with_columns(pl.col("organisations").str.split(";"))
    return each.explode("organisations").with_columns(
        organisation=shown(pl.col("organisations"))
    )


def _of(rows: pl.DataFrame, organisation: str) -> pl.DataFrame:
    own = _members(rows).filter(pl.col("organisation") == organisation)["at"].unique()
    return rows.with_row_index("at").filter(pl.col("at").is_in(own.to_list())).drop("at")


def _resolved(every: pl.DataFrame, name: str) -> str:
    """The organisation as it is shown, by any of its names."""
    known = _members(every).drop_nulls("organisation").select("organisation", "organisations")
    asked = name.strip().lower()
    fits = known.filter(
        (pl.col("organisation").str.to_lowercase() == asked)
        | (pl.col("organisations").str.strip_chars().str.to_lowercase() == asked)
    )
    if fits.height:
        return str(fits["organisation"][0])
    names = (
        known.group_by("organisation")
        .len()
        .sort("len", "organisation", descending=[True, False])
    )
    choices = names["organisation"].to_list()
    lowered = {c.lower(): c for c in choices}
    near = [lowered[n] for n in get_close_matches(asked, lowered, n=WORDS_SHOWN, cutoff=0.5)]
    shown = ", ".join(near or choices[:WORDS_SHOWN])
    what = "Near it" if near else f"{len(choices)} are known, among them"
    raise UsageError(
        f"No published claim is of an organisation named {name!r}. {what}: {shown}."
    )
