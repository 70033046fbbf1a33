"""Text that means harm, in every free-text field of every table, on every page and in every export: it stays text."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import made_hostile
import made_store
import polars as pl
import pyogrio
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ElementTree

from indicia.answers import export, flagged, reviews, sources, taking
from indicia.answers.filters import Filters
from indicia.review import Act, Journal
from indicia.store import Store

MAIN = Path(__file__).parents[2] / "app" / "main.py"
PAGES = sorted(p.name for p in MAIN.parent.glob("views/[!_]*.py"))
SECONDS = 60
LINKS = {
    "facility.py": {"facility": made_hostile.ID},
    "entity.py": {"entity": made_hostile.POISON},
    "compare.py": {"facility": [made_hostile.ID, made_store.BOLD]},
    "compute.py": {"kind": "facility", "facility": made_hostile.ID},
    "claims.py": {"organisation": made_hostile.POISON, "model": made_hostile.POISON},
    "review.py": {"case": f"facility:{made_hostile.ID}"},
    "sources.py": {},
    "leads.py": {"several": "true"},
}
VISITS = [(name, LINKS.get(name, {})) for name in PAGES] + [
    ("lanes.py", {"lane": "TWN>MYS"}),
    ("method.py", {"indicator": "P01"}),
    ("review.py", {"part": "watchlists"}),
    ("review.py", {"part": "disputes"}),
]
# Each counts only where no backslash stands before it.
HARM = re.compile(
    r"(?<!\\)(<script|<img|\*\*bold|_it_|`code|~~gone|\[link\]\(|!\[pic\]|<https|:red\[|:material/delete|\$x\^2)"
    r"|www\.harm|https://harm|a@harm|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
# What the browser is given as text or as data, never as Markdown: by message and field.
PLAIN = {
    ("Text", "body"), ("Code", "code_text"), ("Selectbox", "options"), ("Selectbox", "raw_value"),
    ("MultiSelect", "options"), ("MultiSelect", "raw_values"), ("TextInput", "default"), ("TextInput", "value"),
    ("VegaLiteChart", "spec"), ("PageLink", "query_string"), ("Dataframe", "columns"), ("Dataframe", "column_order"),
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return made_hostile.build(tmp_path_factory.mktemp("hostile"))


def texts(message):
    """Every text in a message to the browser, with the name of its message and field."""
    for field, value in message.ListFields():
        name = (message.DESCRIPTOR.name, field.name)
        values = value if field.is_repeated else [value]
        if field.type == field.TYPE_STRING:
            yield from ((name, text) for text in values)
        elif field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for inner in values:
                yield from texts(inner)


@pytest.fixture(scope="module")
def app(home):
    """One session that walks the pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INDICIA_HOME", str(home))
        yield AppTest.from_file(str(MAIN), default_timeout=SECONDS).run()


@pytest.mark.parametrize(("name", "link"), VISITS)
def test_no_page_shows_text_of_a_source_as_markdown_or_html(name, link, app):
    app.query_params.clear()
    # A browser leaves the widgets of a page behind when it goes to another.
    app._tree = ElementTree()  # noqa: SLF001 -- nothing public empties or lists a page
    app._tree._runner = app  # noqa: SLF001
    app.switch_page(f"views/{name}")
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert [e.message for e in app.exception] == []
    messages = [node.proto for node in app._tree if getattr(node, "proto", None) is not None]  # noqa: SLF001
    shown = [told for message in messages for told in texts(message)]
    found = {
        (*where, sign.group(), text[:40])
        for where, text in shown if where not in PLAIN for sign in HARM.finditer(text)
    }  # fmt: skip
    assert found == set()
    assert not any(getattr(message, "allow_html", False) for message in messages)
    if link and name != "method.py":
        seen = [text for _, text in shown] + [d.value.to_csv() for d in app.dataframe]
        assert any("alert(1)" in text or "alert\\(1\\)" in text for text in seen), (
            "the page shows none of the planted text"
        )


@pytest.fixture(scope="module")
def taken(home):
    """The whole list of the planted store in every format, as a reader downloads it."""
    act = Act("AB", made_store.LATER, "")
    with Store.open(home) as store:
        decided = reviews.decided(store, Journal(home).events())
        found = flagged.flagged(store, Filters(), "support", made_store.LATER, decided)
        known = sources.known()
        return {
            f: taking.bundle(Journal(home), act, store, found, f, known) for f in export.FORMATS
        }


def test_no_cell_of_a_csv_opens_as_a_formula(taken):
    with zipfile.ZipFile(io.BytesIO(taken["csv"])) as packed:
        bodies = [
            packed.read(n).decode("utf-8-sig") for n in packed.namelist() if n.endswith(".csv")
        ]
    cells = [
        cell
        for body in bodies
        for row in csv.reader(io.StringIO(body, newline=""))
        for cell in row
    ]
    assert any("<script>" in cell for cell in cells)
    opening = [c for c in cells if c.strip()[:1] in ("=", "@", "+", "-") and not is_number(c)]
    assert opening == []


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(taken):
    with zipfile.ZipFile(io.BytesIO(taken["xlsx"])) as packed:
        body = next(packed.read(n) for n in packed.namelist() if n.endswith(".xlsx"))
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        parts = {
            n: book.read(n).decode() for n in book.namelist() if n.endswith((".xml", ".rels"))
        }
    assert any("&lt;script&gt;" in part for part in parts.values())
    assert not any(
        "<f>" in part or "<hyperlink" in part or 'harm.example" Target' in part
        for part in parts.values()
    )


@pytest.mark.parametrize("fmt", ["parquet", "geoparquet", "geojson", "geopackage"])
def test_files_for_programs_hold_the_text_unchanged(taken, fmt):
    with zipfile.ZipFile(io.BytesIO(taken[fmt])) as packed:
        ending = f".{export.ENDINGS.get(fmt, fmt)}"
        body = next(
            packed.read(n)
            for n in packed.namelist()
            if n.endswith(ending) and "evidence" not in n
        )
    if fmt == "geojson":
        names = [f["properties"]["name"] for f in json.loads(body)["features"]]
    elif fmt == "geopackage":
        names = pyogrio.read_dataframe(io.BytesIO(body), layer="list")["name"].to_list()
    else:
        names = pl.read_parquet(body)["name"].to_list()
    assert made_hostile.POISON in names


def is_number(cell):
    return re.fullmatch(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", cell) is not None
