"""The tasks in Han script: names of one company against each other, and against its Latin names."""

import polars as pl

from indicia.entities.match import known
from indicia.entities.match.forms import prepare
from indicia.entities.validation import splits
from indicia.entities.validation.baselines import stripped
from indicia.entities.validation.tasks import Task, parties


def _queries(rows: pl.DataFrame, group: pl.Expr) -> pl.DataFrame:
    """One query per Han name, with an id of its own."""
    made = rows.select(
        id=pl.concat_str(pl.lit("h:"), "company", pl.lit(":"), "name"),
        name="name",
        countries_iso2="countries_iso2",
        address=pl.lit(None, pl.String),
        registry_ids=pl.lit(None, pl.String),
        group=group,
        kinds=pl.lit("Han"),
        entity="company",
    )
    return made.with_columns(part=splits.part("parat " + made["entity"])).sort("id")


def leave_one_out(names: pl.DataFrame) -> list[Task]:
    """Han names against the Han names of all companies, their own taken out in turn.

    A company with one Han name has nothing left to be found: whatever is shown for it is false.
    The tasks are as many as a company has names at most: in each, one name per company is asked.
    """
    han = names.filter("is_han").sort("company", "name")
    han = han.with_columns(
        turn=pl.int_range(pl.len()).over("company"), names=pl.len().over("company")
    )
    tasks = []
    for turn in sorted(han["turn"].unique()):
        asked = han.filter(pl.col("turn") == turn)
        left = han.join(asked.select("company", "name"), on=["company", "name"], how="anti")
        group = (
            pl.when(pl.col("names") > 1).then(pl.lit("listed")).otherwise(pl.lit("unlisted"))
        )
        queries = _queries(asked, group)
        truth = queries.filter(pl.col("group") == "listed").select("id", right_id="entity")
        targets = parties(left.rename({"company": "id"})).sort("id", "name")
        tasks.append(Task("Han to Han", queries, targets, truth))
    return tasks


def across(names: pl.DataFrame, *, with_table: bool) -> list[Task]:
    """Han names against the Latin names of all companies that PARAT knows.

    Args:
        names: As `files.names_in_two_scripts` gives them.
        with_table: Leave the other Han names of the companies among the targets, as an alias
            table would; the name asked for is taken out.
    """
    latin = names.filter(~pl.col("is_han"))
    han = names.filter("is_han").sort("company", "name")
    han = han.with_columns(turn=pl.int_range(pl.len()).over("company"))
    turns = sorted(han["turn"].unique()) if with_table else [None]
    tasks = []
    for turn in turns:
        asked = han if turn is None else han.filter(pl.col("turn") == turn)
        left = han.join(asked.select("company", "name"), on=["company", "name"], how="anti")
        shown = pl.concat([latin, left.select(latin.columns)]) if with_table else latin
        queries = _queries(asked, pl.lit("listed"))
        truth = queries.select("id", right_id="entity")
        name = "Han to Latin, its other Han names known" if with_table else "Han to Latin"
        targets = parties(shown.rename({"company": "id"})).sort("id", "name")
        tasks.append(Task(name, queries, targets, truth))
    return tasks


def linked(tasks: list[Task]) -> list[str]:
    """Ids of Han queries that share two characters in a row with a Han name of their own company.

    Compared is what is left without form, commonest trades and leading city. A name that shares
    none is another name altogether: a table alone tells that it is the same company's.
    """
    found: list[str] = []
    for task in tasks:
        asked = task.queries.select("id", "name").join(task.truth, on="id")
        targets = task.targets.select(right_id="id", other="name")
        pairs = asked.join(targets, on="right_id")
        left, right = stripped(pairs["name"]), stripped(pairs["other"])
        shares = [
            any(one[at : at + 2] in other for at in range(len(one) - 1))
            for one, other in zip(left, right, strict=True)
        ]
        found += pairs.filter(pl.Series(shares, dtype=pl.Boolean))["id"].unique().to_list()
    return sorted(set(found))


def tabled(tasks: list[Task]) -> list[str]:
    """Ids of Han queries that the matcher's table of other names joins with a name of their own company."""
    found: list[str] = []
    for task in tasks:
        left, right = prepare(parties(task.queries)), prepare(task.targets)
        a, b = left.names.select("id", left="number"), right.names.select("id", right="number")
        pairs = (
            known.scored(left, right).join(a, on="left").join(b, on="right", suffix="_right")
        )
        own = pairs.rename({"id_right": "right_id"}).join(task.truth, on=["id", "right_id"])
        found += own["id"].unique().to_list()
    return sorted(set(found))


def missed(
    rows: pl.DataFrame, by_letters: list[str], by_table: list[str]
) -> list[tuple[str, int, int]]:
    """Kinds of Han names that have another name to be found: kind, names, names missed.

    Args:
        rows: Outcomes of the tasks.
        by_letters: As `linked` gives them.
        by_table: As `tabled` gives them.
    """
    kind = (
        pl.when(pl.col("id").is_in(by_letters))
        .then(pl.lit("shares two characters"))
        .when(pl.col("id").is_in(by_table))
        .then(pl.lit("another name altogether, in the table"))
        .otherwise(pl.lit("another name altogether, not in the table"))
    )
    listed = rows.filter(pl.col("group") == "listed").with_columns(kind=kind)
    counts = listed.group_by("kind").agg(names=pl.len(), missed=(~pl.col("is_right")).sum())
    return list(counts.sort("kind", descending=True).iter_rows())
