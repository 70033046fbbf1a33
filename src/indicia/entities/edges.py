"""Where records meet: by registry id, name, address, a register's own links, and people's judgements."""

import polars as pl

from indicia.entities.addresses.keys import keyed
from indicia.entities.match import MET, Targets
from indicia.schema import ENTITY_EDGE
from indicia.store import Workspace

# What other records are compared with letter by letter; the rest meet by id and equal name only.
ANCHORS = ("listed", "party", "institution", "developer")
MOST_REGISTERED = 200_000
MOST_AT_ADDRESS = 40
PAIR = ["left_id", "right_id"]


def meetings(
    records: pl.DataFrame, names: pl.DataFrame, judged: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    """Every edge between records (ENTITY_EDGE), judgements applied.

    Args:
        records: PARTY_RECORD without entity_id.
        names: PARTY_NAME.
        judged: Judgements on organisations, the last per pair.
        links: What registers state: left_id, right_id, left_value, right_value, why.
    """
    if records.is_empty():
        return ENTITY_EDGE.frame([])
    parties = _parties(records, names)
    found = pl.concat(
        [_by_name(records, parties), _by_address(records), links.select(MET.keys())]
    )
    known = records.select(pl.col("record_id"), pl.col("source"))
    between = (
        _ordered(found)
        .join(known.rename({"record_id": "left_id", "source": "left_source"}), on="left_id")
        .join(known.rename({"record_id": "right_id", "source": "right_source"}), on="right_id")
    )
    rows = ENTITY_EDGE.fit(_judged(_unambiguous(between, records), judged, records))
    return ENTITY_EDGE.check(rows.sort("left_id", "right_id", "method"))


def stated(db: Workspace) -> pl.DataFrame:
    """Links that registers state between records: columns of `match.MET`, decision near."""
    found: pl.DataFrame = db.sql(
        """
        SELECT DISTINCT l.record_id AS left_id, l.other_id AS right_id, a.name AS left_value,
               b.name AS right_value, l.kind, l.owned_share, l.starts_date, l.ends_date
        FROM entity_link l JOIN entity_record a ON a.record_id = l.record_id
        JOIN entity_record b ON b.record_id = l.other_id WHERE l.record_id <> l.other_id
        """
    ).pl()
    said = pl.format(
        "A register states: {} is {} of {}.", "right_value", pl.col("kind"), "left_value"
    )
    facts = pl.struct(
        "kind", "owned_share", pl.col("starts_date", "ends_date").cast(pl.String)
    ).struct.json_encode()
    rows = found.with_columns(
        method=pl.lit("stated link"), decision=pl.lit("near"), score_share=pl.lit(1.0),
        features=facts, why=said,
    )  # fmt: skip
    return (
        rows.sort(*PAIR, "kind")
        .unique(PAIR, keep="first", maintain_order=True)
        .select(pl.col(c).cast(t) for c, t in MET.items())
    )


def _parties(records: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Records as `match` takes them: a row per name, the main one first.

    Countries a record is seen in back it up where its source states none.
    """
    facts = records.select(
        "record_id", "address", "registry_ids",
        countries_iso2=pl.coalesce("countries_iso2", "seen_in_iso2"),
    )  # fmt: skip
    rank = pl.col("spelling").replace_strict({"main": 0}, default=1, return_dtype=pl.Int64)
    return (
        names.with_columns(rank=rank)
        .sort("record_id", "rank", "name")
        .join(facts, on="record_id", maintain_order="left")
        .select("name", "countries_iso2", "address", "registry_ids", id="record_id")
    )


def _by_name(records: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Ids and equal names over all; similar names where one side is a name in a record.

    Listings are not compared letter by letter among themselves, nor are register entries: their
    publishers tell them apart.
    """
    kind = records.select("kind", id="record_id")

    def of(*kinds: str) -> pl.DataFrame:
        return parties.join(kind.filter(pl.col("kind").is_in(kinds)), on="id", how="semi")

    registered = of("register")
    is_small = registered.height <= MOST_REGISTERED
    mentions = parties.join(of("listed", "register").select("id"), on="id", how="anti")
    asked = [
        (mentions, of(*ANCHORS, *(["register"] if is_small else []))),
        (of("listed"), registered),
    ]
    found = [_met(parties, parties, is_similar=False)]
    found += [
        _met(q, t, is_similar=True)
        for q, t in asked[: 2 if is_small else 1]
        if q.height and t.height
    ]
    return pl.concat(found)


def _met(queries: pl.DataFrame, targets: pl.DataFrame, *, is_similar: bool) -> pl.DataFrame:
    side = Targets(targets, is_similar=is_similar)
    try:
        return side.meet(queries)
    finally:
        side.close()


def _by_address(records: pl.DataFrame) -> pl.DataFrame:
    """Records at one address; an address that very many share connects nobody."""
    stated = records.select("address", id="record_id").drop_nulls("address")
    places = keyed(stated).filter(pl.col("level") != "place")
    shared = places.with_columns(spread=pl.col("id").n_unique().over("address_key")).filter(
        pl.col("spread").is_between(2, MOST_AT_ADDRESS)
    )
    one = shared.select("address_key", "spread", left_id="id", left_value="address")
    other = shared.select("address_key", right_id="id", right_value="address")
    met = one.join(other, on="address_key").filter(pl.col("left_id") < pl.col("right_id"))
    return met.select(
        "left_id",
        "right_id",
        method=pl.lit("address"),
        decision=pl.lit("near"),
        score_share=pl.lit(1.0),
        left_value="left_value",
        right_value="right_value",
        features=pl.struct(records_at_address="spread").struct.json_encode(),
        why=pl.format("The same address; {} records share it.", "spread"),
    )


def _ordered(found: pl.DataFrame) -> pl.DataFrame:
    """Each pair and method once, the alphabetically first record on the left."""
    is_turned = pl.col("left_id") > pl.col("right_id")

    def turned(a: str, b: str) -> pl.Expr:
        return pl.when(is_turned).then(pl.col(b)).otherwise(pl.col(a)).alias(a)

    return (
        found.with_columns(
            turned("left_id", "right_id"),
            turned("right_id", "left_id"),
            turned("left_value", "right_value"),
            turned("right_value", "left_value"),
        )
        .sort(
            *PAIR,
            "method",
            pl.col("decision") == "same",
            "score_share",
            "left_value",
            "right_value",
            "why",
            descending=[False, False, False, True, True, False, False, False],
        )
        .unique([*PAIR, "method"], keep="first", maintain_order=True)
    )


def _unambiguous(between: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """A name that two entries of one register bear says nothing of which: those edges are possible.

    So are edges between the two entries: their register tells them apart.
    """
    registers = records.filter(pl.col("kind") == "register").select(
        id="record_id", scheme=pl.col("record_id").str.split(":").list.first()
    )
    is_named = (pl.col("decision") == "same") & (pl.col("method") != "registry id")
    named = between.filter(is_named)
    ends = pl.concat(
        [
            named.select(mention=a, id=b)
            for a, b in (("left_id", "right_id"), ("right_id", "left_id"))
        ]
    )
    several = (
        ends.join(registers, on="id")
        .group_by("mention", "scheme")
        .agg(entries=pl.col("id").n_unique())
        .filter(pl.col("entries") > 1)["mention"]
        .unique()
    )
    scheme = registers.rename({"id": "right_id", "scheme": "right_scheme"})
    one_register = (
        named.join(registers, left_on="left_id", right_on="id")
        .join(scheme, on="right_id")
        .filter(pl.col("scheme") == pl.col("right_scheme"))["left_id"]
        .unique()
    )
    of_several = pl.concat([several, one_register]).implode()
    is_unsure = is_named & (
        pl.col("left_id").is_in(of_several) | pl.col("right_id").is_in(of_several)
    )
    return between.with_columns(
        decision=pl.when(is_unsure).then(pl.lit("possible")).otherwise("decision"),
        why=pl.when(is_unsure)
        .then(pl.col("why") + " Several entries of one register bear the name.")
        .otherwise("why"),
    )


def _judged(between: pl.DataFrame, judged: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Judgements as edges of their own; what was found between the two steps back behind them."""
    names = records.select("record_id", "name", "source")
    verdicts = {"match": "same", "no match": "different", "unsure": "possible"}
    said = judged.select(*PAIR, "verdict", "reason", "judged_by", "judged_utc")
    for side in ("left", "right"):
        said = said.join(
            names.rename(
                {"record_id": f"{side}_id", "name": f"{side}_value", "source": f"{side}_source"}
            ),
            on=f"{side}_id",
        )
    own = said.with_columns(
        method=pl.lit("judgement"),
        decision=pl.col("verdict").replace_strict(verdicts, return_dtype=pl.String),
        score_share=pl.when(pl.col("verdict") == "match").then(1.0).otherwise(0.0),
        features=pl.struct("verdict", "judged_by").struct.json_encode(),
        why=pl.format(
            "Judged {} by {} on {}: {}",
            "verdict", "judged_by", pl.col("judged_utc").dt.strftime("%Y-%m-%d"), "reason",
        ),
    )  # fmt: skip
    behind = between.join(said.select(*PAIR, "verdict"), on=PAIR, how="left").with_columns(
        decision=pl.when(pl.col("verdict") == "no match")
        .then(pl.lit("different"))
        .when((pl.col("verdict") == "unsure") & (pl.col("decision") == "same"))
        .then(pl.lit("possible"))
        .otherwise("decision")
    )
    return pl.concat([behind.select(ENTITY_EDGE.names), own.select(ENTITY_EDGE.names)])
