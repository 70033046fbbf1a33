"""Why an assessment is what it is, and what would change it: families left out, doubts, next evidence.

Units are bans. Everything is computed for all facilities at once. Method: docs/method.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.indicators.base import Indicator
from indicia.indicators.detectability import SIGHTS
from indicia.schema import ASSESSMENT_FAMILY, NEXT_EVIDENCE, RIVALS
from indicia.scoring import fusion
from indicia.scoring.hypotheses import FAMILIES, HYPOTHESES, Floats, likelihoods, settings
from indicia.scoring.verdict import Words, left_out


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each facility stands.

    Args:
        facilities: facility_id, sorted.
        tally: Items counted up per facility and family.
        prior: Facilities x 7 (bans).
        is_admissible: Per facility.
    """

    facilities: pl.DataFrame
    tally: fusion.Tally
    prior: Floats
    is_admissible: Floats


def without_each(at: Standing) -> pl.DataFrame:
    """One row per facility and family: its weight, and support and verdict without it."""
    asked = at.facilities.select("facility_id", is_admissible=pl.Series(at.is_admissible))
    weights = at.tally.weights(settings()["caps"]["family_bans"])
    made = left_out(asked, weights, at.prior, RIVALS, Words(settings()["lead"]))
    return ASSESSMENT_FAMILY.check(made.sort("facility_id", "family"), is_unique=True)


def doubts(items: pl.DataFrame, strongest: pl.DataFrame) -> pl.DataFrame:
    """The counted item that speaks most against H1 beside the strongest rival, where there is one.

    Args:
        items: Table `item`.
        strongest: facility_id, strongest_rival.
    """
    against = pl.coalesce(
        pl.when(pl.col("strongest_rival") == k).then(f"{k.lower()}_bans") for k in RIVALS
    )
    return (
        items.lazy()
        .filter("is_counted")
        .join(strongest.lazy().select("facility_id", "strongest_rival"), on="facility_id")
        .select("facility_id", doubt_evidence_id="evidence_id", doubt_bans=against)
        .filter(pl.col("doubt_bans") < 0)
        .sort("facility_id", "doubt_bans", "doubt_evidence_id")
        .unique("facility_id", keep="first", maintain_order=True)
        .collect()
    )


def worth_knowing(
    at: Standing,
    catalogue: Sequence[Indicator],
    results: pl.DataFrame,
    exposures: pl.DataFrame,
) -> pl.DataFrame:
    """The missing indicators whose answer is expected to move support most, the first few per facility.

    The chance of each answer follows from the weights of the explanations as they stand; its effect
    is weighed as evidence of grade A would be. The exposure is the facility's largest to a scope of
    the indicator's kind, or 1 where none is stated: then the answer would be about the facility.
    """
    caps = settings()["caps"]
    weights = at.tally.weights(caps["family_bans"])
    total = weights.sum(axis=1)
    against_each = np.clip(total, -caps["total_bans"], caps["total_bans"]) + at.prior
    now = against_each.min(axis=1)
    believed = np.column_stack([np.zeros(len(now)), -against_each])
    believed = 10 ** (believed - believed.max(axis=1, keepdims=True))
    believed /= believed.sum(axis=1, keepdims=True)
    reach = _reach(at.facilities, exposures)
    table = likelihoods()
    # One pass for all indicators: each then has its facilities in order.
    missing = {
        code: part["is_missing"].to_numpy()
        for (code,), part in results.select(
            "indicator", is_missing=pl.col("result") == "no_data"
        ).group_by("indicator")
    }
    found = []
    for indicator in catalogue:
        rows = np.flatnonzero(missing.get(indicator.code, False))
        row = table.filter(pl.col("kind") == indicator.kinds[0])
        given = row.select(HYPOTHESES).to_numpy()
        cap = row["ratio_cap"].fill_null(float("nan")).to_numpy()
        exposure, shown = (
            reach(indicator.scope_kinds, rows),
            np.full(len(rows), sight(indicator.code)),
        )
        background = np.full(len(rows), row["background"].item())
        as_flag = fusion.flagged(given, background, exposure)
        as_none = fusion.absent(given, shown, exposure)
        flag = (believed[rows] * as_flag * shown[:, None]).sum(axis=1)
        family = FAMILIES.index(indicator.family)
        sure = np.ones(len(rows))
        up, down = (
            _then(at, total, weights[:, family], family, rows, fusion.bans(likely, sure, cap))
            - now[rows]
            for likely in (as_flag, as_none)
        )
        found.append(
            pl.DataFrame(
                {
                    "at": rows,
                    "indicator": pl.Series([indicator.code] * len(rows), dtype=pl.String),
                    "expected_change_bans": flag * np.abs(up) + (1 - flag) * np.abs(down),
                    "flag_share": flag,
                    "flag_change_bans": up,
                    "no_flag_change_bans": down,
                }
            )
        )
    return _first(at.facilities, found)


def _then(
    at: Standing,
    total: Floats,
    family_weight: Floats,
    family: int,
    rows: fusion.Integers,
    item: Floats,
) -> Floats:
    """Support with one more item in one family."""
    caps = settings()["caps"]
    gain, loss = np.maximum(item, 0), np.maximum(-item, 0)
    more = fusion.Tally(
        np.maximum(at.tally.most_for[rows, family], gain),
        at.tally.sum_for[rows, family] + gain,
        np.maximum(at.tally.most_against[rows, family], loss),
        at.tally.sum_against[rows, family] + loss,
    ).weights(caps["family_bans"])
    evidence = total[rows] - family_weight[rows] + more
    clipped = np.clip(evidence, -caps["total_bans"], caps["total_bans"])
    return np.asarray((clipped + at.prior[rows]).min(axis=1))


def _first(facilities: pl.DataFrame, found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The first few of each facility, those first that move support most, then by code."""
    if not found:
        return NEXT_EVIDENCE.frame([])
    ranked = (
        pl.concat(found)
        .filter(pl.col("expected_change_bans") > 0)
        .sort("at", "expected_change_bans", "indicator", descending=[False, True, False])
        .with_columns(place=1 + pl.int_range(pl.len()).over("at"))
        .filter(pl.col("place") <= settings()["next"]["most_shown"])
    )
    named = ranked.with_columns(facility_id=facilities["facility_id"].gather(ranked["at"]))
    return NEXT_EVIDENCE.check(NEXT_EVIDENCE.fit(named.drop("at")), is_unique=True)


def sight(code: str) -> float:
    """Chance that an indicator's source would show the signal, as stated; elicited where computed."""
    stated = [s.share for s in SIGHTS if s.indicator == code and s.share is not None]
    return max(stated, default=float(settings()["next"]["unstated_sight_share"]))


def _reach(facilities: pl.DataFrame, exposures: pl.DataFrame) -> Callable[..., Floats]:
    """A function that gives the largest exposure of facilities to scopes of some kinds; 1 where none."""
    largest = {
        kind: facilities.select("facility_id")
        .join(
            rows.group_by("facility_id").agg(pl.col("weight_share").max()),
            on="facility_id",
            how="left",
            maintain_order="left",
        )["weight_share"]
        .fill_null(np.nan)
        .to_numpy()
        for (kind,), rows in exposures.group_by("scope_kind")
    }
    nowhere = np.full(facilities.height, np.nan)

    def reach(kinds: Sequence[str], rows: fusion.Integers) -> Floats:
        each = np.stack([largest.get(kind, nowhere) for kind in kinds])[:, rows]
        return np.where(np.isnan(each).all(axis=0), 1.0, np.fmax.reduce(each, axis=0))

    return reach
