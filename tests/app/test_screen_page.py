"""The page Screen, in process: a list comes in, is read, held against parties, and leaves no trace."""

import logging
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import made_store
import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from indicia.answers.screening import limits, taking
from indicia.store import Build, Store

MAIN = Path(__file__).parents[2] / "app" / "main.py"
SECONDS = 60
CANARY = "Canarybird Sigma Trading"


def opened(home, monkeypatch, **query):
    monkeypatch.setenv("INDICIA_HOME", str(home))
    app = AppTest.from_file(str(MAIN), default_timeout=SECONDS)
    app.run()
    app.switch_page("views/screen.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def pasted(home, monkeypatch, text, **query):
    app = opened(home, monkeypatch, **query)
    app.text_area(key="pasted").set_value(text).run()
    assert not app.exception
    return app


def table(app, column):
    return next(d.value for d in app.dataframe if column in d.value.columns)


def said(app):
    kinds = ("title", "subheader", "markdown", "caption", "text", "info", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in app.get(kind))


def test_pasted_names_meet_a_listed_party_with_the_reason_and_the_citation(
    made_home, monkeypatch
):
    app = pasted(made_home, monkeypatch, "Sigma Trading Co., Ltd.\nNobody Of This Store\n")
    hit = table(app, "explanation").iloc[0]
    assert (hit["party"], hit["list_code"], hit["citation"]) == (
        "Sigma Trading",
        "EL",
        "invented",
    )
    assert hit["answer"] in ("same", "possible")
    assert "“Sigma Trading Co., Ltd.” and “Sigma Trading”" in hit["explanation"]
    rest = table(app, "compared")
    assert list(rest["name"]) == ["Nobody Of This Store"]
    assert list(rest["answer"]) == ["no hit"]
    assert list(rest["compared"]) == ["1 listed parties (EL) under 2 names"]
    assert "clear" not in said(app).replace("clears nobody", "")


def test_a_listing_after_the_date_of_the_document_is_said(made_home, monkeypatch):
    text = "name\tdate\nSigma Trading\t2024-08-31\nSigma Handel\t2024-09-02\n"
    app = pasted(made_home, monkeypatch, text)
    assert list(table(app, "timing")["timing"]) == [
        "listed after the document's date",
        "listed before the document's date",
    ]


def test_a_file_is_read_and_what_cannot_be_read_is_named(made_home, monkeypatch):
    app = opened(made_home, monkeypatch)
    body = "Company,Country\nSigma Trading,CN\n,CN\nTau,Narnia\n".encode("utf-16")
    app.file_uploader(key="upload").set_value(("list.csv", body, "text/csv")).run()
    assert not app.exception
    issues = table(app, "effect")
    assert list(zip(issues["row"], issues["field"], strict=True)) == [
        (3, "name"),
        (4, "country"),
    ]
    assert list(table(app, "explanation")["row"]) == [2]
    assert "utf-16-le by its mark" in said(app)


def test_operators_and_owners_are_met_where_the_link_asks_for_them(made_home, monkeypatch):
    app = pasted(
        made_home, monkeypatch, "Omega Compute Sdn Bhd", against="operators and owners"
    )
    hit = table(app, "explanation").iloc[0]
    assert hit["party"] == "Omega Compute Sdn. Bhd."
    assert "operator of" in hit["roles"]
    assert "not measured for this choice" in said(app)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "utf-16-le"),
        ("\u540d\u79f0\n\u534e\u4e3a\n".encode("gb18030"), "not utf-8"),
        (b"PK\x03\x04 no zip", "no workbook that can be read"),
        (b'name\n"open', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_plain_line(made_home, monkeypatch, body, says):
    app = opened(made_home, monkeypatch)
    app.file_uploader(key="upload").set_value(("list.csv", body, "text/csv")).run()
    assert not app.exception
    assert app.error[0].value == "The list cannot be read."
    assert any(says in t.value for t in app.text)


def test_a_list_without_a_heading_for_names_asks_which_column_it_is(made_home, monkeypatch):
    app = opened(made_home, monkeypatch)
    body = b"who,where\nSigma Trading,CN\n"
    app.file_uploader(key="upload").set_value(("list.csv", body, "text/csv")).run()
    assert app.selectbox(key="name_column").value is None
    app.selectbox(key="name_column").select("who").run()
    assert table(app, "explanation").iloc[0]["party"] == "Sigma Trading"


def test_a_file_that_is_too_large_is_refused_with_its_limit(made_home, monkeypatch):
    monkeypatch.setattr("indicia.answers.screening.reading.MOST_BYTES", 100)
    app = opened(made_home, monkeypatch)
    app.file_uploader(key="upload").set_value(
        ("l.csv", b"name\n" + b"x" * 200, "text/csv")
    ).run()
    assert any("at most 0 MiB are read" in t.value for t in app.text)
    assert f"At most {limits.MOST_BYTES // 2**20} MiB" in said(app)


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_the_outcome_can_be_taken_along_and_nothing_of_the_list_is_kept(
    made_home, monkeypatch, tmp_path, caplog, fmt
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    before = contents(made_home)
    app = opened(made_home, monkeypatch)
    body = f"name,date\n{CANARY},2024-08-31\n=cmd|'/c calc'!A1 Trading,\n".encode()
    app.file_uploader(key="upload").set_value((f"{CANARY}.csv", body, "text/csv")).run()
    app.segmented_control(key="format").set_value([fmt]).run()
    assert not app.exception
    assert app.download_button(key="download").label.startswith("Download every row")
    with Store.open(made_home) as store:
        made = taking.taken(store, app.session_state["screened"][1], fmt, made_store.NOW)
    assert contents(made_home) == before
    assert list(tmp_path.rglob("*")) == []
    assert "Canarybird" not in caplog.text
    if fmt == "csv":
        rows = pl.read_csv(made)
        assert rows["name"].to_list()[:2] == [CANARY, "'=cmd|'/c calc'!A1 Trading"]
        assert "Canarybird" not in "".join(rows["query"].unique())
    else:
        book = CalamineWorkbook.from_filelike(BytesIO(made))
        assert book.sheet_names == ["README", "List", "Issues", "Lists", "Method"]
        assert CANARY in [r[1] for r in book.get_sheet_by_name("List").to_python()]


def test_an_empty_choice_of_parties_asks_for_one(made_home, monkeypatch):
    app = pasted(made_home, monkeypatch, "Sigma Trading")
    app.multiselect(key="against").set_value([]).run()
    assert "Choose whom" in app.warning[0].value


def test_a_store_that_holds_nothing_is_said_and_breaks_no_page(tmp_path, monkeypatch):
    with Build(tmp_path) as build:
        build.publish(rules_version="r", kind="empty", now=made_store.NOW)
    app = pasted(tmp_path, monkeypatch, "Sigma Trading")
    assert app.error[0].value == "The list cannot be screened."
    assert any("holds no listed parties" in t.value for t in app.text)
    app.switch_page("views/entity.py")
    app.run()
    assert not app.exception
    assert "Undecided pairs: 0" in [s.value for s in app.subheader]
    app.query_params["entity"] = "Sigma Trading"
    app.run()
    assert not app.exception
    assert "holds no organisation" in app.warning[0].value


def contents(folder):
    """Every file below a folder with the hash of its bytes."""
    return {
        str(p): sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }
