"""Writes `docs/validation/real_data.md` from copies of publishers' files.

`python -m indicia.real_data FOLDER docs`: the folder of the copies, and the folder of the docs.
"""

import argparse
import sys
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from indicia.cli import providers
from indicia.errors import IndiciaError
from indicia.real_data import files, held, hindcast, lanes, page, visible, whole, zones
from indicia.store import Store

CASES = "validation/real_data_cases.csv"
PAGE = "validation/real_data.md"


def main() -> None:
    """Read the arguments, load, ask, write the page."""
    ask = argparse.ArgumentParser(prog="python -m indicia.real_data")
    ask.add_argument("folder", type=Path, help="copies of the publishers' files")
    ask.add_argument("docs", type=Path, help="the folder of the docs, written into")
    ask.add_argument("--day", type=date.fromisoformat, default=date.today())  # noqa: DTZ011 -- the maintainer's day
    told = ask.parse_args()
    try:
        with TemporaryDirectory() as scratch:
            text = page.page(measured(told.folder, told.docs, Path(scratch), told.day))
    except IndiciaError as error:
        sys.exit(str(error))
    (told.docs / PAGE).write_text(text, encoding="utf-8")


def measured(folder: Path, docs: Path, scratch: Path, today: date) -> page.Measured:
    """Everything the page tells, computed from the files."""
    jobs = providers.find().jobs
    say = partial(print, file=sys.stderr)
    home, starter, raw = (scratch / name for name in ("all", "starter", "raw"))
    reports = held.build(home, jobs, folder, say)
    held.build(starter, jobs, None, say)
    held.build(raw, jobs, folder, say, files.RAW_FILES, starter=False)
    everything = held.as_of(home, None, today)
    rows = visible.rows_of(everything.store)

    def opened(day: date | None) -> held.Day:
        say(f"as of {day or today}")
        return held.as_of(home, day, today) if day else everything

    cases = hindcast.read(docs / CASES)
    told = list(hindcast.run(cases, opened))
    alone = held.as_of(starter, None, today)
    return page.Measured(
        today=today,
        reports=reports,
        zones=zones.table(everything),
        campuses=zones.campuses(everything),
        trap=zones.reached(everything, zones.TRAP),
        raw=zones.raw_beside_cleaned(Store.open(raw), everything.frames),
        lanes=yearly_lanes(folder / lanes.FILE, scratch / "lanes"),
        cases=sorted(told, key=lambda found: found[0].case_id),
        now={c.case_id: hindcast.said(c, everything, rows) for c in cases},
        events={e["event_id"]: e for e in everything.store.sql(hindcast.FACTS).to_dicts()},
        answered=whole.answered(alone, everything),
        verdicts=(whole.verdicts(alone), whole.verdicts(everything)),
        raised=whole.raised(everything),
        subjects=whole.subjects(everything),
        raised_subjects=whole.raised_subjects(everything),
    )


def yearly_lanes(
    file: Path, home: Path
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame] | None:
    """Lanes, evidence of them, and naive rules; None without the file."""
    if not file.exists():
        return None
    known = lanes.read(file)
    return known, lanes.evidence(home, known), lanes.naive(known)


if __name__ == "__main__":
    main()
