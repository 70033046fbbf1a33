"""Consolidated Screening List to `entity_listing`: organisations only.

Read are the consolidated list (CSV of 28 columns, or JSON with `results`) and the copies of the
BIS Entity List (CSV or JSON, one object per entity with `el_id`).

What is dropped, in `redact` already, so that the archive never holds it:

- lists that are mostly of persons (`NOT_LOADED`), and lists that are not known here;
- rows whose `type` is not an entity;
- rows without a type whose name is apparently a natural person's: two to six capitalised words,
  none of them an organisation word, a number or an acronym (`csl_names`).

The archived body is JSON, `{"results": [...], "_withheld": {reason: rows}}`, with the columns
that are read; `parse` reads it and the publisher's layouts alike. Listings have no number in
the file: the key is the hash of list, name and citation. A listing repeated under several
destinations becomes one row with all addresses and countries.
"""

import json
from dataclasses import dataclass, field
from io import BytesIO

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import ENTITY_LISTING, parsed, short_hash
from indicia.sources.contract import Fetch, Parsed, Rejection

from .csl_names import is_apparent_person

SOURCE = "entities/csl"
ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
TABLE = parsed(ENTITY_LISTING)
LOADED = ("EL", "MEU", "UVL", "CMIC", "ISN", "DTC", "SSI", "CAP", "MBS")
NOT_LOADED = ("DPL", "SDN", "FSE", "PLC")

# The publisher's columns that are read; the rest (persons' data among them) is left out.
CSL = (
    "source", "type", "name", "alt_names", "addresses", "federal_register_notice", "start_date",
    "license_requirement", "license_policy", "source_list_url",
)  # fmt: skip
BIS = {
    "name": "name", "aliases": "alt_names", "address": "addresses", "countries": "countries",
    "fr": "federal_register_notice", "effective": "start_date",
    "license_requirement": "license_requirement", "license_policy": "license_policy",
}  # fmt: skip
COLUMNS = (*CSL, "countries")
CODE = (
    pl.col("source")
    .str.extract(r"\(([A-Z-]+?)(?: List)?\)")
    .replace({"NS-MBS": "MBS", "NS-CMIC": "CMIC"})
)
PERSON = "apparently a natural person"


@dataclass(frozen=True, slots=True)
class _List:
    rows: pl.DataFrame
    withheld: dict[str, int] = field(default_factory=dict)


def redact(body: bytes) -> bytes:
    """Keep the organisations of loaded lists and the columns that are read; count the rest."""
    kept = _organisations(_read(body))
    results = kept.rows.to_dicts()
    content = {"results": results, "_withheld": kept.withheld}
    return json.dumps(content, ensure_ascii=False, indent=0).encode("utf-8", "replace")


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """One row per listing; what was withheld is counted by reason, never named.

    Raises:
        SourceChangedError: No layout fits, or no organisation is left: a snapshot without rows
            would mark every listing as vanished.
    """
    place = fetch.file_name
    kept = _organisations(_read(body))
    if kept.rows.is_empty():
        expected = f"rows of the lists {', '.join(LOADED)}"
        raise SourceChangedError(SOURCE, place, expected, f"none; {kept.withheld}")
    rows_in = kept.rows.height + sum(kept.withheld.values())
    nameless = kept.rows["name"].is_null()
    issues = [_withheld(place, reason, count) for reason, count in kept.withheld.items()]
    if count := int(nameless.sum()):
        issues.append(
            Rejection("name missing", place, "a name in every row", "none", count=count)
        )
    rows = _listings(kept.rows.filter(~nameless))
    odd = rows.filter(pl.col("listed_date").is_null() & pl.col("start_date").is_not_null())
    vague = pl.col("start_date").str.contains("(?i)various")
    if count := odd.filter(~vague).height:
        sample = odd.filter(~vague)["start_date"][0]
        issues.append(
            Rejection(
                "date not read", place, "YYYY-MM-DD", sample, count=count, severity="notice"
            )
        )
    once = _once(rows)
    if count := rows.height - once.height:
        issues.append(
            Rejection(
                "listed more than once",
                place,
                "one row per list, name and citation",
                f"{count} further rows, joined into the first",
                "Nothing: their addresses, countries and aliases are kept",
                count,
                "notice",
            )
        )
    return Parsed({TABLE.name: TABLE.fit(once)}, rows_in, tuple(issues))


def _withheld(place: str, reason: str, count: int) -> Rejection:
    return Rejection(
        reason,
        place,
        f"an organisation on one of {', '.join(LOADED)}",
        "name withheld",
        "Nothing: persons are not loaded; an unknown list needs a place in the parser",
        count,
        "warning" if reason.startswith("list not known") else "notice",
    )


def _read(body: bytes) -> _List:
    start = body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    return _from_json(body) if start in {b"{", b"["} else _from_csv(body)


def _from_json(body: bytes) -> _List:
    try:
        content = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceChangedError(SOURCE, "body", "complete JSON in UTF-8", error) from error
    is_consolidated = isinstance(content, dict)
    results = content.get("results") if is_consolidated else content
    if not isinstance(results, list) or not all(isinstance(r, dict) for r in results):
        expected = "`results` with one object per listing, or a list of objects with `el_id`"
        raise SourceChangedError(SOURCE, "body", expected, type(results).__name__)
    keys = list(dict.fromkeys(key for row in results for key in row))
    texts = {key: [_text(row.get(key)) for row in results] for key in keys}
    frame = pl.DataFrame(texts, schema=dict.fromkeys(keys, pl.String))
    withheld = content.get("_withheld") if is_consolidated else None
    counts = withheld.items() if isinstance(withheld, dict) else ()
    return _List(_laid_out(frame), {str(k): v for k, v in counts if isinstance(v, int)})


def _from_csv(body: bytes) -> _List:
    try:
        return _List(_laid_out(pl.read_csv(BytesIO(body), infer_schema=False)))
    except pl.exceptions.PolarsError as error:
        raise SourceChangedError(SOURCE, "body", "a CSV file in UTF-8", error) from error


def _laid_out(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that are read, whatever the layout; `[]`, `null` and blanks become null."""
    if "el_id" in frame.columns:
        expected, names = set(BIS), BIS
        frame = frame.with_columns(pl.col("^(aliases|countries)$").str.replace_all(r"\|", "; "))
    else:
        expected = set(CSL) - {"license_requirement", "license_policy"}
        names = {name: name for name in COLUMNS if name in frame.columns}
    if lacking := sorted(expected - set(frame.columns)):
        raise SourceChangedError(
            SOURCE, "header", f"the columns {sorted(expected)}", f"missing {lacking}"
        )
    taken = frame.select(pl.col(old).alias(new) for old, new in names.items())
    default = {"source": ENTITY_LIST}
    absent = [
        pl.lit(default.get(c), pl.String).alias(c) for c in COLUMNS if c not in taken.columns
    ]
    clean = pl.all().str.replace_all(r"\s+", " ").str.strip_chars()
    blank = ["", "[]", "null", "None"]
    whole = taken.with_columns(absent).select(COLUMNS).with_columns(clean)
    return whole.with_columns(pl.when(~pl.all().is_in(blank)).then(pl.all()))


def _text(value: object) -> str | None:
    """A JSON value as the CSV writes it: lists joined by `; `, address parts by `, `."""
    if isinstance(value, list):
        return "; ".join(t for t in map(_text, value) if t) or None
    if isinstance(value, dict):
        parts = ("address", "city", "state", "postal_code", "country")
        return ", ".join(t for t in (_text(value.get(p)) for p in parts) if t) or None
    return None if value is None else str(value).encode("utf-8", "replace").decode()


def _organisations(listed: _List) -> _List:
    code = CODE.fill_null("")
    kind = pl.col("type").str.to_lowercase().fill_null("")
    shown = pl.col("source").fill_null("without a name").str.slice(0, 60)
    reason = (
        pl.when(code.is_in(NOT_LOADED))
        .then(pl.format("list not loaded: {}", code))
        .when(~code.is_in(LOADED))
        .then(pl.format("list not known: {}", shown))
        .when(~kind.is_in(["", "entity"]))
        .then(pl.format("not an organisation: {}", kind))
        .when((kind == "") & is_apparent_person(pl.col("name"), pl.col("alt_names")))
        .then(pl.lit(PERSON))
    )
    judged = listed.rows.with_columns(reason=reason)
    counted = (
        judged.filter(pl.col("reason").is_not_null()).group_by("reason").len().sort("reason")
    )
    withheld = dict(listed.withheld)
    for why, count in counted.iter_rows():
        withheld[why] = withheld.get(why, 0) + count
    return _List(judged.filter(pl.col("reason").is_null()).drop("reason"), withheld)


def _listings(rows: pl.DataFrame) -> pl.DataFrame:
    pieces = pl.col("addresses").str.split(";").list.eval(pl.element().str.strip_chars())
    tails = pieces.list.eval(pl.element().str.extract(r"(?:^|, ?)([A-Z]{2})$").drop_nulls())
    stated = pl.col("countries").str.extract_all(r"\b[A-Z]{2}\b")
    countries = pl.coalesce(stated, tails).list.unique(maintain_order=True).list.join(";")
    key = pl.struct("source", "name", "federal_register_notice").map_elements(
        lambda row: short_hash(*row.values()), return_dtype=pl.String
    )
    day = pl.col("start_date").str.extract(r"^(\d{4}-\d{2}-\d{2})").str.to_date(strict=False)
    url = pl.col("source_list_url")
    return rows.with_columns(
        list_code=CODE,
        listing_key=key,
        aliases=_unique_pieces("alt_names"),
        addresses=_unique_pieces("addresses"),
        countries_iso2=pl.when(countries != "").then(countries),
        listed_date=day,
        citation="federal_register_notice",
        licence_requirement="license_requirement",
        licence_policy="license_policy",
        source_url=pl.when(url.str.contains(r"^https?://\S+$")).then(url),
    )


def _unique_pieces(name: str) -> pl.Expr:
    pieces = pl.col(name).str.split(";").list.eval(pl.element().str.strip_chars())
    return pieces.list.unique(maintain_order=True).list.join("; ")


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    def together(name: str, separator: str) -> pl.Expr:
        parts = pl.col(name).str.split(separator).explode().drop_nulls()
        joined = parts.unique(maintain_order=True).str.join(separator)
        return pl.when(joined != "").then(joined).alias(name)

    first = ("name", "citation", "source_url")
    return rows.group_by("list_code", "listing_key", maintain_order=True).agg(
        pl.col(first).first(),
        pl.col("listed_date").min(),
        *(together(name, "; ") for name in ("aliases", "addresses")),
        together("countries_iso2", ";"),
        *(together(name, " | ") for name in ("licence_requirement", "licence_policy")),
    )
