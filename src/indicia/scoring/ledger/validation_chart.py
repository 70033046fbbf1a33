"""The picture of the validation: implied P05 to P95 against the stated count, on log axes.

Written as SVG by hand, so that the same rows give the same bytes everywhere.
"""

from math import ceil, floor, log10
from xml.sax.saxutils import escape

import polars as pl

WIDE, HIGH = 960, 720
LEFT, RIGHT, TOP, BOTTOM = 78, 44, 132, 62
COLOURS = {"final": "#1f5f8b", "development": "#8a94a0", "TOP500, not seen": "#c77d0a"}
SAYS = {
    "final": "kept apart, final figure",
    "development": "developed on",
    "TOP500, not seen": "TOP500, no prior set on them",
}
HEADINGS = (
    "Bar: 5th to 95th percentile of the count that published power implies, for the type of accelerator stated. Mark: median.",
    "Hollow mark: the stated count lies outside the bar. Most sites are research machines, read with a setting made for them;",
    "average power and large Chinese halls are not validated, because no published count stands beside such a power.",
)


def picture(rows: pl.DataFrame, as_of: str) -> str:
    """The picture.

    Args:
        rows: `accelerators`, `p05`, `p50`, `p95`, `is_inside` and `group` (a key of `COLOURS`).
        as_of: Date of the copies.
    """
    low, high = _ends(rows)
    last = pl.col("group").replace_strict(
        {group: -n for n, group in enumerate(COLOURS)}, return_dtype=pl.Int8
    )
    order = rows.sort(last, "accelerators", "p50", "name")
    marks = [_mark(row, low, high) for row in order.iter_rows(named=True)]
    counts = dict(rows.group_by("group").agg(pl.len()).iter_rows())
    inside = dict(rows.group_by("group").agg(pl.col("is_inside").sum()).iter_rows())
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" '
            'font-family="Helvetica, Arial, sans-serif" font-size="13">'
        ),
        f"<title>Accelerators implied by power against the number stated, {sum(counts.values())} sites</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>',
        (
            f'<text x="{LEFT}" y="26" font-size="18" fill="#1c2733">Accelerators implied by power, '
            "against the number stated</text>"
        ),
        *(
            f'<text x="{LEFT}" y="{46 + 17 * n}" fill="#4a5663">{escape(line)}</text>'
            for n, line in enumerate(HEADINGS)
        ),
        *_legend(counts, inside),
        *_grid(low, high),
        *marks,
        (
            f'<text x="{WIDE - RIGHT}" y="{HIGH - 8}" text-anchor="end" font-size="11" fill="#4a5663">'
            f"Counts and power: Epoch AI, Data on GPU Clusters (CC BY 4.0), {escape(as_of)}, and TOP500."
            " Intervals: indicia.</text>"
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _ends(rows: pl.DataFrame) -> tuple[int, int]:
    """Powers of ten around everything shown."""
    least = min(rows["p05"].min(), rows["accelerators"].min())  # type: ignore[type-var]
    most = max(rows["p95"].max(), rows["accelerators"].max())  # type: ignore[type-var]
    return floor(log10(float(least))), ceil(log10(float(most)))  # type: ignore[arg-type]


def _x(value: float, low: int, high: int) -> float:
    return LEFT + (log10(value) - low) / (high - low) * (WIDE - LEFT - RIGHT)


def _y(value: float, low: int, high: int) -> float:
    return HIGH - BOTTOM - (log10(value) - low) / (high - low) * (HIGH - TOP - BOTTOM)


def _mark(row: dict[str, float | str | bool], low: int, high: int) -> str:
    colour = COLOURS[str(row["group"])]
    x = _x(float(row["accelerators"]), low, high)
    ends = [_y(float(row[p]), low, high) for p in ("p05", "p50", "p95")]
    fill = colour if row["is_inside"] else "#ffffff"
    said = f"{row['name']}: stated {row['accelerators']:,.0f}, implied {row['p05']:,.0f} to {row['p95']:,.0f}"
    return (
        f'<g stroke="{colour}"><title>{escape(said)}</title>'
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{ends[0]:.1f}" y2="{ends[2]:.1f}" stroke-width="1.6" '
        'stroke-opacity="0.65"/>'
        f'<path d="{_shape(str(row["group"]), x, ends[1])}" fill="{fill}" stroke-width="1.3"/></g>'
    )


def _shape(group: str, x: float, y: float) -> str:
    """A circle, a square or a diamond, so that colour is not alone in telling groups apart."""
    r = 3.4
    if group == "final":
        return f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"
    if group == "development":
        return f"M{x - 3:.1f} {y - 3:.1f}h6v6h-6z"
    return f"M{x:.1f} {y - 4:.1f}l4 4l-4 4l-4 -4z"


def _grid(low: int, high: int) -> list[str]:
    bottom, right = HIGH - BOTTOM, WIDE - RIGHT
    lines = []
    for power in range(low, high + 1):
        x, y = _x(10.0**power, low, high), _y(10.0**power, low, high)
        label = f"{10**power:,}"
        lines += [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="#e3e7eb"/>',
            f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e7eb"/>',
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#4a5663">{label}</text>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#4a5663">{label}</text>',
        ]
    ends = [(_x(10.0**p, low, high), _y(10.0**p, low, high)) for p in (low, high)]
    (x1, y1), (x2, y2) = ends
    middle = (LEFT + right) / 2
    return [
        *lines,
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#1c2733" stroke-dasharray="5 4"/>',
        f'<text x="{middle:.0f}" y="{bottom + 38}" text-anchor="middle" fill="#1c2733">accelerators stated (logarithmic)</text>',
        f'<text transform="translate(16 {(TOP + bottom) / 2:.0f}) rotate(-90)" text-anchor="middle" fill="#1c2733">accelerators implied (logarithmic)</text>',
    ]


def _legend(counts: dict[str, int], inside: dict[str, int]) -> list[str]:
    shown, at = [], LEFT
    for group, colour in COLOURS.items():
        if group not in counts:
            continue
        words = f"{SAYS[group]}: {inside[group]} of {counts[group]} inside"
        shown.append(
            f'<path d="{_shape(group, at + 5, 112)}" fill="{colour}"/>'
            f'<text x="{at + 14}" y="116" font-size="12" fill="#1c2733">{words}</text>'
        )
        at += 40 + 6 * len(words)
    return shown
