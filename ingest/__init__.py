"""Jobs: one definition and one parser per source, grouped by what the source measures.

This package is a value of the entry-point group `indicia.sources`: `jobs()` is its contract, and
`broken()` names the sources that cannot be used. Such a source is a job all the same: asked, it
fails by name, and the others go on.
"""

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Never

from indicia.errors import SourceDefinitionError
from indicia.sources.contract import Job, Request
from indicia.sources.definition import Source

ROOT = Path(__file__).parent
UNKNOWN = "not known: its definition cannot be read"


def jobs() -> Mapping[str, Job]:
    """Every definition in this package with the parser that lies beside it."""
    return {found.source.id: found.job for found in _found(ROOT)}


def broken() -> Mapping[str, str]:
    """What is wrong with each source that cannot be used, with file and line."""
    return {found.source.id: str(found.problem) for found in _found(ROOT) if found.problem}


@dataclass(frozen=True, slots=True)
class _Found:
    """A source, and either its job or what is wrong with it."""

    source: Source
    job: Job
    problem: SourceDefinitionError | None = None


def _found(root: Path) -> Iterator[_Found]:
    for path in sorted(root.glob("*/*.toml")):
        source = _unknown(path)
        try:
            source = Source.load(path)
            yield _Found(source, _job(source))
        except SourceDefinitionError as error:
            yield _Found(source, _failing(source, error), error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever a source does wrong stays its own
            problem = SourceDefinitionError(
                _place(root, path, error), f"{type(error).__name__}: {error}"
            )
            yield _Found(source, _failing(source, problem), problem)


def _job(source: Source) -> Job:
    module: ModuleType = import_module(f"{__name__}.{source.family}.{source.name}")
    if not callable(getattr(module, "parse", None)):
        raise SourceDefinitionError(module.__file__, "has no function parse(body, fetch)")
    requests = (Request(source.url),) if source.url else ()
    return Job(
        source=source,
        parse=module.parse,
        plan=getattr(module, "plan", lambda _asked: requests),
        following=getattr(module, "following", lambda _request, _body: None),
        redact=getattr(module, "redact", lambda body: body),
    )


def _failing(source: Source, problem: SourceDefinitionError) -> Job:
    """A job that says what is wrong with it, whatever it is asked."""

    def fail(*_asked: object) -> Never:
        raise SourceDefinitionError(problem.path, problem.problem)

    return Job(source=source, parse=fail, plan=fail, following=fail, redact=fail)


def _unknown(path: Path) -> Source:
    """What is known of a source without its definition: where it lies. Nothing of it is passed on."""
    return Source(
        name=path.stem,
        family=path.parent.name,
        title=f"{path.stem} ({UNKNOWN})",
        publisher=UNKNOWN,
        homepage="",
        licence=UNKNOWN,
        tables=(),
        every_hours=24,
        rows_at_least=0,
        says=UNKNOWN,
        does_not_say=UNKNOWN,
        is_redistributable=False,
    )


def _place(root: Path, path: Path, error: BaseException) -> str:
    """The innermost line of this package that the error passed, else the definition."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if Path(f.filename).is_relative_to(root)]
    lines = [f for f in own if f.filename != __file__]
    return f"{lines[-1].filename}:{lines[-1].lineno}" if lines else str(path)
