"""Records of every source gathered, met and joined; what people decide wins."""

from datetime import UTC, date, datetime
from itertools import pairwise

import made
import polars as pl
import pytest

from indicia.entities.clusters import clusters
from indicia.entities.records import gather
from indicia.entities.resolve import resolve
from indicia.schema import JUDGEMENT, RESOLVED

ROAD = "Room 5, 12 Invented Road, Beijing, CN"


def listing(key, name, **more):
    return {"list_code": "EL", "listing_key": key, "name": name, "countries_iso2": "CN",
            "listed_date": date(2024, 5, 9), "citation": "invented", **more}  # fmt: skip


def owner(site, name, country="CN"):
    return {"facility_id": site, "role": "owner", "party_name": name, "certainty": "stated",
            "headquarters_iso2": country}  # fmt: skip


def verdict(number, left, right, said, subject="organisation"):
    left, right = sorted((left, right))
    return {"judgement_id": number, "subject": subject, "left_id": left, "right_id": right,
            "verdict": said, "reason": "read both", "judged_by": "AB",
            "judged_utc": datetime(2026, 1, 2, tzinfo=UTC)}  # fmt: skip


def resolved(*judgements, **tables):
    db = made.database(**tables)
    return resolve(db, JUDGEMENT.frame(judgements))


def entity_of(found, record_id):
    (row,) = found["party_record"].filter(record_id=record_id).to_dicts()
    return row["entity_id"]


def record_of(found, kind, name):
    (row,) = found["party_record"].filter(kind=kind, name=name).to_dicts()
    return row["record_id"]


def test_every_source_that_names_an_organisation_is_gathered():
    db = made.database(
        entity_listing=[listing("1", "Examplon Dragon Works", aliases="Plant Ninety; 示例凡")],
        entity_record=[{"record_id": "LEI:5299", "name": "Examplon Dragon Works", "country_iso2": "CN", "headquarters_iso2": "HK"}],
        entity_name=[{"record_id": "LEI:5299", "name": "Old Examplon", "kind": "previous"}],
        facility=[{"facility_id": "site", "name": "Hall", "country_iso2": "MY"}],
        facility_party=[owner("site", "Examplon Cloud", None)],
        procurement_notice=[{"process_id": "p", "notice_id": "n", "line_id": "1", "stage": "award", "buyer_name": "City Example", "buyer_id": "XX:1", "supplier_names": "Examplon Trade; Nova Sales", "supplier_ids": "UEN:1; UEN:2", "notice_date": date(2025, 1, 1)}],
        shipment=[{"shipment_id": "s", "shipped_date": date(2025, 2, 1), "shipper_name": "Examplon Parts", "consignee_name": "Examplon Hall", "notify_name": "Nova Bank"}],
        staffing_count=[{"employer": "Examplon Jobs", "employer_id": "UEN:9", "place": "", "skill_group": "gpu", "counted_date": date(2025, 1, 1), "openings_count": 3}],
        expertise_count=[{"institution_id": "ROR:1", "institution": "Example University", "field": "ai", "year": 2024, "works_count": 5}],
        training_claim=[{"model": "m", "organisations": "Examplon Lab; Example University"}],
        event=[{"event_id": "e", "kind": "case", "title": "t", "status": "reported", "parties": "Examplon Trade"}],
    )  # fmt: skip
    records, names = gather(db)
    assert set(records["kind"]) == {
        "listed", "register", "party", "buyer", "supplier", "shipper", "consignee", "notify",
        "employer", "institution", "developer", "event",
    }  # fmt: skip
    suppliers = records.filter(kind="supplier").select("name", "registry_ids").rows()
    assert sorted(suppliers) == [("Examplon Trade", "UEN:1"), ("Nova Sales", "UEN:2")]
    (party,) = records.filter(kind="party").to_dicts()
    assert (party["countries_iso2"], party["seen_in_iso2"]) == (None, "MY")
    (entry,) = records.filter(kind="register").to_dicts()
    assert entry["countries_iso2"] == "CN;HK"
    spelt = dict(names.filter(record_id="EL:1").select("name", "spelling").rows())
    assert spelt == {
        "Examplon Dragon Works": "main",
        "Plant Ninety": "alias",
        "示例凡": "alias",
    }
    assert names.filter(record_id="LEI:5299", spelling="previous")["name"].to_list() == [
        "Old Examplon"
    ]


def test_ids_that_do_not_pair_with_names_are_not_given_to_anyone():
    notice = {"process_id": "p", "notice_id": "n", "line_id": "1", "stage": "award",
              "supplier_names": "Examplon Trade; Nova Sales", "supplier_ids": "UEN:1"}  # fmt: skip
    records, _ = gather(made.database(procurement_notice=[notice]))
    assert records["registry_ids"].to_list() == [None, None]


def test_a_name_in_many_rows_is_one_record_that_counts_them():
    parties = [owner("a", "Examplon Cloud"), owner("b", "Examplon Cloud"), owner("c", "Examplon Cloud", "US")]  # fmt: skip
    records, _ = gather(made.database(facility_party=parties))
    assert sorted(records.select("countries_iso2", "records_count").rows()) == [
        ("CN", 2),
        ("US", 1),
    ]


def test_a_listing_and_an_owner_of_one_name_and_country_are_one_organisation():
    found = resolved(
        entity_listing=[listing("1", "Examplon Dragon Works Co., Ltd.")],
        facility_party=[owner("site", "EXAMPLON DRAGON WORKS")],
    )
    (one,) = found["organisation"].to_dicts()
    assert (one["entity_id"], one["is_listed"], one["is_site_party"]) == ("EL:1", True, True)
    assert (one["records_count"], one["sources_count"]) == (2, 2)
    (edge,) = found["entity_edge"].to_dicts()
    assert (edge["method"], edge["decision"]) == ("same name", "same")
    assert {edge["left_source"], edge["right_source"]} == {"entities/made", "facilities/made"}


def test_a_register_entry_names_the_organisation():
    found = resolved(
        entity_listing=[listing("1", "Examplon Dragon Works")],
        entity_record=[{"record_id": "LEI:5299", "name": "Examplon Dragon Works", "country_iso2": "CN"}],
    )  # fmt: skip
    assert entity_of(found, "EL:1") == "LEI:5299"


def test_a_name_that_two_entries_of_a_register_bear_joins_neither():
    entries = [
        {"record_id": f"LEI:{n}", "name": "Examplon Dragon Works", "country_iso2": "CN"} for n in "12"
    ]  # fmt: skip
    found = resolved(
        entity_record=entries, facility_party=[owner("site", "Examplon Dragon Works")]
    )
    edges = found["entity_edge"].filter(pl.col("left_id").str.starts_with("LEI") & pl.col("right_id").str.starts_with("party"))  # fmt: skip
    assert edges["decision"].to_list() == ["possible", "possible"]
    assert all("Several entries" in why for why in edges["why"])
    assert found["organisation"].height == 3


def test_one_address_connects_and_does_not_merge():
    found = resolved(
        entity_listing=[
            listing("1", "Examplon Dragon Works", addresses=ROAD),
            listing("2", "Quite Another Firm", addresses=ROAD.replace("Road", "Rd.")),
        ]
    )
    (edge,) = found["entity_edge"].to_dicts()
    assert (edge["method"], edge["decision"]) == ("address", "near")
    assert "2 records share it" in edge["why"]
    assert found["organisation"].height == 2


def test_a_register_says_who_owns_whom():
    entries = [{"record_id": f"LEI:{n}", "name": f"Examplon {n}", "country_iso2": "CN"} for n in ("Alpha", "Beta")]  # fmt: skip
    link = {"record_id": "LEI:Alpha", "kind": "direct parent", "other_id": "LEI:Beta"}
    found = resolved(entity_record=entries, entity_link=[link])
    (edge,) = found["entity_edge"].filter(method="stated link").to_dicts()
    assert edge["decision"] == "near"
    assert edge["why"] == "A register states: Examplon Beta is direct parent of Examplon Alpha."


PAIR = {
    "entity_listing": [listing("1", "Examplon Dragon Works")],
    "facility_party": [owner("site", "Examplon Dragon Works")],
}


def test_no_match_takes_a_sure_pair_apart_and_is_told():
    party = record_of(resolved(**PAIR), "party", "Examplon Dragon Works")
    found = resolved(verdict(1, "EL:1", party, "no match"), **PAIR)
    assert found["organisation"].height == 2
    decisions = dict(found["entity_edge"].select("method", "decision").rows())
    assert decisions == {"same name": "different", "judgement": "different"}
    (said,) = found["entity_edge"].filter(method="judgement")["why"]
    assert said == "Judged no match by AB on 2026-01-02: read both"


def test_unsure_is_not_merged():
    party = record_of(resolved(**PAIR), "party", "Examplon Dragon Works")
    found = resolved(verdict(1, "EL:1", party, "unsure"), **PAIR)
    assert found["organisation"].height == 2
    assert set(found["entity_edge"]["decision"]) == {"possible"}


def test_match_joins_what_no_rule_would():
    tables = {
        "entity_listing": [listing("1", "Examplon Dragon Works")],
        "facility_party": [owner("site", "Something Else Entirely", "DE")],
    }
    party = record_of(resolved(**tables), "party", "Something Else Entirely")
    found = resolved(verdict(1, "EL:1", party, "match"), **tables)
    assert found["organisation"].height == 1


def test_no_match_holds_through_a_third_record():
    tables = {
        "entity_listing": [listing("1", "Examplon Dragon Works"), listing("2", "Examplon Dragon Works Ltd")],
        "facility_party": [owner("site", "EXAMPLON DRAGON WORKS")],
    }  # fmt: skip
    party = record_of(resolved(**tables), "party", "EXAMPLON DRAGON WORKS")
    assert resolved(**tables)["organisation"].height == 1
    found = resolved(verdict(1, "EL:1", party, "no match"), **tables)
    assert entity_of(found, "EL:1") != entity_of(found, party)


def test_a_judgement_on_a_record_that_is_gone_waits():
    found = resolved(verdict(1, "EL:1", "party:gone", "match"), **PAIR)
    assert found["judgement"].height == 1
    assert found["entity_edge"].filter(method="judgement").is_empty()


def test_tables_are_visible_where_indicators_ask():
    db = made.database(**PAIR)
    found = resolve(db)
    for table in RESOLVED:
        assert db.sql(f'SELECT count(*) FROM "{table.name}"').fetchall()[0][0] == found[table.name].height  # fmt: skip


def test_the_order_of_rows_does_not_matter():
    tables = {
        "entity_listing": [listing(str(n), f"Examplon {w} Works", addresses=ROAD) for n, w in enumerate(("Dragon", "Tiger", "Dragon", "Crane"))],
        "facility_party": [owner(f"s{n}", f"EXAMPLON {w} WORKS") for n, w in enumerate(("TIGER", "CRANE", "HERON"))],
    }  # fmt: skip
    turned = {name: rows[::-1] for name, rows in tables.items()}
    one, other = resolved(**tables), resolved(**turned)
    for table in RESOLVED:
        assert one[table.name].equals(other[table.name]), table.name


def same(*pairs):
    return pl.DataFrame(
        [(a, b, 2, 1.0) for a, b in pairs],
        schema={"left_id": pl.String, "right_id": pl.String, "rank": pl.Int64, "score_share": pl.Float64},
        orient="row",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("edges", "apart", "wanted"),
    [
        ([], [], ["a", "b", "c", "d", "e"]),
        ([("d", "e"), ("a", "b"), ("b", "c"), ("c", "d")], [], ["a"] * 5),
        ([("a", "b"), ("b", "c")], [("a", "c")], ["a", "a", "c", "d", "e"]),
        ([("a", "b"), ("c", "d"), ("b", "c")], [("a", "d")], ["a", "a", "a", "d", "e"]),
        ([("a", "b")], [("a", "b")], ["a", "b", "c", "d", "e"]),
    ],
)
def test_clusters_join_all_that_is_one_and_never_a_forbidden_pair(edges, apart, wanted):
    ids = pl.Series(["c", "a", "e", "b", "d"])
    forbidden = pl.DataFrame(
        apart, schema={"left_id": pl.String, "right_id": pl.String}, orient="row"
    )
    found = clusters(ids, same(*edges), forbidden)
    assert found["id"].to_list() == ["a", "b", "c", "d", "e"]
    assert found["cluster"].to_list() == wanted
    for left, right in apart:
        both = found.filter(pl.col("id").is_in([left, right]))["cluster"]
        assert both.n_unique() == 2


def test_a_long_chain_is_one_cluster():
    names = [f"r{n:05d}" for n in range(5_000)]
    edges = same(*pairwise(names))
    found = clusters(pl.Series(names[::-1]), edges, edges.select("left_id", "right_id").head(0))
    assert found["cluster"].unique().to_list() == ["r00000"]
