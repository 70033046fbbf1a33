"""A buyer or supplier of a purchase was on an export list on the day of the notice.

Unit: organisations. Reads: procurement_notice (buyer, suppliers, notice_date), party_record, exposure.
Benign causes: a purchase of ordinary goods, a licence, a listing with a narrow scope, a buyer for others.
Method: docs/indicators/R07.md.
"""

import duckdb
import polars as pl

from indicia.entities.graph import stand_ins
from indicia.entities.names import normalised
from indicia.indicators import parties, processes
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.listed_party import EXPORT_LISTS, UNNAMED
from indicia.schema import ENTITY_LISTING, EXPOSURE, FACILITY, PARTY_RECORD, PROCUREMENT_NOTICE

CODE = "R07"
KIND = "purchase_names_listed_party"
THRESHOLD = 1.0
NAMED = """
SELECT process_id, notice_id, line_id, source, 'buyer' AS role, trim(buyer_name) AS party
FROM procurement_notice WHERE buyer_name IS NOT NULL
UNION
SELECT process_id, notice_id, line_id, source, 'supplier', trim(unnest(string_split(supplier_names, ';')))
FROM procurement_notice WHERE supplier_names IS NOT NULL
"""
ASKED = f"""
SELECT n.process_id, n.party, max(r.entity_id IS NOT NULL) AS is_resolved
FROM ({NAMED}) n LEFT JOIN party_record r
  ON r.table_name = 'procurement_notice' AND r.kind = n.role AND r.name = n.party
WHERE n.process_id IN (SELECT scope_id FROM exposure WHERE scope_kind = 'process')
GROUP BY n.process_id, n.party ORDER BY n.process_id, n.party
"""
MET = f"""
SELECT DISTINCT n.process_id, n.notice_id, n.line_id, n.source AS notice_source, n.role, n.party,
       l.entity_id, l.name, l.list_code, l.listed_date, l.row_key, l.source, l.source_url, l.fetch_id,
       l.origin_id AS list_origin_id, l.reliability AS list_reliability
FROM ({NAMED}) n
JOIN party_record r ON r.table_name = 'procurement_notice' AND r.kind = n.role AND r.name = n.party
JOIN party_record l ON l.kind = 'listed' AND l.entity_id = r.entity_id AND l.list_code IN {EXPORT_LISTS}
ORDER BY ALL
"""
LISTS = f"""
SELECT count(*) AS listings, min(origin_id) AS any_list_origin_id
FROM party_record WHERE kind = 'listed' AND list_code IN {EXPORT_LISTS}
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process with a listed buyer or supplier, and for those a facility is tied to."""
    stand_ins(db)
    notices, exposed = processes.read(db)
    about = notices.select(
        "row", "process_id", "notice_id", "line_id", "first_date", "last_date",
        notice_source="source",
    )  # fmt: skip
    met = _in_effect(
        db.sql(MET)
        .pl()
        .join(about, on=["process_id", "notice_id", "line_id", "notice_source"])
        .sort("row", "role", "party", "listed_date", "row_key")
    )
    facts = processes.asked(met, notices, exposed, wanted=pl.lit(value=True))
    named = db.sql(ASKED).pl()
    evidence = _evidence(facts, named, met, db.sql(LISTS).pl())
    said = met.select(
        "row", quote=pl.format("{}: {}", "role", "party"), is_strong="is_in_effect"
    )
    listings = met.select(
        pl.lit(processes.PROCESS).alias("scope_kind"),
        pl.col("process_id").alias("scope_id"),
        pl.lit("entity_listing").alias("table_name"),
        "row_key",
        parties.listing_quote().alias("quote"),
        "source",
        "source_url",
        "fetch_id",
    ).unique(maintain_order=True)
    sources = pl.concat([processes.sources(notices, said, evidence), listings], how="vertical")
    return answered(CODE, evidence, sources)


def _in_effect(met: pl.DataFrame) -> pl.DataFrame:
    """Whether a listing was in effect on every day that the notice's date may mean, or on none."""
    listed = pl.col("listed_date")
    return met.with_columns(
        is_in_effect=(listed <= pl.col("first_date")).fill_null(value=False),
        is_later=(listed > pl.col("last_date")).fill_null(value=False),
    ).with_columns(is_unknown=~pl.col("is_in_effect") & ~pl.col("is_later"))


def _evidence(
    facts: pl.DataFrame, named: pl.DataFrame, met: pl.DataFrame, lists: pl.DataFrame
) -> pl.DataFrame:
    effect, later = pl.col("is_in_effect"), pl.col("is_later")
    form = normalised(pl.col("party"))
    is_name = (form != "") & ~form.is_in(list(UNNAMED))
    who = named.group_by("process_id").agg(
        names=is_name.sum(), resolved=(is_name & pl.col("is_resolved")).sum()
    )
    said = pl.format("{} {} ({})", "role", "party", parties.listing_quote())
    listed = met.group_by("process_id").agg(
        observed=pl.col("entity_id").filter(effect).n_unique(),
        unknown=pl.col("is_unknown").sum(),
        told=said.filter(effect).unique(maintain_order=True).str.join("; "),
        later=said.filter(later).unique(maintain_order=True).str.join("; "),
        names_from=pl.col("first_date").filter(effect).min(),
        list_origin_id=pl.col("list_origin_id").filter(effect).min(),
        list_reliability=pl.col("list_reliability").filter(effect).max(),
    )
    found = (
        facts.join(who, on="process_id", how="left")
        .join(listed, on="process_id", how="left")
        .join(lists, how="cross")
        .with_columns(pl.col("observed", "unknown").fill_null(0))
    )
    is_met = pl.col("observed") + pl.col("unknown") > 0
    is_listed = pl.col("observed") >= THRESHOLD
    # Processes that no facility is tied to are here because a listed party is named in them.
    unnamed = pl.col("exposed_origin_id").is_not_null() & (pl.col("names").fill_null(0) == 0)
    unresolved = pl.col("exposed_origin_id").is_not_null() & (pl.col("resolved") == 0)
    cases = (
        (pl.col("origin_id").is_null(), "no_data", pl.lit("No notice of this process is at hand.")),
        (unnamed, "not_applicable", pl.lit("Its notices name no buyer or supplier.")),
        (pl.col("listings") == 0, "no_data", pl.lit("No export list is at hand.")),
        (is_listed, "flag", pl.format("Listed on the day of the notice: {}.", "told")),
        (is_met, "no_data", pl.lit("A party is listed, and the dates do not tell whether it was then.")),
        (unresolved, "no_data", pl.lit("Its buyer and suppliers were not yet looked up.")),
        (pl.col("later") != "", "no_flag", pl.format("Listed only after the notice: {}.", "later")),
        (pl.lit(value=True), "no_flag", pl.lit("No buyer or supplier is a listed organisation.")),
    )  # fmt: skip
    judged = found.with_columns(
        result=pl.coalesce(pl.when(case).then(pl.lit(result)) for case, result, _ in cases),
        statement=pl.coalesce(pl.when(case).then(words) for case, _, words in cases),
        kind=pl.lit(KIND),
        reliability=pl.max_horizontal("reliability", "list_reliability"),
        # The listing, as at E01: one listing seen in two families counts once.
        origin_id=pl.coalesce("list_origin_id", "any_list_origin_id", "origin_id"),
    )
    return processes.rows(judged, "organisations", THRESHOLD, share(CODE, processes.PROCESS))


INDICATOR = Indicator(
    code=CODE,
    family="procurement",
    title="A buyer or supplier was on an export list",
    unit="organisations",
    scope_kinds=(processes.PROCESS,),
    reads=(PROCUREMENT_NOTICE, PARTY_RECORD, ENTITY_LISTING, EXPOSURE, FACILITY),
    threshold=THRESHOLD,
    benign_causes=(
        "a purchase of goods that need no licence",
        "a licence, or a listing with a narrow scope",
        "a buyer that buys for another organisation",
        "records taken to be one organisation that are not",
    ),
    compute=compute,
    kinds=(KIND,),
)
