"""Pictures on a page, each made once for all who look at the same rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.elements.lib.layout_utils import Width

from indicia.answers.charts import finished

MOST_PICTURES = 256
Picked = Mapping[str, Sequence[Mapping[str, object]]]


def show(
    draw: Callable[..., Any],
    *given: object,
    key: str,
    alt: str,
    modes: Sequence[str] = (),
    width: Width | None = None,
) -> Picked:
    """Draw a picture; what a reader picked in it.

    Args:
        draw: A pure function that gives an Altair chart.
        given: What it is given: frames, texts, numbers.
        key: Name of the widget.
        alt: What the picture shows, for readers who cannot see it.
        modes: The selections by which a click may pick; none: the picture is only looked at.
        width: As Streamlit has it.
    """
    made = _finished(finished.drawn_from(draw, given), draw, given)
    if not modes:
        st.vega_lite_chart(spec=made, key=key, alt=alt, width=width)
        return {}
    event = st.vega_lite_chart(
        spec=made, key=key, alt=alt, width=width, on_select="rerun", selection_mode=modes
    )
    picked: Picked = event.selection
    return picked


# The hash is over all that the picture follows from, so nobody is shown another's.
@st.cache_resource(show_spinner=False, max_entries=MOST_PICTURES)
def _finished(
    drawn_from: str,  # noqa: ARG001 -- the key
    _draw: Callable[..., Any],
    _given: tuple[object, ...],
) -> dict[str, Any]:
    return finished.spec(_draw(*_given))
