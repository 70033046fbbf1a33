"""Leads counted by what a facility is: story, hard negative, size, cut; and why clusters are no leads.

A lead here is one at the threshold of the settings. Counts, never shares: whoever shows them adds
the interval.
"""

import polars as pl

from indicia.world.evaluation import one_world
from indicia.world.evaluation.sample import ENOUGH_FAMILIES, Sample

EDGES = (256, 1_000, 4_000, 16_000, 64_000)
ENOUGH_RECALL = 0.8
NOT_ASKED = "the policy clock does not ask H1"
IS_LEAD, IS_VISIBLE, IS_TIED = "is_lead", "is_visible", "is_tied"


def marked(sample: Sample) -> pl.DataFrame:
    """The rows with `is_lead` at the last cut, `is_visible` and `is_tied`."""
    return sample.rows.with_columns(
        pl.Series(IS_LEAD, sample.is_lead(one_world.cut(one_world.LAST))),
        pl.Series(IS_VISIBLE, sample.is_visible),
        pl.Series(IS_TIED, sample.is_tied),
    )


def of_threshold(rows: pl.DataFrame) -> dict[str, int]:
    """Leads among clusters, visible clusters and others, at the threshold of the settings."""
    cluster = pl.col("is_cluster")
    found = rows.select(
        clusters=cluster.sum(),
        clusters_leads=(cluster & pl.col(IS_LEAD)).sum(),
        visible=pl.col(IS_VISIBLE).sum(),
        visible_leads=(pl.col(IS_VISIBLE) & pl.col(IS_LEAD)).sum(),
        tied=pl.col(IS_TIED).sum(),
        tied_leads=(pl.col(IS_TIED) & pl.col(IS_LEAD)).sum(),
        others=(~cluster).sum(),
        others_leads=(~cluster & pl.col(IS_LEAD)).sum(),
    )
    return {name: int(value) for name, value in found.row(0, named=True).items()}


def by_story(rows: pl.DataFrame) -> pl.DataFrame:
    """Per diversion story: clusters, visible, leads, visible_leads."""
    return _counted(rows.filter("is_cluster"), "story")


def by_negative(rows: pl.DataFrame) -> pl.DataFrame:
    """Per class of hard negative, and per explanation of the rest: facilities, admissible, leads."""
    name = (
        pl.when("is_hard_negative").then("story").otherwise(pl.format("other {}", "hypothesis"))
    )
    return (
        rows.filter(~pl.col("is_cluster"))
        .with_columns(name=name)
        .group_by("name", "is_hard_negative")
        .agg(
            facilities=pl.len(),
            admissible=pl.col("is_admissible").sum(),
            leads=pl.col(IS_LEAD).sum(),
        )
        .sort("is_hard_negative", "name", descending=[True, False])
    )


def by_size(rows: pl.DataFrame) -> pl.DataFrame:
    """Per range of chips: clusters, visible in two families or more, in one, in none, leads."""
    sized = rows.filter("is_cluster").with_columns(
        least_chips=pl.max_horizontal(
            pl.when(pl.col("chips_count") >= edge).then(edge).otherwise(EDGES[0])
            for edge in EDGES
        ).cast(pl.Int64)
    )
    count = pl.col("families_visible_count")
    return _counted(
        sized,
        "least_chips",
        in_one=(count == ENOUGH_FAMILIES - 1).sum(),
        in_none=(count == 0).sum(),
    )


def smallest(sizes: pl.DataFrame, found: str, of: str) -> int | None:
    """Least size from which on every size has at least 80 % of its clusters found; None: no size."""
    least = None
    for row in sizes.sort("least_chips", descending=True).iter_rows(named=True):
        if not row[of] or row[found] / row[of] < ENOUGH_RECALL:
            break
        least = int(row["least_chips"])
    return least


def seen_earlier(sample: Sample) -> Sample | None:
    """The worlds that were looked at from earlier days too; None where there are none."""
    names = [one_world.cut(months) for months in one_world.CUTS_MONTHS]
    if not set(names) <= set(sample.rows.columns):
        return None
    rows = sample.rows.drop_nulls(names)
    return Sample.of(rows) if rows.height else None


def by_cut(sample: Sample) -> pl.DataFrame:
    """Per cut: months before the end, clusters public in two families by then, leads, false leads."""
    parts = []
    for months in sorted(one_world.CUTS_MONTHS, reverse=True):
        day = pl.col("as_of_date").dt.offset_by(f"-{months}mo")
        seen = pl.col("is_cluster") & (pl.col("second_published_date") <= day).fill_null(
            value=False
        )
        lead = pl.Series(IS_LEAD, sample.is_lead(one_world.cut(months)))
        parts.append(
            sample.rows.with_columns(lead).select(
                months_before=pl.lit(months, dtype=pl.Int64),
                visible=seen.sum(),
                leads=(seen & pl.col(IS_LEAD)).sum(),
                others=(~pl.col("is_cluster")).sum(),
                others_leads=(~pl.col("is_cluster") & pl.col(IS_LEAD)).sum(),
            )
        )
    return pl.concat(parts)


def waited(sample: Sample) -> pl.Series:
    """Months from being public in two families to the first cut as a lead, per cluster that became one.

    Upper bounds: a cluster may have been a lead at any time since the cut before.
    """
    rows = sample.rows
    first: pl.Expr = pl.lit(None, dtype=pl.Date)
    for months in sorted(one_world.CUTS_MONTHS):
        day = pl.col("as_of_date").dt.offset_by(f"-{months}mo")
        name = f"is_lead_{months}m"
        rows = rows.with_columns(pl.Series(name, sample.is_lead(one_world.cut(months))))
        first = (
            pl.when(pl.col(name) & (day >= pl.col("second_published_date")))
            .then(day)
            .otherwise(first)
        )
    months_waited = (first - pl.col("second_published_date")).dt.total_days() / 30.44
    return (
        rows.filter("is_cluster").select(months_waited.drop_nulls().alias("months")).to_series()
    )


def missed(rows: pl.DataFrame) -> pl.DataFrame:
    """Why visible clusters are no leads: story, why, clusters, tied (how many of them are tied)."""
    why = (
        pl.when(~pl.col("is_admissible"))
        .then(pl.lit(NOT_ASKED))
        .when(pl.col("families_for_count") == 0)
        .then(pl.lit("no family speaks for H1"))
        .when(pl.col("families_for_count") < ENOUGH_FAMILIES)
        .then(pl.lit("one family speaks for H1"))
        .otherwise(pl.format("support too low against {}", "strongest_rival"))
    )
    return (
        rows.filter(IS_VISIBLE, ~pl.col(IS_LEAD))
        .group_by("story", why=why.fill_null(NOT_ASKED))
        .agg(clusters=pl.len(), tied=pl.col(IS_TIED).sum())
        .sort("clusters", "story", "why", descending=[True, False, False])
    )


def _counted(rows: pl.DataFrame, key: str, **more: pl.Expr) -> pl.DataFrame:
    return (
        rows.group_by(key)
        .agg(
            clusters=pl.len(),
            visible=pl.col(IS_VISIBLE).sum(),
            tied=pl.col(IS_TIED).sum(),
            **more,
            leads=pl.col(IS_LEAD).sum(),
            visible_leads=(pl.col(IS_VISIBLE) & pl.col(IS_LEAD)).sum(),
        )
        .sort(key)
    )
