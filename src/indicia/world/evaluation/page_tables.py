"""The tables of the page, in Markdown."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from indicia.entities.validation.figures import Share
from indicia.world.evaluation import figures
from indicia.world.evaluation.breakdown import EDGES

Row = Mapping[str, Any]
MOST_CONTRADICTIONS = 25


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def spread(made: Row | None, said: Callable[[float], str] = "{:.2f}".format) -> str:
    """A figure with its interval, or a dash."""
    if made is None or made["value"] is None:
        return "-"
    if made["low"] is None:
        return said(made["value"])
    return f"{said(made['value'])} ({said(made['low'])} to {said(made['high'])})"


def share(part: int, whole: int) -> str:
    """A share with Wilson's interval and the counts."""
    if not whole:
        return "-"
    s = Share(part, whole)
    low, high = s.interval
    return f"{s.value:.0%} ({low:.0%} to {high:.0%}; {part} of {whole})"


def aims(document: Row) -> str:
    """The aims with what was measured."""
    met = {True: "met", False: "not met", None: "not measured"}
    rows = [
        (a["figure"], a["aim"], spread(a, "{:.3f}".format), met[a["is_met"]])
        for a in document["aims"]
    ]
    return table(("figure", "aim", "measured (95 %)", "the aim is"), rows)


def compared(level: Row, key: str) -> str:
    """Every method by every measure."""
    names = list(dict.fromkeys(r["name"] for r in level[key]))
    found = {(r["name"], r["measure"]): r for r in level[key]}
    rows = [(n, *(spread(found[n, m]) for m in figures.MEASURES)) for n in names]
    return table(("method" if key == "methods" else "families", *figures.MEASURES), rows)


def levels(document: Row) -> str:
    """The main figures of ours, level by level."""
    rows = []
    for level in document["levels"]:
        at = document["by_level"][level]
        found = {r["measure"]: r for r in at["methods"] if r["name"] == figures.OURS}
        held = at["at_threshold"]
        made = at["calibration"]
        rows.append(
            (
                level,
                f"{held['visible']} ({held['tied']} tied) of {held['clusters']}",
                spread(found[figures.RECALL_VISIBLE]),
                spread(found[figures.RECALL_TIED]),
                spread(at["over_months"]),
                share(held["visible_leads"], held["visible"]),
                f"{1000 * held['others_leads'] / max(held['others'], 1):.2f}",
                spread(found[figures.AVERAGE]),
                spread(at["ahead"]),
                spread(made and made["error"], "{:.4f}".format),
                spread(made and made["brier"], "{:.4f}".format),
            )
        )
    return table(
        (
            "level", "clusters visible in two families", "recall at 1 in 1,000, visible", "tied",
            "recall at 1 in 10,000 facility-months, visible", "leads among visible, threshold as shipped",
            "false leads per 1,000, threshold as shipped", "average precision, all clusters",
            "recall ahead of the best baseline", "calibration error", "Brier score",
        ),
        rows,
    )  # fmt: skip


def stories(level: Row) -> str:
    """Leads per diversion story."""
    rows = [
        (r["story"], r["clusters"], r["visible"], r["tied"], share(r["leads"], r["clusters"]), share(r["visible_leads"], r["visible"]))
        for r in level["stories"]
    ]  # fmt: skip
    return table(("story", "clusters", "visible", "tied", "leads", "leads among visible"), rows)


def negatives(level: Row) -> str:
    """Leads per class of what is no cluster."""
    rows = [
        (r["name"], "yes" if r["is_hard_negative"] else "", r["facilities"], r["admissible"], r["leads"],
         "-" if r["share"] is None else f"{r['share']:.2%} ({r['low']:.2%} to {r['high']:.2%})")
        for r in level["negatives"]
    ]  # fmt: skip
    return table(
        ("class", "hard negative", "facilities", "H1 is asked of", "leads", "share"), rows
    )


def sizes(level: Row) -> str:
    """Clusters, traces and leads per size."""
    rows = [
        (said_size(r["least_chips"]), r["clusters"], r["visible"], r["tied"], r["in_one"], r["in_none"],
         share(r["leads"], r["clusters"]), share(r["visible_leads"], r["visible"]))
        for r in level["sizes"]
    ]  # fmt: skip
    return table(
        ("chips", "clusters", "traces in two families or more", "tied to it in two", "in one", "in none", "leads", "leads among visible"),
        rows,
    )  # fmt: skip


def said_size(least: int) -> str:
    """A range of chips in words."""
    at = EDGES.index(least)
    if at + 1 == len(EDGES):
        return f"{least:,} and more"
    return f"{least:,} to {EDGES[at + 1] - 1:,}"


def smallest(least: int | None) -> str:
    """The smallest size that is found, in words."""
    return "no size" if least is None else f"{least:,} chips"


def cuts(level: Row) -> str:
    """Leads per day looked from."""
    rows = [
        (r["months_before"], r["visible"], share(r["leads"], r["visible"]),
         f"{1000 * r['others_leads'] / max(r['others'], 1):.2f}")
        for r in level["cuts"]
    ]  # fmt: skip
    head = ("months before the end", "clusters public in two families", "leads among them")
    return table((*head, "false leads per 1,000"), rows)


def bins(level: Row) -> str:
    """Stated and seen share per bin of the calibrated share."""
    rows = [
        (f"{r['stated_share']:.3f}", f"{r['seen_share']:.3f}", f"{r['facilities']:,}")
        for r in level["calibration"]["bins"]
    ]
    return table(("stated, mean", "seen", "facilities"), rows)


def missed(level: Row) -> str:
    """Why visible clusters are no leads, and the same by story."""
    whole: dict[str, list[int]] = {}
    for row in level["missed"]:
        counts = whole.setdefault(row["why"], [0, 0])
        counts[0] += row["clusters"]
        counts[1] += row["tied"]
    ranked = sorted(whole.items(), key=lambda item: (-item[1][0], item[0]))
    by_story = [(r["story"], r["why"], r["clusters"], r["tied"]) for r in level["missed"]]
    head = ("why it is no lead", "visible clusters", "tied among them")
    return f"{table(head, [(why, *n) for why, n in ranked])}\nBy story:\n\n{table(('story', *head), by_story)}"


def contradictions(level: Row) -> str:
    """Where the worlds and the table of likelihoods part most."""
    rows = [
        (r["indicator"], f"`{r['kind']}`", r["rival"], f"{r['seen_bans']:+.2f}", f"{r['table_bans']:+.2f}",
         f"{r['gap_bans']:+.2f}", int(r["asked_h1"]), int(r["asked_rival"]))
        for r in level["contradictions"][:MOST_CONTRADICTIONS]
    ]  # fmt: skip
    return table(
        ("indicator", "kind", "rival", "H1 over it in the worlds (bans)", "in the table (bans)", "gap", "items of H1", "items of the rival"),
        rows,
    )  # fmt: skip


def flag_rates(level: Row) -> str:
    """P(flag|H) in the worlds beside the table, per kind; a dash where fewer than ten items are."""
    kinds = list(dict.fromkeys((r["indicator"], r["kind"]) for r in level["flag_rates"]))
    found = {(r["indicator"], r["kind"], r["hypothesis"]): r for r in level["flag_rates"]}
    hypotheses = [f"H{n}" for n in range(1, 9)]
    rows = [
        (code, f"`{kind}`", *(_rate(found.get((code, kind, h))) for h in hypotheses))
        for code, kind in kinds
    ]
    return table(("indicator", "kind", *hypotheses), rows)


LEAST_OWN = 10


def _rate(row: Row | None) -> str:
    if row is None or row["own_asked"] < LEAST_OWN:
        return "-"
    seen = row["own_flags"] / row["own_asked"]
    return f"{seen:.2f} / {row['table_share']:g} ({int(row['own_asked']):,})"
