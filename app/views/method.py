"""Method: every indicator with what it answered here, and the pages on method and validation."""

import streamlit as st

from app import drawn, shared
from indicia.answers import charts, method

store = shared.store()
titles = method.indicators()

st.title("Method")
st.caption(
    "The documentation of this release, beside what each indicator answered in these data."
)
for name, options in {"indicator": list(titles), "page": method.pages()}.items():
    shared.say_if_stale(name, options)
left, right = st.columns(2)
code = left.selectbox(
    "Indicator",
    ["", *titles],
    key="indicator",
    bind="query-params",
    format_func=lambda c: c or "none: read a page",
)
page = right.selectbox(
    "Page", method.pages(), key="page", bind="query-params", disabled=bool(code)
)


def show(parts: list[method.Part]) -> None:
    """Our own documentation, with its pictures."""
    for part in parts:
        if part.picture:
            st.image(part.picture, caption=part.text)
        else:
            st.markdown(part.text)


if not code:
    st.subheader("Indicators")
    st.caption("Facilities per result. Select a row to read about an indicator.")
    if picked := shared.table(
        method.overview(store), "Every indicator and its results", "overview", pick="indicator"
    ):
        st.switch_page("views/method.py", query_params={"indicator": picked})
    st.header(page)
    show(method.page(page))
    st.stop()

st.header(f"{code} {titles[code]}")
st.subheader("In this version of the data")
shared.table(method.results(store, code), "Facilities per result", "results")
bins, answered = method.distribution(store, code), method.answers(store, code)
if bins.height:
    drawn.show(
        charts.measured,
        bins,
        method.unit(store, code),
        shared.caption(),
        alt=f"Bars: what {code} observed, per span of its measure; the table below holds the same",
        key="distribution",
    )
    shared.twin(bins, "distribution_table", "answers per span of the measure")
else:
    st.caption("It measured nothing here: no source at hand holds what it reads.")
with st.expander(f"Its answers: {answered.height:,} shown, at most {method.MOST_ANSWERS:,}"):
    shared.table(answered, f"Answers of {code} at every scope", "answers")
st.markdown("**What it can see, and what it cannot**")
shared.table(method.sight(code), f"Detectability of {code}", "sight")
st.divider()
show(method.indicator(code))
st.caption(
    f"The examples above are executed by this release's tests. Link: method?indicator={code} · "
    + shared.caption()
)
