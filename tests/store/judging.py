"""Judgements written one after the other as a process of its own, for tests that end it at any moment."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from indicia.review import Journal


def main(home, name, count):
    journal = Journal(Path(home), busy_seconds=30.0)
    for n in range(int(count)):
        at = datetime(2026, 1, 1, tzinfo=UTC)
        written = journal.judge(
            "organisation", f"{name}-{n}", "other", "match", f"number {n}", "AB", at
        )
        sys.stdout.write(f"{written} {name}-{n}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
