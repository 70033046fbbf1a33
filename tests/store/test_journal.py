"""The journal of decisions: what was acknowledged stays, whoever writes and however a writer ends."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from indicia.errors import JournalError, UsageError
from indicia.review import Journal
from indicia.schema import JUDGEMENT
from indicia.store import Build

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = [
    "'); DROP TABLE event; --",
    "<b>x</b>",
    "=cmd()",
    "a\u202eb\u200bc",
    "株式会社",
    "😀" * 50,
]


def judge(journal, left="LEI:1", right="EL:2", verdict="match", **more):
    told = {"subject": "organisation", "reason": "same address", "by": "AB", "at": AT, **more}
    return journal.judge(left_id=left, right_id=right, verdict=verdict, **told)


def test_a_home_without_a_journal_has_no_decisions_and_gets_no_file(tmp_path):
    journal = Journal(tmp_path)
    assert journal.judgements().schema == JUDGEMENT.polars
    assert journal.judgements().height == journal.position == 0
    assert list(tmp_path.iterdir()) == []


def test_the_last_judgement_on_a_pair_counts_in_whatever_order_its_ids_came(tmp_path):
    journal = Journal(tmp_path)
    judge(journal, "b", "a", "match")
    judge(journal, "a", "c", "unsure")
    assert judge(journal, "a", "b", "no match", reason="other founders") == 3
    found = journal.judgements()
    assert found.select("left_id", "right_id", "verdict").rows() == [
        ("a", "c", "unsure"), ("a", "b", "no match"),
    ]  # fmt: skip
    assert journal.history()["verdict"].to_list() == ["match", "unsure", "no match"]
    assert journal.position == 3


def test_organisations_and_facilities_are_judged_apart(tmp_path):
    journal = Journal(tmp_path)
    judge(journal, "a", "b", "match")
    judge(journal, "a", "b", "no match", subject="facility")
    assert journal.judgements().select("subject", "verdict").rows() == [
        ("organisation", "match"), ("facility", "no match"),
    ]  # fmt: skip


def test_times_are_kept_in_utc(tmp_path):
    east = AT.astimezone(timezone(timedelta(hours=8)))
    judge(Journal(tmp_path), at=east)
    assert Journal(tmp_path).judgements()["judged_utc"].to_list() == [AT]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_person_writes_comes_back_as_written(tmp_path, text):
    judge(Journal(tmp_path), left=text, right="z", reason=text)
    found = Journal(tmp_path).judgements().row(0, named=True)
    assert {found["left_id"], found["right_id"]} == {text, "z"}
    assert found["reason"] == text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"reason": "  "}, "reason is needed"),
        ({"reason": "x" * 5000}, "at most 4,000"),
        ({"verdict": "maybe"}, "match, no match, unsure"),
        ({"subject": "person"}, "organisation, facility"),
        ({"by": ""}, "initials or a role"),
        ({"by": "Jane Doe"}, "never a full name"),
        ({"by": "jane@example.org"}, "never a full name"),
        ({"left": "EL:2"}, "two different ids"),
        ({"left": ""}, "is no id"),
        ({"left": "a\nb"}, "is no id"),
        ({"at": AT.replace(tzinfo=None)}, "no time zone"),
    ],
)
def test_what_cannot_be_a_judgement_is_refused_and_nothing_is_written(tmp_path, more, says):
    with pytest.raises(UsageError, match=says):
        judge(Journal(tmp_path), **more)
    assert Journal(tmp_path).position == 0


@pytest.mark.parametrize("by", ["AB", "duty analyst", "Analyst 2", "复核", "reviewer-3"])
def test_a_role_or_initials_may_judge(tmp_path, by):
    assert judge(Journal(tmp_path), by=by) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET done_by = 'XY'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event SELECT event_id, kind, subject, subject_ids, payload, 'XY', at_utc, store_version FROM event",
    ],
)
def test_nothing_that_was_written_can_be_changed_or_removed(tmp_path, statement):
    journal = Journal(tmp_path)
    judge(journal)
    with (
        sqlite3.connect(journal.path) as db,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        db.execute(statement)
    db.close()
    assert journal.judgements()["judged_by"].to_list() == ["AB"]


def test_events_of_other_kinds_are_kept_and_passed_over(tmp_path):
    journal = Journal(tmp_path)
    judge(journal)
    with sqlite3.connect(journal.path) as db:
        db.execute(
            "INSERT INTO event (kind, subject, subject_ids, payload, done_by, at_utc, store_version) "
            "VALUES ('note', 'facility', '[\"f1\"]', '{}', 'AB', '2026-01-01', '')"
        )
    db.close()
    assert journal.position == 2
    assert journal.judgements().height == 1


def test_two_programs_write_at_once_and_every_entry_is_kept(tmp_path):
    both = [start(tmp_path, name, 150) for name in "ab"]
    said = [p.communicate(timeout=120) for p in both]
    assert [p.returncode for p in both] == [0, 0], said
    numbers = [int(line.split()[0]) for out, _ in said for line in out.splitlines()]
    assert sorted(numbers) == list(range(1, 301))
    assert Journal(tmp_path).judgements().height == 300


def test_a_writer_killed_at_any_moment_loses_nothing_that_was_acknowledged(tmp_path):
    draw, acknowledged, ended_early = random.Random(5), set(), 0
    for number in range(8):
        writer = start(tmp_path, f"w{number}", 100_000)
        first = writer.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.15))
        writer.send_signal(signal.SIGKILL)
        rest, problems = writer.communicate(timeout=30)
        ended_early += writer.returncode == -signal.SIGKILL
        lines = [line for line in (first + rest).splitlines() if line.count("-") == 1]
        assert lines, problems
        acknowledged |= {line.split()[1] for line in lines[:-1] or lines}
        held = Journal(tmp_path).judgements()
        assert acknowledged <= set(held["left_id"]) | set(held["right_id"])
    assert ended_early == 8
    assert judge(Journal(tmp_path)) == Journal(tmp_path).position


def test_a_locked_journal_is_one_plain_line(tmp_path):
    journal = Journal(tmp_path, busy_seconds=0.1)
    judge(journal)
    holder = sqlite3.connect(journal.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match=r"being written by another program.*try again"):
        judge(journal, "x", "y")
    assert journal.judgements().height == 1, "readers need not wait"
    holder.execute("ROLLBACK")
    holder.close()
    assert judge(journal, "x", "y") == 2


@pytest.mark.parametrize("where", ["start", "middle"])
def test_a_damaged_journal_is_one_plain_line_for_readers_and_writers(tmp_path, where):
    journal = Journal(tmp_path)
    for n in range(200):
        judge(journal, f"a{n}", "b", reason="r" * 500)
    place = {"start": 0, "middle": journal.path.stat().st_size // 2 // 4096 * 4096}[where]
    with journal.path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xa5" * 4096)
    with pytest.raises(JournalError, match=r"is damaged.*from a copy"):
        journal.judgements()
    if where == "start":
        with pytest.raises(JournalError, match="is damaged"):
            judge(journal, "x", "y")


def test_a_database_of_another_program_is_left_alone(tmp_path):
    path = Journal(tmp_path).path
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE event (event_id INTEGER)")
    db.close()
    for act in (lambda: Journal(tmp_path).judgements(), lambda: judge(Journal(tmp_path))):
        with pytest.raises(JournalError, match="another program"):
            act()


def test_a_journal_of_a_later_version_is_not_written(tmp_path):
    journal = Journal(tmp_path)
    judge(journal)
    with sqlite3.connect(journal.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(JournalError, match="Update the program"):
        judge(journal, "x", "y")


def test_a_home_that_cannot_be_made_is_one_plain_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(JournalError, match="cannot be made"):
        judge(Journal(tmp_path / "file" / "home"))


def test_a_lost_journal_is_missed(tmp_path):
    journal = Journal(tmp_path)
    judge(journal)
    journal.require(1)
    journal.path.unlink()
    with pytest.raises(JournalError, match=r"0 pairs, the current store was made with 1"):
        journal.require(1)


def test_the_version_of_a_store_follows_the_judgements_that_count(tmp_path):
    journal = Journal(tmp_path)

    def published():
        with Build(tmp_path) as build:
            build.replace_assessments({JUDGEMENT.name: journal.judgements()})
            return build.publish(rules_version="r", kind="starter", now=AT)

    before = published()
    judge(journal)
    judged = published()
    again = published()
    assert before.judged_count == 0
    assert judged.judged_count == 1
    assert before.data_version != judged.data_version == again.data_version
    judge(journal, verdict="no match")
    assert published().data_version not in (before.data_version, judged.data_version)
    with Build(tmp_path) as build:
        kept = build.publish(rules_version="r", kind="starter", now=AT)
    assert kept.judged_count == 1, "a store without new assessments keeps the old ones"


def start(home: Path, name: str, count: int):
    return subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("judging.py")),
            str(home),
            name,
            str(count),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
