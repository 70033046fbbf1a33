"""Answers that a store gave before."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import made_store
import polars as pl
import pytest

from indicia.schema import TABLES
from indicia.store import Store
from indicia.store.remembered import Remembered, key

ROWS = pl.DataFrame({"n": list(range(1000))})


def test_an_answer_is_asked_for_once_and_nobody_can_change_what_is_held():
    asked, remembered = [], Remembered()

    def ask():
        asked.append(1)
        return ROWS.clone()

    remembered.answer("a", ask).insert_column(0, pl.Series("more", [0] * 1000))
    assert remembered.answer("a", ask).columns == ["n"]
    assert asked == [1]
    remembered.clear()
    remembered.answer("a", ask)
    assert asked == [1, 1]


def test_of_many_who_ask_at_once_one_asks_and_a_failure_is_not_held():
    asked, goes = [], Event()
    remembered = Remembered()

    def ask():
        asked.append(1)
        goes.wait(5)
        return ROWS

    with ThreadPoolExecutor(4) as readers:
        answers = [readers.submit(remembered.answer, "a", ask) for _ in range(4)]
        goes.set()
        assert all(one.result().equals(ROWS) for one in answers)
    assert asked == [1]
    with pytest.raises(ZeroDivisionError):
        remembered.answer("b", lambda: pl.DataFrame({"n": [1 // 0]}))
    assert remembered.answer("b", lambda: ROWS).equals(ROWS)


def test_the_least_asked_goes_first_and_a_large_answer_is_not_held():
    size = int(ROWS.estimated_size()) + 1
    remembered, asked = Remembered(most_bytes=2 * size, most_bytes_of_one=size), []

    def ask(name, rows=ROWS):
        return remembered.answer(name, lambda: asked.append(name) or rows)

    for name in ("a", "b", "a", "c", "a", "b"):
        ask(name)
    assert asked == ["a", "b", "c", "b"]
    large = pl.concat([ROWS, ROWS])
    assert ask("d", large).height == ask("d", large).height == 2000
    assert asked[-2:] == ["d", "d"]


def test_questions_differ_by_their_parameters_and_by_their_kind():
    keys = {key("q", p) for p in ((), [1], ["1"], {"a": 1}, {"a": None}, [date(2024, 1, 1)], ["2024-01-01"])}  # fmt: skip
    assert len(keys) == 7
    assert key("q", {"a": ["x"]}) == key("q", {"a": ["x"]})


def test_a_store_that_remembers_answers_as_one_that_does_not_and_shows_what_is_computed(
    tmp_path,
):
    home = made_store.build(tmp_path)
    query = "SELECT facility_id, verdict FROM assessment WHERE facility_id = ? ORDER BY ALL"
    with Store.open(home) as plain, Store.open(home, remembers=True) as store:
        said = store.sql(query, [made_store.BOLD])
        assert said.equals(plain.sql(query, [made_store.BOLD]))
        assert not said.equals(store.sql(query, [made_store.QUIET]))
        other = plain.sql("SELECT * FROM assessment").with_columns(verdict=pl.lit("no lead"))
        store.show({"assessment": TABLES["assessment"].fit(other)})
        assert store.sql(query, [made_store.BOLD])["verdict"].to_list() == ["no lead"]
