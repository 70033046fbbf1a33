"""Power that one accelerator needs, and accelerators that one unit of trade stands for, as draws.

Conditional on the class: power and customs headings never say which class it is.
"""

from indicia.reference.compute.draws import Floats, Sheet

SCALED = "research_scaled"
SPREAD = {"research": "host_ratio", SCALED: "host_ratio", "dedicated": "announcement_ratio"}
PUE = {"dedicated": "pue_ratio_dedicated"}
KW_PER_MW = 1000.0
RACKS = "gb200"
SERVERS_OF_8 = 8


def facility_kw(
    sheet: Sheet, boundary: str = "facility", node: str = "busy_node_kw", site: str = "ai"
) -> Floats:
    """Power that one accelerator needs with its share of what stands around it (kW)."""
    kw = sheet.draw(node) / sheet.per_node
    if site in SPREAD:
        kw = kw * sheet.draw(SPREAD[site])
    if boundary == "system":
        return kw * sheet.draw("overhead_ratio_system")
    if boundary == "it":
        return kw * sheet.draw("overhead_ratio")
    return kw * sheet.draw("overhead_ratio") * sheet.draw(PUE.get(site, "pue_ratio"))


def per_measure(measure: str, sheet: Sheet) -> Floats:
    """Draws of accelerators per US dollar, server, kilogram or part."""
    if measure == "value_usd":
        return sheet.draw("server_value_share") / sheet.draw("server_price_usd")
    if measure == "used_value_usd":
        return sheet.draw("server_value_share") / sheet.draw("used_a100_price_usd")
    if measure == "servers":
        return sheet.draw("server_unit_share") * sheet.per_node
    if measure == "parts":
        return sheet.draw("server_unit_share")
    share = sheet.draw("server_unit_share")
    if sheet.chip_class == RACKS:
        return share * sheet.per_node / sheet.draw("rack_mass_kg")
    return share * SERVERS_OF_8 / sheet.draw("server_mass_kg")
