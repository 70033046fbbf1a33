"""What changed between an earlier store and this one, and why: a week's digest, or since the last visit."""

import polars as pl
import streamlit as st

from app import person, shared
from indicia.answers import digest, since
from indicia.store import Store, held, home


def show(store: Store) -> None:
    """Choose an earlier version, and read whose score differs and from what cause."""
    st.subheader("Changed scores, and why")
    earlier = since.earlier(held(home()), store.manifest)
    if not earlier:
        st.caption("No earlier version is held: there is nothing to compare with.")
        return
    names = [m.name for m in earlier]
    wanted = st.query_params.get("since", "")
    shared.say_if_stale("since", [m.data_version for m in earlier])
    linked = next((m.name for m in earlier if m.data_version == wanted), "")
    start = linked or since.a_week_before(earlier, store.manifest).name
    _, visited = person.visit_before()
    name = st.selectbox(
        "Since the version", names, index=names.index(start), key="since_version",
        format_func=lambda n: since.said(earlier[names.index(n)], visited),
    )  # fmt: skip
    before = shared.earlier_store(name)
    # A link that says only the usual is not rewritten: each rewriting is one more step of Back.
    if "since" in st.query_params or name != start:
        st.query_params["since"] = before.data_version
    found = _digest((before.manifest.name, store.manifest.name), before, store)
    st.text(since.tally(found, before.manifest, store.manifest))
    st.caption(
        "Support moves with evidence, weights, priors and rules; what people decide moves no score."
    )
    if picked := shared.table(
        found,
        "Facilities whose verdict or support differs, with the cause",
        "digest",
        pick="facility_id",
    ):
        shared.open_facility(picked)


# The names say which answer is held: two versions that are published never change.
@st.cache_data(show_spinner="Comparing the versions", max_entries=8)
def _digest(names: tuple[str, str], _before: Store, _after: Store) -> pl.DataFrame:  # noqa: ARG001 -- the key
    return digest.digest(_before, _after)
