"""Writes `docs/validation/entities.md` and its picture from copies of the publishers' files.

`python -m indicia.entities.validation FOLDER docs --final --nomenklatura PYTHON --reviewed FILE`
"""

import argparse
import sys
from datetime import date
from pathlib import Path

from indicia import bundled
from indicia.entities.validation import chart, measure, page
from indicia.entities.validation.runs import OURS
from indicia.entities.validation.splits import DEVELOPMENT, FINAL
from indicia.errors import IndiciaError

LISTING = "data/starter/entities/csl/entity_listing.csv"
AS_OF = "2025-11-08"


def main() -> None:
    """Read the arguments, measure, write the page and the picture."""
    ask = argparse.ArgumentParser(prog="python -m indicia.entities.validation")
    ask.add_argument("folder", type=Path, help="copies of the publishers' files")
    ask.add_argument("docs", type=Path, help="the folder of the docs, written into")
    ask.add_argument("--listing", type=Path, default=bundled.path(LISTING))
    ask.add_argument("--as-of", default=AS_OF, help="day of the copy of the list")
    ask.add_argument("--day", type=date.fromisoformat, default=date.today())  # noqa: DTZ011 -- the maintainer's day
    ask.add_argument("--final", action="store_true", help="compute the final part too")
    ask.add_argument("--nomenklatura", type=Path, help="an interpreter that has nomenklatura")
    ask.add_argument("--reviewed", type=Path, help="the real run as a person read it")
    ask.add_argument("--rows", type=Path, help="a folder outside the repository for rows")
    told = ask.parse_args()
    try:
        measured = measure.everything(
            told.folder,
            told.listing,
            told.docs,
            day=told.day,
            as_of=told.as_of,
            with_final=told.final,
            python=told.nomenklatura,
            review=told.reviewed,
            rows=told.rows,
            say=_say,
        )
    except IndiciaError as error:
        sys.exit(str(error))
    part = FINAL if told.final else DEVELOPMENT
    latin = measured.latin[part]
    marks = {OURS: next(r.figures for r in latin.rows if r.method == OURS)}
    svg = chart.picture(latin.curves, marks, part, measured.as_of)
    (told.docs / "img" / "validation_entities.svg").write_text(svg, encoding="utf-8")
    text = page.page(measured)
    (told.docs / "validation" / "entities.md").write_text(text, encoding="utf-8")


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    main()
