"""The timeline: one axis, one lane per kind of record, rules as lines through all lanes."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREEN, GREY, ORANGE, PURPLE

WIDTH = 920
LABEL_MOST = 46
LEFT_MARGIN = 118
QUANTITIES = {
    "power": "Power (MW)",
    "zone base load": "Zone base load (MW)",
    "compute": "H100 equivalents",
    "hiring": "Open positions",
}
SPANS = {
    "notice": "square", "event": "diamond", "evidence": "circle", "register": "triangle-down",
    "listing": "triangle-up", "shipment": "cross", "model": "triangle-right", "construction": "triangle-left",
}  # fmt: skip
TOOLTIP = [
    alt.Tooltip("lane:N", title="lane"),
    alt.Tooltip("label:N", title="what"),
    alt.Tooltip("starts_date:T", title="from"),
    alt.Tooltip("ends_date:T", title="to"),
    alt.Tooltip("date_precision:N", title="date known to"),
    alt.Tooltip("status:N", title="status"),
    alt.Tooltip("value:Q", title="value", format=",.1f"),
    alt.Tooltip("unit:N", title="unit"),
    alt.Tooltip("kind:N", title="kind"),
    alt.Tooltip("source:N", title="source"),
]
MOST_TRADE_LANES = 3
METERED = {"power": ("metered",)}
DASHES = {"reported": [1, 0], "estimated": [2, 2], "projection": [7, 4]}
MOST_LABELS = 24
MONTHS_APART, MOST_TICKS = (1, 2, 3, 6, 12, 24, 60), 14
SHORTEST = timedelta(days=60)
KINDS = ("reported", "estimated", "projection", "metered")
KIND_COLOURS = (BLUE, ORANGE, GREY, GREEN)


class _Axis(NamedTuple):
    """How the one axis of time is drawn in every lane."""

    step: alt.TimeIntervalStep
    scale: alt.Scale


def timeline(marks: pl.DataFrame, caption: str) -> alt.VConcatChart:
    """One axis of time, one lane per kind of record, rules as vertical lines through all lanes.

    Args:
        marks: Dated marks, as `answers.timeline.dated` gives them.
        caption: What data this was made from.
    """
    shown = _worded(marks)
    rules = shown.filter(pl.col("lane") == "rule")
    starts = shown.select(pl.min("starts_date")).item()
    ends = shown.select(pl.max_horizontal(pl.max("ends_date"), pl.max("starts_date"))).item()
    ticks = _Axis(_ticks(starts, ends), _scale(starts, ends))
    parts = {
        title: shown.filter(pl.col("lane").is_in([lane, *METERED.get(lane, ())]))
        for lane, title in QUANTITIES.items()
    }
    parts = {title: part for title, part in (parts | _trade(shown)).items() if part.height}
    spans = shown.filter(pl.col("lane").is_in(list(SPANS)))
    last = "spans" if spans.height else next(reversed(parts), "rules")
    lanes = [_rule_names(rules, ticks, is_last=last == "rules")] if rules.height else []
    lanes += [
        _quantity(part, title, rules, ticks, is_last=title == last)
        for title, part in parts.items()
    ]
    lanes += [_spans(spans, rules, ticks)] if spans.height else []
    chart: alt.VConcatChart = (
        alt.vconcat(*lanes, spacing=6)
        .resolve_scale(x="shared", color="shared")
        .properties(
            title=look.title(
                f"On record from {starts:%Y-%m} to {ends:%Y-%m}",
                "Filled = reported or metered; hollow = estimated by a third party; dashed grey = "
                "plan or forecast, not an observation.",
                f"A rule in force on a date says nothing of whether it applied here. {caption}",
            )
        )
    )
    return chart


def _trade(shown: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """A lane of its own for each of the first trade lanes, which differ in size by far."""
    lane = pl.col("label").str.split(" · ").list.first()
    trade = shown.filter(pl.col("lane") == "trade lane").with_columns(trade_lane=lane)
    names = trade["trade_lane"].unique(maintain_order=True).head(MOST_TRADE_LANES)
    return {f"All of {n} (million US$)": trade.filter(pl.col("trade_lane") == n) for n in names}


def _worded(marks: pl.DataFrame) -> pl.DataFrame:
    kind = (
        pl.when(pl.col("is_projection"))
        .then(pl.lit("projection"))
        .when(pl.col("lane") == "metered")
        .then(pl.lit("metered"))
        .when(pl.col("is_estimate"))
        .then(pl.lit("estimated"))
        .otherwise(pl.lit("reported"))
    )
    label = pl.col("label").fill_null("").str.strip_prefix("rule · ")
    is_long = label.str.len_chars() > LABEL_MOST
    short = pl.when(is_long).then(label.str.slice(0, LABEL_MOST - 1) + "…").otherwise(label)
    code = pl.when(pl.col("lane") == "evidence").then(" " + label.str.split(" · ").list.first())
    return marks.with_columns(
        kind=kind, short=short, row=pl.col("lane") + code.otherwise(pl.lit(""))
    )


def _scale(starts: date, ends: date) -> alt.Scale:
    """Where all lies within a few weeks, some room on both sides, so that labels can be read."""
    if ends - starts >= SHORTEST:
        return alt.Scale(padding=14)
    around = (starts - SHORTEST, ends + 2 * SHORTEST)
    return alt.Scale(
        domain=[alt.DateTime(year=d.year, month=d.month, date=d.day) for d in around]
    )


def _ticks(starts: date, ends: date) -> alt.TimeIntervalStep:
    """Whole months apart, so that labels neither repeat nor crowd."""
    months = (ends - starts).days / 30
    step = next((n for n in MONTHS_APART if months / n <= MOST_TICKS), MONTHS_APART[-1])
    return alt.TimeIntervalStep(interval="month", step=step)


def _time(ticks: _Axis, *, is_last: bool) -> alt.X:
    axis = alt.Axis(
        labels=is_last,
        ticks=is_last,
        grid=True,
        format="%Y-%m",
        labelOverlap=True,
        tickCount=ticks.step,
    )
    return alt.X("starts_date:T", title=None, axis=axis, scale=ticks.scale)


def _rule_lines(rules: pl.DataFrame) -> list[alt.Chart]:
    if rules.is_empty():
        return []
    line = alt.Chart(rules).mark_rule(
        color=PURPLE, strokeDash=[5, 3], strokeWidth=1.2, opacity=0.4
    )
    return [line.encode(x="starts_date:T", tooltip=TOOLTIP)]


def _rule_names(
    rules: pl.DataFrame, ticks: _Axis, *, is_last: bool
) -> alt.LayerChart | alt.FacetChart:
    numbered = rules.sort("starts_date").with_row_index("place")
    half = numbered.height / 2
    base = alt.Chart(numbered).encode(
        x=_time(ticks, is_last=is_last), y=alt.Y("place:O", axis=None), tooltip=TOOLTIP
    )
    text: dict[str, Any] = {"fontSize": 11, "color": PURPLE, "limit": 340}
    early = base.transform_filter(f"datum.place < {half}").mark_text(align="left", dx=8, **text)
    late = base.transform_filter(f"datum.place >= {half}").mark_text(
        align="right", dx=-8, **text
    )
    marks = base.mark_point(shape="triangle-down", filled=True, size=60, color=PURPLE)
    return alt.layer(
        marks, early.encode(text="short:N"), late.encode(text="short:N")
    ).properties(width=WIDTH, height=15 * rules.height + 6)


def _quantity(
    part: pl.DataFrame,
    title: str,
    rules: pl.DataFrame,
    ticks: _Axis,
    *,
    is_last: bool,
) -> alt.LayerChart | alt.FacetChart:
    scale = alt.Scale(domain=KINDS, range=KIND_COLOURS)
    encoding: dict[str, Any] = {
        "x": _time(ticks, is_last=is_last),
        "y": alt.Y(
            "value:Q",
            title=title,
            axis=alt.Axis(tickCount=4, titleLimit=200, minExtent=LEFT_MARGIN, format="~s"),
        ),
        "color": alt.Color("kind:N", title=None, scale=scale, legend=alt.Legend(orient="top")),
        "tooltip": TOOLTIP,
    }
    layers = _rule_lines(rules)
    lasting = part.filter(pl.col("ends_date").is_not_null())
    if lasting.height:
        bars = alt.Chart(lasting).mark_rule(strokeWidth=4, strokeCap="butt")
        layers.append(bars.encode(x2="ends_date:T", **encoding))
    for kind, dash in DASHES.items():
        some = part.filter(pl.col("ends_date").is_null(), pl.col("kind") == kind)
        if some.is_empty():
            continue
        base = alt.Chart(some).encode(**encoding)
        line = base.mark_line(strokeDash=dash, strokeWidth=1.5, interpolate="step-after")
        if part["label"].n_unique() > 1 and "H100" not in title and "Power" not in title:
            line = line.encode(detail="label:N")
        point = base.mark_point(size=64, filled=kind == "reported")
        layers += [line, point]
    return alt.layer(*layers).properties(width=WIDTH, height=110)


def _spans(
    spans: pl.DataFrame, rules: pl.DataFrame, ticks: _Axis
) -> alt.LayerChart | alt.FacetChart:
    axis = alt.Axis(minExtent=LEFT_MARGIN, labelLimit=LEFT_MARGIN)
    encoding: dict[str, Any] = {
        "x": _time(ticks, is_last=True),
        "y": alt.Y("row:N", title=None, axis=axis),
    }
    layers = _rule_lines(rules)
    is_lasting = (pl.col("ends_date") > pl.col("starts_date")).fill_null(value=False)
    lasting, short = spans.filter(is_lasting), spans.filter(~is_lasting)
    if lasting.height:
        bars = alt.Chart(lasting).mark_rule(strokeWidth=6, color=GREY, opacity=0.7)
        layers.append(bars.encode(x2="ends_date:T", tooltip=TOOLTIP, **encoding))
    if short.height:
        scale = alt.Scale(domain=list(SPANS), range=list(SPANS.values()))
        points = alt.Chart(short).mark_point(size=70, filled=True, color=GREY)
        layers.append(
            points.encode(
                shape=alt.Shape("lane:N", legend=None, scale=scale), tooltip=TOOLTIP, **encoding
            )
        )
    if spans.height <= MOST_LABELS:
        names = alt.Chart(spans).mark_text(
            align="left", dx=8, dy=-9, fontSize=10, color=GREY, limit=320
        )
        layers.append(names.encode(text="short:N", tooltip=TOOLTIP, **encoding))
    rows = spans["row"].n_unique()
    return alt.layer(*layers).properties(width=WIDTH, height=32 * rows + 16)
