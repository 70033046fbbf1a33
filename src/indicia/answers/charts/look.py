"""Colours that hold on light and dark ground, and titles that carry the caveat."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt

BLUE, ORANGE, GREY, GREEN, PURPLE = "#3f83b5", "#c77d0a", "#8a94a0", "#5b8c5a", "#8d6fc0"
# Read on either ground as well as one colour can be; where a picture is drawn as SVG, `look.css` does better.
WORDS = "#787f8a"
HEAD_PIXELS = 185
WIDTH, LABEL_PIXELS = 920, 190
# Lanes one above the other are as wide as the page only where the labels of their axes lie inside
# them: the frontend gives each lane the width of the page, and knows nothing of what stands beside it.
BESIDE_LABELS: list[float | Mapping[str, Any]] = [LABEL_PIXELS, {"expr": "width - 12"}]
# 20000000 is said `20 m`, 3e9 `3 bn`.
DOLLARS = "replace(replace(format(datum.value, '~s'), 'G', ' bn'), 'M', ' m')"


def title(text: str, *subtitle: str) -> alt.TitleParams:
    """A title whose subtitle carries the caveat, legible on light and dark ground."""
    return alt.TitleParams(
        text,
        subtitle=list(subtitle),
        anchor="start",
        color=WORDS,
        subtitleColor=WORDS,
        offset=12,
    )


def inside(**axis: Any) -> alt.Axis:  # noqa: ANN401 -- whatever an axis takes
    """An axis of `y` whose labels lie in the room that `BESIDE_LABELS` leaves to them."""
    return alt.Axis(offset=-LABEL_PIXELS, labelLimit=LABEL_PIXELS - 12, **axis)


def lane(
    layers: Sequence[alt.Chart], height: int, tooltip: Sequence[alt.Tooltip] = ()
) -> alt.LayerChart:
    """Marks of one lane, and the tooltip that they share."""
    said: dict[str, Any] = (
        {"encoding": alt.FacetedEncoding(tooltip=list(tooltip))} if tooltip else {}
    )
    chart = alt.LayerChart(width=WIDTH, height=height, **said)
    # Given at once, each would be copied six times to look for selections.
    chart.layer = list(layers)
    return chart


def stack(
    lanes: Sequence[alt.Chart | alt.LayerChart],
    head: alt.TitleParams,
    shared: Sequence[Literal["x", "color", "shape"]],
) -> alt.VConcatChart:
    """Lanes one above the other, which share the scales named."""
    scales: dict[str, Any] = dict.fromkeys(shared, "shared")
    resolve = alt.Resolve(scale=alt.ScaleResolveMap(**scales))
    whole = alt.VConcatChart(spacing=6, resolve=resolve, title=head)
    whole.vconcat = list(lanes)  # as in `lane`
    return whole
