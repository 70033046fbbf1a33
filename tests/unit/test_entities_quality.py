"""How well names meet, on what the repository holds: it can fail, and then the rules of matching did.

Listed organisations of the development part with seeded noise, and names that are on no list: parties
of facilities, buyers, suppliers and developers of the starter data. The whole measurement, with the
publishers' files and the final part, is docs/validation/entities.md.
"""

import polars as pl
import pytest

from indicia import bundled
from indicia.entities import match
from indicia.entities.validation import figures, files, sisters, splits, tasks

STARTER = bundled.path("data/starter")
LEAST_F1, LEAST_PRECISION, MOST_FALSE_PER_10K, MOST_SISTERS = 0.92, 0.96, 100, 0.03
NAMED = (
    ("context/analyst/facility_party.csv", "party_name"),
    ("facilities/epoch/facility_party.csv", "party_name"),
    ("power/operator_disclosures/facility_party.csv", "party_name"),
    ("procurement/ocds/procurement_notice.csv", "buyer_name"),
    ("procurement/ocds/procurement_notice.csv", "supplier_names"),
    ("staffing/epoch_models/training_claim.csv", "organisations"),
    ("staffing/boards/staffing_count.csv", "employer"),
)


@pytest.fixture(scope="module")
def listed():
    return tasks.entities(files.listings(STARTER / "entities/csl/entity_listing.csv"))


@pytest.fixture(scope="module")
def targets(listed):
    return tasks.parties(tasks.spellings(listed).rename({"entity": "id"}))


@pytest.fixture(scope="module")
def side(targets):
    made_ready = match.Targets(targets)
    yield made_ready
    made_ready.close()


@pytest.fixture(scope="module")
def unlisted(listed):
    texts = [
        pl.read_csv(STARTER / path, infer_schema=False)[column]
        .drop_nulls()
        .str.split(";")
        .explode()
        for path, column in NAMED
    ]
    names = pl.DataFrame(
        {"name": pl.concat([t.str.strip_chars() for t in texts]).unique().sort()}
    )
    rows = names.with_columns(
        countries_iso2=pl.lit(None, pl.String), publisher=pl.lit("starter")
    ).filter(pl.col("name") != "")
    return tasks.unlisted_names(rows, listed)[0]


def test_noisy_listed_names_meet_their_listing_and_few_others(listed, unlisted, side):
    task = tasks.noisy_names(listed, unlisted).of_part(splits.DEVELOPMENT)
    answer = side.meet(tasks.parties(task.queries))
    found = figures.measured(task, answer)
    assert found.recall.total > 1000
    assert found.precision.value >= LEAST_PRECISION
    assert found.f1_interval[0] >= LEAST_F1


def test_names_on_no_list_meet_no_listing(unlisted, side):
    assert unlisted.height > 80
    queries = unlisted.select("name", "countries_iso2", id="name")
    shown = figures.shown(side.meet(tasks.parties(queries)))
    share = shown["left_id"].n_unique() / unlisted.height
    assert share * figures.PER <= MOST_FALSE_PER_10K, shown.select("left_value", "right_value")


def test_made_sister_companies_stay_apart(listed):
    other_city, _no_city = sisters.measured(listed, splits.DEVELOPMENT)
    assert other_city.total > 100
    assert other_city.value <= MOST_SISTERS


@pytest.mark.parametrize(
    ("asked", "listed_name"),
    [
        ("哈尔滨工程大学", "Harbin Engineering University"),
        (
            "中国电子科技集团公司第三十八研究所",
            "China Electronics Technology Group Corporation 38th Research Institute",
        ),
        ("西安翔迅科技有限责任公司", "Xi\u2019an Xiangxun Technology"),
    ],
)
def test_a_chinese_name_meets_its_listing_in_latin_letters(targets, side, asked, listed_name):
    right = targets.filter(pl.col("name") == listed_name)["id"].unique()
    query = pl.DataFrame({"id": ["q"], "name": [asked], "countries_iso2": ["CN"]})
    met = figures.shown(side.meet(tasks.parties(query)))
    assert met["right_id"].to_list()[:1] == right.to_list()
