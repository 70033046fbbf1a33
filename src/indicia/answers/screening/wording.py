"""Words of a hit: what the answer is, why, and whether the listing is older than the document."""

import json
from collections.abc import Mapping

import polars as pl

ANSWERS = {"same": "same", "possible": "possible", "near": "shared address"}
NO_HIT = "no hit"
LONGEST_VALUE = 120
SILENT = (None, "")


def timed() -> pl.Expr:
    """Whether the party was listed by the date of the document; nothing where either is not known."""
    listed, document = pl.col("listed_date"), pl.col("document_date")
    return (
        pl.when(pl.col("party_kind") != "listed")
        .then(None)
        .when(listed.is_null())
        .then(pl.lit("the list states no date"))
        .when(document.is_null())
        .then(None)
        .when(listed > document)
        .then(pl.lit("listed after the document's date"))
        .when(listed == document)
        .then(pl.lit("listed on the document's date"))
        .otherwise(pl.lit("listed before the document's date"))
    )


def explained() -> pl.Expr:
    """Method, both values, what the score is made of, and the reason, in one line."""
    values = pl.format(
        "{}: “{}” and “{}”", "method", _short("asked_value"), _short("listed_value")
    )
    features = pl.col("features").map_elements(in_words, return_dtype=pl.String)
    told = pl.when(features != "").then(pl.lit(" (") + features + ")").otherwise(pl.lit(""))
    lent = pl.format(
        " The second name is that of {}, taken as the same organisation.", "name_from"
    ).fill_null("")
    return values + told + ". " + pl.col("why") + lent


def met(hit: Mapping[str, object]) -> str:
    """A hit in one line: the asked name, the answer, the party and its listing."""
    facts = (hit["list_code"], hit["listed_date"], hit["timing"], hit["roles"])
    told = "; ".join(str(fact) for fact in facts if fact)
    return f"{hit['name']}: {hit['answer']} as {hit['party']}" + (f" ({told})" if told else "")


def reason(hit: Mapping[str, object]) -> str:
    """A hit with its row and its explanation."""
    return f"Row {hit['row']}, {met(hit)}. {hit['explanation']}"


def in_words(features: str) -> str:
    """What a score is made of, for example `country: agrees, generic: no`."""
    try:
        parts = json.loads(features)
    except ValueError:
        return ""
    if not isinstance(parts, dict):
        return ""
    told = {
        str(k).removesuffix("_share").removeprefix("is_").replace("_", " "): v
        for k, v in parts.items()
    }
    return ", ".join(f"{name}: {_said(v)}" for name, v in told.items() if v not in SILENT)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _short(column: str) -> pl.Expr:
    text = pl.col(column)
    cut = text.str.slice(0, LONGEST_VALUE - 1) + "…"
    return pl.when(text.str.len_chars() > LONGEST_VALUE).then(cut).otherwise(text)
