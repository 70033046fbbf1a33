"""Links that show the same again, in another browser and after newer data have come."""

from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import shared
from indicia.answers import words
from indicia.store import held, home

DATA = "data"


def offer(place: DeltaGenerator, page: str) -> None:
    """The link to what is on the screen: page, filters and version of the data.

    Args:
        place: Where it stands.
        page: The page's part of the address; empty for the first one.
    """
    asked = {name: st.query_params.get_all(name) for name in st.query_params if name != DATA}
    query = urlencode({**asked, DATA: shared.store().data_version}, doseq=True)
    address = (st.context.url or "").split("?", maxsplit=1)[0] or page
    with place.popover("Link to this view", icon=":material/link:", width="stretch"):
        st.code(f"{address}?{query}", language=None, wrap_lines=True)
        st.caption(
            "Opens this page with these filters, on this version of the data as long as it is held here."
        )


def say_if_of_other_data() -> None:
    """Where a link was made on another version of the data, say so, and offer that version if it is held."""
    asked = st.query_params.get(DATA, "")
    opened = shared.store()
    if not asked or asked == opened.data_version:
        return
    found = [m for m in held(home()) if m.data_version == asked]
    if not found:
        st.warning(
            "The link was made on a version of the data that is not held here. What you see is another."
        )
        st.text(asked)
        return
    before = found[-1]
    st.warning(
        f"The link was made on other data, published {words.moment(before.published_utc)}. What you see is of "
        f"{words.moment(opened.published_utc)}.",
        icon=":material/history:",
    )
    if st.button("Open that version", key="that_version"):
        st.session_state["pointer"] = before.name
        st.rerun()
