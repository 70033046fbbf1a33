"""Indicators: one module per question, rows in, evidence out. `CATALOGUE` is the whole list."""

from indicia.indicators import (
    absorption_gap,
    ai_infrastructure,
    award_names_chip,
    base_load_step,
    capacity_gap,
    domestic_chip,
    founded_after_rule,
    hiring_burst,
    installed_dark,
    lane_surge,
    listed_affiliate,
    listed_buyer,
    listed_party,
    load_factor,
    opaque_ownership,
    passing_consignee,
    peer_growth,
    plan_names_chip,
    shell_rotation,
    supplier_marks,
    unit_price,
    value_density,
)
from indicia.indicators.base import Found, Indicator

CATALOGUE: tuple[Indicator, ...] = (
    base_load_step.INDICATOR,
    peer_growth.INDICATOR,
    load_factor.INDICATOR,
    absorption_gap.INDICATOR,
    installed_dark.INDICATOR,
    capacity_gap.INDICATOR,
    lane_surge.INDICATOR,
    value_density.INDICATOR,
    passing_consignee.INDICATOR,
    award_names_chip.INDICATOR,
    plan_names_chip.INDICATOR,
    domestic_chip.INDICATOR,
    ai_infrastructure.INDICATOR,
    unit_price.INDICATOR,
    supplier_marks.INDICATOR,
    listed_buyer.INDICATOR,
    hiring_burst.INDICATOR,
    listed_party.INDICATOR,
    shell_rotation.INDICATOR,
    founded_after_rule.INDICATOR,
    listed_affiliate.INDICATOR,
    opaque_ownership.INDICATOR,
)

__all__ = ["CATALOGUE", "Found", "Indicator"]
