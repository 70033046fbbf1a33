"""Two vintages of one publisher: as of a day, as held on a day, and what changed between them."""

from datetime import UTC, date, datetime

import pytest

from indicia.answers import versions
from indicia.cli import providers, work
from indicia.errors import UsageError
from indicia.sources import intake
from indicia.sources.archive import Archive
from indicia.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = (
    "Date,Data center,Construction status,Power (MW),H100 equivalents,Buildings operational\n"
)
FIRST = (
    HEADER
    + "2024-01-01,Made Campus,One building runs,10,1000,1\n2025-06-01,Made Campus,Two run,20,2000,2\n"
)
SECOND = (
    HEADER
    + "2024-01-01,Made Campus,One building runs,10,1500,1\n2025-06-01,Made Campus,Two run,20,2000,2\n"
    + "2027-01-01,Made Campus,Three planned,30,3000,3\n"
)


@pytest.fixture
def load(tmp_path):
    job = providers.find().jobs["facilities/epoch"]

    def do(name, body, published):
        path = tmp_path / name
        path.write_text(body, encoding="utf-8")
        tasks = work.file_tasks(job, path, published)
        outcome = work.refresh(tmp_path / "home", tasks, progress=lambda _t: None)
        assert not outcome.has_failed, outcome.reports
        return outcome.reports[0]

    return do


def states(home, **limits):
    with Store.open(home, **limits) as store:
        rows = store.sql(
            "SELECT on_date, compute_estimated_h100e_count, is_projection FROM facility_state ORDER BY 1"
        )
    return rows.rows()


def test_as_of_a_day_shows_what_was_public_then_and_changes_are_listed(load, tmp_path):
    home = tmp_path / "home"
    load("first.csv", FIRST, date(2025, 12, 14))
    report = load("second.csv", SECOND, date(2025, 12, 17))
    assert (report.delta.added, report.delta.changed, report.delta.vanished) == (1, 1, 0)
    old = [(date(2024, 1, 1), 1000.0, False), (date(2025, 6, 1), 2000.0, False)]
    new = [
        (date(2024, 1, 1), 1500.0, False),
        (date(2025, 6, 1), 2000.0, False),
        (date(2027, 1, 1), 3000.0, True),
    ]
    assert states(home, as_of=date(2025, 12, 15)) == old
    assert states(home, as_of=date(2025, 12, 17)) == states(home) == new
    assert states(home, as_of=date(2025, 12, 13)) == []
    assert states(home, as_held=date(2000, 1, 1)) == []
    with Store.open(home) as store:
        found = versions.changes(store, "facilities/epoch")
    told = {
        (r["change"], r["column_name"], r["was"], r["became"])
        for r in found.iter_rows(named=True)
    }
    assert told == {
        ("changed", "compute_estimated_h100e_count", "1000.0", "1500.0"),
        ("added", "", None, None),
    }


def test_the_order_in_which_vintages_arrive_does_not_matter(load, tmp_path):
    home = tmp_path / "home"
    load("second.csv", SECOND, date(2025, 12, 17))
    load("first.csv", FIRST, date(2025, 12, 14))
    assert [r[1] for r in states(home, as_of=date(2025, 12, 15))] == [1000.0, 2000.0]
    assert [r[1] for r in states(home)] == [1500.0, 2000.0, 3000.0]


def test_a_value_that_vanishes_is_listed_and_leaves_the_current_view(load, tmp_path):
    load("second.csv", SECOND, date(2025, 12, 17))
    report = load("third.csv", FIRST, date(2025, 12, 20))
    assert report.delta.vanished == 1
    with Store.open(tmp_path / "home") as store:
        found = versions.changes(store, "facilities/epoch", since=date(2025, 12, 18))
    assert "vanished" in found["change"].to_list()


def test_a_hindcast_never_sees_a_row_published_later(load, tmp_path):
    load("first.csv", FIRST, date(2025, 12, 14))
    load("second.csv", SECOND.replace("1500", "999999"), date(2026, 5, 1))
    with work.open_assessed(
        tmp_path / "home", date(2026, 1, 1), None, lambda _t: None
    ) as store:
        assert (
            store.sql("SELECT max(compute_estimated_h100e_count) FROM facility_state").item()
            == 2000
        )
        assert (
            store.sql("SELECT count(*) FROM evidence_source WHERE quote LIKE '%999999%'").item()
            == 0
        )


def test_a_snapshot_that_lost_half_its_rows_is_refused_until_accepted(load, tmp_path):
    load("second.csv", SECOND, date(2025, 12, 17))
    job = providers.find().jobs["facilities/epoch"]
    path = tmp_path / "short.csv"
    path.write_text(FIRST.rsplit("2025-06", 1)[0])
    tasks = work.file_tasks(job, path, date(2025, 12, 20))
    outcome = work.refresh(tmp_path / "home", tasks, progress=lambda _t: None)
    assert outcome.has_failed
    assert "--accept-shrink" in outcome.reports[0].message
    assert len(states(tmp_path / "home")) == 3
    outcome = work.refresh(
        tmp_path / "home", tasks, progress=lambda _t: None, accept_shrink=True
    )
    assert not outcome.has_failed
    assert len(states(tmp_path / "home")) == 1


@pytest.mark.parametrize(
    ("published", "is_current"), [(date(2026, 3, 1), True), (date(2025, 12, 1), False)]
)
def test_a_release_newer_than_the_starter_facts_is_current_and_an_older_one_is_not(
    own_demo_home, tmp_path, published, is_current
):
    job = providers.find().jobs["facilities/epoch"]
    path = tmp_path / "release.csv"
    path.write_text(SECOND, encoding="utf-8")
    tasks = work.file_tasks(job, path, published)
    outcome = work.refresh(own_demo_home, tasks, progress=lambda _t: None, accept_shrink=True)
    assert not outcome.has_failed
    with Store.open(own_demo_home) as store:
        held = store.sql(
            "SELECT count(*) FROM facility_state WHERE facility_id = 'epoch-made-campus'"
        ).item()
    assert (held == 3) is is_current


def test_a_file_that_cannot_be_read_is_named_and_is_no_full_disk(tmp_path):
    path = tmp_path / "loop.csv"
    path.symlink_to(path)
    job = providers.find().jobs["facilities/epoch"]
    with pytest.raises(UsageError, match=r"loop\.csv: cannot be read"):
        intake._from_file(job, Archive(tmp_path), path, "file", NOW, None)  # noqa: SLF001 -- the one place that opens
