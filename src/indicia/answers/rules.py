"""Was a licence required: one answer with its reason, and the answer over time by destination."""

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache

import polars as pl

from indicia.reference import clock, tables
from indicia.reference.clock import Decision

NO_ADVICE = (
    "No legal advice. It answers for 3A090 and 4A090 and the company letters beside them, and leaves out "
    "end use, the Entity List, de minimis and foreign direct product rules. Licence required is not denied."
)
ANSWERS = {
    "yes": "licence required",
    "no": "none under 3A090/4A090",
    "unknown": "unknown",
    "outside_scope": "another regime decides",
}
USUAL = ("CN", "HK", "MO", "SG", "MY", "AE", "IN", "US")
FIRST_SHOWN = date(2022, 1, 1)
EXAMPLE, EXAMPLE_DAY = "NVIDIA H800 SXM5 80GB", date(2023, 11, 1)
REGIMES = clock.REGIMES
MEASURES = {
    "dc_marketed Y": "marketed for data centres", "dc_marketed N": "not marketed for data centres",
    "perf_density": "performance density", "mem_bw_gbs": "memory bandwidth (GB/s)",
    "io_total_gbs": "input and output (GB/s)", "tpp ": "total processing performance ",
}  # fmt: skip


@cache
def chips() -> list[str]:
    """The parts the clock knows."""
    return tables.table("chips")["chip"].sort().to_list()


SCOPES_SAY = {
    "D145_MO": "D:1, D:4, D:5, Macau", "D5_MO": "D:5, Macau", "WORLD": "everywhere",
}  # fmt: skip


def parts_named(text: str) -> list[str]:
    """The parts a short name such as `H800` may mean; the text itself where none bears it."""
    if text in chips():
        return [text]
    words = text.upper().split()
    return [c for c in chips() if all(w in c.upper().split() for w in words)] or [text]


@cache
def countries() -> dict[str, str]:
    """ISO code -> name, for destinations and headquarters."""
    known = tables.table("countries").filter(pl.col("iso2").str.contains("^[A-Z]{2}$"))
    return dict(
        known.select("iso2", "name").unique("iso2", keep="first").sort("name").iter_rows()
    )


def decision(
    chip: str, destination: str, on: date | str, headquarters: str | None, regime: str
) -> Decision:
    """One answer; see `indicia.reference.clock.licence_required`."""
    return clock.licence_required(chip, destination, on, headquarters or None, regime)


def compared(found: Decision) -> list[str]:
    """What was compared with the part's figures, one test each, in plain words."""
    said = list(found.thresholds)
    for name, words in MEASURES.items():
        said = [text.replace(name, words) for text in said]
    return said


def facts(found: Decision) -> pl.DataFrame:
    """The parts of an answer as rows, in reading order; empty parts are left out."""
    parts = {
        "paragraph (ECCN)": found.eccn,
        "rules": ", ".join(found.rule_ids),
        "compared": "; ".join(compared(found)),
        "missing": ", ".join(found.missing),
        "licence exceptions that could apply": found.exceptions,
        "review of an application": found.review_policy,
        "how sure the texts are": (found.confidence or "").lower(),
    }
    rows = [{"part": what, "said": said} for what, said in parts.items() if said]
    return pl.DataFrame(rows, schema={"part": pl.String, "said": pl.String})


def over_time(
    chip: str, destinations: Sequence[str], headquarters: str | None, regime: str, today: date
) -> pl.DataFrame:
    """Stretches of days with one answer, per destination, from 2022 to today.

    Returns:
        destination, from_date, until_date, answer, answer_words, rules, sentence.
    """
    parts = [
        _stretches(chip, place, headquarters or None, regime).select(
            destination=pl.lit(place),
            from_date=pl.max_horizontal(pl.col("from_date"), pl.lit(FIRST_SHOWN)),
            until_date=pl.coalesce("until_date", pl.lit(today)),
            answer=pl.col("answer").cast(pl.String),
            answer_words=pl.col("answer").cast(pl.String).replace(ANSWERS),
            rules=pl.col("rule_ids").list.join(", "),
            sentence="sentence",
        )
        for place in destinations
    ]
    return pl.concat(parts).filter(pl.col("until_date") >= pl.col("from_date"))


@lru_cache(maxsize=256)
def _stretches(
    chip: str, destination: str, headquarters: str | None, regime: str
) -> pl.DataFrame:
    """The clock reads shipped tables only, so an answer stays what it was."""
    return clock.timeline(chip, destination, headquarters, regime)


def picture_caption(regime: str, headquarters: str | None, stamp: str) -> str:
    """What a picture of the clock says of itself, and beside which data it is shown."""
    owner = (
        f"owner with headquarters in {headquarters}"
        if headquarters
        else "headquarters not known"
    )
    return (
        f"As {regime}; {owner}. No legal advice; end use and listed parties left out. {stamp}"
    )


def rulebook() -> pl.DataFrame:
    """The rows the clock reads, oldest first."""
    return (
        tables.table("rules")
        .select(
            "rule_id", "title", "kind", "effective_from", "effective_to", "legal_status", "enforcement_status",
            pl.col("destination_scope", "hq_scope").replace(SCOPES_SAY), "citation",
            pl.col("confidence").str.to_lowercase(),
        )
        .sort("effective_from", "rule_id", nulls_last=True)
    )  # fmt: skip
