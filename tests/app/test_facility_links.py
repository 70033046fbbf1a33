"""Links to an id that was found to be another facility's open that facility."""

from hashlib import sha256

import made_store
import pytest
from opening import opened, whole

from indicia.answers import archived, words
from indicia.errors import StoreError
from indicia.store import Store

OLD = "disclosed-microsoft-mount-pleasant-fairwater"
NEW = "epoch-microsoft-fairwater-mount-pleasant-wisconsin"
NAME = "Microsoft Fairwater Wisconsin"


def test_an_old_link_opens_the_facility_and_says_so(demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, "facility.py", facility=OLD)
    assert not app.exception
    assert app.title[0].value == NAME
    assert any(OLD in t.value and "same facility" in t.value for t in app.text)
    told = next(f.value for f in app.dataframe if "published_id" in f.value.columns and "met_id" in f.value.columns)  # fmt: skip
    assert OLD in list(told["published_id"])
    assert told["why"].str.contains("its own name, operator and town agree").any()


def test_what_is_possibly_the_same_is_shown_and_stays_apart(demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, "facility.py", facility="disclosed-meta-new-albany")
    assert app.title[0].value == "Meta New Albany"
    assert any("Possibly the same as" in m.value for m in app.markdown)


@pytest.mark.parametrize("name", ["map.py", "compute.py"])
def test_other_pages_follow_the_old_link_too(name, demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, name, facility=OLD, kind="facility")
    assert not app.exception
    if name == "compute.py":
        assert app.query_params["facility"] == NEW


def test_a_number_is_followed_to_the_bytes_it_was_read_from(demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, "facility.py", facility="analyst-jupiter")
    stated = next(d.value for d in app.dataframe if "power_reported_mw" in d.value.columns)
    number, digest = stated.dropna(subset="power_reported_mw")[["power_reported_mw", "archived_sha256"]].iloc[0]  # fmt: skip
    bodies = next(d.value for d in app.dataframe if "body_bytes" in d.value.columns)
    place = list(bodies["archived_sha256"]).index(digest)
    app.session_state["bodies"] = {"selection": {"rows": [place], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    with Store.open(demo_home) as store:
        body = archived.body(store, demo_home, digest, closed=())
        source = bodies["source"].iloc[place]
        with pytest.raises(StoreError, match="do not let its bodies be passed on"):
            archived.body(store, demo_home, digest, closed={source})
    assert sha256(body).hexdigest() == digest
    row = next(line for line in body.decode().splitlines() if "analyst-jupiter" in line)
    assert f"{number:g}" in row.split(",")
    offered = next(b for b in app.get("download_button") if "as they were received" in b.label)
    assert f"{len(body):,} bytes" in offered.label


def test_a_hash_that_no_fetch_has_is_refused_and_a_body_that_is_gone_is_said(
    made_home, monkeypatch
):
    with Store.open(made_home) as store, pytest.raises(StoreError, match="no fetch"):
        archived.body(store, made_home, "0" * 63 + "f", closed=())
    app = opened(made_home, monkeypatch, "facility.py", facility=made_store.BOLD)
    app.session_state["bodies"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    assert "archived body cannot be read" in app.error[0].value


def test_another_rival_redraws_what_weighs_against_it(made_home, monkeypatch):
    app = whole(made_home, monkeypatch, "facility.py", facility=made_store.BOLD)

    def drawn():
        return [c.proto.spec for c in app.get("vega_lite_chart") if "adds up" in c.proto.spec]

    (before,) = drawn()
    box = app.selectbox(key="rival")
    other = next(o for o in box.options if o != words.about(box.value))
    box.select(other.split()[0]).run()
    assert not app.exception
    (after,) = drawn()
    assert before != after
    assert words.SHORT[other.split()[0]] in after
    assert app.title[0].value  # the rest of the dossier stays
