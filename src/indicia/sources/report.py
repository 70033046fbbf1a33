"""What one run did and what it found wrong, until it becomes rows of the run log."""

from dataclasses import dataclass, field
from datetime import datetime

from indicia.errors import IndiciaError, SourceBudgetSpentError
from indicia.sources.contract import Fetch, Rejection
from indicia.sources.intake import Batch
from indicia.sources.meter import Meter
from indicia.store import Delta


@dataclass
class Report:
    """What one run did; becomes a row of `run` and rows of `issue`, `fetch` and `loaded`."""

    run_id: str
    source: str
    way: str
    started_utc: datetime
    outcome: str = "unchanged"
    rows_in: int = 0
    rows_kept: int = 0
    rows_rejected: int = 0
    delta: Delta = field(default_factory=Delta)
    message: str = ""
    accepted: int = 0
    refused: int = 0
    stopped: bool = False
    finished_utc: datetime | None = None
    meter: Meter = field(default_factory=Meter)
    issues: list[dict[str, object]] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)
    loaded: list[dict[str, object]] = field(default_factory=list)

    def count(self, batch: Batch) -> None:
        """Bring the figures for the screen up to date."""
        if self.way != "live":
            part = 0.0 if batch.is_last else batch.share
            self.meter.took(sum(len(body) for _, body in batch.bodies), part)
            self.meter.done += batch.is_last
        self.meter.rows = self.rows_in
        self.meter.tell(self.meter)

    def note(self, severity: str, rejection: Rejection) -> None:
        """Write down one thing that was wrong."""
        self.issues.append(
            {
                "run_id": self.run_id,
                "source": self.source,
                "seen_utc": self.started_utc,
                "severity": severity,
                "rule": rejection.rule,
                "place": rejection.place,
                "expected": rejection.expected,
                "received": rejection.received,
                "remedy": rejection.remedy,
                "rows_count": rejection.count,
            }
        )

    def fail(self, error: IndiciaError) -> None:
        """Write down what ended the run before all bodies were read."""
        self.stopped = True
        self.refuse(error)
        self.refused -= 1

    def stop_for_today(self, error: SourceBudgetSpentError) -> None:
        """Write down that the publisher may not be asked further for now; what came still loads."""
        self.outcome, self.message = "budget spent", str(error)
        self.note(
            "warning",
            Rejection(
                "budget spent",
                error.place,
                "requests left in the publisher's budget",
                error.problem,
                f"Nothing: the next run after {error.until:%Y-%m-%d %H:%M} UTC goes on where this one stopped",
                0,
            ),
        )

    def refuse(self, error: IndiciaError) -> None:
        """Write down why a body was refused; what was held before stays."""
        self.refused += 1
        self.outcome, self.message = "failed", str(error)
        facts = vars(error)
        self.note(
            "error",
            Rejection(
                rule=type(error).__name__,
                place=str(facts.get("place") or facts.get("table") or self.source),
                expected=str(facts.get("expected") or facts.get("rule") or "an answer"),
                received=str(
                    facts.get("received") or facts.get("sample") or facts.get("problem") or ""
                ),
                remedy=str(
                    facts.get("remedy") or "The last good data stay; the next run tries again"
                ),
                count=int(facts.get("count") or 0),
            ),
        )
