"""Who is who: records gathered, met, judged and joined; the tables of `schema.resolved`."""

from collections.abc import Callable, Mapping

import polars as pl

from indicia.entities import edges, facilities
from indicia.entities.clusters import clusters
from indicia.entities.records import gather
from indicia.schema import JUDGEMENT, ORGANISATION, PARTY_RECORD, RESOLVED
from indicia.store import Workspace

# The record that names an organisation: a register before a list, a list before a mention.
BEST = ("register", "listed", "institution", "party", "employer", "developer", "buyer", "supplier",
        "consignee", "shipper", "notify", "event")  # fmt: skip
REGISTER_FIRST = ("LEI", "ROR")
Progress = Callable[[str], None]


def resolve(
    db: Workspace,
    judgements: pl.DataFrame | None = None,
    progress: Progress = lambda _text: None,
) -> dict[str, pl.DataFrame]:
    """Compute every table of who is who and make it visible on `db` under its plain name.

    Args:
        db: A connection in which observation tables are visible by their plain names.
        judgements: Rows of JUDGEMENT, the last per pair; none by default.
        progress: Told what is being done.

    Returns:
        Table name -> rows, for every table in `schema.RESOLVED`.
    """
    said = JUDGEMENT.frame([]) if judgements is None else JUDGEMENT.check(judgements)
    progress("who is who: records")
    records, names = gather(db)
    progress(f"who is who: {names.height:,} names")
    of_parties = said.filter(pl.col("subject") == "organisation")
    met = edges.meetings(records, names, of_parties, edges.stated(db))
    joined = _joined(records, met, of_parties)
    progress("who is who: facilities")
    facility_edge, facility_identity = facilities.identities(db, said)
    found = {
        "party_record": PARTY_RECORD.check(joined),
        "party_name": names,
        "organisation": _organisations(joined),
        "entity_edge": met,
        "judgement": said,
        "facility_edge": facility_edge,
        "facility_identity": facility_identity,
    }
    show(db, found)
    return found


def show(db: Workspace, found: Mapping[str, pl.DataFrame]) -> None:
    """Make the tables visible on a connection, in place of what it had."""
    for table in RESOLVED:
        db.register("incoming", table.check(found[table.name]))
        db.execute(f'CREATE OR REPLACE TEMP TABLE "{table.name}" AS SELECT * FROM incoming')
        db.unregister("incoming")


def _joined(records: pl.DataFrame, met: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Each record with the id of its organisation: that of its cluster's best record."""
    same = met.filter(pl.col("decision") == "same").with_columns(
        rank=pl.when(pl.col("method") == "judgement")
        .then(0)
        .when(pl.col("method") == "registry id")
        .then(1)
        .otherwise(2)
    )
    apart = judged.filter(pl.col("verdict") == "no match").select("left_id", "right_id")
    cluster = clusters(records["record_id"], same, apart)
    scheme = pl.col("record_id").str.split(":").list.first()
    ranked = records.join(cluster, left_on="record_id", right_on="id").with_columns(
        rank=pl.col("kind").replace_strict(
            {k: n for n, k in enumerate(BEST)}, return_dtype=pl.Int64
        ),
        scheme=scheme.replace_strict(
            {s: n for n, s in enumerate(REGISTER_FIRST)}, default=9, return_dtype=pl.Int64
        ),
    )
    best = (
        ranked.sort("rank", "scheme", "record_id")
        .unique("cluster", keep="first", maintain_order=True)
        .select("cluster", entity_id="record_id")
    )
    return PARTY_RECORD.fit(
        ranked.join(best, on="cluster").drop("cluster", "rank", "scheme").sort("record_id")
    )


def _organisations(records: pl.DataFrame) -> pl.DataFrame:
    countries = (
        records.select("entity_id", iso2=pl.col("countries_iso2").str.split(";"))
        .explode("iso2", keep_nulls=False, empty_as_null=False)
        .filter(pl.col("iso2") != "")
        .group_by("entity_id")
        .agg(countries_iso2=pl.col("iso2").unique().sort().str.join(";"))
    )
    rows = records.group_by("entity_id").agg(
        name=pl.col("name").filter(pl.col("record_id") == pl.col("entity_id")).first(),
        is_listed=(pl.col("kind") == "listed").any(),
        is_site_party=(pl.col("kind") == "party").any(),
        records_count=pl.len().cast(pl.Int64),
        sources_count=pl.col("source").n_unique().cast(pl.Int64),
    )
    return ORGANISATION.check(
        ORGANISATION.fit(rows.join(countries, on="entity_id", how="left").sort("entity_id"))
    )
