"""What holds of facilities that meet, whatever the records, their order and the judgements."""

import random

import pytest
from made_sites import (
    ANALYST,
    EPOCH,
    OSM,
    PEERINGDB,
    TOP500,
    judged,
    leads_to,
    met,
    run_by,
    site,
)

SOURCES = {"epoch": EPOCH, "analyst": ANALYST, "top500": TOP500, "peeringdb": PEERINGDB, "osm-way": OSM}  # fmt: skip
WORDS = ("Meridian", "Colossal", "Zenith", "Data Center", "Campus", "Example")
UNITS = ("", "", " 2", " SG3", " SG4", " Phase 1")
OPERATORS = ("Example", "Example Sdn Bhd", "Betanet", "")
SEEDS = pytest.mark.parametrize("seed", range(5))
MANY = 24


def world(seed):
    """Records crowded enough that every rule has its turn."""
    draw = random.Random(seed)
    sites, parties = [], []
    for n in range(MANY):
        prefix = draw.choice(list(SOURCES))
        key = f"{prefix}-{n}"
        name = f"{draw.choice(WORDS)} {draw.choice(WORDS)}{draw.choice(UNITS)}"
        at = (1.6 + draw.random() / 100, 103.6 + draw.random() / 100)
        more = {"at": at} if draw.random() < 0.7 else {}
        place = draw.choice(("Kulaitown", "Sedenakville", None))
        sites.append(site(key, name, SOURCES[prefix], place=place, **more))
        if operator := draw.choice(OPERATORS):
            parties += run_by(key, operator)
    return sites, parties, draw


def words(draw, sites, count=12):
    """Judgements on random pairs."""
    ids = [s["facility_id"] for s in sites]
    verdicts = ("match", "no match", "unsure")
    return [(*draw.sample(ids, 2), draw.choice(verdicts)) for _ in range(count)]


@SEEDS
def test_the_order_of_rows_and_judgements_of_other_pairs_changes_nothing(seed):
    sites, parties, draw = world(seed)
    said = judged(*words(draw, sites))
    before = met(sites, parties, said)
    draw.shuffle(sites)
    draw.shuffle(parties)
    assert met(sites, parties, said.sample(fraction=1, shuffle=True, seed=seed)) == before


@SEEDS
def test_left_and_right_weigh_alike(seed):
    """Renaming the records so that their order turns round changes no decision and no likeness."""
    sites, parties, _ = world(seed)
    turned = {s["facility_id"]: f"r{MANY - n:03d}" for n, s in enumerate(sites)}
    # The kind of an element of the map lies in its id, which the new names lack.
    sites = [s for s in sites if s["source"] != OSM]
    parties = [p for p in parties if not p["facility_id"].startswith("osm")]
    as_is, _ = met(sites, parties)
    other, _ = met(
        [{**s, "facility_id": turned[s["facility_id"]]} for s in sites],
        [{**p, "facility_id": turned[p["facility_id"]]} for p in parties],
    )
    said = {frozenset(k): (e["score_share"], e["name_share"]) for k, e in as_is.items()}
    back = {v: k for k, v in turned.items()}
    assert said == {
        frozenset(back[i] for i in k): (e["score_share"], e["name_share"]) for k, e in other.items()
    }  # fmt: skip


@SEEDS
def test_saying_what_was_found_changes_nothing(seed):
    sites, parties, _ = world(seed)
    edges, identity = met(sites, parties)
    same = [(*pair, "match") for pair, e in sorted(edges.items()) if e["decision"] == "same"]
    assert leads_to(met(sites, parties, judged(*same))[1]) == leads_to(identity)


@SEEDS
def test_judgements_are_respected_through_whatever_joins(seed):
    sites, parties, draw = world(seed)
    pairs = words(draw, sites)
    last = {tuple(sorted(p[:2])): p[2] for p in pairs}
    edges, identity = met(sites, parties, judged(*pairs))
    led = leads_to(identity)
    matched = made_of(pair for pair, verdict in last.items() if verdict == "match")
    for (left, right), verdict in last.items():
        together = led[left] == led[right]
        if verdict == "no match":
            assert not together
            assert edges[left, right]["decision"] == "different"
        elif verdict == "unsure":
            # Only people's own matches may bring together what one of them was unsure of.
            assert not together or matched(left, right)
        elif not together:
            assert "Not joined" in edges[left, right]["why"]


def made_of(pairs):
    """Whether two records hang together by these pairs."""
    root = {}

    def top(key):
        while root.get(key, key) != key:
            key = root[key]
        return key

    for left, right in pairs:
        root[top(left)] = top(right)
    return lambda left, right: top(left) == top(right)


@SEEDS
def test_every_id_leads_to_one_that_leads_to_itself(seed):
    sites, parties, draw = world(seed)
    _, identity = met(sites, parties, judged(*words(draw, sites)))
    led = leads_to(identity)
    assert set(led) == {s["facility_id"] for s in sites}
    assert all(led[to] == to for to in led.values())
    campuses = {r["campus_id"] for r in identity.values()} - {None}
    assert all(led[c] == c and identity[c]["level"] == "campus" for c in campuses)


def test_made_worlds_hold_every_decision():
    decisions = [e["decision"] for n in range(5) for e in met(*world(n)[:2])[0].values()]
    assert {"same", "possible", "near"} <= set(decisions)
