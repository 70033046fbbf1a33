"""What people decide: an append-only journal beside the stores, which no rebuild touches."""

from indicia.review.journal import Journal

__all__ = ["Journal"]
