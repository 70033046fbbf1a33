"""Where archive, stores and journal lie, and how a file comes to be there whole or not at all."""

import os
from functools import lru_cache
from pathlib import Path

from platformdirs import user_data_path

from indicia import bundled

VARIABLE = "INDICIA_HOME"


def home() -> Path:
    """`INDICIA_HOME`; else `data` in a clone, the platform's data folder otherwise."""
    if named := os.environ.get(VARIABLE):
        return _resolved(named, Path.cwd())
    return bundled.path("data") if bundled.is_clone() else user_data_path("indicia")


@lru_cache(maxsize=64)
def _resolved(named: str, _here: Path) -> Path:
    """Looked up once: a page asks some twenty times, and each look-up visits every folder above."""
    return Path(named).expanduser().resolve()


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that after a crash it holds either the old bytes or all the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    with aside.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)
