"""A purchase names an accelerator designed in China: evidence for another explanation than H1.

Unit: names. Reads: procurement_notice (title, text, stage, status, notice_date), exposure, facility.
Other causes: a mixed site, a purchase for another site, a maker's name in a list of brands.
Method: docs/indicators/R03.md.
"""

import duckdb
import polars as pl

from indicia.indicators import chip_mentions, processes
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.reference.chips import CHINA, named_by
from indicia.schema import EXPOSURE, FACILITY, PROCUREMENT_NOTICE

CODE = "R03"
KIND = "tender_award_names_domestic_chip"
THRESHOLD = 1.0
# Makers and families that notices name without a model; the chip table has the models.
FAMILIES = (
    "昇腾", "ascend npu", "huawei ascend", "atlas 800t", "atlas 800i", "atlas 900",
    "寒武纪", "思元", "cambricon", "kunlunxin", "昆仑芯", "hygon dcu", "海光深算", "壁仞", "biren",
    "摩尔线程", "moore threads", "燧原", "enflame", "天数智芯", "iluvatar corex", "沐曦", "metax gpu",
)  # fmt: skip


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process that names such a part, and for those a facility is tied to."""
    notices, exposed = processes.read(db)
    said = _said(notices)
    named = notices.join(said.filter("is_strong"), on="row", how="semi")
    facts = processes.asked(named, notices, exposed, wanted=processes.stands())
    evidence = _evidence(facts, said)
    return answered(CODE, evidence, processes.sources(notices, said, evidence))


def _said(notices: pl.DataFrame) -> pl.DataFrame:
    """One row per choice of names in a notice that stands: whether all of it is designed in China."""
    chips = named_by().group_by("key").agg(is_domestic=(pl.col("designer_hq") == CHINA).all())
    names = {*chip_mentions.chip_names(), *FAMILIES}
    found = chip_mentions.mentions(
        notices.filter(processes.stands()).select("row", "text"), names
    )
    return (
        found.with_columns(pl.col("row").cast(pl.Int64))
        .join(chips, on="key", how="left", maintain_order="left")
        # A family is designed in China; every other name is in the chip table.
        .with_columns(pl.col("is_domestic").fill_null(value=True))
        .group_by("row", "choice", maintain_order=True)
        .agg(
            pl.col("key").unique().sort().str.to_uppercase().alias("names"),
            pl.col("quote").first(),
            is_counted=pl.col("is_counted").all(),
            is_strong=(pl.col("is_domestic") & pl.col("is_counted")).all(),
        )
        .join(notices.select("row", "process_id", "first_date"), on="row")
        .sort("row", "is_strong", "choice", descending=[False, True, False])
    )  # fmt: skip


def _evidence(facts: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    strong = pl.col("is_strong")
    per_process = said.group_by("process_id").agg(
        names=pl.col("names").filter(strong).list.explode().unique().sort(),
        is_named=pl.col("is_counted").any(),
        names_from=pl.col("first_date").filter(strong).min(),
    )
    found = facts.join(per_process, on="process_id", how="left").with_columns(
        observed=pl.col("names").list.len().fill_null(0),
        is_named=pl.col("is_named").fill_null(value=False),
    )
    result = (
        pl.when(~pl.col("has_text"))
        .then(pl.lit("no_data"))
        .when(processes.is_old())
        .then(pl.lit("not_applicable"))
        .when(pl.col("observed") >= THRESHOLD)
        .then(pl.lit("flag"))
        .when("is_named")
        .then(pl.lit("no_flag"))
        .otherwise(pl.lit("no_data"))
    )
    statement = (
        pl.when(~pl.col("has_text"))
        .then(pl.lit("No text of this process is at hand, or all of it came to nothing."))
        .when(processes.is_old())
        .then(pl.lit("All its notices are older than the first control on accelerators."))
        .when(pl.col("observed") >= THRESHOLD)
        .then(pl.format("It names accelerators designed in China: {}.", pl.col("names").list.join(", ")))
        .when("is_named")
        .then(pl.lit("It names accelerators, none of them for certain designed in China."))
        .otherwise(pl.lit("It names no accelerator as the thing bought; whose design it is cannot be told."))
    )  # fmt: skip
    judged = found.with_columns(result=result, statement=statement, kind=pl.lit(KIND))
    return processes.rows(judged, "names", THRESHOLD, share(CODE, processes.PROCESS))


INDICATOR = Indicator(
    code=CODE,
    family="procurement",
    title="A purchase names accelerators designed in China",
    unit="names",
    scope_kinds=(processes.PROCESS,),
    reads=(PROCUREMENT_NOTICE, EXPOSURE, FACILITY),
    threshold=THRESHOLD,
    benign_causes=(
        "a site with parts of both kinds, bought in different purchases",
        "a purchase for another site of the same buyer",
        "a list of brands that may be offered",
        "a software or training contract for such parts",
    ),
    compute=compute,
    kinds=(KIND,),
)
