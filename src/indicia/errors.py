"""Every error this library raises, in one tree, each class named for who can act on it.

A message names the thing, what was expected, what was received and the next step; the same facts
are attributes, so that the run log stores them as columns.
"""

from datetime import datetime


class IndiciaError(Exception):
    """Root of the tree: caught at the edge of the program and nowhere else."""


class Retryable:
    """Marks an error that may pass by itself: the next scheduled run tries again."""


class UsageError(IndiciaError):
    """A command or argument cannot be carried out. The caller can act."""


class SourceDefinitionError(IndiciaError):
    """A source's TOML is wrong. A contributor can act."""

    def __init__(self, path: object, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


class SourceUnavailableError(IndiciaError, Retryable):
    """A publisher did not answer usably. Nobody need act; the last good data stay.

    Args:
        source: The source, as `family/name`.
        place: The address, without secrets.
        problem: What happened.
        status: The HTTP status, where there was one.
    """

    def __init__(self, source: str, place: str, problem: str, status: int = 0) -> None:
        self.source, self.place, self.problem, self.status = source, place, problem, status
        super().__init__(
            f"{source}: {place}: {problem}. The last good data stay; the next run tries again."
        )


class SourceBudgetSpentError(IndiciaError, Retryable):
    """What may be asked of a publisher for now is used up. Nobody need act; nothing is retried.

    Args:
        source: The source, as `family/name`.
        place: The host.
        problem: Which budget, and how that is known.
        until: When it may be asked again (UTC).
    """

    def __init__(self, source: str, place: str, problem: str, until: datetime) -> None:
        self.source, self.place, self.problem, self.until = source, place, problem, until
        super().__init__(
            f"{source}: {place}: budget spent ({problem}). The last good data stay; asked again "
            f"after {until:%Y-%m-%d %H:%M} UTC."
        )


class SourceNotConfiguredError(IndiciaError):
    """A source needs a key or a setting that is absent. The operator can act."""

    def __init__(self, source: str, variable: str) -> None:
        self.source, self.variable = source, variable
        super().__init__(f"{source}: not configured. Set the environment variable {variable}.")


class SourceChangedError(IndiciaError):
    """Bytes do not look as their publisher's format says. A maintainer can act.

    Args:
        source: The source, as `family/name`.
        place: File, row and field, as closely as they are known.
        expected: What the format promises there.
        received: What was found there.
        remedy: What to do; a default fits most cases.
    """

    def __init__(
        self, source: str, place: str, expected: object, received: object, remedy: str = ""
    ) -> None:
        self.source, self.place = source, place
        self.expected, self.received = expected, received
        self.remedy = remedy or (
            "Compare the body with the publisher's documentation, then adjust the parser "
            "or fetch again"
        )
        super().__init__(
            f"{source}: {place}: expected {expected}, received {_short(received)}. {self.remedy}."
        )


class SchemaViolationError(IndiciaError):
    """Rows do not fit their table. A maintainer can act; nothing was written."""

    def __init__(self, table: str, rule: str, count: int, sample: object) -> None:
        self.table, self.rule, self.count, self.sample = table, rule, count, sample
        self.remedy = "Nothing was written; correct the rows or the parser"
        super().__init__(
            f"{table}: {count} rows break `{rule}`, for example {_short(sample)}. {self.remedy}."
        )


class StoreError(IndiciaError):
    """The store cannot be opened, built or published. The operator can act."""


class JournalError(IndiciaError):
    """The journal of people's decisions cannot be read or written. The operator can act.

    Args:
        path: The file.
        problem: What is wrong with it.
        remedy: What to do; a default fits most cases.
    """

    def __init__(self, path: object, problem: str, remedy: str = "") -> None:
        self.path, self.problem = path, problem
        self.remedy = remedy or (
            "Free space or mend the folder's permissions; where the file itself is broken, put it "
            "back from a copy, for no store holds the reasons"
        )
        super().__init__(f"{path}: the journal of decisions {problem}. {self.remedy}.")


class AccessError(IndiciaError):
    """What somebody asks is not theirs to do; nothing was written. Another person can act.

    Args:
        problem: Who may not do what.
        remedy: What to do.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{problem}. {remedy}.")


class ReferenceTableError(IndiciaError):
    """A reference table (chips, rules, countries) is wrong or lacks a row. An analyst can act."""

    def __init__(self, table: str, problem: str) -> None:
        self.table, self.problem = table, problem
        super().__init__(f"reference table {table}: {problem}")


LONGEST_SAMPLE = 200


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_SAMPLE else text[: LONGEST_SAMPLE - 1] + "…"
