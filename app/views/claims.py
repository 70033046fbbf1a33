"""Claims: what a published training claim implies, and what it cannot tell."""

import streamlit as st

from app import shared
from indicia.answers import claims
from indicia.errors import UsageError

st.title("Claims")
st.caption(claims.NO_VERDICT)

st.subheader("Published claims")
shared.table(claims.overview(), "Published claims side by side", "overview")

st.subheader("One claim")
model = st.selectbox(
    "Start from",
    ["", *claims.published()],
    key="model",
    bind="query-params",
    format_func=lambda m: m or "an empty form",
)
base = claims.of_model(model) if model else claims.Claim("your claim")
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
                base.flop,
                chip or None,
                count or None,
                hours or None,
                base.days,
                precision,
            )
        )
    except UsageError as error:
        st.error("This claim cannot be computed.")
        st.text(str(error))
    else:
        shared.table(claims.facts(found), "What the claim implies", "implied")
st.caption(shared.caption())
