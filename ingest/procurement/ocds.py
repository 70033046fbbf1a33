"""OCDS 1.0 and 1.1 to `procurement_notice`: packages, records, releases and JSON Lines.

One row per award and per contract, one for the tender and one for the plan of each release that
has them. Amounts stay in the published currency. Bodies are UTF-8, else ISO-8859-1.

A record is read from its compiled release; without one its releases are merged in date order,
the latest value of each field winning and lists joined by `id`. A compiled release has no
lasting id of its own, so its notice is named `<ocid>-compiled`. Lines are named `award-<id>`
and `contract-<id>`, because publishers use the same id for an award and its contract.

Releases are read one by one in Python: their nesting differs between publishers, which a
columnar reader would refuse.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite

import polars as pl

from indicia import bundled
from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed, short_hash
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request

from .ocds_json import (
    EXPECTED,
    SOURCE,
    Json,
    Unit,
    day_of,
    instant_of,
    joined,
    mapping,
    mappings,
    redacted,
    text_of,
    units,
)

BULK = "https://data.open-contracting.org/en/publication/41/download"
TABLE = parsed(PROCUREMENT_NOTICE)
TENDER = ("title", "description", "items", "value", "status", "lots")
PLAN = ("rationale", "budget")
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
COUNTRIES = {
    "australia": "AU", "canada": "CA", "china": "CN", "england": "GB", "germany": "DE",
    "great britain": "GB", "hong kong": "HK", "india": "IN", "indonesia": "ID", "japan": "JP",
    "malaysia": "MY", "northern ireland": "GB", "russia": "RU", "scotland": "GB",
    "singapore": "SG", "south korea": "KR", "taiwan": "TW", "thailand": "TH", "uk": "GB",
    "united arab emirates": "AE", "united kingdom": "GB", "united states": "US", "usa": "US",
    "united states of america": "US", "viet nam": "VN", "vietnam": "VN", "wales": "GB",
}  # fmt: skip


def plan(asked: Asked) -> Sequence[Request]:
    """Ask for this year's file, in January for last year's too; the full file fills up."""
    today = asked.today
    years = (today.year - 1, today.year) if today.month == 1 else (today.year,)
    return tuple(Request(BULK, {"name": f"{year}.jsonl.gz"}) for year in years)


def redact(body: bytes) -> bytes:
    """Drop contact points, persons and beneficial owners at any depth."""
    return redacted(body)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read every release; one that cannot be read is named by line, the others are kept."""
    rows: list[dict[str, object]] = []
    issues: list[Rejection] = []
    count = kept = 0
    for unit in units(body):
        count += 1
        where = f"{fetch.file_name}, {unit.place}"
        if unit.problem:
            issues.append(Rejection("release not read", where, EXPECTED, unit.problem))
            continue
        kept += 1
        found = list(_Reader(unit, where, issues).rows())
        if not found:
            issues.append(
                _note("release without content", where, "an ocid and nothing of these")
            )
        rows.extend(found)
    if issues and not kept:
        raise SourceChangedError(SOURCE, issues[0].place, EXPECTED, issues[0].received)
    if not count:
        issues.append(_note("no releases", fetch.file_name, "an empty package"))
    frame = TABLE.frame(rows)
    once = frame.unique(TABLE.key, keep="last", maintain_order=True)
    if repeated := frame.height - once.height:
        text = f"{repeated} further rows of the same process, notice and line"
        issues.append(
            Rejection("line repeated", fetch.file_name, "each line once", text, count=repeated)
        )
    return Parsed({TABLE.name: once}, count, tuple(issues))


def _note(rule: str, place: str, received: str) -> Rejection:
    expected = "a plan, tender, award or contract"
    remedy = "Nothing, if the publisher has none to tell"
    return Rejection(rule, place, expected, received, remedy, severity="notice")


@dataclass(frozen=True, slots=True)
class _Reader:
    unit: Unit
    place: str
    issues: list[Rejection]

    def rows(self) -> Iterator[dict[str, object]]:
        """Plan, tender, awards and contracts of the release, in that order."""
        release = self.unit.release
        shared = self._shared()
        planning, tender = mapping(release.get("planning")), mapping(release.get("tender"))
        awards = {text_of(a.get("id")): a for a in mappings(release.get("awards"))}
        if any(planning.get(key) for key in PLAN):
            yield shared | self._plan(planning)
        if any(tender.get(key) for key in TENDER):
            yield shared | self._section("tender", "tender", tender, tender.get("items"))
        for stage in ("award", "contract"):
            for position, part in enumerate(mappings(release.get(f"{stage}s")), start=1):
                line = f"{stage}-{text_of(part.get('id')) or f'position-{position}'}"
                named = (
                    part if stage == "award" else awards.get(text_of(part.get("awardID")), {})
                )
                row = self._section(line, stage, part, part.get("items"))
                row["title"] = row["title"] or text_of(tender.get("title"))
                yield shared | row | self._suppliers(named or part)

    def _shared(self) -> dict[str, object]:
        release, package = self.unit.release, self.unit.package
        tender = mapping(release.get("tender"))
        buyer = self._party(
            mapping(release.get("buyer")) or mapping(tender.get("procuringEntity"))
        )
        ocid, published = text_of(release.get("ocid")), instant_of(release.get("date"))
        place, country = _address(buyer.get("address"))
        return {
            "process_id": ocid,
            "notice_id": f"{ocid}-compiled"
            if self.unit.is_compiled
            else text_of(release["id"]),
            "buyer_name": text_of(buyer.get("name")),
            "buyer_id": _identifier(buyer),
            "country_iso2": country,
            "place": place,
            "procurement_method": text_of(tender.get("procurementMethod")),
            "tenderers_count": self._tenderers(tender),
            "source_url": _link(package, release),
            "origin_id": short_hash(ocid),
            "licence": text_of(package.get("license")),
            "published_utc": published,
            "published_basis": "stated" if published else None,
        }

    def _plan(self, planning: Json) -> dict[str, object]:
        budget = mapping(planning.get("budget"))
        tender = mapping(self.unit.release.get("tender"))
        return {
            "line_id": "plan",
            "stage": "plan",
            "notice_date": day_of(self.unit.release.get("date")),
            "title": text_of(budget.get("project")) or text_of(tender.get("title")),
            "text": joined(" | ", [planning.get("rationale"), budget.get("description")]),
            **self._value("plan", "planning.budget.amount", budget.get("amount")),
        }

    def _section(self, line: str, stage: str, part: Json, items: object) -> dict[str, object]:
        goods = mappings(items)
        when = part.get("dateSigned" if stage == "contract" else "date")
        row: dict[str, object] = {
            "line_id": line,
            "stage": stage,
            "status": text_of(part.get("status")),
            "notice_date": day_of(when) or day_of(self.unit.release.get("date")),
            "title": text_of(part.get("title")),
            "text": joined(
                " | ", [part.get("description"), *(i.get("description") for i in goods)]
            ),
            "quantity_count": self._quantity(line, goods),
            "classification_codes": joined("; ", _codes(part, goods)),
            **self._value(line, "value.amount", part.get("value")),
        }
        delivery = (_address(i.get("deliveryAddress")) for i in goods)
        place, country = next((found for found in delivery if any(found)), (None, None))
        if place or country:
            row |= {"place": place, "country_iso2": country}
        return row

    def _suppliers(self, part: Json) -> dict[str, object]:
        parties = [self._party(s) for s in mappings(part.get("suppliers"))]
        return {
            "supplier_names": joined("; ", [p.get("name") for p in parties]),
            "supplier_ids": joined("; ", [_identifier(p) for p in parties]),
        }

    def _party(self, reference: Json) -> Json:
        """What the release says of an organisation, by the id it refers to it with."""
        known = mappings(self.unit.release.get("parties"))
        return next((p | reference for p in known if _same(p, reference)), reference)

    def _tenderers(self, tender: Json) -> int | None:
        bids = mappings(mapping(self.unit.release.get("bids")).get("details"))
        bidders = {text_of(t.get("id")) for b in bids for t in mappings(b.get("tenderers"))} - {
            None
        }
        stated = tender.get("numberOfTenderers")
        if isinstance(stated, int) and not isinstance(stated, bool) and 0 <= stated < 2**31:
            return stated
        return len(mappings(tender.get("tenderers"))) or len(bidders) or None

    def _value(self, line: str, field: str, value: object) -> dict[str, object]:
        money = mapping(value)
        amount = self._number(line, field, money.get("amount"))
        return {"amount": amount, "currency": text_of(money.get("currency"))}

    def _quantity(self, line: str, goods: Sequence[Json]) -> float | None:
        unit_names = {text_of(mapping(i.get("unit")).get("name")) for i in goods}
        numbers = [self._number(line, "items.quantity", i.get("quantity"), 0) for i in goods]
        known = [n for n in numbers if n is not None]
        is_countable = len(unit_names) == 1 and bool(known) and len(known) == len(goods)
        return sum(known) if is_countable else None

    def _number(
        self, line: str, field: str, value: object, least: float | None = None
    ) -> float | None:
        if value is None or value == "":
            return None
        is_literal = isinstance(value, str) and NUMBER.fullmatch(value.strip())
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        number = _float(value) if is_literal or is_number else None
        if number is not None and (least is None or number >= least):
            return number
        bound = "" if least is None else f" of at least {least:g}"
        self.issues.append(
            Rejection(
                "number not read",
                f"{self.place}, {line}, {field}",
                f"a finite number{bound}",
                str(value)[:100],
                "Nothing: the row is kept without the number",
            )
        )
        return None


def _float(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _same(party: Json, reference: Json) -> bool:
    return party.get("id") is not None and party.get("id") == reference.get("id")


def _identifier(party: Json) -> str | None:
    official = mapping(party.get("identifier"))
    scheme, number = text_of(official.get("scheme")), text_of(official.get("id"))
    return f"{scheme}:{number}" if scheme and number else number or text_of(party.get("id"))


def _codes(part: Json, goods: Sequence[Json]) -> Iterator[str | None]:
    for owner in (part, *goods):
        more = mappings(owner.get("additionalClassifications"))
        for code in (mapping(owner.get("classification")), *more):
            yield _identifier({"identifier": code})


def _address(value: object) -> tuple[str | None, str | None]:
    address = mapping(value)
    name, code = text_of(address.get("countryName")), text_of(address.get("country")) or ""
    iso2 = code if re.fullmatch("[A-Z]{2}", code) else _countries().get((name or code).lower())
    return joined(", ", [address.get("locality"), address.get("region"), name]), iso2


@cache
def _countries() -> Mapping[str, str]:
    listed = bundled.path("data/reference/countries.csv")
    if not listed.is_file():
        return COUNTRIES
    known = pl.read_csv(listed, infer_schema=False).select("name", "iso2").drop_nulls()
    return {str(name).lower(): str(iso2) for name, iso2 in known.iter_rows()} | COUNTRIES


def _link(package: Json, release: Json) -> str | None:
    """Where a person can read it: the notice itself, else its package, else its publisher."""
    sections = (release.get("contracts"), release.get("awards"), [release.get("tender")])
    documents = [d for s in sections for p in mappings(s) for d in mappings(p.get("documents"))]
    notices = (d.get("url") for d in documents if "Notice" in str(d.get("documentType")))
    links = (package.get("uri"), *notices, mapping(package.get("publisher")).get("uri"))
    return next((t for t in map(text_of, links) if t and re.match(r"https?://\S+$", t)), None)
