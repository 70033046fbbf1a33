"""A large file read in pieces: the same rows as in one body, whatever happens on the way."""

import gzip
import signal
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from indicia.cli import providers, work
from indicia.errors import SourceChangedError, SourceDefinitionError
from indicia.sources import pieces
from indicia.sources.archive import Archive
from indicia.sources.definition import Source
from indicia.store import Store

SHIPMENTS = "customs/shipments"
HEADER = "shipment_id,shipped_date,shipper_name,description,gross_weight_kg\n"
ROWS = 60_000  # some 5 MB


def job(**facts):
    found = providers.find().jobs[SHIPMENTS]
    return replace(found, source=replace(found.source, **{"piece_mb": 1, **facts}))


def line(number, text="Server boards"):
    return f"B{number:07d},2025-03-04,Example Servers {number % 97} Co Ltd,{text} of lot {number % 89},{number % 999}.5\n"


def text_of(rows=ROWS):
    """Every seventh description breaks its line, and holds a comma and doubled quotation marks."""
    made = StringIO()
    made.write(HEADER)
    for number in range(rows):
        broken = f'"Boards,\n""rack"" {"x" * (number % 211)}\nlast"'
        whole = f"Server boards of lot {number % 89}"
        made.write(line(number).replace(whole, broken) if number % 7 == 0 else line(number))
    return made.getvalue()


def cut(path, **facts):
    return list(pieces.cut(job(**facts).source, path) or ())


def load(home, path, **facts):
    tasks = work.file_tasks(job(**facts), path, None)
    return work.refresh(home, tasks, progress=lambda _t: None)


def rows(home):
    with Store.open(home) as store:
        return store.sql(
            "SELECT * EXCLUDE (fetched_utc, fetch_id, published_utc) FROM shipment ORDER BY shipment_id"
        )


def digest(home):
    with Store.open(home) as store:
        return store.sql(
            "SELECT count(*), bit_xor(md5_number(concat(COLUMNS('shipment_id|description|weight')))) FROM history_shipment"
        ).row(0)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "mine.csv"
    path.write_text(text_of(), encoding="utf-8")
    return path


def test_the_pieces_of_a_file_are_the_file(large):
    found = cut(large)
    assert len(found) > 3
    assert [p.number for p in found] == list(range(1, len(found) + 1))
    assert [p.is_last for p in found] == [False] * (len(found) - 1) + [True]
    assert all(p.body.startswith(HEADER.encode()) for p in found)
    joined = HEADER.encode() + b"".join(p.body.removeprefix(HEADER.encode()) for p in found)
    assert joined == large.read_bytes()
    shares = [p.share for p in found]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_file_in_pieces_gives_the_rows_of_one_body(large, tmp_path):
    outcome = load(tmp_path / "cut", large)
    load(tmp_path / "whole", large, piece_mb=0)
    assert not outcome.has_failed
    assert_frame_equal(rows(tmp_path / "cut"), rows(tmp_path / "whole"))
    assert rows(tmp_path / "cut").height == ROWS
    with Store.open(tmp_path / "cut") as store:
        fetched = store.sql('SELECT url FROM "fetch" ORDER BY url')["url"].to_list()
        assert store.sql("SELECT count(*) FROM history_shipment").item() == ROWS
    assert fetched[0] == "mine.csv, piece 1"
    assert len(fetched) == len(cut(large))


@pytest.mark.parametrize("packing", ["gzip", "zip", "zip with mapping"])
def test_a_packed_file_is_cut_as_it_is_unpacked(large, tmp_path, packing):
    body = large.read_bytes()
    if packing == "gzip":
        path = tmp_path / "mine.csv.gz"
        path.write_bytes(gzip.compress(body))
    else:
        path = tmp_path / "mine.zip"
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            archive.writestr("rows.csv", body)
            if "mapping" in packing:
                columns = "\n".join(f'{n} = "{n}"' for n in HEADER.strip().split(","))
                archive.writestr("mapping.toml", f"[columns]\n{columns}\n")
    assert len(cut(path)) > 3
    outcome = load(tmp_path / "home", path)
    assert not outcome.has_failed, outcome.reports[0].message
    load(tmp_path / "whole", large, piece_mb=0)
    assert_frame_equal(rows(tmp_path / "home"), rows(tmp_path / "whole"))


def test_the_same_file_again_adds_nothing_and_parses_nothing(large, tmp_path):
    load(tmp_path, large)
    before = digest(tmp_path)
    (report,) = load(tmp_path, large).reports
    assert report.outcome == "unchanged"
    assert report.rows_in == 0
    assert digest(tmp_path) == before


def test_a_row_changed_in_one_piece_is_one_new_version(large, tmp_path):
    load(tmp_path / "home", large)
    changed = tmp_path / "mine.csv"
    changed.write_text(
        large.read_text(encoding="utf-8").replace("B0050001,2025-03-04", "B0050001,2025-03-05"),
        encoding="utf-8",
    )
    (report,) = load(tmp_path / "home", changed).reports
    assert (report.delta.added, report.delta.changed, report.delta.vanished) == (0, 1, 0)
    assert report.rows_in < ROWS
    found = rows(tmp_path / "home")
    assert found.height == ROWS
    day = found.filter(pl.col("shipment_id") == "B0050001")["shipped_date"].item()
    assert day.isoformat() == "2025-03-05"


def test_a_key_that_occurs_in_two_pieces_is_the_last_of_them(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(text_of(30_000) + line(5, "Later boards"), encoding="utf-8")
    for name, size in (("cut", 1), ("whole", 0)):
        load(tmp_path / name, path, piece_mb=size)
    assert_frame_equal(rows(tmp_path / "cut"), rows(tmp_path / "whole"))
    found = rows(tmp_path / "cut").filter(pl.col("shipment_id") == "B0000005")
    assert found["description"].item().startswith("Later boards")


def test_a_small_file_keeps_its_name_and_its_bytes(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(text_of(10), encoding="utf-8")
    (only,) = cut(path)
    assert (only.number, only.is_last, only.body) == (0, True, path.read_bytes())
    load(tmp_path, path)
    with Store.open(tmp_path) as store:
        assert store.sql('SELECT url FROM "fetch"')["url"].to_list() == ["mine.csv"]


@pytest.mark.parametrize("body", [HEADER, "", HEADER.strip()])
def test_a_file_of_a_header_or_nothing_is_refused(tmp_path, body):
    path = tmp_path / "mine.csv"
    path.write_text(body, encoding="utf-8")
    assert len(cut(path)) == 1
    (report,) = load(tmp_path, path).reports
    assert report.outcome == "failed"
    assert report.rows_kept == 0


def test_blank_lines_at_the_end_are_no_piece(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(text_of(14_000) + "\n" * 40, encoding="utf-8")
    assert not load(tmp_path, path).has_failed


def test_lines_of_json_have_no_header_and_their_marks_are_not_counted(tmp_path):
    path = tmp_path / "mine.jsonl"
    one = b'{"text": "a \\" mark"}\n'
    path.write_bytes(one * 100_000)
    found = cut(path)
    assert len(found) > 1
    assert b"".join(p.body for p in found) == path.read_bytes()
    assert all(p.body.endswith(b"\n") for p in found)


def test_a_quotation_mark_that_stands_alone_is_refused_by_name(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + '"' + "".join(map(line, range(80_000))), encoding="utf-8")
    with pytest.raises(SourceChangedError, match="quotation mark may stand alone"):
        cut(path)


def test_a_file_that_changes_while_it_is_read_is_refused(large, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(large.read_bytes())
    reading = pieces.cut(job().source, path)
    next(reading)
    with path.open("a", encoding="utf-8") as file:
        file.write(line(ROWS + 1))
    with pytest.raises(SourceChangedError, match="stays as it is while it is read") as raised:
        list(reading)
    assert "load it again" in raised.value.remedy


def test_a_file_that_is_larger_than_allowed_is_refused(large):
    with pytest.raises(SourceChangedError, match="at most 2 MiB"):
        cut(large, max_mb=2)


def test_the_floor_of_rows_holds_for_the_file(large, tmp_path):
    assert not load(tmp_path / "enough", large, rows_at_least=ROWS).has_failed
    (report,) = load(tmp_path / "short", large, rows_at_least=ROWS + 1).reports
    assert report.outcome == "failed"
    assert f"at least {ROWS + 1} rows" in report.message
    assert f"{ROWS} kept" in report.message
    assert rows(tmp_path / "short").height == 0


def test_a_piece_that_cannot_be_read_is_named_and_stops_no_other(large, tmp_path):
    path = tmp_path / "mine.csv"
    text = large.read_text(encoding="utf-8")
    path.write_text(
        text.replace(line(30_001), line(30_001).strip() + ",,,,,,\n"), encoding="utf-8"
    )
    (report,) = load(tmp_path, path).reports
    assert report.outcome == "loaded"
    assert report.refused == 1
    assert 0 < rows(tmp_path).height < ROWS


def test_progress_names_the_piece_and_how_far_the_file_is_read(large, tmp_path):
    said = []
    tasks = work.file_tasks(job(), large, None)
    work.refresh(tmp_path, tasks, progress=said.append)
    assert any("mine.csv, piece 1 (" in text for text in said)
    assert any("(100% of the file)" in text for text in said)


def test_a_snapshot_cannot_be_cut(tmp_path):
    found = providers.find().jobs[SHIPMENTS].source
    path = tmp_path / "family/name.toml"
    path.parent.mkdir()
    facts = {
        n: getattr(found, n)
        for n in ("title", "publisher", "homepage", "licence", "says", "does_not_say")
    }
    path.write_text(
        "\n".join(f'{k} = "{v}"' for k, v in facts.items())
        + '\ntables = ["shipment"]\nevery_hours = 1\nrows_at_least = 1\npiece_mb = 8\nis_snapshot = true\n',
        encoding="utf-8",
    )
    with pytest.raises(SourceDefinitionError, match="compared as a whole"):
        Source.load(path)


REFRESH = """
import sys
from dataclasses import replace
from pathlib import Path
from indicia.cli import providers, work
home, path = map(Path, sys.argv[1:])
found = providers.find().jobs["customs/shipments"]
job = replace(found, source=replace(found.source, piece_mb=1))
def say(text):
    print(text, flush=True)
done = work.refresh(home, work.file_tasks(job, path, None), progress=say)
sys.exit(done.has_failed)
"""


def test_a_kill_in_the_middle_loses_nothing_and_what_was_archived_is_not_redacted_again(
    large, tmp_path
):
    process = subprocess.Popen(
        [sys.executable, "-c", REFRESH, str(tmp_path / "home"), str(large)],
        stdout=subprocess.PIPE,
        text=True,
    )
    for said in process.stdout:
        if "piece 3 " in said:
            process.send_signal(signal.SIGKILL)
            break
    assert process.wait(30) == -signal.SIGKILL
    process.stdout.close()
    archived = Archive(tmp_path / "home").pending(SHIPMENTS)
    assert 3 <= len(archived) < len(cut(large))
    with Store.open(tmp_path / "home") as store:
        assert store.kind == "empty"

    redacted, found = [], job()
    counting = replace(found, redact=lambda body: redacted.append(1) or found.redact(body))
    tasks = work.file_tasks(counting, large, None)
    assert not work.refresh(tmp_path / "home", tasks, progress=lambda _t: None).has_failed
    assert len(redacted) == len(cut(large)) - len(archived)
    load(tmp_path / "whole", large, piece_mb=0)
    assert_frame_equal(rows(tmp_path / "home"), rows(tmp_path / "whole"))
    assert not Archive(tmp_path / "home").pending(SHIPMENTS)
