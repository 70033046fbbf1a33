"""Saved views of a page: links under a name, kept in the journal for everybody who reads here."""

from urllib.parse import parse_qs

import streamlit as st

from app import person
from indicia.answers import words
from indicia.errors import IndiciaError
from indicia.review import Journal, desk
from indicia.store import home


def views(page: str, query: str) -> None:
    """The saved views of a page, and a form that keeps the one on the screen.

    Args:
        page: One of `desk.PAGES`.
        query: The part of the link after `?`.
    """
    journal = Journal(home())
    kept = desk.saved_views(journal, page)
    with st.popover(
        f"Saved views: {kept.height:,}", icon=":material/bookmark:", width="stretch"
    ):
        for view in kept.iter_rows(named=True):
            st.page_link(
                f"views/{page}.py", label=words.plain(view["name"]), query_params=parse_qs(view["query"])
            )  # fmt: skip
        if kept.is_empty():
            st.caption("None yet.")
        with st.form("save_view", clear_on_submit=True, border=False):
            name = st.text_input(
                "Name of this view", key="view_name", max_chars=desk.LONGEST_NAME
            )
            st.caption(
                "Saved with the filters and the order on the screen, for everybody here."
            )
            keep, drop = st.columns(2)
            is_kept = keep.form_submit_button("Save", key="view_save")
            is_dropped = drop.form_submit_button("Let go", key="view_drop")
        if is_kept or is_dropped:
            try:
                desk.save_view(journal, person.act(), name or "", page, query, is_kept=is_kept)
            except IndiciaError as error:
                st.error("The view was not saved.")
                st.text(str(error))
            else:
                st.rerun()
