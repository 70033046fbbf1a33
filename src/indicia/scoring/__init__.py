"""Weighing: hypotheses, exposures, families and caps. Knows numbers, not where rows came from."""
