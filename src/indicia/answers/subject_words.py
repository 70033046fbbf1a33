"""The words for lanes and organisations as assessed: verdicts, explanations, and careful sentences."""

from collections.abc import Mapping
from typing import Any

from indicia.answers import words
from indicia.scoring.hypotheses import settings
from indicia.scoring.models import ENTITY, LANE, MODELS

MEANING = {code: said for model in MODELS for code, said in model.meaning.items()}
FIRST = {model.kind: model.hypotheses[0] for model in MODELS}
VERDICTS = {
    **{k: v for k, v in words.VERDICTS.items() if k != "reference site"},
    LANE.apart: "≡ reference lane",
    ENTITY.apart: "▣ listed itself",
}
APART = {
    LANE.apart: (
        "Reference lane: on the rules loaded, no candidate accelerator needed a licence where its "
        "goods are known to go. It is measured for comparison and never ranked as a lead."
    ),
    ENTITY.apart: (
        "Listed itself: whom it may act for is not asked. It is shown as listed and never ranked as a lead."
    ),
}
ONE_FAMILY = "What could be computed here is of fewer than two families, so watch is the most it can reach."


def sentence(kind: str, facts: Mapping[str, Any]) -> str:
    """What the evidence says of a lane or organisation, in one measured sentence.

    Args:
        kind: One of `KINDS`.
        facts: A row of `subject_assessment`.
    """
    if facts["verdict"] in APART:
        return APART[facts["verdict"]]
    first, rival, support = FIRST[kind], facts["strongest_rival"], facts["support_bans"]
    asked, other = f"{first} ({MEANING[first]})", f"{rival} ({MEANING[rival]})"
    factor = f"a factor of {10 ** abs(support):.1f}"
    said = (
        f"is consistent with {asked} more than with its strongest rival, {other}, by {factor}"
        if support > 0
        else f"favours {other} over {asked} by {factor}"
    )
    opening = {"lead": "A lead for review", "watch": "To watch", "no lead": "No lead"}
    return (
        f"{opening[facts['verdict']]}: together with the stated prior, public evidence {said} "
        f"({words.bans(support)})."
    )


def tested(facts: Mapping[str, Any]) -> str:
    """How many tests stand behind it, and what is left of them once all of its kind are counted.

    Args:
        facts: A row of `subject_assessment`.
    """
    if facts["q_value"] is None:
        return "No test with a p-value reaches it; that is no sign for or against it."
    share = settings()["tests"]["false_discovery_share"]
    stands = "stands out" if facts["q_value"] <= share else "does not stand out"
    return (
        f"{facts['tests_count']:,} periods tested reach it: p {facts['p_simes']:.3g} (Simes), "
        f"q {facts['q_value']:.3g}, which {stands} at {share:g}; q moves neither support nor order."
    )


def limits(facts: Mapping[str, Any]) -> str:
    """What a verdict hangs on: coverage, families, the prior.

    Args:
        facts: A row of `subject_assessment`.
    """
    plural = "family favours" if facts["families_for_count"] == 1 else "families favour"
    prior = "the verdict changes with the prior" if facts["is_prior_driven"] else "prior holds"
    said = (
        f"{words.coverage(facts['computable_count'], facts['applicable_count'])}; "
        f"{facts['families_for_count']} independent {plural} the first explanation; {prior}."
    )
    alone = facts["families_asked_count"] < words.INDEPENDENT_FAMILIES
    return f"{said} {ONE_FAMILY}" if alone and facts["is_admissible"] else said
