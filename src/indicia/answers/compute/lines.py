"""The lines of a ledger: one per figure and class of accelerator, the same columns for every channel."""

from collections.abc import Iterable, Mapping

import polars as pl

from indicia.scoring.ledger import Count, candidates, classes

MOST_FIGURES = 3
CHANNELS = {
    "power": "power",
    "imports": "imports",
    "tenders": "tenders and plans",
    "stated": "stated hardware",
    "claims": "training claims",
}
NO_DATA = "no data"
ACCELERATORS, H100E = "accelerators", "H100e"
ENDS = ("p05", "p50", "p95")
NO_CLASS = "named in the source, no class with priors"
LINE = pl.Schema(
    {
        "channel": pl.String,
        "reading": pl.String,
        "subject": pl.String,
        "chip_class": pl.String,
        "accelerator": pl.String,
        "accelerators_p05_count": pl.Float64,
        "accelerators_p50_count": pl.Float64,
        "accelerators_p95_count": pl.Float64,
        "unit": pl.String,
        "basis": pl.String,
        "amount": pl.Float64,
        "amount_unit": pl.String,
        "period": pl.String,
        "is_sum": pl.Boolean,
        "is_in_sum": pl.Boolean,
        "note": pl.String,
        "statement": pl.String,
        "source": pl.String,
        "source_url": pl.String,
        "assumptions": pl.String,
    }
)


def fit(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the columns of a line; absent ones are null, drawn counts go to three figures."""
    filled = rows
    if set(ENDS) <= set(rows.columns):
        is_drawn = pl.col("p05") < pl.col("p95")
        filled = rows.with_columns(
            pl.when(is_drawn)
            .then(pl.col(p).round_sig_figs(MOST_FIGURES))
            .otherwise(p)
            .alias(f"accelerators_{p}_count")
            for p in ENDS
        )
    if "is_in_sum" not in filled.columns:
        filled = filled.with_columns(is_in_sum=pl.lit(value=False))
    return filled.select(
        pl.col(name).cast(dtype)
        if name in filled.columns
        else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in LINE.items()
    )


def none(channel: str, why: str) -> pl.DataFrame:
    """The one line of a channel that has no figure: `no data`, never zero."""
    line = {"channel": [channel], "reading": [NO_DATA], "subject": [""], "note": [why]}
    return fit(pl.DataFrame(line))


def of_counts(counts: Iterable[Count], facts: Mapping[str, object]) -> list[dict[str, object]]:
    """Counts of one figure as rows of lines; `facts` are the columns they share."""
    return [
        {
            **facts,
            "chip_class": count.chip_class,
            "p05": count.accelerators.p05,
            "p50": count.accelerators.p50,
            "p95": count.accelerators.p95,
            "note": f"{count.note} {facts.get('note') or ''}".strip(),
            "assumptions": "; ".join(str(prior) for prior in count.assumptions),
        }
        for count in counts
    ]


def with_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the words for their class."""
    says = classes().select("chip_class", accelerator="says")
    return rows.join(says, on="chip_class", how="left", maintain_order="left").with_columns(
        pl.col("accelerator").fill_null(NO_CLASS)
    )


def by_class(rows: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """One row per class: the classes a row's text names, or every candidate where it names none.

    Args:
        rows: Rows with `row`.
        named: As `scoring.ledger.named.classes_named` gives it.
    """
    known = rows.join(named, on="row", how="inner", maintain_order="left")
    is_open = rows.join(named, on="row", how="anti", maintain_order="left")
    every = pl.DataFrame({"chip_class": candidates()}, schema={"chip_class": pl.String})
    return pl.concat(
        [
            known.with_columns(is_named=pl.lit(value=True)),
            is_open.join(every, how="cross").with_columns(is_named=pl.lit(value=False)),
        ]
    )
