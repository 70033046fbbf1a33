"""The policy clock: cases derived from the rules' text, both sides of every day and every line."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from indicia.errors import ReferenceTableError, UsageError
from indicia.reference import tables
from indicia.reference.clock import (
    OUTPUT,
    REGIMES,
    Rulebook,
    decide,
    licence_required,
    timeline,
)
from indicia.reference.clock.measures import parts
from indicia.reference.clock.rules import typed
from indicia.reference.clock.spans import decide_over, first_day

DAY = timedelta(days=1)
BOOK = Rulebook.shipped()
FILE = Path(__file__).with_name("clock_cases.csv")
CASES = list(csv.DictReader(FILE.open(encoding="utf-8")))
H100, A100, H800 = "NVIDIA H100 SXM5 80GB", "NVIDIA A100 SXM4 80GB", "NVIDIA H800 SXM5 80GB"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["case"])
def test_a_case_derived_from_the_text(case):
    found = licence_required(
        case["chip"],
        case["destination"],
        case["date"],
        case["headquarters"] or None,
        case["regime"],
    )
    listed = {n: tuple(filter(None, case[n].split("|"))) for n in ("rule_ids", "missing")}
    assert found.answer == case["answer"]
    assert {"rule_ids": found.rule_ids, "missing": found.missing} == listed
    for name in ("eccn", "review_policy", "exceptions"):
        assert (getattr(found, name) or "") == case[name], name


def test_there_are_enough_cases_of_the_codified_reading():
    assert sum(c["regime"] == "codified" for c in CASES) >= 8
    assert len(CASES) == len({c["case"] for c in CASES})


def made(**figures):
    return pl.DataFrame([{"chip": "made", "vendor": "Maker", "dc_marketed": "Y"} | figures])


def asked(on, to="CN", hq="CN", regime="enforced", **figures):
    return licence_required("made", to, on, hq, regime, chips=made(**figures))


TEST_2022, TEST_2023, WINDOW = date(2022, 12, 1), date(2023, 12, 1), date(2026, 2, 1)
FAR, NONE = 1e6, 0.0


@pytest.mark.parametrize(
    ("tpp", "io", "answer"),
    [
        (4800, 600, "yes"),
        (4799.9, 600, "no"),
        (4800, 599.9, "no"),
        (4800.1, 600.1, "yes"),
        (FAR, 599.9, "no"),
        (4799.9, FAR, "no"),
    ],
)
def test_the_test_of_2022_needs_both_prongs(tpp, io, answer):
    assert asked(TEST_2022, tpp=tpp, io_total_gbs=io).answer == answer


@pytest.mark.parametrize(
    ("tpp", "density", "marketed", "eccn"),
    [
        (4800, NONE, "Y", "3A090.a"),
        (4800, NONE, "N", "3A090.a"),
        (4799.9, NONE, "Y", None),
        (4800.1, NONE, "Y", "3A090.a"),
        (4799.9, 5.92, "N", None),
        (1600, 5.92, "Y", "3A090.a"),
        (1599.9, 5.92, "Y", None),
        (1600.1, 5.93, "Y", "3A090.a"),
        (1600, 5.91, "Y", "3A090.b"),
        (1600, 3.2, "Y", "3A090.b"),
        (1600, 3.19, "Y", None),
        (1600, 3.21, "Y", "3A090.b"),
        (1599.9, 3.2, "Y", None),
        (1600, 3.2, "N", None),
        (2400, 1.6, "Y", "3A090.b"),
        (2399.9, 1.6, "Y", None),
        (2400.1, 1.61, "Y", "3A090.b"),
        (2400, 1.59, "Y", None),
        (2400, 5.92, "Y", "3A090.a"),
        (4799.9, 5.91, "Y", "3A090.b"),
        (4799.9, 1.6, "Y", "3A090.b"),
    ],
)
def test_the_lines_of_2023(tpp, density, marketed, eccn):
    found = asked(TEST_2023, tpp=tpp, perf_density=density, dc_marketed=marketed)
    assert (found.answer, found.eccn) == ("yes" if eccn else "no", eccn)


@pytest.mark.parametrize(
    ("tpp", "bandwidth", "review"),
    [
        (20_999.9, 6_499.9, "case-by-case if certified"),
        (21_000, 6_499.9, "presumption of denial"),
        (21_000.1, 6_499.9, "presumption of denial"),
        (20_999.9, 6_500, "presumption of denial"),
        (20_999.9, 6_500.1, "presumption of denial"),
        (20_999.9, None, "not known: depends on mem_bw_gbs"),
    ],
)
def test_the_window_of_2026(tpp, bandwidth, review):
    found = asked(WINDOW, tpp=tpp, mem_bw_gbs=bandwidth)
    assert (found.answer, found.review_policy) == ("yes", review)


@pytest.mark.parametrize(
    ("bandwidth", "io", "answer"),
    [
        (4000, 0, "yes"),
        (3999.9, 0, "unknown"),
        (1400, 0, "unknown"),
        (1399.9, 0, "no"),
        (0, 1028, "yes"),
        (0, 1027.9, "no"),
        (700, 1000, "unknown"),
        (699.9, 1000, "no"),
        (None, 0, "unknown"),
    ],
)
def test_the_letters_of_2025_are_sure_only_at_the_level_of_h20(bandwidth, io, answer):
    low = {"tpp": 1000, "perf_density": 1.0, "mem_bw_gbs": bandwidth, "io_total_gbs": io}
    assert asked("2025-06-01", vendor="NVIDIA", **low).answer == answer
    assert asked("2025-06-01", vendor="Google", **low).answer == "no"


@pytest.mark.parametrize(
    ("chip", "to", "since", "before", "after"),
    [
        (A100, "CN", date(2022, 8, 26), (), ("L2022-08",)),
        (A100, "CN", date(2022, 10, 21), ("L2022-08",), ("R2022-10",)),
        ("Biren BR100", "CN", date(2022, 10, 21), (), ("R2022-10",)),
        (A100, "MO", date(2023, 1, 17), (), ("R2023-01",)),
        (H800, "CN", date(2023, 10, 23), (), ("L2023-10",)),
        (H800, "VN", date(2023, 10, 23), (), ("L2023-10",)),
        (H800, "CN", date(2023, 11, 17), ("L2023-10",), ("R2023-11",)),
        ("NVIDIA L40S", "CN", date(2023, 10, 23), (), ("L2023-10",)),
        ("NVIDIA RTX 4090", "CN", date(2023, 11, 17), (), ("R2023-11",)),
        ("Intel Gaudi 2 HL-225B (China)", "CN", date(2023, 11, 17), (), ("R2023-11",)),
        (H100, "NI", date(2024, 3, 15), (), ("R2023-11",)),
        ("NVIDIA H20 SXM 96GB", "CN", date(2025, 4, 9), (), ("L2025-04",)),
        ("NVIDIA L40", "AE", date(2026, 7, 10), ("R2023-11",), ("R2026-07",)),
    ],
)
def test_both_sides_of_a_day(chip, to, since, before, after):
    for on, expected in ((since - DAY, before), (since, after)):
        found = licence_required(chip, to, on, to)
        assert found.rule_ids == expected
        assert found.answer == ("yes" if expected else "no")


def test_every_first_day_of_a_deciding_rule_changes_an_answer_somewhere():
    questions = (
        parts()
        .select("chip")
        .join(pl.DataFrame({"destination": ["CN", "MO", "VN", "AE", "MY"]}), how="cross")
    )
    for rule in BOOK.deciding.iter_rows(named=True):
        days = [rule["effective_from"] - DAY, rule["effective_from"]]
        sides = [
            decide(
                questions.with_columns(date=day, headquarters="destination"),
                rule["regimes"].split("|")[0],
            )["rule_ids"].explode()
            for day in days
        ]
        assert rule["rule_id"] not in sides[0].to_list()
        assert rule["rule_id"] in sides[1].to_list()


@pytest.mark.parametrize("since", BOOK.starts, ids=str)
def test_every_day_on_which_a_row_begins_or_ends_changes_something(since):
    places = [(c, c) for c in ("CN", "MO", "VN", "AE", "MY", "NI", "KH", "RU", "BY", "CY")]
    pairs = [*places, ("SG", "KH"), ("SG", "CY"), ("SG", "CN")]
    questions = (
        parts()
        .select("chip")
        .join(
            pl.DataFrame(pairs, schema=("destination", "headquarters"), orient="row"),
            how="cross",
        )
    )
    compared = ["answer", "rule_ids", "eccn", "exceptions", "review_policy"]
    sides = [
        [
            decide(questions.with_columns(date=day), regime).select(compared)
            for regime in REGIMES
        ]
        for day in (since - DAY, since)
    ]
    assert any(not a.equals(b) for a, b in zip(*sides, strict=True))


@pytest.mark.parametrize("regime", REGIMES)
def test_many_questions_at_once_and_one_by_one_give_the_same(regime):
    frame = pl.DataFrame(CASES).select(
        "chip",
        "destination",
        pl.col("date").str.to_date(),
        headquarters=pl.col("headquarters").replace("", None),
    )
    together = decide(frame, regime).select(OUTPUT.names()).to_dicts()
    for row, case in zip(together, frame.rows(), strict=True):
        alone = licence_required(*case, regime)
        assert (row["answer"], row["sentence"]) == (alone.answer, alone.sentence)


def test_a_holding_is_judged_by_the_day_it_was_acquired():
    assert licence_required(A100, "CN", "2020-07-01", "CN").answer == "no"
    assert licence_required(H800, "CN", "2023-10-22", "CN").answer == "no"


def test_the_sentence_is_plain_and_names_everything_asked():
    found = licence_required(H100, "SG", "2024-03-01", "KH")
    assert found.sentence == (
        "NVIDIA H100 SXM5 80GB to SG (headquarters KH) on 2024-03-01: a licence is required "
        "(R2023-11): the rule of November 2023 controls it by processing performance and "
        "performance density, here by the headquarters."
    )
    assert found.thresholds == ("a.1: tpp 15,832 at least 4,800 (met)",)
    assert (
        "another export-control regime" in licence_required(H100, "KP", "2024-01-01").sentence
    )


def test_where_it_is_no_the_comparison_is_shown():
    found = licence_required(H800, "CN", "2023-06-01", "CN")
    assert found.thresholds == (
        "both prongs: tpp 15,832 at least 4,800 (met), io_total_gbs 528 at least 600 (not met)",
    )


def test_headquarters_not_known_matter_only_where_they_decide():
    assert licence_required(H100, "CN", "2024-06-01").answer == "yes"
    assert licence_required("NVIDIA T4", "SG", "2024-06-01").answer == "no"
    assert licence_required(H100, "SG", "2023-06-01").answer == "no"
    assert licence_required(H100, "SG", "2024-06-01").missing == ("headquarters",)
    found = licence_required(H100, "VN", "2023-12-01")
    assert found.review_policy == "not known: depends on headquarters"


def test_empty_cells_are_not_known_and_named():
    frame = pl.DataFrame(
        {
            "chip": [None, H100, H100],
            "destination": ["CN", "CN", None],
            "date": [date(2024, 1, 1), None, date(2024, 1, 1)],
            "headquarters": ["CN", "CN", "MY"],
        }
    )
    found = decide(frame)
    assert found["answer"].to_list() == ["unknown"] * 3
    assert found["missing"].to_list() == [["chip"], ["date"], ["destination"]]


def test_unknown_performance_leaves_the_test_of_2022_open_even_where_a_prong_is_missed():
    assert asked(TEST_2022, io_total_gbs=100.0).missing == ("tpp",)
    assert asked(TEST_2022, tpp=4000.0).answer == "no"
    assert asked(TEST_2022, tpp=5000.0).missing == ("io_total_gbs",)


def test_inside_the_united_states_headquarters_bring_nothing_in():
    assert licence_required(H100, "US", "2024-06-01", "CN").answer == "no"
    assert licence_required(H100, "CA", "2024-06-01", "CN").answer == "yes"


def test_every_one_of_many_rows_has_its_own_answer():
    many = pl.DataFrame(
        {
            "chip": [H100, "NVIDIA T4", A100] * 100_000,
            "destination": ["CN", "CN", "SG"] * 100_000,
            "date": [TEST_2023, TEST_2023, TEST_2022] * 100_000,
        }
    )
    assert decide(many)["answer"].to_list() == ["yes", "no", "no"] * 100_000


def test_no_questions_give_no_answers():
    frame = pl.DataFrame(schema={"chip": pl.String, "destination": pl.String, "date": pl.Date})
    found = decide(frame)
    assert found.height == 0
    assert set(OUTPUT) < set(found.columns)


def test_the_answers_have_the_stated_types():
    frame = pl.DataFrame({"chip": [H100], "destination": ["CN"], "date": [TEST_2023]})
    assert decide(frame).select(OUTPUT.names()).schema == OUTPUT


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        (("H100", "CN", TEST_2023), "NVIDIA H100 SXM5 80GB"),
        ((H100, "China", TEST_2023), "CN"),
        ((H100, "CN", TEST_2023, "Peking"), "CN"),
        ((H100, "CN", "last autumn"), "YYYY-MM-DD"),
        ((H100, "CN", TEST_2023, "CN", "rumoured"), "enforced, codified"),
    ],
)
def test_a_question_that_cannot_be_asked_lists_the_valid_choices(question, listed):
    with pytest.raises(UsageError, match=listed):
        licence_required(*question)


def test_days_in_words_in_a_frame_are_refused():
    frame = pl.DataFrame({"chip": [H100], "destination": ["CN"], "date": ["2023-12-01"]})
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        decide(frame)
    with pytest.raises(UsageError, match="columns missing: date"):
        decide(frame.drop("date"))


def test_parts_given_by_the_caller_are_checked():
    with pytest.raises(UsageError, match="perf_density"):
        licence_required("made", "CN", TEST_2023, chips=pl.DataFrame({"name": ["made"]}))
    with pytest.raises(UsageError, match="twice"):
        licence_required("made", "CN", TEST_2023, chips=pl.DataFrame({"chip": ["made"] * 2}))


def test_the_timeline_has_no_gap_and_agrees_with_single_days():
    line = timeline(H800, "CN", "CN")
    assert line["answer"].to_list()[:2] == ["no", "yes"]
    assert line["from_date"][1] == date(2023, 10, 23)
    assert line["from_date"][0] is None
    assert line["until_date"][-1] is None
    for before, after in zip(line["until_date"][:-1], line["from_date"][1:], strict=True):
        assert after - before == DAY
        assert licence_required(H800, "CN", after, "CN").answer in line["answer"].to_list()


def row_of(table, **changed):
    return table.head(1).with_columns(
        pl.lit(v, dtype=table.schema[k]).alias(k) for k, v in changed.items()
    )


def test_next_months_rule_is_a_row():
    rule = row_of(
        BOOK.rules.filter(pl.col("rule_id") == "R2023-11"),
        rule_id="R2027-01",
        effective_from=date(2027, 1, 1),
        destination_scope="WORLD",
        test="2027",
    )
    line = row_of(
        BOOK.thresholds, test="2027", clause="a", eccn="3A090.d", measure="mem_bw_gbs",
        at_least=700.0,
    )  # fmt: skip
    book = replace(
        BOOK,
        rules=pl.concat([BOOK.rules, rule]),
        thresholds=pl.concat([BOOK.thresholds, line]),
    )
    question = ("NVIDIA V100 SXM2 32GB", "BR")
    assert licence_required(*question, "2026-12-31", "BR", book=book).answer == "no"
    found = licence_required(*question, "2027-01-01", "BR", book=book)
    assert (found.rule_ids, found.eccn) == (("R2027-01",), "3A090.d")


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("test", "2099", "test"),
        ("destination_scope", "MARS", "destination_scope"),
        ("role", "decrees", "role"),
        ("regimes", "rumoured", "regimes"),
        ("effective_from", None, "first day"),
        ("rule_id", "R2022-10", "twice"),
    ],
)
def test_a_wrong_row_is_named(column, value, problem):
    wrong = row_of(BOOK.rules, **{column: value})
    with pytest.raises(ReferenceTableError, match=problem):
        replace(BOOK, rules=pl.concat([wrong, BOOK.rules[1:]]))


def test_a_scope_that_names_nothing_and_a_day_in_words_are_named():
    wrong = pl.concat([row_of(BOOK.scopes, scope="X", includes="D9"), BOOK.scopes])
    with pytest.raises(ReferenceTableError, match="D9"):
        licence_required(H100, "CN", TEST_2023, book=replace(BOOK, scopes=wrong))
    with pytest.raises(ReferenceTableError, match="rules"):
        typed("rules", row_of(tables.table("rules"), effective_from="autumn"))


def test_a_period_has_an_answer_only_if_each_of_its_days_has_it():
    days = [
        (date(2023, 9, 1), date(2023, 9, 30)),
        (date(2023, 10, 1), date(2023, 10, 31)),
        (date(2023, 10, 1), date(2023, 10, 22)),
        (date(2023, 10, 23), date(2024, 12, 31)),
        (None, None),
    ]
    spans = pl.DataFrame(
        [(H800, "CN", "CN", *pair) for pair in days],
        schema={
            "chip": pl.String, "destination": pl.String, "headquarters": pl.String,
            "first_date": pl.Date, "last_date": pl.Date,
        },
        orient="row",
    )  # fmt: skip
    found = decide_over(spans)
    assert found["answer"].to_list() == ["no", "unknown", "no", "yes", "unknown"]
    assert found["missing"].to_list() == [[], ["day"], [], [], ["date"]]


def test_the_first_day_of_any_rule_is_the_letter_of_2022():
    assert first_day() == date(2022, 8, 26)
