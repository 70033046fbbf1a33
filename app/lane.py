"""The sections of one lane's page."""

import polars as pl
import streamlit as st

from app import drawn, shared
from indicia.answers import charts, lane_around, lane_reports, lane_values, lanes, words
from indicia.answers.charts import lane as pictures
from indicia.answers.charts import subject
from indicia.answers.lane_around import Finding
from indicia.answers.subjects import Explanation
from indicia.store import Store

OPEN_RESULTS = (words.RESULTS["flag"],)


def head(found: Explanation) -> None:
    """The sentence, what it hangs on, and four figures."""
    st.text(f"{found.subject_id} · {found.admissibility}")
    st.markdown(f"#### {words.plain(found.sentence)}")
    st.text(found.limits)
    for column, (label, value) in zip(
        st.columns(3),
        {"Verdict": found.verdict, "Support": found.support, "With 1/5 to 5 times the prior": found.prior_range}.items(),
        strict=True,
    ):  # fmt: skip
        column.metric(label, value, border=True)
    st.caption(words.NOT_A_PROBABILITY)


def unweighed(store: Store, facts: dict[str, object]) -> None:
    """A lane with trade or exposures on record that no indicator could weigh."""
    code = str(facts["lane"])
    st.title(words.plain(facts["name"]))
    st.page_link("views/lanes.py", label="All lanes", icon=":material/arrow_back:")
    st.info(
        "**Not weighed.** No indicator of lanes could be asked here: that is no all-clear.",
        icon=":material/info:",
    )
    st.text(f"{code} · {facts['why']}")
    rows = lane_reports.as_reported(store, code)
    st.subheader(f"As reported: {shared.counted(rows)}")
    st.caption("Goods whose code starts with `press` are figures a newspaper gives, under no customs code.")  # fmt: skip
    shared.table(rows, "Rows of trade as reported", "as_reported")
    around(store, code)


def over_time(store: Store, found: Explanation) -> None:
    """Both sides' reports, the gap between them, and the unit values of the goods."""
    st.subheader("Reported by both sides")
    series = lane_reports.series(store, found.subject_id)
    steps = series["frequency"].unique(maintain_order=True).to_list()
    if not steps:
        st.caption("No value of the basket is reported on this lane.")
    else:
        step = steps[0]
        if steps[1:]:
            step = st.segmented_control(
                "By", steps, default=step, required=True, key="lane_step", bind="query-params"
            ) or step  # fmt: skip
        rows = series.filter(pl.col("frequency") == step)
        named = lane_around.events(store, found.subject_id)
        drawn.show(
            pictures.reports, rows, named, found.name, lane_reports.GAP_SAYS, shared.caption(),
            key="reports", width="stretch",
            alt="Lines: value the importer and the exporter report over time; bars: the gap between them",
        )  # fmt: skip
        shared.twin(rows, "reports_table", "both sides' reports, with the gap")
        if named.height:
            with st.expander(f"Rules, listings and cases that name this lane: {named.height:,}"):  # fmt: skip
                shared.table(named, "Events that name the lane", "named")
        with st.expander("Rows as reported, by code and source"):
            shared.table(lanes.trade(store, found.subject_id), "Rows as reported", "trade")
    st.subheader("What the goods cost by weight")
    values = lane_values.mixture(store, found.subject_id)
    if values.is_empty():
        st.caption(
            "No code of servers or parts is declared here with enough weight or pieces to say."
        )
        return
    says = (lane_values.BAND_SAYS, lane_values.LEAST_SAYS)
    drawn.show(
        pictures.mixture, values, found.name, says, shared.caption(), key="mixture",
        alt="Bars: share of value inside the band of AI servers, outside it, and without weight or pieces",
    )  # fmt: skip
    shared.twin(values, "mixture_table", "value by unit value, in US$")


def indicators(store: Store, found: Explanation) -> None:
    """Each indicator's statement, what was observed against its threshold, its sources down to the hash."""
    st.subheader("What each indicator found")
    for one in lane_around.findings(store, found):
        with st.expander(
            f"{one.result} · **{one.indicator}** {words.plain(one.title)}",
            expanded=one.result in OPEN_RESULTS,
        ):
            _finding(one)


def _finding(one: Finding) -> None:
    if not one.pieces:
        st.text(one.reason)
    for place, piece in enumerate(one.pieces):
        st.text(piece.statement)
        st.caption(words.plain(piece.held))
        if piece.sources.height:
            shared.table(
                piece.sources, f"Sources of {one.indicator}", f"src_{one.indicator}_{place}"
            )
    if one.pieces_count > len(one.pieces):
        st.caption(
            f"{one.pieces_count:,} pieces in all; every one is in the table of evidence below."
        )
    if one.benign:
        st.caption(f"Also produced by: {words.plain(one.benign)}")


def weighed(found: Explanation) -> None:
    """Rivals, weights against the strongest, and all evidence."""
    st.subheader("What weighs, and against what")
    rival = found.rivals["rival"][0]
    drawn.show(
        subject.weights, found.weights, "L1", rival, shared.caption(), key="weights",
        alt=f"Bars: prior, each item and total for L1 against {rival}, in bans",
    )  # fmt: skip
    shared.twin(found.weights.drop("step"), "weights_table", "weights in bans")
    st.markdown("**Competing explanations**, the strongest first. Support is for L1 over each.")
    shared.table(found.rivals, "L1 against every rival", "rivals")
    with st.expander(f"All evidence, one row per source: {shared.counted(found.evidence)}"):
        shared.table(found.evidence, "Evidence down to the archived hash", "evidence")


def around(store: Store, lane: str) -> None:
    """Facilities it reaches, organisations that import, lanes before and after."""
    sites = lane_around.facilities(store, lane)
    st.subheader(f"Facilities this lane reaches: {sites.height:,}")
    st.caption(
        "Customs are published by country: a share says how likely a site is behind the lane's signals, "
        "never that goods went there."
    )
    if picked := shared.table(sites, "Facilities by exposure", "sites", pick="facility_id"):
        shared.open_facility(picked)
    named = lane_around.importers(store, lane)
    st.subheader(f"Importing organisations named in shipments: {named.height:,}")
    st.caption("Consignees of the basket, as declared. A name alone is no statement on it.")
    if one := shared.table(named, "Consignees by value", "importers", pick="consignee"):
        shared.open_entity(one)
    near = lane_around.neighbours(store, lane)
    st.subheader(f"Lanes before and after: {near.height:,}")
    st.caption(
        "Into the exporter, and on from the importer. That trade goes on is ordinary; C04 asks whether a surge did."
    )
    if step := shared.table(near, "Lanes before and after", "near", pick="lane"):
        shared.open_lane(step)


def rest(store: Store, filters: lanes.Filters) -> None:
    """What stands below the list of lanes: coverage, reference lanes, and those that were not weighed."""
    st.subheader("Coverage")
    results = lanes.coverage(store)
    if results.height:
        drawn.show(
            charts.coverage, results, shared.caption(), "lanes", key="coverage",
            alt="Bars: for each indicator, lanes with a flag, no flag, no data, not applicable",
        )  # fmt: skip
        shared.twin(
            results, "coverage_table", "indicators and their four results, over all lanes"
        )
    else:
        st.caption("No indicator was asked of a lane in these data.")
    apart = lanes.reference_lanes(store, filters)
    st.subheader(f"Reference lanes: {apart.height:,}")
    st.caption("No licence was needed on the rules loaded where the goods are known to go.")
    if one := shared.table(
        apart.select("name", "coverage", "flags", "admissibility_reason", "subject_id"),
        "Reference lanes", "apart", pick="subject_id",
    ):  # fmt: skip
        shared.open_lane(one)
    others = lane_around.unweighed(store)
    st.subheader(f"On record, but not weighed: {others.height:,}")
    if one := shared.table(others, "Lanes not weighed, and why", "others", pick="lane"):
        shared.open_lane(one)
