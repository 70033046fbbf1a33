"""What differs between this version of the data and an earlier one: the last, or that of the last visit."""

import polars as pl
import streamlit as st

from app import person, shared
from indicia.answers import digest, since
from indicia.store import Manifest, Store, held, home

VERSION, VISIT = "the last version", "my last visit"
CHOICES = (VERSION, VISIT)


def versions(store: Store) -> dict[str, Manifest]:
    """Which earlier version stands for each of `CHOICES`, where there is one."""
    earlier = since.earlier(held(home()), store.manifest)
    _, visited = person.visit_before()
    seen = next((m for m in earlier if m.data_version == visited), None)
    found = {VERSION: earlier[0]} if earlier else {}
    return found | ({VISIT: seen} if seen else {})


def facilities(store: Store, before: Manifest) -> pl.DataFrame:
    """Facilities whose verdict or support differs since that version, as `digest.moved` has them."""
    return _moved((before.name, store.manifest.name), shared.earlier_store(before.name), store)


def beside(store: Store, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of facilities with `change`: since the reader's last visit where that data is held, else the last version."""
    found = versions(store)
    if not found:
        return rows.with_columns(change=pl.lit(None, pl.String))
    differs = facilities(store, found.get(VISIT, found[VERSION])).select(
        "facility_id", "change"
    )
    return rows.join(differs, on="facility_id", how="left", maintain_order="left")


def summary(store: Store) -> None:
    """How many facilities differ since the last version and since the reader's last visit, with the ways there."""
    found = versions(store)
    _, visited = person.visit_before()
    if visited == store.data_version:
        st.text("You saw this version of the data at your last visit.")
    if not found:
        st.caption(
            "This is the first version of the data here: there is nothing to compare with."
        )
        return
    is_one = found.get(VISIT) == found[VERSION]
    for what, before in found.items():
        if what == VISIT and is_one:
            continue
        rows = facilities(store, before)
        name = f"{VERSION}, which you saw at your last visit" if is_one else what
        st.text(f"Since {name} ({since.said(before, '')}): {since.on_lists(rows)}.")
        if rows.height:
            st.page_link(
                "views/leads.py", label=f"Facilities that changed since {what}",
                icon=":material/difference:", query_params={"changed": what},
            )  # fmt: skip
    st.page_link(
        "views/review.py", label="Changed scores with their causes", icon=":material/history:",
        query_params={"part": "digest"},
    )  # fmt: skip


def of_facility(store: Store, facility_id: str) -> None:
    """Support then and now of one facility, with the cause, since each of the versions."""
    st.markdown("**Changes between versions**")
    found = versions(store)
    if not found:
        st.caption("No earlier version of the data is held: there is nothing to compare with.")
    for what, before in found.items():
        names = (before.name, store.manifest.name)
        rows = _one(names, facility_id, shared.earlier_store(before.name), store)
        st.text(since.of_one(rows, what, before))
        if rows.height:
            shared.table(
                rows.drop("facility_id", "name"), f"Then and now, since {what}", f"moved_{what}"
            )


# The names say which answer is held: two versions that are published never change.
@st.cache_data(show_spinner="Comparing the versions", max_entries=8)
def _moved(names: tuple[str, str], _before: Store, _after: Store) -> pl.DataFrame:  # noqa: ARG001 -- the key
    return digest.moved(_before, _after)


@st.cache_data(show_spinner=False, max_entries=64)
def _one(
    names: tuple[str, str],  # noqa: ARG001 -- the key
    facility_id: str,
    _before: Store,
    _after: Store,
) -> pl.DataFrame:
    return digest.digest(_before, _after, facility_id)
