"""Entry point: `streamlit run app/main.py`. The pages, in the order a reader meets them."""

from pathlib import Path

import streamlit as st

from app import linked, person, shared
from indicia.errors import IndiciaError

# A named icon would be fetched from another host to serve as the browser tab's picture.
ICON = Path(__file__).parent / "static" / "icon.svg"
# The default leaves a sixth of a laptop's screen empty above the first word.
LOOK = Path(__file__).parent / "static" / "look.css"

# The first page has no address of its own, so it is the one nobody links to.
page = st.navigation(
    [
        st.Page("views/home.py", title="Home", default=True),
        st.Page("views/leads.py", title="Leads"),
        st.Page("views/map.py", title="Map"),
        st.Page("views/lanes.py", title="Lanes"),
        st.Page("views/facility.py", title="Facility"),
        st.Page("views/compare.py", title="Compare"),
        st.Page("views/entity.py", title="Entity"),
        st.Page("views/screen.py", title="Screen"),
        st.Page("views/compute.py", title="Compute"),
        st.Page("views/rules.py", title="Rules"),
        st.Page("views/claims.py", title="Claims"),
        st.Page("views/review.py", title="Review"),
        st.Page("views/exports.py", title="Exports"),
        st.Page("views/coverage.py", title="Coverage"),
        st.Page("views/sources.py", title="Sources"),
        st.Page("views/method.py", title="Method"),
        st.Page("views/evaluation.py", title="Evaluation"),
    ],
    position="top",
)
st.set_page_config(page_title=f"{page.title} · indicia", page_icon=str(ICON), layout="wide")
st.html(LOOK)

try:
    person.require()
    left, right = st.columns([5, 1], vertical_alignment="top")
    with left:
        shared.mark_the_data()
        linked.say_if_of_other_data()
    person.arrive(page.url_path or "home")
    place = right.empty()
    linked.offer(place, page.url_path)  # a page may stop early, and then nothing can be drawn
    page.run()
    linked.offer(place, page.url_path)  # only now all its filters are in the address
except IndiciaError as error:
    st.title(page.title)
    st.error("The data could not be read.")
    st.text(str(error))
