"""Jobs: one definition and one parser per source, grouped by what the source measures.

This package is a value of the entry-point group `indicia.sources`: `jobs()` is its contract.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

from indicia.sources.contract import Job, Request
from indicia.sources.definition import Source, discover


def jobs() -> Mapping[str, Job]:
    """Every definition in this package with the parser that lies beside it."""
    return {name: _job(source) for name, source in discover(Path(__file__).parent).items()}


def _job(source: Source) -> Job:
    module: ModuleType = import_module(f"{__name__}.{source.family}.{source.name}")
    requests = (Request(source.url),) if source.url else ()
    return Job(
        source=source,
        parse=module.parse,
        plan=getattr(module, "plan", lambda _asked: requests),
        following=getattr(module, "following", lambda _request, _body: None),
        redact=getattr(module, "redact", lambda body: body),
    )
