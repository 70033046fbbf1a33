"""The sections of one organisation's page."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from app import drawn, judging, shared
from indicia.answers import charts, decisions, entity, timeline
from indicia.answers.entity import Opened
from indicia.store import Store

NO_RECORDS = (
    "This store holds no records of who is who (it was built by an earlier version, or is empty): what "
    "stands here was found by name alone. Equal names need not be one organisation, nor other names another."
)
ACTIVITY: tuple[tuple[str, Callable[[Store, Opened], pl.DataFrame]], ...] = (
    ("Notices as buyer or supplier", entity.notices),
    ("Shipments by lane", entity.shipments),
    ("Open positions", entity.staffing),
    ("Filings for foreign workers", entity.filings),
    ("Models trained and released", entity.models),
    ("Hardware stated", entity.hardware),
    ("Publications counted", entity.expertise),
)


def identity(store: Store, one: Opened) -> None:
    """What its records say of it, each value with its source, and why they are taken as one."""
    st.subheader("Identity")
    if not one.is_resolved:
        st.caption(NO_RECORDS)
        return
    shared.table(entity.values(store, one), "Every value with its sources", "values")
    grouped = entity.grouped(store, one)
    with st.expander(f"Records taken as this organisation, and why: {grouped.height:,}"):
        st.caption("Each record with the strongest reason that joins it to another of them.")
        shared.table(grouped, "Records with the reason they are joined", "grouped")


def namesakes(store: Store, one: Opened) -> Opened:
    """Equal names that were not merged, and records that people kept apart.

    Returns:
        The organisation, with those of an equal name where the reader asks for them.
    """
    equal, apart = entity.equal_names(store, one), entity.kept_apart(store, one)
    if apart.height:
        st.markdown(f"**Judged not the same: {apart.height:,}**")
        shared.table(apart.drop("features"), "Records judged not the same", "apart")
    if equal.is_empty():
        return one
    st.markdown(f"**Others with an equal name, not merged: {equal.height:,}**")
    st.caption(
        "A name alone merges nobody: a country, an address or a registry id must agree, or a person "
        "decide. Select a row to open it."
    )
    if picked := shared.table(
        equal, "Organisations with an equal name", "equal", pick="entity_id"
    ):
        shared.open_entity(picked)
    if not st.toggle(
        "Show below also what names those of an equal name", key="also", bind="query-params"
    ):
        return one
    st.info(
        "Below stands also what names organisations of an equal name; they need not be this one.",
        icon=":material/info:",
    )
    return entity.widened(store, one)


def possibly(store: Store, one: Opened) -> None:
    """The queue of records that are possibly this organisation, and judgements that wait."""
    held = judging.judged()
    mine = entity.grouped(store, one)["record_id"].to_list()
    fresh = entity.unjudged(store, entity.possibly_same(store, one), held)
    st.subheader(f"Possibly the same as: {fresh.height:,}")
    said = decisions.of(store, held, mine)
    if said.height:
        st.markdown(f"**Judgements on it: {said.height:,}**")
        shared.table(said.drop("judgement_id"), "Judgements on its records", "judged")
        st.caption(decisions.NEXT_REFRESH)
    if fresh.is_empty():
        st.caption("No undecided pair.")
        return
    judging.queue(store, fresh, "possible")
    with st.expander("The same as a table: pairs that are possibly one"):
        if picked := shared.table(
            fresh.drop("features"),
            "Pairs that are possibly one",
            "possible_table",
            pick="right_entity_id",
        ):
            shared.open_entity(picked)


def around(store: Store, one: Opened) -> None:
    """Neighbours as a picture, with its table."""
    found, in_all = entity.neighbours(store, one)
    st.subheader(f"Neighbours: {in_all:,}")
    if found.is_empty():
        st.caption("None on record.")
        return
    drawn.show(
        charts.neighbours, found, one.name, in_all, shared.caption(), key="neighbours",
        alt="Lines from the organisation to its neighbours; the table below holds the same",
    )  # fmt: skip
    with st.expander("The same as a table: neighbours"):
        if picked := shared.table(
            found, "Neighbours with their relation", "around", pick="entity_id"
        ):
            shared.open_entity(picked)


def connected(store: Store, one: Opened) -> None:
    """The ways to another organisation, on request."""
    st.markdown("**How it is connected to another**")
    wanted = st.text_input(
        "Id or published name of the other organisation", key="to", bind="query-params"
    )
    if not wanted:
        return
    other = entity.opened(store, wanted)
    if other is None or other.entity_id == one.entity_id:
        st.caption(
            "No other organisation, or more than one, goes by that: look it up on this page and take its id."
        )
        return
    found = entity.ways(store, one, other, shared.now().date())
    for way in found.told:
        st.text(way)
    st.caption(found.caveat)
    if found.hops.height:
        with st.expander("The same as a table: hops"):
            shared.table(found.hops.drop("sentence"), "Hops with the rows they rest on", "hops")


def over_time(store: Store, one: Opened) -> None:
    """Everything dated on one axis, with its table, and what has no date."""
    st.subheader("Timeline")
    marks = entity.of_entity(store, one)
    dated, undated = timeline.dated(marks), timeline.undated(marks)
    if not timeline.has_own(marks):
        st.caption("Nothing dated on record.")
    else:
        drawn.show(
            charts.timeline, dated, shared.caption(), key="timeline", width="stretch",
            alt="Timeline of listings, notices, shipments, hiring, models and events; the table below holds the same",
        )  # fmt: skip
        shared.twin(dated, "timeline_table", "everything dated")
    if undated.height:
        with st.expander(f"Undated: {undated.height:,}"):
            shared.table(undated, "Records without a date", "undated")


def activity(store: Store, one: Opened) -> None:
    """Contracts, shipments, hiring and models; what it has none of is named in one line."""
    missing = []
    for title, ask in ACTIVITY:
        rows = ask(store, one)
        if rows.is_empty():
            missing.append(title.lower())
            continue
        st.subheader(f"{title}: {rows.height:,}")
        shared.table(rows, title, title.split()[0].lower())
    if missing:
        st.caption(f"None on record in these data: {', '.join(missing)}.")


def undecided(store: Store) -> None:
    """Every pair that nobody judged yet, the most useful first."""
    held = judging.judged()
    subjects = st.multiselect(
        "Undecided pairs of",
        ["organisation", "facility"],
        default=["organisation", "facility"],
        key="of",
    )
    pairs, in_all = entity.undecided(store, held, subjects)
    st.subheader(f"Undecided pairs: {in_all:,}")
    judging.waiting(store, held, "waiting")
    if pairs.is_empty():
        st.caption("No undecided pair.")
        return
    st.caption(
        f"{pairs.height:,} shown: first those between a listed party and a party of a site, then by likeness."
    )
    judging.queue(store, pairs, "undecided")
    with st.expander("The same as a table: undecided pairs"):
        shared.table(pairs.drop("features"), "Undecided pairs", "undecided_table")
