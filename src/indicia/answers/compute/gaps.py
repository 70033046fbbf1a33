"""Gaps between channels, as statements of evidence with both sides and their ordinary causes."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from indicia.answers.compute import imports
from indicia.answers.compute.scopes import Inside, Period
from indicia.answers.reader import Reader
from indicia.scoring.ledger import (
    Assumptions,
    Gap,
    absorption,
    classes,
    dark,
    plan_against_approval,
)
from indicia.scoring.ledger.named import classes_named

MONTHS_AFTER = 6
MOST_FIGURES = 3
EQUIVALENT_OF = "hopper"
NO_SCORE = "Gaps are statements of evidence. They are no indicators yet and carry no weight in the score."
POWER_SAYS = {"peak": "peak power", "capacity": "capacity"}
KINDS_SAY = {
    "absorption": "imports against power energised",
    "dark": "installed against power drawn",
    "plan": "plan against approval",
}
RISE = """
    WITH held AS (
        SELECT facility_id, power_kind, on_date,
               coalesce(power_reported_mw, power_estimated_mw) AS mw
        FROM facility_state
        WHERE list_contains($ids, facility_id) AND NOT is_projection AND power_kind <> 'avg'
          AND mw IS NOT NULL AND on_date <= $last
        QUALIFY row_number() OVER (PARTITION BY facility_id, power_kind, on_date
                                   ORDER BY power_reported_mw IS NULL, source) = 1
    ),
    ends AS (
        SELECT facility_id, power_kind, arg_max(mw, on_date) AS after_mw,
               coalesce(arg_max(mw, on_date) FILTER (on_date < $first), 0) AS before_mw
        FROM held GROUP BY ALL
    )
    SELECT power_kind, sum(after_mw - before_mw) AS mw, count(*) AS facilities_count
    FROM ends WHERE after_mw > before_mw
    GROUP BY power_kind ORDER BY power_kind
"""
HELD = """
    SELECT subject AS facility_id, kind, chip_text, on_date,
           coalesce(accelerators_reported_count, accelerators_estimated_count) AS number
    FROM hardware_statement
    WHERE subject_kind = 'facility' AND list_contains($ids, subject)
      AND (CAST($last AS DATE) IS NULL OR on_date <= $last) AND number > 0
    QUALIFY row_number() OVER (PARTITION BY subject, kind, chip_text ORDER BY on_date DESC) = 1
    ORDER BY facility_id, kind, chip_text
"""
GAP = pl.Schema(
    {
        "gap": pl.String,
        "subject": pl.String,
        "chip_class": pl.String,
        "accelerator": pl.String,
        "left": pl.String,
        "left_p05": pl.Float64,
        "left_p50": pl.Float64,
        "left_p95": pl.Float64,
        "right": pl.String,
        "right_p05": pl.Float64,
        "right_p50": pl.Float64,
        "right_p95": pl.Float64,
        "unit": pl.String,
        "ratio_p05": pl.Float64,
        "ratio_p50": pl.Float64,
        "ratio_p95": pl.Float64,
        "stands_out": pl.Boolean,
        "sentence": pl.String,
        "ordinary": pl.String,
        "assumptions": pl.String,
    }
)


def absorbed(
    store: Reader, where: Inside, rows: pl.DataFrame, own: Assumptions
) -> tuple[pl.DataFrame, list[str]]:
    """Imports of the last twelve months on record against power energised about them.

    Args:
        store: An open store.
        where: The importer's facilities.
        rows: As `imports.flows` gives them.
        own: What the reader puts in place of the priors.

    Returns:
        Gaps per report, basket, kind of power and class; and why there are none.
    """
    if rows.is_empty():
        return _frame([]), ["No absorption test: no imports on record."]
    monthly = rows.filter(pl.col("frequency") == "M")
    spoken = monthly if monthly.height else rows
    end = spoken["last_day"].max()
    if not isinstance(end, date):
        return _frame([]), ["No absorption test: no imports on record."]
    start = date(end.year - 1, end.month, 1) if monthly.height else date(end.year, 1, 1)
    if monthly.height:
        start = pl.select(pl.lit(start).dt.offset_by("1mo")).item()
    last = pl.select(pl.lit(end).dt.offset_by(f"{MONTHS_AFTER}mo")).item()
    inside = spoken.filter(pl.col("first_day") >= start)
    totals = imports.amounts(inside).filter(pl.col("measure") == "value_usd")
    ids = where.facilities["facility_id"].to_list()
    rise = store.sql(RISE, {"ids": ids, "first": start, "last": last})
    if rise.is_empty():
        said = (
            f"No absorption test: no power recorded as newly energised from {start} to {last}."
        )
        return _frame([]), [said]
    found = []
    for total in totals.iter_rows(named=True):
        for kind, mw, count in rise.iter_rows():
            of = (
                f"{total['basket']}, {'CIF' if total['flow'] == 'M' else 'FOB'}, {total['first']} "
                f"to {total['last']} ({total['periods_count']} periods on record); {mw:,.0f} MW first "
                f"recorded as {POWER_SAYS[kind]} from {start:%Y-%m} to {last:%Y-%m} ({count} site{'s' * (count > 1)})"
            )
            found += [
                (of, gap) for gap in absorption(total["amount"], "value_usd", mw, None, own)
            ]
    return _frame(found), []


def of_facilities(
    store: Reader, where: Inside, figures: pl.DataFrame, period: Period, own: Assumptions
) -> tuple[pl.DataFrame, list[str]]:
    """Installed against power drawn, and plan against approval, facility by facility."""
    ids = where.facilities["facility_id"].to_list()
    held = store.sql(HELD, {"ids": ids, "last": period.last}).with_row_index("row")
    named = classes_named(held.select("row", text=pl.format("accelerator {}", "chip_text")))
    stated = held.join(named, on="row", how="left").with_columns(
        is_equivalent=pl.lit(value=False)
    )
    observed = figures.filter(~pl.col("is_projection"))
    compute = observed.filter(pl.col("compute_reported_h100e_count") > 0).select(
        "facility_id",
        kind=pl.lit("installed"),
        number="compute_reported_h100e_count",
        chip_class=pl.lit(EQUIVALENT_OF),
        is_equivalent=pl.lit(value=True),
    )
    columns = ["facility_id", "kind", "number", "chip_class", "is_equivalent"]
    number = pl.concat([stated.select(columns), compute.select(columns).unique()])
    drawn = observed.filter(pl.col("power_kind") != "capacity", pl.col("basis") == "reported")
    found: list[tuple[str, Gap]] = []
    installed = number.filter(pl.col("kind") == "installed")
    for row in installed.join(drawn, on="facility_id").iter_rows(named=True):
        of = f"{row['name']}; {row['reading']}" + (" (H100e read as Hopper)" if row["is_equivalent"] else "")  # fmt: skip
        gaps = dark(
            row["number"], row["mw"], row["power_kind"], row["chip_class"], own,
            boundary=row["boundary"], site=row["site"],
        )  # fmt: skip
        found += [(of, gap) for gap in gaps]
    approved = observed.filter(
        pl.col("power_kind") == "capacity", pl.col("basis") == "reported"
    ).select("facility_id", "name", "reading", approved_mw="mw")
    plans = figures.filter("is_projection").select("facility_id", planned_mw="mw")
    for row in approved.join(plans, on="facility_id").iter_rows(named=True):
        gap = plan_against_approval(
            row["approved_mw"], planned_mw=row["planned_mw"], chip_class=EQUIVALENT_OF
        )
        found.append((f"{row['name']}; {row['reading']}", gap[0]))
    planned = number.filter(pl.col("kind") == "planned")
    for row in approved.join(planned, on="facility_id").iter_rows(named=True):
        gaps = plan_against_approval(
            row["approved_mw"],
            planned_accelerators=row["number"],
            chip_class=row["chip_class"],
            assumptions=own,
        )
        found += [(f"{row['name']}; {row['reading']}", gap) for gap in gaps]
    frame = _frame(found)
    why = {
        "dark": "No test of installed against drawn: it needs a reported number and a reported average or peak power of one site.",
        "plan": "No test of plan against approval: it needs a plan and a reported capacity of one site.",
    }
    have = set(frame["gap"])
    return frame, [text for kind, text in why.items() if KINDS_SAY[kind] not in have]


def sentences(found: pl.DataFrame) -> list[str]:
    """Every gap in plain words, its classes side by side and never merged.

    Args:
        found: Gaps as rows of `GAP`.
    """
    said = []
    for (gap, of), rows in found.group_by(["gap", "subject"], maintain_order=True):
        opening = f"{str(gap).capitalize()}. {of}."
        first = rows.row(0, named=True)
        if rows.height == 1:
            said.append(f"{opening} Were all {first['accelerator']}: {first['sentence']}")
            continue
        ratios = ", ".join(
            f"{r['chip_class']} {r['ratio_p50']:.3g} ({r['ratio_p05']:.3g} to {r['ratio_p95']:.3g})"
            for r in rows.iter_rows(named=True)
        )
        out = rows["stands_out"].sum()
        said.append(
            f"{opening} {_capital(first['left'])}, divided by {first['right']}, per class: {ratios}. "
            f"Stands out under {out} of {rows.height} classes; consistent with {first['ordinary']}."
        )
    return said


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _frame(found: Sequence[tuple[str, Gap]]) -> pl.DataFrame:
    """Gaps as rows."""
    rows = []
    for of, gap in found:
        row: dict[str, object] = {
            "gap": KINDS_SAY[gap.kind],
            "subject": of,
            "chip_class": gap.chip_class,
            "left": gap.says.split(", divided by ")[0],
            "right": gap.says.split(", divided by ")[1],
            "unit": gap.unit,
            "stands_out": gap.stands_out,
            "sentence": gap.sentence,
            "ordinary": gap.ordinary,
            "assumptions": "; ".join(str(p) for p in gap.assumptions),
        }
        for side in ("left", "right", "ratio"):
            interval = getattr(gap, side)
            row |= {f"{side}_{p}": getattr(interval, p) for p in ("p05", "p50", "p95")}
        rows.append(row)
    says = classes().select("chip_class", accelerator="says")
    plain = pl.Schema({k: v for k, v in GAP.items() if k != "accelerator"})
    frame = pl.DataFrame([[r.get(c) for c in plain] for r in rows], schema=plain, orient="row")
    ends = [c for c, dtype in GAP.items() if dtype == pl.Float64]
    joined = frame.join(says, on="chip_class", how="left", maintain_order="left")
    return joined.select(list(GAP)).with_columns(pl.col(ends).round_sig_figs(MOST_FIGURES))
