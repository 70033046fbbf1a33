"""The headquarters a register states reach the policy clock, through the scorer."""

from datetime import date

import made
import pytest

from indicia.indicators import CATALOGUE
from indicia.scoring.assess import assess

ON = date(2026, 6, 1)
PARENT = {"record_id": "LEI:PARENT", "name": "Examplon Dragon Holding", "country_iso2": "CN", "headquarters_iso2": "CN"}  # fmt: skip
CHILD = {"record_id": "LEI:CHILD", "name": "Examplon Dragon Cloud", "country_iso2": "DE", "headquarters_iso2": "DE"}  # fmt: skip
LINK = {"record_id": "LEI:CHILD", "kind": "ultimate parent", "other_id": "LEI:PARENT", "starts_date": date(2025, 1, 1)}  # fmt: skip
SITE = {"facility_id": "hall", "name": "Hall", "country_iso2": "DE"}
OWNER = {"facility_id": "hall", "role": "owner", "party_name": "Examplon Dragon Cloud", "certainty": "stated"}  # fmt: skip


def assessed(**more):
    tables = {"facility": [SITE], "facility_party": [OWNER], "entity_record": [PARENT, CHILD], "entity_link": [LINK]}  # fmt: skip
    (row,) = assess(made.database(**{**tables, **more}), CATALOGUE, ON)["assessment"].to_dicts()
    return row


def test_a_parent_in_a_register_opens_the_question_a_site_abroad_left_open():
    row = assessed()
    assert row["is_admissible"]
    assert "headquarters in CN" in row["admissibility_reason"]
    assert not assessed(entity_link=[])["is_admissible"]


@pytest.mark.parametrize(
    "link",
    [
        {**LINK, "starts_date": date(2026, 7, 1)},
        {**LINK, "starts_date": date(2020, 1, 1), "ends_date": date(2021, 1, 1)},
    ],
)
def test_a_parent_of_another_time_says_nothing(link):
    assert not assessed(entity_link=[link])["is_admissible"]


def test_a_name_that_only_may_be_the_register_entry_says_nothing():
    other = {**CHILD, "country_iso2": "FR", "headquarters_iso2": "FR"}
    assert not assessed(entity_record=[PARENT, other])["is_admissible"]
