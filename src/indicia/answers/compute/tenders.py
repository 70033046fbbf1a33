"""Lines by tenders and plans: numbers stated in notices that buy accelerators."""

from datetime import date

import polars as pl

from indicia.answers.compute import lines
from indicia.answers.compute.scopes import Inside, Period, Scope
from indicia.answers.reader import Reader
from indicia.entities.names import normalised
from indicia.schema import figure
from indicia.scoring.ledger import classes
from indicia.scoring.ledger.named import (
    ACCELERATORS,
    BUYS_ACCELERATORS,
    NODES,
    classes_named,
    units_stated,
)

CAME_TO_NOTHING = r"(?i)cancel|unsuccess|withdrawn|terminated|终止|废标|流标"
SUMS_BY = ("stage", "chip_class")
MOST_SHOWN = 50
AS_STATED = {
    NODES: "The notice counts servers",
    ACCELERATORS: "The notice counts accelerators",
}
UNSAID = "The notice does not say what its number counts: both readings are shown."
SUM_NOTE = "Sum of the numbers stated, one per process; a plan, tender and award of one purchase are never added."
PARTIES = """
    SELECT DISTINCT concat_ws(';', buyer_name, supplier_names) AS party FROM procurement_notice
"""
NOTICES = """
    SELECT n.process_id, n.notice_id, n.line_id, n.stage, coalesce(n.status, '') AS status,
           n.notice_date, concat_ws(chr(10), n.title, n.text) AS text, n.title, n.buyer_name,
           n.supplier_names, n.country_iso2, n.quantity_count, n.source, n.source_url
    FROM procurement_notice n
    WHERE ($country = '' OR n.country_iso2 = $country)
      AND (NOT $is_tied OR n.process_id IN (
          SELECT scope_id FROM exposure
          WHERE scope_kind = 'process' AND list_contains($ids, facility_id)))
      AND (NOT $is_party
           OR list_contains($parties, concat_ws(';', n.buyer_name, n.supplier_names)))
      AND (CAST($first AS DATE) IS NULL OR n.notice_date >= $first OR n.notice_date IS NULL)
      AND (CAST($last AS DATE) IS NULL OR n.notice_date <= $last OR n.notice_date IS NULL)
    ORDER BY n.notice_date DESC NULLS LAST, n.process_id, n.notice_id, n.line_id
"""


def notices(store: Reader, scope: Scope, where: Inside, period: Period) -> pl.DataFrame:
    """Notices of a scope: tied to a facility, of an organisation, or in a country."""
    named: list[str] = []
    if scope.kind == "entity":
        every = store.sql(PARTIES).with_columns(each=pl.col("party").str.split(";"))
        own = every.explode("each").filter(normalised(pl.col("each")).is_in(list(where.names)))
        named = own["party"].unique().sort().to_list()
    asked = {
        "country": where.country if scope.kind == "country" else "",
        "is_tied": scope.kind == "facility",
        "ids": where.facilities["facility_id"].to_list() if scope.kind == "facility" else [],
        "is_party": scope.kind == "entity",
        "parties": named,
        "first": period.first,
        "last": period.last,
    }
    return store.sql(NOTICES, asked).with_row_index("row")


def tender_lines(found: pl.DataFrame, period: Period) -> tuple[pl.DataFrame, list[tuple[str, str, int]]]:  # fmt: skip
    """Lines of the notices that state a number, sums first, and what was left out.

    Args:
        found: As `notices` gives them.
        period: The period; undated notices count only where it is open.
    """
    named = classes_named(found.select("row", "text"))
    is_bought = pl.col("row").is_in(named["row"].to_list()) | pl.col("text").str.contains(
        BUYS_ACCELERATORS
    )
    bought = found.filter(is_bought)
    has_number = (pl.col("quantity_count") > 0).fill_null(value=False)
    undated = pl.col("notice_date").is_null() & (
        (period.first or period.last or date.min) != date.min
    )
    nothing = pl.col("status").str.contains(CAME_TO_NOTHING)
    out = [
        ("tenders", "notices of accelerators that state no number", bought.filter(~has_number).height),
        ("tenders", "undated notices of accelerators, outside any period", bought.filter(has_number & undated).height),
        ("tenders", "notices that came to nothing", bought.filter(has_number & ~undated & nothing).height),
    ]  # fmt: skip
    kept = bought.filter(has_number & ~undated & ~nothing)
    rows = _read(units_stated(kept), named)
    if rows.is_empty():
        return lines.fit(rows), out
    total = (
        rows.filter(pl.col("is_named") & pl.col("is_certain"))
        .unique(["process_id", *SUMS_BY, "amount"], keep="first", maintain_order=True)
        .group_by(SUMS_BY, maintain_order=True)
        .agg(pl.col("p05", "p50", "p95", "amount").sum(), processes=pl.col("process_id").n_unique())
        .filter(pl.col("processes") > 1)
        .with_columns(
            channel=pl.lit("tenders"),
            reading=pl.format("{}s: sum of the numbers stated", "stage"),
            subject=pl.format("{} processes", "processes"),
            unit=pl.lit(lines.ACCELERATORS),
            basis=pl.lit("reported"),
            is_sum=pl.lit(value=True),
            note=pl.lit(SUM_NOTE),
        )
    )  # fmt: skip
    held = total.select(*SUMS_BY, has_sum=pl.lit(value=True))
    parts = rows.join(held, on=SUMS_BY, how="left", maintain_order="left").with_columns(
        is_in_sum=pl.col("has_sum").fill_null(value=False)
        & pl.col("is_named")
        & pl.col("is_certain")
    )
    each = lines.fit(lines.with_words(parts))
    shown = each.head(MOST_SHOWN)
    out.append(
        ("tenders", "further lines by tenders, in the sums only", each.height - shown.height)
    )
    return pl.concat([lines.fit(lines.with_words(total)), shown]), out


def _read(kept: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """One row per notice, class and reading of its number."""
    readings = kept.with_columns(
        is_certain=pl.col("counts").is_not_null(),
        counts=pl.when(pl.col("counts").is_null())
        .then(pl.lit([ACCELERATORS, NODES]))
        .otherwise(pl.concat_list("counts")),
    ).explode("counts")
    per_node = classes().select("chip_class", "accelerators_per_node")
    rows = (
        lines.by_class(readings, named)
        .join(per_node, on="chip_class", how="left", maintain_order="left")
        .filter(
            (pl.col("counts") == ACCELERATORS)
            | pl.col("each").is_not_null()
            | pl.col("accelerators_per_node").is_not_null()
        )
    )
    if rows.is_empty():
        return rows
    in_node = pl.coalesce("each", "accelerators_per_node")
    number = pl.col("quantity_count") * pl.when(pl.col("counts") == NODES).then(
        in_node
    ).otherwise(1.0)
    counts_say = pl.col("counts").replace_strict(AS_STATED, return_dtype=pl.String)
    per = pl.when((pl.col("counts") == NODES) & pl.col("each").is_not_null()).then(
        pl.format(" of {} accelerators each", pl.col("each").cast(pl.Int64))
    )
    return rows.sort("row", maintain_order=True).with_columns(
        channel=pl.lit("tenders"),
        reading=pl.format(
            "{}, {}: {} {}",
            "stage",
            pl.col("notice_date").dt.strftime("%Y-%m-%d").fill_null("undated"),
            figure(pl.col("quantity_count").cast(pl.Int64)),
            "counts",
        ),
        subject=pl.coalesce("buyer_name", "process_id"),
        p05=number,
        p50=number,
        p95=number,
        unit=pl.lit(lines.ACCELERATORS),
        basis=pl.lit("reported"),
        amount=pl.col("quantity_count"),
        amount_unit=pl.col("counts"),
        period=pl.col("notice_date").dt.strftime("%Y-%m-%d"),
        is_sum=pl.lit(value=False),
        note=pl.when("is_certain")
        .then(
            pl.format(
                "{}{}. As stated: what was asked for, not what arrived.",
                counts_say,
                per.fill_null(""),
            )
        )
        .otherwise(pl.lit(UNSAID)),
        statement=pl.col("title"),
    )
