"""The store: immutable files named by a manifest, built aside, published at once, read by many."""

from indicia.store.build import Build
from indicia.store.home import home
from indicia.store.lock import writing
from indicia.store.manifest import SYNTHETIC, Manifest, cite, current, held, pointer
from indicia.store.reader import Store
from indicia.store.united import is_visible, unite
from indicia.store.vintage import Delta, Vintage
from indicia.store.workspace import Workspace, memory_alone, workspace

__all__ = [
    "SYNTHETIC",
    "Build",
    "Delta",
    "Manifest",
    "Store",
    "Vintage",
    "Workspace",
    "cite",
    "current",
    "held",
    "home",
    "is_visible",
    "memory_alone",
    "pointer",
    "unite",
    "workspace",
    "writing",
]
