"""Which assumptions a page offers to change, with their defaults, bounds and words."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.reference.compute.priors import ANY, OF_CLASS, Three
from indicia.scoring.ledger import bounds, priors

SAYS = {
    "pue_ratio": "Facility power to IT power (PUE)",
    "pue_ratio_dedicated": "Facility power to IT power, one cluster",
    "ai_share": "Share of IT power for AI, AI site",
    "ai_share_colocation": "Share of IT power for AI, several tenants",
    "ai_share_dedicated": "Share of IT power for AI, one cluster",
    "overhead_ratio": "Network, storage and other servers to nodes",
    "overhead_ratio_system": "Network to nodes, one computing system",
    "host_ratio": "Node power to that of the class, research machine",
    "announcement_ratio": "Power of the number to power announced",
    "busy_node_kw": "Busy node (kW)",
    "nameplate_node_kw": "Nameplate of a node (kW)",
    "utilisation_share": "Share of time at work (average power)",
    "idle_share": "Power of an idle node, share of busy",
    "peak_share": "Observed peak, share of all nodes busy",
    "fill_share": "Share of capacity in use",
    "fill_share_hall_cn": "Share of capacity in use, Chinese AI hall",
    "server_price_usd": "Price per accelerator, whole server (US$)",
    "server_value_share": "Share of value that is accelerator servers",
    "server_unit_share": "Share of units and mass that is accelerator servers",
    "server_mass_kg": "Mass of a server of 8 (kg)",
    "rack_mass_kg": "Mass of a rack of 72 (kg)",
    "wall_clock_share": "Share of stated days at work",
    "mfu_share": "Utilisation of large training runs",
    "attention_ratio": "Operations done to 6ND",
}
NO_LIMIT = 1e9
SMALLEST = 1e-6


@dataclass(frozen=True, slots=True)
class Wish:
    """One assumption that can be changed.

    Args:
        name: The quantity, or `quantity:class`.
        says: What it is.
        values: Least, mode and most by default.
        at_least: The least value it can have.
        at_most: The greatest.
        step: By how much a click changes it.
        basis: Where the default comes from.
    """

    name: str
    says: str
    values: Three
    at_least: float
    at_most: float
    step: float
    basis: str

    @property
    def key(self) -> str:
        """The name as it stands in a link."""
        return self.name.replace(OF_CLASS, ".")


def wishes(in_force: pl.DataFrame) -> tuple[Wish, ...]:
    """Every assumption that a ledger rests on, with its default.

    Args:
        in_force: Priors as `ask` gives them.
    """
    found = []
    for quantity, chip_class in in_force.select("quantity", "chip_class").iter_rows():
        prior = priors()[quantity, chip_class]
        low, high = bounds(quantity)
        is_any = chip_class == ANY
        says = SAYS.get(quantity, quantity.replace("_", " "))
        found.append(
            Wish(
                quantity if is_any else f"{quantity}{OF_CLASS}{chip_class}",
                says if is_any else f"{says}, {chip_class}",
                (prior.least, prior.mode, prior.most),
                max(low, SMALLEST),
                min(high, NO_LIMIT),
                float(10 ** (np.floor(np.log10(prior.mode)) - 1)),
                f"{prior.basis} ({prior.status})",
            )
        )
    return tuple(sorted(found, key=lambda wish: (OF_CLASS in wish.name, wish.name)))


def changed(asked: Mapping[str, Three]) -> dict[str, Three]:
    """The assumptions that differ from their defaults.

    A quantity that is changed for every class would change the classes with a value of their own
    too: those stand as asked.
    """
    usual = {
        quantity if chip_class == ANY else f"{quantity}{OF_CLASS}{chip_class}": (
            prior.least,
            prior.mode,
            prior.most,
        )
        for (quantity, chip_class), prior in priors().items()
    }
    differ = {name for name, values in asked.items() if values != usual.get(name)}
    return {
        name: values
        for name, values in asked.items()
        if name in differ or (OF_CLASS in name and name.partition(OF_CLASS)[0] in differ)
    }
