# ruff: noqa: RUF001 -- wide punctuation is what these pages are written in
"""Saved Chinese notice pages: encodings, units, dates, and nobody's name or number."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from made_bodies import JOBS

from indicia.errors import SourceChangedError
from indicia.sources import gates
from indicia.sources.contract import Asked, Fetch
from indicia.sources.definition import Source
from ingest.procurement import cn_pages
from ingest.procurement.cn_fields import moment, money
from ingest.procurement.cn_persons import without_persons

CASES = sorted((Path(__file__).parent / "procurement" / "cn_pages").glob("*/response.html"))
SOURCE = Source.load(Path(cn_pages.__file__).with_suffix(".toml"))
PERSONS = ("张示例", "李示例", "王示例", "赵示例", "钱示例", "周示例", "吴示例", "孙先生", "程先生",
           "13900000000", "13800000000", "80000000", "80000001", "60000000", "@example.org")  # fmt: skip
AWARD = """<html><head><meta charset="{0}"></head><body><h2>示例中标公告</h2><p>项目名称：服务器</p>
<p>项目编号：EX-1</p><p>采购人：示例大学</p><p>公告时间：{1}</p><p>中标供应商：示例公司</p><p>中标金额：{2}</p></body></html>"""


def fetch(name="page.html"):
    facts = {"fetch_id": "x", "source": SOURCE.id, "sha256": "", "original_sha256": ""}
    fetched = datetime(2026, 6, 1, tzinfo=UTC)
    return Fetch(**facts, way="file", url=name, fetched_utc=fetched, body_bytes=1)


def read(body):
    return cn_pages.parse(cn_pages.redact(body), fetch())


def award(day="2024年5月6日", amount="12.5万元", encoding="utf-8", declared=None):
    body = AWARD.format(declared or encoding, day, amount).encode(encoding)
    found = read(body)
    return found.tables["procurement_notice"].to_dicts()[0], found.rejections


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.parent.name)
def test_no_person_number_or_script_is_archived(case):
    body = case.read_bytes()
    is_chinese = case.parent.name in {"award-gbk", "plan"}
    archived = cn_pages.redact(body).decode("gb18030" if is_chinese else "utf-8")
    assert not [p for p in PERSONS if p in archived]
    assert "document.write" not in archived


def test_the_fixtures_do_hold_persons_and_numbers():
    told = "".join(c.read_bytes().decode("gb18030", "ignore") for c in CASES)
    told += "".join(c.read_bytes().decode("utf-8", "ignore") for c in CASES)
    assert not [p for p in PERSONS if p not in told]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.parent.name)
def test_a_page_redacted_twice_or_not_at_all_says_the_same(case):
    body = case.read_bytes()
    once = cn_pages.redact(body)
    assert cn_pages.redact(once) == once
    parsed = [cn_pages.parse(b, fetch()).tables["procurement_notice"] for b in (body, once)]
    assert parsed[0].equals(parsed[1])


@pytest.mark.parametrize(
    "text",
    [
        "<p>联系人：甲某某 联系电话：010-12345678 地址：北京市</p>",
        "<p>项目负责人：甲某某；地址：北京市</p>",
        "<td>联系人</td><td>甲某某</td><td>地址</td><td>北京市</td>",
        "<p><b>联系人：</b><span>甲某某</span></p><p>北京市</p>",
        "<p>评标委员会成员名单：</p><p>甲某某、乙某某、丙某某</p><p>北京市</p>",
        "<p>评审专家：甲某某、乙某某。北京市</p>",
        "<p>请与甲某某先生联系，北京市</p>",
        "<tr><td>专家姓名</td><td>地</td></tr><tr><td>甲某某</td><td>北京市</td></tr>",
        "<p>二、采购人代表：甲某某 三、地址：北京市</p>",
        "<p>法定代表人：甲某某</p><p>北京市</p>",
        "<p>预算 < 50万元 联系人：甲某某 地址：北京市</p>",
        "<input value='联系人：甲某某'><p>北京市</p>",
        "<p>北京市 电邮 jia@example.org 手机 138-0000-0000</p>",
    ],
)
def test_names_go_wherever_the_label_stands_and_the_rest_stays(text):
    left = without_persons(f"<table>{text}</table>")
    assert "某某" not in left
    assert "example.org" not in left
    assert "0000-0000" not in left
    assert "12345678" not in left
    assert "北京市" in left


@pytest.mark.parametrize(
    "kept", ["项目编号：0773-24401234", "型号：EX-8GPU 规格：8×H800", "金额：13800000000.00元"]
)
def test_numbers_of_projects_models_and_amounts_stay(kept):
    assert kept in without_persons(f"<p>{kept}</p>")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("gb18030", "gb2312"), ("gbk", "gbk"), ("utf-8", "utf-8"), ("utf-8-sig", "gbk"),
     ("gb18030", "utf-8"), ("utf-8", "gb2312x"), ("gb18030", "GB18030")],
)  # fmt: skip
def test_the_encoding_is_declared_or_found(encoding, declared):
    row, _ = award(encoding=encoding, declared=declared)
    assert (row["buyer_name"], row["supplier_names"]) == ("示例大学", "示例公司")


@pytest.mark.parametrize(
    ("text", "unit", "amount", "currency"),
    [
        ("￥1898.500000 万元（人民币）", "", 18985000.0, "CNY"),
        ("1898.5", "（万元）", 18985000.0, "CNY"),
        ("1,234,567.89元", "", 1234567.89, "CNY"),
        ("壹佰万元整（￥1000000.00元）", "", 1000000.0, "CNY"),
        ("１２３４元", "", 1234.0, "CNY"),
        ("1.2亿元", "", 120000000.0, "CNY"),
        ("35万美元", "", 350000.0, "USD"),
        ("1200.5（万元）", "", 12005000.0, "CNY"),
        ("0.29万元", "", 2900.0, "CNY"),
    ],
)
def test_an_amount_is_read_with_its_unit(text, unit, amount, currency):
    assert (money(text, unit).amount, money(text, unit).currency) == (amount, currency)


@pytest.mark.parametrize(
    "text",
    [
        "1234567.89",
        "下浮率5%",
        "费率：0.8",
        "100元，200元",
        "按约定",
        "￥1234567890.00万元",
        "12.5万",
    ],
)
def test_an_amount_without_unit_or_meaning_is_rejected_with_its_reason(text):
    row, rejections = award(amount=text)
    assert row["amount"] is None
    assert row["supplier_names"] == "示例公司"
    assert [r.rule for r in rejections] == ["amount not read"]
    assert rejections[0].received


@pytest.mark.parametrize(
    "text",
    [
        "2024年5月6日",
        "2024年05月06日 10:30",
        "2024-05-06",
        "2024/5/6",
        "二〇二四年五月六日",
        "2024.05.06",
    ],
)
def test_a_date_is_read_however_it_is_written(text):
    row, _ = award(day=text)
    assert row["notice_date"] == date(2024, 5, 6)


def test_numerals_of_ten_and_more_are_read():
    assert moment("二〇二〇年十一月二十三日")[0] == date(2020, 11, 23)
    assert moment("二○二一年十月三十日")[0] == date(2021, 10, 30)
    assert moment("2024年13月40日") == (None, None)


def test_beijing_time_becomes_utc_and_a_day_is_public_when_it_ends():
    assert moment("2024年05月06日 07:30")[1] == datetime(2024, 5, 5, 23, 30, tzinfo=UTC)
    assert moment("2024年05月06日")[1] == datetime(2024, 5, 6, 16, tzinfo=UTC)


def test_a_day_after_the_page_was_read_is_no_date():
    row, rejections = award(day="2027年1月1日")
    assert row["notice_date"] is None
    assert "date in the future" in [r.rule for r in rejections]


@pytest.mark.parametrize(
    ("heading", "stage", "status"),
    [
        ("示例采购意向公告", "plan", None),
        ("示例公开招标公告", "tender", None),
        ("示例单一来源公示", "tender", None),
        ("示例成交结果公告", "award", None),
        ("示例合同公告", "contract", None),
        ("示例中标公告更正公告", "tender", "更正"),
        ("示例废标公告", "tender", "终止"),
    ],
)
def test_the_kind_of_notice_is_told_by_its_heading(heading, stage, status):
    body = AWARD.format("utf-8", "2024年5月6日", "1元").replace("示例中标公告", heading)
    row = read(body.encode()).tables["procurement_notice"].to_dicts()[0]
    assert (row["stage"], row["status"]) == (stage, status)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("<html><body><h2>新闻</h2><p>示例</p></body></html>", "采购意向"),
        ("<html><body><h2>示例中标公告</h2><p>正文</p></body></html>", "项目编号"),
        ("not a page", "HTML"),
        ("<html>\x00<body><p>中标</p></body></html>", "HTML"),
    ],
)
def test_a_page_of_another_kind_is_refused_by_name(body, named):
    with pytest.raises(SourceChangedError) as caught:
        read(body.encode())
    assert named in f"{caught.value.expected}"


def test_bytes_of_no_known_encoding_are_refused():
    with pytest.raises(SourceChangedError, match="GB18030"):
        read(b"<html><body>\xff\xff\xff</body></html>")


def test_pages_are_saved_by_a_person_and_never_asked_for():
    assert not JOBS["procurement/cn_pages"].plan(Asked(date(2026, 11, 22)))
    assert SOURCE.hosts == ()


def test_other_links_of_the_page_are_no_part_of_the_notice():
    page = next(c for c in CASES if c.parent.name == "award-gbk").read_bytes()
    text = read(page).tables["procurement_notice"]["text"][0]
    assert "A800" not in text
    assert "H800" in text


def test_the_gate_lets_saved_pages_of_this_source_through_and_no_others():
    body = b"<html><body>notice</body></html>"
    gates.body_is_usable(SOURCE, fetch(), body)
    other = Source.load(Path(cn_pages.__file__).with_name("ocds.toml"))
    with pytest.raises(SourceChangedError, match="web page"):
        gates.body_is_usable(other, fetch(), body)
