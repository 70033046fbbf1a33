"""Whatever a person chose is part of the rules version: a changed figure changes it."""

import shutil

import pytest

from indicia import bundled
from indicia.reference import tables


@pytest.fixture
def reference(tmp_path, monkeypatch):
    """A copy of the reference tables that may be changed, and the version of it."""
    folder = shutil.copytree(bundled.path(tables.FOLDER), tmp_path / "reference")
    monkeypatch.setattr(tables.bundled, "path", lambda _name: folder)

    def version():
        tables.version.cache_clear()
        return tables.version()

    yield folder, version
    tables.version.cache_clear()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("settings.toml", "family_bans = 1.5", "family_bans = 1.6"),
        ("settings.toml", "false_discovery_share = 0.10", "false_discovery_share = 0.05"),
        ("likelihoods.csv", "0.45", "0.46"),
        ("priors.csv", ".05", ".06"),
    ],
)
def test_a_changed_figure_changes_the_version_and_its_return_brings_it_back(
    reference, name, old, new
):
    folder, version = reference
    before, text = version(), (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert version() != before
    (folder / name).write_text(text, encoding="utf-8")
    assert version() == before


def test_a_table_that_comes_or_goes_changes_the_version(reference):
    folder, version = reference
    before = version()
    (folder / "hunches.csv").write_text("hunch\n", encoding="utf-8")
    assert version() != before
