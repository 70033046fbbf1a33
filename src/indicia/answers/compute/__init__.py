"""The compute ledger: accelerators that power, imports, tenders, statements and claims imply.

Counts under stated assumptions, never observations. One line per figure and class of accelerator;
classes are alternatives and never merged, kinds of power are never mixed, and a channel without a figure
says `no data`.
"""

from dataclasses import dataclass

import polars as pl

from indicia.answers.compute import (
    claims,
    figures,
    gap_rows,
    gaps,
    imports,
    lines,
    power,
    tenders,
)
from indicia.answers.compute.figures import KINDS_SAY, SITE_OF_CLASS
from indicia.answers.compute.gap_rows import NO_SCORE
from indicia.answers.compute.lines import ACCELERATORS, CHANNELS, H100E, NO_DATA
from indicia.answers.compute.scopes import (
    KINDS,
    ROLE_CHOICES,
    Period,
    Scope,
    choices,
    guess,
    inside,
    near,
)
from indicia.answers.compute.wishes import Wish, changed, wishes
from indicia.answers.reader import Reader
from indicia.errors import UsageError
from indicia.reference.compute.priors import Wished
from indicia.scoring.ledger import Assumptions

__all__ = [
    "ACCELERATORS",
    "CAVEAT",
    "CHANNELS",
    "H100E",
    "KINDS",
    "KINDS_SAY",
    "NO_DATA",
    "NO_SCORE",
    "ROLE_CHOICES",
    "SITE_OF_CLASS",
    "Assumptions",
    "Ledger",
    "Period",
    "Scope",
    "Wish",
    "ask",
    "changed",
    "charted",
    "choices",
    "cut",
    "guess",
    "sentences",
    "shown",
    "wishes",
]

CAVEAT = "Counts under stated assumptions, not observations; power never tells the type."
NOBODY = "These data hold no record under the name {!r} (role: {}; {}). {} Or look for it on the page Entity."
NOT_OF_A_LANE = "{} are published of sites, organisations and countries, not of lanes."
MOST_DRAWN, FEWEST_NAMED = 12, 2
PRIOR_COLUMNS = {
    "quantity": pl.String,
    "chip_class": pl.String,
    "least": pl.Float64,
    "mode": pl.Float64,
    "most": pl.Float64,
    "unit": pl.String,
    "basis": pl.String,
    "status": pl.String,
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger as asked for.

    Args:
        scope: What it is about.
        period: The days it looks at.
        lines: One line per figure and class, by channel; `no data` where a channel has none.
        gaps: Gaps between channels, with both sides.
        no_gaps: Why a test could not be made, one sentence each.
        assumptions: Every prior in force, with its source.
        left_out: What did not become a line, and why.
    """

    scope: Scope
    period: Period
    lines: pl.DataFrame
    gaps: pl.DataFrame
    no_gaps: tuple[str, ...]
    assumptions: pl.DataFrame
    left_out: pl.DataFrame


def ask(
    store: Reader,
    scope: Scope,
    period: Period = Period(),  # noqa: B008 -- frozen, so one default can be shared
    assumptions: Assumptions | Wished | None = None,
) -> Ledger:
    """What each channel of evidence implies for a scope and period, side by side.

    Args:
        store: An open store.
        scope: A facility, an organisation, a lane or a country.
        period: The period; open by default.
        assumptions: What the reader puts in place of the priors; see `Assumptions.of`.

    Raises:
        UsageError: A scope that does not exist, or an assumption that cannot be.
    """
    own = Assumptions.of(assumptions)
    where = inside(store, scope)
    seen = figures.figures(store, where.facilities, period)
    is_lane = scope.kind == "lane"
    by_power = power.power_lines(seen, own, is_summed=scope.kind != "facility")
    if where.names:
        by_power = pl.concat([by_power, power.operator_lines(store, where, period, own)])
    stated = power.stated_beside(seen)
    hardware = claims.hardware_lines(store, scope, where, period)
    out = power.left_out(seen, where.facilities)
    flows = imports.flows(store, where, period) if where.importer else pl.DataFrame()
    by_import = by_tender = by_claim = lines.fit(pl.DataFrame())
    if where.importer:
        by_import = imports.import_lines(imports.amounts(flows), own)
    if not is_lane:
        said = tenders.notices(store, scope, where, period)
        by_tender, more = tenders.tender_lines(said, period)
        claimed = claims.claims(store, scope, where, period)
        by_claim, silent = claims.claim_lines(claimed, own)
        is_known = sum(
            frame.height for frame in (where.facilities, by_power, said, claimed, hardware)
        )
        if scope.kind == "entity" and not is_known:
            raise UsageError(
                NOBODY.format(scope.key, scope.role, period.says, near(store, scope))
            )
        out += [*more, *silent]
    together = pl.concat([by_power, by_import, by_tender, hardware, stated, by_claim])
    found, why = gaps.of_facilities(store, where, seen, period, own)
    if where.importer:
        absorbed, no_test = gaps.absorbed(store, where, flows, own)
        found, why = pl.concat([absorbed, found]), [*no_test, *why]
    if is_lane:
        why = [text for text in why if "absorption" in text]
    return Ledger(
        scope,
        period,
        _complete(together, scope),
        found,
        tuple(why),
        in_force(together, found, own),
        pl.DataFrame(
            [row for row in out if row[2]],
            schema={"channel": pl.String, "what": pl.String, "number": pl.Int64},
            orient="row",
        ),
    )


def charted(found: pl.DataFrame) -> pl.DataFrame:
    """The lines a picture shows: accelerators of a class, sums where there are sums, not too many.

    Where there are more figures than fit, every channel keeps its first ones.

    Args:
        found: Lines as `ask` gives them.

    Returns:
        Lines with `label`, the figure and whose it is.
    """
    labelled = _drawable(found)
    figures = labelled.unique("label", maintain_order=True).with_row_index("at")
    turn = pl.int_range(pl.len()).over("channel")
    kept = figures.with_columns(turn=turn).sort("turn", "at").head(MOST_DRAWN)
    return labelled.filter(pl.col("label").is_in(kept["label"].to_list()))


def cut(found: pl.DataFrame) -> str:
    """How many figures a picture leaves out, in words; empty where it shows them all.

    Args:
        found: Lines as `ask` gives them.
    """
    figures = _drawable(found)["label"].n_unique()
    if figures <= MOST_DRAWN:
        return ""
    return f"Cut: {MOST_DRAWN} of {figures} figures are drawn, the first of every channel; the table holds all."


def _drawable(found: pl.DataFrame) -> pl.DataFrame:
    """Every line that a picture could show, with its `label`."""
    kept = found.filter(
        pl.col("accelerators_p50_count").is_not_null()
        & (pl.col("unit") == ACCELERATORS)
        & ~pl.col("is_in_sum")
    )
    is_one = kept["subject"].n_unique() < FEWEST_NAMED
    whose = pl.when(pl.col("is_sum") | pl.lit(is_one)).then(pl.lit("")).otherwise(
        pl.lit(" · ") + pl.col("subject")
    )  # fmt: skip
    channel = pl.col("channel").replace_strict(CHANNELS, return_dtype=pl.String)
    return kept.with_columns(label=pl.concat_str(channel, pl.lit(": "), "reading", whose))


def shown(found: pl.DataFrame) -> pl.DataFrame:
    """The lines as a table for readers: the channel in words, without what repeats elsewhere.

    Args:
        found: Lines as `ask` gives them.
    """
    words = pl.col("channel").replace_strict(CHANNELS, return_dtype=pl.String)
    return found.with_columns(channel=words).drop("is_sum", "is_in_sum", "assumptions")


def sentences(found: Ledger) -> list[str]:
    """Every gap in plain words, then which tests could not be made and why."""
    return [*gap_rows.sentences(found.gaps), *found.no_gaps]


def in_force(together: pl.DataFrame, found: pl.DataFrame, own: Assumptions) -> pl.DataFrame:
    """Every prior that lines and gaps were drawn from, once each, with its source.

    Args:
        together: Lines.
        found: Gaps.
        own: The assumptions they were drawn under.
    """
    used = pl.concat(
        [frame.select("chip_class", "assumptions").unique(maintain_order=True) for frame in (together, found)]
    ).drop_nulls()  # fmt: skip
    named = used.with_columns(
        quantity=pl.col("assumptions")
        .str.split("; ")
        .list.eval(pl.element().str.extract(r"^(\w+) ", 1))
    ).explode("quantity")
    keys = named.select("quantity", "chip_class").drop_nulls().unique(maintain_order=True)
    priors = dict.fromkeys(own.prior(*key) for key in keys.iter_rows())
    rows = [tuple(getattr(prior, name) for name in PRIOR_COLUMNS) for prior in priors]
    return pl.DataFrame(rows, schema=PRIOR_COLUMNS, orient="row")


def _complete(together: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """The lines by channel, with `no data` where a channel has none."""
    parts = []
    for channel, words in CHANNELS.items():
        own = together.filter(pl.col("channel") == channel)
        parts.append(own if own.height else lines.none(channel, _why(channel, words, scope)))
    order = list(CHANNELS)
    rank = pl.col("channel").replace_strict(order, range(len(order)), return_dtype=pl.Int64)
    return pl.concat(parts).sort(rank, maintain_order=True)


def _why(channel: str, words: str, scope: Scope) -> str:
    if channel == "imports" and scope.kind in imports.NOT_HERE:
        return imports.NOT_HERE[scope.kind]
    if scope.kind == "lane" and channel in ("tenders", "claims"):
        return NOT_OF_A_LANE.format(words.capitalize())
    return f"No figure on record for this {scope.kind} and period: not known, not none."
