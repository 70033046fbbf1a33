"""The table of aims at the head of the page `docs/validation/entities.md`."""

from indicia.entities.validation import cells
from indicia.entities.validation.figures import Figures
from indicia.entities.validation.measure import DECIDABLE, SHARING, Measured
from indicia.entities.validation.runs import ALONE, OURS

F1_AIM, FALSE_AIM = 0.9, 40
HAN_AIM, HAN_PRECISION_AIM, NEAR_AIM, BLOCKING_AIM = 0.9, 0.95, 0.9, 0.97


def _met(value: bool) -> str:  # noqa: FBT001 -- a word for a yes or no
    return "met" if value else "not met"


def _shipped(measured: Measured, part: str) -> Figures:
    return next(r.figures for r in measured.latin[part].rows if r.method == OURS)


def aims(measured: Measured, part: str) -> str:
    """What was aimed at, what was measured, and whether the aim is met."""
    latin = _shipped(measured, part)
    told = {(s.task, s.method): s.figures for s in measured.scripts if s.part == part}
    near, equal = measured.addresses.near, measured.addresses.equal
    blocked = measured.blocking[part][0]
    rows = [
        ("noisy Latin names, with country: F1", f"at least {F1_AIM:g}", cells.f1(latin), _met(latin.f1 >= F1_AIM)),
        ("false hits per 10,000 unlisted names", f"under {FALSE_AIM}", cells.false(latin), _met(latin.false_per_10k < FALSE_AIM)),
        *(
            line
            for words, task, method in (
                ("Han to Han, names alone", "Han to Han", ALONE),
                ("Han to Han, with the table of other names", "Han to Han", OURS),
                ("names alone, of names that share two characters", SHARING, ALONE),
                ("with the table, of names that share two characters or stand in it", DECIDABLE, OURS),
            )
            for line in _han_aims(words, told[task, method])
        ),
        *(
            (f"{words}: {what}", "none set", cells.share(share), "-")
            for words, method in (
                ("Han to Latin, names alone", ALONE),
                ("Han to Latin, with the table of other names", OURS),
            )
            for what, share in (
                ("recall", told["Han to Latin", method].recall),
                ("precision", told["Han to Latin", method].precision),
            )
        ),
        ("equal shared addresses found", "all", cells.share(equal), _met(equal.count == equal.total)),
        ("near shared addresses found", f"at least {NEAR_AIM:g}", cells.share(near), _met(near.value >= NEAR_AIM)),
        ("blocking: names with a right listing among the candidates", f"at least {BLOCKING_AIM:g}", cells.share(blocked), _met(blocked.value >= BLOCKING_AIM)),
    ]  # fmt: skip
    return cells.table(("figure", "aim", "measured, with 95 % interval", "the aim is"), rows)


def _han_aims(words: str, figures: Figures) -> list[tuple[str, str, str, str]]:
    rows = (
        ("recall", figures.recall, HAN_AIM),
        ("precision", figures.precision, HAN_PRECISION_AIM),
    )
    return [
        (f"{words}: {what}", f"at least {aim:g}", cells.share(share), _met(share.value >= aim))
        for what, share, aim in rows
    ]
