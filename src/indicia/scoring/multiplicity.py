"""How many tests were tried, and what stands out once all of them are counted.

One hypothesis is one site, one indicator and one period. `p_value` of a piece of evidence already
counts the periods of its scope; here evidence is joined within a facility (Simes) and facilities
are compared within a release (Benjamini-Hochberg). Nothing here moves support, verdict or order.
Method: docs/method.md.
"""

import numpy as np
import polars as pl

from indicia.schema import TEST_RUN
from indicia.scoring.fusion import Floats, Integers

ASKED = pl.col("result").is_in(["flag", "no_flag"])


def at_facility(p: Floats, exposure: Floats) -> Floats:
    """A test seen from afar: with chance 1 - exposure its signal belongs to somebody else.

    A zone's p can therefore never be stronger at a facility than one less its exposure.
    """
    return np.asarray(exposure * p + (1 - exposure))


def tested(attached: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row per facility, or other subject, that evidence with flag or no flag reaches.

    Args:
        attached: `key`, evidence_id, result, weight_share (share), p_value, tests_count.
        key: The column that says which facility or subject; subjects of one kind are compared.

    Returns:
        `key`, tests_count, untested_count, p_simes, q_value (null without tests).
    """
    seen = attached.filter(ASKED)
    counted = seen.group_by(key, maintain_order=True).agg(
        tests_count=pl.col("tests_count").filter(pl.col("p_value").is_not_null()).sum(),
        untested_count=pl.col("p_value").is_null().sum().cast(pl.Int64),
    )
    tests = seen.filter(pl.col("p_value").is_not_null())
    p = simes(
        tests[key].rank("dense").to_numpy(),
        at_facility(tests["p_value"].to_numpy(), tests["weight_share"].to_numpy()),
    )
    known = pl.DataFrame(
        {
            key: tests[key].unique().sort(),
            "p_simes": p,
            "q_value": adjusted(p),
        }
    )
    return counted.join(known, on=key, how="left")


def simes(group: Integers, p: Floats) -> Floats:
    """One p per group by Simes (1986), in order of the groups; no test is more than 1."""
    order = np.lexsort((p, group))
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    counts = np.diff(np.append(starts, len(p)))
    rank = np.arange(len(p)) - np.repeat(starts, counts) + 1
    held = p[order] * np.repeat(counts, counts) / rank
    return np.minimum(np.minimum.reduceat(held, starts), 1.0) if len(p) else p


def adjusted(p: Floats) -> Floats:
    """The q-value of each p by Benjamini and Hochberg (1995), over all of them."""
    order = np.argsort(-p, kind="stable")
    rank = np.arange(len(p), 0, -1)
    made = np.empty(len(p))
    made[order] = np.minimum.accumulate(np.minimum(p[order] * len(p) / rank, 1.0))
    return made


def run(evidence: pl.DataFrame) -> pl.DataFrame:
    """What every indicator tried, shown or not (table `test_run`)."""
    has_p = pl.col("p_value").is_not_null()
    counted = (
        evidence.filter(ASKED)
        .group_by("indicator")
        .agg(
            evidence_count=pl.len().cast(pl.Int64),
            flag_count=(pl.col("result") == "flag").sum().cast(pl.Int64),
            with_p_count=has_p.sum().cast(pl.Int64),
            tests_count=pl.col("tests_count").filter(has_p).sum(),
            smallest_p=pl.col("p_value").min(),
        )
    )
    return TEST_RUN.check(TEST_RUN.fit(counted.sort("indicator")))
