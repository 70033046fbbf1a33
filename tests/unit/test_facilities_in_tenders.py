"""Notices that name a facility meet it; who buys and where decides how sure that is."""

import made
import pytest
from made_sites import ANALYST, EPOCH, judged, run_by, site

from indicia.entities.facilities import identities
from indicia.schema import JUDGEMENT

SITE = site("analyst-m", "Meridian Supercomputing Centre", ANALYST, place="Kulaitown")
RUN = run_by("analyst-m", "University of Kulaitown")
PAIR = ("analyst-m", "process:p")


def notice(title, **more):
    return {
        "process_id": "p", "notice_id": "n", "line_id": "tender", "stage": "tender", "title": title,
        "country_iso2": "MY", **more,
    }  # fmt: skip


def met(*notices, sites=(SITE,), parties=RUN, said=None):
    db = made.database(facility=list(sites), facility_party=parties, procurement_notice=list(notices))  # fmt: skip
    edges, identity = identities(db, JUDGEMENT.frame([]) if said is None else said)
    rows = {(e["left_id"], e["right_id"]): e for e in edges.iter_rows(named=True)}
    return rows, dict(identity.select("published_id", "facility_id").iter_rows())


@pytest.mark.parametrize(
    "more",
    [{"buyer_name": "University of Kulaitown"}, {"supplier_names": "X; University of Kulaitown"},
     {"place": "Jalan 1, Kulaitown"}],
)  # fmt: skip
def test_a_notice_that_names_it_and_a_party_or_its_town_is_about_it(more):
    edges, led = met(notice("Accelerators for the Meridian super-computing center", **more))
    assert edges[PAIR]["decision"] == "same"
    assert led["process:p"] == "analyst-m"


def test_a_name_alone_is_only_possible():
    edges, led = met(notice("Accelerators for the Meridian Supercomputing Centre"))
    assert edges[PAIR]["decision"] == "possible"
    assert "process:p" not in led


@pytest.mark.parametrize(
    "title", ["Accelerators for the Meridian", "Supercomputing centre", "", "Meridians Supercomputing Centre"]
)  # fmt: skip
def test_part_of_a_name_meets_nothing(title):
    assert not met(notice(title, buyer_name="University of Kulaitown"))[0]


def test_a_brand_alone_meets_nothing():
    brand = site("analyst-b", "Example Cloud", ANALYST, place="Kulaitown")
    given = notice("Example Cloud services", supplier_names="Example", place="Kulaitown")
    assert not met(given, sites=[brand], parties=run_by("analyst-b", "Example"))[0]


def test_who_names_the_operator_has_not_named_a_site_called_like_it():
    alike = site("top500-k", "University of Kulaitown", ANALYST, coord_precision="country")
    given = notice(
        "Servers for the University of Kulaitown", buyer_name="University of Kulaitown"
    )
    edges, _ = met(given, sites=[alike], parties=run_by("top500-k", "University of Kulaitown"))
    assert [e["decision"] for e in edges.values()] == ["possible"]


def test_another_unit_or_country_meets_nothing():
    second = site("epoch-c", "Example Colossus 2", EPOCH, place="Kulaitown")
    of = run_by("epoch-c", "Example")
    assert not met(notice("Racks for Colossus 1, Example", place="Kulaitown"), sites=[second], parties=of)[0]  # fmt: skip
    yes = met(notice("Racks for Colossus 2, Example", place="Kulaitown"), sites=[second], parties=of)  # fmt: skip
    assert yes[1]["process:p"] == "epoch-c"
    far = notice("Meridian Supercomputing Centre", place="Kulaitown", country_iso2="DE")
    assert not met(far)[0]


def test_a_name_in_han_script_is_found_inside_a_title():
    han = site("analyst-h", "国家超级计算无锡中心", ANALYST, place="无锡", country_iso2="CN")
    of = run_by("analyst-h", "国家超级计算无锡中心")
    given = notice("国家超级计算无锡中心人工智能服务器采购项目", place="无锡", country_iso2="CN")  # fmt: skip
    edges, led = met(given, sites=[han], parties=of)
    assert edges["analyst-h", "process:p"]["decision"] == "same"
    assert led["process:p"] == "analyst-h"


def test_a_process_that_fits_two_facilities_is_left_to_a_person():
    twin = site(
        "analyst-n", "Meridian Supercomputing Centre Kulaitown", ANALYST, place="Kulaitown"
    )
    given = notice("Racks, Meridian Supercomputing Centre, Kulaitown", place="Kulaitown")
    parties = [*RUN, *run_by("analyst-n", "Other Institute")]
    edges, led = met(given, sites=[SITE, twin], parties=parties)
    assert {edges[i, "process:p"]["decision"] for i in ("analyst-m", "analyst-n")} == {
        "possible"
    }
    assert "process:p" not in led


@pytest.mark.parametrize(
    ("verdict", "decision", "leads"),
    [
        ("match", "same", "analyst-m"),
        ("no match", "different", None),
        ("unsure", "possible", None),
    ],
)
def test_a_persons_word_wins_whatever_the_title_says(verdict, decision, leads):
    for title in ("Accelerators", "Meridian Supercomputing Centre"):
        given = notice(title, place="Kulaitown")
        edges, led = met(given, said=judged((*PAIR, verdict)))
        assert edges[PAIR]["decision"] == decision
        assert led.get("process:p") == leads
