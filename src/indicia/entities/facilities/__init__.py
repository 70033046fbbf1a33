"""Facilities of several publishers meet in one, with a stable id: see docs/adr/0018-facilities-meet.md."""

import polars as pl

from indicia.entities.facilities import clusters, decide, pairs, records, tenders
from indicia.schema import FACILITY_EDGE, FACILITY_IDENTITY
from indicia.store import Workspace, unite

VERDICTS = {"match": "same", "no match": "different", "unsure": "possible"}

__all__ = ["identities", "unite"]


def identities(db: Workspace, judgements: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which published facilities are the same, and what stands between the others.

    Args:
        db: Connection in which `facility`, `facility_party` and `procurement_notice` hold the
            rows as published.
        judgements: Rows of `judgement`; those on facilities win over every rule.

    Returns:
        Rows of `facility_edge` and of `facility_identity`, sorted by their keys.
    """
    told = records.gather(db, judgements)
    known = told.sites["facility_id"].implode()
    judged = told.judged.filter(
        pl.col("left_id").is_in(known) & pl.col("right_id").is_in(known)
    )
    found = decide.decided(pairs.compared(told)).join(
        judged, on=["left_id", "right_id"], how="left"
    )
    by_rule = found.filter(pl.col("verdict").is_null(), decision="same")
    made = clusters.cluster(told.sites, by_rule, judged)
    refused = pl.DataFrame(
        [(*pair, why) for pair, why in made.refused.items()],
        schema={"left_id": pl.String, "right_id": pl.String, "refused": pl.String},
        orient="row",
    )
    ruled = _ruled(found.join(refused, on=["left_id", "right_id"], how="left"))
    near = ruled.filter(decision="near", rests_on=decide.OF_CAMPUS)
    identity = clusters.on_campus(clusters.named(told.sites, made.of), near)
    said = ruled.filter(pl.col("decision").is_not_null()).with_columns(why=_why())
    edges = FACILITY_EDGE.fit(said.select(FACILITY_EDGE.names))
    of_tenders, processes = tenders.named(db, told, identity)
    every = pl.concat([edges, of_tenders]).sort("left_id", "right_id")
    stands = pl.concat([FACILITY_IDENTITY.fit(identity), processes]).sort("published_id")
    return FACILITY_EDGE.check(every), FACILITY_IDENTITY.check(stands)


def _ruled(found: pl.DataFrame) -> pl.DataFrame:
    """A person's word over the rules; what could not be joined is only possible."""
    by_person = pl.col("verdict").replace_strict(VERDICTS, default=None, return_dtype=pl.String)
    is_refused = pl.col("refused").is_not_null()
    return found.with_columns(
        decision=pl.when(is_refused)
        .then(pl.lit("possible"))
        .otherwise(pl.coalesce(by_person, "decision")),
        rests_on=pl.when(pl.col("verdict").is_not_null())
        .then(pl.format("a person said {} ({})", "verdict", "reason"))
        .otherwise("rests_on"),
    )


def _why() -> pl.Expr:
    said = decide.sentence()
    kept = pl.format("{} Not joined: {}.", said, "refused")
    return pl.when(pl.col("refused").is_null()).then(said).otherwise(kept)
