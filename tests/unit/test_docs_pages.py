"""The written pages say what is there: links, commands, paths and numbers are checked."""

import ast
import re
import shlex
import tomllib
from datetime import date

import polars as pl
import pytest
import typer

from indicia import bundled
from indicia.cli import source_table
from indicia.cli.main import program
from indicia.indicators import CATALOGUE
from indicia.schema import EVIDENCE, EVIDENCE_SOURCE, OBSERVED, dictionary, parsed
from indicia.scoring.assess import Question, weigh

ROOT = bundled.ROOT
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = [p for folder in ("src", "ingest", "app") for p in sorted((ROOT / folder).rglob("*.py"))]
FACTS = [*sorted((ROOT / "ingest").rglob("*.toml")), *sorted((ROOT / "data").rglob("*.toml"))]
GENERATED = {"dictionary.md": dictionary.text, "sources.md": source_table.text}
REFUSED = re.compile(
    r"\b(proves|detects|confirms|guilty|violations?|illegal|smugglers?|suspects?|culprits?)\b",
    re.IGNORECASE,
)
WORDS_PAGE = "0006-consistent-with.md"
LISTED = re.compile(r"<!-- refused words: begin -->.*?<!-- refused words: end -->", re.DOTALL)
FENCE = re.compile(r"^```[^\n]*\n.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
OURS = re.compile(r"`((?:src|ingest|app|data|docs|tests)/[\w./-]+)`")
WRITTEN_AT_RUN_TIME = ("data/archive", "data/stores", "data/exports")
ENDS_A_COMMAND = {"&&", "||", "|", ";", ">", ">>", "2>&1"}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def read(path):
    return path.read_text(encoding="utf-8")


def anchors(path):
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", read(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}


def links():
    for page in PAGES:
        for target in LINK.findall(FENCE.sub("", read(page))):
            if not re.match(r"[a-z]+:", target):
                yield pytest.param(page, target, id=f"{name_of(page)}:{target}")


@pytest.mark.parametrize(("doc", "target"), list(links()))
def test_a_relative_link_leads_somewhere(doc, target):
    path, _, anchor = target.partition("#")
    found = (doc.parent / path).resolve() if path else doc
    assert found.exists()
    assert not anchor or anchor in anchors(found)


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_a_path_of_the_repository_that_a_page_names_exists(doc):
    named = [n for n in OURS.findall(read(doc)) if not n.startswith(WRITTEN_AT_RUN_TIME)]
    assert [n for n in named if not (ROOT / n).exists()] == []


def commands(text):
    """Every `indicia …` in backticks or in a block, as the words after the program's name."""
    lines = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    for block in FENCE.findall(text):
        lines += block.replace("\\\n", " ").splitlines()[1:-1]
    for line in lines:
        if not re.search(r"(^|[\s/])indicia(\s|$)", line):
            continue
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue
        at = next((n for n, w in enumerate(words) if w.rsplit("/", 1)[-1] == "indicia"), None)
        if at is not None and (at == 0 or is_command_line(words[:at])):
            end = next((n for n, w in enumerate(words) if n > at and w in ENDS_A_COMMAND), None)
            yield words[at + 1 : end]


def is_command_line(before):
    """What may stand before the program's name: a schedule, an assignment, another command."""
    return all(re.match(r"[\d*/,@-]|[A-Z_]+=|cd$|&&$|\.|/", word) for word in before)


SHOWN = [
    pytest.param(words, id=f"{name_of(page)}: {' '.join(words)}"[:90])
    for page in PAGES
    for words in commands(read(page))
    if words
]


@pytest.mark.parametrize("words", SHOWN)
def test_a_command_shown_exists_with_its_options(words):
    here, rest = typer.main.get_command(program), list(words)
    while getattr(here, "commands", None) and rest and not rest[0].startswith("-"):
        assert rest[0] in here.commands
        here = here.commands[rest.pop(0)]
    known = {o for p in here.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
    assert {w.split("=")[0] for w in rest if w.startswith("-")} <= known


ADDED = {"facility": "facility", "observation": "facility_state"} | {n: n for n in OBSERVED}


@pytest.mark.parametrize("words", [w for w in SHOWN if w.values[0][0] == "add"])
def test_an_addition_shown_names_columns_that_exist_and_leaves_none_out(words):
    facts = [w.partition("=")[0] for w in words if "=" in w]
    if not facts or "…" in "".join(words):
        return
    table = parsed(OBSERVED[words[2] if words[1] == "row" else ADDED[words[1]]])
    assert set(facts) <= set(table.names)
    assert {c.name for c in table.columns if c.required} | set(table.key) <= set(facts)


def test_pages_show_every_command():
    top = typer.main.get_command(program).commands
    assert {words.values[0][0] for words in SHOWN} >= set(top)


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_a_make_target_shown_exists(doc):
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", read(doc), re.MULTILINE)) <= targets


def test_the_readme_starts_with_two_commands():
    first = FENCE.findall(read(ROOT / "README.md"))[0].splitlines()[1:-1]
    assert [line.split("#")[0].strip() for line in first] == ["make demo", "make test"]


@pytest.mark.parametrize("doc", PAGES, ids=name_of)
def test_a_page_uses_no_word_that_we_refuse(doc):
    text = read(doc)
    if doc.name == WORDS_PAGE:
        text, lists = LISTED.subn("", text)
        assert lists == 1
    assert REFUSED.findall(text) == []


@pytest.mark.parametrize("module", CODE, ids=name_of)
def test_no_text_in_the_code_uses_a_word_that_we_refuse(module):
    strings = [
        node.value
        for node in ast.walk(ast.parse(read(module)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert REFUSED.findall("\n".join(strings)) == []


@pytest.mark.parametrize("definition", FACTS, ids=name_of)
def test_no_definition_uses_a_word_that_we_refuse(definition):
    assert REFUSED.findall(read(definition)) == []


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_not_stale(name):
    assert read(ROOT / "docs" / name) == GENERATED[name](), "run `make docs`"


CASES = [
    pytest.param(tomllib.loads(block), id=str(n))
    for n, block in enumerate(
        re.findall(r"```toml case\n(.*?)```", read(ROOT / "docs" / "method.md"), re.DOTALL)
    )
]


def weighed(case):
    facts = {"facility_id": "example", "site_class": "ai", "largest_mw": None}
    facility = pl.DataFrame([facts | {k: case[k] for k in ("country_iso2", "is_declared_ai")}])
    parties = pl.DataFrame(
        schema=dict.fromkeys(
            ("facility_id", "role", "party_name", "headquarters_iso2"), pl.String
        )
    )
    scopes = {i.code: i.scope_kinds[0] for i in CATALOGUE}
    evidence, exposures = [], []
    for n, item in enumerate(case["items"]):
        scope = {"scope_kind": scopes[item["indicator"]], "scope_id": f"scope {n}"}
        said = ("indicator", "kind", "result", "reliability")
        evidence.append(
            scope
            | {k: item[k] for k in said}
            | {"evidence_id": str(n), "statement": "made", "origin_id": item["origin"]}
            | {"detectability_share": item.get("detectability_share")}
        )
        exposures.append(
            {"facility_id": "example", "weight_share": item["exposure_share"], "basis": "made"}
            | scope
        )
    return weigh(
        Question(facility, parties, pl.DataFrame(exposures), date(2026, 11, 1)),
        CATALOGUE,
        EVIDENCE.frame(evidence),
        EVIDENCE_SOURCE.frame([]),
    )


def test_the_page_on_method_has_examples():
    assert len(CASES) >= 3


@pytest.mark.parametrize("case", CASES)
def test_the_numbers_on_the_page_are_what_the_code_computes(case):
    found, expected = weighed(case), dict(case["expected"])
    against = expected.pop("against", {})
    assessment = found["assessment"].row(0, named=True)
    for name, value in expected.items():
        near = pytest.approx(value, abs=5e-4) if isinstance(value, float) else value
        assert assessment[name] == near, name
    for rival in found["assessment_rival"].iter_rows(named=True):
        for part, value in against.get(rival["rival"], {}).items():
            assert rival[f"{part}_bans"] == pytest.approx(value, abs=5e-4), rival["rival"]
    counted = dict(found["item"].select("evidence_id", "is_counted").iter_rows())
    assert counted == {
        str(n): i["is_counted"] for n, i in enumerate(case["items"]) if "is_counted" in i
    } | {str(n): True for n, i in enumerate(case["items"]) if "is_counted" not in i}
