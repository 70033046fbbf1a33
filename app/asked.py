"""What a reader asks of the list of facilities: the same filters, in the same link, on every page that shows it."""

from urllib.parse import urlencode

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import moved, saved, shared
from indicia.answers import filters as asked_for
from indicia.answers import leads, reviews, words
from indicia.answers.filters import FACETS, Filters
from indicia.store import Store

LABELS = {
    "country": "Country", "operator": "Operator", "verdict": "Verdict", "family": "Family that flags",
    "rival": "Strongest rival", "precision": "Place known to", "coverage": "Coverage", "review": "Review",
}  # fmt: skip
RIVALS_IN_WORDS = "; ".join(words.SHORT.values())
FIRST_ROW = ("country", "operator", "verdict", "review")


def filters(store: Store, decided: pl.DataFrame, page: str) -> tuple[Filters, str]:
    """The fields, bound to the link and kept from page to page; what they ask, and the order.

    Args:
        store: The store.
        decided: What people decided, as rows of `reviews.DECIDED`.
        page: Whose saved views stand beside them, one of `desk.PAGES`.
    """
    linked = tuple(st.query_params.get_all("operator"))
    choices = _choices(store.manifest.name, linked, store)
    columns = st.columns([3, 2, 2, 2, 2])
    text = columns[0].text_input(
        "Name, place, party or id", key="q", bind="query-params", persist_state="session"
    )
    places = dict(zip(FIRST_ROW, columns[1:], strict=True))
    others = [f for f in FACETS if f not in FIRST_ROW]
    is_asked = any(name in st.query_params for name in (*others, "changed"))
    more = st.expander("More filters", expanded=is_asked)
    *rest, last = more.columns(len(others) + 1)
    places |= dict(zip(others, rest, strict=True))
    chosen: dict[str, tuple[str, ...]] = {}
    for name, column in places.items():
        shared.say_if_stale(name, choices[name])
        chosen[name] = tuple(
            column.multiselect(
                LABELS[name], choices[name], key=name, bind="query-params", persist_state="session",
                placeholder="All", help=RIVALS_IN_WORDS if name == "rival" else None,
            )
        )  # fmt: skip
    version, ids = _changed(store, last)
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    order = left.segmented_control(
        "Order", list(leads.ORDERS), default="support", required=True, key="order",
        bind="query-params", persist_state="session",
    )  # fmt: skip
    wanted = Filters(
        chosen["country"], chosen["verdict"], chosen["precision"], text or "", chosen["review"],
        reviews.of_facilities(decided), chosen["operator"], chosen["family"], chosen["rival"],
        chosen["coverage"], version, ids,
    )  # fmt: skip
    counts = asked_for.facets(store, wanted)
    for name, column in places.items():
        column.caption(
            words.plain(asked_for.counts_in_words(counts, name, 1 if name == "operator" else 3))
        )
    with right:
        saved.views(page, link(wanted, order or "support"))
    with st.expander("Every choice with its count, beside the other wishes"):
        shared.table(counts, "Facilities of the queue by each choice", "facets")
    return wanted, order or "support"


def link(wanted: Filters, order: str) -> str:
    """The part of the link after `?` that asks the same again, on any page with these fields."""
    since = st.session_state.get("changed") if wanted.changed_since else None
    said = {
        "q": (wanted.text,), **wanted.asked(), "changed": (since or "",), "order": (order,),
    }  # fmt: skip
    return urlencode([(name, v) for name, values in said.items() for v in values if v])


def _changed(store: Store, column: DeltaGenerator) -> tuple[str, tuple[str, ...]]:
    """A wish for what changed: the data version it is compared with, and the facilities that differ."""
    shared.say_if_stale("changed", moved.CHOICES)
    wish = column.selectbox(
        "Changed since", moved.CHOICES, index=None, placeholder="", key="changed",
        bind="query-params", persist_state="session",
        help="Of verdict or support. The version before this one, or the one that you saw last.",
    )  # fmt: skip
    before = moved.versions(store).get(wish or "")
    if wish and before is None:
        column.caption("No such version is held: ignored.")
    if before is None:
        return "", ()
    rows = moved.facilities(store, before)
    column.caption(f"{rows.height:,} facilities differ")
    return before.data_version, tuple(rows["facility_id"].to_list())


@st.cache_data(show_spinner=False, max_entries=8)
def _choices(name: str, linked: tuple[str, ...], _store: Store) -> dict[str, list[str]]:  # noqa: ARG001 -- the key
    return asked_for.choices(_store, linked)
