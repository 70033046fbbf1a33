"""What people decide: an append-only journal beside the stores, which no rebuild touches."""

from indicia.review.cases import STATES, Case
from indicia.review.entry import Act
from indicia.review.journal import Journal

__all__ = ["STATES", "Act", "Case", "Journal"]
