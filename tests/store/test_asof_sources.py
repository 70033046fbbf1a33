"""As of a day, the store shows the map of that day: before it was mapped, while it was, after it went."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import unquote_plus

import pytest
from served import publishing

from indicia.cli import providers, work
from indicia.store import Store

JOB = providers.find().jobs["facilities/osm"]
TODAY = datetime.now(UTC)


def way(number, edited, **tags):
    return {
        "type": "way", "id": number, "center": {"lat": 1.5, "lon": 103.7}, "timestamp": edited,
        "version": 1, "changeset": 7, "user": "made", "uid": 8,
        "tags": {"telecom": "data_center", "addr:country": "MY", **tags},
    }  # fmt: skip


def overpass(day, *elements):
    return {"version": 0.6, "osm3s": {"timestamp_osm_base": day}, "elements": elements}


def ohsome(day, number, edited, **tags):
    told = {"@osmId": f"way/{number}", "@snapshotTimestamp": day, "@lastEdit": edited}
    told |= {"telecom": "data_center", "addr:country": "MY", **tags}
    point = {"type": "Point", "coordinates": [103.7, 1.5]}
    return {"type": "Feature", "geometry": point, "properties": told}


OLD = way(1, "2019-02-03T00:00:00Z", name="Old Hall", operator="Alpha")
RENAMED = way(1, "2020-09-09T00:00:00Z", name="New Hall", operator="Beta")
GONE = way(2, "2016-01-01T00:00:00Z", name="Gone Hall")
DAYS = {
    date(2018, 1, 1): overpass("2018-01-01T00:00:00Z", GONE),
    date(2020, 1, 1): overpass("2020-01-01T00:00:00Z", GONE, OLD),
    date(2021, 1, 1): {
        "type": "FeatureCollection",
        "features": [ohsome("2021-01-01T00:00:00Z", 1, "2020-09-09T00:00:00Z", name="New Hall", operator="Beta")],
    },
    None: overpass(f"{TODAY:%Y-%m-%dT%H:%M:%SZ}", RENAMED),
}  # fmt: skip
ORDERS = [list(DAYS), list(reversed(DAYS)), [None, *list(DAYS)[:3]]]


@pytest.fixture(
    scope="module", params=ORDERS, ids=["oldest first", "newest first", "present first"]
)
def home(request, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("maps")
    for day in request.param:
        path = tmp_path / f"{day}.json"
        path.write_text(json.dumps(DAYS[day]), encoding="utf-8")
        tasks = work.file_tasks(JOB, path, day)
        made = work.refresh(
            tmp_path / "home", tasks, accept_shrink=True, progress=lambda _t: None
        )
        assert not made.has_failed, made.reports
    return tmp_path / "home"


def names(home, *day):
    with Store.open(home, as_of=date(*day) if day else None) as store:
        return store.sql("SELECT name FROM facility ORDER BY name").to_series().to_list()


def operators(home, *day):
    with Store.open(home, as_of=date(*day) if day else None) as store:
        return (
            store.sql("SELECT party_name FROM facility_party ORDER BY 1").to_series().to_list()
        )


def test_a_facility_is_hidden_before_it_was_mapped_and_shown_after(home):
    assert "Old Hall" not in names(home, 2018, 6, 1)
    assert "Old Hall" in names(home, 2020, 1, 2)


def test_a_renamed_object_bears_the_name_of_the_day(home):
    assert names(home, 2020, 8, 1) == ["Gone Hall", "Old Hall"]
    assert names(home, 2021, 1, 2) == names(home) == ["New Hall"]


def test_an_object_that_left_the_map_is_gone_from_the_day_that_lacks_it(home):
    assert "Gone Hall" in names(home, 2020, 12, 31)
    assert "Gone Hall" not in names(home, 2021, 1, 2)


def test_a_former_operator_ends_with_the_day_that_names_another(home):
    assert operators(home, 2020, 1, 2) == ["Alpha"]
    assert operators(home) == ["Beta"]


def test_nothing_is_known_before_the_first_day_asked_for(home):
    assert names(home, 2015, 1, 1) == []


def test_an_edit_is_dated_by_itself_where_the_days_around_it_were_asked_for(home):
    assert names(home, 2020, 9, 1) == ["Gone Hall", "Old Hall"]
    with Store.open(home) as store:
        found = store.sql("SELECT published_utc, published_basis FROM facility")
    moment, basis = found.row(0)
    assert basis == "stated"
    assert moment.date() <= date(2021, 1, 1)


def answers(asked):
    """Overpass for a map that held one hall in Malaysia until 2020, and another since 2021."""
    query = unquote_plus(asked.path)
    said = re.search(r'date:"(\d{4})', query)
    year = int(said[1]) if said else TODAY.year
    base = f"{year}-01-01T00:00:00Z" if said else f"{TODAY:%Y-%m-%dT%H:%M:%SZ}"
    old = way(1, "2019-02-03T00:00:00Z", name="Old Hall")
    new = way(2, "2020-12-03T00:00:00Z", name="New Hall")
    here = [old] if year <= 2020 else [new]
    there = [way(3, "2018-05-05T00:00:00Z", name="Other Hall")]
    shown = here if '"MY"' in query else there if '"SG"' in query else []
    empty = not shown and not said
    elements = shown or ([way(100 + len(query), "2018-05-05T00:00:00Z")] if empty else [])
    return 200, {}, json.dumps(overpass(base, *elements)).encode()


def test_a_live_refresh_since_a_day_loads_every_year_as_a_snapshot_of_its_own(tmp_path):
    with publishing(answers) as server:
        source = replace(
            JOB.source,
            url=f"{server.url}/",
            hosts=("127.0.0.1",),
            pause_seconds=0.0,
            per_minute=0,
        )
        job = replace(
            JOB,
            source=source,
            plan=lambda asked: [replace(r, url=server.url) for r in JOB.plan(asked)],
        )
        tasks = work.live_tasks([job], {}, since=date(2018, 1, 1))
        made = work.refresh(tmp_path, tasks, accept_shrink=True, progress=lambda _t: None)
    assert not made.has_failed, made.reports
    assert "Old Hall" not in names(tmp_path, 2019, 1, 31)
    assert "Old Hall" in names(tmp_path, 2019, 2, 4)
    assert "New Hall" not in names(tmp_path, 2020, 12, 2)
    assert {"New Hall", "Old Hall"} <= set(names(tmp_path, 2020, 12, 4))
    assert "Old Hall" not in names(tmp_path, 2021, 1, 2)
    assert "Other Hall" in names(tmp_path)
