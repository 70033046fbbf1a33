"""A judgement and the next refresh: it counts, survives rebuilds, and its loss stops a refresh."""

from datetime import UTC, datetime

import pytest

from indicia.answers import entity
from indicia.cli import demo, work
from indicia.errors import JournalError
from indicia.review import Journal
from indicia.store import Store, pointer

AT = datetime(2026, 11, 28, tzinfo=UTC)


def again(home):
    """A refresh that no source has news for."""
    return work.refresh(home, lambda _archive: [], progress=lambda _text: None)


def entity_of(home, record_id):
    query = "SELECT entity_id FROM party_record WHERE record_id = ?"
    with Store.open(home) as store:
        return store.sql(query, [record_id]).item()


def test_judgements_count_from_the_next_refresh_on_and_survive_every_rebuild(tmp_path):
    demo.build(tmp_path)
    journal = Journal(tmp_path)
    with Store.open(tmp_path) as store:
        pairs, in_all = entity.undecided(store, journal.judgements(), ["organisation"])
        before = store.data_version
    left, right = pairs.row(0, named=True)["left_id"], pairs.row(0, named=True)["right_id"]
    assert entity_of(tmp_path, left) != entity_of(tmp_path, right)
    journal.judge(
        "organisation", left, right, "match", "one and the same body", "AB", AT, before
    )
    outcome = again(tmp_path)
    assert outcome.manifest.data_version != before
    assert entity_of(tmp_path, left) == entity_of(tmp_path, right)
    with Store.open(tmp_path) as store:
        assert store.sql("SELECT reason FROM judgement").item() == "one and the same body"
        assert entity.undecided(store, journal.judgements(), ["organisation"])[1] < in_all

    held = pointer(tmp_path)
    again(tmp_path)
    assert pointer(tmp_path) == held, "nothing new, nothing published"

    journal.judge("organisation", right, left, "no match", "two bodies after all", "CD", AT)
    again(tmp_path)
    assert entity_of(tmp_path, left) != entity_of(tmp_path, right)
    with Store.open(tmp_path) as store:
        one = entity.opened(store, left)
        assert entity_of(tmp_path, right) in set(
            entity.kept_apart(store, one)["right_entity_id"]
        )

    (tmp_path / "review.sqlite").unlink()
    with pytest.raises(JournalError, match="Put the journal back"):
        again(tmp_path)
    assert entity_of(tmp_path, left) != entity_of(tmp_path, right), "the store stays as it was"
