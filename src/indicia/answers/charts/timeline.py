"""The timeline: one axis, one lane per kind of record, rules as lines through all lanes."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import altair as alt
import polars as pl

from indicia.answers.charts import look
from indicia.answers.charts.look import BLUE, GREEN, GREY, ORANGE, PURPLE

LABEL_MOST = 46
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
LATE_SHARE, CHARS_ACROSS, FEWEST_CHARS = 0.6, 130, 10
MONTHS_APART, MOST_TICKS = (1, 2, 3, 6, 12, 24, 60), 14
SHORTEST = timedelta(days=60)
BACKGROUND, FAR_BEFORE = ("register", "listing", "event", "evidence"), timedelta(days=730)
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
    kept, earlier = in_reach(marks)
    shown = _placed(_worded(kept))
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
    lanes: list[alt.Chart | alt.LayerChart] = (
        [_rule_names(rules, ticks, is_last=last == "rules")] if rules.height else []
    )
    lanes += [
        _quantity(part, title, rules, ticks, is_last=title == last)
        for title, part in parts.items()
    ]
    lanes += [_spans(spans, rules, ticks)] if spans.height else []
    return look.stack(
        lanes,
        look.title(
            f"On record from {starts:%Y-%m} to {ends:%Y-%m}",
            "Filled = reported or metered; hollow = estimated by a third party; dashed grey = "
            "plan or forecast, not an observation.",
            f"A rule in force on a date says nothing of whether it applied here. {earlier}{caption}",
        ),
        shared=("x", "color"),
    )


def in_reach(marks: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """Marks without what lies far before all series, notices and rules, and how many those are.

    A founding decades ago would press into a corner what the axis is for; the table has it.
    """
    is_background = pl.col("lane").is_in(BACKGROUND)
    first = marks.filter(~is_background).select(pl.min("starts_date")).item()
    if first is None:
        return marks, ""
    ends = pl.max_horizontal("starts_date", "ends_date")
    is_far = (is_background & (ends < first - FAR_BEFORE)).fill_null(value=False)
    far = marks.filter(is_far)
    told = f"Before this axis, and in the table only: {far.height}. " if far.height else ""
    return marks.filter(~is_far), told


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


def _placed(shown: pl.DataFrame) -> pl.DataFrame:
    """Marks with `is_late`: near enough to the right edge that their names stand to their left."""
    day = pl.col("starts_date").dt.epoch("d")
    last = pl.max_horizontal(day.max(), pl.col("ends_date").dt.epoch("d").max())
    share = (day - day.min()) / pl.max_horizontal(last - day.min(), SHORTEST.days)
    return shown.with_columns(share=share, is_late=share > LATE_SHARE)


def _with_room(spans: pl.DataFrame) -> pl.DataFrame:
    """Names cut to the room up to their neighbour in the row; none where there is hardly any."""
    share, is_late = pl.col("share"), pl.col("is_late")
    # Towards each other two names share the room between them.
    towards = {
        step: pl.when(is_late.shift(step).over("row") != is_late).then(0.5).otherwise(1.0)
        for step in (-1, 1)
    }
    to_next = (share.shift(-1).over("row") - share) * towards[-1]
    to_last = (share - share.shift(1).over("row")) * towards[1]
    room = pl.when(is_late).then(to_last.fill_null(1.0)).otherwise(to_next.fill_null(1.0))
    chars = (room * CHARS_ACROSS).cast(pl.Int64).clip(1)
    short = pl.col("short")
    return spans.sort("row", "share", maintain_order=True).with_columns(
        pl.when(short.str.len_chars() <= chars)
        .then(short)
        .when(chars >= FEWEST_CHARS)
        .then(short.str.slice(0, chars - 1) + "…")
        .otherwise(pl.lit(""))
        .alias("short")
    )


def _scale(starts: date, ends: date) -> alt.Scale:
    """Where all lies within a few weeks, some room on both sides, so that labels can be read."""
    if ends - starts >= SHORTEST:
        return alt.Scale(padding=14, range=look.BESIDE_LABELS)
    around = (starts - SHORTEST, ends + 2 * SHORTEST)
    return alt.Scale(
        domain=[alt.DateTime(year=d.year, month=d.month, date=d.day) for d in around],
        range=look.BESIDE_LABELS,
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
    return [line.encode(x=alt.X("starts_date:T"))]


def _rule_names(rules: pl.DataFrame, ticks: _Axis, *, is_last: bool) -> alt.LayerChart:
    numbered = rules.sort("starts_date").with_row_index("place")
    encoding: dict[str, Any] = {
        "x": _time(ticks, is_last=is_last),
        "y": alt.Y("place:O", axis=None),
    }
    marks = alt.Chart(numbered).mark_point(
        shape="triangle-down", filled=True, size=60, color=PURPLE
    )
    names = _names(numbered, encoding, {"fontSize": 11, "color": PURPLE, "limit": 340})
    return look.lane([marks.encode(**encoding), *names], 15 * rules.height + 6, TOOLTIP)


def _names(
    rows: pl.DataFrame, encoding: dict[str, Any], text: dict[str, Any]
) -> list[alt.Chart]:
    """Names beside marks: right of early ones and left of late ones, so that none leaves the picture."""
    sides: tuple[tuple[pl.Expr, dict[str, Any]], ...] = (
        (~pl.col("is_late"), {"align": "left", "dx": 8}),
        (pl.col("is_late"), {"align": "right", "dx": -8}),
    )
    return [
        alt.Chart(some).mark_text(**side, **text).encode(text=alt.Text("short:N"), **encoding)
        for which, side in sides
        if (some := rows.filter(which)).height
    ]


def _quantity(
    part: pl.DataFrame,
    title: str,
    rules: pl.DataFrame,
    ticks: _Axis,
    *,
    is_last: bool,
) -> alt.LayerChart:
    scale = alt.Scale(domain=KINDS, range=KIND_COLOURS)
    encoding: dict[str, Any] = {
        "x": _time(ticks, is_last=is_last),
        "y": alt.Y(
            "value:Q",
            title=title.replace(" (", "\n(").split("\n"),  # a long one would stretch its lane
            axis=look.inside(tickCount=4, titleLimit=200, format=",~r"),
        ),
        "color": alt.Color("kind:N", title=None, scale=scale, legend=alt.Legend(orient="top")),
    }
    layers = _rule_lines(rules)
    lasting = part.filter(pl.col("ends_date").is_not_null())
    if lasting.height:
        bars = alt.Chart(lasting).mark_rule(strokeWidth=4, strokeCap="butt")
        layers.append(bars.encode(x2=alt.X2("ends_date:T"), **encoding))
    for kind, dash in DASHES.items():
        some = part.filter(pl.col("ends_date").is_null(), pl.col("kind") == kind)
        if some.is_empty():
            continue
        base = alt.Chart(some).encode(**encoding)
        line = base.mark_line(strokeDash=dash, strokeWidth=1.5, interpolate="step-after")
        if part["label"].n_unique() > 1 and "H100" not in title and "Power" not in title:
            line = line.encode(detail=alt.Detail("label:N"))
        point = base.mark_point(size=64, filled=kind == "reported")
        layers += [line, point]
    return look.lane(layers, 110, TOOLTIP)


def _spans(spans: pl.DataFrame, rules: pl.DataFrame, ticks: _Axis) -> alt.LayerChart:
    encoding: dict[str, Any] = {
        "x": _time(ticks, is_last=True),
        "y": alt.Y("row:N", title=None, axis=look.inside(grid=False)),
    }
    layers = _rule_lines(rules)
    is_lasting = (pl.col("ends_date") > pl.col("starts_date")).fill_null(value=False)
    lasting, short = spans.filter(is_lasting), spans.filter(~is_lasting)
    if lasting.height:
        bars = alt.Chart(lasting).mark_rule(strokeWidth=6, color=GREY, opacity=0.7)
        layers.append(bars.encode(x2=alt.X2("ends_date:T"), **encoding))
    if short.height:
        scale = alt.Scale(domain=list(SPANS), range=list(SPANS.values()))
        points = alt.Chart(short).mark_point(size=70, filled=True, color=GREY)
        layers.append(
            points.encode(shape=alt.Shape("lane:N", legend=None, scale=scale), **encoding)
        )
    if spans.height <= MOST_LABELS:
        layers += _names(_with_room(spans), encoding, {"dy": -9, "fontSize": 10, "color": GREY})
    rows = spans["row"].n_unique()
    return look.lane(layers, 32 * rows + 16, TOOLTIP)
