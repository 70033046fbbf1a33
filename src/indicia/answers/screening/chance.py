"""How many hits a list of this size is to be expected to have for no reason."""

from dataclasses import dataclass

from indicia.reference.matching import false_hits


@dataclass(frozen=True, slots=True)
class Expected:
    """Hits for no reason among names that are on no list, with a 95 % interval."""

    count: float
    low_count: float
    high_count: float
    basis: str

    @property
    def sentence(self) -> str:
        """The estimate in words, with what it rests on."""
        return (
            f"If none of these names were listed, about {_figure(self.count)} of them would be "
            f"expected to meet a listed party all the same ({_figure(self.low_count)} to "
            f"{_figure(self.high_count)}). {self.basis}"
        )


def expected(rows_count: int, targets_count: int) -> Expected | None:
    """Scale the measured rate to this list and to the names it was held against.

    Args:
        rows_count: Names screened.
        targets_count: Names of listed parties compared.
    """
    rate = false_hits()
    if rate is None:
        return None
    scale = rows_count / 10_000 * targets_count / rate.targets_count
    basis = (
        f"Measured: {rate.per_10000_count:g} of every 10,000 unlisted names ({rate.low_count:g} to "
        f"{rate.high_count:g}, 95 %) on {rate.names_count:,} names against {rate.targets_count:,} "
        f"listed ones, scaled to this list; {rate.where}. Short and generic names meet more often, "
        "and the names of this list may be of another kind."
    )
    return Expected(
        rate.per_10000_count * scale, rate.low_count * scale, rate.high_count * scale, basis
    )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"  # noqa: PLR2004 -- two figures suffice
