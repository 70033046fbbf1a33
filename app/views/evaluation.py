"""Evaluation: how well the scoring ranks clusters that were planted in invented worlds."""

import streamlit as st

from app import drawn, shared
from indicia.answers import charts, evaluation

st.title("Evaluation")
made = evaluation.document()
if made is None:
    st.info(evaluation.NONE_YET)
    st.stop()
st.caption(evaluation.SYNTHETIC)

st.subheader("Aims, at the middle level")
shared.table(evaluation.aims(made), "Aims and what was measured", "aims")
st.caption(evaluation.HOW)

shared.say_if_stale("level", made["levels"])
level = st.segmented_control(
    "Level of difficulty", made["levels"], default=made["middle"], required=True, key="level",
    bind="query-params",
)  # fmt: skip
curves = evaluation.curves(made, level)
drawn.show(
    charts.evaluated, curves, str(level), evaluation.stamp(made), key="curves", width="stretch",
    alt="Lines: precision against recall of every method; the table below holds the same",
)  # fmt: skip
shared.twin(curves, "curves_table", "points of the curves")

st.subheader("Methods")
shared.table(evaluation.methods(made, level), "Every method by every measure", "methods")
st.subheader("Families removed, and alone")
shared.table(evaluation.families(made, level), "Every measure by family", "families")
st.subheader("Stories of diversion")
shared.table(evaluation.stories(made, level), "Leads per story", "stories")
st.subheader("What is no cluster")
shared.table(evaluation.negatives(made, level), "Leads per class without H1", "negatives")
st.subheader("Size")
shared.table(evaluation.sizes(made, level), "Leads per number of chips", "sizes")
st.page_link("views/method.py", label="Rules, calibration and limits: page Method, Evaluation")
st.caption(evaluation.stamp(made))
