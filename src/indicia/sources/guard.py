"""A fault in a job's own code is an issue of that source, with its line, and stops nothing else."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from indicia.errors import IndiciaError, SourceChangedError
from indicia.sources.contract import Fetch, Job, Request

Result = TypeVar("Result")
REMEDY = "This is a fault of the source's own code: report it with the archived body"


def guarded(job: Job) -> Job:
    """The same job, none of whose functions raises anything but errors of this library."""
    source = job.source.id

    def parse_place(_body: bytes, fetch: Fetch) -> str:
        return fetch.url

    def following_place(request: Request, _body: bytes) -> str:
        return request.place

    def call(
        function: Callable[..., Result], place: Callable[..., str]
    ) -> Callable[..., Result]:
        def safely(*arguments: object) -> Result:
            try:
                return function(*arguments)
            except IndiciaError:
                raise
            except (KeyboardInterrupt, SystemExit, MemoryError, GeneratorExit):
                raise
            except BaseException as error:
                problem = f"{type(error).__name__}: {error} at {_line(error)}"
                expected = "a body that its parser can read"
                raise SourceChangedError(
                    source, place(*arguments), expected, problem, REMEDY
                ) from error

        return safely

    return replace(
        job,
        parse=call(job.parse, parse_place),
        plan=call(job.plan, lambda _asked: "plan"),
        following=call(job.following, following_place),
        redact=call(job.redact, lambda _body: "body"),
    )


def _line(error: BaseException) -> str:
    """The innermost place in the code, as file name and line."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
