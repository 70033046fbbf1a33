"""The picture of the measurement: F1 against false hits per 10,000 unlisted names, by method.

Written as SVG by hand, so that the same figures give the same bytes everywhere.
"""

from math import log10
from xml.sax.saxutils import escape

from indicia.entities.validation.figures import Figures

WIDE, HIGH = 960, 600
LEFT, RIGHT, TOP, BOTTOM = 70, 280, 106, 76
F1 = (0.5, 1.0)
LEAST, MOST = 2.0, 2000.0
TICKS = (3, 10, 40, 100, 300, 1000)
AIM_FALSE, AIM_F1 = 40, 0.9
OURS_COLOUR, AIM_COLOUR = "#1f5f8b", "#2f7d4f"
COLOURS = ("#c77d0a", "#8a4f9e", "#5d7a1f", "#b0413e")
DASHES = ("7 4", "2 3", "10 3 2 3", "4 2")
HEADINGS = (
    "Each line is one method over its thresholds, names asked for with their country. A name found nowhere on the list",
    "counts as a false hit; a wrong listing for a listed name counts against F1. Left and up is better.",
)


def picture(
    curves: dict[str, list[Figures]], marks: dict[str, Figures], part: str, as_of: str
) -> str:
    """The picture.

    Args:
        curves: Figures by threshold for every method; ours first.
        marks: Where a method is used: ours as shipped.
        part: Which part of the names.
        as_of: Date of the copy of the list.
    """
    names = list(curves)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" '
            'font-family="Helvetica, Arial, sans-serif" font-size="13">'
        ),
        f"<title>F1 against false hits per 10,000 unlisted names, {escape(part)} part</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>',
        (
            f'<text x="{LEFT}" y="26" font-size="18" fill="#1c2733">Noisy names of listed '
            f"organisations, {escape(part)} part: F1 against false hits</text>"
        ),
        *(
            f'<text x="{LEFT}" y="{47 + 17 * n}" fill="#4a5663">{escape(line)}</text>'
            for n, line in enumerate(HEADINGS)
        ),
        *_grid(),
        *(_line(curves[name], n) for n, name in enumerate(names)),
        *(_mark(name, figures) for name, figures in marks.items()),
        *_legend(names),
        (
            f'<text x="{WIDE - 12}" y="{HIGH - 8}" text-anchor="end" font-size="11" fill="#4a5663">'
            f"Names: BIS Entity List, copy of {escape(as_of)}, with synthetic noise; PARAT, "
            "MyCareersFuture, OpenAlex. Figures: indicia.</text>"
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(false_per_10k: float) -> float:
    at = min(max(false_per_10k, LEAST), MOST)
    return LEFT + (log10(at) - log10(LEAST)) / (log10(MOST) - log10(LEAST)) * (
        WIDE - LEFT - RIGHT
    )


def _y(f1: float) -> float:
    at = min(max(f1, F1[0]), F1[1])
    return HIGH - BOTTOM - (at - F1[0]) / (F1[1] - F1[0]) * (HIGH - TOP - BOTTOM)


def _style(number: int) -> tuple[str, str, float]:
    """Colour, dashes and width of a line: ours is the first, whole and thick."""
    if number == 0:
        return OURS_COLOUR, "none", 2.6
    at = (number - 1) % len(COLOURS)
    return COLOURS[at], DASHES[at], 1.6


def _line(curve: list[Figures], number: int) -> str:
    colour, dashes, width = _style(number)
    shown = [f for f in curve if F1[0] <= f.f1 <= F1[1] and f.false_per_10k <= MOST]
    points = " ".join(f"{_x(f.false_per_10k):.1f},{_y(f.f1):.1f}" for f in shown)
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _mark(name: str, figures: Figures) -> str:
    x, y = _x(figures.false_per_10k), _y(figures.f1)
    said = f"{name}, as shipped: F1 {figures.f1:.3f}, {figures.false_per_10k:.0f} false hits"
    return (
        f'<g><title>{escape(said)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="#ffffff" '
        f'stroke="{OURS_COLOUR}" stroke-width="2.6"/><text x="{x + 11:.1f}" y="{y - 8:.1f}" '
        f'font-size="12" fill="#1c2733">as shipped: {figures.f1:.3f} at {figures.false_per_10k:.0f}</text></g>'
    )


def _grid() -> list[str]:
    bottom, right = HIGH - BOTTOM, WIDE - RIGHT
    lines = [
        (
            f'<rect x="{LEFT}" y="{TOP}" width="{_x(AIM_FALSE) - LEFT:.1f}" '
            f'height="{_y(AIM_F1) - TOP:.1f}" fill="{AIM_COLOUR}" fill-opacity="0.10"/>'
        ),
        (
            f'<text x="{LEFT + 8}" y="{_y(AIM_F1) - 8:.1f}" font-size="12" fill="{AIM_COLOUR}">aim: F1 at least '
            f"{AIM_F1:g}, under {AIM_FALSE} false hits</text>"
        ),
    ]
    for tick in TICKS:
        x = _x(tick)
        lines += [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="#e3e7eb"/>',
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#4a5663">{tick:,}</text>',
        ]
    for step in range(6):
        f1 = F1[0] + step / 10
        y = _y(f1)
        lines += [
            f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e7eb"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#4a5663">{f1:.1f}</text>',
        ]
    return [
        *lines,
        (
            f'<text x="{(LEFT + right) / 2:.0f}" y="{bottom + 40}" text-anchor="middle" fill="#1c2733">'
            "false hits per 10,000 unlisted names (logarithmic; fewer than 2 stand at 2)</text>"
        ),
        (
            f'<text transform="translate(20 {(TOP + bottom) / 2:.0f}) rotate(-90)" text-anchor="middle" '
            'fill="#1c2733">F1</text>'
        ),
    ]


def _legend(names: list[str]) -> list[str]:
    shown = []
    for number, name in enumerate(names):
        colour, dashes, width = _style(number)
        y = TOP + 14 + 24 * number
        x = WIDE - RIGHT + 14
        shown.append(
            f'<line x1="{x}" x2="{x + 28}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="{width}" '
            f'stroke-dasharray="{dashes}"/>'
            f'<text x="{x + 35}" y="{y + 4}" font-size="12" fill="#1c2733">{escape(name)}</text>'
        )
    return shown
