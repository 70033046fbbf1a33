"""Facilities that the notices of contracting processes name, in their title or place.

A process becomes `process:<process_id>` and meets a facility where every word of the facility's name
stands in the notice. It is taken to concern that facility where the place stated is its town, or
where the buyer or a supplier is one of its parties and the name says more than theirs; else only
possibly. A meeting is no exposure: how likely what was bought stands there is for a person to say.
"""

import polars as pl

from indicia.entities.facilities import words
from indicia.entities.facilities.records import MOST_CHARACTERS, SEPARATOR, Records, forms
from indicia.schema import FACILITY_EDGE, FACILITY_IDENTITY
from indicia.store import Workspace, workspace

PREFIX = "process:"
FEWEST_WORDS = 2
FIRST_HAN = 4
LITTLE = ("and", "at", "de", "der", "des", "du", "for", "in", "la", "le", "of", "the")
NOTICES = """
SELECT process_id, coalesce(country_iso2, '') AS country, coalesce(title, '') AS title,
       coalesce(place, '') AS place, coalesce(buyer_name, '') AS buyer,
       coalesce(supplier_names, '') AS suppliers
FROM procurement_notice GROUP BY ALL
"""
# A notice is looked at where it holds the rarest word of some name; Han text has no words to cut.
HELD = f"""
WITH said AS (
  SELECT nth, country, lower(strip_accents(title || ' ' || place)) AS text FROM notice
), cut AS (
  SELECT nth, country, unnest(regexp_extract_all(text, '[\\p{{L}}\\p{{N}}]+')) AS word FROM said
), grams AS (
  SELECT nth, country, unnest(list_transform(range(1, greatest(1, length(word) - {FIRST_HAN - 2})),
         lambda i: substr(word, i, {FIRST_HAN}))) AS word
  FROM cut WHERE regexp_matches(word, '\\p{{Han}}')
)
SELECT DISTINCT w.nth, k.facility_id FROM (FROM cut UNION ALL FROM grams) w
JOIN key k ON k.word = w.word AND (k.country = w.country OR k.country = '' OR w.country = '')
"""
NAMED_SHARE, PARTY_SHARE, TOWN_SHARE = 0.5, 0.3, 0.2
JUDGED = {"match": "same", "no match": "different", "unsure": "possible"}


def named(
    db: Workspace, told: Records, identity: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The pairs of a facility and a process that names it, and what the processes stand for.

    Args:
        db: Connection in which `procurement_notice` is visible.
        told: The facilities, their parties, and what people judged.
        identity: `published_id` and `facility_id` of the facilities.

    Returns:
        Rows of `facility_edge` (the best notice per pair) and of `facility_identity`, the process as
        `process:<process_id>`.
    """
    notices = db.sql(NOTICES).pl().sort(pl.all()).with_row_index("nth")
    keys = _keys(told.sites)
    held = pl.concat(
        [
            _held(notices, keys).with_columns(is_judged=pl.lit(value=False)),
            _of_people(notices, told).with_columns(is_judged=pl.lit(value=True)),
        ]
    ).sort("nth", "facility_id", "is_judged", descending=[False, False, True])
    held = held.unique(["nth", "facility_id"], keep="first", maintain_order=True)
    if held.is_empty():
        return FACILITY_EDGE.frame([]), FACILITY_IDENTITY.frame([])
    read = _read(notices.join(held.select("nth").unique(), on="nth", how="semi"))
    pairs = held.join(read, on="nth").join(_names(told.sites), on="facility_id")
    is_han = pl.col("compact_name").str.contains(r"\p{Han}")
    has_all = (
        pl.when(is_han)
        .then(pl.col("compact").str.contains(pl.col("compact_name"), literal=True))
        .otherwise(pl.col("needed").list.set_difference("held").list.len() == 0)
    )
    has_unit = (pl.col("units").list.len() == 0) | (
        pl.col("units").list.set_intersection("stated").list.len() > 0
    )
    chosen = pairs.filter(pl.col("is_judged") | (has_all & has_unit))
    return _settled(_compared(chosen, told), told, identity)


def _keys(sites: pl.DataFrame) -> pl.DataFrame:
    """The rarest word of every name that says enough to be looked for."""
    own = pl.col("core").list.set_difference("party_words").list.len() > 0
    needed = pl.col("name_words").list.filter(~pl.element().is_in(list(LITTLE)))
    has_unit = pl.col("units").list.len() > 0
    # A brand alone (`Example Cloud`) is in many notices; a site has a name, a town or a unit of its own.
    says_enough = (pl.col("core").list.len() >= FEWEST_WORDS) | (
        (pl.col("core").list.len() > 0)
        & (has_unit | (own & (needed.list.len() >= FEWEST_WORDS)))
    )
    spelled = sites.select(
        "facility_id",
        "core",
        country=pl.col("country_iso2").fill_null(""),
        han=pl.col("text").str.extract(rf"(\p{{Han}}{{{FIRST_HAN}}})", 1),
        says_enough=says_enough,
    ).filter(pl.col("han").is_not_null() | pl.col("says_enough"))
    latin = spelled.filter(pl.col("han").is_null()).explode("core", empty_as_null=False)
    rarest = (
        latin.with_columns(many=pl.len().over("core"))
        .sort("many", "core")
        .unique("facility_id", keep="first", maintain_order=True)
        .select("facility_id", "country", word="core")
    )
    first = spelled.filter(pl.col("han").is_not_null())
    return pl.concat([rarest, first.select("facility_id", "country", word="han")])


def _held(notices: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    own = workspace()
    try:
        own.register("given_notice", notices)
        own.register("given_key", keys)
        own.execute("CREATE TABLE notice AS SELECT * FROM given_notice")
        own.execute("CREATE TABLE key AS SELECT * FROM given_key")
        found: pl.DataFrame = own.sql(HELD).pl()
        return found.sort("nth", "facility_id")
    finally:
        own.close()


def _names(sites: pl.DataFrame) -> pl.DataFrame:
    return sites.select(
        "facility_id",
        "units",
        "town_words",
        "shown",
        # A site named like its operator is not named by whoever names the operator.
        has_own=pl.col("core").list.set_difference("party_words").list.len() > 0,
        needed=pl.col("name_words").list.filter(~pl.element().is_in(list(LITTLE))),
        compact_name=pl.col("bare").str.replace_all(r"[^\p{L}\p{N}]+", ""),
    )


def _read(notices: pl.DataFrame) -> pl.DataFrame:
    text = notices.select(
        facility_id=pl.col("nth").cast(pl.String),
        text=words.folded(pl.concat_str("title", "place", separator=" ")),
    )
    cut = words.units(text).with_columns(nth=pl.col("facility_id").cast(pl.get_index_type()))
    return notices.join(
        cut.select(
            "nth",
            stated="units",
            held=words.tokens(pl.col("bare")),
            compact=pl.col("bare").str.replace_all(r"[^\p{L}\p{N}]+", ""),
        ),
        on="nth",
    ).with_columns(
        where=words.tokens(words.folded(pl.col("place"))),
        shown_notice=pl.concat_str("title", "place", "buyer", separator=SEPARATOR).str.slice(
            0, MOST_CHARACTERS
        ),
    )


def _of_people(notices: pl.DataFrame, told: Records) -> pl.DataFrame:
    """Pairs that people judged, whether the names meet or not."""
    is_left = pl.col("left_id").str.starts_with(PREFIX)
    asked = told.judged.select(
        process_id=pl.when(is_left).then("left_id").otherwise("right_id").str.strip_prefix(PREFIX),
        facility_id=pl.when(is_left).then("right_id").otherwise("left_id"),
    ).join(told.sites.select("facility_id"), on="facility_id", how="semi")  # fmt: skip
    return notices.join(asked, on="process_id").select("nth", "facility_id")


def _compared(pairs: pl.DataFrame, told: Records) -> pl.DataFrame:
    """One row per facility and process, with what agrees beside the name."""
    parties = told.parties.group_by("facility_id").agg(run_by=pl.col("form"))
    both = pl.concat_str("buyer", "suppliers", separator="; ").str.split("; ")
    firms = (
        forms(
            pairs.select("nth", party_name=both)
            .unique("nth")
            .explode("party_name", empty_as_null=False)
        )
        .group_by("nth")
        .agg(firms=pl.col("form"))
    )
    shared = pl.col("firms").list.set_intersection("run_by").list.len() > 0
    is_told = pl.col("firms").is_not_null() & pl.col("run_by").is_not_null()
    process = pl.format("{}{}", pl.lit(PREFIX), "process_id")
    return (
        pairs.join(parties, on="facility_id", how="left")
        .join(firms, on="nth", how="left")
        .with_columns(
            process=process,
            is_party=shared.fill_null(value=False) & pl.col("has_own"),
            is_town=pl.col("where").list.set_intersection("town_words").list.len() > 0,
        )
        .with_columns(
            party_share=pl.when(is_told).then(pl.col("is_party").cast(pl.Float64)),
            score_share=NAMED_SHARE
            + PARTY_SHARE * pl.col("is_party").cast(pl.Float64)
            + TOWN_SHARE * pl.col("is_town").cast(pl.Float64),
            left_id=pl.min_horizontal("facility_id", "process"),
            right_id=pl.max_horizontal("facility_id", "process"),
        )
        .sort("score_share", "nth", descending=[True, False])
        .unique(["left_id", "right_id"], keep="first", maintain_order=True)
    )


def _settled(
    found: pl.DataFrame, told: Records, identity: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    by_person = pl.col("verdict").replace_strict(JUDGED, default=None, return_dtype=pl.String)
    agrees = pl.col("is_party") | pl.col("is_town")
    led = identity.select("facility_id", published_id="published_id")
    # A process that fits several facilities is settled by a person.
    rivals = pl.col("led_to").filter(agrees).n_unique().over("process") > 1
    ruled = pl.when(agrees & ~rivals).then(pl.lit("same")).otherwise(pl.lit("possible"))
    rests_on = (
        pl.when(pl.col("verdict").is_not_null())
        .then(pl.format("a person said {} ({})", "verdict", "reason"))
        .when("is_party")
        .then(pl.lit("the buyer or a supplier is one of its parties"))
        .when("is_town")
        .then(pl.lit("the place stated is its town"))
        .otherwise(pl.lit("neither parties nor place are known to agree"))
    )
    is_first = pl.col("left_id") == pl.col("facility_id")
    decided = (
        found.join(
            led.rename({"facility_id": "led_to"}),
            left_on="facility_id",
            right_on="published_id",
        )
        .join(told.judged, on=["left_id", "right_id"], how="left")
        .with_columns(
            decision=pl.coalesce(by_person, ruled),
            why=pl.format("A notice names it: {}.", rests_on),
            name_share=pl.when("is_judged").then(None).otherwise(1.0),
            left_value=pl.when(is_first).then("shown").otherwise("shown_notice"),
            right_value=pl.when(is_first).then("shown_notice").otherwise("shown"),
        )
    )
    met = (
        decided.filter(decision="same")
        .sort("judgement_id", "score_share", "facility_id", descending=[True, True, False], nulls_last=True)
        .unique("process", keep="first", maintain_order=True)
    )  # fmt: skip
    stands = met.select(published_id="process", facility_id="led_to", level=pl.lit("place"))
    return (
        FACILITY_EDGE.fit(
            decided.select(n for n in FACILITY_EDGE.names if n in decided.columns)
        ),
        FACILITY_IDENTITY.fit(stands),
    )
