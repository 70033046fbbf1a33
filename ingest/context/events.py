"""Rules, cases and events in our own layouts to `event`.

Three layouts, told apart by their header: `rules.csv` (one dated rule per row), `cases.csv`
(one public case or control per row) and `event.csv` (the table's own columns). A status is read
from the words of the row through the visible tables of `events_words`; where several words
stand together the weakest claim counts, and words that no table knows reject the row.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import EVENT, parsed
from indicia.sources import own_tables
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.customs.areas import iso3_by

from .events_words import (
    Period,
    case_kind,
    case_status,
    denial,
    lanes,
    organisations,
    period,
    rule_status,
)

SOURCE = "context/events"
TABLE = parsed(EVENT)
RULES = (
    "rule_id", "title", "announced", "published", "effective_from", "effective_to", "citation",
    "kind", "legal_status", "enforcement_status", "destination_scope", "source", "confidence",
)  # fmt: skip
CASES = (
    "case_id", "label", "event_date", "first_public_date", "title", "parties", "place", "iso2",
    "amount_usd", "units", "source_title", "publisher", "source_date", "status", "confidence",
)  # fmt: skip
Row = Mapping[str, str | None]
Reader = Callable[[Row, str, date, list[Rejection]], dict[str, object] | None]


def plan(_asked: Asked) -> Sequence[Request]:
    """Nothing to ask for: the tables come as files."""
    return ()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the layout the header tells; a row that does not fit is named, the rest is kept."""
    place = fetch.file_name
    try:
        text = pl.read_csv(BytesIO(body), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise SourceChangedError(SOURCE, place, "a CSV file in UTF-8", error) from error
    for key, needed, reader in (("rule_id", RULES, _rule), ("case_id", CASES, _case)):
        if key not in text.columns:
            continue
        if lacking := sorted(set(needed) - set(text.columns)):
            expected = f"the columns {', '.join(needed)}"
            raise SourceChangedError(SOURCE, f"{place}, header", expected, f"missing {lacking}")
        return _finished(_read(text, key, reader, fetch), place)
    if "event_id" in text.columns:
        return _finished(own_tables.read(SOURCE, place, EVENT, body), place)
    expected = "a column rule_id (rules), case_id (cases) or event_id (events)"
    raise SourceChangedError(SOURCE, f"{place}, header", expected, text.columns[:8])


def _read(text: pl.DataFrame, key: str, reader: Reader, fetch: Fetch) -> Parsed:
    rows: list[dict[str, object]] = []
    issues: list[Rejection] = []
    for number, row in enumerate(text.iter_rows(named=True), start=2):
        where = f"{fetch.file_name}, row {number}"
        if not row[key] or not row["title"]:
            issues.append(_misfit(where, f"{key} and title", f"{row[key]!r}, {row['title']!r}"))
        else:
            found = reader(row, where, fetch.vintage, issues)
            rows.extend([found] if found else [])
    return Parsed({TABLE.name: TABLE.frame(rows)}, text.height, tuple(issues))


def _finished(read: Parsed, place: str) -> Parsed:
    frame = read.tables[TABLE.name]
    once = frame.unique("event_id", keep="first", maintain_order=True)
    issues = list(read.rejections)
    if count := frame.height - once.height:
        issues.append(
            Rejection("event repeated", place, "each id once", f"{count} more", count=count)
        )
    if not read.rows_in:
        issues.append(Rejection("no rows", place, "events", "a header only", severity="notice"))
    has_date = pl.col("published_utc").is_not_null()
    once = once.with_columns(
        published_basis=pl.when(has_date).then(pl.coalesce("published_basis", pl.lit("stated")))
    )
    return Parsed({TABLE.name: once}, read.rows_in, tuple(issues))


def _rule(
    row: Row, where: str, today: date, issues: list[Rejection]
) -> dict[str, object] | None:
    starts = period(row["effective_from"] or row["announced"])
    ends = period(row["effective_to"])
    status = rule_status(row["legal_status"], row["enforcement_status"])
    if status is None:
        received = f"{row['legal_status']}; {row['enforcement_status']}"
        issues.append(_misfit(f"{where}, legal_status", "a status named in LEGAL", received))
        return None
    if status == "in force" and ends.last is not None and ends.last < today:
        status = "superseded"
    if status == "in force" and starts.first is not None and starts.first > today:
        status = "planned"
    return {
        "event_id": row["rule_id"],
        "kind": "rule",
        "title": row["title"],
        "status": status,
        "starts_date": starts.first,
        "ends_date": ends.last,
        "date_precision": starts.precision,
        "place": row["destination_scope"],
        "citation": _joined("; ", row["citation"], row["source"], row["confidence"]),
        **_published(period(row["published"] or row["announced"])),
    }


def _case(
    row: Row, where: str, _today: date, issues: list[Rejection]
) -> dict[str, object] | None:
    kind, status = case_kind(row["label"]), case_status(row["status"])
    if kind is None:
        issues.append(_misfit(f"{where}, label", "a label named in LABELS", row["label"]))
        return None
    if status is None:
        issues.append(_misfit(f"{where}, status", "words named in CLAIMS", row["status"]))
        return None
    when = period(row["event_date"])
    return {
        "event_id": row["case_id"],
        "kind": kind,
        "title": row["title"],
        "status": status,
        "starts_date": when.first,
        "ends_date": when.last if when.is_range else None,
        "date_precision": when.precision,
        "parties": organisations(row["parties"]),
        "denial": denial(row["parties"], row["status"]),
        "country_iso2": row["iso2"],
        "place": row["place"],
        "amount_usd": _amount(row["amount_usd"], where, issues),
        "units_text": row["units"],
        "citation": _joined(", ", row["source_title"], row["publisher"], row["source_date"]),
        "lanes": lanes(row.get("route"), iso3_by("iso2")),
        **_published(period(row["first_public_date"])),
    }


def _published(when: Period) -> dict[str, datetime | str]:
    """Public at the end of the stated period at the latest; nothing where none is stated."""
    if when.last is None:
        return {}
    return {
        "published_utc": own_tables.midnight(when.last.isoformat()),
        "published_basis": "stated",
    }


def _amount(text: str | None, where: str, issues: list[Rejection]) -> float | None:
    if text is None or not text.strip():
        return None
    if text.replace(".", "", 1).isdecimal():
        return float(text)
    issues.append(_misfit(f"{where}, amount_usd", "a number in US$, or nothing", text))
    return None


def _joined(separator: str, *parts: str | None) -> str | None:
    return separator.join(p for p in parts if p and p != "-") or None


def _misfit(where: str, expected: str, received: object) -> Rejection:
    remedy = "Correct the cell, or add the word to the table in events_words.py"
    return Rejection("cell does not fit", where, expected, str(received), remedy)
