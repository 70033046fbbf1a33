# ruff: noqa: RUF001 -- wide punctuation is what these pages are written in
"""Fields of Chinese procurement notices: labelled values, amounts with their unit, dates.

An amount without a unit is no amount. A stated unit of ten thousand (万元) or a hundred million
(亿元) yuan is read into yuan, as the notice itself does where it writes both.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

TITLE = ("采购项目名称", "项目名称", "标项名称")
NUMBER = ("采购项目编号", "项目编号", "招标编号", "采购编号", "招标项目编号", "标书编号")
BUYER = ("采购单位名称", "采购单位", "采购人名称", "采购人", "招标人", "询价单位", "采购机构")
SUPPLIER = (
    "中标（成交）供应商名称", "中标（成交）供应商", "中标供应商名称", "成交供应商名称", "中标供应商", "成交供应商",
    "供应商名称", "中标人名称", "中标单位名称", "中标单位", "成交单位", "中标人", "成交人", "建议中标人名称", "供应商（乙方）",
)  # fmt: skip
AMOUNT = (
    "总中标金额", "总成交金额", "中标（成交）金额", "中标成交金额", "中标金额", "成交金额", "中标价格", "成交价格", "中标价",
    "成交价", "合同金额", "合同总金额", "预算金额", "采购预算", "最高限价", "预算总金额", "投标价格",
)  # fmt: skip
DATE = ("公告时间", "发布时间", "公告日期", "发布日期", "公示时间", "公示日期")
PLACE = ("采购单位地址", "采购人地址", "行政区域", "交货地点", "地址")
METHOD = ("采购方式",)
CATEGORY = ("品目", "采购品目")
GOODS = (
    "货物名称",
    "标的名称",
    "采购标的",
    "品目名称",
    "产品名称",
    "设备名称",
    "服务名称",
    "名称",
)
BRAND, MODEL = ("品牌",), ("规格型号", "型号规格", "规格、型号", "型号", "规格")
QUANTITY, PRICE = ("数量",), ("单价",)
STOPS = ("邮编", "代理机构", "代理机构名称", "采购代理机构", "供应商地址", "联系人", "联系方式", "附件", "开标时间",
         "本项目招标公告日期", "首次公告日期", "预算金额")  # fmt: skip

GROUPS = {
    "title": TITLE, "number": NUMBER, "buyer": BUYER, "supplier": SUPPLIER, "amount": AMOUNT, "date": DATE,
    "place": PLACE, "method": METHOD, "category": CATEGORY,
}  # fmt: skip
NAMES = {label: group for group, labels in GROUPS.items() for label in labels}
HEADERS = frozenset({*NAMES, *GOODS, *BRAND, *MODEL, *QUANTITY, *PRICE})
LABEL = "|".join(sorted({*NAMES, *STOPS}, key=lambda label: (-len(label), label)))
LABELLED = re.compile(rf"(?P<label>{LABEL})(?P<unit>[（(][^（）()]{{1,12}}[)）])?\s*[:：]\s*")
COUNTED = re.compile(r"^[\s（(]*(?:[一二三四五六七八九十]+|\d+)\s*[)）、.．]\s*")
NEXT_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、$")
WIDE = str.maketrans("，．０１２３４５６７８９（）", ",.0123456789()")
MONEY = re.compile(
    r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*[()（）]?\s*(?P<times>百万|亿|万)?\s*(?:人民币)?\s*(?P<unit>元|圆|美元|欧元|港元|港币|日元)?"
)
CURRENCIES = {
    "元": "CNY",
    "圆": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港元": "HKD",
    "港币": "HKD",
    "日元": "JPY",
}
TIMES = {"": 1, "万": 10**4, "百万": 10**6, "亿": 10**8}
IN_LABEL = re.compile(r"(百万|亿|万)?\s*(?:人民币)?\s*(元|圆|美元|欧元|港元|港币|日元)")
MOST = 10**11  # yuan: above any purchase; 万元 written for yuan lies there
CHINA = timezone(timedelta(hours=8))
DAY = re.compile(
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?(?:\s*(\d{1,2}):(\d{2}))?"
)
DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
WRITTEN = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in its currency, or why there is none."""

    amount: float | None = None
    currency: str | None = None
    problem: str = ""


def labelled(lines: Iterable[str]) -> list[tuple[str, str, str]]:
    """Every labelled value: group of the label, unit in the label, text.

    A value reaches to the next label of its line; where that is empty, it is the next line.
    """
    found: list[tuple[str, str, str]] = []
    waiting: tuple[str, str] | None = None
    for raw in lines:
        line = COUNTED.sub("", raw)
        marks = list(LABELLED.finditer(line))
        if waiting and not marks:
            found.append((*waiting, line.strip()))
        waiting = None
        for mark, after in zip(marks, [*marks[1:], None], strict=False):
            group, unit = NAMES.get(mark["label"], ""), mark["unit"] or ""
            rest = line[mark.end() : after.start() if after else None]
            value = NEXT_SECTION.sub("", rest).strip(" ;；,，。|")
            if group and value:
                found.append((group, unit, value))
            elif group and after is None:
                waiting = (group, unit)
    return found


def beside(rows: Iterable[list[str]]) -> list[tuple[str, str, str]]:
    """Values that stand in the cell beside their label."""
    found = []
    for row in rows:
        pairs = zip(row[::2], row[1::2], strict=True) if len(row) % 2 == 0 else ()
        for cell, value in pairs:
            name, unit = _split(COUNTED.sub("", cell).rstrip("：: "))
            if name in NAMES and value and _split(value)[0] not in HEADERS:
                found.append((NAMES[name], unit, value))
    return found


def column(header: list[str], labels: tuple[str, ...]) -> tuple[int, str] | None:
    """Place and unit of the first column that one of the labels names."""
    for label in labels:
        for place, cell in enumerate(header):
            name, unit = _split(cell.replace(" ", ""))
            if name == label:
                return place, unit
    return None


def money(text: str, unit: str) -> Money:
    """Read an amount; without a unit in the text or its label, with several, or absurd: none."""
    if "%" in text or "％" in text or "费率" in text:
        return Money(problem="a rate, no amount")
    read = set()
    label = IN_LABEL.search(unit)
    for match in MONEY.finditer(text.translate(WIDE).replace("￥", "¥")):
        times, name = match["times"] or "", match["unit"] or ""
        if not name and label:
            times, name = label[1] or "", label[2]
        if not name:
            return Money(problem=f"no unit: {text[:60]}")
        number = Decimal(match["number"].replace(",", "")) * TIMES[times]
        read.add((float(number), CURRENCIES[name]))
    if len(read) != 1:
        return Money(problem=f"{len(read) or 'no'} amounts: {text[:60]}")
    amount, currency = read.pop()
    if amount >= MOST:
        return Money(problem=f"beyond any purchase: {text[:60]}")
    return Money(amount, currency)


def moment(text: str) -> tuple[date | None, datetime | None]:
    """The first day of a text, and when it was told: at its hour in Beijing, else at its end."""
    spelt = WRITTEN.sub(
        lambda m: f"{m[1].translate(DIGITS)}-{_count(m[2])}-{_count(m[3])}", text
    )
    found = DAY.search(spelt)
    if not found:
        return None, None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        start = datetime(day.year, day.month, day.day, tzinfo=CHINA)
        told = timedelta(hours=int(found[4] or 24), minutes=int(found[5] or 0))
        return day, (start + told).astimezone(UTC)
    except ValueError:
        return None, None


def _split(cell: str) -> tuple[str, str]:
    """A label and the unit in brackets behind it; brackets that belong to the label stay."""
    found = re.match(r"^(.*?)[（(]([^（）()]*(?:元|圆)[^（）()]*)[)）]$", cell)
    return (found[1], found[2]) if found else (cell, "")


def _count(word: str) -> int:
    tens, _, ones = word.rpartition("十")
    if "十" not in word:
        return int(word.translate(DIGITS))
    return (int(tens.translate(DIGITS)) if tens else 1) * 10 + int(ones.translate(DIGITS) or 0)
