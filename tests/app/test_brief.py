"""The printable brief: self-contained, escaped, with its caveats; what terms keep back stays back."""

import re
from datetime import UTC, datetime

import made_store
import pytest

from indicia.answers import brief
from indicia.answers.flagged import UNSAID

NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(made):
    found = brief.of_facility(
        made, made_store.BOLD, brief.versions(made), NOW, "○ new: <i>nobody</i>"
    )
    return brief.html(found)


def test_text_of_sources_is_escaped_and_nothing_comes_from_outside(told):
    assert "&lt;b&gt;*Alpha*&lt;/b&gt; [Hall](https://example.org) $x$" in told
    assert "&lt;i&gt;64 units&lt;/i&gt;" in told
    assert "<script" not in told
    tags = set(re.findall(r"<([a-z0-9]+)", told.partition("<body>")[2]))
    assert tags <= {
        "h1",
        "h2",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "div",
        "section",
    }
    assert not re.search(r"(src|href|url)\s*[=(]", told)
    assert "default-src 'none'" in told


def test_it_says_what_it_is_from_what_data_with_its_caveats_and_hashes(told, made):
    assert "SYNTHETIC STORE" in told
    assert "never a probability of wrongdoing" in told
    assert "A lead asks for review and says nothing more" in told
    assert "Confidence: low." in told
    assert made_store.SHA in told
    assert f"data {made.data_version} · rules invented-rules" in told
    assert "2026-03-09 08:00 UTC" in told
    assert "Support over H3" in told
    assert "90 periods tested" in told


def test_the_same_facts_give_the_same_file(told, made):
    again = brief.of_facility(
        made, made_store.BOLD, brief.versions(made), NOW, "○ new: <i>nobody</i>"
    )
    assert brief.html(again) == told


def test_statements_of_sources_that_may_not_be_passed_on_are_left_out(made):
    closed = frozenset({"procurement/ocds"})
    told = brief.html(brief.of_facility(made, made_store.BOLD, {}, NOW, closed=closed))
    assert UNSAID in told
    assert "restricted accelerators" not in told
    assert "64 units" not in told
    assert brief.may_be_taken(made, made_store.BOLD, closed)
    assert not brief.may_be_taken(made, made_store.BOLD, frozenset({"context/analyst"}))


def test_a_facility_that_is_not_held_has_no_brief_and_an_id_makes_a_safe_name(made):
    assert brief.of_facility(made, "nobody", {}, NOW) is None
    assert brief.file_name("../a b<c>") == "indicia--a-b-c-.html"
