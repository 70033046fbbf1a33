"""Pictures as pure functions of frames. The caveat and the data's version lie inside the picture.

Colours hold on light and dark ground; what a colour says is said by shape, dash or text as well.
"""

import altair as alt
import polars as pl

from indicia.answers import words

BLUE, ORANGE, GREY, GREEN, PURPLE = "#3f83b5", "#c77d0a", "#8a94a0", "#5b8c5a", "#8d6fc0"
WIDTH = 920
LABEL_MOST = 46
LEFT_MARGIN = 118
QUANTITIES = {
    "power": "Power (MW)",
    "zone base load": "Zone base load (MW)",
    "compute": "H100 equivalents",
    "hiring": "Open positions",
}
SPANS = ("notice", "event", "evidence")
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
METERED = {"power": ("metered",)}
DASHES = {"reported": [1, 0], "estimated": [2, 2], "projection": [7, 4]}
MOST_LABELS = 24
HEAD_PIXELS = 185
KINDS = ("reported", "estimated", "projection", "metered")
KIND_COLOURS = (BLUE, ORANGE, GREY, GREEN)


def timeline(marks: pl.DataFrame, caption: str) -> alt.VConcatChart:
    """One axis of time, one lane per kind of record, rules as vertical lines through all lanes.

    Args:
        marks: Dated marks, as `answers.timeline.dated` gives them.
        caption: What data this was made from.
    """
    shown = _worded(marks)
    rules = shown.filter(pl.col("lane") == "rule")
    parts = {
        title: shown.filter(pl.col("lane").is_in([lane, *METERED.get(lane, ())]))
        for lane, title in QUANTITIES.items()
    }
    parts = {title: part for title, part in parts.items() if part.height}
    spans = shown.filter(pl.col("lane").is_in(SPANS))
    last = "spans" if spans.height else next(reversed(parts), "rules")
    lanes = [_rule_names(rules, is_last=last == "rules")] if rules.height else []
    lanes += [_quantity(part, title, rules, is_last=title == last) for title, part in parts.items()]
    lanes += [_spans(spans, rules)] if spans.height else []
    starts = shown.select(pl.min("starts_date")).item()
    ends = shown.select(pl.max_horizontal(pl.max("ends_date"), pl.max("starts_date"))).item()
    return (
        alt.vconcat(*lanes, spacing=6)
        .resolve_scale(x="shared", color="shared")
        .properties(
            title=_title(
                f"On record from {starts:%Y-%m} to {ends:%Y-%m}",
                "Filled = reported or metered; hollow = estimated by a third party; dashed grey = "
                "plan or forecast, not an observation.",
                f"A rule in force on a date says nothing of whether it applied here. {caption}",
            )
        )
    )


def _title(text: str, *subtitle: str) -> alt.TitleParams:
    return alt.TitleParams(
        text, subtitle=list(subtitle), anchor="start", color=GREY, subtitleColor=GREY, offset=12
    )


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


def _time(*, is_last: bool) -> alt.X:
    axis = alt.Axis(labels=is_last, ticks=is_last, grid=True, format="%Y-%m", labelOverlap=True)
    return alt.X("starts_date:T", title=None, axis=axis, scale=alt.Scale(padding=14))


def _rule_lines(rules: pl.DataFrame) -> list[alt.Chart]:
    if rules.is_empty():
        return []
    line = alt.Chart(rules).mark_rule(color=PURPLE, strokeDash=[5, 3], strokeWidth=1.2)
    return [line.encode(x="starts_date:T", tooltip=TOOLTIP)]


def _rule_names(rules: pl.DataFrame, *, is_last: bool) -> alt.LayerChart:
    numbered = rules.sort("starts_date").with_row_index("place")
    half = numbered.height / 2
    base = alt.Chart(numbered).encode(
        x=_time(is_last=is_last), y=alt.Y("place:O", axis=None), tooltip=TOOLTIP
    )
    text = {"fontSize": 11, "color": PURPLE, "limit": 340}
    early = base.transform_filter(f"datum.place < {half}").mark_text(align="left", dx=8, **text)
    late = base.transform_filter(f"datum.place >= {half}").mark_text(align="right", dx=-8, **text)
    marks = base.mark_point(shape="triangle-down", filled=True, size=60, color=PURPLE)
    return alt.layer(marks, early.encode(text="short:N"), late.encode(text="short:N")).properties(
        width=WIDTH, height=15 * rules.height + 6
    )


def _quantity(
    part: pl.DataFrame, title: str, rules: pl.DataFrame, *, is_last: bool
) -> alt.LayerChart:
    scale = alt.Scale(domain=KINDS, range=KIND_COLOURS)
    encoding = {
        "x": _time(is_last=is_last),
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


def _spans(spans: pl.DataFrame, rules: pl.DataFrame) -> alt.LayerChart:
    axis = alt.Axis(minExtent=LEFT_MARGIN, labelLimit=LEFT_MARGIN)
    encoding = {"x": _time(is_last=True), "y": alt.Y("row:N", title=None, axis=axis)}
    layers = _rule_lines(rules)
    is_lasting = (pl.col("ends_date") > pl.col("starts_date")).fill_null(value=False)
    lasting, short = spans.filter(is_lasting), spans.filter(~is_lasting)
    if lasting.height:
        bars = alt.Chart(lasting).mark_rule(strokeWidth=6, color=GREY, opacity=0.7)
        layers.append(bars.encode(x2="ends_date:T", tooltip=TOOLTIP, **encoding))
    if short.height:
        scale = alt.Scale(domain=SPANS, range=("square", "diamond", "circle"))
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


def weights(items: pl.DataFrame, rival: str, caption: str) -> alt.LayerChart:
    """What each item weighs against one rival, in bans: the prior, the items, the total.

    Args:
        items: As `answers.facility.weights` gives them.
        rival: Code of the rival, for the words inside the picture.
        caption: What data this was made from.
    """
    shown = items.with_row_index("place").with_columns(
        way=pl.when(pl.col("family").is_in(["prior", "total"]))
        .then(pl.col("family"))
        .when(pl.col("weight_bans") >= 0)
        .then(pl.lit("favours H1"))
        .otherwise(pl.lit("favours the rival")),
        said=pl.col("weight_bans").map_elements(words.bans, return_dtype=pl.String),
    )
    base = alt.Chart(shown).encode(
        y=alt.Y(
            "label:N",
            sort=shown["label"].to_list(),
            title=None,
            axis=alt.Axis(labelLimit=240),
        ),
        x=alt.X("weight_bans:Q", title=f"bans: right favours H1, left favours {rival}"),
        tooltip=["label:N", "family:N", "statement:N", "said:N"],
    )
    bars = base.mark_bar(height={"band": 0.6}).encode(
        color=alt.Color(
            "way:N",
            title=None,
            scale=alt.Scale(
                domain=("favours H1", "favours the rival", "prior", "total"),
                range=(ORANGE, BLUE, GREY, PURPLE),
            ),
            legend=alt.Legend(orient="top"),
        )
    )
    right = base.transform_filter("datum.weight_bans >= 0").mark_text(
        align="left", dx=4, color=GREY
    )
    left = base.transform_filter("datum.weight_bans < 0").mark_text(
        align="right", dx=-4, color=GREY
    )
    zero = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=GREY).encode(x="zero:Q")
    return alt.layer(
        zero, bars, right.encode(text="said:N"), left.encode(text="said:N")
    ).properties(
        height=26 * shown.height + HEAD_PIXELS,
        title=_title(
            f"What speaks for H1 over {rival}",
            "A family's further items count half and families are clipped, so bars need not add up.",
            f"Never a probability of wrongdoing. {caption}",
        ),
    )


def coverage(results: pl.DataFrame, caption: str) -> alt.Chart:
    """How many facilities each indicator could be computed for, shown before any score.

    Args:
        results: As `answers.leads.coverage` gives them.
        caption: What data this was made from.
    """
    order = {"flag": ORANGE, "no_flag": BLUE, "no_data": "#c3c9d0", "not_applicable": GREY}
    long = results.unpivot(
        [f"{r}_count" for r in order],
        index=["family", "indicator"],
        variable_name="result",
        value_name="facilities",
    ).with_columns(pl.col("result").str.strip_suffix("_count").replace(words.RESULTS))
    return (
        alt.Chart(long)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("facilities:Q", title="facilities", stack="zero", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("indicator:N", title=None),
            color=alt.Color(
                "result:N",
                title=None,
                scale=alt.Scale(
                    domain=[words.RESULTS[r] for r in order], range=list(order.values())
                ),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["indicator:N", "family:N", "result:N", "facilities:Q"],
        )
        .properties(
            height=22 * results.height + HEAD_PIXELS,
            title=_title(
                "What could be computed", f"No data is not the same as no flag. {caption}"
            ),
        )
    )
