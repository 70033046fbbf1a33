"""Gaps between channels, as statements of evidence with both sides and their ordinary causes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from indicia.answers.compute import gap_rows, imports
from indicia.answers.compute.scopes import Inside, Period
from indicia.answers.reader import Reader
from indicia.scoring.ledger import (
    Assumptions,
    Gap,
    absorption,
    dark,
    lasts,
    plan_against_approval,
)
from indicia.scoring.ledger.named import classes_named

MONTHS_AFTER = 6
MONTHS_OF_A_QUARTER = 3
REPORT = ("flow", "basket", "frequency", "source")
EQUIVALENT_OF = "hopper"
POWER_SAYS = {"peak": "peak power", "capacity": "capacity"}
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


@dataclass(frozen=True, slots=True)
class _Window:
    """Imports of up to twelve months and the power energised about them."""

    start: date
    last: date
    totals: pl.DataFrame
    rise: pl.DataFrame

    def beside(self, total: Mapping[str, Any], kind: str) -> tuple[float, float, int] | None:
        """Imports (US$), power (MW) and months on record of the same report; None where one is missing."""
        same = self.totals.filter(pl.col(c) == total[c] for c in REPORT)
        power = self.rise.filter(power_kind=kind)
        if same.is_empty() or power.is_empty():
            return None
        return same["amount"][0], power["mw"][0], same["periods_count"][0]


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
        return gap_rows.frame([]), ["No absorption test: no imports on record."]
    monthly = rows.filter(pl.col("frequency") == "M")
    spoken = monthly if monthly.height else rows
    end = spoken["last_day"].max()
    if not isinstance(end, date):
        return gap_rows.frame([]), ["No absorption test: no imports on record."]
    now = _window(store, where, spoken, end)
    if now.rise.is_empty():
        said = f"No absorption test: no power recorded as newly energised from {now.start} to {now.last}."
        return gap_rows.frame([]), [said]
    before = _window(store, where, spoken, _months(end, -MONTHS_OF_A_QUARTER))
    found: list[tuple[str, Gap, bool | None]] = []
    for total in now.totals.iter_rows(named=True):
        for kind, mw, count in now.rise.iter_rows():
            of = (
                f"{total['basket']}, {'CIF' if total['flow'] == 'M' else 'FOB'}, {total['first']} "
                f"to {total['last']} ({_some(total['periods_count'], 'period')} on record); {mw:,.0f} MW first "
                f"recorded as {POWER_SAYS[kind]} from {now.start:%Y-%m} to {now.last:%Y-%m} ({_some(count, 'site')})"
            )
            gaps = absorption(total["amount"], "value_usd", mw, None, own)
            then = before.beside(total, kind) if monthly.height else None
            if then is None or then[2] < total["periods_count"]:
                found += [(of, gap, None) for gap in gaps]
                continue
            earlier = absorption(then[0], "value_usd", then[1], None, own)
            found += [
                (of, gap, lasts((past.stands_out, gap.stands_out)))
                for gap, past in zip(gaps, earlier, strict=True)
            ]
    return gap_rows.frame(found), []


def _window(store: Reader, where: Inside, rows: pl.DataFrame, end: date) -> _Window:
    """The twelve months (of yearly rows: the year) up to a day, and power up to six months later."""
    is_monthly = rows["frequency"][0] == "M"
    start = _months(date(end.year - 1, end.month, 1), 1) if is_monthly else date(end.year, 1, 1)
    last = _months(end, MONTHS_AFTER)
    inside = rows.filter(pl.col("first_day") >= start, pl.col("last_day") <= end)
    totals = imports.amounts(inside).filter(pl.col("measure") == "value_usd")
    ids = where.facilities["facility_id"].to_list()
    rise = store.sql(RISE, {"ids": ids, "first": start, "last": last})
    return _Window(start, last, totals, rise)


def _months(day: date, number: int) -> date:
    """The same day of the month, or its last day, some months later; the end of a month stays one."""
    moved = pl.select(pl.lit(day).dt.offset_by(f"{number}mo"))
    is_end = pl.select(pl.lit(day).dt.month_end()).item() == day
    return date.fromisoformat(
        f"{moved.select(pl.all().dt.month_end() if is_end else pl.all()).item()}"
    )


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


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
    found: list[tuple[str, Gap, bool | None]] = []
    installed = number.filter(pl.col("kind") == "installed")
    for row in installed.join(drawn, on="facility_id").iter_rows(named=True):
        of = f"{row['name']}; {row['reading']}" + (" (H100e read as Hopper)" if row["is_equivalent"] else "")  # fmt: skip
        gaps = dark(
            row["number"], row["mw"], row["power_kind"], row["chip_class"], own,
            boundary=row["boundary"], site=row["site"],
        )  # fmt: skip
        found += [(of, gap, None) for gap in gaps]
    approved = observed.filter(
        pl.col("power_kind") == "capacity", pl.col("basis") == "reported"
    ).select("facility_id", "name", "reading", approved_mw="mw")
    # An average planned is no demand on a connection: it would hide a gap.
    is_demand = pl.col("power_kind") != "avg"
    plans = figures.filter("is_projection", is_demand).select("facility_id", planned_mw="mw")
    for row in approved.join(plans, on="facility_id").iter_rows(named=True):
        gap = plan_against_approval(
            row["approved_mw"], planned_mw=row["planned_mw"], chip_class=EQUIVALENT_OF
        )
        found.append((f"{row['name']}; {row['reading']}", gap[0], None))
    planned = number.filter(pl.col("kind") == "planned")
    for row in approved.join(planned, on="facility_id").iter_rows(named=True):
        gaps = plan_against_approval(
            row["approved_mw"],
            planned_accelerators=row["number"],
            chip_class=row["chip_class"],
            assumptions=own,
        )
        found += [(f"{row['name']}; {row['reading']}", gap, None) for gap in gaps]
    frame = gap_rows.frame(found)
    why = {
        "dark": "No test of installed against drawn: it needs a reported number and a reported average or peak power of one site.",
        "plan": "No test of plan against approval: it needs a plan and a reported capacity of one site.",
    }
    have = set(frame["gap"])
    return frame, [text for kind, text in why.items() if gap_rows.KINDS_SAY[kind] not in have]
