"""Figures as cells of a table in Markdown."""

from collections.abc import Iterable

from indicia.entities.validation.figures import PER, Figures, Share


def percent(value: float) -> str:
    """A share as a percentage; a dash where there is none."""
    return "-" if value != value else f"{value:.1%}"  # noqa: PLR0124 -- not a number


def share(seen: Share) -> str:
    """A share with its interval and its counts."""
    if not seen.total:
        return "-"
    low, high = seen.interval
    return f"{seen.value:.1%} ({low:.1%} to {high:.1%}; {seen.count} of {seen.total})"


def false(figures: Figures) -> str:
    """False hits per 10,000 unlisted names, with their interval."""
    if not figures.false_share.total:
        return "-"
    low, high = (PER * end for end in figures.false_share.interval)
    return f"{figures.false_per_10k:.0f} ({low:.0f} to {high:.0f})"


def f1(figures: Figures) -> str:
    """F1 with its interval."""
    low, high = figures.f1_interval
    return f"{figures.f1:.3f} ({low:.3f} to {high:.3f})"


def table(titles: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    heads = list(titles)
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"
