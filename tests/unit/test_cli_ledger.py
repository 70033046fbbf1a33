"""The command `indicia ledger`, in process."""

import json

import made_store
import pytest
from typer.testing import CliRunner

from indicia.cli.main import program
from indicia.errors import UsageError

RUN = CliRunner()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return made_store.build(tmp_path_factory.mktemp("ledger"))


def asked(home, *words):
    return RUN.invoke(program, ["ledger", *words], env={"INDICIA_HOME": str(home)})


def test_a_facility_as_json_has_lines_gaps_and_assumptions(home):
    answer = json.loads(asked(home, made_store.BOLD, "--json").stdout)[0]
    assert answer["scope"]["kind"] == "facility"
    assert {line["channel"] for line in answer["lines"]} == {
        "power", "imports", "tenders", "stated", "claims",
    }  # fmt: skip
    assert answer["assumptions"]
    assert answer["caveat"]


def test_an_assumption_on_the_command_line_is_in_force(home):
    words = (made_store.BOLD, "--assume", "pue_ratio=1.1:1.2:1.3", "--json")
    answer = json.loads(asked(home, *words).stdout)[0]
    pue = next(p for p in answer["assumptions"] if p["quantity"] == "pue_ratio")
    assert (pue["least"], pue["mode"], pue["most"], pue["status"]) == (1.1, 1.2, 1.3, "assumed")


@pytest.mark.parametrize(
    ("scope", "kind"),
    [("CN", "country"), ("TWN>MYS", "lane"), ("Omega Compute Sdn. Bhd.", "entity")],
)
def test_the_kind_of_scope_is_read_from_its_form(home, scope, kind):
    assert json.loads(asked(home, scope, "--json").stdout)[0]["scope"]["kind"] == kind


def test_in_a_terminal_no_data_is_said_in_words(home):
    shown = asked(home, made_store.BOLD)
    assert shown.exit_code == 0
    assert "no data" in shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody at all",), "no record under the name"),
        (("CN", "--assume", "pue=1"), "pue_ratio"),
        (("CN", "--from", "March"), "YYYY or YYYY-MM"),
        (("CN", "--kind", "region"), "facility, entity, lane, country"),
        (("CN", "--role", "boss"), "owner, operator"),
    ],
)
def test_bad_input_lists_what_is_valid(home, words, said):
    found = asked(home, *words)
    assert isinstance(found.exception, UsageError)
    assert said in str(found.exception)
