"""Words of a stack in adverts: CUDA and InfiniBand against CANN and MindSpore, per organisation.

Unit: log-odds. Reads: stack_mention.openings_count (count), facility_party.
Benign causes: boilerplate, posts at other sites, work for clients, lawful or rented parts.
Method: docs/indicators/S02.md.
"""

import math

import duckdb
import polars as pl

from indicia.indicators import organisations
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.schema import FACILITY_PARTY, STACK_MENTION
from indicia.schema.observations import STACKS

CODE = "S02"
CUDA_KIND, CANN_KIND = "adverts_CUDA_IB", "adverts_CANN_only"
CUDA, CANN = STACKS
LEAST_ADVERTS = 5
SMOOTHING = 0.5
# Whose products the words are.
MAKERS = ("NVIDIA", "Huawei")
# What the least number of adverts against none gives: eleven to one.
CUT = math.log((LEAST_ADVERTS + SMOOTHING) / SMOOTHING)

MENTIONS = """
SELECT employer, place, stack, token, counted_date, openings_count, source, source_url, fetch_id,
       origin_id, reliability,
       concat('employer=', employer, ', place=', place, ', token=', token, ', counted_date=',
              counted_date) AS row_key
FROM stack_mention ORDER BY ALL
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every organisation that holds or uses a facility, from the day of most such adverts.

    Posts are open for weeks around the start of a hall; the newest count sees a crew that is hired.
    """
    parties = organisations.reached(db)
    said = organisations.named(db, db.sql(MENTIONS).pl(), "employer")
    fullest = _fullest(said)
    counts = _counts(fullest)
    facts = parties.join(counts, on="organisation", how="left").with_columns(
        is_maker=organisations.same(pl.col("organisation"), MAKERS)
    )
    cited = fullest.join(counts, on=["organisation", "source"], how="semi")
    sources = organisations.cited(
        cited,
        STACK_MENTION.name,
        pl.format("{} adverts name {}", "openings_count", "token"),
    )
    return answered(
        CODE,
        organisations.evidence(
            _judged(facts), "log-odds", share(CODE, organisations.ORGANISATION)
        ),
        sources,
    )


def _fullest(said: pl.DataFrame) -> pl.DataFrame:
    """Per source and employer the day on which most adverts named a word, the newest of equals.

    Only days on which both stacks were asked for.
    """
    whose = ("organisation", "source", "employer")
    asked = pl.col("stack").n_unique().over(*whose, "counted_date")
    days = (
        said.filter(asked == len(STACKS))
        .group_by(*whose, "counted_date", "token")
        .agg(adverts=pl.col("openings_count").sum())
        .group_by(*whose, "counted_date")
        .agg(pl.col("adverts").max())
        .sort(*whose, "adverts", "counted_date", descending=[False] * 3 + [True] * 2)
        .unique(whose, keep="first", maintain_order=True)
    )
    return said.join(days.drop("adverts"), on=[*whose, "counted_date"], how="semi")


def _counts(counted: pl.DataFrame) -> pl.DataFrame:
    """Adverts of each stack, at the least, from the one source that counted both and most.

    One advert may name several words, so the word named most often is how many adverts there are
    at the least. A source that asked for one stack only says nothing of the other.
    """
    per_word = counted.group_by("organisation", "source", "stack", "token").agg(
        adverts=pl.col("openings_count").sum()
    )
    per_stack = per_word.group_by("organisation", "source").agg(
        cuda=pl.col("adverts").filter(pl.col("stack") == CUDA).max(),
        cann=pl.col("adverts").filter(pl.col("stack") == CANN).max(),
    )
    days = counted.group_by("organisation", "source").agg(
        starts_date=pl.col("counted_date").min(),
        ends_date=pl.col("counted_date").max(),
        origin_id=pl.col("origin_id").min(),
        reliability=pl.col("reliability").max(),
    )
    return (
        per_stack.drop_nulls()
        .join(days, on=["organisation", "source"])
        .sort(
            "organisation",
            pl.col("cuda") + pl.col("cann"),
            "source",
            descending=[False, True, False],
        )
        .unique("organisation", keep="first", maintain_order=True)
    )


def _judged(facts: pl.DataFrame) -> pl.DataFrame:
    odds = ((pl.col("cuda") + SMOOTHING) / (pl.col("cann") + SMOOTHING)).log()
    is_counted = pl.col("cuda").is_not_null()
    result = (
        pl.when(is_counted & pl.col("is_maker"))
        .then(pl.lit("not_applicable"))
        .when(~is_counted)
        .then(pl.lit("no_data"))
        .when(odds.abs() >= CUT)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    statement = (
        pl.when(is_counted & pl.col("is_maker"))
        .then(
            pl.lit("The words are its own products: that its adverts name them says nothing.")
        )
        .when(~is_counted)
        .then(pl.lit("No count of its adverts that asked for both stacks is at hand."))
        .otherwise(
            pl.format(
                "At least {} adverts name CUDA, InfiniBand or their like, at least {} CANN, MindSpore "
                "or theirs, on {}.",
                "cuda",
                "cann",
                "ends_date",
            )
        )
    )
    return facts.with_columns(
        result=result,
        statement=statement,
        kind=pl.when(odds <= -CUT).then(pl.lit(CANN_KIND)).otherwise(pl.lit(CUDA_KIND)),
        observed=odds.abs(),
        threshold=pl.lit(CUT),
        # Where both stacks are named the words were seen: their silence says nothing.
        sight_share=pl.when(pl.col("cuda") < LEAST_ADVERTS)
        .then(pl.lit(share(CODE, organisations.ORGANISATION)))
        .otherwise(0.0),
    )


INDICATOR = Indicator(
    code=CODE,
    family="staffing",
    title="Adverts name one stack of software and hardware and hardly the other",
    unit="log-odds",
    scope_kinds=(organisations.ORGANISATION,),
    reads=(STACK_MENTION, FACILITY_PARTY),
    threshold=CUT,
    benign_causes=(
        "words that every advert of the trade carries",
        "posts at other sites, or for clients' machines",
        "lawful or rented parts",
        "teams that port from one stack to the other",
    ),
    compute=compute,
    kinds=(CUDA_KIND, CANN_KIND),
)
