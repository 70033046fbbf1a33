"""Training gap: models published in a year needed more operations than all disclosed hardware gives.

Unit: ratio. Reads: training_claim (FLOP), hardware_statement (count), facility_party.
Benign causes: rented computing, hardware nobody disclosed, operations estimated too high.
Method: docs/indicators/K01.md.
"""

import duckdb
import polars as pl

from indicia.indicators import organisations
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.reference.clock.spans import first_day
from indicia.reference.compute import claimed
from indicia.reference.compute.claims import UTILISATIONS
from indicia.schema import FACILITY_PARTY, HARDWARE_STATEMENT, TRAINING_CLAIM, figure

CODE = "K01"
KIND = "claim_needs_gt_disclosed_gpu_hours"
CUT = 1.0
# The most that the priors give a whole organisation: nobody keeps every accelerator at half its peak.
BEST = max(UTILISATIONS)
QUOTES = 5

CLAIMS = """
SELECT c.model, trim(c.organisations) AS published_by, c.published_date, c.training_reported_flop,
       c.training_estimated_flop, c.confidence, c.base_models, concat('model=', c.model) AS row_key,
       c.source, c.source_url, c.fetch_id, c.origin_id, c.reliability
FROM training_claim c
WHERE c.published_date IS NOT NULL AND c.organisations IS NOT NULL
  AND strpos(c.organisations, ';') = 0
ORDER BY c.model, c.source
"""
HARDWARE = """
SELECT h.subject_kind, h.subject, h.kind, h.chip_text, h.on_date,
       coalesce(h.accelerators_reported_count, h.accelerators_estimated_count) AS number,
       CASE WHEN h.subject_kind = 'party' THEN string_split(h.subject, ';')
            ELSE p.names END AS owners,
       concat('subject_kind=', h.subject_kind, ', subject=', h.published_id, ', kind=', h.kind,
              ', chip_text=', h.chip_text, ', on_date=', h.on_date) AS row_key,
       h.source, h.source_url, h.fetch_id
FROM united_hardware_statement h
LEFT JOIN (SELECT facility_id, list(DISTINCT party_name ORDER BY party_name) AS names
           FROM united_facility_party GROUP BY facility_id) p ON p.facility_id = h.subject
WHERE h.kind <> 'planned' AND coalesce(h.certainty, '') <> 'unlikely'
  AND coalesce(h.accelerators_reported_count, h.accelerators_estimated_count) > 0
ORDER BY h.on_date, h.subject, h.chip_text, h.source
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Per organisation, the year in which claims stand highest over what its hardware could give."""
    parties = organisations.reached(db)
    claims = organisations.named(db, db.sql(CLAIMS).pl(), "published_by")
    stated = db.sql(HARDWARE).pl().explode("owners")
    hardware = organisations.named(
        db, stated.with_columns(pl.col("owners").str.strip_chars()), "owners"
    ).unique(
        ["organisation", "subject", "kind", "chip_text", "on_date", "source"],
        maintain_order=True,
    )
    own = claimed.with_interval(claims).filter(pl.col("base_models").is_null())
    years = _years(own.filter(pl.col("flop") > 0), hardware)
    worst = (
        years.filter(pl.col("ratio").is_not_null())
        .sort("organisation", "ratio", "year", descending=[False, True, True])
        .unique("organisation", keep="first", maintain_order=True)
    )
    seen = claims.group_by("organisation").agg(
        newest_date=pl.col("published_date").max(),
        has_own=pl.col("base_models").is_null().any(),
    )
    facts = parties.join(seen, on="organisation", how="left").join(
        worst, on="organisation", how="left"
    )
    return answered(
        CODE,
        organisations.evidence(
            _judged(facts), "ratio", share(CODE, organisations.ORGANISATION)
        ),
        _sources(worst, own, hardware),
    )


def _years(own: pl.DataFrame, hardware: pl.DataFrame) -> pl.DataFrame:
    """Claims of each year beside what hardware could give in it and the year before.

    A training may begin the year before its model comes out. A year some of whose hardware has no
    published peak has no ratio: what is counted there is not all.
    """
    dated = own.with_columns(year=pl.col("published_date").dt.year())
    made = dated.group_by("organisation", "year").agg(
        models=pl.len(),
        least_flop=pl.col("flop_p05").sum(),
        origin_id=pl.col("origin_id").min(),
        reliability=pl.col("reliability").max(),
    )
    needed = made["year"].unique().to_list()
    calendar = sorted({y - back for y in needed for back in (0, 1)})
    could = claimed.capacity(
        claimed.with_class(hardware, "chip_text"), calendar, by=("organisation",)
    )
    windows = (
        pl.concat([could, could.with_columns(pl.col("year") + 1)])
        .group_by("organisation", "year")
        .agg(could_flop=pl.col("flop_most").sum() * BEST, bare=pl.col("without_peak").sum())
    )
    both = made.join(windows, on=["organisation", "year"], how="left")
    is_whole = (pl.col("bare") == 0) & (pl.col("could_flop") > 0)
    is_late = pl.col("year") >= first_day().year
    return both.with_columns(
        ratio=pl.when(is_whole & is_late).then(pl.col("least_flop") / pl.col("could_flop"))
    )


def _judged(facts: pl.DataFrame) -> pl.DataFrame:
    is_old = (pl.col("newest_date") < first_day()).fill_null(value=False)
    is_computed = pl.col("ratio").is_not_null()
    result = (
        pl.when(is_computed & (pl.col("ratio") >= CUT))
        .then(pl.lit("flag"))
        .when(is_computed)
        .then(pl.lit("no_flag"))
        .when(is_old)
        .then(pl.lit("not_applicable"))
        .otherwise(pl.lit("no_data"))
    )
    held = pl.format(
        "Models of {} ({}) needed at least {}e24 operations; all its disclosed hardware could give "
        "{}e24 in that year and the one before, at half its peak.",
        "year",
        "models",
        figure((pl.col("least_flop") / 1e24).round_sig_figs(3)),
        figure((pl.col("could_flop") / 1e24).round_sig_figs(3)),
    )
    statement = (
        pl.when(is_computed)
        .then(held)
        .when(is_old)
        .then(pl.lit("All its models are older than the first control on accelerators."))
        .when(pl.col("newest_date").is_null())
        .then(pl.lit("No training of this organisation alone is published in these data."))
        .otherwise(
            pl.lit(
                "No year with operations of its own models beside disclosed hardware whose peak is "
                "known."
            )
        )
    )
    return facts.with_columns(
        result=result,
        statement=statement,
        kind=pl.lit(KIND),
        observed="ratio",
        threshold=pl.lit(CUT),
        starts_date=pl.when(is_computed).then(pl.date(pl.col("year"), 1, 1)),
        ends_date=pl.when(is_computed).then(pl.date(pl.col("year"), 12, 31)),
    )


def _sources(worst: pl.DataFrame, own: pl.DataFrame, hardware: pl.DataFrame) -> pl.DataFrame:
    """The largest claims of the year asked, and the largest statements of hardware."""
    year = worst.select("organisation", "year")
    claims = (
        own.filter(pl.col("flop") > 0)
        .with_columns(year=pl.col("published_date").dt.year())
        .join(year, on=["organisation", "year"], how="semi")
        .sort("flop", "model", descending=[True, False])
        .group_by("organisation", maintain_order=True)
        .head(QUOTES)
    )
    stated = (
        hardware.join(year, on="organisation", how="semi")
        .sort("number", "row_key", descending=[True, False])
        .group_by("organisation", maintain_order=True)
        .head(QUOTES)
    )
    said = pl.format(
        "{}e24 FLOP {}, at least {}e24",
        (pl.col("flop") / 1e24).round_sig_figs(3),
        "basis",
        (pl.col("flop_p05") / 1e24).round_sig_figs(3),
    )
    counted = pl.format(
        "{} {}",
        figure(pl.col("number").cast(pl.Int64)),
        pl.col("chip_text").replace("", "accelerators"),
    )
    return pl.concat(
        [
            organisations.cited(claims, TRAINING_CLAIM.name, said),
            organisations.cited(stated, HARDWARE_STATEMENT.name, counted),
        ]
    )


INDICATOR = Indicator(
    code=CODE,
    family="claims",
    title="Models needed more computing than the hardware disclosed could give",
    unit="ratio",
    scope_kinds=(organisations.ORGANISATION,),
    reads=(TRAINING_CLAIM, HARDWARE_STATEMENT, FACILITY_PARTY),
    threshold=CUT,
    benign_causes=(
        "computing rented from a cloud, at home or abroad",
        "hardware that nobody disclosed and that was lawful to buy",
        "operations that are estimated too high, or counted twice over members of a family",
        "training by a partner or parent",
    ),
    compute=compute,
    kinds=(KIND,),
)
