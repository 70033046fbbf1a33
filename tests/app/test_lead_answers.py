"""Facets with their counts, lines of load, and what changed: as the pages Leads and Home read them."""

import made_store
import polars as pl
import pytest

from indicia.answers import digest, filters, leads, since, sparklines, waterfall
from indicia.answers.filters import Filters
from indicia.schema import RIVALS
from indicia.store import Store


def counts(store, asked: Filters, facet: str) -> dict[str, int]:
    rows = filters.facets(store, asked).filter(pl.col("facet") == facet)
    return dict(rows.select("value", "facilities_count").iter_rows())


def test_a_facet_counts_what_each_choice_would_leave_beside_the_others(made):
    assert counts(made, Filters(), "country") == {"CN": 3, "MY": 1}
    asked = Filters(countries=("MY",), decided={made_store.BOLD: "triage"})
    assert counts(made, asked, "country") == {"CN": 3, "MY": 1}
    assert counts(made, asked, "verdict") == {"lead": 1}
    assert counts(made, asked, "family") == {"power": 1, "procurement": 1}
    assert counts(made, asked, "operator") == {"Omega Compute Sdn. Bhd.": 1}
    assert counts(made, asked, "review") == {"triage": 1}


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        (Filters(operators=("Omega Compute Sdn. Bhd.",)), {made_store.BOLD}),
        (Filters(families=("power", "customs")), {made_store.BOLD}),
        (Filters(rivals=("H4",)), set()),
        (Filters(coverages=("under a third",)), {"made-twin"}),
        (Filters(changed_since="v", changed=("made-twin",)), {"made-twin"}),
        (Filters(changed_since="v"), set()),
        (Filters(reviews=("new",), decided={made_store.BOLD: "triage"}), {made_store.UNKNOWN, made_store.QUIET, "made-twin"}),
    ],
)  # fmt: skip
def test_every_choice_narrows_queue_count_and_facets_alike(made, asked, ids):
    assert set(leads.queue(made, asked)["facility_id"]) == ids
    assert leads.ranked(leads.tally(made, asked)) == len(ids)
    known = {"coverage": asked.coverages, "rival": asked.rivals, "family": asked.families}
    for facet, chosen in known.items():
        if chosen:
            found = counts(made, asked, facet)
            assert max((found.get(c, 0) for c in chosen), default=0) == len(ids)


def test_choices_are_short_ordered_and_hold_the_operator_of_a_link(made, monkeypatch):
    monkeypatch.setattr(filters, "MOST_OPERATORS", 0)
    offered = filters.choices(made, ("Omega Compute Sdn. Bhd.", "nobody"))
    assert offered["operator"] == ["Omega Compute Sdn. Bhd."]
    assert offered["verdict"] == ["lead", "watch", "no lead"]
    assert "US" in offered["country"]
    assert set(offered) == set(filters.FACETS)


def test_a_line_of_load_is_the_own_meter_or_said_to_be_the_whole_zone(tmp_path):
    near = {"facility_id": made_store.QUIET, "scope_kind": "zone", "scope_id": "ZONE", "weight_share": 0.2, "basis": "invented"}  # fmt: skip
    home = made_store.build(tmp_path, {"exposure": [near]})
    with Store.open(home) as store:
        found = sparklines.beside(store, leads.queue(store))
    lines = dict(found.select("facility_id", "load_of").iter_rows())
    assert lines[made_store.BOLD] == "own meter, years 2023 to 2024"
    assert lines[made_store.QUIET] == "whole zone ZONE, not the site (exposure 0.2)"
    assert lines[made_store.UNKNOWN] is None
    quiet = found.filter(pl.col("facility_id") == made_store.QUIET)["load_line"][0]
    assert quiet.to_list()[::29] == [900.0, 1016.0]


def test_the_steps_of_the_waterfall_add_up_to_support_over_every_rival(made):
    for rival in RIVALS:
        steps = waterfall.steps(made, made_store.BOLD, rival)
        assert steps["part"].to_list() == ["prior", "family", "family", "total"]
        assert steps["label"].to_list()[1:3] == ["procurement", "power"]
        assert steps["weight_bans"][:-1].sum() == pytest.approx(steps["weight_bans"][-1])
        ends = steps["ends_bans"][:-2].to_list()
        assert steps["starts_bans"][1:-1].to_list() == pytest.approx(ends)
    assert waterfall.steps(made, "nobody", "H3").is_empty()


class Frames:
    """A reader of one frame, whatever is asked."""

    def __init__(self, *rows: tuple[str, str, float]) -> None:
        self.rows = pl.DataFrame(
            rows, schema=["facility_id", "verdict", "support_bans"], orient="row"
        )

    def sql(self, query: str, parameters: object = ()) -> pl.DataFrame:  # noqa: ARG002 -- one answer
        return self.rows


def test_what_moved_names_new_ones_other_verdicts_and_other_support():
    before = Frames(
        ("a", "watch", 0.5), ("b", "no lead", 0.1), ("c", "no lead", 0.1), ("gone", "lead", 1.0)
    )
    after = Frames(
        ("a", "lead", 0.8), ("b", "no lead", -0.1), ("c", "no lead", 0.1), ("d", "watch", 0.0)
    )
    found = digest.moved(before, after)
    assert dict(found.select("facility_id", "change").iter_rows()) == {
        "a": "◇ watch → ◆ lead, +0.30 bans", "b": "-0.20 bans", "d": "new",
    }  # fmt: skip
    assert since.on_lists(found) == "1 new, 1 with another verdict, 1 with other support"
