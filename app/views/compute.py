"""Compute: accelerators that power, imports, tenders, statements and claims imply, side by side."""

import streamlit as st

from app import ledger, once, shared
from indicia.answers import compute, identity
from indicia.errors import UsageError

store = shared.store()

st.title("Compute")
st.caption(compute.CAVEAT)

kind = (
    st.segmented_control(
        "About a", compute.KINDS, default="facility", required=True, key="kind",
        bind="query-params",
    )
    or "facility"
)  # fmt: skip
linked = st.query_params.get(kind, "")
if kind == "facility":
    linked = identity.canonical(store, linked)
names = compute.choices(store, kind, linked)
if not names:
    st.info(f"These data hold no {kind} to ask about.")
    st.stop()
shared.say_if_stale(kind, names)
first, second, third, fourth = st.columns([5, 2, 2, 2])
options = list(names)
# Bound to the link by hand: a bound box would carry its words in place of the id.
chosen = first.selectbox(
    kind.capitalize(), options, index=options.index(linked) if linked in names else 0,
    format_func=lambda key: names.get(key, key), key=f"chosen_{kind}",
)  # fmt: skip
# Nor is a link without a choice rewritten at once: each rewriting is one more step of Back.
if chosen != options[0] or kind in st.query_params:
    st.query_params[kind] = chosen
role = second.selectbox(
    "Its role", compute.ROLE_CHOICES, key="role", bind="query-params", disabled=kind != "entity"
)
begins = third.text_input("From (YYYY or YYYY-MM)", key="from", bind="query-params")
ends = fourth.text_input("To (YYYY or YYYY-MM)", key="to", bind="query-params")

try:
    period = compute.Period.of(begins or "", ends or "")
    found = once.of(store, compute.ask, compute.Scope(kind, chosen, role), period)
    with st.expander("Change assumptions: least, most likely, most"):
        st.caption("Those this ledger rests on. The link to this page carries what you change.")
        asked = {}
        for wish in compute.wishes(found.assumptions):
            words, *boxes = st.columns([4, 2, 2, 2], vertical_alignment="center")
            words.text(wish.says, help=wish.basis)
            least, mode, most = (
                box.number_input(
                    f"{wish.says}: {which}", wish.at_least, wish.at_most, value, wish.step,
                    format="%g", key=f"{wish.key}_{which}", label_visibility="collapsed",
                    bind="query-params",
                )
                for box, value, which in zip(
                    boxes, wish.values, ("least", "mode", "most"), strict=True
                )
            )  # fmt: skip
            asked[wish.name] = (least, mode, most)
    if own := compute.changed(asked):
        st.info(
            f"Custom assumptions, not the published priors: {', '.join(own)}.",
            icon=":material/tune:",
        )
        found = once.of(store, compute.ask, found.scope, period, own)
except UsageError as error:
    st.error("The ledger cannot answer this.")
    st.text(str(error))
    st.stop()

st.subheader("Side by side")
st.text(f"{names[chosen]}, {period.says}")
ledger.show(found)
if kind == "facility":
    shared.facility_link(chosen, names[chosen])
st.caption(shared.caption())
