"""The rows of one OCDS release: its plan, its tender, each award and each contract.

Releases are read one by one in Python: their nesting differs between publishers, which a
columnar reader would refuse. Amounts stay in the published currency.

A contract whose award says nothing but who supplies has one row: the award's suppliers stand in
it. What an amendment says is part of the text of the contract it amends.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from indicia.schema import short_hash
from indicia.sources.contract import Rejection

from .ocds_json import (
    Json,
    Unit,
    day_of,
    instant_of,
    joined,
    mapping,
    mappings,
    text_of,
)
from .places import country_code

TENDER = ("title", "description", "items", "value", "status", "lots")
PLAN = ("rationale", "budget")
CURRENCY = re.compile("[A-Z]{3}")
MOST = 1e15  # more than any purchase in any currency: placeholders and overflows lie above
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
SAID = ("title", "description", "items", "value")
BUYERS = ("buyer", "procuringEntity")


@dataclass(frozen=True, slots=True)
class Reader:
    """One release on its way to rows.

    Args:
        unit: The release and the package around it.
        place: Where it stands, for messages.
        issues: What could not be read is added here.
        vintage: The day the body speaks from; an award or signature later than it is no fact.
    """

    unit: Unit
    place: str
    issues: list[Rejection]
    vintage: date

    def rows(self) -> Iterator[dict[str, object]]:
        """Plan, tender, awards and contracts of the release, in that order."""
        release = self.unit.release
        shared = self._shared()
        planning, tender = mapping(release.get("planning")), mapping(release.get("tender"))
        awards = {text_of(a.get("id")): a for a in mappings(release.get("awards"))}
        contracted = {text_of(c.get("awardID")) for c in mappings(release.get("contracts"))}
        carriers = {
            number
            for number, award in awards.items()
            if number in contracted and not any(award.get(key) for key in SAID)
        }
        if any(planning.get(key) for key in PLAN):
            yield shared | self._plan(planning)
        if any(tender.get(key) for key in TENDER):
            yield shared | self._section("tender", "tender", tender, tender.get("items"))
        for stage in ("award", "contract"):
            for position, part in enumerate(mappings(release.get(f"{stage}s")), start=1):
                line = f"{stage}-{text_of(part.get('id')) or f'position-{position}'}"
                if stage == "award" and text_of(part.get("id")) in carriers:
                    continue
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
            mapping(release.get("buyer"))
            or mapping(tender.get("procuringEntity"))
            or self._in_role(BUYERS)
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
            "notice_date": self._day("plan", "date", self.unit.release.get("date")),
            "title": text_of(budget.get("project")) or text_of(tender.get("title")),
            "text": joined(" | ", [planning.get("rationale"), budget.get("description")]),
            **self._value("plan", "planning.budget.amount", budget.get("amount")),
        }

    def _section(self, line: str, stage: str, part: Json, items: object) -> dict[str, object]:
        goods = mappings(items)
        field = "dateSigned" if stage == "contract" else "date"
        amended = [a.get(k) for a in _amendments(part) for k in ("description", "rationale")]
        row: dict[str, object] = {
            "line_id": line,
            "stage": stage,
            "status": text_of(part.get("status")),
            "notice_date": self._day(line, field, part.get(field)),
            "title": text_of(part.get("title")),
            "text": joined(
                " | ",
                [part.get("description"), *(i.get("description") for i in goods), *amended],
            ),
            "quantity_count": self._quantity(line, goods),
            "classification_codes": joined("; ", _codes(part, goods)),
            **self._value(line, "value.amount", part.get("value")),
        }
        delivery = (
            _address(a)
            for i in goods
            for a in (i.get("deliveryAddress"), *mappings(i.get("deliveryAddresses")))
        )
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

    def _in_role(self, roles: Sequence[str]) -> Json:
        """The first party that the release gives one of the roles, in the order of the roles."""
        parties = mappings(self.unit.release.get("parties"))
        named = ((p, r) for r in roles for p in parties if r in _texts(p.get("roles")))
        return next((p for p, _ in named), {})

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
        currency = text_of(money.get("currency"))
        if currency and not CURRENCY.fullmatch(currency):
            place = f"{self.place}, {line}, {field}"
            remedy = "Nothing: the row is kept without the amount"
            self.issues.append(
                Rejection("currency unknown", place, "an ISO 4217 code", currency, remedy)
            )
            return {"amount": None, "currency": None}
        return {"amount": amount, "currency": currency}

    def _day(self, line: str, field: str, value: object) -> date | None:
        released, day = day_of(self.unit.release.get("date")), day_of(value)
        day = day or released
        if day is None or day <= self.vintage:
            return day
        place = f"{self.place}, {line}, {field}"
        dated = released if released and released <= self.vintage else None
        remedy = (
            "Nothing: the row is dated by its notice, or by no day where that is to come too"
        )
        self.issues.append(
            Rejection(
                "date in the future",
                place,
                f"a day up to {self.vintage}",
                f"{day}",
                remedy,
                count=0,
                severity="notice",
            )
        )
        return dated

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
        least_value = -MOST if least is None else least
        if number is not None and least_value <= number < MOST:
            return number
        bound = f" from {least_value:g} to {MOST:g}"
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
    if number:
        return f"{scheme}:{number}" if scheme else number
    more = (
        {"identifier": i} for i in mappings(party.get("additionalIdentifiers")) if i.get("id")
    )
    other = next(more, None)
    return _identifier(other) if other else text_of(party.get("id"))


def _texts(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _amendments(part: Json) -> list[Json]:
    """The amendments of a part, in the form of OCDS 1.1 or of 1.0."""
    return [*mappings(part.get("amendments")), *mappings([part.get("amendment")])]


def _codes(part: Json, goods: Sequence[Json]) -> Iterator[str | None]:
    for owner in (part, *goods):
        more = mappings(owner.get("additionalClassifications"))
        for code in (mapping(owner.get("classification")), *more):
            yield _identifier({"identifier": code})


def _address(value: object) -> tuple[str | None, str | None]:
    address = mapping(value)
    name, code = text_of(address.get("countryName")), text_of(address.get("country")) or ""
    iso2 = country_code(code) or country_code(name)
    return joined(", ", [address.get("locality"), address.get("region"), name]), iso2


def _link(package: Json, release: Json) -> str | None:
    """Where a person can read it: the notice itself, else its package, else its publisher."""
    sections = (release.get("contracts"), release.get("awards"), [release.get("tender")])
    documents = [d for s in sections for p in mappings(s) for d in mappings(p.get("documents"))]
    notices = (d.get("url") for d in documents if "Notice" in str(d.get("documentType")))
    links = (package.get("uri"), *notices, mapping(package.get("publisher")).get("uri"))
    return next((t for t in map(text_of, links) if t and re.match(r"https?://\S+$", t)), None)
