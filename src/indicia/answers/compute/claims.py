"""Lines by stated hardware and by published training claims of the organisations of a scope."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from indicia.answers.claims import INVENTED
from indicia.answers.compute import lines
from indicia.answers.compute.scopes import Inside, Period, Scope
from indicia.answers.reader import Reader
from indicia.entities.names import normalised
from indicia.reference import tables
from indicia.scoring.ledger import (
    Assumptions,
    Count,
    Interval,
    candidates,
    from_claim,
    from_operations,
)
from indicia.scoring.ledger.named import classes_named

HOURS_PER_DAY = 24.0
MOST_SHOWN = 30
AS_STATED = "As stated; the interval is the number itself."
NO_PLACE = "A claim names an organisation, not a place; the computing may be rented elsewhere."
SHIPPED = "data/reference/training_claims.csv"
HARDWARE = """
    WITH said AS (
        SELECT *, unnest([
            {'basis': 'reported', 'number': accelerators_reported_count},
            {'basis': 'estimated', 'number': accelerators_estimated_count}
        ], recursive := true)
        FROM hardware_statement
        WHERE subject_kind = $kind AND (NOT $is_listed OR list_contains($ids, subject))
    )
    SELECT subject, kind, chip_text, on_date, statement, certainty, source, source_url, basis, number
    FROM said
    WHERE (CAST($last AS DATE) IS NULL OR on_date <= $last)
      AND (CAST($first AS DATE) IS NULL OR on_date >= $first)
    ORDER BY on_date DESC, subject, chip_text, basis
"""
CLAIMS = """
    SELECT model, organisations, countries_iso2, published_date, hardware_text, accelerators_count,
           training_time_hours, accelerator_hours,
           coalesce(training_reported_flop, training_estimated_flop) AS flop, source, source_url
    FROM training_claim
    ORDER BY published_date DESC NULLS LAST, model
"""
PARTIES = """
    SELECT DISTINCT party_name FROM facility_party
    WHERE list_contains($ids, facility_id) AND role IN ('user', 'operator')
    ORDER BY party_name
"""


def hardware_lines(store: Reader, scope: Scope, where: Inside, period: Period) -> pl.DataFrame:
    """Accelerators that somebody says the facilities, or the organisation, have, plan or trained with."""
    span = {"first": period.first, "last": period.last}
    ids = where.facilities["facility_id"].to_list()
    found = store.sql(HARDWARE, {"kind": "facility", "is_listed": True, "ids": ids, **span})
    if scope.kind == "entity":
        party = store.sql(HARDWARE, {"kind": "party", "is_listed": False, "ids": [], **span})
        own = normalised(pl.col("subject")).is_in(list(where.names))
        found = pl.concat([found, party.filter(own)])
    rows = found.filter(pl.col("number") > 0).with_row_index("row")
    texts = rows.select("row", text=pl.format("accelerator {}", "chip_text"))
    named = where.facilities.select(subject="facility_id", subject_name="name")
    said = lines.by_class(rows, classes_named(texts)).join(named, on="subject", how="left")
    return lines.fit(
        lines.with_words(
            said.sort("row", maintain_order=True).with_columns(
                channel=pl.when(pl.col("kind") == "planned")
                .then(pl.lit("tenders"))
                .otherwise(pl.lit("stated")),
                reading=pl.format(
                    "{}, {}, {}: {}", "kind", "basis",
                    pl.col("on_date").dt.strftime("%Y-%m-%d"), "chip_text",
                ),
                subject=pl.coalesce("subject_name", "subject"),
                p05=pl.col("number"),
                p50=pl.col("number"),
                p95=pl.col("number"),
                unit=pl.lit(lines.ACCELERATORS),
                amount=pl.col("number"),
                amount_unit=pl.lit(lines.ACCELERATORS),
                period=pl.col("on_date").dt.strftime("%Y-%m-%d"),
                is_sum=pl.lit(value=False),
                note=pl.lit(AS_STATED),
            )
        )
    )  # fmt: skip


def claims(store: Reader, scope: Scope, where: Inside, period: Period) -> pl.DataFrame:
    """The training claims of a scope's organisations, by exact comparable name, or of a country."""
    shipped = tables.table("training_claims").filter(pl.lit(store.kind != INVENTED))
    own = shipped.select(
        "model",
        "organisations",
        countries_iso2=pl.lit(None, dtype=pl.String),
        published_date=pl.col("published_date").str.to_date("%Y-%m-%d", strict=False),
        hardware_text=pl.col("chip"),
        accelerators_count=pl.col("accelerators").cast(pl.Float64),
        training_time_hours=pl.lit(None, dtype=pl.Float64),
        accelerator_hours=pl.col("accelerator_hours").cast(pl.Float64),
        flop=pl.col("flop").cast(pl.Float64),
        source=pl.lit(SHIPPED),
        source_url=pl.lit(None, dtype=pl.String),
    )
    held = store.sql(CLAIMS)
    every = pl.concat([held, own.filter(~pl.col("model").is_in(held["model"].to_list()))])
    if scope.kind == "country":
        code = pl.col("countries_iso2").str.split(";").list.eval(pl.element().str.strip_chars())
        kept = every.filter(code.list.contains(where.country))
    else:
        names = list(where.names)
        if scope.kind == "facility":
            ids = where.facilities["facility_id"].to_list()
            parties = store.sql(PARTIES, {"ids": ids})
            names = parties.select(normalised(pl.col("party_name")))["party_name"].to_list()
        each = every.with_row_index("at").with_columns(
            pl.col("organisations").str.split(";").alias("named")
        )
        matched = each.explode("named").filter(normalised(pl.col("named")).is_in(names))
        kept = each.join(matched, on="at", how="semi", maintain_order="left").drop(
            "at", "named"
        )
    day = pl.col("published_date")
    if period.first:
        kept = kept.filter(day >= period.first)
    if period.last:
        kept = kept.filter(day <= period.last)
    return kept.with_row_index("row")


def claim_lines(
    found: pl.DataFrame, own: Assumptions
) -> tuple[pl.DataFrame, list[tuple[str, str, int]]]:
    """Counts that training claims state or imply, and how many imply none."""
    texts = found.select(
        "row", text=pl.format("accelerator {}", pl.col("hardware_text").fill_null(""))
    )
    rows: list[dict[str, object]] = []
    silent = 0
    by_row = classes_named(texts).group_by("row").agg("chip_class")
    named = {int(row): list(known) for row, known in by_row.iter_rows()}
    for claim in found.head(MOST_SHOWN).iter_rows(named=True):
        implied = list(_implied(claim, named.get(claim["row"]), own))
        silent += not implied
        rows += implied
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(lines.ENDS, pl.Float64()))
    if not rows:
        frame = lines.fit(pl.DataFrame())
    out = [
        ("claims", "claims that state neither a number nor a duration", silent),
        ("claims", "older claims beyond those shown", max(0, found.height - MOST_SHOWN)),
    ]
    return (lines.fit(lines.with_words(frame)) if rows else frame), out


def _implied(
    claim: Mapping[str, Any], named: list[str | None] | None, own: Assumptions
) -> Iterable[dict[str, object]]:
    """Every way in which one claim gives a number: stated, hours over days, operations over days."""
    days = (claim["training_time_hours"] or 0) / HOURS_PER_DAY
    facts = {
        "channel": "claims",
        "subject": claim["organisations"],
        "unit": lines.ACCELERATORS,
        "basis": "reported",
        "period": str(claim["published_date"] or ""),
        "is_sum": False,
        "statement": claim["hardware_text"],
        "source": claim["source"],
        "source_url": claim["source_url"],
        "note": NO_PLACE,
    }
    for name in named or candidates():
        ways: list[tuple[str, float, str, tuple[Count, ...]]] = []
        if number := claim["accelerators_count"]:
            stated = Count(
                "claims", "", name or "", Interval(number, number, number), (), AS_STATED
            )
            ways.append(("accelerators stated", number, lines.ACCELERATORS, (stated,)))
        if name and days and (hours := claim["accelerator_hours"]):
            counts = from_claim(hours, days, name, assumptions=own)
            ways.append(("hours over days", hours, "accelerator hours", counts))
        if name and days and (flop := claim["flop"]):
            counts = from_operations(flop, days, name, assumptions=own)
            ways.append(("operations over days", flop, "FLOP", counts))
        for how, amount, unit, counts in ways:
            reading = {
                "reading": f"{claim['model']}: {how}",
                "amount": amount,
                "amount_unit": unit,
            }
            yield from lines.of_counts(counts, {**facts, **reading})
