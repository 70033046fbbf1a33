"""Publishing: readers keep what they opened, writers wait their turn, old stores go, cited ones stay."""

import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from made import monthly_base_load, rows

from indicia.errors import StoreError
from indicia.schema import POWER_LOAD_MONTH
from indicia.store import Build, Manifest, Store, Vintage, cite, current, held, pointer, writing
from indicia.store.manifest import KEPT, KEPT_WEEKS, folder, sweep

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def publish(home, level):
    with writing(home, 5, lambda _t: None), Build(home) as build:
        frame = rows("power_load_month", monthly_base_load("Z", [level] * 3))
        build.load(
            POWER_LOAD_MONTH, frame, Vintage(NOW, NOW, "f", is_snapshot=False), "power/made"
        )
        return build.publish(rules_version="r", kind="live", now=NOW)


def level(store):
    return store.sql("SELECT max(base_load_mw) FROM power_load_month").item()


def test_a_reader_keeps_the_store_it_opened_while_a_new_one_is_published(tmp_path):
    publish(tmp_path, 100)
    with Store.open(tmp_path) as reader:
        before = pointer(tmp_path)
        publish(tmp_path, 200)
        assert pointer(tmp_path) != before
        assert level(reader) == 100
        with Store.open(tmp_path) as newer:
            assert level(newer) == 200


def test_an_earlier_store_can_be_opened_by_the_name_of_its_manifest(tmp_path):
    first = publish(tmp_path, 100)
    publish(tmp_path, 200)
    with Store.open(tmp_path, name=first.name) as store:
        assert level(store) == 100


def test_equal_content_has_an_equal_version_in_another_home(tmp_path):
    assert (
        publish(tmp_path / "a", 100).data_version == publish(tmp_path / "b", 100).data_version
    )
    assert publish(tmp_path / "c", 101).data_version != current(tmp_path / "a").data_version


def test_a_build_that_is_left_leaves_no_trace(tmp_path):
    publish(tmp_path, 100)
    before = sorted(p.name for p in (tmp_path / "stores").iterdir())
    with writing(tmp_path, 5, lambda _t: None), Build(tmp_path) as build:
        frame = rows("power_load_month", monthly_base_load("Z", [300] * 3))
        build.load(
            POWER_LOAD_MONTH, frame, Vintage(NOW, NOW, "f", is_snapshot=False), "power/made"
        )
    assert sorted(p.name for p in (tmp_path / "stores").iterdir()) == before
    with Store.open(tmp_path) as store:
        assert level(store) == 100


def test_the_last_store_of_each_week_is_kept_however_often_a_week_is_refreshed(tmp_path):
    for day in range(42):
        moment = (NOW + timedelta(days=day)).isoformat()
        made = Manifest(day + 1, "v", "r", "c", "live", moment)
        made.write(folder(tmp_path))
    assert sweep(tmp_path) == 42 - len(held(tmp_path))
    days = [datetime.fromisoformat(m.published_utc) for m in held(tmp_path)]
    assert days[-KEPT:] == [NOW + timedelta(days=n) for n in range(42 - KEPT, 42)]
    assert len({d.isocalendar()[:2] for d in days}) == KEPT_WEEKS
    assert {d.isoweekday() for d in days[:-KEPT]} == {7}


def test_old_stores_are_removed_and_cited_ones_are_kept(tmp_path):
    first = publish(tmp_path, 1)
    cite(tmp_path, first)
    for number in range(2, KEPT + 5):
        publish(tmp_path, number)
    kept = sorted(p.name for p in (tmp_path / "stores").glob("manifest-*"))
    assert len(kept) == KEPT + 1
    assert first.name in kept
    with Store.open(tmp_path, name=first.name) as store:
        assert level(store) == 1


def test_unchanged_families_are_not_touched(tmp_path):
    first = publish(tmp_path, 100)
    second = publish(tmp_path, 100)
    assert second.files["power"] == first.files["power"]
    assert second.sequence == first.sequence + 1


def test_a_second_writer_waits_and_then_writes(tmp_path):
    told, order = [], []

    def slow():
        with writing(tmp_path, 5, lambda _t: None):
            order.append("first in")
            time.sleep(0.6)
            order.append("first out")

    thread = threading.Thread(target=slow)
    thread.start()
    time.sleep(0.2)
    with writing(tmp_path, 5, told.append):
        order.append("second in")
    thread.join()
    assert order == ["first in", "first out", "second in"]
    assert "waiting" in told[0]


def test_a_writer_that_waited_in_vain_says_who_holds_the_lock(tmp_path):
    with (
        writing(tmp_path, 1, lambda _t: None),
        pytest.raises(StoreError, match=r"another refresh \(process \d+\) is still writing"),
        writing(tmp_path, 0.3, lambda _t: None),
    ):
        pass


def test_the_lock_of_a_process_that_died_is_free(tmp_path):
    code = textwrap.dedent(f"""
        import os, pathlib
        from indicia.store import writing
        with writing(pathlib.Path({str(tmp_path)!r}), 1, print):
            os.kill(os.getpid(), 9)
    """)
    subprocess.run([sys.executable, "-c", code], check=False)
    with writing(tmp_path, 0.5, lambda _t: None):
        pass


def test_a_missing_file_is_named_with_what_to_do(tmp_path):
    made = publish(tmp_path, 100)
    (tmp_path / "stores" / made.files["power"]).unlink()
    with pytest.raises(StoreError, match=rf"{made.files['power']}.*indicia doctor"):
        Store.open(tmp_path)


def test_a_rotten_manifest_is_named_with_what_to_do(tmp_path):
    made = publish(tmp_path, 100)
    (tmp_path / "stores" / made.name).write_text("{")
    with pytest.raises(StoreError, match="no readable manifest"):
        Store.open(tmp_path)


def test_a_query_cannot_read_the_disk(tmp_path):
    publish(tmp_path, 100)
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with Store.open(tmp_path) as store, pytest.raises(Exception, match="disabled"):
        store.sql(f"SELECT * FROM read_csv('{secret}')")


def test_a_store_made_before_a_column_existed_opens_and_takes_new_rows(tmp_path):
    import duckdb

    made = publish(tmp_path, 100)
    old = duckdb.connect(str(tmp_path / "stores" / made.files["power"]))
    old.execute("ALTER TABLE history_power_load_month DROP COLUMN hours_imputed_count")
    old.close()
    for limit in (None, NOW.date()):
        with Store.open(tmp_path, as_of=limit) as store:
            assert (
                store.sql("SELECT hours_imputed_count FROM power_load_month")[
                    "hours_imputed_count"
                ].null_count()
                == 3
            )
    publish(tmp_path, 200)
    with Store.open(tmp_path) as store:
        assert level(store) == 200
        assert store.sql("SELECT hours_imputed_count FROM history_power_load_month").height == 6


def test_a_store_that_kept_current_rows_apart_opens_and_takes_new_rows(tmp_path):
    import duckdb

    publish(tmp_path, 50)
    made = publish(tmp_path, 100)
    old = duckdb.connect(str(tmp_path / "stores" / made.files["power"]))
    table = "power_load_month"
    old.execute(
        f"CREATE TABLE current_{table} AS SELECT * EXCLUDE (is_tombstone, is_current) "
        f"FROM history_{table} WHERE is_current"
    )
    old.execute(f"ALTER TABLE history_{table} DROP COLUMN is_current")
    old.close()
    with Store.open(tmp_path) as store:
        assert level(store) == 100
        assert store.sql(f"SELECT * FROM {table}").height == 3
    publish(tmp_path, 200)
    with Store.open(tmp_path) as store:
        assert level(store) == 200
        assert store.sql(f"SELECT * FROM {table}").height == 3
        assert store.sql(f"SELECT * FROM history_{table}").height == 9
