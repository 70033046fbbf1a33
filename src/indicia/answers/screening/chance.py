"""How many hits a list of this size is to be expected to have for no reason."""

from dataclasses import dataclass

from indicia.reference.matching import Rate, false_hits

PER, LEAST = 10_000, 0.1


@dataclass(frozen=True, slots=True)
class Expected:
    """Hits for no reason among names that are on no list, with a 95 % interval."""

    count: float
    low_count: float
    high_count: float
    basis: str

    @property
    def sentence(self) -> str:
        """The estimate in words."""
        return (
            "If none of these names were listed, names to meet a listed party for no reason: "
            f"{_figure(self.count)} ({_figure(self.low_count)} to {_figure(self.high_count)})."
        )

    @property
    def told(self) -> str:
        """The estimate with what it rests on."""
        return f"{self.sentence} {self.basis}"


def expected(with_country: int, without_country: int, targets_count: int) -> Expected | None:
    """Scale the measured rates to this list and to the names it was held against.

    Args:
        with_country: Names screened that state a country.
        without_country: Names screened that state none.
        targets_count: Names of listed parties compared.
    """
    rates = false_hits()
    if rates is None:
        return None
    scale = targets_count / rates.targets_count / PER
    count, low, high = (
        scale * (with_country * one + without_country * other)
        for one, other in zip(
            _ends(rates.with_country), _ends(rates.without_country), strict=True
        )
    )
    basis = (
        f"Measured on {rates.names_count:,} unlisted names against {rates.targets_count:,} listed ones: "
        f"{_said(rates.with_country)} with a country beside the name, {_said(rates.without_country)} "
        f"without; scaled to this list and to the names compared. {rates.where} Short and generic names "
        "meet more often, and the names of this list may be of another kind."
    )
    return Expected(count, low, high, basis)


def _ends(rate: Rate) -> tuple[float, float, float]:
    return rate.per_10000_count, rate.low_count, rate.high_count


def _said(rate: Rate) -> str:
    return f"{rate.per_10000_count:g} of every {PER:,} ({rate.low_count:g} to {rate.high_count:g}, 95 %)"


def _figure(value: float) -> str:
    if 0 < value < LEAST:
        return f"under {LEAST}"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"  # noqa: PLR2004 -- two figures suffice
