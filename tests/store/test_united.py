"""Two publishers of one site: it is scored once, answers once, and every row keeps its publisher."""

from datetime import UTC, date, datetime

import made
import polars as pl
import pytest
from made_sites import ANALYST, EPOCH, PEERINGDB, TOP500, judged, run_by, site

from indicia.answers import compute, facility, flagged, identity, leads, places
from indicia.indicators import CATALOGUE
from indicia.schema import OBSERVED
from indicia.scoring.assess import assess
from indicia.store import Build, Store, Vintage, reader, unite
from indicia.store.united import UNITED

EARLY, NOW = datetime(2025, 6, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
HERE, NEAR_IT = (1.6, 103.6), (1.6003, 103.6)
PDB, OLD = "peeringdb-fac-1", "analyst-meridian"
ROWS = {
    "facility": [
        site(OLD, "Example Meridian", ANALYST, place="Kulaitown", note="As added.", is_declared_ai=True),
        site(PDB, "Example Meridian", PEERINGDB, at=HERE, place="1 Road, Kulaitown", site_class="colocation"),
        site("epoch-other", "Zenith", EPOCH, at=(3.1, 101.6), place="Elsewhere"),
    ],
    "facility_party": [*run_by(OLD, "Example", source=ANALYST), *run_by(PDB, "Example Sdn Bhd", source=PEERINGDB)],
    "facility_state": [
        {"facility_id": PDB, "on_date": date(2025, 1, 1), "power_kind": "capacity", "power_reported_mw": 40.0,
         "is_projection": False, "source": PEERINGDB},
    ],
    "hardware_statement": [
        {"subject_kind": "facility", "subject": PDB, "kind": "installed", "chip_text": "H100",
         "on_date": date(2025, 1, 1), "accelerators_reported_count": 1000.0, "source": PEERINGDB},
    ],
    "power_site_year": made.campus_years(PDB, [10, 10.5, 10, 10.6, 10.2, 10.7, 10.1, 10.4, 10, 60], source="power/made"),
    "exposure": [
        {"facility_id": PDB, "scope_kind": "zone", "scope_id": "Z", "weight_share": 0.2, "basis": "b", "source": ANALYST},
        {"facility_id": OLD, "scope_kind": "zone", "scope_id": "Z", "weight_share": 0.3, "basis": "a", "source": ANALYST},
    ],
    "event": [{"event_id": "e", "kind": "construction", "title": "Piling begins", "status": "reported",
               "starts_date": date(2024, 5, 1), "facility_id": PDB, "source": "context/events"}],
    "document": [{"document_id": "d", "title": "A permit", "facility_id": PDB, "author_role": "analyst",
                  "statement": "s", "source": ANALYST}],
}  # fmt: skip


ROWS["facility"] = [{**row, "country_iso2": "CN"} for row in ROWS["facility"]]


def load(build, name, part, read, source):
    vintage = Vintage(read, read, "f", is_snapshot=False)
    dated = part.with_columns(
        pl.lit(read).cast(part.schema[c]).alias(c) for c in ("fetched_utc", "published_utc")
    )
    build.load(OBSERVED[name], dated, vintage, source)


def home(folder, rows=ROWS, *, said=None):
    """A home with these rows, the analyst's read half a year before the others, all assessed."""
    with Build(folder) as build:
        for name, given in rows.items():
            frame = made.rows(name, given)
            for (source,), part in frame.group_by("source"):
                read = EARLY if source == ANALYST else NOW
                load(build, name, part, read, source)
        settled = assess(build.reader(), CATALOGUE, NOW.date(), judgements=said)
        build.replace_assessments(settled)
        build.publish(rules_version="r", kind="synthetic", now=NOW)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return home(tmp_path_factory.mktemp("united"))


@pytest.fixture(scope="module")
def store(folder):
    with Store.open(folder) as opened:
        yield opened


def test_one_facility_is_drawn_listed_and_counted_once(store):
    assert store.sql("SELECT facility_id FROM facility ORDER BY 1").to_series().to_list() == [OLD, "epoch-other"]  # fmt: skip
    assert places.points(store)["facility_id"].to_list() == [OLD, "epoch-other"]
    assert sum(leads.tally(store).values()) == 2


def test_the_place_known_most_closely_is_shown_with_its_publisher(store):
    found = store.sql(f"SELECT * FROM facility WHERE facility_id = '{OLD}'").row(0, named=True)
    assert (found["coord_precision"], found["latitude_deg"]) == ("site", HERE[0])
    assert (found["source"], found["place_source"]) == (ANALYST, PEERINGDB)
    assert (found["site_class"], found["is_declared_ai"]) == ("colocation", True)
    assert found["note"] == "As added."


@pytest.mark.parametrize("most", [0, 10])
def test_united_rows_are_the_same_whether_they_are_held_in_memory_or_not(
    store, folder, most, monkeypatch
):
    monkeypatch.setattr(reader, "MOST_HELD", most)
    with Store.open(folder, remembers=True) as served:
        for table in UNITED:
            assert served.sql(f"SELECT * FROM {table.name} ORDER BY ALL").equals(
                store.sql(f"SELECT * FROM {table.name} ORDER BY ALL"), null_equal=True
            )
        held = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'held_facility'"
        assert served.sql(held).item() == (most > 0)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("facility_party", "facility_id"), ("facility_state", "facility_id"), ("power_site_year", "facility_id"),
        ("exposure", "facility_id"), ("event", "facility_id"), ("document", "facility_id"),
        ("hardware_statement", "subject"),
    ],
)  # fmt: skip
def test_rows_speak_for_the_facility_and_keep_the_id_they_were_published_under(
    store, table, column
):
    rows = store.sql(f"SELECT {column}, published_id FROM {table}")
    assert set(rows[column]) == {OLD}
    assert PDB in rows["published_id"].to_list()
    published = store.sql(f"SELECT {column} FROM published_{table}").to_series()
    assert sorted(published) == sorted(rows["published_id"])
    past = store.sql(f"SELECT {column} FROM history_{table}").to_series()
    assert PDB in past.to_list()


def test_evidence_counts_for_the_facility_and_cites_what_was_published(store):
    found = store.sql("SELECT * FROM item JOIN evidence USING (evidence_id) WHERE indicator = 'P01'")  # fmt: skip
    assert found["facility_id"].to_list() == [OLD]
    assert found["scope_id"].to_list() == [PDB]
    assert found["result"].to_list() == ["flag"]
    cited = store.sql("SELECT DISTINCT row_key FROM evidence_source WHERE table_name = 'power_site_year'")  # fmt: skip
    assert all(PDB in key for key in cited.to_series())


def test_two_weights_of_one_zone_are_not_added(store):
    db = store.cursor()
    unite(db)
    from indicia.scoring.exposure import exposures

    zones = exposures(db).filter(scope_kind="zone")
    assert zones.select("facility_id", "weight_share").rows() == [(OLD, 0.3)]


def test_indicators_are_asked_of_rows_as_published(store):
    ids = store.cursor().sql("SELECT facility_id FROM facility ORDER BY 1").fetchall()
    assert [i for (i,) in ids] == [OLD, "epoch-other", PDB]


@pytest.mark.parametrize("asked", [OLD, PDB])
def test_either_id_opens_the_dossier_and_its_parts(store, asked):
    assert identity.canonical(store, asked) == OLD
    assert facility.dossier(store, asked).facility_id == OLD
    assert "First seen 2025-06-01" in facility.dossier(store, asked).freshness
    told = identity.published_as(store, asked)
    assert told["published_id"].to_list() == [OLD, PDB]
    assert told["decision"].to_list() == [None, "same"]
    ledger = compute.ask(store, compute.Scope("facility", asked))
    assert ledger.lines.height


def test_an_id_nobody_publishes_opens_nothing(store):
    assert identity.canonical(store, "gone") == "gone"
    assert facility.dossier(store, "gone") is None
    assert identity.published_as(store, "gone").is_empty()


def test_a_list_names_every_publisher(store):
    rows = flagged.flagged(store, leads.Filters()).rows
    named = dict(rows.select("facility_id", "source").iter_rows())
    assert named.get(OLD) == f"{ANALYST};{PEERINGDB}"


def test_possible_and_near_are_listed_apart_from_what_is_the_same(tmp_path):
    rows = {
        "facility": [
            site("epoch-a", "Example Meridian", EPOCH, at=HERE, place="Kulaitown"),
            site(PDB, "Example SG3", PEERINGDB, at=NEAR_IT, place="1 Road, Kulaitown"),
            site("analyst-k", "Example Kulaitown", ANALYST, place="Kulaitown"),
        ],
        "facility_party": [
            *run_by("epoch-a", "Example", source=EPOCH),
            *run_by(PDB, "Example", source=PEERINGDB),
            *run_by("analyst-k", "Example", source=ANALYST),
        ],
    }  # fmt: skip
    with Store.open(home(tmp_path, rows)) as store:
        assert identity.possibly_same(store, "epoch-a")["facility_id"].to_list() == [
            "analyst-k"
        ]
        assert identity.connected(store, "epoch-a")["facility_id"].to_list() == [PDB]
        assert identity.connected(store, PDB)["name"].to_list() == ["Example Meridian"]
        assert identity.published_as(store, "epoch-a").height == 1


def test_a_judgement_parts_them_again(tmp_path):
    with Store.open(home(tmp_path, said=judged((OLD, PDB, "no match")))) as store:
        assert identity.canonical(store, PDB) == PDB
        assert set(store.sql("SELECT DISTINCT facility_id FROM exposure").to_series()) == {OLD, PDB}  # fmt: skip
        assert identity.published_as(store, PDB).height == 1


def test_a_publisher_that_joins_later_leaves_the_old_link_alone(tmp_path):
    """TOP500 stands before PeeringDB in the order, and joins a facility that has an id."""
    sites = [
        site(PDB, "Meridian Computing Institute Kulaitown", PEERINGDB, at=HERE, place="1 Road, Kulaitown"),
        site("top500-m", "Meridian Computing Institute Kulaitown", TOP500, coord_precision="country"),
    ]  # fmt: skip
    parties = [
        *run_by(PDB, "Meridian Computing Institute", source=PEERINGDB),
        *run_by("top500-m", "Meridian Computing Institute", source=TOP500),
    ]
    with Build(tmp_path) as build:
        for name, given in {"facility": sites, "facility_party": parties}.items():
            for (source,), part in made.rows(name, given).group_by("source"):
                read = EARLY if source == PEERINGDB else NOW
                load(build, name, part, read, source)
        build.replace_assessments(assess(build.reader(), CATALOGUE, NOW.date()))
        build.publish(rules_version="r", kind="synthetic", now=NOW)
    with Store.open(tmp_path) as store:
        assert identity.canonical(store, "top500-m") == PDB
        assert store.sql("SELECT count(*) FROM facility").item() == 1


def test_a_store_without_identities_shows_every_id_as_itself(tmp_path):
    with Build(tmp_path) as build:
        for (source,), part in made.rows("facility", ROWS["facility"]).group_by("source"):
            load(build, "facility", part, NOW, source)
        build.publish(rules_version="r", kind="synthetic", now=NOW)
    with Store.open(tmp_path) as store:
        assert store.sql("SELECT count(*) FROM facility").item() == 3
        assert facility.dossier(store, PDB).facility_id == PDB


def test_what_was_public_then_decides_who_is_who_then(tmp_path):
    with Store.open(home(tmp_path), as_held=EARLY.date()) as store:
        store.show(assess(store.cursor(), CATALOGUE, EARLY.date()))
        assert store.sql("SELECT facility_id FROM facility").to_series().to_list() == [OLD]
        assert identity.canonical(store, PDB) == PDB
