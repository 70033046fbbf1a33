"""Epoch AI's releases: persons never reach the archive, a file finds its source, no row makes a site."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources import intake
from indicia.sources.archive import Archive
from indicia.sources.contract import Fetch

HERE = Path(__file__).parent
NOW = datetime(2026, 6, 1, tzinfo=UTC)
JOBS = ingest.jobs()
MODELS, SITES, CLUSTERS = (
    "staffing/epoch_models",
    "facilities/epoch",
    "facilities/epoch_clusters",
)
LISTS = ("notable", "frontier")
PERSONS = (b"Author", b"author", b"Some Body", b"Ent Erer", b"example.org;", b"@")
CHILLERS = b"Model,Manufacturer,Cooling capacity (kW),Number of fans\nC1,Made Cooling,1900,24\n"


def body_of(name, case):
    return (HERE / name / case / "response.csv").read_bytes()


def fetch_of(name, file_name):
    stated = datetime(2026, 3, 1, tzinfo=UTC)
    return Fetch("made", name, "file", file_name, NOW, "", "", 0, stated)


@pytest.mark.parametrize("case", LISTS)
def test_no_person_of_a_models_table_reaches_the_archive(case, tmp_path):
    raw = body_of(MODELS, case)
    assert b"Author" in raw
    file = tmp_path / f"{case}.csv"
    file.write_bytes(raw)
    archive = Archive(tmp_path / "home")
    (batch,) = intake.files(JOBS[MODELS], archive, file, date(2025, 12, 1), NOW)
    (fetch,) = [fetch for fetch, _ in batch.bodies]
    archived = archive.body(fetch)
    assert not [person for person in PERSONS if person in archived]
    assert b"Made-LM" in archived


def test_a_file_that_is_no_models_table_is_archived_as_a_header_only():
    raw = b"Company,Id,Authors,Notes\nMade Labs,1,Made-Up Author,told by Some Body\n"
    kept = JOBS[MODELS].redact(raw)
    assert kept.splitlines()[0] == b"Company,Id,Authors,Notes"
    assert b"Made" not in kept


def test_a_body_that_is_no_table_is_not_archived():
    with pytest.raises(SourceChangedError, match="CSV"):
        JOBS[MODELS].redact(b"<html>Made-Up Author</html>")


@pytest.mark.parametrize(
    "lost", ["Organization", "Publication date", "Training compute (FLOP)"]
)
def test_a_column_that_is_gone_is_named(lost):
    raw = body_of(MODELS, "notable").replace(lost.encode(), b"Renamed", 1)
    body = JOBS[MODELS].redact(raw)
    with pytest.raises(SourceChangedError) as told:
        JOBS[MODELS].parse(body, fetch_of(MODELS, "notable_ai_models.csv"))
    assert lost in str(told.value)


OTHERS = [
    (MODELS, body_of(CLUSTERS, "clusters"), "facilities/epoch_clusters reads it"),
    (MODELS, body_of(SITES, "timelines"), "facilities/epoch reads it"),
    (CLUSTERS, body_of(MODELS, "notable"), "staffing/epoch_models reads it"),
    (CLUSTERS, body_of(SITES, "chip-quantities"), "facilities/epoch reads it"),
    (SITES, body_of(CLUSTERS, "clusters"), "facilities/epoch_clusters reads it"),
    (SITES, body_of(MODELS, "frontier"), "staffing/epoch_models reads it"),
    (SITES, CHILLERS, "names no site"),
    (CLUSTERS, CHILLERS, "names no site"),
    (MODELS, CHILLERS, "names no site"),
]


@pytest.mark.parametrize(("name", "raw", "says"), OTHERS)
def test_another_file_of_the_release_is_refused_with_the_source_that_reads_it(name, raw, says):
    job = JOBS[name]
    with pytest.raises(SourceChangedError) as told:
        job.parse(job.redact(raw), fetch_of(name, "release.csv"))
    assert says in str(told.value)


def test_chip_quantities_of_a_site_that_the_release_does_not_list_are_left_out():
    made = b"Data center,Date,Chip type,Number of Units\nNowhere,2025-06-01,NVIDIA H100,500\n"
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("data_centers.csv", body_of(SITES, "campuses"))
        archive.writestr("data_center_timelines.csv", body_of(SITES, "timelines"))
        archive.writestr("data_center_chip_quantities.csv", made)
        archive.writestr("data_center_chillers.csv", CHILLERS)
    said = JOBS[SITES].parse(packed.getvalue(), fetch_of(SITES, "data_centers.zip"))
    assert said.tables["facility"].height
    assert said.tables["hardware_statement"].height == 0
    (stray,) = [r for r in said.rejections if r.rule == "site unknown"]
    assert (stray.count, "epoch-nowhere" in stray.received) == (1, True)
    (unread,) = [r for r in said.rejections if r.rule == "member not read"]
    assert "chillers" in unread.received


def test_no_cluster_becomes_a_site():
    said = JOBS[CLUSTERS].parse(body_of(CLUSTERS, "clusters"), fetch_of(CLUSTERS, "c.csv"))
    assert set(said.tables) == {"hardware_statement"}
    assert set(said.tables["hardware_statement"]["subject_kind"]) == {"party"}
    assert JOBS[CLUSTERS].source.tables == ("hardware_statement",)


def test_the_power_that_was_computed_from_accelerators_is_not_read():
    body = body_of(CLUSTERS, "clusters")
    said = JOBS[CLUSTERS].parse(body, fetch_of(CLUSTERS, "c.csv")).tables
    other = (
        JOBS[CLUSTERS].parse(body.replace(b"40.1", b"99.9"), fetch_of(CLUSTERS, "c.csv")).tables
    )
    assert said["hardware_statement"].equals(other["hardware_statement"])
