"""Pictures as pure functions of frames. The caveat and the data's version lie inside the picture.

What a colour says is said by shape, dash or text as well.
"""

from altair.utils import schemapi

from indicia.answers.charts.bars import coverage
from indicia.answers.charts.claimed import claimed
from indicia.answers.charts.compare import compare
from indicia.answers.charts.evaluated import evaluated
from indicia.answers.charts.ledger import ledger
from indicia.answers.charts.measured import measured
from indicia.answers.charts.neighbours import neighbours
from indicia.answers.charts.seen import seen
from indicia.answers.charts.status import status
from indicia.answers.charts.timeline import timeline
from indicia.answers.charts.waterfall import waterfall

__all__ = [
    "claimed",
    "compare",
    "coverage",
    "evaluated",
    "ledger",
    "measured",
    "neighbours",
    "seen",
    "status",
    "timeline",
    "waterfall",
]

# Parts are checked once, within their whole: a third less time for a dossier.
schemapi.disable_debug_mode()
