"""Which facilities of the list a command asks for, by the facets of the page Leads."""

from collections.abc import Iterable, Mapping

from indicia.answers import filters, words
from indicia.errors import UsageError
from indicia.review.cases import STATES
from indicia.schema import RIVALS

# Countries and operators are what publishers say: any may be asked for.
KNOWN: dict[str, Iterable[str]] = {
    "verdict": words.VERDICTS, "family": words.FAMILIES, "rival": RIVALS,
    "precision": words.PRECISIONS, "coverage": filters.BANDS, "review": STATES,
}  # fmt: skip
ONLY = f"Only these, FACET=VALUE, as on the page Leads; facets: {', '.join(filters.FACETS)}. Repeat it for more."


def asked(only: Iterable[str], **named: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Values per facet, from `FACET=VALUE` and from options that name a facet.

    Raises:
        UsageError: A facet that does not exist, or a value that a facet never has.
    """
    found: dict[str, list[str]] = {facet: list(values) for facet, values in named.items()}
    for wish in only:
        facet, is_given, value = wish.partition("=")
        if not is_given or facet not in filters.FACETS:
            message = f"{wish!r}: not FACET=VALUE. Facets: {', '.join(filters.FACETS)}."
            raise UsageError(message)
        found.setdefault(facet, []).append(value)
    _check(found)
    return {facet: tuple(values) for facet, values in found.items() if values}


def _check(found: Mapping[str, list[str]]) -> None:
    for facet, values in found.items():
        known = tuple(KNOWN.get(facet, values))
        for value in values:
            if value not in known:
                message = f"{value!r}: no {facet}. Known: {', '.join(known)}."
                raise UsageError(message)
