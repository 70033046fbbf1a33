"""A judgement and the next refresh: it counts, survives rebuilds, and its loss stops a refresh."""

from datetime import UTC, datetime

import pytest

from indicia.answers import entity
from indicia.cli import work
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


def test_judgements_count_from_the_next_refresh_on_and_survive_every_rebuild(own_demo_home):
    home = own_demo_home
    journal = Journal(home)
    with Store.open(home) as store:
        pairs, in_all = entity.undecided(store, journal.judgements(), ["organisation"])
        before = store.data_version
    left, right = pairs.row(0, named=True)["left_id"], pairs.row(0, named=True)["right_id"]
    assert entity_of(home, left) != entity_of(home, right)
    journal.judge(
        "organisation", left, right, "match", "one and the same body", "AB", AT, before
    )
    outcome = again(home)
    assert outcome.manifest.data_version != before
    assert entity_of(home, left) == entity_of(home, right)
    with Store.open(home) as store:
        assert store.sql("SELECT reason FROM judgement").item() == "one and the same body"
        assert entity.undecided(store, journal.judgements(), ["organisation"])[1] < in_all

    held = pointer(home)
    again(home)
    assert pointer(home) == held, "nothing new, nothing published"

    journal.judge("organisation", right, left, "no match", "two bodies after all", "CD", AT)
    again(home)
    assert entity_of(home, left) != entity_of(home, right)
    with Store.open(home) as store:
        one = entity.opened(store, left)
        assert entity_of(home, right) in set(entity.kept_apart(store, one)["right_entity_id"])

    (home / "review.sqlite").unlink()
    with pytest.raises(JournalError, match="Put the journal back"):
        again(home)
    assert entity_of(home, left) != entity_of(home, right), "the store stays as it was"
