"""The picture of the evaluation: precision against recall at the middle level, by method.

Written as SVG by hand, so that the same figures give the same bytes everywhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from indicia.world.evaluation.figures import OURS
from indicia.world.evaluation.learned import BOOSTED

WIDE, HIGH = 960, 600
LEFT, RIGHT, TOP, BOTTOM = 70, 300, 106, 76
OURS_COLOUR, UPPER_COLOUR = "#1f5f8b", "#4a5663"
COLOURS = ("#c77d0a", "#8a4f9e", "#5d7a1f", "#b0413e", "#2a8a8a", "#7a6a55")
DASHES = ("7 4", "2 3", "10 3 2 3", "4 2", "1 4", "12 4")
HEADINGS = (
    "All clusters of all worlds of the level together; an invented world each, whose truth is known. Right and up is",
    "better. Many clusters leave no trace that anyone publishes, so no method reaches them.",
)


def picture(document: Mapping[str, Any]) -> str:
    """The picture of a document as `results.document` makes it."""
    level = document["middle"]
    curves: dict[str, list[Mapping[str, float]]] = {}
    for row in document["by_level"][level]["curves"]:
        curves.setdefault(row["name"], []).append(row)
    said = f"{document['part']} seeds, level {level}"
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" '
            'font-family="Helvetica, Arial, sans-serif" font-size="13">'
        ),
        f"<title>Precision against recall by method, {escape(said)}</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>',
        (
            f'<text x="{LEFT}" y="26" font-size="18" fill="#1c2733">Synthetic worlds, '
            f"{escape(said)}: precision against recall</text>"
        ),
        *(
            f'<text x="{LEFT}" y="{47 + 17 * n}" fill="#4a5663">{escape(line)}</text>'
            for n, line in enumerate(HEADINGS)
        ),
        *_grid(),
        *(_line(rows, _style(name, n)) for n, (name, rows) in enumerate(curves.items())),
        *_legend(list(curves)),
        (
            f'<text x="{WIDE - 12}" y="{HIGH - 8}" text-anchor="end" font-size="11" fill="#4a5663">'
            f"{document['facilities_count']:,} invented facilities. Code {escape(document['code_version'])}, "
            f"rules {escape(document['rules_version'])}. Figures: indicia.</text>"
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(share: float) -> float:
    return LEFT + share * (WIDE - LEFT - RIGHT)


def _y(share: float) -> float:
    return HIGH - BOTTOM - share * (HIGH - TOP - BOTTOM)


def _style(name: str, number: int) -> tuple[str, str, float]:
    """Colour, dashes and width: ours whole and thick, the upper reference whole and thin."""
    if name == OURS:
        return OURS_COLOUR, "none", 2.8
    if name == BOOSTED:
        return UPPER_COLOUR, "none", 1.2
    at = number % len(COLOURS)
    return COLOURS[at], DASHES[at], 1.6


def _line(rows: Sequence[Mapping[str, float]], style: tuple[str, str, float]) -> str:
    points = " ".join(f"{_x(r['recall']):.1f},{_y(r['precision']):.1f}" for r in rows)
    colour, dashes, width = style
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _grid() -> list[str]:
    bottom, right = HIGH - BOTTOM, WIDE - RIGHT
    lines = []
    for step in range(6):
        share = step / 5
        x, y = _x(share), _y(share)
        lines += [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="#e3e7eb"/>',
            f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e7eb"/>',
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#4a5663">{share:.1f}</text>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#4a5663">{share:.1f}</text>',
        ]
    return [
        *lines,
        (
            f'<text x="{(LEFT + right) / 2:.0f}" y="{bottom + 40}" text-anchor="middle" fill="#1c2733">'
            "recall: share of all clusters ranked so high</text>"
        ),
        (
            f'<text transform="translate(20 {(TOP + bottom) / 2:.0f}) rotate(-90)" text-anchor="middle" '
            'fill="#1c2733">precision: share of clusters among those ranked so high</text>'
        ),
    ]


def _legend(names: Sequence[str]) -> list[str]:
    shown = []
    for number, name in enumerate(names):
        colour, dashes, width = _style(name, number)
        x, y = WIDE - RIGHT + 14, TOP + 14 + 24 * number
        said = "gradient boosting (sees truth)" if name == BOOSTED else name
        shown.append(
            f'<line x1="{x}" x2="{x + 28}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="{width}" '
            f'stroke-dasharray="{dashes}"/>'
            f'<text x="{x + 35}" y="{y + 4}" font-size="12" fill="#1c2733">{escape(said)}</text>'
        )
    return shown
