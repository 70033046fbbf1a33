"""One organisation: who it is taken to be and why, and everything that names it, with sources.

Asked with what a link holds: the id of an organisation or record, or a published name.
"""

from indicia.answers.entity.activity import (
    MOST_ROWS,
    events,
    expertise,
    facilities,
    filings,
    hardware,
    listings,
    models,
    notices,
    shipments,
    staffing,
)
from indicia.answers.entity.assessed import assessment, listed_themselves, ranked
from indicia.answers.entity.card import grouped, values
from indicia.answers.entity.finding import MOST_FOUND, Opened, find, opened, several
from indicia.answers.entity.marks import of_entity
from indicia.answers.entity.meeting import (
    equal_names,
    kept_apart,
    possibly_same,
    undecided,
    unjudged,
    widened,
)
from indicia.answers.entity.neighbours import MOST_NEIGHBOURS, neighbours
from indicia.answers.entity.ways import Ways, ways

__all__ = [
    "MOST_FOUND",
    "MOST_NEIGHBOURS",
    "MOST_ROWS",
    "Opened",
    "Ways",
    "assessment",
    "equal_names",
    "events",
    "expertise",
    "facilities",
    "filings",
    "find",
    "grouped",
    "hardware",
    "kept_apart",
    "listed_themselves",
    "listings",
    "models",
    "neighbours",
    "notices",
    "of_entity",
    "opened",
    "possibly_same",
    "ranked",
    "several",
    "shipments",
    "staffing",
    "undecided",
    "unjudged",
    "values",
    "ways",
    "widened",
]
