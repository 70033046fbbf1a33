"""What explains one facility's assessment, and what would change it, as frames to show or export."""

import polars as pl

from indicia.answers import catalogue, words
from indicia.answers.reader import Reader
from indicia.scoring.hypotheses import settings


def families(store: Reader, facility_id: str) -> pl.DataFrame:
    """Support and verdict with each family left out, the family that carries most first."""
    found = store.sql(
        """
        SELECT f.family, f.weight_bans, f.support_without_bans, f.rival_without, f.verdict_without,
               f.verdict_without <> a.verdict AS is_decisive
        FROM assessment_family f JOIN assessment a USING (facility_id)
        WHERE facility_id = ? ORDER BY f.support_without_bans, f.family
        """,
        [facility_id],
    )
    return found.with_columns(
        pl.col("rival_without").replace(words.SHORT),
        pl.col("verdict_without").replace(words.VERDICTS),
    )


def following(store: Reader, facility_id: str) -> pl.DataFrame:
    """What would be worth knowing next: missing indicators by how far their answer may move support."""
    found = store.sql(
        """
        SELECT indicator, expected_change_bans, flag_share, flag_change_bans, no_flag_change_bans
        FROM next_evidence WHERE facility_id = ? ORDER BY place
        """,
        [facility_id],
    )
    return found.join(
        catalogue.titles().drop("benign_causes"),
        on="indicator",
        how="left",
        maintain_order="left",
    )


def doubt(store: Reader, facility_id: str) -> str:
    """The item that speaks most against H1 beside its strongest rival, in one sentence; else empty."""
    found = store.sql(
        """
        SELECT a.doubt_bans, a.strongest_rival, e.indicator, e.statement
        FROM assessment a JOIN evidence e ON e.evidence_id = a.doubt_evidence_id
        WHERE a.facility_id = ?
        """,
        [facility_id],
    )
    if not found.height:
        return ""
    bans, rival, indicator, statement = found.row(0)
    return f"Strongest doubt: {indicator} ({bans:+.2f} bans beside {rival}). {statement}"


def tests(store: Reader, facility_id: str) -> str:
    """How many tests stand behind the facility and what is left of it once all are counted."""
    found = store.sql(
        """
        SELECT a.tests_count, a.untested_count, a.p_simes, a.q_value,
               (SELECT count(*) FROM assessment WHERE q_value IS NOT NULL) AS compared_count,
               (SELECT coalesce(sum(tests_count), 0)::BIGINT FROM test_run) AS release_count
        FROM assessment a WHERE a.facility_id = ?
        """,
        [facility_id],
    )
    if not found.height:
        return ""
    row = found.row(0, named=True)
    if row["q_value"] is None:
        return (
            "No test with a p-value reaches this facility; that is no sign for or against it."
        )
    share = settings()["tests"]["false_discovery_share"]
    stands = "stands out" if row["q_value"] <= share else "does not stand out"
    return (
        f"{row['tests_count']:,} periods tested reach this facility, of {row['release_count']:,} in this "
        f"release: p {row['p_simes']:.3g} (Simes), q {row['q_value']:.3g} among "
        f"{row['compared_count']:,} facilities, which {stands} at {share:g}; {row['untested_count']:,} pieces of evidence have no "
        "p-value. A q says how often noise looks so; it moves neither support nor order."
    )


def tried(store: Reader) -> pl.DataFrame:
    """What every indicator tried in this release, shown or not."""
    return store.sql("SELECT * FROM test_run ORDER BY indicator")
