"""Which signal reaches which facility, with what weight."""

import made
import pytest

from indicia.scoring.exposure import OWN, exposures

SITE = {"facility_id": "site", "name": "Example Hall"}


def keyed(kind, scope, weight, **more):
    return {
        "facility_id": "site",
        "scope_kind": kind,
        "scope_id": scope,
        "weight_share": weight,
        "basis": "by hand",
        **more,
    }


def found(**given):
    rows = exposures(made.database(**given)).iter_rows(named=True)
    return {(r["facility_id"], r["scope_kind"], r["scope_id"]): r for r in rows}


@pytest.mark.parametrize(
    ("certainty", "weight"),
    [
        ("stated", 1.0),
        ("confident", 0.95),
        ("likely", 0.8),
        ("speculative", 0.4),
        ("estimate", 0.5),
    ],
)
def test_a_party_weighs_what_its_certainty_says(certainty, weight):
    parties = [made.party("Example Holding", "site", certainty=certainty)]
    row = found(facility_party=parties)["site", "party", "Example Holding"]
    assert row["weight_share"] == weight
    assert row["basis"] == f"owner as published ({certainty})"


def test_the_surest_of_several_roles_counts():
    parties = [
        made.party("Example Holding", "site", role="owner", certainty="speculative"),
        made.party("Example Holding", "site", role="user", certainty="likely"),
    ]
    row = found(facility_party=parties)["site", "party", "Example Holding"]
    assert (row["weight_share"], row["basis"]) == (0.8, "user as published (likely)")


@pytest.mark.parametrize(
    ("weight", "expected", "basis"),
    [(0.9, 0.9, "by hand"), (0.7, 0.8, "owner as published (likely)")],
)
def test_a_keyed_weight_wins_only_where_it_is_larger(weight, expected, basis):
    row = found(
        exposure=[keyed("party", "Example Holding", weight)],
        facility_party=[made.party("Example Holding", "site", certainty="likely")],
    )["site", "party", "Example Holding"]
    assert (row["weight_share"], row["basis"]) == (expected, basis)


def test_of_equal_weights_the_same_basis_is_shown_every_time():
    given = {
        "exposure": [
            keyed("zone", f"Z{n}", 0.5, basis=basis, source=f"context/{basis}")
            for n in range(300)
            for basis in (("b", "a") if n % 2 else ("a", "b"))
        ]
    }
    assert {r["basis"] for r in found(**given).values()} == {"a"}


def test_a_facilitys_own_signals_weigh_one():
    row = found(facility=[SITE])["site", "facility", "site"]
    assert (row["weight_share"], row["basis"]) == (1.0, OWN)
    lower = [keyed("facility", "site", 0.3)]
    kept = found(facility=[SITE], exposure=lower)["site", "facility", "site"]
    assert kept["weight_share"] == 1.0


def test_a_facility_of_two_sources_has_one_row_per_signal():
    twice = [{**SITE, "source": f"facilities/{name}"} for name in ("one", "two")]
    assert list(found(facility=twice)) == [("site", "facility", "site")]


def test_kinds_and_facilities_are_kept_apart():
    rows = found(
        exposure=[
            keyed("zone", "X", 0.2),
            keyed("lane", "X", 0.1),
            keyed("zone", "X", 0.4, facility_id="other"),
        ]
    )
    assert {k: r["weight_share"] for k, r in rows.items()} == {
        ("other", "zone", "X"): 0.4,
        ("site", "lane", "X"): 0.1,
        ("site", "zone", "X"): 0.2,
    }


def test_without_records_there_is_no_exposure():
    assert exposures(made.database()).is_empty()


def test_what_an_organisation_says_reaches_each_of_its_facilities_in_part():
    parties = [
        made.party("Alibaba Cloud", "a"),
        made.party("Alibaba", "b", role="user", certainty="likely"),
        made.party("ALIBABA", "b", certainty="speculative"),
        made.party("Other Co., Ltd.", "a"),
    ]
    rows = found(facility_party=parties)
    weights = {
        k[0]: r["weight_share"] for k, r in rows.items() if k[1:] == ("organisation", "Alibaba")
    }
    assert weights == {"a": 0.5, "b": 0.4}
    basis = rows["b", "organisation", "Alibaba"]["basis"]
    assert basis == "user as published (likely); one of 2 facilities of the organisation"
    assert rows["a", "organisation", "Other Co., Ltd."]["weight_share"] == 1.0
    assert rows["b", "party", "Alibaba"]["weight_share"] == 0.8
