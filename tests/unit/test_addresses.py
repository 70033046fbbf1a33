"""Addresses: one key for one place however it is spelled, and near pairs against labelled ones."""

from pathlib import Path

import polars as pl
import pytest

from indicia.entities.addresses import (
    address_key,
    address_level,
    building_key,
    near_addresses,
    shared,
    spelled,
)

LABELLED = pl.read_csv(Path(__file__).parent / "address_pairs.csv", infer_schema=False)
LEAST_RECALL, LEAST_PRECISION = 0.9, 0.93


def one(expression, text):
    return pl.select(expression(pl.lit(text, dtype=pl.String))).item()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("5/F, 10 Example Rd., Hong Kong", "10 EXAMPLE ROAD, 5th Floor, HK"),
        ("Fifth Floor, 10 Example Road", "10 Example Rd, Flr 5"),
        ("Rm. 803, 10 Example St", "10 Example Street, Room 803"),
        ("Flat/RM A 30, 9/F, Example Twr, 707-713 Sample Road", "Room A30, 9F, Example Tower, 707 to 713 Sample Rd."),
        ("Suite #06, No. 33 Example Road", "Unit 6, 33 Example Rd"),
        ("Example Bldg., No. 79 Sample Road, Kowloon, 999077, HK", "79 Sample Road, Example Building, Kowloon, Hong Kong, CN"),
        ("10 Example Road, #05-43 Sample Plaza, Singapore 079903", "Sample Plaza, 5th Floor, Unit 43, 10 Example Road, Singapore, SG"),
        ("Ul. Example, d. 8, korp. 1, Moscow, 119311, RU", "8 Example ul, Korpus 1, Moscow, Russia"),
        ("26-38 Example Rd, N.T., HK", "26 - 38 Example Road, New Territories, Hong Kong"),
        ("P.O. Box 10559, Example Zone, AE", "PO Box: 10559, Example Zone, United Arab Emirates"),
        ("\uff11\uff10 Example Road, \uff32oom \uff15", "Room 5, 10 Example Road"),
        ("广东省深圳市福田区样本大道1001号A座5楼501室", "深圳市福田區樣本大道1001號A座五層501室"),
        ("北京市海淀区样本街二十三号三号楼十二层", "中国北京市海淀区样本街23号3号楼12层"),
        ("样本路十号", "样本路10号"),
    ],
)  # fmt: skip
def test_one_place_has_one_key(left, right):
    assert one(address_key, left) == one(address_key, right) is not None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("10 Example Road", "12 Example Road"),
        ("10 Example Road", "10 Example Street"),
        ("5/F, 10 Example Road", "6/F, 10 Example Road"),
        ("Room 501, 10 Example Road", "Room 502, 10 Example Road"),
        ("Tower A, 10 Example Road", "Tower B, 10 Example Road"),
        ("10 Example 4th Road", "4 Example 10th Road"),
        ("深圳市福田区样本路10号", "深圳市南山区样本路10号"),
    ],
)
def test_two_places_have_two_keys(left, right):
    assert one(address_key, left) != one(address_key, right)


def test_a_floor_and_a_room_belong_to_a_building():
    inside, other = "Room 501, 5/F, 10 Example Road", "Unit B, Ground Floor, 10 Example Rd."
    assert one(address_key, inside) != one(address_key, other)
    assert one(building_key, inside) == one(building_key, other) == "10 example road"
    assert [one(address_level, t) for t in (inside, "10 Example Road", "Example Bazaar")] == [
        "unit", "building", "place",
    ]  # fmt: skip


@pytest.mark.parametrize("vague", ["Kabul, AF", "HK", "Sao Paulo, BR", "", " ;,", "北京市"])
def test_a_town_or_country_is_no_address(vague):
    assert one(address_key, vague) is None


def test_how_many_firms_share_an_address_is_counted_at_both_levels():
    found = shared(
        pl.DataFrame(
            {
                "id": ["a", "b", "c", "d"],
                "address": [
                    "Rm 5, 10 Example Road; 99 Other Street",
                    "10 Example Rd, Room 5",
                    "Rm 6, 10 Example Road",
                    None,
                ],
            }
        )
    )
    here = found.filter(pl.col("building_key") == "10 example road")
    assert here["firms_count"].to_list() == [2, 2, 1]
    assert here["building_firms_count"].to_list() == [3, 3, 3]
    assert found.filter(pl.col("address") == "99 Other Street")["firms_count"].to_list() == [1]


@pytest.mark.parametrize(
    "hostile",
    [
        "x" * 10_000,
        "10 " * 3_000,
        "\u202e10 Example Road\u200b",
        "😀 10 Example Road",
        "'; DROP TABLE entity_listing; --",
        "<script>alert(1)</script> 10 Example Road",
        '=HYPERLINK("http://example.org")',
        "\x00\x07",
    ],
)
def test_hostile_texts_do_no_harm(hostile):
    frame = pl.DataFrame(
        {"id": ["a", "b"], "address": [hostile, "10 Example Road, Sampletown"]}
    )
    assert near_addresses(frame).height in (0, 1)
    assert set(one(spelled, hostile)) & set("'<>=;\"") == set()


def found_pairs():
    texts = pl.concat([LABELLED["left_address"], LABELLED["right_address"]]).unique().sort()
    near = near_addresses(pl.DataFrame({"id": texts, "address": texts}))
    key = {c: address_key(pl.col(c)) for c in ("left_address", "right_address")}
    left, right = (k.alias(f"{c[0]}_key") for c, k in key.items())
    known = near.with_columns(left, right).select("l_key", "r_key")
    both = pl.concat([known, known.select(l_key="r_key", r_key="l_key")]).with_columns(
        found=True
    )
    return (
        LABELLED.with_columns(left, right)
        .join(both.unique(), on=["l_key", "r_key"], how="left")
        .with_columns(
            found=pl.col("found").fill_null(value=False) | (pl.col("l_key") == pl.col("r_key"))
        )
    )


@pytest.mark.parametrize("half", ["tuned", "held out"])
def test_near_pairs_are_found_in_both_halves_of_the_labelled_sample(half):
    pairs = found_pairs().filter(pl.col("half") == half)
    near, found = pl.col("label") == "near", pl.col("found")
    right = pairs.filter(near & found).height
    assert pairs.filter(near).height >= 80
    assert right / pairs.filter(near).height >= LEAST_RECALL
    assert right / pairs.filter(found).height >= LEAST_PRECISION
