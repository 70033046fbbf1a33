"""The answers behind the pages, asked of the real store."""

from datetime import timedelta

import made_store
import polars as pl
import pytest

from indicia.answers import entity, facility, home, leads, places, sources, timeline, words
from indicia.reference.clock import Rulebook
from indicia.sources.definition import Source


def test_the_queue_breaks_ties_by_coverage_and_then_by_id(made):
    queue = leads.queue(made)
    assert queue["facility_id"].to_list() == [
        made_store.BOLD, made_store.UNKNOWN, made_store.QUIET, "made-twin",
    ]  # fmt: skip
    tied = queue.tail(2)
    assert tied["support_bans"].n_unique() == 1
    assert tied["coverage_share"].is_sorted(descending=True)


def test_a_limit_shortens_the_list_and_not_the_count(made):
    assert leads.queue(made, limit=1).height == 1
    assert leads.ranked(leads.tally(made)) == 4


def test_a_reason_is_the_strongest_counted_item_against_the_strongest_rival(made):
    first = leads.queue(made).row(0, named=True)
    assert first["reason"] == "A tender names 64 restricted accelerators."
    assert first["flags"] == "P01 R01"
    assert first["coverage"] == "4 of 9"


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (leads.Filters(text="OMEGA"), {made_store.BOLD, made_store.QUIET}),
        (leads.Filters(verdicts=("watch",)), {made_store.UNKNOWN}),
        (leads.Filters(precisions=("city",)), {made_store.QUIET, "made-twin"}),
        (leads.Filters(countries=("CN",), text="annex"), {"made-twin"}),
        (leads.Filters(text="100%_'; DROP"), set()),
    ],
)
def test_filters_narrow_the_queue_and_its_count_alike(made, filters, ids):
    assert set(leads.queue(made, filters)["facility_id"]) == ids
    assert leads.ranked(leads.tally(made, filters)) == len(ids)


def test_why_facilities_are_no_leads_adds_up_to_all_of_them(starter):
    counts = leads.tally(starter)
    held_back = sum(n for verdict, n in counts.items() if verdict != "lead")
    assert leads.why_not_more(starter)["facilities_count"].sum() == held_back


def test_places_known_to_region_or_less_are_never_drawn(made, starter):
    for store in (made, starter):
        drawn, undrawn = places.points(store), places.undrawn(store)
        assert set(drawn["coord_precision"]) <= {"site", "city", "county"}
        everyone = store.sql("SELECT count(DISTINCT facility_id) FROM facility").item()
        assert drawn["facilities_count"].sum() + places.total(undrawn) == everyone


def test_facilities_on_one_point_are_one_mark_that_opens_to_all(made):
    mark = places.points(made).filter(pl.col("facilities_count") == 2).row(0, named=True)
    assert set(places.at_place(made, mark["facility_id"])["facility_id"]) == {
        made_store.QUIET, "made-twin",
    }  # fmt: skip


def test_a_reference_site_lends_no_support_to_the_map(made):
    reference = places.points(made).filter(pl.col("verdict") == "reference site")
    assert reference["support_bans"].to_list() == [None]


def test_nothing_undated_disappears(made):
    marks = timeline.of_facility(made, made_store.BOLD)
    undated = timeline.undated(marks)
    assert undated.height == marks["starts_date"].null_count() == 3
    # Rules far from the facility's own days are left out of the picture.
    own = marks.filter(pl.col("lane") != "rule").height
    assert timeline.dated(marks).filter(pl.col("lane") != "rule").height + undated.height == own


def test_rule_markers_are_the_rows_that_the_clock_reads(starter):
    (key,) = starter.sql(
        "SELECT facility_id FROM facility WHERE facility_id = 'analyst-yiwu-county-plans'"
    ).to_series()
    marks = timeline.of_facility(starter, key).filter(pl.col("lane") == "rule")
    days = Rulebook.shipped().rules["effective_from"].drop_nulls()
    assert sorted(marks["starts_date"]) == sorted(days)
    assert marks.height > 15


def test_a_metered_year_is_a_duration_and_its_mean_power(made):
    year = (
        timeline.of_facility(made, made_store.BOLD)
        .filter(pl.col("lane") == "metered")
        .row(1, named=True)
    )
    assert (year["ends_date"] - year["starts_date"]).days == 365
    assert year["value"] == pytest.approx(260000 / (24 * 366))


def test_a_revised_value_shows_both_versions(made):
    said = facility.changes(made, made_store.BOLD)["said"].to_list()
    assert len(said) == 2
    assert '"power_estimated_mw":44.0' in said[0]
    assert '"power_estimated_mw":40.0' in said[1]


def test_items_come_with_what_counts_first(made):
    items = facility.items(made, made_store.BOLD, "H3")
    assert items["weight_bans"].to_list() == [1.1, 0.6, -0.2]
    assert items["is_counted"].to_list() == [True, True, False]


def test_chips_name_every_family_in_one_of_four_states(made):
    chips = facility.chips(made, made_store.BOLD)
    assert dict(chips.select("family", "result").iter_rows()) == {
        "power": "flag", "procurement": "flag", "customs": "no_data", "staffing": "no_data",
        "registry": "not_applicable", "claims": "no_data",
    }  # fmt: skip


def test_an_unknown_facility_has_no_dossier(made):
    assert facility.dossier(made, "nobody") is None


def test_every_kind_of_starter_facility_has_a_dossier_and_a_timeline(starter):
    # One of each kind of facility: they differ in publisher, place known and verdict.
    kinds = "source, coord_precision, site_class, verdict"
    for key in starter.sql(
        f"SELECT min(facility_id) FROM facility JOIN assessment USING (facility_id) GROUP BY {kinds}"
    ).to_series():
        assert facility.dossier(starter, key) is not None
        assert timeline.dated(timeline.of_facility(starter, key)) is not None


def test_a_listing_is_found_by_alias_and_says_so(made):
    found = entity.listings(made, entity.opened(made, " sigma handel "))
    assert found.select("name", "matched_on").rows() == [("Sigma Trading", "same alias")]


def test_a_supplier_among_several_is_found(made):
    assert entity.notices(made, entity.opened(made, "tau"))["named_as"].to_list() == [
        "supplier"
    ]


def _source(source_id: str) -> Source:
    family, name = source_id.split("/")
    return Source(
        name=name, family=family, title=name, publisher="p", homepage="https://example.org", licence="CC0-1.0",
        url="https://example.org", tables=("power_load",), every_hours=24, rows_at_least=1, says="s", does_not_say="d",
    )  # fmt: skip


@pytest.mark.parametrize(("hours", "state"), [(48, "fresh"), (49, "stale")])
def test_a_source_is_stale_after_twice_its_period_and_a_failure_is_said(made, hours, state):
    known = {s: _source(s) for s in ("procurement/ocds", "power/eia930", "power/z")}
    health = sources.health(made, known, made_store.NOW + timedelta(hours=hours))
    assert dict(health.select("source", "state").iter_rows()) == {
        "procurement/ocds": state, "power/eia930": "failed", "power/z": "never",
    }  # fmt: skip


def test_the_front_page_counts_what_the_store_holds(made):
    summary = home.summary(made)
    assert (summary.facilities_count, summary.leads_count, summary.reference_count) == (5, 1, 1)
    assert home.newest_events(made)["status"].to_list() == ["alleged", "superseded", "in force"]


@pytest.mark.parametrize("verdict", ["lead", "watch", "no lead", "reference site", None])
def test_a_verdict_is_a_sentence_and_its_confidence_another(verdict):
    facts = {
        "verdict": verdict, "strongest_rival": "H4", "support_bans": -0.3, "families_for_count": 1,
        "coverage_share": 0.1, "is_prior_stated": True, "is_prior_driven": True, "computable_count": 1,
        "applicable_count": 9,
    }  # fmt: skip
    assert words.verdict(facts).endswith(".")
    assert words.confidence(facts).startswith("Confidence: ")
    assert "Confidence" not in words.verdict(facts)


def test_confidence_is_high_only_with_two_families_coverage_and_a_settled_prior():
    best = {
        "verdict": "lead", "families_for_count": 2, "coverage_share": 0.7, "is_prior_stated": True,
        "is_prior_driven": False, "computable_count": 7, "applicable_count": 10,
    }  # fmt: skip
    assert words.confidence(best).startswith("Confidence: high")
    for weaker in ({"families_for_count": 1}, {"coverage_share": 0.5}):
        assert words.confidence(best | weaker).startswith("Confidence: moderate")
    for weakest in (
        {"is_prior_driven": True},
        {"is_prior_stated": False},
        {"coverage_share": 0.1},
    ):
        assert words.confidence(best | weakest).startswith("Confidence: low")


def test_plain_text_cannot_become_markdown():
    assert (
        words.plain("a [b](https://x.org)\n# c")
        == "a \\[b\\]\\(https\\:\u200b//x\\.org\\) \\# c"
    )
