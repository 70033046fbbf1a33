"""Promises that hold for everything registered, however many there are."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from indicia import schema
from indicia.cli import providers
from indicia.errors import SourceDefinitionError
from indicia.indicators import CATALOGUE
from indicia.reference import tables
from indicia.schema.base import SUFFIXES
from indicia.scoring.hypotheses import FAMILIES, HYPOTHESES, likelihoods, priors
from indicia.sources.definition import Source

ROOT = Path(__file__).parents[2]
JOBS = providers.find().jobs
HEADINGS = ("## What it says", "## Method", "## Example", "## Why it may be innocent", "## Exclusions", "## Sanity check", "## Sources")  # fmt: skip


def test_the_entry_point_loads_and_finds_every_definition():
    assert [e.value for e in entry_points(group=providers.GROUP)] == ["ingest"]
    assert not providers.find().broken
    defined = {f"{p.parent.name}/{p.stem}" for p in (ROOT / "ingest").glob("*/*.toml")}
    assert set(JOBS) == defined
    assert len(defined) >= 9


def test_every_family_of_jobs_is_a_package_so_that_the_import_rules_see_it():
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for folder in {p.parent for p in (ROOT / "ingest").glob("*/*.toml")}:
        assert (folder / "__init__.py").exists(), folder
        assert f'"ingest.{folder.name}"' in contracts


@pytest.mark.parametrize("name", JOBS)
def test_every_source_states_its_terms_and_its_limits(name):
    source = JOBS[name].source
    assert source.does_not_say.endswith(".")
    assert source.says.endswith(".")
    assert source.licence
    assert source.publisher
    assert source.live_checked == "never"
    assert source.every_hours > 0
    assert not source.url or source.url.startswith("https://")


@pytest.mark.parametrize("name", JOBS)
def test_every_source_has_a_recorded_body(name):
    assert list((ROOT / "tests" / "replay" / name).rglob("response*"))


@pytest.mark.parametrize("table", schema.TABLES.values(), ids=lambda t: t.name)
def test_every_measure_carries_its_unit_in_its_name(table):
    for column in table.columns:
        if column.unit:
            assert column.name.endswith(SUFFIXES[column.unit]), column.name
        assert column.doc.endswith("."), column.name


@pytest.mark.parametrize("table", schema.TABLES.values(), ids=lambda t: t.name)
def test_every_key_is_a_column(table):
    assert set(table.key) <= set(table.names)


@pytest.mark.parametrize("indicator", CATALOGUE, ids=lambda i: i.code)
def test_every_indicator_is_documented_weighed_and_names_innocent_causes(indicator):
    page = (ROOT / "docs" / "indicators" / f"{indicator.code}.md").read_text(encoding="utf-8")
    for heading in HEADINGS:
        assert heading in page
    assert indicator.benign_causes
    assert indicator.family in FAMILIES
    assert set(indicator.kinds) <= set(likelihoods()["kind"])
    families = (
        likelihoods()
        .filter(likelihoods()["kind"].is_in(indicator.kinds))["family"]
        .unique()
        .to_list()
    )
    assert families == [indicator.family]


def test_codes_are_unique():
    codes = [i.code for i in CATALOGUE]
    assert len(codes) == len(set(codes))


def test_likelihoods_are_probabilities_and_priors_sum_to_one():
    shares = likelihoods().select(*HYPOTHESES, "background").to_numpy()
    assert ((shares > 0) & (shares < 1)).all()
    assert priors().select(HYPOTHESES).sum_horizontal().to_list() == pytest.approx([1.0] * 3)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "data/reference").glob("*.csv")), ids=lambda p: p.stem
)
def test_every_reference_table_can_be_read(path):
    assert tables.table(path.stem).height


def test_a_definition_with_a_wrong_key_is_named(tmp_path):
    path = tmp_path / "power" / "made.toml"
    path.parent.mkdir()
    path.write_text('title = "x"\ncolour = "red"\n')
    with pytest.raises(
        SourceDefinitionError, match=r"missing .*publisher.* unknown \['colour'\]"
    ):
        Source.load(path)
