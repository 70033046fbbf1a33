"""What the two forms of TED notices share: looking into XML by local names, money, issues."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import isfinite
from xml.etree import ElementTree as ET

from indicia.sources.contract import Rejection

MOST = 1e15
UNSUCCESSFUL = "unsuccessful"  # the word of OCDS for a lot without a winner
TED = "https://ted.europa.eu/en/notice/-/detail"


@dataclass(frozen=True, slots=True)
class Notice:
    """Where a notice is from, and what could not be read of it."""

    source: str
    place: str
    vintage: date
    issues: list[Rejection]

    def say(self, rule: str, where: str, expected: str, received: object) -> None:
        """Report something that costs a value and no row."""
        remedy = "Nothing: the row is kept without it"
        place = f"{self.place}, {where}"
        self.issues.append(
            Rejection(rule, place, expected, str(received)[:100], remedy, 0, "notice")
        )

    def money(self, element: ET.Element | None, attribute: str) -> dict[str, object]:
        """An amount and the currency in its attribute; -1 is how an amount is withheld."""
        if element is None or not (element.text or "").strip():
            return {}
        text, currency = (element.text or "").strip(), element.get(attribute)
        try:
            amount = float(text.replace(" ", ""))
        except ValueError:
            amount = float("nan")
        if isfinite(amount) and 0 <= amount < MOST and currency:
            return {"amount": amount, "currency": currency}
        rule = "amount withheld" if amount == -1 else "amount not read"
        self.say(
            rule, element.tag.rsplit("}")[-1], "a number and its currency", f"{text} {currency}"
        )
        return {}

    def day(self, text: str, where: str) -> date | None:
        """The day of YYYYMMDD or YYYY-MM-DD (a zone may follow), if the notice could know it."""
        digits = text.replace("-", "")[:8]
        try:
            day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return None
        if day <= self.vintage:
            return day
        self.say("date in the future", where, f"a day up to {self.vintage}", day)
        return None


def stated(day: date | None) -> dict[str, object]:
    """The publication that a notice states by its day."""
    if day is None:
        return {}
    return {
        "published_utc": datetime.combine(day, time(), UTC),
        "published_basis": "stated",
    }


def parts(element: ET.Element | None, path: str) -> Iterator[ET.Element]:
    """The descendants at a path of local names, whatever their namespace."""
    if element is not None:
        yield from element.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))


def part(element: ET.Element | None, path: str) -> ET.Element | None:
    """The first of them."""
    return next(parts(element, path), None)


def first_text(element: ET.Element | None, path: str) -> str:
    """Their first text; empty where there is none."""
    found = part(element, path)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def texts(element: ET.Element | None, path: str) -> list[str]:
    """All their texts."""
    return [" ".join("".join(p.itertext()).split()) for p in parts(element, path)]
