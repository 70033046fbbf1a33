"""Synthetic worlds with known truth, and what follows from them; never real data."""
