"""A purchase names infrastructure of AI class: liquid cooling, a fabric between accelerators, HGX servers.

Unit: kinds (of three). Reads: procurement_notice (title, text, status, notice_date), exposure, facility.
Benign causes: weather or genome computing, a supercomputer, domestic accelerators, an efficient hall.
Method: docs/indicators/R04.md.
"""

import duckdb
import polars as pl

from indicia.indicators import chip_mentions, processes
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.schema import EXPOSURE, FACILITY, PROCUREMENT_NOTICE

CODE = "R04"
KIND = "liquid_cooling_or_IB_tender"
THRESHOLD = 1.0
LIQUID, FABRIC, SERVER = "liquid cooling", "fabric between accelerators", "HGX or DGX servers"
NAMES = {
    LIQUID: (
        "liquid cooling", "liquid cooled", "direct to chip", "immersion cooling", "immersion cooled", "cold plate",
        "液冷", "液体冷却", "冷板式", "浸没式",
    ),
    FABRIC: (
        "infiniband", "nvlink", "nvswitch", "无限带宽", "ib switch", "ib fabric", "ib交换机", "ib网络", "ib网卡", "ib组网",
    ),
    SERVER: ("hgx", "dgx", "superpod", "nvl72"),
}  # fmt: skip
# Vehicles, lasers and batteries are cooled by liquids too.
COMPUTING_BESIDE = (
    chip_mentions.ACCELERATOR_WORDS
    + r"|server|服务器|伺服器|机柜|机房|\brack|data cent|数据中心|computing|supercomput|计算|超算|hpc|集群"
)
OTHER_BESIDE = (
    r"储能|充电|电池|激光|发动机|车辆|batter|charg(?:er|ing)|vehicle|laser|engine|welding|x-ray"
)


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process that names such infrastructure, and for those a facility is tied to."""
    notices, exposed = processes.read(db)
    said = _said(notices)
    named = said.filter("is_strong")
    facts = processes.asked(named, notices, exposed, wanted=processes.stands())
    evidence = _evidence(facts, named)
    return answered(CODE, evidence, processes.sources(notices, said, evidence))


def _said(notices: pl.DataFrame) -> pl.DataFrame:
    """One row per notice that stands and kind of infrastructure in it: its words, and whether they count."""
    words = pl.DataFrame(
        [(word.replace(" ", ""), kind) for kind, names in NAMES.items() for word in names],
        schema=["key", "kind"],
        orient="row",
    )
    found = chip_mentions.mentions(
        notices.filter(processes.stands()).select("row", "text"),
        [word for names in NAMES.values() for word in names],
    ).join(words, on="key", maintain_order="left")
    is_computing = (pl.col("kind") != LIQUID) | (
        pl.col("beside").str.contains(COMPUTING_BESIDE)
        & ~pl.col("beside").str.contains(OTHER_BESIDE)
    )
    return (
        found.with_columns(pl.col("row").cast(pl.Int64), is_strong=pl.col("is_counted") & is_computing)
        .sort("row", "is_strong", "kind", descending=[False, True, False], maintain_order=True)
        .unique(["row", "kind"], keep="first", maintain_order=True)
        .join(notices.select("row", "process_id", "first_date"), on="row", maintain_order="left")
    )  # fmt: skip


def _evidence(facts: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    kinds = named.group_by("process_id").agg(
        kinds=pl.col("kind").unique().sort(), names_from=pl.col("first_date").min()
    )
    found = facts.join(kinds, on="process_id", how="left").with_columns(
        observed=pl.col("kinds").list.len().fill_null(0)
    )
    unread, is_named = ~pl.col("has_text"), pl.col("observed") >= THRESHOLD
    result = (
        pl.when(unread)
        .then(pl.lit("no_data"))
        .when(processes.is_old())
        .then(pl.lit("not_applicable"))
        .when(is_named)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    statement = (
        pl.when(unread)
        .then(pl.lit("No text of this process is at hand, or all of it came to nothing."))
        .when(processes.is_old())
        .then(pl.lit("All its notices are older than the first control on accelerators."))
        .when(is_named)
        .then(
            pl.format(
                "It names infrastructure of AI class: {}.", pl.col("kinds").list.join(", ")
            )
        )
        .otherwise(pl.lit("It names no liquid cooling, fabric or server of AI class."))
    )
    judged = found.with_columns(result=result, statement=statement, kind=pl.lit(KIND))
    return processes.rows(judged, "kinds", THRESHOLD, share(CODE, processes.PROCESS))


INDICATOR = Indicator(
    code=CODE,
    family="procurement",
    title="A purchase names infrastructure of AI class",
    unit="kinds",
    scope_kinds=(processes.PROCESS,),
    reads=(PROCUREMENT_NOTICE, EXPOSURE, FACILITY),
    threshold=THRESHOLD,
    benign_causes=(
        "a supercomputer for weather, genomes or engineering",
        "domestic accelerators, which need the same cooling and fabric",
        "a hall built to save energy, without accelerators",
        "spare parts or service for what has long been there",
    ),
    compute=compute,
    kinds=(KIND,),
)
