"""What a reader asks of the list of facilities: the same filters, in the same link, on every page that shows it."""

from urllib.parse import urlencode

import polars as pl
import streamlit as st

from app import saved, shared
from indicia.answers import leads, reviews
from indicia.review import STATES
from indicia.store import Store

LABELS = {
    "country": "Country", "verdict": "Verdict", "precision": "Place known to", "review": "Review",
}  # fmt: skip


def filters(store: Store, decided: pl.DataFrame, page: str) -> tuple[leads.Filters, str]:
    """The fields, bound to the link and kept from page to page; what they ask, and the order.

    Args:
        store: The store.
        decided: What people decided, as rows of `reviews.DECIDED`.
        page: Whose saved views stand beside them, one of `desk.PAGES`.
    """
    choices = {
        "country": leads.choices(store, "country_iso2"),
        "verdict": leads.choices(store, "verdict"),
        "precision": leads.choices(store, "coord_precision"),
        "review": list(STATES),
    }
    columns = st.columns([3, 2, 2, 2, 2])
    text = columns[0].text_input(
        "Name, place, party or id", key="q", bind="query-params", persist_state="session"
    )
    chosen: dict[str, tuple[str, ...]] = {}
    for column, (name, options) in zip(columns[1:], choices.items(), strict=True):
        shared.say_if_stale(name, options)
        chosen[name] = tuple(
            column.multiselect(
                LABELS[name], options, key=name, bind="query-params", persist_state="session"
            )
        )
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    order = left.segmented_control(
        "Order", list(leads.ORDERS), default="support", required=True, key="order",
        bind="query-params", persist_state="session",
    )  # fmt: skip
    wanted = leads.Filters(
        chosen["country"], chosen["verdict"], chosen["precision"], text or "", chosen["review"],
        reviews.of_facilities(decided),
    )  # fmt: skip
    with right:
        saved.views(page, link(wanted, order or "support"))
    return wanted, order or "support"


def link(wanted: leads.Filters, order: str) -> str:
    """The part of the link after `?` that asks the same again, on any page with these fields."""
    said = {
        "q": (wanted.text,), "country": wanted.countries, "verdict": wanted.verdicts,
        "precision": wanted.precisions, "review": wanted.reviews, "order": (order,),
    }  # fmt: skip
    return urlencode([(name, v) for name, values in said.items() for v in values if v])
