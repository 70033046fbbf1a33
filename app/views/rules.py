"""Rules: was a licence required for this part, destination, owner and day, and why."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import drawn, shared
from indicia.answers import charts, rules
from indicia.errors import UsageError

st.title("Rules")
st.caption(rules.NO_ADVICE)

names = rules.countries()
parts = rules.chips()
first, second, third = st.columns([3, 2, 2])
chip = first.selectbox(
    "Part", parts, index=parts.index(rules.EXAMPLE), key="chip", bind="query-params"
)


def country(
    column: DeltaGenerator, label: str, options: list[str], key: str, usual: str
) -> str:
    """A country, bound to the link by its code: a bound box would carry its words instead."""
    words = st.query_params.get(key, usual).split() or [""]
    linked = words[0].upper()
    if linked not in options:
        st.toast(
            f"The link asks for a country that is not known ({label.lower()}); it is ignored."
        )
        linked = usual
    chosen: str = column.selectbox(
        label, options, index=options.index(linked), key=f"chosen_{key}",
        format_func=lambda c: f"{c} {names[c]}" if c else "not known",
    )  # fmt: skip
    # A link that says only the usual is not rewritten: each rewriting is one more step of Back.
    if chosen != usual or key in st.query_params:
        st.query_params[key] = chosen
    return chosen


destination = country(second, "Destination", list(names), "to", "CN")
owner = country(third, "Headquarters of the owner", ["", *names], "hq", "")
day_column, regime_column = st.columns([2, 3])
on = day_column.date_input(
    "Day", rules.EXAMPLE_DAY, min_value=rules.FIRST_SHOWN, key="on", bind="query-params"
)
regime = regime_column.segmented_control(
    "Regime",
    list(rules.REGIMES),
    default="enforced",
    required=True,
    key="regime",
    bind="query-params",
)

try:
    found = rules.decision(chip, destination, on, owner, regime or "enforced")
except UsageError as error:
    st.error("The clock cannot answer this.")
    st.text(str(error))
    st.stop()
st.subheader(rules.ANSWERS[found.answer].capitalize())
st.text(found.sentence)
# A cell of the table below is cut on narrow screens; the reason must not be.
st.text("\n".join(rules.compared(found)))
shared.table(rules.facts(found), "What the answer rests on", "facts")

st.subheader("Over time")
places = st.multiselect(
    "Destinations", list(names), default=list(rules.USUAL), key="places", bind="query-params"
)
if places:
    stretches = rules.over_time(chip, places, owner, regime or "enforced", shared.now().date())
    drawn.show(
        charts.status,
        stretches,
        chip,
        rules.picture_caption(regime or "enforced", owner, shared.caption()),
        alt="Bars: for each destination, when a licence was required",
        key="status",
    )
    shared.twin(stretches, "status_table", "answers by destination and days")

st.subheader("The rules it reads")
shared.table(rules.rulebook(), "Rules, letters and announcements with their dates", "rulebook")
