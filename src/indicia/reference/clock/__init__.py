"""The policy clock: was a licence required for this part, destination, owner and day?

It answers for 3A090/4A090 and the company letters beside them, from rows in `data/reference`. It is
no legal advice. It leaves out end use, the Entity List, de minimis and foreign direct product rules.
"""

from indicia.reference.clock.decide import OUTPUT, decide
from indicia.reference.clock.decision import Decision, licence_required, timeline
from indicia.reference.clock.rules import REGIMES, Rulebook

__all__ = [
    "OUTPUT",
    "REGIMES",
    "Decision",
    "Rulebook",
    "decide",
    "licence_required",
    "timeline",
]
