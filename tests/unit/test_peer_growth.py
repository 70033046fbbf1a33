"""A zone against a mix of its peers: planted growth, common growth, too few peers, tied zones."""

import made
import numpy as np
import pytest

from indicia.indicators import peer_growth
from indicia.indicators.synthetic import fit

MONTH = np.arange(48)


def panel(count=50, seed=3, grown_mw=0.0, common=0.0):
    """Base load of zones that mix two seasons and a trend; the first one grows from month 36 on."""
    random = np.random.default_rng(seed)
    seasons = np.stack(
        [np.sin(2 * np.pi * MONTH / 12), np.cos(2 * np.pi * MONTH / 12), MONTH / 48]
    )
    mix = random.uniform(0.02, 0.12, (count, 3))
    mix[0] = 0.07
    noise = 1 + 0.004 * random.standard_normal((count, 48))
    base = 500 * (1 + mix @ seasons + common * (MONTH >= 36)) * noise
    base[0] += grown_mw * (MONTH >= 36)
    return base


def asked(base, tied=()):
    rows = [r for n, z in enumerate(base) for r in made.monthly_base_load(f"Z{n:02}", z)]
    ties = [
        {"facility_id": "epoch-x", "scope_kind": "zone", "scope_id": z, "weight_share": 0.1, "basis": "made"}
        for z in tied
    ]  # fmt: skip
    found = peer_growth.compute(made.database(power_load_month=rows, exposure=ties))
    return {r["scope_id"]: r for r in found.evidence.iter_rows(named=True)}, found.sources


def test_planted_growth_flags_and_common_growth_does_not():
    rows, sources = asked(panel(grown_mw=60.0), tied=["Z00"])
    own = rows["Z00"]
    assert own["result"] == "flag"
    assert float(own["statement"].split(" lies ")[1].split(" MW")[0]) == pytest.approx(
        60, abs=8
    )
    assert (str(own["starts_date"]), str(own["ends_date"])) == ("2023-01-01", "2023-12-31")
    assert own["evidence_id"] in sources["evidence_id"].to_list()
    assert asked(panel(common=0.2), tied=["Z00"])[0]["Z00"]["result"] == "no_flag"


def test_few_flag_where_nothing_was_planted():
    flags = [
        r["result"] == "flag" for seed in range(4) for r in asked(panel(seed=seed))[0].values()
    ]
    assert np.mean(flags) <= 0.06


@pytest.mark.parametrize("base", [panel(20), panel()[:, :40]], ids=["few zones", "few months"])
def test_too_little_gives_no_p(base):
    assert {r["result"] for r in asked(base)[0].values()} == {"no_data"}


def test_zones_tied_to_facilities_are_no_donors():
    rows, _ = asked(panel(), tied=[f"Z{n:02}" for n in range(30)])
    assert {r["result"] for r in rows.values()} == {"no_data"}


def test_a_missing_month_is_no_zero_and_a_zone_that_feeds_is_not_asked():
    base = panel(52)
    base[1, 20], base[2, 20] = np.nan, 0.0
    rows, _ = asked(base)
    assert (rows["Z01"]["result"], rows["Z02"]["result"]) == ("no_data", "not_applicable")


def test_weights_are_shares_of_others_and_scale_does_not_matter():
    values = panel(12).T
    is_donor = np.arange(12) != 3
    found = fit(values / values.mean(axis=0), is_donor, 36)
    assert found.weights.sum(axis=0) == pytest.approx(np.ones(12))
    assert (found.weights >= 0).all()
    assert np.diag(np.insert(found.weights, 3, 0, axis=0)) == pytest.approx(np.zeros(12))


def test_a_zone_that_is_a_mix_of_two_is_found_to_be_one():
    values = panel(6).T / 500
    values[:, 0] = 0.3 * values[:, 1] + 0.7 * values[:, 2]
    found = fit(values, np.array([False, True, True, True, True, True]), 36)
    assert found.weights[:2, 0] == pytest.approx([0.3, 0.7], abs=0.02)
    assert found.error[0] < 1e-3
