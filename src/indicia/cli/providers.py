"""Finding jobs: every entry point in the group `indicia.sources` is asked for its own."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points

from indicia import bundled
from indicia.errors import SourceDefinitionError, UsageError
from indicia.sources.contract import Job, Provider

GROUP = "indicia.sources"


@dataclass
class Found:
    """Jobs by id; and what could not be loaded, providers by name and sources by id, with the reason.

    A source that is broken is among the jobs too, so that a refresh names it as failed.
    """

    jobs: dict[str, Job] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def find() -> Found:
    """Load every provider; one that cannot be loaded is named and does not stop the others."""
    if not bundled.is_clone() and str(bundled.ROOT) not in sys.path:
        sys.path.append(str(bundled.ROOT))
    found = Found()
    for entry in entry_points(group=GROUP):
        try:
            provider: Provider = entry.load()
            found.jobs.update(provider.jobs())
            found.broken.update(getattr(provider, "broken", dict)())
        except (ImportError, AttributeError, SourceDefinitionError) as error:
            found.broken[entry.name] = f"{type(error).__name__}: {error}"
    return found


def chosen(jobs: Mapping[str, Job], names: list[str]) -> list[Job]:
    """The jobs named; a family names all of its jobs, no name all jobs.

    Raises:
        UsageError: A name is no source and no family.
    """
    if not names:
        return [jobs[name] for name in sorted(jobs)]
    picked: dict[str, Job] = {}
    for name in names:
        hits = {k: j for k, j in jobs.items() if name in (k, j.source.family, j.source.name)}
        if not hits:
            message = f"no source is named {name}. Known sources: {', '.join(sorted(jobs))}."
            raise UsageError(message)
        picked |= hits
    return [picked[name] for name in sorted(picked)]
