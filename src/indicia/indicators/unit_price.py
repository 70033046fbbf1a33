"""A purchase of computing goods whose price per unit lies in the band of AI servers.

Unit: purchases. Reads: procurement_notice (amount, currency, quantity_count, title, text), exposure, facility.
Benign causes: other dear goods in the same lot, service in the price, domestic or lawful accelerators.
Method: docs/indicators/R05.md.
"""

import duckdb
import polars as pl

from indicia.indicators import chip_mentions, processes
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.reference import tables
from indicia.schema import EXPOSURE, FACILITY, PROCUREMENT_NOTICE, figure

CODE = "R05"
KIND = "purchase_unit_price_in_AI_band"
THRESHOLD = 1.0
ACCELERATORS_PER_SERVER = 8
DOLLAR = "USD"
SERVER_WORDS = r"server|服务器|伺服器|hpc|supercomput|超算|超级计算"


def band() -> tuple[float, float]:
    """Least and greatest price of one accelerator at server level (US$), as the ledger has them."""
    priors = tables.table("compute_priors").filter(
        (pl.col("quantity") == "server_price_usd") & (pl.col("chip_class") == "any")
    )
    (row,) = priors.iter_rows(named=True)
    return float(row["min"]), float(row["max"])


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process with a price in the band, and for those a facility is tied to."""
    notices, exposed = processes.read(db)
    priced = _priced(notices)
    facts = processes.asked(
        priced.filter("is_in_band"), notices, exposed, wanted=processes.stands()
    )
    evidence = _evidence(facts, priced)
    said = priced.filter("has_price").select(
        "row",
        quote=pl.format(
            "US$ {} / {} units = US$ {} per unit",
            figure(pl.col("amount").round(2)),
            pl.col("quantity_count"),
            figure(pl.col("price_usd").round(0).cast(pl.Int64)),
        ),
        is_strong="is_in_band",
    )
    return answered(CODE, evidence, processes.sources(notices, said, evidence))


def _priced(notices: pl.DataFrame) -> pl.DataFrame:
    """Notices that stand, with their price per unit (US$) and whether it lies in a band.

    Units may be accelerators or servers of eight: where the text speaks of servers both are asked.
    """
    low, high = band()
    text = chip_mentions.plain(pl.col("text"))
    price = pl.col("price_usd")
    is_dollar = pl.col("currency") == DOLLAR
    stated = (pl.col("amount") > 0) & (pl.col("quantity_count") > 0)
    is_server = text.str.contains(SERVER_WORDS)
    per_server = price / ACCELERATORS_PER_SERVER
    return (
        notices.filter(processes.stands())
        .with_columns(
            is_server=is_server,
            is_computing=is_server | text.str.contains(chip_mentions.ACCELERATOR_WORDS),
            is_stated=stated.fill_null(value=False),
            price_usd=pl.when(stated & is_dollar).then(pl.col("amount") / pl.col("quantity_count")),
        )
        .with_columns(has_price=pl.col("is_computing") & price.is_not_null())
        .with_columns(
            is_in_band=(
                pl.col("has_price")
                & (
                    price.is_between(low, high)
                    | (pl.col("is_server") & per_server.is_between(low, high))
                )
            ).fill_null(value=False)
        )
    )  # fmt: skip


def _evidence(facts: pl.DataFrame, priced: pl.DataFrame) -> pl.DataFrame:
    hit = pl.col("is_in_band")
    computing = pl.col("is_computing")
    per_process = priced.group_by("process_id").agg(
        observed=hit.sum(),
        prices=pl.col("has_price").sum(),
        computing=computing.any(),
        other_money=(computing & pl.col("is_stated") & pl.col("currency").is_not_null()).any(),
        price=figure(pl.col("price_usd").filter(hit).min().round(0).cast(pl.Int64)),
        names_from=pl.col("first_date").filter(hit).min(),
    )
    found = facts.join(per_process, on="process_id", how="left").with_columns(
        pl.col("observed", "prices").fill_null(0),
        pl.col("computing", "other_money").fill_null(value=False),
    )
    low, high = (int(edge) for edge in band())
    cases = (
        (~pl.col("has_text"), "no_data", pl.lit("No text of this process is at hand, or all of it came to nothing.")),
        (processes.is_old(), "not_applicable", pl.lit("All its notices are older than the first control on accelerators.")),
        (pl.col("observed") >= THRESHOLD, "flag", pl.format(
            "Computing goods at US$ {} per unit: in the band of AI servers, US$ {} to {} per accelerator, alone or eight to a server.",
            "price", pl.lit(low), pl.lit(high),
        )),
        (pl.col("prices") > 0, "no_flag", pl.lit("Its prices per unit lie outside the band of AI servers.")),
        (~pl.col("computing"), "not_applicable", pl.lit("Its text speaks of no servers or accelerators.")),
        (pl.col("other_money"), "not_applicable", pl.lit("Its amount is in a currency for which no rate is at hand.")),
        (pl.lit(value=True), "no_data", pl.lit("Amount, currency or number of units is not stated.")),
    )  # fmt: skip
    judged = found.with_columns(
        result=pl.coalesce(pl.when(case).then(pl.lit(result)) for case, result, _ in cases),
        statement=pl.coalesce(pl.when(case).then(words) for case, _, words in cases),
        kind=pl.lit(KIND),
    )
    return processes.rows(judged, "purchases", THRESHOLD, share(CODE, processes.PROCESS))


INDICATOR = Indicator(
    code=CODE,
    family="procurement",
    title="A price per unit in the band of AI servers",
    unit="purchases",
    scope_kinds=(processes.PROCESS,),
    reads=(PROCUREMENT_NOTICE, EXPOSURE, FACILITY),
    threshold=THRESHOLD,
    benign_causes=(
        "accelerators bought under a licence, or that need none",
        "ordinary servers with much memory or storage",
        "goods of several kinds, software or service in one amount",
        "a number of units that counts lots or racks",
    ),
    compute=compute,
    kinds=(KIND,),
)
