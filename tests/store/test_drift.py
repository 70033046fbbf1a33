"""A publisher whose fields, lines or addresses drift: refused or told, never loaded in silence."""

import json
from dataclasses import replace

import pytest
from served import eia_page, job_at, publishing

from indicia.cli import work
from indicia.schema import FACILITY, PROCUREMENT_NOTICE, parsed
from indicia.sources.contract import Parsed, Rejection
from indicia.store import Store

JSON = {"Content-Type": "application/json"}
PAGE = json.dumps(eia_page("A", [1, 2])).encode()


def refresh(home, job, **options):
    outcome = work.refresh(
        home, work.live_tasks([job], {}), progress=lambda _t: None, **options
    )
    return outcome.reports[0]


def telling(server, table, bodies, *, is_snapshot=False, paths=("/a",)):
    """A job whose body n holds the rows of `bodies[n]`; no rows stand for a body nobody can read."""
    job = job_at("power/eia930", server.url, paths, every_hours=0, rows_at_least=0)
    source = replace(job.source, tables=(table.name,), is_snapshot=is_snapshot)

    def parse(body, _fetch):
        rows = bodies[int(body)]
        lost = [] if rows else [Rejection("no id", "id", "a number", "None", count=3)]
        return Parsed({table.name: parsed(table).frame(rows)}, len(rows) or 3, lost)

    return replace(job, source=source, parse=parse)


def notices(**changes):
    return [
        {"process_id": "p", "notice_id": "n", "line_id": f"award-{n}", "stage": "award", "title": "GPU",
         "supplier_names": f"Example {n}", **changes}
        for n in range(4)
    ]  # fmt: skip


def test_a_body_in_which_a_column_is_empty_that_was_filled_is_refused_and_may_be_accepted(
    tmp_path,
):
    bodies = [notices(), notices(supplier_names=None)]
    number = [0]
    with publishing(lambda _a: (200, {}, str(number[0]).encode())) as server:
        job = telling(server, PROCUREMENT_NOTICE, bodies)
        assert refresh(tmp_path, job).outcome == "loaded"
        number[0] = 1
        report = refresh(tmp_path, job)
        assert report.outcome == "failed"
        assert "supplier_names" in report.issues[0]["expected"]
        assert suppliers(tmp_path) == {f"Example {n}" for n in range(4)}
        assert refresh(tmp_path, job, accept_shrink=True).outcome == "loaded"
        assert suppliers(tmp_path) == {None}


def suppliers(home):
    with Store.open(home) as store:
        return set(store.sql("SELECT supplier_names FROM procurement_notice")["supplier_names"])


def test_one_value_that_is_withdrawn_is_a_correction_and_loads(tmp_path):
    bodies = [notices(), [{**notices()[0], "supplier_names": None}, *notices()[1:]]]
    number = [0]
    with publishing(lambda _a: (200, {}, str(number[0]).encode())) as server:
        job = telling(server, PROCUREMENT_NOTICE, bodies)
        refresh(tmp_path, job)
        number[0] = 1
        assert refresh(tmp_path, job).outcome == "loaded"
    assert None in suppliers(tmp_path)


def test_lines_that_a_notice_had_and_lacks_now_stay_and_are_told(tmp_path):
    tender = {**notices()[0], "line_id": "tender", "stage": "tender"}
    more = [{**tender, "notice_id": f"m{n}"} for n in range(3)]
    bodies = [[*notices(), tender, *more], [{**tender, "title": "GPUs"}, *more]]
    number = [0]
    with publishing(lambda _a: (200, {}, str(number[0]).encode())) as server:
        job = telling(server, PROCUREMENT_NOTICE, bodies)
        refresh(tmp_path, job)
        number[0] = 1
        report = refresh(tmp_path, job)
    assert [(i["rule"], i["received"][:6]) for i in report.issues] == [
        ("lines missing", "4 of 8")
    ]
    with Store.open(tmp_path) as store:
        assert store.sql("SELECT count(*) FROM procurement_notice").item() == 8


def test_a_part_of_a_snapshot_of_which_nothing_can_be_read_ends_no_rows(tmp_path):
    def sites(part, size):
        return [
            {"facility_id": f"{part}-{n}", "publisher_key": f"{part}{n}", "name": "Hall",
             "country_iso2": "MY", "coord_precision": "site", "site_class": "unknown"}
            for n in range(size)
        ]  # fmt: skip

    bodies = [sites("a", 20), sites("b", 3), sites("a", 20)[:19], []]
    offset = [0]

    def answer(asked):
        return 200, {}, str(offset[0] + asked.path.endswith("2")).encode()

    with publishing(answer) as server:
        job = telling(server, FACILITY, bodies, is_snapshot=True)
        second = replace(job.plan(None)[0], url=f"{server.url}/2")
        job = replace(job, following=lambda r, _b: None if r.url.endswith("2") else second)
        assert refresh(tmp_path, job).outcome == "loaded"
        offset[0] = 2
        report = refresh(tmp_path, job)
    assert report.refused == 1
    with Store.open(tmp_path) as store:
        assert store.sql("SELECT count(*) FROM facility").item() == 23


@pytest.mark.parametrize(
    "place",
    ["http://[::ffff:127.0.0.1/x", "http://127.0.0.1:99999/x", "http://[::ffff:127.0.0.1]/x"],
)
def test_a_redirect_to_what_is_no_address_of_the_publisher_is_one_plain_failure(
    tmp_path, place
):
    with publishing(lambda _a: (302, {"Location": place}, b"")) as server:
        report = refresh(tmp_path, job_at("power/eia930", server.url))
        assert (report.outcome, len(server.asked)) == ("failed", 1)
    assert "Traceback" not in report.message


def test_a_redirect_to_another_port_of_the_same_host_is_not_followed(tmp_path):
    with (
        publishing(lambda _a: (200, JSON, PAGE)) as neighbour,
        publishing(lambda _a: (302, {"Location": f"{neighbour.url}/a"}, b"")) as server,
    ):
        report = refresh(tmp_path, job_at("power/eia930", server.url))
        assert not neighbour.asked
    assert "is not the publisher's" in report.message
