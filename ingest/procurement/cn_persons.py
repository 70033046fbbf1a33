# ruff: noqa: RUF001 -- wide punctuation is what these pages are written in
"""Taking persons out of saved notice pages: contacts, experts, telephone numbers, addresses of mail.

A page is walked text by text. What follows a label for persons, in the same text, the next cell
or the next paragraph, is replaced up to the end of its block; a column headed by such a label is
replaced whole. Scripts go entirely, for nothing of a notice stands in them.
"""

import re

GONE = "〔已删除〕"
LABELS = (
    "项目联系人|采购单位联系方式|代理机构联系方式|采购人联系方式|联系方式|项目联系方式|联系人及电话|联系人姓名|联系人"
    "|采购单位联系人|代理机构联系人|项目联系电话|联系电话|咨询电话|监督电话|投诉电话|办公电话|电话号码|电话|手机号码?|手机"
    "|传真|电子邮箱|电子邮件|邮箱|E-?mail|评审专家[（(]单一来源采购人员[）)]名单|评审专家名单|评审专家|评标专家|专家名单|专家姓名"
    "|评标委员会成员名单|评标委员会成员|评审委员会成员名单|评审委员会成员|评审小组成员|谈判小组成员|磋商小组成员|询价小组成员"
    "|论证专家|采购人代表|业主代表|法定代表人|法人代表|授权代表|项目负责人|项目经理|采购经办人|经办人|操作员|发布人|姓名|负责人"
)
# What may follow a person in the same text: another field, a section number, the end of a sentence.
OTHER = (
    "地\\s*址|邮\\s*编|名\\s*称|传\\s*真|采购人|采购单位|代理机构|项目|预算|金额|公告|附件|备注|时间|日期|供应商|付款|开标|"
    "质疑|监督"
)
NAMED = re.compile(
    rf"(?P<label>{LABELS})(?P<colon>[^\S\n]*[:：]\s*)(?P<value>.*?)"
    rf"(?=(?:{LABELS}|{OTHER})[^：:，。；]{{0,8}}[:：]|[；;。\n]|[一二三四五六七八九十]{{1,3}}、|\d[.．、](?!\d)|$)",
    re.IGNORECASE | re.DOTALL,
)
FIELD = re.compile(rf"^(?:{LABELS}|{OTHER})[^：:，。；]{{0,8}}[:：]", re.IGNORECASE)
BARE = re.compile(rf"^[\s\d.、（()）一二三四五六七八九十]*(?:{LABELS})[\s:：]*$", re.IGNORECASE)
ENDS_BARE = re.compile(rf"(?:{LABELS})\s*[:：]\s*$", re.IGNORECASE)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MOBILE = re.compile(r"(?<![\d.])(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?![\d.])")
LANDLINE = re.compile(
    r"(?<![\w.])[（(]?0\d{2,3}[)）]?[-－—\s]{0,2}\d{7,8}(?:[-转]\d{1,6})?(?!\w)"
)
COURTESY = re.compile(r"[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐|老师)")
TOKENS = re.compile(r"(<!--.*?-->|<[a-zA-Z/!?][^>]*>)", re.DOTALL)
SCRIPT = re.compile(r"(<(script|style)\b[^>]*>).*?(</\2\s*>)", re.DOTALL | re.IGNORECASE)
SAVED_FROM = re.compile(r"saved from url=")
TAG = re.compile(r"<\s*(/?)\s*(\w+)")
BLOCKS = frozenset([
    "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "table", "td", "th", "tr", "ul", "ol",
])  # fmt: skip
CONTENT = re.compile(r"(content|value|title|alt)\s*=\s*(\"[^\"]*\"|'[^']*')", re.IGNORECASE)


def without_persons(text: str) -> str:
    """The page with persons replaced by a mark; the tags stay where they are."""
    walk = _Walk()
    bare = SCRIPT.sub(r"\1\3", text)
    return "".join(walk.token(token) for token in TOKENS.split(bare))


class _Walk:
    def __init__(self) -> None:
        self._is_due = self._is_going = False
        self._row = self._column = -1
        self._columns: set[int] = set()

    def token(self, token: str) -> str:
        if token.startswith("<!--"):
            return token if SAVED_FROM.search(token) else ""
        if token.startswith("<"):
            self._tag(token)
            return CONTENT.sub(lambda m: f"{m[1]}={cleaned(m[2])}", token)
        return self._text(token)

    def _tag(self, token: str) -> None:
        found = TAG.match(token)
        name, is_end = (found[2].lower(), bool(found[1])) if found else ("", False)
        if name in BLOCKS:
            self._is_going = False
        if name == "table":
            self._row, self._columns = -1, set()
        elif name == "tr" and not is_end:
            self._row, self._column = self._row + 1, -1
        elif name in {"td", "th"} and not is_end:
            self._column += 1

    def _text(self, text: str) -> str:
        if not text.strip() or text.isspace():
            return text
        if (self._is_due or self._is_going) and not FIELD.match(text.strip()):
            was_due, self._is_due, self._is_going = self._is_due, False, True
            if not BARE.match(text):
                return GONE if was_due or text.strip("、，, ") else text
        is_bare = BARE.match(text) is not None
        if self._row > 0 and self._column in self._columns:
            return GONE
        if is_bare and self._row == 0:
            self._columns.add(self._column)
        self._is_due = is_bare or ENDS_BARE.search(text) is not None
        self._is_going = False
        return cleaned(text)


def cleaned(text: str) -> str:
    """One text without persons named behind a label, and without numbers and mail."""
    named = NAMED.sub(lambda m: m["label"] + m["colon"] + (GONE if m["value"] else ""), text)
    mailless = MAIL.sub(GONE, named)
    is_number = "编号" in text or "http" in text
    called = mailless if is_number else LANDLINE.sub(GONE, mailless)
    return COURTESY.sub(GONE, called if "http" in text else MOBILE.sub(GONE, called))
