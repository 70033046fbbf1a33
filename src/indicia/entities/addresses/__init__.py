"""Addresses made comparable: keys at the level of a unit and of a building, and pairs that are near.

Sharing an address is a connection, never an identity: agents and business centres house thousands
of firms, so `shared` counts how many stand at each address. An English and a Chinese text of one
place do not meet here.
"""

from indicia.entities.addresses.keys import (
    LEVELS,
    address_key,
    address_level,
    building_key,
    keyed,
    shared,
)
from indicia.entities.addresses.near import NEAR, near_addresses
from indicia.entities.addresses.spelling import parted, spelled

__all__ = [
    "LEVELS",
    "NEAR",
    "address_key",
    "address_level",
    "building_key",
    "keyed",
    "near_addresses",
    "parted",
    "shared",
    "spelled",
]
