"""What each test says of each part: yes, no or not known, with the figures it compared.

Unit: performance without dimension, density per mm2, bandwidths in GB/s.
Reads: chips.vendor, .tpp, .perf_density, .mem_bw_gbs, .io_total_gbs, .dc_marketed.
"""

from functools import cache

import polars as pl

from indicia.errors import UsageError
from indicia.reference.chips import chips
from indicia.reference.clock.rules import Rulebook
from indicia.schema import figure

FIGURES = ("tpp", "perf_density", "mem_bw_gbs", "io_total_gbs")
WORDS = ("vendor", "dc_marketed")
PARTS = pl.Schema(
    {"chip": pl.String, "vendor": pl.String, "dc_marketed": pl.String, "confidence": pl.String}
    | dict.fromkeys(FIGURES, pl.Float64)
)
BOTH = "mem_bw_plus_io_gbs"
PERFORMANCE = "tpp"


@cache
def parts() -> pl.DataFrame:
    """The accelerators that can be asked about, with the figures that tests compare."""
    return chips().select(PARTS.names()).cast(PARTS)


def fitted(made: pl.DataFrame) -> pl.DataFrame:
    """Parts given by the caller, in the columns of `PARTS`; a column left out is not known.

    Raises:
        UsageError: There is no `chip`, a column is not one of `PARTS`, or a chip stands twice.
    """
    unknown = [c for c in made.columns if c not in PARTS]
    if unknown or "chip" not in made.columns:
        raise UsageError(f"chips have the columns {', '.join(PARTS)}; received {made.columns}")
    if made["chip"].is_duplicated().any():
        raise UsageError("a chip stands twice among the chips given")
    absent = [pl.lit(None, dtype=t).alias(c) for c, t in PARTS.items() if c not in made.columns]
    return made.with_columns(absent).select(PARTS.names()).cast(PARTS)


def verdicts(asked: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """One row per part and test.

    Unknown performance never gives a no, not even where another prong falls short.

    Returns:
        chip, test, is_controlled (null: not known), eccn, missing (list), thresholds (what was
        compared: the clause met, or every clause).
    """
    compared = book.thresholds.with_row_index("place").join(
        _values(asked), on="measure", how="left"
    )
    performance = asked.select("chip", has_performance=pl.col(PERFORMANCE).is_not_null())
    uses = (pl.col("measure") == PERFORMANCE).any().over("test", "clause", "chip")
    lower = pl.col("at_least").is_null() | (pl.col("figure") >= pl.col("at_least"))
    upper = pl.col("below").is_null() | (pl.col("figure") < pl.col("below"))
    is_met = (
        pl.when(pl.col("matches").is_not_null())
        .then(pl.col("word").str.contains(pl.col("matches")))
        .when(pl.col("has_performance") | ~pl.col("uses_performance"))
        .then(lower & upper)
    )
    rows = (
        compared.join(performance, on="chip")
        .with_columns(uses_performance=uses)
        .with_columns(is_met=is_met)
        .with_columns(
            is_absent=pl.when(pl.col("matches").is_not_null())
            .then(pl.col("word").is_null())
            .otherwise(pl.col("figure").is_null()),
            said=_said(),
        )
    )
    clauses = rows.group_by("chip", "test", "clause", maintain_order=True).agg(
        pl.col("effect", "eccn", "place").first(),
        is_met=pl.col("is_met").all(ignore_nulls=False),
        absent=pl.col("measure").filter(pl.col("is_absent") & pl.col("is_met").is_null()),
        open_question=pl.col("open_question").drop_nulls().unique(maintain_order=True),
        said=pl.format("{}: {}", pl.col("clause").first(), pl.col("said").str.join(", ")),
    )
    return _of_tests(clauses.sort("chip", "place"))


def _of_tests(clauses: pl.DataFrame) -> pl.DataFrame:
    def kleene(effect: str) -> pl.Expr:
        return pl.col("is_met").filter(pl.col("effect") == effect).any(ignore_nulls=False)

    met, controls = pl.col("is_met"), pl.col("effect") == "controls"
    is_null = met.is_null()
    tests = clauses.group_by("chip", "test", maintain_order=True).agg(
        controls=kleene("controls"),
        exempts=kleene("exempts"),
        unsettled=kleene("unsettled"),
        eccn=pl.col("eccn").filter(controls & met).first(),
        absent=pl.col("absent")
        .filter(is_null)
        .list.explode(keep_nulls=False, empty_as_null=False),
        open_question=pl.col("open_question")
        .filter((pl.col("effect") == "unsettled") & met)
        .list.explode(keep_nulls=False, empty_as_null=False),
        matched=pl.col("said").filter(controls & met).first(),
        all_said=pl.col("said").filter(pl.col("effect") != "unsettled").str.join("; "),
    )
    settled = pl.col("controls") & ~pl.col("exempts")
    in_doubt = pl.col("unsettled") & ~pl.col("exempts")
    # A doubt turns a no into unknown and leaves a yes alone.
    is_controlled = settled | (in_doubt & pl.lit(None, dtype=pl.Boolean))
    return tests.with_columns(is_controlled=is_controlled).select(
        "chip",
        "test",
        "is_controlled",
        eccn=pl.when(pl.col("is_controlled")).then("eccn"),
        missing=pl.when(pl.col("is_controlled").is_null())
        .then(pl.concat_list("absent", "open_question").list.unique(maintain_order=True))
        .otherwise(pl.lit([], dtype=pl.List(pl.String))),
        thresholds=pl.when(pl.col("is_controlled"))
        .then(pl.coalesce("matched", "all_said"))
        .otherwise("all_said"),
    )


def _values(asked: pl.DataFrame) -> pl.DataFrame:
    figures = asked.with_columns(
        (pl.col("mem_bw_gbs") + pl.col("io_total_gbs")).alias(BOTH)
    ).unpivot([*FIGURES, BOTH], index="chip", variable_name="measure", value_name="figure")
    words = asked.with_columns(name="chip").unpivot(
        [*WORDS, "name"], index="chip", variable_name="measure", value_name="word"
    )
    named = words.with_columns(pl.col("measure").replace("name", "chip"))
    return pl.concat([figures, named], how="diagonal")


def _said() -> pl.Expr:
    def plain(column: str) -> pl.Expr:
        text = figure(pl.col(column)).str.strip_suffix(".0")
        return text.fill_null("not known")

    bound = pl.concat_str(
        pl.format("at least {}", plain("at_least")).replace("at least not known", None),
        pl.format("below {}", plain("below")).replace("below not known", None),
        separator=" and ",
        ignore_nulls=True,
    )
    result = (
        pl.when(pl.col("is_met"))
        .then(pl.lit("met"))
        .when(~pl.col("is_met"))
        .then(pl.lit("not met"))
        .otherwise(pl.lit("not known"))
    )
    words = pl.format("{} {} ({})", "measure", pl.col("word").fill_null("not known"), result)
    figures = pl.format("{} {} {} ({})", "measure", plain("figure"), bound, result)
    return pl.when(pl.col("matches").is_not_null()).then(words).otherwise(figures)
