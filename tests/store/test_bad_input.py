"""Rubbish from a publisher: named with source, place, expectation and remedy; the last good data stay."""

import gzip
import json
import zlib
from dataclasses import replace

import pytest
from served import eia_page, job_at

from indicia.cli import providers, work
from indicia.errors import SourceUnavailableError
from indicia.store import Store

GOOD = eia_page("TVA", [20000, 21000, 22000])
QUIET = {"progress": lambda _t: None}


@pytest.fixture
def refresh(tmp_path, httpserver):
    def do(body, name="power/eia930", status=200, headers=None, **facts):
        httpserver.clear()
        httpserver.expect_request("/data").respond_with_data(
            body if isinstance(body, bytes) else json.dumps(body).encode(),
            status=status,
            headers=headers,
            content_type="application/json",
        )
        job = job_at(name, httpserver.url_for("").rstrip("/"), every_hours=0, **facts)
        return work.refresh(tmp_path, work.live_tasks([job], {}), **QUIET)

    return do


def held(home):
    with Store.open(home) as store:
        return store.sql("SELECT count(*) FROM power_load").item()


def last_issue(home):
    with Store.open(home) as store:
        return store.sql("SELECT * FROM issue ORDER BY seen_utc DESC, severity LIMIT 1").row(
            0, named=True
        )


REFUSED = {
    "truncated JSON": (json.dumps(GOOD)[:-40].encode(), "JSON"),
    "a web page with status 200": (
        b"<!DOCTYPE html><html><title>Sign in</title></html>",
        "data",
    ),
    "a wrong unit": (eia_page("TVA", [1, 2], **{"value-units": "megawatts"}), "megawatthours"),
    "a missing column": (
        {
            "response": {
                **GOOD["response"],
                "data": [
                    {k: v for k, v in r.items() if k != "value"}
                    for r in GOOD["response"]["data"]
                ],
            }
        },
        "value",
    ),
    "an empty page": (eia_page("TVA", []), "at least one"),
    "an empty body": (b"", "a body"),
    "rubbish": (bytes(range(256)) * 4, ""),
    "an error object": (
        {"error": {"code": "API_KEY_MISSING", "message": "No key"}},
        "a response",
    ),
}


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_refused_body_is_an_issue_and_the_last_good_data_stay(
    refresh, tmp_path, body, expected
):
    assert not refresh(GOOD).has_failed
    outcome = refresh(body)
    assert outcome.has_failed
    assert held(tmp_path) == 3
    issue = last_issue(tmp_path)
    assert issue["severity"] == "error"
    assert issue["source"] == "power/eia930"
    assert issue["place"]
    assert expected in (issue["expected"] or "")
    assert issue["remedy"]
    assert not refresh(eia_page("TVA", [20000, 21000, 22500])).has_failed
    assert held(tmp_path) == 3


def test_a_negative_demand_is_set_aside_with_its_row_and_the_others_load(refresh, tmp_path):
    outcome = refresh(eia_page("TVA", [20000, -500, 22000]))
    assert not outcome.has_failed
    assert held(tmp_path) == 2
    issue = last_issue(tmp_path)
    assert "-500" in issue["received"]
    assert "row 2" in issue["place"]


def test_a_gigabyte_packed_in_a_megabyte_is_refused_without_being_unpacked(refresh, tmp_path):
    assert not refresh(GOOD).has_failed
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join(packer.compress(b" " * 2**20) for _ in range(1024)) + packer.flush()
    assert len(bomb) < 2 * 2**20
    outcome = refresh(bomb, headers={"Content-Encoding": "gzip"})
    assert outcome.has_failed
    assert "MiB" in last_issue(tmp_path)["expected"]
    again = refresh(bomb)
    assert again.has_failed
    assert "MiB" in last_issue(tmp_path)["expected"]
    assert held(tmp_path) == 3


def test_a_bomb_in_a_file_is_refused_too(tmp_path):
    path = tmp_path / "TVA.csv.gz"
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    path.write_bytes(
        b"".join(packer.compress(b"0" * 2**20) for _ in range(1024)) + packer.flush()
    )
    job = providers.find().jobs["power/eia930"]
    outcome = work.refresh(tmp_path / "home", work.file_tasks(job, path, None), **QUIET)
    assert outcome.has_failed
    assert "MiB" in last_issue(tmp_path / "home")["expected"]


def test_a_truncated_gzip_is_refused(tmp_path):
    path = tmp_path / "TVA.csv.gz"
    path.write_bytes(gzip.compress(b"date_time,demand (MW)\n" * 1000)[:-20])
    job = providers.find().jobs["power/eia930"]
    outcome = work.refresh(tmp_path / "home", work.file_tasks(job, path, None), **QUIET)
    assert outcome.has_failed
    assert "complete gzip" in last_issue(tmp_path / "home")["expected"]


def test_one_bad_file_does_not_stop_the_others(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "TVA.json").write_text(json.dumps(GOOD))
    (folder / "bad.json").write_text("{")
    job = providers.find().jobs["power/eia930"]
    outcome = work.refresh(tmp_path / "home", work.file_tasks(job, folder, None), **QUIET)
    (report,) = outcome.reports
    assert report.outcome == "loaded"
    assert "1 of 2 bodies were refused" in report.message
    assert held(tmp_path / "home") == 3


def test_a_publisher_that_is_down_is_an_issue_and_no_loss(refresh, tmp_path):
    refresh(GOOD)
    outcome = refresh(b"gone", status=404)
    assert outcome.has_failed
    assert "status 404" in outcome.reports[0].message
    assert held(tmp_path) == 3


def test_a_redirect_to_a_foreign_host_is_not_followed(refresh):
    outcome = refresh(b"", status=302, headers={"Location": "https://example.org/steal"})
    assert outcome.has_failed
    assert "example.org" in outcome.reports[0].message


def test_a_source_without_its_key_is_not_configured_and_no_failure(tmp_path):
    from indicia.sources.contract import Request

    made = job_at("power/eia930", "http://127.0.0.1:9")
    request = Request("http://127.0.0.1:9/", secret_params={"api_key": "EIA_API_KEY"})
    job = replace(made, plan=lambda _asked: [request])
    outcome = work.refresh(tmp_path, work.live_tasks([job], {}), **QUIET)
    assert outcome.reports[0].outcome == "not configured"
    assert "EIA_API_KEY" in outcome.reports[0].message
    assert not outcome.has_failed


def test_a_key_reaches_the_publisher_and_nothing_else(httpserver):
    from indicia.sources.contract import Request
    from indicia.sources.session import Session

    secret = "s3cr3t-k3y"
    seen = []

    def answer(request):
        from werkzeug import Response

        seen.append((request.args.get("api_key"), request.headers.get("X-Key")))
        return Response(f"you sent {secret}", status=200)

    httpserver.expect_request("/data").respond_with_handler(answer)
    url = httpserver.url_for("/data")
    job = job_at("power/eia930", httpserver.url_for("").rstrip("/"))
    request = Request(
        url, {"a": "1"}, secret_params={"api_key": "K"}, secret_headers={"X-Key": "K"}
    )
    with Session(job.source, {"K": secret}) as session:
        found = session.get(request)
    assert seen == [(secret, secret)]
    assert secret not in request.place
    assert secret.encode() not in found.body

    httpserver.clear()
    httpserver.expect_request("/data").respond_with_data(f"bad {secret}", status=401)
    with (
        Session(job.source, {"K": secret}) as session,
        pytest.raises(SourceUnavailableError) as error,
    ):
        session.get(request)
    assert secret not in str(error.value)


def test_one_address_that_is_gone_does_not_stop_the_others(tmp_path, httpserver):
    url = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/gone").respond_with_data("not here", status=404)
    httpserver.expect_request("/data").respond_with_json(GOOD)
    job = job_at("power/eia930", url, ("/gone", "/data"))
    outcome = work.refresh(tmp_path, work.live_tasks([job], {}), **QUIET)
    (report,) = outcome.reports
    assert report.outcome == "loaded"
    assert "1 of 2 bodies were refused" in report.message
    assert held(tmp_path) == 3
