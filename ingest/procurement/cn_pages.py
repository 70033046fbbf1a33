# ruff: noqa: RUF001 -- wide punctuation is what these pages are written in
"""Chinese procurement notices, saved by hand as web pages, to `procurement_notice`.

One page is one notice: a plan (采购意向), a tender (采购公告), an award (中标公告, 成交公告, one row per
supplier) or a contract (合同公告). What it bought is read from its table of goods (主要标的信息) and its
text. Persons and their numbers are removed before a page is archived. Nothing is ever fetched.
"""

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed, short_hash
from indicia.sources.contract import Fetch, Parsed, Rejection

from .cn_fields import (
    AMOUNT,
    BRAND,
    GOODS,
    MODEL,
    PRICE,
    QUANTITY,
    SUPPLIER,
    beside,
    column,
    labelled,
    moment,
    money,
)  # fmt: skip
from .cn_html import Page, decoded, page_of
from .cn_persons import GONE, without_persons

SOURCE = "procurement/cn_pages"
TABLE = parsed(PROCUREMENT_NOTICE)
# In this order: a notice of change or failure names the kind that it changes.
KINDS = (
    ("tender", "更正", ("更正", "变更公告", "澄清")),
    ("tender", "终止", ("终止公告", "废标", "流标", "采购失败", "失败公告", "取消公告")),
    ("plan", None, ("采购意向", "意向公开")),
    ("contract", None, ("合同公告", "合同公示", "采购合同")),
    ("award", None, ("中标", "成交", "结果公告", "结果公示", "入围", "中选")),
    (
        "tender",
        None,
        ("采购公告", "招标公告", "公开招标", "邀请招标", "谈判", "磋商", "询价", "预审", "单一来源", "竞价", "招标", "采购需求"),
    ),
)  # fmt: skip
KIND = "采购意向, 采购公告, 招标公告, 中标公告, 成交公告, 合同公告, 更正 or 终止公告"
MOST_TEXT = 20_000
SIGNED = 30  # a line as short as a signature
COUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([台套个块片张节点组件件批项年]*)$")


def redact(body: bytes) -> bytes:
    """Remove contacts, experts, numbers and addresses of mail, and all scripts."""
    text, encoding = decoded(SOURCE, body)
    return without_persons(text).encode(encoding, "xmlcharrefreplace")


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one page into the rows of one notice."""
    page = page_of(without_persons(decoded(SOURCE, body)[0]))
    notice = _Notice(page, fetch)
    rows = list(notice.rows())
    return Parsed({TABLE.name: TABLE.frame(rows)}, 1, tuple(notice.issues))


class _Notice:
    def __init__(self, page: Page, fetch: Fetch) -> None:
        self._page, self._place, self._vintage = page, fetch.file_name, fetch.vintage
        self.issues: list[Rejection] = []
        cells = [row for table in page.tables for row in table]
        self._fields = [*beside(cells), *labelled(page.lines)]

    def rows(self) -> Iterator[dict[str, object]]:
        """One row per supplier of an award, else one row."""
        stage, status = self._kind()
        shared = self._shared(stage, status)
        if stage not in {"award", "contract"}:
            yield shared | {"line_id": stage} | self._money(*self._first_amount())
            return
        pairs = list(self._suppliers())
        if not any(name for name, _, _ in pairs):
            self._say("supplier not found", "a supplier of an award", "none", 0)
        for number, (name, amount, unit) in enumerate(pairs, start=1):
            line = {"line_id": f"{stage}-{number}", "supplier_names": name}
            yield shared | line | self._money(amount, unit)

    def _kind(self) -> tuple[str, str | None]:
        told = (self._page.title, *self._page.lines[:3])
        for text in told:
            for stage, status, words in KINDS:
                if any(word in text for word in words):
                    return stage, status
        raise SourceChangedError(
            SOURCE, self._place, f"a notice of a kind known here: {KIND}", self._page.title
        )

    def _shared(self, stage: str, status: str | None) -> dict[str, object]:
        title = self._first("title") or self._page.title
        buyer = self._first("buyer") or self._buyer_below()
        number = re.split(r"[\s（(]", self._first("number") or "")[0] or None
        day, hour = moment(self._first("date") or "")
        if day is None:
            day, hour = self._last_day(), None
        if day and day > self._vintage:
            self._say("date in the future", f"a day up to {self._vintage}", str(day), 0)
            day = hour = None
        if day is None:
            self._say("no date", "a day of publication", "none", 0)
        if not title or not (number or buyer):
            received = f"title {title}, number {number}, buyer {buyer}"
            expected = "项目名称, and 项目编号 or 采购单位"
            raise SourceChangedError(SOURCE, self._place, expected, received)
        address = self._page.address or None
        process = number or f"cn-{short_hash(buyer or '', title)}"
        last = urlsplit(address or "").path.rsplit("/", 1)[-1].removesuffix(".htm")
        goods, quantity = self._goods()
        return {
            "process_id": process,
            "notice_id": last.removesuffix(".html")
            or f"page-{short_hash(process, stage, status or '', str(day))}",
            "stage": stage,
            "status": status,
            "notice_date": day,
            "title": title,
            "text": "\n".join([*goods, *self._page.lines])[:MOST_TEXT],
            "buyer_name": buyer,
            "country_iso2": "CN",
            "place": self._first("place"),
            "quantity_count": quantity,
            "procurement_method": self._first("method"),
            "source_url": address,
            "origin_id": short_hash(process),
            "published_utc": hour,
            "published_basis": "stated" if hour else None,
        }

    def _first(self, group: str) -> str | None:
        values = (value for name, _, value in self._fields if name == group)
        return next((v for v in values if v and GONE not in v), None)

    def _buyer_below(self) -> str | None:
        """The name under the heading 采购人信息."""
        lines = iter(self._page.lines)
        for line in lines:
            if "采购人信息" in line:
                text = f"{line} {next(lines, '')}"
                found = re.search(r"名\s*称\s*[:：]\s*([^\s;；]+)", text)
                return found[1] if found else None
        return None

    def _last_day(self) -> date | None:
        """The day under the notice, which is where it is signed."""
        days = (moment(line)[0] for line in reversed(self._page.lines) if len(line) < SIGNED)
        return next((d for d in days if d), None)

    def _first_amount(self) -> tuple[str, str]:
        found = ((v, unit) for name, unit, v in self._fields if name == "amount")
        return next(found, ("", ""))

    def _suppliers(self) -> Iterator[tuple[str | None, str, str]]:
        """Supplier, amount and unit of each award: from a table, else from labelled values."""
        for table in self._page.tables:
            for place, header in enumerate(table[:2]):
                who, amount = column(header, SUPPLIER), column(header, AMOUNT)
                bodies = [r for r in table[place + 1 :] if len(r) == len(header)]
                if who and len(header) > 2 and bodies:  # noqa: PLR2004 -- two cells are a label and its value
                    for row in bodies:
                        value = row[amount[0]] if amount else ""
                        yield row[who[0]] or None, value, amount[1] if amount else ""
                    return
        names = list(dict.fromkeys(v for n, _, v in self._fields if n == "supplier"))
        amounts = [(v, u) for n, u, v in self._fields if n == "amount"]
        if len(names) <= 1:
            told = amounts[0] if amounts else ("", "")
            yield (names[0] if names else None), *told
            return
        matched = amounts if len(amounts) == len(names) else [("", "")] * len(names)
        if amounts and matched is not amounts:
            received = f"{len(amounts)} amounts for {len(names)} suppliers"
            self._say("amount not read", "an amount for each supplier", received)
        for name, told in zip(names, matched, strict=True):
            yield name, *told

    def _money(self, text: str, unit: str) -> dict[str, object]:
        if not text:
            return {}
        read = money(text, unit)
        if read.problem:
            self._say("amount not read", "one amount with its unit (元, 万元)", read.problem)
        return {"amount": read.amount, "currency": read.currency}

    def _goods(self) -> tuple[list[str], float | None]:
        """What was bought, line by line, and how many where all lines count the same thing."""
        told: list[str] = []
        counts: list[tuple[float, str]] = []
        is_counted = True
        for table in self._page.tables:
            for place, header in enumerate(table[:3]):
                item, model = column(header, GOODS), column(header, MODEL)
                many = column(header, QUANTITY)
                if not item or not (model or many):
                    continue
                wanted = [column(header, c) for c in (GOODS, BRAND, MODEL, QUANTITY, PRICE)]
                for row in table[place + 1 :]:
                    if len(row) != len(header):
                        continue
                    told.append(" ".join(row[c[0]] for c in wanted if c and row[c[0]]))
                    found = COUNT.match(row[many[0]]) if many else None
                    is_counted = is_counted and found is not None
                    counts += [(float(found[1]), found[2])] if found else []
                break
        is_one = is_counted and len({unit for _, unit in counts}) == 1
        return told, sum(n for n, _ in counts) if is_one else None

    def _say(self, rule: str, expected: str, received: str, count: int = 1) -> None:
        remedy = "Nothing: the row is kept without it; compare with the page"
        severity = "warning" if count else "notice"
        self.issues.append(
            Rejection(rule, self._place, expected, received, remedy, count, severity)
        )
