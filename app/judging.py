"""Pairs that are possibly one, side by side with the evidence, and the buttons that write a judgement."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from app import shared
from indicia.answers import decisions
from indicia.answers.screening.wording import in_words
from indicia.errors import IndiciaError
from indicia.review import Journal
from indicia.store import Store, home

LONGEST_LABEL = 60


def judged() -> pl.DataFrame:
    """What the journal of this home holds."""
    return Journal(home()).judgements()


def queue(store: Store, pairs: pl.DataFrame, key: str, subject: str = "organisation") -> None:
    """Choose a pair, read what was compared, and decide.

    Args:
        store: The store that was looked at.
        pairs: `left_id`, `right_id`, names, values, `score_share`, `features`, `why`, sources; and
            `subject`, where pairs of both kinds stand together.
        key: Name of the widgets.
        subject: Of all pairs, where they do not say.
    """
    rows = pairs.to_dicts()
    place = st.selectbox(
        "Pair to decide",
        range(len(rows)),
        format_func=lambda n: _label(rows[n]),
        key=f"{key}_pair",
    )
    if place is None or place >= len(rows):
        return
    pair = rows[place]
    for column, side in zip(st.columns(2), ("left", "right"), strict=True):
        with column.container(border=True):
            st.text(_side(pair, side))
    told = in_words(pair["features"])
    st.text(
        f"{pair['method']}, likeness {pair['score_share']:.2f} (not a probability). {pair['why']}"
    )
    if told:
        st.text(f"Made of: {told}")
    with st.form(f"{key}_form", clear_on_submit=True):
        first, second = st.columns([4, 1])
        reason = first.text_input("Reason", key=f"{key}_reason", max_chars=1000)
        by = second.text_input("Initials or role", key=f"{key}_by", max_chars=40)
        asked = {
            verdict: column.form_submit_button(label, key=f"{key}_{verdict.replace(' ', '_')}")
            for column, (verdict, label) in zip(
                st.columns([1, 1, 1, 5])[:3], decisions.VERDICTS.items(), strict=True
            )
        }
    st.caption(decisions.NEXT_REFRESH)
    for verdict, is_asked in asked.items():
        if is_asked:
            _write(store, pair, verdict, reason or "", by or "", pair.get("subject", subject))


def waiting(store: Store, found: pl.DataFrame, key: str) -> None:
    """Judgements that the store was not built with, shown at once."""
    pending = decisions.pending(store, found)
    if pending.height:
        st.info(
            f"Judgements that wait for the next refresh: {pending.height:,}",
            icon=":material/pending:",
        )
        shared.table(
            pending.drop("judgement_id"), "Judgements that wait for the next refresh", key
        )


def _write(
    store: Store, pair: Mapping[str, Any], verdict: str, reason: str, by: str, subject: str
) -> None:
    try:
        Journal(home()).judge(
            subject, pair["left_id"], pair["right_id"], verdict, reason, by, shared.now(),
            store.data_version,
        )  # fmt: skip
    except IndiciaError as error:
        st.error("The judgement was not written.")
        st.text(str(error))
        return
    st.toast("Written down; it counts from the next refresh on.")
    st.rerun()


def _label(pair: Mapping[str, Any]) -> str:
    left, right = (
        _cut(str(pair[f"{side}_name"] or pair[f"{side}_id"])) for side in ("left", "right")
    )
    touches = f" · touches {pair['touches']}" if pair.get("touches") else ""
    return f"{left} — {right} · {pair['method']} {pair['score_share']:.2f}{touches}"


def _side(pair: Mapping[str, Any], side: str) -> str:
    facts = {
        "record": pair[f"{side}_id"],
        "kind": pair[f"{side}_kind"],
        "countries": pair[f"{side}_countries_iso2"] or "not stated",
        "compared": pair[f"{side}_value"],
        "source": pair[f"{side}_source"],
    }
    name = str(pair[f"{side}_name"] or "no name")
    return "\n".join((name, *(f"{field}: {value}" for field, value in facts.items())))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"
