"""The page of the evaluation, `docs/validation/scoring.md`, from a document of figures."""

from collections.abc import Mapping
from typing import Any

from indicia.world.evaluation import page_tables
from indicia.world.evaluation.learned import INSTALL

HEAD = """# Validation of the scoring

How well the scoring puts planted clusters before everything else, in invented worlds whose truth is known. Written by `indicia evaluate` on {day}: {part} seeds {first} to {last}, {worlds} worlds of each of {levels} levels, {facilities:,} facilities a level; code {code}, rules {rules}.

**Synthetic data: nothing here describes a real site, and no figure here is a rate in the real world.** How the worlds are made is written in [worlds](worlds.md).{not_final}

The aims are set for the middle level.

{aims}
![Precision against recall by method]({picture})

## Rules, written before these final figures were computed

1. Seeds 1 to 20 are for tuning: the lead threshold, the curve of calibration and the trees of the upper reference are fitted on them and on nothing else. The final figures are those of seeds 141 to 180, computed once. Seeds 101 to 140 were spent on the scoring before [ADR 23](../adr/0023-a-family-speaks-against-all-rivals-together.md): it found 9 of 100 visible clusters of the middle level (interval 6 to 13) before one false lead in 1,000, 1 point ahead of the largest signal. Its misses were known when the rule of families, five rows of likelihoods and the order by support alone (rule 3) came in; these seeds were looked at only after that.
2. A cluster is a facility that is H1. It is *visible* if its own traces reach a published grain in two families or more; a lead needs two families, so the others cannot become leads by right. It is *tied* if in two families something published ties the trace to it: a name, or a scope of which it is a tenth or more. A wave on a trade lane is visible and belongs to nobody in particular.
3. Every method ranks the same facilities by the same evidence, assessed at the end of the world from what was published by then. Reference sites, of which the policy clock does not ask H1, come last under every method. Ours ranks by support, candidates with two families for H1 before all others; *by support alone* drops that rule, as the methods beside it know none.
4. *Recall at 1 in 1,000*: the share of clusters ranked before more than one in 1,000 of the facilities without H1, each method with the cut that its own ranking gives. For *visible*, the other clusters are left out. Facilities with equal scores count as order by chance would have them.
5. *Recall at 1 in 10,000 facility-months*: {seen_earlier} worlds of the {middle} level are looked at {cuts} months before their end. A facility without H1 that is a lead at any of these days counts once, over all facilities and the {span} months between the first day and the last; a cluster counts from the day it began. Leads that come and go between the days are not seen, so the rate of false leads is a lower bound.
6. Precision at 10 and 50 is the mean over worlds, each with some {per_world} clusters, so precision at 50 cannot exceed {most_50}.
7. Intervals are 95 %: by bootstrap over worlds (1,000 draws), Wilson's for shares of clusters or facilities.
8. Baselines without truth: chance; stated MW; number of indicators that flag; sum over indicators of the percentile of the signal, less for those that speak against H1; largest standardised signal; isolation forest. Gradient boosting sees the truth of the tuning worlds, made by the same generator: an upper reference, no rival. {learned}

## Levels

{levels_table}
The smallest cluster from which on at least 80 % are leads, at the {middle} level: {smallest_visible} among visible clusters, {smallest_any} among all.

## Against other methods
"""
LEARNED = {
    True: "",
    False: f"scikit-learn was not installed, so isolation forest and gradient boosting are left out: {INSTALL}.",
}
NOT_FINAL = " These are figures of development, on worlds that the threshold was set on."
AFTER = """
## Families, {middle} level

Each family removed, and each alone (then one family is enough).

{families}
## Stories of diversion, {middle} level

At the threshold as shipped, {threshold} bans.

{stories}
Why visible clusters are no leads:

{missed}
## What is no cluster, {middle} level

No class of hard negatives should have more than 1 % leads.

{negatives}
## Size, {middle} level

{sizes}
## Time, {middle} level

{cuts}
From being public in a second family to the first of these days on which a cluster was a lead: median {wait_median} months, middle half {wait_low} to {wait_high}, over {wait_clusters} clusters. An upper bound, since days lie months apart.

## Calibration, {middle} level

A logistic curve from support to the share of H1, fitted on tuning worlds of the {middle} level{halves}, over the {asked:,} facilities of which H1 is asked ({base:.1%} of them are H1). Calibration error {error}; among shares of 0.1 and more, where errors would be seen, {error_shown}; Brier score {brier}. Without the curve, by the relative weights under the scoring's own priors: calibration error {raw_error}, from 0.1 on {raw_error_shown}, Brier score {raw_brier}. The shares hold in these worlds only and are shown of no real site.

{bins}
## Lead threshold

The least support, in steps of 0.05 bans, that at most one of 1,000 facilities without H1 reaches with two families for it, {middle} level, seeds {set_first} to {set_last}: **{set_value:.2f} bans** (95 % {set_low} to {set_high}; {set_false:.2f} false leads in 1,000, {set_count:,} facilities). As shipped: {threshold} bans.

## Likelihoods

What a flag says of H1 over a rival in the worlds (ratio of the shares of items that flag, among items through which a facility sees mostly itself, at least 30 of each) beside the elicited table: the widest gaps. The worlds are invented too, by one author from assumptions written down apart; a gap says that two sets of assumptions part, not which is right. The table is not fitted to the worlds: rows were changed by hand where the tuning worlds and a published ground both spoke against them, with the reason in `data/reference/likelihoods.toml`.

{contradictions}
Share of items that flag, seen / table (items). The table's P(e|H) is for a source that shows the signal if it is there; what is kept back, late or too small makes the seen share lower for every explanation alike.

{rates}
## Limits

- One author wrote the worlds and another the scoring, but both read the same method and the same red flags. Real diversion may leave none of these traces.
- Facilities are known, and evidence is exposed to the right ones with the weights a careful analyst would give. Facilities that no register knows are not in these worlds.
- One false lead in 1,000 facilities of these worlds need not be one in 1,000 real ones.
- Levels differ in noise, gaps, delays and silence, not in the will to hide.
"""


def page(document: Mapping[str, Any], picture: str) -> str:
    """The page.

    Args:
        document: As `results.document` makes it.
        picture: Where the picture lies, seen from the page.
    """
    middle = document["by_level"][document["middle"]]
    seeds, made = document["seeds"], document["threshold"]
    held = middle["at_threshold"]
    per_world = held["clusters"] / middle["worlds_count"]
    head = HEAD.format(
        day=document["made_date"],
        part=document["part"],
        first=seeds[0],
        last=seeds[-1],
        worlds=middle["worlds_count"],
        levels=len(document["levels"]),
        facilities=document["facilities_count"],
        code=document["code_version"],
        rules=document["rules_version"],
        not_final="" if document["part"] == "final" else NOT_FINAL,
        aims=page_tables.aims(document),
        picture=picture,
        cuts=", ".join(str(m) for m in sorted(document["cuts_months"], reverse=True)),
        span=max(document["cuts_months"]),
        per_world=round(per_world),
        most_50=f"{min(1.0, per_world / 50):.2f}",
        learned=LEARNED[middle["has_forest"]],
        levels_table=page_tables.levels(document),
        middle=document["middle"],
        seen_earlier=middle["worlds_seen_earlier_count"],
        smallest_visible=page_tables.smallest(middle["smallest_visible"]),
        smallest_any=page_tables.smallest(middle["smallest_any"]),
    )
    compared = "".join(
        f"\n### {level.capitalize()} level\n\n"
        + page_tables.compared(document["by_level"][level], "methods")
        for level in document["levels"]
    )
    set_seeds = made["seeds"]
    after = AFTER.format(
        middle=document["middle"],
        families=page_tables.compared(middle, "families"),
        threshold=document["threshold_bans"],
        stories=page_tables.stories(middle),
        missed=page_tables.missed(middle),
        negatives=page_tables.negatives(middle),
        sizes=page_tables.sizes(middle),
        cuts=page_tables.cuts(middle),
        **_waited(middle),
        **_calibrated(middle, is_final=document["part"] == "final"),
        set_first=set_seeds[0],
        set_last=set_seeds[-1],
        set_value=made["value_bans"],
        set_low=_two(made["low_bans"]),
        set_high=_two(made["high_bans"]),
        set_false=made["false_per_thousand"],
        set_count=made["facilities_count"],
        contradictions=page_tables.contradictions(middle),
        rates=page_tables.flag_rates(middle),
    )
    return head + compared + after


def _waited(level: Mapping[str, Any]) -> dict[str, object]:
    made = level["waited_months"] or {"clusters": 0, "low": None, "median": None, "high": None}
    return {
        "wait_clusters": made["clusters"],
        **{f"wait_{end}": _two(made[end], 0) for end in ("low", "median", "high")},
    }


def _calibrated(level: Mapping[str, Any], *, is_final: bool) -> dict[str, object]:
    halves = "" if is_final else ", each half of the worlds answered by the other"
    made = level["calibration"]
    names = ("error", "error_shown", "brier", "raw_error", "raw_error_shown", "raw_brier")
    if made is None:
        said: dict[str, object] = dict.fromkeys(names, "-")
        return {
            **said,
            "halves": halves,
            "asked": 0,
            "base": 0.0,
            "bins": "Not fitted: too few clusters.\n",
        }
    return {
        **{name: page_tables.spread(made[name], "{:.4f}".format) for name in names},
        "halves": halves,
        "asked": made["facilities"],
        "base": made["base_share"],
        "bins": page_tables.bins(level),
    }


def _two(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
