"""The documentation as the app shows it: its pages, and what an indicator answered in this store."""

import re
from pathlib import Path
from typing import NamedTuple

import polars as pl

from indicia import bundled
from indicia.answers.reader import Reader
from indicia.indicators import CATALOGUE
from indicia.indicators.detectability import table as sights

PAGES = {
    "Method": "docs/method.md",
    "Limits": "docs/limits.md",
    "Controls": "docs/controls.md",
    "Evaluation": "docs/validation/scoring.md",
    "Real data": "docs/validation/real_data.md",
    "Synthetic worlds": "docs/validation/worlds.md",
    "Compute": "docs/validation/compute.md",
    "Name matching": "docs/validation/entities.md",
}
OTHER_FILE = re.compile(r"\[([^\]]*)\]\((?!https?://)[^)]*\)")
HEADING = re.compile("^(?=##+ )", re.MULTILINE)
PICTURE = re.compile(r"!\[([^\]]*)\]\(((?!https?://)[^)]*\.svg)\)")
MOST_ANSWERS = 1000
BINS = 20
DISTRIBUTION = pl.Schema(
    {"from_value": pl.Float64, "to_value": pl.Float64, "result": pl.String, "answers_count": pl.Int64}
)  # fmt: skip


class Part(NamedTuple):
    """A piece of a page: Markdown of our own, or a picture's file with words for it."""

    text: str
    picture: str = ""


def pages() -> list[str]:
    """Names of the pages that this installation holds."""
    return [name for name, path in PAGES.items() if bundled.path(path).is_file()]


def page(name: str) -> list[Part]:
    """A documentation page without its title, in the order of reading."""
    return _parts(bundled.path(PAGES[name]))


def indicators() -> dict[str, str]:
    """Code -> title of every indicator of the catalogue."""
    return {i.code: i.title for i in CATALOGUE}


def indicator(code: str) -> list[Part]:
    """The documentation page of one indicator, without its title."""
    return _parts(bundled.path(f"docs/indicators/{code}.md"))


def _parts(place: Path) -> list[Part]:
    """Headings one level down, below the page's; links to other files as plain words."""
    body = HEADING.sub("#", place.read_text(encoding="utf-8").partition("\n")[2])
    parts, at = [], 0
    for found in PICTURE.finditer(body):
        picture = (place.parent / found[2]).resolve()
        parts.append(Part(OTHER_FILE.sub(r"\1", body[at : found.start()])))
        parts.append(Part(found[1], str(picture) if picture.is_file() else ""))
        at = found.end()
    return [*parts, Part(OTHER_FILE.sub(r"\1", body[at:]))]


def sight(code: str) -> pl.DataFrame:
    """What one indicator can see at each kind of scope, from the detectability table."""
    return sights().filter(pl.col("indicator") == code).drop("indicator")


def overview(store: Reader) -> pl.DataFrame:
    """Every indicator of the catalogue with its family and the facilities per result."""
    counted = store.sql(
        "SELECT indicator, count(*) FILTER (result = 'flag') AS flag_count, "
        "count(*) FILTER (result = 'no_flag') AS no_flag_count, count(*) FILTER (result = 'no_data') AS no_data_count, "
        "count(*) FILTER (result = 'not_applicable') AS not_applicable_count FROM indicator_result GROUP BY indicator"
    )
    named = [(i.code, i.title, i.family) for i in CATALOGUE]
    catalogue = pl.DataFrame(named, schema=["indicator", "title", "family"], orient="row")
    return catalogue.join(counted, on="indicator", how="left", maintain_order="left")


def results(store: Reader, code: str) -> pl.DataFrame:
    """Facilities per result of one indicator."""
    return store.sql(
        "SELECT result, count(*) AS facilities_count FROM indicator_result "
        "WHERE indicator = ? GROUP BY result ORDER BY result",
        [code],
    )


def answers(store: Reader, code: str) -> pl.DataFrame:
    """What one indicator answered at each scope, flags first; at most `MOST_ANSWERS`."""
    return store.sql(
        "SELECT result, scope_kind, scope_id, observed_value, threshold_value, unit, "
        "detectability_share, starts_date, ends_date, statement FROM evidence WHERE indicator = ? "
        "ORDER BY result <> 'flag', observed_value DESC NULLS LAST, scope_id, evidence_id LIMIT ?",
        [code, MOST_ANSWERS],
    )


def distribution(store: Reader, code: str) -> pl.DataFrame:
    """How what one indicator observed is distributed: bins of equal width, per result.

    Returns:
        from_value, to_value (in the indicator's unit), result, answers_count; empty where nothing
        was measured.
    """
    found = store.sql(
        """
        WITH seen AS (
          SELECT observed_value AS v, result FROM evidence
          WHERE indicator = $code AND observed_value IS NOT NULL AND isfinite(observed_value)
        ), span AS (SELECT min(v) AS low, greatest(max(v) - min(v), 1e-9) / $bins AS width FROM seen),
        binned AS (
          SELECT least(floor((v - low) / width), $bins - 1) AS bin, low, width, result FROM seen, span
        )
        SELECT low + bin * width AS from_value, low + (bin + 1) * width AS to_value, result,
               count(*) AS answers_count
        FROM binned GROUP BY ALL ORDER BY from_value, result
        """,
        {"code": code, "bins": BINS},
    )
    return found.match_to_schema(DISTRIBUTION, integer_cast="upcast")


def unit(store: Reader, code: str) -> str:
    """The unit in which one indicator measures, or an empty string."""
    found = store.sql("SELECT max(unit) AS unit FROM evidence WHERE indicator = ?", [code])
    return found["unit"][0] or ""
