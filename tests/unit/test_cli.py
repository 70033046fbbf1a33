"""The program: exit codes, JSON, one line per error, additions that go the way of every source."""

import json
import sys

import polars as pl
import pytest

from indicia.cli import main


@pytest.fixture
def indicia(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INDICIA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["indicia", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


def test_an_unknown_source_is_a_usage_error_that_names_the_known_ones(indicia):
    code, _, problem = indicia("refresh", "power/nowhere")
    assert code == 2
    assert "no source is named power/nowhere" in problem
    assert "power/eia930" in problem


def test_an_unknown_command_is_a_usage_error(indicia):
    assert indicia("frobnicate")[0] == 2


def test_a_missing_file_is_a_usage_error(indicia):
    code, _, problem = indicia("refresh", "facilities/epoch", "--from", "nowhere.csv")
    assert (code, "no such file" in problem) == (2, True)


def test_bad_data_exit_with_one_and_are_explained_in_json_and_words(indicia, tmp_path):
    (tmp_path / "bad.json").write_text("{")
    code, out, problem = indicia(
        "refresh", "power/eia930", "--from", tmp_path / "bad.json", "--json"
    )
    assert code == 1
    assert json.loads(out)[0]["outcome"] == "failed"
    assert "bad.json" in problem


def test_a_source_without_its_key_is_skipped_and_the_run_is_fine(indicia, monkeypatch):
    monkeypatch.delenv("EIA_API_KEY", raising=False)
    code, out, _ = indicia("refresh", "power/eia_retail", "--json")
    assert code == 0
    assert json.loads(out)[0]["outcome"] == "not configured"


def test_an_empty_home_is_answered_helpfully(indicia):
    for of in ("facilities", "lanes", "organisations"):
        code, out, _ = indicia("score", "--of", of, "--json")
        assert (code, json.loads(out)) == (0, [])
    code, out, _ = indicia("doctor", "--json")
    assert code == 0
    assert "nothing published yet" in out


FACILITY = ("facility_id=analyst-made-hall", "name=Made Hall", "country_iso2=CN", "coord_precision=city",
            "latitude_deg=30.0", "longitude_deg=110.0", "site_class=ai", "is_declared_ai=true")  # fmt: skip
CITED = "source_url=https://example.org/report"


def test_a_person_adds_a_facility_an_observation_an_exposure_and_a_document(indicia, tmp_path):
    assert indicia("add", "facility", *FACILITY, CITED)[0] == 0
    assert indicia("add", "observation", "facility_id=analyst-made-hall", "on_date=2025-01-01", "power_kind=capacity", "power_reported_mw=40", "is_projection=false", CITED)[0] == 0  # fmt: skip
    assert indicia("add", "exposure", "facility_id=analyst-made-hall", "scope_kind=lane", "scope_id=TWN>MYS", "weight_share=0.1", "basis=made", CITED)[0] == 0  # fmt: skip
    assert indicia("add", "document", "document_id=made-1", "title=Made", "statement=Says so", "author_role=analyst", "document_sha256=" + "0" * 64)[0] == 0  # fmt: skip
    code, out, _ = indicia("score", "--json")
    (row,) = json.loads(out)
    assert (code, row["facility_id"], row["country_iso2"]) == (0, "analyst-made-hall", "CN")
    target = tmp_path / "list.parquet"
    assert indicia("export", target)[0] == 0
    assert pl.read_parquet(target)["facility_id"].to_list() == ["analyst-made-hall"]


def test_an_addition_without_a_citation_is_refused_and_says_why(indicia):
    code, _, problem = indicia("add", "facility", *FACILITY)
    assert code == 1
    assert "Add the address or hash of the document" in problem


def test_an_addition_with_an_unknown_column_is_a_usage_error_that_names_the_columns(indicia):
    code, _, problem = indicia("add", "facility", "colour=red", CITED)
    assert code == 2
    assert "coord_precision" in problem


def test_an_export_of_an_unknown_format_is_a_usage_error(indicia, tmp_path):
    code, _, problem = indicia("export", tmp_path / "list.docx")
    assert (code, "names no format" in problem) == (2, True)


@pytest.mark.parametrize(
    ("chip", "to", "on", "answer"),
    [
        ("NVIDIA H800 SXM5 80GB", "CN", "2023-10-22", "no"),
        ("NVIDIA H800 SXM5 80GB", "CN", "2023-10-23", "yes"),
        ("NVIDIA A100 SXM4 80GB", "CN", "2020-06-01", "no"),
        ("Huawei Ascend 910D", "CN", "2025-06-01", "unknown"),
        ("NVIDIA H100 SXM5 80GB", "RU", "2024-01-01", "outside_scope"),
    ],
)
def test_the_policy_clock_answers_with_its_reason(indicia, chip, to, on, answer):
    code, out, problem = indicia("rules", chip, "--to", to, "--on", on, "--json")
    (found,) = json.loads(out)
    assert (code, found["answer"]) == (0, answer)
    assert chip in found["sentence"]
    assert "No legal advice" in found["caveat"]
    code, out, problem = indicia("rules", chip, "--to", to, "--on", on)
    assert "No legal advice" in problem
    assert "nothing" not in out


def test_a_short_name_is_answered_for_every_part_it_may_mean(indicia):
    _, out, _ = indicia("rules", "h800", "--to", "CN", "--on", "2023-11-01", "--json")
    answers = {row["sentence"].split(" to ")[0]: row["answer"] for row in json.loads(out)}
    assert answers == {"NVIDIA H800 PCIe 80GB": "yes", "NVIDIA H800 SXM5 80GB": "yes"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("NVIDIA H80", "--to", "CN", "--on", "2024-01-01"), "NVIDIA H800"),
        (("NVIDIA H800 SXM5 80GB", "--to", "Atlantis", "--on", "2024-01-01"), "ATLANTIS"),
        (("NVIDIA H800 SXM5 80GB", "--to", "CN", "--on", "next week"), "YYYY-MM-DD"),
    ],
)
def test_a_question_the_clock_cannot_take_lists_the_choices(indicia, arguments, said):
    code, _, problem = indicia("rules", *arguments)
    assert (code, said in problem) == (2, True)


def test_accelerators_and_days_stand_for_hours(indicia):
    claim = ("claims", "--parameters", "37", "--tokens", "14.8", "--chip", "hopper")
    _, out, _ = indicia(*claim, "--accelerators", "4096", "--days", "27.1", "--json")
    (found,) = json.loads(out)
    assert found["mfu"] == pytest.approx(0.346, abs=0.001)
    assert [size for size, _ in found["days_on"]] == [4096, 2048, 10_000]
    code, _, problem = indicia(*claim, "--accelerators", "-1")
    assert (code, "accelerators must be a number above 0" in problem) == (2, True)
    code, _, problem = indicia(*claim, "--days", "20")
    assert (code, "days need accelerators" in problem) == (2, True)


def test_a_claim_is_computed_and_says_what_it_cannot_tell(indicia):
    code, out, problem = indicia("claims", "DeepSeek-V3 (pre-train)", "--json")
    (found,) = json.loads(out)
    assert code == 0
    assert found["mfu"] == pytest.approx(0.346, abs=0.001)
    assert "clears nobody" in problem
    code, out, _ = indicia("claims", "--json")
    assert len(json.loads(out)) >= 6
    assert indicia("claims", "--parameters", "37", "--hours", "1000")[0] == 2
    assert (
        indicia(
            "claims",
            "--parameters",
            "37",
            "--tokens",
            "14.8",
            "--hours",
            "-4",
            "--chip",
            "hopper",
        )[0]
        == 2
    )
