"""Colours that hold on light and dark ground, and titles that carry the caveat."""

import altair as alt

BLUE, ORANGE, GREY, GREEN, PURPLE = "#3f83b5", "#c77d0a", "#8a94a0", "#5b8c5a", "#8d6fc0"
HEAD_PIXELS = 185
# 20000000 is said `20 m`, 3e9 `3 bn`.
DOLLARS = "replace(replace(format(datum.value, '~s'), 'G', ' bn'), 'M', ' m')"


def title(text: str, *subtitle: str) -> alt.TitleParams:
    """A title whose subtitle carries the caveat, legible on light and dark ground."""
    return alt.TitleParams(
        text, subtitle=list(subtitle), anchor="start", color=GREY, subtitleColor=GREY, offset=12
    )
