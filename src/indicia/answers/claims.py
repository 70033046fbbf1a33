"""Published training claims: what they imply, and what they leave open."""

import polars as pl

from indicia.reference.compute import claims
from indicia.reference.compute.claims import Claim, Implied
from indicia.scoring.ledger import Interval, classes

__all__ = [
    "CLASSES",
    "INVENTED",
    "NO_VERDICT",
    "PRECISIONS",
    "Claim",
    "facts",
    "implied",
    "of_model",
    "overview",
    "published",
]

# Real developers have no place in an invented world.
INVENTED = "synthetic"
NO_VERDICT = (
    ("A plausible claim clears nobody and an implausible one accuses nobody. It cannot tell: ")
    + "; ".join(claims.CANNOT_TELL)
    + "."
)
PRECISIONS = tuple(claims.PRECISIONS)
CLASSES = tuple(classes()["chip_class"])


def published(kind: str = "") -> list[str]:
    """The models whose claims ship with the library; none beside data of that kind if it is invented."""
    return [claim.model for claim in claims.published() if kind != INVENTED]


def of_model(model: str) -> Claim:
    """The published claim of one model."""
    return next(claim for claim in claims.published() if claim.model == model)


def implied(claim: Claim) -> Implied:
    """What a claim implies; see `indicia.reference.compute.claims.imply`."""
    return claims.imply(claim)


def facts(found: Implied) -> pl.DataFrame:
    """What a claim implies, as rows in reading order."""
    interval = found.mfu_interval
    read_as = (
        found.chip_class
        if found.is_chip_stated
        else f"{found.chip_class} (example: no chip is stated)"
    )
    rows = [
        ("operations", f"{found.flop:.3g} FLOP"),
        ("read as", read_as),
        (
            "utilisation of the BF16 peak",
            "no hours stated" if found.mfu is None else f"{found.mfu:.1%}",
        ),
        (
            "90 % interval, with attention added or with operations as estimated",
            "" if interval is None else _range(interval),
        ),
        (
            "utilisation of the stated precision's peak",
            "" if found.mfu_of_precision is None else f"{found.mfu_of_precision:.1%}",
        ),
        ("band", found.band),
        ("bands at the ends of the interval", "; ".join(found.band_range)),
        *(
            (f"accelerator hours needed at {share:.0%}", f"{hours:,.0f}")
            for share, hours in found.hours_needed
        ),
        *(
            (f"days on {size:,.0f} accelerators at 35%", f"{days:,.1f}")
            for size, days in found.days_on
        ),
    ]
    return pl.DataFrame(
        [r for r in rows if r[1]], schema={"part": pl.String, "said": pl.String}, orient="row"
    )


def _range(interval: Interval) -> str:
    if interval.p05 == interval.p95:
        return "none: the operations are as stated"
    return f"{interval.p05:.1%} to {interval.p95:.1%}"


def overview() -> pl.DataFrame:
    """Every published claim with its utilisation, band and needs, side by side."""
    rows = []
    for claim in claims.published():
        found = claims.imply(claim)
        needed = dict(found.hours_needed)
        rows.append(
            {
                "model": found.model,
                "operations": f"{found.flop:.2e} FLOP",
                "chip": claim.chip_class or "not stated",
                "utilisation": None if found.mfu is None else f"{found.mfu:.1%}",
                "band": found.band,
                "million hours at 35%": f"{needed[claims.USUAL] / 1e6:,.2f}",
            }
        )
    return pl.DataFrame(rows)
