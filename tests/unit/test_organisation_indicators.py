"""What organisations advertise, publish and claim: whose it is, which row decides, what is cited."""

from datetime import date

import made
import made_organisations as org
import made_resolved as who
import polars as pl
import pytest

from indicia.indicators import (
    few_staff,
    hardware_named,
    organisations,
    stack_words,
    training_gap,
)

DAY = date(2024, 6, 1)


def only(found):
    (row,) = found.evidence.iter_rows(named=True)
    return row


def mention(token, count, employer=org.NAME, stack="CUDA", **more):
    return {
        "employer": employer,
        "place": "",
        "stack": stack,
        "token": token,
        "counted_date": date(2026, 6, 1),
        "openings_count": count,
        "source": "staffing/made",
        **more,
    }


def advertised(*rows, **more):
    given = {"facility_party": [org.holder()], "stack_mention": rows, **more}
    return stack_words.compute(made.database(**given))


def test_names_meet_by_form_by_table_and_by_judgement_and_others_fall_away():
    db = who.database(
        [who.party("Example Labs Co., Ltd.", "E1"), who.record("employer:X", "E1", kind="employer", name="Exemplar")],
        facility_party=[org.holder("Example Labs Co., Ltd."), org.holder("Alibaba Cloud", "b")],
    )  # fmt: skip
    asked = ["EXAMPLE LABS", "Exemplar", "Alibaba Group", "Somebody Else", None]
    met = organisations.named(db, pl.DataFrame({"name": asked}), "name")
    assert met.select("name", "organisation").rows() == [
        ("EXAMPLE LABS", "Example Labs Co., Ltd."),
        ("Exemplar", "Example Labs Co., Ltd."),
        ("Alibaba Group", "Alibaba"),
    ]


def test_a_name_that_was_taken_to_be_two_organisations_tells_of_none():
    records = [who.party("Example Labs", "E1")]
    records += [
        who.record(f"employer:{e}", e, kind="employer", name="Exemplar") for e in ("E1", "E2")
    ]
    db = who.database(records, facility_party=[org.holder()])
    assert organisations.named(db, pl.DataFrame({"name": ["Exemplar"]}), "name").is_empty()


def test_places_are_added_and_the_commonest_word_counts_not_their_sum():
    found = advertised(
        mention("CUDA", 3, place="Here"),
        mention("CUDA", 3, place="There"),
        mention("NCCL", 5),
        mention("MindSpore", 0, stack="CANN"),
    )
    row = only(found)
    assert row["observed_value"] == pytest.approx(2.564949, abs=1e-6)  # ln(6.5 / 0.5)
    assert (row["result"], found.sources.height) == ("flag", 4)


def test_the_day_of_most_adverts_speaks_and_what_was_asked_for_one_stack_does_not():
    full, half = {"counted_date": date(2025, 9, 1)}, {"counted_date": date(2026, 1, 1)}
    rows = [
        mention("CUDA", 7, **full),
        mention("CANN", 1, stack="CANN", **full),
        mention("CUDA", 50, **half),
        mention("CUDA", 1),
        mention("CANN", 0, stack="CANN"),
        mention("CUDA", 900, source="staffing/other"),
    ]
    row = only(advertised(*rows))
    assert (row["result"], row["kind"]) == ("no_flag", "adverts_CUDA_IB")
    assert row["observed_value"] == pytest.approx(1.609438, abs=1e-6)  # ln(7.5 / 1.5)
    assert row["ends_date"] == full["counted_date"]


def test_an_organisation_without_a_facility_is_not_asked():
    assert advertised(mention("CUDA", 9), facility_party=[]).evidence.is_empty()


def published(*papers, **more):
    held = org.holder(headquarters_iso2="CN")
    given = {"facility_party": [held], "training_claim": papers, **more}
    return hardware_named.compute(made.database(**given))


def paper(model, hardware, on=DAY, **more):
    return org.claim(model, on, None, hardware_text=hardware, **more)


def test_both_kinds_named_count_as_the_controlled_and_the_other_is_told():
    row = only(published(paper("a", "NVIDIA H800"), paper("b", "Huawei Ascend 910B")))
    assert row["kind"] == "publication_names_controlled_chip"
    assert "HUAWEIASCEND" in row["statement"]
    assert row["observed_value"] == 1.0


def test_a_part_named_before_it_was_controlled_is_no_flag():
    row = only(published(paper("a", "NVIDIA H800", date(2023, 6, 1))))
    assert (row["result"], row["observed_value"]) == ("no_flag", 0.0)


def test_an_account_of_models_is_the_organisation_it_belongs_to():
    card = {
        "model_id": "qwen/x",
        "account": "Qwen",
        "released_date": DAY,
        "hardware_text": "8x A100 80GB",
    }
    held = org.holder("Alibaba Cloud", headquarters_iso2="CN")
    found = hardware_named.compute(made.database(facility_party=[held], model_release=[card]))
    row = only(found)
    assert (row["scope_id"], row["result"]) == ("Alibaba", "flag")
    assert found.sources["table_name"].to_list() == ["model_release"]


def test_a_paper_of_several_organisations_speaks_of_each():
    both = paper("a", "NVIDIA H800", organisations=f"{org.NAME}; Other Labs")
    held = [
        org.holder(headquarters_iso2="CN"),
        org.holder("Other Labs", headquarters_iso2="CN"),
    ]
    found = published(both, facility_party=held)
    assert found.evidence["result"].to_list() == ["flag", "flag"]


def claimed(claims, hardware=(), **more):
    given = {
        "facility_party": [org.holder()],
        "training_claim": claims,
        "hardware_statement": hardware,
        **more,
    }
    return training_gap.compute(made.database(**given))


H100S = org.hardware("NVIDIA H100", 1000, date(2023, 1, 1))


def test_models_of_one_year_are_added_and_those_of_several_makers_left_out():
    claims = [
        org.claim("a", DAY, 2e25),
        org.claim("b", DAY, 3e25),
        org.claim("c", DAY, 9e26, organisations=f"{org.NAME}; Other Labs"),
    ]
    row = only(claimed(claims, [H100S]))
    assert row["observed_value"] == pytest.approx(1.600122, abs=1e-6)
    assert str(row["starts_date"]) == "2024-01-01"


def test_hardware_of_a_facility_counts_for_whoever_holds_it():
    at_site = org.hardware(
        "NVIDIA H100", 2000, date(2023, 1, 1), subject_kind="facility", subject="epoch-example"
    )
    row = only(claimed([org.claim("a", DAY, 5e25)], [H100S, at_site]))
    assert row["observed_value"] == pytest.approx(1.600122 / 2, abs=1e-6)
    planned = org.hardware("NVIDIA H100", 9e6, date(2023, 1, 1), kind="planned")
    row = only(claimed([org.claim("a", DAY, 5e25)], [H100S, planned]))
    assert row["observed_value"] == pytest.approx(1.600122, abs=1e-6)


def test_another_organisations_hardware_is_not_its_own():
    other = org.hardware("NVIDIA H100", 1000, date(2023, 1, 1), subject="Other Labs")
    assert only(claimed([org.claim("a", DAY, 5e25)], [other]))["result"] == "no_data"


def people(count, on=date(2025, 6, 30), **more):
    return {
        "organisation": org.NAME,
        "division": "",
        "kind": "whole organisation",
        "on_date": on,
        "statement_id": f"{count}",
        "headcount_reported_count": count,
        **more,
    }


def drawing(mw, on, site="epoch-example", **more):
    state = {
        "facility_id": site,
        "on_date": on,
        "power_kind": "capacity",
        "is_projection": False,
    }
    return {**state, "power_reported_mw": mw, **more}


def staffed(heads, states, **more):
    given = {"facility_party": [org.holder(role="operator")], **more}
    return few_staff.compute(
        made.database(headcount_statement=heads, facility_state=states, **given)
    )


def test_power_until_the_day_of_the_headcount_counts_and_sites_are_added():
    held = [
        org.holder(role=r, facility=f)
        for f, r in (("a", "operator"), ("b", "owner"), ("c", "user"))
    ]
    states = [
        drawing(50.0, date(2024, 1, 1), "a"),
        drawing(900.0, date(2025, 12, 1), "a"),
        drawing(100.0, date(2025, 1, 1), "b"),
        drawing(700.0, date(2025, 1, 1), "c"),
        drawing(None, date(2025, 2, 1), "a", power_estimated_mw=600.0),
    ]
    found = staffed([people(20.0)], states, facility_party=held)
    row = only(found)
    assert row["observed_value"] == pytest.approx(1.5)  # 150 MW x 0.2 / 20
    assert found.sources["quote"].to_list().count("900.0 MW reported") == 0


def test_the_newest_headcount_speaks():
    heads = [people(5.0, date(2024, 1, 1)), people(80.0)]
    row = only(staffed(heads, [drawing(100.0, date(2023, 1, 1))]))
    assert (row["result"], row["observed_value"]) == ("no_flag", pytest.approx(0.25))
