"""The page `docs/validation/entities.md`, written from what was measured."""

from indicia.entities.validation import cells, noise, notices, page_aims, page_words, tasks
from indicia.entities.validation.figures import Share
from indicia.entities.validation.measure import Measured
from indicia.entities.validation.runs import OURS, Latin, Row
from indicia.entities.validation.splits import DEVELOPMENT, FINAL


def page(measured: Measured) -> str:
    """The page."""
    part = FINAL if FINAL in measured.latin else DEVELOPMENT
    latin = measured.latin[part]
    sizes = _sizes(measured)
    return "".join(
        (
            page_words.HEAD.format(as_of=measured.as_of, day=measured.day, part=part),
            page_aims.aims(measured, part),
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
            page_words.SPEED,
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


def _methods(measured: Measured) -> str:
    lines: list[Row] = [row for latin in measured.latin.values() for row in latin.rows]
    told = []
    for row in lines:
        f = row.figures
        point = row.point if not f.threshold else f"{row.point}: {f.threshold:.2f}"
        pairs = f"{f.pairs_right} of {f.pairs_shown}"
        told.append(
            (row.part, row.variant, row.method, point, cells.percent(f.precision.value),
             cells.percent(f.recall.value), cells.f1(f), cells.false(f), pairs)
        )  # fmt: skip
    titles = ("part", "asked with", "method", "threshold", "precision", "recall", "F1 (95 %)",
              "false hits per 10,000 (95 %)", "right pairs of those shown")  # fmt: skip
    return cells.table(titles, told)


def _noise(measured: Measured) -> str:
    rows = [
        (part, *row[:1], row[1], cells.percent(row[2] / row[1]), row[3], row[4])
        for part, latin in measured.latin.items()
        for row in latin.noise.iter_rows()
    ]
    return cells.table(
        ("part", "noise", "names", "recall", "wrong listing", "nothing shown"), rows
    )


def _unseen(measured: Measured) -> str:
    if measured.unseen is None:
        return ""
    asked, bare, kinds = measured.unseen
    figures = [
        (
            variant,
            cells.percent(f.precision.value),
            cells.percent(f.recall.value),
            cells.f1(f),
            cells.false(f),
        )
        for variant, f in (("country", asked), ("no country", bare))
    ]
    titles = ("asked with", "precision", "recall", "F1 (95 %)", "false hits per 10,000 (95 %)")
    rows = [
        (k, n, cells.percent(right / n), wrong, missed)
        for k, n, right, wrong, missed in kinds.iter_rows()
    ]
    return (
        page_words.UNSEEN
        + cells.table(titles, figures)
        + "\n"
        + cells.table(("noise", "names", "recall", "wrong listing", "nothing shown"), rows)
    )


def _sisters(measured: Measured) -> str:
    rows = [
        (part, cells.share(other), cells.share(bare))
        for part, (other, bare) in measured.sisters.items()
    ]
    titles = ("part", "shown a name of another city", "shown a name without a city")
    return cells.table(titles, rows)


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
    return cells.table(("part", "asked", "kind of error", "names"), rows)


def _stages(measured: Measured) -> str:
    rows = []
    for part, latin in measured.latin.items():
        names = measured.sizes[f"listed {part}"]
        for method, right, wrong, false in latin.stages.iter_rows():
            rows.append((part, method, right, cells.percent(right / names), wrong, false))
    titles = ("part", "method", "right", "adds to recall", "wrong listing", "unlisted name met")
    return cells.table(titles, rows)


def _aliases(measured: Measured) -> str:
    rows = [
        (part, variant, cells.share(f.recall), cells.share(f.precision),
         ", ".join(f"{m} {n}" for m, n, *_ in stages.iter_rows() if n))
        for part, variant, f, stages in measured.aliases
    ]  # fmt: skip
    return cells.table(("part", "asked with", "recall", "precision", "right, by method"), rows)


def _scripts(measured: Measured) -> str:
    rows = [
        (s.part, s.task, s.method, cells.share(s.figures.recall), cells.share(s.figures.precision),
         f"{s.figures.false_share.count} of {s.figures.false_share.total}"
         if s.figures.false_share.total else "-")
        for s in measured.scripts
    ]  # fmt: skip
    titles = ("part", "task", "method", "recall", "precision", "shown though nothing is left")
    return cells.table(titles, rows)


def _missed(measured: Measured) -> str:
    titles = (
        "part",
        "another Han name of the company",
        "names",
        "missed, names alone",
        "missed, with the table",
    )
    return cells.table(titles, measured.missed)


def _pairs(measured: Measured) -> str:
    rows = [
        (part, cells.share(yes), cells.share(no)) for part, (yes, no) in measured.pairs.items()
    ]
    return page_words.PAIRS + cells.table(
        ("part", "matching pairs shown", "other pairs shown"), rows
    )


def _addresses(measured: Measured) -> str:
    a = measured.addresses
    missed = "".join(
        f"- {left} / {right} ({likeness})\n" for left, right, likeness in a.missed.iter_rows()
    )
    return (
        page_words.FOUND.format(equal=cells.share(a.equal), towns=a.towns, near=cells.share(a.near), false=cells.share(a.false))
        + cells.table(("likeness, from", "one place", "found"), a.by_band.iter_rows())
        + "\nOne place, not found:\n\n"
        + (missed or "- none\n")
    )  # fmt: skip


def _blocking(measured: Measured) -> str:
    rows = [
        (part, cells.share(true), cells.share(alike))
        for part, (true, alike) in measured.blocking.items()
    ]
    return cells.table(
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
        + cells.table(("read as", "pairs", "names"), run.judged.iter_rows())
        + page_words.READER.format(
            precision=cells.share(precision), found=cells.share(run.found)
        )
    )


def _curve(latin: Latin) -> str:
    rows = [
        (f"{f.threshold:.2f}", cells.percent(f.precision.value), cells.percent(f.recall.value),
         f"{f.f1:.3f}", cells.false(f))
        for f in latin.curves[OURS][::5]
    ]  # fmt: skip
    titles = ("least score", "precision", "recall", "F1", "false hits per 10,000 (95 %)")
    return cells.table(titles, rows)
