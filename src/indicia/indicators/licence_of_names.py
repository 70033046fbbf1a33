"""Whether the parts that a notice names needed a licence at its place on its date.

The policy clock answers for each part that a name may mean, each headquarters known and each day
that the date may mean. Only a set of one mind is a yes or a no.
"""

import polars as pl

from indicia.reference.chips import CHINA, named_by
from indicia.reference.clock import Rulebook
from indicia.reference.clock.spans import decide_over

PERIODS = {"month": "1mo", "quarter": "1q", "year": "1y"}


def placed(notices: pl.DataFrame, exposed: pl.DataFrame) -> pl.DataFrame:
    """Notices with their destination and the last day that their date may mean.

    A notice that names no country is placed where the facilities tied to it stand.

    Args:
        notices: row, process_id, first_date, date_precision, country_iso2 and more.
        exposed: process_id, tied_iso2.
    """
    known = Rulebook.shipped().countries
    country = pl.coalesce("country_iso2", "tied_iso2")
    dated = pl.when(pl.col("date_precision").ne_missing("unknown")).then("first_date")
    ends = [
        pl.when(pl.col("date_precision") == precision).then(
            pl.col("first_date").dt.truncate(length).dt.offset_by(length).dt.offset_by("-1d")
        )
        for precision, length in PERIODS.items()
    ]
    return notices.join(
        exposed.select("process_id", "tied_iso2"), on="process_id", how="left",
        maintain_order="left",
    ).with_columns(
        pl.col("row").cast(pl.Int64),
        destination=pl.when(country.is_in(known)).then(country),
        first_date=dated,
        last_date=pl.coalesce(*ends, dated),
    )  # fmt: skip


def judged_names(
    notices: pl.DataFrame, named: pl.DataFrame, companies: pl.DataFrame
) -> pl.DataFrame:
    """One row per notice and choice of names: controlled `yes`, `no` or `unknown`, and why unknown.

    A name may mean several parts, and several names may stand for one choice: it is controlled
    only if every part of that set was, and `is_closed` only if licences for every part were hardly
    to be had. Choices between domestic parts are left out.

    Args:
        notices: As `placed` gives them.
        named: Mentions, as `chip_mentions.mentions` gives them.
        companies: process_id and headquarters of those who own, operate or use what it serves.
    """
    meant = named.with_columns(pl.col("row").cast(pl.Int64)).join(
        named_by().select("key", "chip", "designer_hq"), on="key"
    )
    chosen = ["row", "choice"]
    foreign = meant.filter((pl.col("designer_hq") != CHINA).any().over(chosen))
    each = foreign.join(notices.drop("text"), on="row").join(
        companies, on="process_id", how="left", maintain_order="left"
    )
    asked = decide_over(
        each.select("chip", "destination", "headquarters", "first_date", "last_date")
    )
    is_domestic = pl.col("designer_hq") == CHINA
    dated = each.with_columns(
        asked.select("answer", "missing", "is_closed").get_columns()
    ).with_columns(
        answer=pl.when(is_domestic)
        .then(pl.lit("no"))
        .otherwise(pl.col("answer").cast(pl.String))
    )
    parts = dated.group_by(*chosen, "chip", maintain_order=True).agg(
        controlled=_all_or_any(),
        is_closed=pl.col("is_closed").filter(pl.col("answer") == "yes").all(),
        missing=pl.col("missing")
        .filter(pl.col("answer") == "unknown")
        .list.explode(keep_nulls=False, empty_as_null=False),
        is_other=(pl.col("answer") == "outside_scope").any(),
    )
    verdict, chip = pl.col("controlled"), pl.col("chip")
    sets = parts.group_by(chosen, maintain_order=True).agg(
        variants=chip.unique().sort().str.join(" / "),
        controlled=pl.when((verdict == "yes").all())
        .then(pl.lit("yes"))
        .when((verdict == "no").all())
        .then(pl.lit("no"))
        .otherwise(pl.lit("unknown")),
        is_closed=pl.col("is_closed").all(),
        why=_why(),
    )
    said = foreign.group_by(chosen, maintain_order=True).agg(
        names=pl.col("key").unique().sort().str.to_uppercase().str.join("/"),
        quote=pl.col("quote").first(),
        is_counted=pl.col("is_counted").all(),
    )
    about = notices.select(
        "row", "process_id", "first_date", "last_date", "stage", "status", "destination"
    )
    return (
        sets.join(said, on=chosen)
        .join(about, on="row")
        .sort("is_counted", descending=True, maintain_order=True)
        .unique(["row", "names"], keep="first", maintain_order=True)
        .sort("row", "choice")
    )


def _all_or_any() -> pl.Expr:
    """One part under several headquarters: one that needs a licence is enough."""
    answer = pl.col("answer")
    return (
        pl.when((answer == "yes").any())
        .then(pl.lit("yes"))
        .when((answer == "no").all())
        .then(pl.lit("no"))
        .otherwise(pl.lit("unknown"))
    )


def _why() -> pl.Expr:
    """Why the set of parts that a name means has no one answer."""
    verdict, chip = pl.col("controlled"), pl.col("chip")
    absent = (
        pl.col("missing")
        .list.explode(keep_nulls=False, empty_as_null=False)
        .unique(maintain_order=True)
        .str.join(", ")
    )

    def listed(answer: str) -> pl.Expr:
        return chip.filter(verdict == answer).sort().str.join(", ")

    return (
        pl.when(pl.col("is_other").any())
        .then(pl.lit("another export-control regime decides there"))
        .when((verdict == "yes").any() & (verdict == "no").any())
        .then(
            pl.format(
                "{} needed a licence, {} did not; which is meant is not said",
                listed("yes"),
                listed("no"),
            )
        )
        .otherwise(pl.format("not known: {}", absent))
    )
