"""A second version of the invented store: one facility has risen, and the prior of another was changed."""

from datetime import datetime, timedelta
from pathlib import Path

import made_store
import polars as pl

from indicia.schema import ASSESSMENTS
from indicia.store import Build, Store

TOLD = "A second tender names restricted accelerators."


def publish(home: Path, at: datetime = made_store.NOW + timedelta(days=8)) -> str:
    """Publish it in a home that holds the invented store; the data version it has."""
    is_quiet, is_unknown = (
        pl.col("facility_id") == f for f in (made_store.QUIET, made_store.UNKNOWN)
    )
    with Store.open(home) as store:
        frames = {t.name: store.sql(f'FROM "{t.name}"') for t in ASSESSMENTS}
    item, said = frames["item"].head(1), frames["evidence"].head(1)
    new = pl.lit("e9").alias("evidence_id")
    frames["item"] = pl.concat(
        [frames["item"], item.with_columns(new, facility_id=pl.lit(made_store.QUIET))]
    )
    frames["evidence"] = pl.concat(
        [frames["evidence"], said.with_columns(new, statement=pl.lit(TOLD))]
    )
    frames["assessment"] = frames["assessment"].with_columns(
        verdict=pl.when(is_quiet).then(pl.lit("watch")).otherwise("verdict"),
        support_bans=pl.when(is_quiet)
        .then(0.3)
        .when(is_unknown)
        .then(0.4)
        .otherwise("support_bans"),
        prior_class=pl.when(is_unknown).then(pl.lit("state cloud")).otherwise("prior_class"),
    )
    with Build(home) as made:
        made.replace_assessments(frames)
        return made.publish(rules_version="later-rules", kind="synthetic", now=at).data_version
