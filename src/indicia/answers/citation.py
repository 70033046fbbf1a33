"""How a list is cited, and whose data it holds on which terms."""

from collections.abc import Mapping
from datetime import UTC

import polars as pl

from indicia.answers.export_stamp import LATEST, Stamp
from indicia.answers.flagged import Flagged
from indicia.sources.definition import Source

TITLE = "Facilities for review"
NOT_PASSED_ON = "kept out: its terms do not allow redistribution"
LICENCES = pl.Schema(
    {
        "source": pl.String,
        "title": pl.String,
        "publisher": pl.String,
        "licence": pl.String,
        "licence_note": pl.String,
        "homepage": pl.String,
        "is_passed_on": pl.Boolean,
    }
)
# What would end a field, or begin another, in BibTeX.
BRACES = str.maketrans({"{": "(", "}": ")", "\\": "/", "\n": " "})


def licences(found: Flagged, known: Mapping[str, Source]) -> pl.DataFrame:
    """Every source that the list or its evidence rests on, with its terms, as rows of `LICENCES`.

    Args:
        found: The list.
        known: The sources that ship with the library.
    """
    named = pl.concat([found.rows["source"].str.split(";").explode(), found.evidence["source"]])
    used = sorted(set(named.drop_nulls().unique()) - {""})
    rows = [
        {
            "source": name,
            "title": known[name].title if name in known else name,
            "publisher": known[name].publisher if name in known else _nobody(name),
            "licence": known[name].licence if name in known else "unknown",
            "licence_note": known[name].licence_note if name in known else "",
            "homepage": known[name].homepage if name in known else "",
            "is_passed_on": name not in known or known[name].is_redistributable,
        }
        for name in used
    ]
    return pl.DataFrame(rows, schema=LICENCES)


def _nobody(name: str) -> str:
    return "nobody: invented" if name.startswith("synthetic/") else "not defined here"


def cited(stamp: Stamp) -> str:
    """The list as one line of a bibliography."""
    day = f"{stamp.generated_utc.astimezone(UTC):%Y-%m-%d}"
    as_of = f", as of {stamp.as_of}" if stamp.as_of else f", {LATEST}"
    return (
        f"{TITLE}: list {stamp.list_id}. indicia {stamp.code_version}, {stamp.store_kind} data {stamp.data_version}, "
        f"rules {stamp.rules_version}{as_of}; query: {stamp.query}; {stamp.row_count} rows; made {day}. {stamp.caveat}"
    )


def bibtex(stamp: Stamp) -> str:
    """The same for BibTeX."""
    made = stamp.generated_utc.astimezone(UTC)
    fields = {
        "title": f"{TITLE}: list {stamp.list_id}",
        "version": f"data {stamp.data_version}, rules {stamp.rules_version}, indicia {stamp.code_version}",
        "year": f"{made:%Y}",
        "month": f"{made.month}",
        "note": f"Query: {stamp.query}. {stamp.row_count} rows, {stamp.store_kind} data. {stamp.review}".strip(),
    }
    lines = ",\n".join(f"  {k} = {{{v.translate(BRACES)}}}" for k, v in fields.items())
    return f"@misc{{indicia_{stamp.list_id},\n{lines}\n}}\n"


def ris(stamp: Stamp) -> str:
    """The same for reference managers (RIS)."""
    made = stamp.generated_utc.astimezone(UTC)
    lines = (
        ("TY", "DATA"),
        ("ID", f"indicia_{stamp.list_id}"),
        ("TI", f"{TITLE}: list {stamp.list_id}"),
        ("PY", f"{made:%Y}"),
        ("DA", f"{made:%Y/%m/%d}"),
        ("ET", f"data {stamp.data_version}, rules {stamp.rules_version}"),
        ("N1", f"Query: {stamp.query}"),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in lines)


def beside(found: Flagged, known: Mapping[str, Source]) -> dict[str, str]:
    """Files that go along with a list: its citation in three forms, and whose data it holds."""
    terms = [
        f"{r['source']}: {r['title']} ({r['publisher']}). Licence: {r['licence']}. {r['licence_note']} {r['homepage']} "
        + ("" if r["is_passed_on"] else f"Raw values {NOT_PASSED_ON}.")
        for r in licences(found, known).iter_rows(named=True)
    ]
    return {
        "citation.txt": f"{cited(found.stamp)}\n",
        "citation.bib": bibtex(found.stamp),
        "citation.ris": ris(found.stamp),
        "licences.txt": "".join(f"{' '.join(line.split())}\n" for line in terms),
    }
