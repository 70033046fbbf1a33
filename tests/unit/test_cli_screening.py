"""`indicia screen` and `indicia judge`: answers, files, refusals."""

import json
import sys

import made_store
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from indicia.cli import main
from indicia.review import Journal


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return made_store.build(tmp_path_factory.mktemp("made"))


@pytest.fixture
def indicia(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INDICIA_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text("Supplier,Country\nSigma Handel,CN\nNobody,\n,XX\n")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["indicia", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_list_is_screened_and_answered_in_json(indicia):
    code, out, _ = indicia("screen", "list.csv", "--json")
    (told,) = json.loads(out)
    assert code == 0
    assert [(h["row"], h["party"], h["list_code"]) for h in told["hits"]] == [
        (2, "Sigma Trading", "EL")
    ]
    assert [r["name"] for r in told["no_hit"]] == ["Nobody"]
    assert {(i["row"], i["field"]) for i in told["issues"]} == {(4, "name"), (4, "country")}
    assert told["columns"] == {"name": "Supplier", "country": "Country"}


def test_a_list_is_screened_and_answered_in_words(indicia):
    code, out, said = indicia("screen", "list.csv", "--against", "both")
    assert code == 0
    assert "Sigma Handel: same" in out
    assert "(EL" in out
    assert "row 4, name" in said
    assert "1 with a hit (1 hits), 1 with no hit, 1 not screened" in said
    assert "2 operators and owners" not in said.split("Compared with")[0]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_outcome_is_written_where_it_is_asked_for(indicia, tmp_path, ending):
    target = tmp_path / f"out.{ending}"
    assert indicia("screen", "list.csv", "--output", target)[0] == 0
    if ending == "csv":
        answers = pl.read_csv(target)["answer"].to_list()
    else:
        rows = CalamineWorkbook.from_path(str(target)).get_sheet_by_name("List").to_python()
        answers = [row[rows[0].index("answer")] for row in rows[1:]]
    assert answers == ["same", "no hit", "not screened"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("screen", "nowhere.csv"), "cannot be read"),
        (("screen", "list.csv", "--output", "out.pdf"), "Use .csv or .xlsx"),
        (("screen", "list.csv", "--column", "name=Nope"), "no column 'Nope'"),
        (("screen", "list.csv", "--column", "Supplier"), "no field=heading"),
        (("screen", "list.csv", "--encoding", "klingon"), "expected one of utf-8"),
        (("judge",), "two ids are needed"),
        (("judge", "a", "b", "--verdict", "maybe", "--reason", "r", "--by", "AB"), "no match"),
        (("judge", "a", "b", "--verdict", "match", "--reason", "r", "--by", "Jane Doe"), "initials"),
        (("judge", "a", "b", "--verdict", "match", "--by", "AB"), "reason is needed"),
        (("judge", "a", "b", "--list"), "takes no ids"),
        (
            ("judge", "nobody", made_store.BOLD, "--subject", "facility", "--verdict", "match",
             "--reason", "r", "--by", "AB"),
            "no facility has the id 'nobody'",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line_and_exit_code_two(indicia, home, arguments, says):
    code, out, said = indicia(*arguments)
    assert code == 2
    assert says in said
    assert "Traceback" not in said + out
    assert Journal(home).position == 0


def test_without_listed_parties_a_list_cannot_be_screened(indicia, tmp_path, monkeypatch):
    monkeypatch.setenv("INDICIA_HOME", str(tmp_path / "empty"))
    code, _, said = indicia("screen", "list.csv")
    assert code == 2
    assert "holds no listed parties" in said


def test_a_judgement_is_written_listed_and_waits_for_the_next_refresh(
    indicia, tmp_path, monkeypatch
):
    home = made_store.build(tmp_path / "own")
    monkeypatch.setenv("INDICIA_HOME", str(home))
    words = ("--verdict", "no match", "--reason", "another operator", "--by", "duty analyst")
    pair = (made_store.QUIET, "made-twin", "--subject", "facility")
    code, out, said = indicia("judge", *pair, *words, "--json")
    assert (code, json.loads(out)[0]["judgement"]) == (0, 1)
    assert "from the next refresh on" in said
    (row,) = json.loads(indicia("judge", "--list", "--json")[1])
    assert (row["verdict"], row["judged_by"], row["counts"]) == (
        "no match", "duty analyst", "from the next refresh",
    )  # fmt: skip
    assert "another operator" in indicia("judge", "--list")[1]


def test_a_damaged_journal_is_one_line_and_exit_code_one(indicia, tmp_path, monkeypatch):
    monkeypatch.setenv("INDICIA_HOME", str(tmp_path))
    (tmp_path / "review.sqlite").write_bytes(b"no database at all" * 500)
    code, _, said = indicia("judge", "--list")
    assert code == 1
    assert "damaged" in said
    assert "Traceback" not in said


def test_doctor_counts_judgements_and_names_a_lost_journal(indicia, tmp_path, monkeypatch):
    home = tmp_path / "own"
    monkeypatch.setenv("INDICIA_HOME", str(home))
    at = made_store.NOW
    Journal(home).judge(
        "facility", made_store.QUIET, "made-twin", "unsure", "look again", "AB", at
    )
    made_store.build(home, judged=Journal(home).judgements())
    told = {r["check"]: r for r in json.loads(indicia("doctor", "--json")[1])}
    assert (told["journal"]["state"], "1 judged pairs" in told["journal"]["finding"]) == (
        "fine",
        True,
    )
    (home / "review.sqlite").unlink()
    told = {r["check"]: r for r in json.loads(indicia("doctor", "--json")[1])}
    assert told["journal"]["state"] == "problem"
    assert "Put the journal back" in told["journal"]["finding"]
