"""The one table of the journal: an event is what a person said of some subjects, and nothing is ever changed.

Every kind has a payload of its own; a kind that a version of the library does not know is kept and
passed over.
"""

import polars as pl

from indicia.schema import UTC

# Stands in the file's header, so that another program's database is never taken for a journal.
APPLICATION_ID = 0x1D1C1A01
LAYOUT = 1
JUDGEMENT_KIND = "judgement"
STATE, NOTE, WATCH, DISPUTE = "state", "note", "watch", "dispute"
VIEW, VISIT, TAKEN, OPENED = "view", "visit", "taken", "opened"
CASE_KINDS = (STATE, NOTE, WATCH, DISPUTE)
KINDS = (JUDGEMENT_KIND, *CASE_KINDS, VIEW, VISIT, TAKEN, OPENED)
DDL = f"""
CREATE TABLE IF NOT EXISTS event (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind <> ''),
    subject TEXT NOT NULL CHECK (subject <> ''),
    subject_ids TEXT NOT NULL CHECK (json_type(subject_ids) = 'array'),
    payload TEXT NOT NULL CHECK (json_type(payload) = 'object'),
    done_by TEXT NOT NULL CHECK (done_by <> ''),
    at_utc TEXT NOT NULL,
    store_version TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_by_subject ON event (kind, subject, subject_ids, event_id);
CREATE TRIGGER IF NOT EXISTS event_stays BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_remains BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_is_new BEFORE INSERT ON event
    WHEN EXISTS (SELECT 1 FROM event WHERE event_id = NEW.event_id)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {LAYOUT};
"""
ADD = """
INSERT INTO event (kind, subject, subject_ids, payload, done_by, at_utc, store_version)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
# The columns of `schema.JUDGEMENT`, in its order.
JUDGEMENTS = f"""
SELECT event_id, subject, json_extract(subject_ids, '$[0]'), json_extract(subject_ids, '$[1]'),
       json_extract(payload, '$.verdict'), json_extract(payload, '$.reason'), done_by, at_utc
FROM event WHERE kind = '{JUDGEMENT_KIND}'
"""
LAST_OF_EACH = """
 AND event_id IN (SELECT max(event_id) FROM event WHERE kind = 'judgement'
                  GROUP BY subject, subject_ids)
"""
POSITION = "SELECT coalesce(max(event_id), 0) FROM event"
# Every kind but judgements is read in this form; what is said stays in the payload.
COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "event_id": pl.Int64,
    "kind": pl.String,
    "subject": pl.String,
    "ids": pl.List(pl.String),
    "payload": pl.String,
    "done_by": pl.String,
    "at_utc": UTC,
    "store_version": pl.String,
}
EVENTS = pl.Schema(COLUMNS)
OF_KINDS = """
SELECT event_id, kind, subject, subject_ids, payload, done_by, at_utc, store_version
FROM event WHERE kind IN ({kinds}) ORDER BY event_id
"""
