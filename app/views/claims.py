"""Claims: what a published training claim implies, and what it cannot tell."""

import streamlit as st

from app import drawn, once, shared
from indicia.answers import charts, claimed, claims
from indicia.errors import UsageError

store = shared.store()
st.title("Claims")
st.caption(claims.NO_VERDICT)

st.subheader("One organisation over time")
names = once.of(store, claimed.organisations)
shared.say_if_stale("organisation", names)
if not names:
    st.caption(claimed.NO_CLAIMS)
else:
    name = st.selectbox("Organisation", names, key="organisation", bind="query-params")
    own, disclosed, years = once.of(store, claimed.of_organisation, name)
    drawn.show(
        charts.claimed, own, years, name, shared.caption(), key="claimed", width="stretch",
        alt="Points: operations claimed per model; bars: what disclosed hardware could give per year",
    )  # fmt: skip
    if not disclosed.height:
        st.info(claimed.NO_HARDWARE, icon=":material/info:")
    shared.table(claimed.shown_years(years), "Claimed and possible, per year", "years")
    with st.expander("How these figures are made, and what they leave open"):
        st.markdown(claimed.HOW)
        st.markdown(claimed.LEFT_OPEN)
    with st.expander("The claims"):
        shared.table(claimed.shown_claims(own), "Claims of the organisation", "own")
    with st.expander("The hardware disclosed"):
        shared.table(
            claimed.shown_hardware(disclosed), "Hardware of the organisation", "hardware"
        )

st.subheader("Published claims")
shipped = claims.published(store.kind)
if shipped:
    shared.table(claims.overview(), "Published claims side by side", "overview")
else:
    st.caption("The published claims of real models are left out of an invented world.")
judged = once.of(store, claimed.judged)
with st.expander(f"Models of these data whose utilisation can be computed: {judged.height}"):
    st.caption(claimed.WHY_FEW)
    shared.table(judged, "Claims with a utilisation", "judged")

st.subheader("One claim")
held = once.of(store, claimed.models)
shared.say_if_stale("model", [*shipped, *held])
model = st.selectbox(
    "Start from",
    ["", *shipped, *held],
    key="model",
    bind="query-params",
    format_func=lambda m: m or "an empty form",
)
base, why = claims.of_model(model) if model in shipped else None, ""
if base is None:
    base, why = claimed.of_model(store, model) if model else (claimed.EMPTY, "")
with st.form("claim"):
    first, second, third = st.columns(3)
    parameters = first.number_input(
        "Active parameters (billions)", 0.0, value=base.active_params_b
    )
    tokens = second.number_input("Tokens (millions of millions)", 0.0, value=base.tokens_t)
    chips = ["", *claims.CLASSES]
    known = base.chip_class if base.chip_class in chips else ""
    chip = third.selectbox(
        "Class of accelerator",
        chips,
        index=chips.index(known or ""),
        format_func=lambda c: c or "not stated",
    )
    hours = first.number_input("Accelerator hours", 0.0, value=base.accelerator_hours)
    count = second.number_input("Accelerators", 0.0, value=base.accelerators)
    precision = third.selectbox(
        "Precision", claims.PRECISIONS, index=claims.PRECISIONS.index(base.precision)
    )
    asked = st.form_submit_button("Compute")

if asked or model:
    try:
        found = claims.implied(
            claims.Claim(
                base.model,
                parameters or None,
                tokens or None,
                None if parameters and tokens else base.flop,
                chip or None,
                count or None,
                hours or None,
                base.days,
                precision,
                base.flop_range,
            )
        )
    except UsageError as error:
        st.error("This claim cannot be computed.")
        st.text(str(error))
    else:
        shared.table(claims.facts(found), "What the claim implies", "implied")
        st.caption(why)
st.caption(shared.caption())
