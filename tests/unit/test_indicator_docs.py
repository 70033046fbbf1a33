"""Every indicator's page has its headings, and every example on it is executed."""

import re
import tomllib
from datetime import UTC, date, datetime

import made
import made_organisations as org
import made_prices as prices
import made_resolved as who
import numpy as np
import polars as pl
import pytest

from indicia import bundled
from indicia.indicators import CATALOGUE

HEADINGS = (
    "What it says",
    "Method",
    "Example",
    "Why it may be innocent",
    "Exclusions",
    "Sanity check",
    "Sources",
)
REFUSED = re.compile(
    r"\b(proves?|detects?|confirms?|guilty|violations?|illegal|smugglers?|suspects?|culprits?)\b",
    re.IGNORECASE,
)


def page(code):
    return bundled.path(f"docs/indicators/{code}.md").read_text(encoding="utf-8")


def base_load(case):
    count = case.get("months", 60)
    month = np.arange(count)
    level = case["level_mw"] * made.scatter(count, case["noise_share"])
    level = (
        level + case.get("step_mw", 0) * (month >= 30) + case.get("ramp_mw", 0) * month / count
    )
    return made.database(power_load_month=made.monthly_base_load("VALLEY", level))


def panel(case):
    """Zones that mix two seasons and a trend; what happens in the last year happens to the first."""
    month, random = np.arange(48), np.random.default_rng(3)
    turn = 2 * np.pi * month / 12
    mix = random.uniform(0.02, 0.12, (case["zones"], 3))
    mix[0] = 0.07
    course = 1 + mix @ np.stack([np.sin(turn), np.cos(turn), month / 48])
    is_last = month >= 36
    base = 500 * (course + case.get("common_share", 0) * is_last)
    base = base * (1 + 0.004 * random.standard_normal(base.shape))
    base[0] += case.get("grown_mw", 0) * is_last
    zones = ["VALLEY", *(f"PEER{n:02}" for n in range(1, case["zones"]))]
    rows = [
        row
        for name, values in zip(zones, np.maximum(base, 0.0), strict=True)
        for row in made.monthly_base_load(name, values)
    ]
    tie = {"facility_id": "epoch-example", "scope_kind": "zone", "scope_id": "VALLEY"}
    return made.database(
        power_load_month=rows, exposure=[{**tie, "weight_share": 0.1, "basis": "made"}]
    )


def hours(case):
    count = case.get("months", 12)
    night, day = case["night_mw"], case["day_mw"]
    days = (made.months(count + 1, date(2024, 1, 1))[-1] - date(2024, 1, 1)).days
    shape = [night] * 12 + [day] * 12
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return made.database(power_load=made.hourly_load("SUBSTATION", shape * days, start))


def capacities(case):
    states = [
        {
            "facility_id": "epoch-example",
            "on_date": s["on"],
            "power_kind": s.get("kind", "capacity"),
            "power_reported_mw": s["mw"],
            "statement": s.get("statement"),
            "is_projection": s.get("is_plan", False),
            "origin_id": s.get("by", "made"),
        }
        for s in case.get("stated", [])
    ]
    drawn = made.campus_years("epoch-example", case.get("drawn_mw_from_2015", []))
    return made.database(facility_state=states, power_site_year=drawn)


def installed(case):
    said = {
        "subject_kind": "facility",
        "subject": "epoch-example",
        "kind": case.get("kind_of_number", "installed"),
        "chip_text": "",
        "on_date": case["on"],
        "accelerators_reported_count": case["accelerators"],
    }
    drawn = made.campus_years("epoch-example", case.get("drawn_mw_from_2015", []))
    db = made.database(power_site_year=drawn)
    rows = made.rows("hardware_statement", [said])
    db.register("said", rows)
    db.execute("INSERT INTO hardware_statement SELECT * FROM said")
    return db


def absorbed(case):
    sites = [f"epoch-{n}" for n in range(case.get("sites", 3))]
    power = {"power_kind": "capacity", "is_projection": False}
    states = [
        {"facility_id": s, "on_date": on, "power_reported_mw": mw, **power}
        for s in sites
        for on, mw in zip(
            (date(2022, 6, 1), date(2023, 6, 1), date(2024, 9, 1)),
            (*case["site_mw"], case["site_mw"][-1]),
            strict=True,
        )
    ]
    return made.database(
        customs_flow=made.monthly_lane(
            "TWN>MYS",
            [v * 1e6 for v in case["monthly_million_usd"]],
            hs_code=case.get("hs_code", "847150"),
        ),
        facility=[
            {"facility_id": s, "name": s, "country_iso2": "MY", "coord_precision": "city"}
            for s in sites
        ],
        facility_state=states,
    )


def lane(case):
    rows = [
        row
        for name, values in case["values_million_usd"].items()
        for row in made.yearly_lane(
            name, [v * 1e6 or None for v in values], "X", hs_code=case.get("hs_code", "847150")
        )
    ]
    return made.database(customs_flow=rows)


def mirrors(case):
    sides = (("M", case["imports_million_usd"]), ("X", case["exports_million_usd"]))
    rows = [
        row
        for flow, values in sides
        for row in made.yearly_lane(case["lane"], [v * 1e6 for v in values], flow)
    ]
    return made.database(customs_flow=rows)


def cells(case):
    """Monthly imports of one lane by national code, with their weight."""
    rows = [
        made.monthly_flow(
            case["lane"],
            n,
            value * 1e6,
            hs_code=code,
            net_weight_reported_kg=value * 1e6 / cell["usd_per_kg"],
        )
        for code, cell in case["cells"].items()
        for n, value in enumerate(cell["values_million_usd"])
    ]
    return made.database(customs_flow=rows)


def consignments(case):
    """Shipments to one consignee; with a past on file, somebody else's in every month before."""
    goods = {
        "shipper_iso2": case.get("from", "TW"),
        "origin_iso2": case.get("from", "TW"),
        "destination_iso2": case.get("to", "MY"),
        "hs_code": "84715000",
    }
    lines = [
        {
            **goods,
            "shipment_id": f"B{n}",
            "shipped_date": line["date"],
            "consignee_name": case["consignee"],
            "value_reported_usd": line["value_usd"],
            "net_weight_kg": line.get("weight_kg"),
        }
        for n, line in enumerate(case["lines"])
    ]
    others = made.months(24, date(2020, 10, 1)) if case.get("is_past_on_file") else []
    lines += [
        {
            "shipment_id": f"A{n}",
            "shipped_date": day,
            "destination_iso2": "MY",
            "consignee_name": "Example Tyres",
            "hs_code": "401110",
        }
        for n, day in enumerate(others)
    ]
    return made.database(shipment=lines)


def codes(case):
    """Three lanes by two codes and month from June 2021; from November 2023 on a share changes its code."""
    code, neighbour = case.get("codes", ("847150", "847141"))
    editions = case.get("editions", ("H6", "H6"))
    turn, rows = 34, []
    for k, lane in enumerate(("EXA>IMA", "EXB>IMA", "EXC>IMA")):
        share = case["moved_share"] if k == 0 else case.get("others_moved_share", 0)
        noise = made.scatter(48, 0.05, k)
        for n in range(5, 48):
            moved = share if n >= turn else 0
            size = case.get("size_million_usd", 30) * 1e6 * noise[n]
            size *= case.get("sum_factor", 1) if n >= turn and k == 0 else 1
            for name, value in ((code, size * (1 - moved)), (neighbour, size * (0.1 + moved))):
                more = {"hs_code": name, "classification": editions[n >= turn]}
                rows.append(made.monthly_flow(lane, n, value, **more))
    return made.database(customs_flow=rows)


def hub(case):
    """Arrivals at a hub, its re-exports to two countries and the world, by month from 2021."""
    count = case.get("months", 44)
    onward, onward_flow = case.get("onward_million_usd", 10), case.get("onward_flow", "RX")
    turn, world = count - 4, case.get("world_factor", 1)
    series = (
        ("TWN>SGP", "M", 80, case["arrivals_factor"], turn - case["lag"]),
        ("SGP>MYS", onward_flow, onward, case["onward_factor"], turn),
        ("SGP>THA", onward_flow, 10, 1, turn),
        ("TWN>USA", "M", 90, world, turn - case["lag"]),
    )
    rows = [
        made.monthly_flow(lane, n, usd * 1e6 * noise * (factor if n >= at else 1), flow)
        for k, (lane, flow, usd, factor, at) in enumerate(series)
        for n, noise in enumerate(made.scatter(count, 0.1, k))
    ]
    return made.database(customs_flow=rows)


def stopped(case):
    """A lane and its neighbours by month from 2021; from the month after the event on, `after`."""
    levels = {
        "EXA>IMA": case["before_million_usd"],
        "EXA>IMB": 40,
        "EXB>IMA": 40,
        "EXB>IMB": 40,
    }
    falls = {"EXA>IMA": case["after_million_usd"] / case["before_million_usd"]}
    event = case["event"]
    last = (event.year - 2021) * 12 + event.month
    others = case.get("others_after_share", 1)
    rows = [
        made.monthly_flow(
            lane,
            n,
            level * 1e6 * noise * (falls.get(lane, others) if n >= last else 1),
            hs_code=case.get("hs_code", "847150"),
        )
        for k, (lane, level) in enumerate(levels.items())
        for n, noise in enumerate(made.scatter(last + case.get("months_after", 4), 0.1, k))
    ]
    return made.database(customs_flow=rows, event=[made.enforcement(event, case["names"])])


def process(case):
    notices = [
        made.notice(
            "ocds-example-1",
            n["stage"],
            n.get("date"),
            n["text"],
            country_iso2=n.get("country"),
            date_precision=n.get("precision", "day"),
            status=n.get("status"),
            amount=n.get("amount"),
            currency=n.get("currency"),
            quantity_count=n.get("quantity"),
        )
        for n in case["notices"]
    ]
    tie = {
        "facility_id": "epoch-example",
        "scope_kind": "process",
        "scope_id": "ocds-example-1",
        "weight_share": 1.0,
        "basis": "made",
    }
    return made.database(procurement_notice=notices, exposure=[tie])


def openings(case):
    counts = made.weekly_openings(
        "Example Cloud", case.get("place", "Townsville"), case["counts"]
    )
    tie = {
        "facility_id": "epoch-example",
        "scope_kind": "employer",
        "scope_id": "Example Cloud @ Townsville",
        "weight_share": 1.0,
        "basis": "made",
    }
    return made.database(
        staffing_count=counts, exposure=[] if case.get("place") == "" else [tie]
    )


def named(case):
    party = case["party"]
    listed = [made.listing(**listing) for listing in case["listings"]]
    records = [who.listed(x["name"], f"EL:{x['listing_key']}") for x in listed]
    same = {f"EL:{x['listing_key']}": x for x in listed if x["name"] == case.get("same_as")}
    entity = next(iter(same), f"party:{party}")
    key = listed[0]["listing_key"] if listed else ""
    edges = [
        who.edge(f"party:{party}", f"EL:{key}", method="judgement", decision=decision)
        for decision in [case["judged"]]
    ] if "judged" in case else []  # fmt: skip
    return who.database(
        [
            who.party(party, entity),
            *(
                {**r, "record_id": f"EL:{x['listing_key']}"}
                for r, x in zip(records, listed, strict=True)
            ),
        ],
        edges,
        facility_party=[made.party(party, headquarters_iso2=case.get("headquarters"))],
        entity_listing=listed,
    )


def owned(case):
    """A party, what registers say of it and its owners, and who of them is listed."""
    party = case["party"]
    register = "LEI:PARTY"
    facts = {k: case[k] for k in ("address", "founded_date", "first_date") if k in case}
    records = [who.party(party, register, registry_ids=case.get("number"))]
    if facts or "owners" in case:
        records.append(who.record(register, name=party, **facts))
    for other in case.get("listed", []):
        entity = register if other.get("is_party") else ""
        more = {k: v for k, v in other.items() if k in ("address", "listed_date")}
        records.append(who.listed(other["name"], entity, **more))
    firms = range(case.get("other_firms", 0))
    records += [who.record(f"LEI:OTHER{n}", address=case["address"]) for n in firms]
    entries = [
        {
            "record_id": f"EL:{k}" if k in {x["name"] for x in case.get("listed", [])} else k,
            "name": k,
            "country_iso2": v,
        }
        for k, v in case.get("seats", {}).items()
    ]
    listed = {x["name"]: f"EL:{x['name']}" for x in case.get("listed", [])}
    links = [
        who.link(
            register if o.get("of") is None else listed.get(o["of"], o["of"]),
            listed.get(o["name"], o["name"]),
            o.get("kind", "direct parent"),
            **{k: v for k, v in o.items() if k in ("owned_share", "starts_date", "ends_date")},
        )
        for o in case.get("owners", [])
    ]
    published = [
        made.listing(x["name"], listed_date=x.get("listed_date", date(2024, 12, 5)))
        for x in case.get("listed", [])
    ]
    return who.database(
        records,
        facility_party=[made.party(party)],
        entity_record=entries,
        entity_link=links,
        entity_listing=published,
    )


def bought(case):
    """A purchase, its buyer and suppliers as organisations, and who is listed."""
    names = {x["name"]: f"EL:{x['name']}" for x in case["listed"]}
    sides = [("buyer", case["buyer"])]
    sides += [("supplier", name) for name in case.get("suppliers", "").split("; ") if name]
    records = [
        who.record(
            f"{role}:{name}",
            names.get(name, ""),
            kind=role,
            name=name,
            table_name="procurement_notice",
        )
        for role, name in sides
    ]
    records += [who.listed(x["name"], listed_date=x["listed_date"]) for x in case["listed"]]
    notice = made.notice(
        "ocds-example-1",
        "award",
        case["date"],
        "Servers",
        buyer_name=case["buyer"],
        supplier_names=case.get("suppliers"),
        date_precision=case.get("precision", "day"),
    )
    tie = {
        "facility_id": "epoch-example",
        "scope_kind": "process",
        "scope_id": "ocds-example-1",
        "weight_share": 1.0,
        "basis": "made",
    }
    return who.database(records, procurement_notice=[notice], exposure=[tie])


def supplied(case):
    """An award, its number of tenderers and its supplier's age."""
    founded = {"founded_date": case["founded"]} if "founded" in case else {}
    supplier = who.record(
        "supplier:Example", kind="supplier", name="Example", table_name="procurement_notice"
    )
    register = who.record("LEI:EXAMPLE", "supplier:Example", **founded)
    notice = made.notice(
        "ocds-example-1",
        case.get("stage", "award"),
        case["date"],
        "Servers",
        supplier_names="Example",
        tenderers_count=case.get("tenderers"),
        status=case.get("status"),
    )
    tie = {
        "facility_id": "epoch-example",
        "scope_kind": "process",
        "scope_id": "ocds-example-1",
        "weight_share": 1.0,
        "basis": "made",
    }
    return who.database([supplier, register], procurement_notice=[notice], exposure=[tie])


BUILD = {
    "P01": base_load, "P02": panel, "P03": hours, "P04": absorbed, "P05": installed, "P07": capacities, "C01": lane, "C02": mirrors, "C03": cells, "C04": hub, "C05": codes, "C06": consignments, "C08": consignments, "C07": stopped, "R07": bought, "R06": supplied, "R01": process, "R02": process, "R03": process, "R04": process, "R05": process, "S01": openings, "P06": prices.priced, "S02": org.adverts, "S03": org.publications, "S04": org.staffed, "K01": org.trained, "E01": named,
    **dict.fromkeys(("E02", "E03", "E04", "E05"), owned),
}  # fmt: skip
CASES = [
    pytest.param(indicator, tomllib.loads(block), id=f"{indicator.code}-{i}")
    for indicator in CATALOGUE
    for i, block in enumerate(
        re.findall(r"```toml case\n(.*?)```", page(indicator.code), re.DOTALL)
    )
]


@pytest.mark.parametrize(("indicator", "case"), CASES)
def test_example(indicator, case):
    found = indicator.compute(BUILD[indicator.code](case))
    evidence = found.evidence
    if "lane" in case:
        evidence = evidence.filter(pl.col("scope_id") == case["lane"])
    if "zones" in case:
        evidence = evidence.filter(scope_id="VALLEY")
    (row,) = evidence.iter_rows(named=True)
    assert row["result"] == case["result"]
    assert row["kind"] == case.get("kind", row["kind"])
    checks = {
        "observed": "observed_value",
        "observed_mw": "observed_value",
        "threshold": "threshold_value",
        "quality": "quality_share",
    }
    for wanted, column in checks.items():
        if wanted in case:
            assert row[column] == pytest.approx(case[wanted]), column
    if "starts_date" in case:
        assert abs((row["starts_date"] - case["starts_date"]).days) <= 31
    if "year" in case:
        assert row["starts_date"] == date(case["year"], 1, 1)
    if "detectability_at_most" in case:
        assert row["detectability_share"] <= case["detectability_at_most"]
    is_computed = row["result"] in ("flag", "no_flag")
    assert (row["detectability_share"] is not None) == is_computed
    if is_computed:
        assert (row["observed_value"] >= row["threshold_value"]) == (row["result"] == "flag")
        assert row["evidence_id"] in found.sources["evidence_id"].to_list()


@pytest.mark.parametrize("indicator", CATALOGUE, ids=lambda i: i.code)
def test_a_page_has_every_heading_in_order(indicator):
    assert tuple(re.findall(r"^## (.+)$", page(indicator.code), re.MULTILINE)) == HEADINGS


@pytest.mark.parametrize("indicator", CATALOGUE, ids=lambda i: i.code)
def test_a_page_has_an_example_of_all_four_results(indicator):
    shown = {c.values[1]["result"] for c in CASES if c.values[0] is indicator}
    assert shown >= {"flag", "no_flag", "not_applicable", "no_data"}


@pytest.mark.parametrize("indicator", CATALOGUE, ids=lambda i: i.code)
def test_a_page_uses_no_word_that_we_refuse(indicator):
    assert not REFUSED.findall(re.sub(r"How to Detect", "", page(indicator.code)))


@pytest.mark.parametrize("indicator", CATALOGUE, ids=lambda i: i.code)
def test_without_observations_an_indicator_says_nothing(indicator):
    assert indicator.compute(made.database()).evidence.is_empty()


def test_codes_are_unique_and_begin_with_the_letter_of_their_family():
    letters = {
        "power": "P",
        "customs": "C",
        "procurement": "R",
        "staffing": "S",
        "registry": "E",
        "claims": "K",
    }
    assert len({i.code for i in CATALOGUE}) == len(CATALOGUE)
    # P04 asks of power, but what it flags is trade: its rows are those of the customs family.
    weighed = {"P04": "customs"}
    assert all(
        (weighed.get(i.code) or {v: k for k, v in letters.items()}[i.code[0]]) == i.family
        and i.benign_causes
        for i in CATALOGUE
    )
