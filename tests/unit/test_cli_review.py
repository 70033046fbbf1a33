"""`indicia review`: decide, list and read a history; `export` and `doctor` know what people decided."""

import json
import sys

import made_store
import pytest

from indicia import cli
from indicia.review import Journal, desk


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    return made_store.build(tmp_path_factory.mktemp("made")) / "stores"


@pytest.fixture
def home(tmp_path, stores, monkeypatch):
    """The invented world with a journal of its own."""
    (tmp_path / "stores").symlink_to(stores)
    monkeypatch.setenv("INDICIA_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def indicia(home, monkeypatch, capsys):  # noqa: ARG001 -- it is where the program looks
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["indicia", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, problem = capsys.readouterr()
        return ended.value.code or 0, out, problem

    return run


def test_two_people_review_and_a_list_of_what_they_approved_is_taken_along(
    indicia, home, tmp_path
):
    bold = made_store.BOLD
    assert (
        indicia("review", "set", bold, "reviewed", "--by", "AB", "--reason", "one campus")[0]
        == 0
    )
    code, _, problem = indicia("review", "set", bold, "approved", "--by", "ab")
    assert (code, "cannot approve it" in problem) == (1, True)
    assert indicia("review", "set", bold, "approved", "--by", "CD")[0] == 0
    (row,) = json.loads(indicia("review", "list", "--state", "approved", "--json")[1])
    assert (row["id"], row["done_by"], row["seen_verdict"]) == (bold, "CD", "lead")
    told = json.loads(indicia("review", "history", bold, "--json")[1])
    assert [r["step"] for r in told] == ["approved", "reviewed"]
    target = tmp_path / "list.gpkg"
    wishes = ("--review", "approved", "--only", "verdict=lead")
    code, out, _ = indicia("export", target, *wishes, "--by", "CD", "--json")
    assert (code, json.loads(out)[0]["rows"], json.loads(out)[0]["unreviewed"]) == (0, 1, 0)
    (taken,) = desk.taken_lists(Journal(home)).rows(named=True)
    assert (taken["done_by"], taken["format"], taken["way"]) == ("CD", "geopackage", "command")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("only", "ids"),
    [
        ((), {made_store.BOLD, made_store.QUIET, made_store.UNKNOWN, "made-twin"}),
        (("verdict=lead",), {made_store.BOLD}),
        (("country=CN", "precision=region"), {made_store.UNKNOWN}),
        (("coverage=under a third",), {"made-twin"}),
    ],
)
def test_the_queue_on_the_command_line_is_narrowed_by_the_facets_of_the_page(
    indicia, only, ids
):
    wishes = [word for one in only for word in ("--only", one)]
    code, out, _ = indicia("score", *wishes, "--json")
    assert (code, {row["facility_id"] for row in json.loads(out)}) == (0, ids)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("only", "says"),
    [("colour=red", "Facets: country"), ("verdict", "FACET=VALUE"), ("verdict=bad", "no lead")],
)
def test_a_facet_that_does_not_exist_is_said_with_those_that_do(indicia, only, says):
    code, _, problem = indicia("score", "--only", only)
    assert (code, says in problem) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("nobody", "triage", "--by", "AB"), 2, "no facility has the id 'nobody'"),
        ((made_store.BOLD, "dismissed", "--by", "AB"), 2, "reason is needed"),
        ((made_store.BOLD, "done", "--by", "AB"), 2, "expected one of new"),
    ],
)
def test_what_cannot_be_decided_is_one_plain_line(indicia, home, words, code, says):
    got, _, problem = indicia("review", "set", *words)
    assert got == code
    assert says in problem
    assert Journal(home).position == 0


@pytest.mark.parametrize(
    ("rules", "state", "says"),
    [
        ("", "fine", "whoever reaches the app"),
        ('[[person]]\nname = "AB"\nroles = ["review"]', "note", "0 of them may approve"),
        ("rolls = 1", "problem", "nobody can write"),
    ],
)
def test_doctor_says_who_may_what(indicia, home, rules, state, says):
    if rules:
        (home / "access.toml").write_text(rules)
    row = next(r for r in json.loads(indicia("doctor", "--json")[1]) if "access" in r.values())
    assert state in row.values()
    assert any(says in str(v) for v in row.values())
