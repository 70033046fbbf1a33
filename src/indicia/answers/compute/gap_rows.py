"""Gaps as rows and as sentences, with both sides and their ordinary causes."""

from collections.abc import Sequence

import polars as pl

from indicia.scoring.ledger import Gap, classes

MOST_FIGURES = 3
NO_SCORE = "Gaps are statements of evidence. They are no indicators yet and carry no weight in the score."
KINDS_SAY = {
    "absorption": "imports against power energised",
    "dark": "installed against power drawn",
    "plan": "plan against approval",
}
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
        "lasts": pl.Boolean,
        "sentence": pl.String,
        "ordinary": pl.String,
        "assumptions": pl.String,
    }
)


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
        ending = (
            f"Stands out under {out} of {rows.height} classes{_lasting(rows)}; consistent with {first['ordinary']}."
            if out
            else f"Stands out under none of {rows.height} classes; consistent with no gap, or with {first['ordinary']}."
        )
        said.append(
            f"{opening} {_capital(first['left'])}, divided by {first['right']}, per class: {ratios}. {ending}"
        )
    return said


def _lasting(rows: pl.DataFrame) -> str:
    """Whether a gap between imports and power stood out in two quarters running, as evidence asks."""
    if rows["gap"][0] != KINDS_SAY["absorption"]:
        return ""
    if rows["lasts"].null_count():
        return " (whether it lasts cannot be told: no quarter before with as many periods and power on record)"
    return f" (a quarter before too: {rows['lasts'].sum()})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def frame(found: Sequence[tuple[str, Gap, bool | None]]) -> pl.DataFrame:
    """Gaps as rows of `GAP`.

    Args:
        found: Of what, the gap, and whether it stood out in two quarters running (None: cannot be told).
    """
    rows = []
    for of, gap, is_lasting in found:
        row: dict[str, object] = {
            "gap": KINDS_SAY[gap.kind],
            "subject": of,
            "chip_class": gap.chip_class,
            "left": gap.says.split(", divided by ")[0],
            "right": gap.says.split(", divided by ")[1],
            "unit": gap.unit,
            "stands_out": gap.stands_out,
            "lasts": is_lasting,
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
    table = pl.DataFrame([[r.get(c) for c in plain] for r in rows], schema=plain, orient="row")
    ends = [c for c, dtype in GAP.items() if dtype == pl.Float64]
    joined = table.join(says, on="chip_class", how="left", maintain_order="left")
    return joined.select(list(GAP)).with_columns(pl.col(ends).round_sig_figs(MOST_FIGURES))
