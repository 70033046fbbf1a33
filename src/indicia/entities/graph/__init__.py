"""Who owns whom, as of a day: parents, headquarters, listed owners, and paths explained hop by hop.

Nodes are organisations (`organisation.entity_id`); an id that no record resolves stands for itself.
Only what was decided to be the same is one node: a possible match never carries ownership.
"""

from indicia.entities.graph.owners import Listed, climb, listed_owners
from indicia.entities.graph.parents import (
    headquarters,
    party_headquarters,
    ultimate_parent,
)
from indicia.entities.graph.paths import Cap, Paths, paths
from indicia.entities.graph.relations import relations, stand_ins

__all__ = [
    "Cap",
    "Listed",
    "Paths",
    "climb",
    "headquarters",
    "listed_owners",
    "party_headquarters",
    "paths",
    "relations",
    "stand_ins",
    "ultimate_parent",
]
