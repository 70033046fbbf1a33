"""The page `docs/validation/entities.md`, written from what was measured."""

from collections.abc import Iterable

from indicia.entities.validation import noise, notices, page_words, tasks
from indicia.entities.validation.figures import PER, Figures, Share
from indicia.entities.validation.measure import DECIDABLE, SHARING, Measured
from indicia.entities.validation.runs import ALONE, OURS, Latin, Row
from indicia.entities.validation.splits import DEVELOPMENT, FINAL

F1_AIM, FALSE_AIM = 0.9, 40
HAN_AIM, HAN_PRECISION_AIM, NEAR_AIM, BLOCKING_AIM = 0.9, 0.95, 0.9, 0.97


def page(measured: Measured) -> str:
    """The page."""
    part = FINAL if FINAL in measured.latin else DEVELOPMENT
    latin = measured.latin[part]
    sizes = _sizes(measured)
    return "".join(
        (
            page_words.HEAD.format(as_of=measured.as_of, day=measured.day, part=part),
            _aims(measured, part),
            page_words.PICTURE,
            page_words.RULES.format(
                seed=tasks.SEED, longest=tasks.LONGEST, wide=noise.WIDE, **sizes
            ),
            page_words.LATIN,
            _methods(measured),
            "" if measured.has_logic else page_words.NO_LOGIC,
            page_words.NOISE,
            _noise(measured),
            page_words.WRONG,
            _wrong(measured),
            _unseen(measured),
            page_words.SISTERS,
            _sisters(measured),
            page_words.STAGES,
            _stages(measured),
            page_words.ALIASES,
            _aliases(measured),
            page_words.SCRIPTS.format(**sizes),
            _scripts(measured),
            page_words.MISSED,
            _missed(measured),
            _pairs(measured),
            page_words.ADDRESSES,
            _addresses(measured),
            page_words.BLOCKING,
            _blocking(measured),
            page_words.RUN,
            _run(measured),
            page_words.CURVE.format(part=part),
            _curve(latin),
            page_words.LIMITS,
        )
    )


def _sizes(measured: Measured) -> dict[str, str]:
    """Sizes in words, by names that a format may use."""
    return {
        "".join(c if c.isalnum() else "_" for c in key): f"{n:,}"
        for key, n in measured.sizes.items()
    }


def _percent(share: float) -> str:
    return "-" if share != share else f"{share:.1%}"  # noqa: PLR0124 -- not a number


def _share(share: Share) -> str:
    """A share with its interval and its counts."""
    if not share.total:
        return "-"
    low, high = share.interval
    return f"{share.value:.1%} ({low:.1%} to {high:.1%}; {share.count} of {share.total})"


def _false(figures: Figures) -> str:
    if not figures.false_share.total:
        return "-"
    low, high = (PER * end for end in figures.false_share.interval)
    return f"{figures.false_per_10k:.0f} ({low:.0f} to {high:.0f})"


def _f1(figures: Figures) -> str:
    low, high = figures.f1_interval
    return f"{figures.f1:.3f} ({low:.3f} to {high:.3f})"


def _table(titles: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    heads = list(titles)
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _met(value: bool) -> str:  # noqa: FBT001 -- a word for a yes or no
    return "met" if value else "not met"


def _shipped(measured: Measured, part: str) -> Figures:
    return next(r.figures for r in measured.latin[part].rows if r.method == OURS)


def _aims(measured: Measured, part: str) -> str:
    latin = _shipped(measured, part)
    told = {(s.task, s.method): s.figures for s in measured.scripts if s.part == part}
    near, equal = measured.addresses.near, measured.addresses.equal
    blocked = measured.blocking[part][0]
    rows = [
        ("noisy Latin names, with country: F1", f"at least {F1_AIM:g}", _f1(latin), _met(latin.f1 >= F1_AIM)),
        ("false hits per 10,000 unlisted names", f"under {FALSE_AIM}", _false(latin), _met(latin.false_per_10k < FALSE_AIM)),
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
            (f"{words}: {what}", "none set", _share(share), "-")
            for words, method in (
                ("Han to Latin, names alone", ALONE),
                ("Han to Latin, with the table of other names", OURS),
            )
            for what, share in (
                ("recall", told["Han to Latin", method].recall),
                ("precision", told["Han to Latin", method].precision),
            )
        ),
        ("equal shared addresses found", "all", _share(equal), _met(equal.count == equal.total)),
        ("near shared addresses found", f"at least {NEAR_AIM:g}", _share(near), _met(near.value >= NEAR_AIM)),
        ("blocking: names with a right listing among the candidates", f"at least {BLOCKING_AIM:g}", _share(blocked), _met(blocked.value >= BLOCKING_AIM)),
    ]  # fmt: skip
    return _table(("figure", "aim", "measured, with 95 % interval", "the aim is"), rows)


def _han_aims(words: str, figures: Figures) -> list[tuple[str, str, str, str]]:
    rows = (
        ("recall", figures.recall, HAN_AIM),
        ("precision", figures.precision, HAN_PRECISION_AIM),
    )
    return [
        (f"{words}: {what}", f"at least {aim:g}", _share(share), _met(share.value >= aim))
        for what, share, aim in rows
    ]


def _methods(measured: Measured) -> str:
    lines: list[Row] = [row for latin in measured.latin.values() for row in latin.rows]
    cells = []
    for row in lines:
        f = row.figures
        point = row.point if not f.threshold else f"{row.point}: {f.threshold:.2f}"
        pairs = f"{f.pairs_right} of {f.pairs_shown}"
        cells.append(
            (row.part, row.variant, row.method, point, _percent(f.precision.value),
             _percent(f.recall.value), _f1(f), _false(f), pairs)
        )  # fmt: skip
    titles = ("part", "asked with", "method", "threshold", "precision", "recall", "F1 (95 %)",
              "false hits per 10,000 (95 %)", "right pairs of those shown")  # fmt: skip
    return _table(titles, cells)


def _noise(measured: Measured) -> str:
    rows = [
        (part, *row[:1], row[1], _percent(row[2] / row[1]), row[3], row[4])
        for part, latin in measured.latin.items()
        for row in latin.noise.iter_rows()
    ]
    return _table(("part", "noise", "names", "recall", "wrong listing", "nothing shown"), rows)


def _unseen(measured: Measured) -> str:
    if measured.unseen is None:
        return ""
    asked, bare, kinds = measured.unseen
    figures = [
        (variant, _percent(f.precision.value), _percent(f.recall.value), _f1(f), _false(f))
        for variant, f in (("country", asked), ("no country", bare))
    ]
    titles = ("asked with", "precision", "recall", "F1 (95 %)", "false hits per 10,000 (95 %)")
    rows = [
        (k, n, _percent(right / n), wrong, missed)
        for k, n, right, wrong, missed in kinds.iter_rows()
    ]
    return (
        page_words.UNSEEN
        + _table(titles, figures)
        + "\n"
        + _table(("noise", "names", "recall", "wrong listing", "nothing shown"), rows)
    )


def _sisters(measured: Measured) -> str:
    rows = [
        (part, _share(other), _share(bare)) for part, (other, bare) in measured.sisters.items()
    ]
    titles = ("part", "shown a name of another city", "shown a name without a city")
    return _table(titles, rows)


def _wrong(measured: Measured) -> str:
    rows = [
        (
            part,
            "listed name, wrong listing" if group == "listed" else "unlisted name",
            kind,
            count,
        )
        for part, latin in measured.latin.items()
        for group, kind, count in latin.wrong.group_by("group", "kind")
        .len()
        .sort("group", "kind")
        .iter_rows()
    ]
    return _table(("part", "asked", "kind of error", "names"), rows)


def _stages(measured: Measured) -> str:
    rows = []
    for part, latin in measured.latin.items():
        names = measured.sizes[f"listed {part}"]
        for method, right, wrong, false in latin.stages.iter_rows():
            rows.append((part, method, right, _percent(right / names), wrong, false))
    titles = ("part", "method", "right", "adds to recall", "wrong listing", "unlisted name met")
    return _table(titles, rows)


def _aliases(measured: Measured) -> str:
    rows = [
        (part, variant, _share(f.recall), _share(f.precision),
         ", ".join(f"{m} {n}" for m, n, *_ in stages.iter_rows() if n))
        for part, variant, f, stages in measured.aliases
    ]  # fmt: skip
    return _table(("part", "asked with", "recall", "precision", "right, by method"), rows)


def _scripts(measured: Measured) -> str:
    rows = [
        (s.part, s.task, s.method, _share(s.figures.recall), _share(s.figures.precision),
         f"{s.figures.false_share.count} of {s.figures.false_share.total}"
         if s.figures.false_share.total else "-")
        for s in measured.scripts
    ]  # fmt: skip
    titles = ("part", "task", "method", "recall", "precision", "shown though nothing is left")
    return _table(titles, rows)


def _missed(measured: Measured) -> str:
    titles = (
        "part",
        "another Han name of the company",
        "names",
        "missed, names alone",
        "missed, with the table",
    )
    return _table(titles, measured.missed)


def _pairs(measured: Measured) -> str:
    rows = [(part, _share(yes), _share(no)) for part, (yes, no) in measured.pairs.items()]
    return page_words.PAIRS + _table(
        ("part", "matching pairs shown", "other pairs shown"), rows
    )


def _addresses(measured: Measured) -> str:
    a = measured.addresses
    missed = "".join(
        f"- {left} / {right} ({likeness})\n" for left, right, likeness in a.missed.iter_rows()
    )
    return (
        page_words.FOUND.format(equal=_share(a.equal), towns=a.towns, near=_share(a.near), false=_share(a.false))
        + _table(("likeness, from", "one place", "found"), a.by_band.iter_rows())
        + "\nOne place, not found:\n\n"
        + (missed or "- none\n")
    )  # fmt: skip


def _blocking(measured: Measured) -> str:
    rows = [
        (part, _share(true), _share(alike)) for part, (true, alike) in measured.blocking.items()
    ]
    return _table(
        ("part", "kept, of all names", "kept, of names that brute-force Jaro-Winkler finds"),
        rows,
    )


def _run(measured: Measured) -> str:
    if measured.run is None:
        return "Not measured: no review was given.\n"
    run = measured.run
    read = dict(run.judged.select("judged", "pairs").iter_rows())
    precision = Share(read.get(notices.TRUE, 0), sum(read.values()))
    return (
        page_words.READ.format(notices=run.notices, names=run.names, met=run.met)
        + _table(("read as", "pairs", "names"), run.judged.iter_rows())
        + page_words.READER.format(precision=_share(precision), found=_share(run.found))
    )


def _curve(latin: Latin) -> str:
    rows = [
        (f"{f.threshold:.2f}", _percent(f.precision.value), _percent(f.recall.value),
         f"{f.f1:.3f}", _false(f))
        for f in latin.curves[OURS][::5]
    ]  # fmt: skip
    titles = ("least score", "precision", "recall", "F1", "false hits per 10,000 (95 %)")
    return _table(titles, rows)
