"""Shares of a few cases, with the interval that few cases leave."""

from math import sqrt

Z95 = 1.959964


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; everything is possible where nothing was seen."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    scale = 1 + Z95**2 / total
    middle = (share + Z95**2 / (2 * total)) / scale
    half = Z95 * sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def told(hits: int, total: int) -> str:
    """`2 of 14 (14 %; 95 % interval 4 % to 40 %)`."""
    if total == 0:
        return "0 of 0"
    low, high = wilson(hits, total)
    return f"{hits} of {total} ({hits / total:.0%}; 95 % interval {low:.0%} to {high:.0%})"
