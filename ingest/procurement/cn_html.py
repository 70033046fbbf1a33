"""Web pages that a person saved: their encoding, their text in lines and tables, their origin.

Only the standard library's tolerant reader is used; nothing a page refers to is opened.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from indicia.errors import SourceChangedError

DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
HEAD_BYTES = 4096
CHINESE = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936"})
BLOCKS = frozenset([
    "address", "article", "br", "caption", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
])  # fmt: skip
HIDDEN = frozenset({"script", "style", "noscript", "template"})
ALONE = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"})
BODY_CLASS = re.compile(r"vF_detail_content\b|detail_content|article-content", re.IGNORECASE)
SAVED_FROM = re.compile(r"saved from url=\(\d+\)\s*(https?://\S+?)\s*(?:-->|$)")
SPACE = re.compile(r"[\s\u3000\u200b\xa0]+")


@dataclass(slots=True)
class Page:
    """What a page says.

    Args:
        title: Its heading, else its title.
        address: Where it was saved from; empty where it does not tell.
        lines: Its text, one block to a line; only the notice itself where the page marks it.
        tables: Its tables, as rows of cells.
    """

    title: str = ""
    address: str = ""
    lines: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)


def decoded(source: str, body: bytes) -> tuple[str, str]:
    """The text of a page and its encoding: as declared, else UTF-8, else GB18030.

    Raises:
        SourceChangedError: None of them fits, or the body is no web page.
    """
    found = DECLARED.search(body[:HEAD_BYTES])
    declared = found[1].decode("ascii").lower() if found else ""
    known = "gb18030" if declared in CHINESE else declared
    if body.startswith(b"\xef\xbb\xbf"):
        known = "utf-8-sig"
    for name in dict.fromkeys((known, "utf-8", "gb18030")):
        try:
            text = body.decode(name) if name else None
        except (UnicodeDecodeError, LookupError):
            continue
        if text is not None:
            break
    else:
        expected = "a web page in UTF-8, GBK or GB18030"
        raise SourceChangedError(source, "page", expected, f"declared as {declared or 'none'}")
    if "\x00" in text or not re.search(r"<(html|body|table|div|p)\b", text, re.IGNORECASE):
        raise SourceChangedError(source, "page", "a saved web page (HTML)", text[:80])
    return text, name


def page_of(text: str) -> Page:
    """Read a page into lines and tables."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end_line()
    page = reader.page
    saved = SAVED_FROM.search(text[:HEAD_BYTES])
    page.address = saved[1] if saved else page.address
    page.lines = reader.marked or page.lines
    return page


def plain(text: str) -> str:
    """The text with every run of white space as one space."""
    return SPACE.sub(" ", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.marked: list[str] = []
        self._line: list[str] = []
        self._open: list[str] = []
        self._marked_at = self._hidden = 0
        self._tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._heading: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag in BLOCKS:
            self.end_line()
        if tag in HIDDEN:
            self._hidden += 1
        if tag == "link" and facts.get("rel", "").lower() == "canonical":
            self.page.address = self.page.address or facts.get("href", "")
        if tag == "meta" and facts.get("property", "").lower() == "og:url":
            self.page.address = self.page.address or facts.get("content", "")
        self._open_cell(tag)
        if tag not in ALONE:
            self._open.append(tag)
            is_marked = BODY_CLASS.search(f"{facts.get('class', '')} {facts.get('id', '')}")
            if is_marked and not self._marked_at:
                self._marked_at = len(self._open)

    def _open_cell(self, tag: str) -> None:
        if tag == "table":
            self._tables.append([])
            self.page.tables.append(self._tables[-1])
        elif tag == "tr" and self._tables:
            self._tables[-1].append([])
        elif tag in {"td", "th"} and self._tables:
            if not self._tables[-1]:
                self._tables[-1].append([])
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end_line()
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag in {"td", "th"} and self._tables and self._cell is not None:
            self._tables[-1][-1].append(plain("".join(self._cell)))
            self._cell = None
        elif tag == "table" and self._tables:
            self._tables.pop()
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if self._marked_at > len(self._open):
            self._marked_at = 0

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if "title" in self._open[-1:]:
            self.page.title = self.page.title or plain(data)
            return
        if set(self._open) & {"h1", "h2"} and plain(data) and len(self._heading) == 0:
            self._heading.append(plain(data))
            self.page.title = self._heading[0]
        self._line.append(data)
        if self._cell is not None:
            self._cell.append(data)

    def end_line(self) -> None:
        text = plain("".join(self._line))
        self._line = []
        if text:
            self.page.lines.append(text)
            if self._marked_at:
                self.marked.append(text)
