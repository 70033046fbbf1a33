"""The words for what tables hold: hypotheses, states, verdicts, precisions, and careful sentences."""

import re
from collections.abc import Mapping
from typing import Any

from indicia.scoring.hypotheses import MEANING

HYPOTHESES = MEANING
SHORT = {
    "H2": "H2 domestic accelerators",
    "H3": "H3 lawful route",
    "H4": "H4 ordinary cloud",
    "H5": "H5 crypto mining",
    "H6": "H6 heavy industry",
    "H7": "H7 empty hall",
    "H8": "H8 data error",
}
RESULTS = {
    "flag": "▲ flag",
    "no_flag": "○ no flag",
    "no_data": "? no data",
    "not_applicable": "— not applicable",
}
VERDICTS = {
    "lead": "◆ lead",
    "watch": "◇ watch",
    "no lead": "○ no lead",
    "reference site": "≡ reference site",
}
VERDICTS_SAY = (
    "Lead: two families of evidence or more favour H1 and support reaches the threshold. Watch: one family at least "
    "favours H1, whatever the prior and the others say. No lead: none does. Reference site: no licence was needed."
)
NOT_ASSESSED = "· not assessed"
PRECISIONS = {
    "site": "● site",
    "city": "◇ city",
    "county": "□ county",
    "region": "region, not drawn",
    "country": "country, not drawn",
    "unknown": "unknown, not drawn",
}
FAMILIES = ("power", "procurement", "customs", "staffing", "registry", "claims")
HELP = {
    "Verdict": VERDICTS_SAY,
    "Support": "In bans, powers of ten: +1 means that the evidence, prior included, favours H1 ten times over its "
    "strongest rival, -1 the rival ten times over H1.",
    "With 1/5 to 5 times the prior": "How far support moves where the stated prior is a fifth, or five times, as large.",
    "Indicators computable": "Of those that apply here. What could not be computed is no sign for or against it.",
}
BANNERS = {
    "starter": (
        "Starter data: real public facts as they stood when this release was made, not a live "
        "refresh. Run `indicia refresh` for current data."
    ),
    "synthetic": (
        "Synthetic data: an invented world with planted cases. Nothing here describes a real site."
    ),
    "empty": "This store holds no data yet. Run `indicia demo` or `indicia refresh`.",
}
NOTHING_ASSESSED = (
    "**Nothing has been assessed in these data**, so nothing can be ranked. An assessment ends every "
    "`indicia demo` and `indicia refresh`."
)
NOT_A_PROBABILITY = (
    "Support says how well public evidence separates the explanations. It is never a probability "
    "of wrongdoing."
)
WELL_COVERED_SHARE = 0.6
HALF_COVERED_SHARE = 0.5
INDEPENDENT_FAMILIES = 2
# A zero-width space after these keeps an address from becoming a link by itself.
AUTOLINK = re.compile(r"https?:|www|@|mailto:", re.IGNORECASE)
# Marks that turn the direction of what follows, or cannot be seen; joiners stay, some scripts need them.
UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")


def is_link(address: object) -> bool:
    """Whether an address of a source may be offered as a link: web addresses only."""
    return str(address).startswith(("https://", "http://"))


def plain(text: object) -> str:
    r"""Text of a source, made harmless where only Markdown can be shown (titles, link labels).

    >>> plain("*A* <b>")
    '\\*A\\* \\<b\\>'
    """
    seen = " ".join(UNSEEN.sub("", str(text)).split())
    words = AUTOLINK.sub("\\g<0>\u200b", seen)
    return MARKDOWN.sub(r"\\\1", words)


def about(hypothesis: object) -> str:
    """A hypothesis with its code, for example `H4 ordinary cloud`."""
    code = str(hypothesis)
    return f"{code} {HYPOTHESES[code]}" if code in HYPOTHESES else code


def bans(value: float) -> str:
    """Bans with their sign, for example `+0.42 bans`."""
    return f"{value:+.2f} bans"


def stamp(kind: str, data_version: str) -> str:
    """The words every picture and file carries about the data it was made from."""
    marks = {"starter": "STARTER DATA · ", "synthetic": "SYNTHETIC DATA · "}
    return f"{marks.get(kind, '')}data {data_version[:12] or 'none'}"


def moment(utc: str) -> str:
    """An instant of ISO 8601 to the minute, for example `2026-11-28 15:00 UTC`; `never` for none."""
    return f"{utc[:16].replace('T', ' ')} UTC" if utc else "never"


def coverage(computable: int, applicable: int) -> str:
    """How much could be computed at all, for example `3 of 9 indicators computable`."""
    return f"{computable} of {applicable} indicators computable"


def tally(counts: Mapping[str, Any]) -> str:
    """The four results as counts, for example `1 flag, 2 no data`."""
    said = [(counts[f"{k}_count"], k.replace("_", " ")) for k in RESULTS]
    return ", ".join(f"{n} {what}" for n, what in said if n) or "no indicator yet"


def verdict(facts: Mapping[str, Any]) -> str:
    """What the evidence says of a facility, in one measured sentence.

    Args:
        facts: A row of `assessment`; without a verdict the facility was not assessed.
    """
    if facts.get("verdict") is None:
        return "This facility has not been assessed in this version of the data."
    if facts["verdict"] == "reference site":
        return (
            "Reference site: on the rules loaded, no candidate accelerator needed a licence for "
            "this destination and owner. It is measured for comparison and never ranked as a lead."
        )
    rival, support = about(facts["strongest_rival"]), facts["support_bans"]
    factor = f"a factor of {10 ** abs(facts['support_bans']):.1f}"
    if support > 0:
        said = f"favours H1 ({HYPOTHESES['H1']}) over its strongest rival, {rival}, by {factor}"
    else:
        said = f"favours {rival} over H1 ({HYPOTHESES['H1']}) by {factor}"
    opening = {"lead": "A lead for review", "watch": "To watch", "no lead": "No lead"}
    return (
        f"{opening[facts['verdict']]}: together with the stated prior, public evidence {said} "
        f"({bans(support)})."
    )


def confidence(facts: Mapping[str, Any]) -> str:
    """How firmly the verdict stands: coverage, corroboration, and how much hangs on the prior."""
    if facts.get("verdict") is None:
        return "Confidence: none, nothing was computed."
    families, share = facts["families_for_count"], facts["coverage_share"]
    settled = facts["is_prior_stated"] and not facts["is_prior_driven"]
    corroborated = families >= INDEPENDENT_FAMILIES
    if corroborated and settled and share >= WELL_COVERED_SHARE:
        level = "high"
    elif settled and share >= HALF_COVERED_SHARE:
        level = "moderate"
    else:
        level = "low"
    prior = "the verdict changes with the prior" if facts["is_prior_driven"] else "prior holds"
    if not facts["is_prior_stated"]:
        prior += ", and this class of site has no stated prior"
    plural = "family favours" if families == 1 else "families favour"
    return (
        f"Confidence: {level}. {coverage(facts['computable_count'], facts['applicable_count'])}; "
        f"{families} independent {plural} H1 over its rivals together; {prior}."
    )
