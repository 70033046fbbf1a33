"""The program around refreshes: due, dry run, report, digest, schedules, and new sources."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date

import pytest
from served import eia_page, job_at, publishing

from indicia.cli import (
    main,
    providers,
    run_report,
    schedule,
    source_check,
    source_template,
    work,
)
from indicia.schema import OBSERVED
from indicia.sources.contract import Request

JSON = {"Content-Type": "application/json"}


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


@pytest.fixture
def server():
    with publishing(
        lambda _a: (200, JSON, json.dumps(eia_page("TVA", [20000, 21000])).encode())
    ) as it:
        yield it


@pytest.fixture
def jobs(server, monkeypatch):
    """Two sources of two families that ask the server, one that lacks its key, one of files only."""

    def made(name, family, *requests, **facts):
        job = job_at("power/eia930", server.url, (), every_hours=24, key_is_optional=False)
        source = replace(job.source, name=name, family=family, **facts)
        return replace(job, source=source, plan=lambda _asked: requests)

    asks = Request(f"{server.url}/data", {"a": "1"})
    keyed = replace(asks, secret_params={"api_key": "MADE_KEY"})
    found = [
        made("one", "power", asks),
        made("two", "customs", Request(f"{server.url}/form", form='{"q": 1}')),
        made("keyed", "power", keyed, key_variable="MADE_KEY"),
        made("filed", "power"),
    ]
    monkeypatch.setattr(
        providers, "find", lambda: providers.Found({j.source.id: j for j in found})
    )
    monkeypatch.delenv("MADE_KEY", raising=False)


@pytest.mark.usefixtures("jobs")
def test_a_refresh_asks_what_is_due_and_a_second_one_nobody(indicia, server, tmp_path):
    code, out, _ = indicia("refresh", "--json", "--report", tmp_path / "r.json")
    outcomes = {r["source"]: r["outcome"] for r in json.loads(out)}
    assert code == 0, out
    assert outcomes == {
        "power/one": "loaded",
        "customs/two": "loaded",
        "power/keyed": "not configured",
    }
    server.asked.clear()
    code, out, problem = indicia("refresh")
    assert (code, server.asked) == (0, [])
    assert "No source is due" in problem
    code, out, _ = indicia("refresh", "--all", "--json")
    assert len(server.asked) == 2
    assert {r["outcome"] for r in json.loads(out)} == {"unchanged", "not configured"}


@pytest.mark.usefixtures("jobs")
def test_a_source_without_its_key_is_named_with_what_to_run_and_the_exit_code_is_fine(indicia):
    code, _, problem = indicia("refresh", "power/keyed")
    assert code == 0
    assert "MADE_KEY" in problem
    assert "indicia refresh power/keyed" in problem
    code, out, _ = indicia("doctor", "--json")
    said = [r["finding"] for r in json.loads(out) if r["check"] == "power/keyed"]
    assert "MADE_KEY is not set" in said[0]
    assert "indicia refresh power/keyed" in said[0]


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize(
    ("arguments", "sources"),
    [
        (("--only", "power/one"), {"power/one"}),
        (("--family", "customs"), {"customs/two"}),
        (("one", "--only", "two"), {"power/one", "customs/two"}),
        ((), {"power/one", "customs/two", "power/keyed"}),
    ],
)
def test_a_dry_run_lists_requests_and_asks_nobody(indicia, server, arguments, sources):
    code, out, _ = indicia("refresh", *arguments, "--dry-run", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {r["source"] for r in rows} == sources
    assert not server.asked
    keyed = [r for r in rows if r["source"] == "power/keyed"]
    assert all(r["keys"] == "api_key from MADE_KEY" for r in keyed)
    assert all("MADE_KEY" in r["state"] for r in keyed)


@pytest.mark.usefixtures("jobs")
def test_an_unknown_family_is_a_usage_error(indicia):
    code, _, problem = indicia("refresh", "--family", "weather")
    assert (code, "customs, power" in problem) == (2, True)


@pytest.mark.usefixtures("jobs")
def test_a_report_says_what_happened_and_the_exit_code_whether_anything_failed(
    indicia, server, tmp_path
):
    target = tmp_path / "report.json"
    server.answer = lambda a: (
        (404, {}, b"") if "form" in a.path else (200, JSON, b"<html>Sign in</html>")
    )
    code, _, _ = indicia("refresh", "--report", target)
    report = json.loads(target.read_text())
    assert (code, report["has_failed"], report["store"]) == (1, True, 1)
    by = {s["source"]: s for s in report["sources"]}
    assert by["power/one"]["outcome"] == by["customs/two"]["outcome"] == "failed"
    assert (by["power/one"]["requests"], by["power/one"]["bytes"]) == (1, 20)
    assert by["power/one"]["issues"][0]["remedy"]
    assert by["power/one"]["seconds"] >= 0
    assert report["data_version"]


@pytest.mark.usefixtures("jobs")
def test_a_report_is_written_when_the_refresh_cannot_be_carried_out(indicia, tmp_path):
    assert indicia("refresh")[0] == 0
    (manifest,) = (tmp_path / "home" / "stores").glob("manifest-*")
    manifest.write_text("{")
    code, _, problem = indicia("refresh", "--report", tmp_path / "r.json")
    report = json.loads((tmp_path / "r.json").read_text())
    assert (code, report["has_failed"], report["sources"]) == (1, True, [])
    assert report["problem"] in problem


def test_the_digest_names_facilities_that_moved_and_the_evidence_that_came(
    own_demo_home, tmp_path
):
    home = own_demo_home
    job = providers.find().jobs["context/analyst"]
    path = tmp_path / "facility.csv"
    path.write_text(
        "facility_id,name,country_iso2,coord_precision,site_class,is_declared_ai,source_url\n"
        "analyst-new-hall,New Hall,CN,city,ai,true,https://example.org/a\n"
    )
    outcome = work.refresh(home, work.file_tasks(job, path, None), progress=lambda _t: None)
    rows = run_report.changed(home, outcome)
    (new,) = [r for r in rows if r["facility_id"] == "analyst-new-hall"]
    assert (new["verdict_was"], new["name"]) == (None, "New Hall")
    again = work.refresh(home, work.file_tasks(job, path, None), progress=lambda _t: None)
    assert not run_report.changed(home, again)


@pytest.mark.parametrize("form", ["systemd", "cron", "ci"])
def test_a_schedule_is_printed_with_variables_by_name_only(
    indicia, monkeypatch, form, tmp_path
):
    monkeypatch.setenv("EIA_API_KEY", "s3cr3t-value")
    code, out, _ = indicia("schedule", "--as", form, "--every", "60")
    assert code == 0
    assert "EIA_API_KEY" in out
    assert "s3cr3t-value" not in out
    assert "refresh --report" in out
    if form != "ci":
        assert str(tmp_path / "home") in out


def test_a_period_that_cron_cannot_say_is_a_usage_error(indicia):
    code, _, problem = indicia("schedule", "--as", "cron", "--every", "45")
    assert (code, "divides an hour" in problem) == (2, True)
    for minutes in (15, 60, 120, 1440):
        assert indicia("schedule", "--as", "ci", "--every", minutes)[0] == 0


@pytest.mark.usefixtures("jobs")
def test_the_foreground_schedule_refreshes_and_ends_after_its_rounds(
    indicia, server, monkeypatch
):
    monkeypatch.setattr(schedule.signal, "signal", lambda *_: None)
    monkeypatch.setattr(schedule.random, "uniform", lambda *_: -10.0)
    code, _, _ = indicia("schedule", "--run", "--every", "1", "--rounds", "2")
    assert code == 0
    assert len(server.asked) == 2


def test_the_foreground_schedule_stops_on_a_signal_and_lets_go_of_the_lock(tmp_path):
    from indicia.store import writing

    home = tmp_path / "home"
    environ = {**os.environ, "INDICIA_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    code = (
        f"import sys; sys.path[:0] = {[p for p in sys.path if p]!r}\n"
        "from indicia.cli import main, providers\n"
        "providers.find = lambda: providers.Found({})\n"
        "sys.argv = ['indicia', 'schedule', '--run']\nmain()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environ, stderr=subprocess.PIPE, text=True
    )
    for line in process.stderr:
        if "waiting" in line:
            break
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert time.monotonic() - began < 10
    with writing(home, 0.5, lambda _t: None):
        pass


@pytest.mark.parametrize("table", ["event", "power_load", "staffing_count", "shipment"])
def test_a_new_source_replays_and_only_its_marks_are_left(tmp_path, monkeypatch, table):
    import ingest

    name = f"made{table.replace('_', '')}/gridwatch"
    for path, text in source_template.files(name, OBSERVED[table]).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    monkeypatch.setattr(ingest, "__path__", [*ingest.__path__, str(tmp_path / "ingest")])
    rows = {r["check"]: r for r in source_check.run(name, tmp_path)}
    problems = {check for check, row in rows.items() if row["state"] == "problem"}
    assert problems == {"filled in"}, rows
    assert "gridwatch.toml:1" in rows["filled in"]["finding"]
    assert {"definition", "plan", "replay made", "mutated made"} <= set(rows)
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(source_check_config())]
    for action in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [*ruff, *action, *config, str(tmp_path / "ingest")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def source_check_config():
    from pathlib import Path

    return Path(__file__).parents[2] / "pyproject.toml"


def test_a_source_that_breaks_its_contract_is_told_how(tmp_path, monkeypatch):
    import ingest

    name = "madebroken/source"
    for path, text in source_template.files(name, OBSERVED["event"]).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("FILL IN: ", ""))
    parser = tmp_path / "ingest" / f"{name}.py"
    parser.write_text(
        parser.read_text()
        + "\n\ndef plan(asked):\n    from indicia.sources.contract import Request\n"
        "    return [Request('https://elsewhere.example.net/')]\n"
        "\n\nread = parse\n\n\ndef parse(body, fetch):\n    body.decode()\n    return read(body, fetch)\n"
    )
    monkeypatch.setattr(ingest, "__path__", [*ingest.__path__, str(tmp_path / "ingest")])
    rows = {r["check"]: r for r in source_check.run(name, tmp_path)}
    assert rows["filled in"]["state"] == "fine"
    assert "elsewhere.example.net is not among hosts" in rows["plan"]["finding"]
    assert "UnicodeDecodeError" in rows["mutated made"]["finding"]


def test_a_shipped_source_passes_its_check(indicia):
    code, out, _ = indicia("source", "check", "entities/csl", "--json")
    states = {r["check"]: (r["state"], r["finding"]) for r in json.loads(out)}
    assert code == 0, states


def test_a_new_source_needs_a_sound_name_and_a_known_table(indicia):
    assert indicia("source", "new", "Power/Grid")[0] == 2
    assert indicia("source", "new", "power/grid", "--table", "nothing")[0] == 2
    assert indicia("source", "new", "power/eia930")[0] == 2
    assert indicia("source", "check", "power/nowhere")[0] == 2


def test_since_reaches_the_plan(tmp_path, server):
    asked = []
    job = replace(job_at("power/eia930", server.url, ()), plan=lambda a: asked.append(a) or [])
    work.refresh(
        tmp_path,
        work.live_tasks([job], {}, since=date(2026, 1, 2)),
        progress=lambda _t: None,
    )
    assert asked[0].since == date(2026, 1, 2)
