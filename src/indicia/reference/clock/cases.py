"""The answer to each distinct case: a part, a period, a class of destination, one of headquarters."""

import polars as pl

from indicia.reference.clock.groups import NOWHERE_KNOWN, Places
from indicia.reference.clock.measures import verdicts
from indicia.reference.clock.rules import Rulebook
from indicia.reference.clock.terms import qualified

ABROAD = "WORLD"
NOT_MET = "no licence under 3A090/4A090: the part meets no test then in force there"
NONE_LISTED = pl.lit([], dtype=pl.List(pl.String))
LEAST_SURE_FIRST = ("UNCERTAIN", "KNOWN", "VERIFIED")
NO_RULE = "no licence under 3A090/4A090: no rule on accelerators was in force"
NOT_REACHED = "no licence under 3A090/4A090: no rule then in force reaches this destination and headquarters"
ELSEWHERE = "outside the scope of 3A090/4A090: another export-control regime decides for this destination"


def answers(
    cases: pl.DataFrame, regime: str, known: pl.DataFrame, book: Rulebook, place: Places
) -> pl.DataFrame:
    """Decide every case.

    Args:
        cases: key, chip_row (row of `known`), period, destination_class, hq_class.
        regime: Reading asked for.
        known: Parts, in columns of `measures.PARTS`.
        book: Rules to apply.
        place: Classes of countries under these rules.

    Returns:
        key and the columns of `decide.OUTPUT` but the sentence, with its `reason` instead.
    """
    rows = known.with_row_index("chip_row").select(
        "chip_row", "chip", "dc_marketed", "confidence"
    )
    used = rows.join(cases, on="chip_row", how="semi")
    verdict = verdicts(known.join(used, on="chip", how="semi"), book).join(
        used.select("chip", "chip_row"), on="chip"
    )
    active = book.in_period(
        book.deciding.filter(pl.col("regimes").str.split("|").list.contains(regime)),
        "effective_from",
        "effective_to",
    )
    reached = _reached(cases, active, place)
    tried = (
        cases.join(reached, on=["period", "destination_class", "hq_class"])
        .join(verdict.drop("chip"), on=["chip_row", "test"])
        .with_columns(applies=pl.col("is_controlled") & pl.col("in_scope"))
        .sort("key", "rank")
    )
    decided = tried.group_by("key", maintain_order=True).agg(
        any_applies=pl.col("applies").any(ignore_nulls=False),
        is_reached=(pl.col("in_scope").fill_null(value=True)).any(),
        rule_ids=pl.col("rule_id").filter("applies"),
        eccn=pl.col("eccn").filter("is_controlled").drop_nulls().first(),
        matched=pl.col("thresholds").filter("applies").first(),
        compared=pl.col("thresholds")
        .filter(pl.col("in_scope").fill_null(value=True))
        .unique(maintain_order=True)
        .str.join("; "),
        why=pl.col("sentence").filter("applies").first(),
        is_by_company=pl.col("is_by_company").filter("applies").first(),
        rule_confidence=pl.col("confidence").filter("applies").first(),
        missing=_missing(),
    )
    everything = (
        cases.join(decided, on="key", how="left", maintain_order="left")
        .join(rows, on="chip_row", how="left", maintain_order="left")
        .join(
            place.is_other,
            left_on="destination_class",
            right_on="place_class",
            how="left",
            maintain_order="left",
        )
        .with_columns(answer=_answer())
    )
    yes = everything.filter(pl.col("answer") == "yes").with_columns(
        decided_by=pl.col("rule_ids").list.first()
    )
    return (
        everything.join(
            qualified(yes, regime, verdict, book, place), on="key", how="left"
        )
        .with_columns(**_shown())
        .select(
            "key", "answer", "rule_ids", "eccn", "thresholds", "missing", "exceptions",
            "review_policy", "confidence", reason=_reason(),
        )
    )  # fmt: skip


def _reached(cases: pl.DataFrame, active: pl.DataFrame, place: Places) -> pl.DataFrame:
    """Whether each rule reaches each pair of destination and headquarters, in each period."""
    destination = place.scopes.rename(
        {"place_class": "destination_class", "scope": "destination_scope", "is_in": "is_there"}
    )
    company = place.scopes.rename(
        {"place_class": "hq_class", "scope": "hq_scope", "is_in": "is_theirs"}
    )
    abroad = destination.filter(pl.col("destination_scope") == ABROAD).select(
        "destination_class", is_abroad="is_there"
    )
    by_company = (
        pl.when(pl.col("hq_scope").is_null())
        .then(pl.lit(value=False))
        .otherwise(pl.col("is_theirs") & pl.col("is_abroad"))
    )
    return (
        cases.select("period", "destination_class", "hq_class")
        .unique()
        .join(active, on="period")
        .join(destination, on=["destination_class", "destination_scope"], how="left")
        .join(company, on=["hq_class", "hq_scope"], how="left")
        .join(abroad, on="destination_class", how="left")
        .select(
            "period", "destination_class", "hq_class", "rank", "rule_id", "test", "sentence",
            "confidence", in_scope=pl.col("is_there") | by_company,
            is_by_company=by_company & ~pl.col("is_there"),
        )
    )  # fmt: skip


def _missing() -> pl.Expr:
    """What stands in the way where no rule applies for certain."""
    is_open = pl.col("applies").is_null()
    of_place = pl.when(pl.col("in_scope").is_null()).then(
        pl.when(pl.col("destination_class") == NOWHERE_KNOWN)
        .then(pl.lit("destination"))
        .otherwise(pl.lit("headquarters"))
    )
    of_part = (
        pl.col("missing").filter(is_open).list.explode(keep_nulls=False, empty_as_null=False)
    )
    return of_part.append(of_place.filter(is_open).drop_nulls()).unique(maintain_order=True)


def _answer() -> pl.Expr:
    return (
        pl.when("is_other")
        .then(pl.lit("outside_scope"))
        .when("any_applies")
        .then(pl.lit("yes"))
        .when(pl.col("rule_ids").is_not_null() & pl.col("any_applies").is_null())
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("no"))
    )


def _shown() -> dict[str, pl.Expr]:
    """Columns as answered: what does not bear on an answer is left empty."""
    is_yes = pl.col("answer") == "yes"
    is_asked = pl.col("answer") != "outside_scope"
    surest = pl.min_horizontal(
        *(
            pl.col(c).replace_strict(LEAST_SURE_FIRST, range(3), default=0)
            for c in ("confidence", "rule_confidence")
        )
    )
    return {
        "rule_ids": pl.when(is_yes).then("rule_ids").otherwise(NONE_LISTED),
        "eccn": pl.when(is_asked).then("eccn"),
        "thresholds": pl.when(is_yes).then("matched").when(is_asked).then("compared"),
        "missing": pl.when(pl.col("answer") == "unknown")
        .then("missing")
        .otherwise(NONE_LISTED),
        "confidence": pl.when(is_yes).then(
            surest.replace_strict(range(3), LEAST_SURE_FIRST, return_dtype=pl.String)
        ),
    }


def _reason() -> pl.Expr:
    by_company = (
        pl.when("is_by_company")
        .then(pl.lit(", here by the headquarters"))
        .otherwise(pl.lit(""))
    )
    return (
        pl.when(pl.col("answer") == "yes")
        .then(
            pl.format(
                "a licence is required ({}): {}{}",
                pl.col("rule_ids").list.join(", "),
                "why",
                by_company,
            )
        )
        .when(pl.col("answer") == "outside_scope")
        .then(pl.lit(ELSEWHERE))
        .when(pl.col("answer") == "unknown")
        .then(pl.format("cannot be told, not known: {}", pl.col("missing").list.join(", ")))
        .when(pl.col("is_reached").is_null())
        .then(pl.lit(NO_RULE))
        .when(~pl.col("is_reached"))
        .then(pl.lit(NOT_REACHED))
        .otherwise(pl.lit(NOT_MET))
    )
