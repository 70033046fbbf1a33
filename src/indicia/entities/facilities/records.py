"""Published facilities as they are compared: words, units, place, parties, level, and who publishes.

A point is taken as a site only where its publisher says so and few others of that publisher share
it: a point of many facilities is a centroid, whatever it is called.
"""

from dataclasses import dataclass

import polars as pl

from indicia.entities.facilities import words
from indicia.entities.names import needs_country, normalised
from indicia.reference import tables
from indicia.store import Workspace, is_visible

# The order in which publishers give a facility its id; others follow.
PUBLISHERS = (
    "facilities/epoch", "power/operator_disclosures", "context/analyst", "facilities/top500",
    "facilities/peeringdb", "facilities/osm",
)  # fmt: skip
OF_CAMPUSES = ("facilities/epoch", "power/operator_disclosures")
OF_BUILDINGS = ("facilities/peeringdb", "facilities/osm")
MOST_AT_ONE_POINT = 20
CAMPUS_WORDS = r"\b(?:campus|campuses|mega site|(?:data|information) park)\b|园区"
BUILDING_KINDS = ("building", "hall", "unit")
NOT_A_CODE = ("", "phase", "building", "hall", "unit", "campus", "site", "plot", "module", "dc")
SEPARATOR = " · "
MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Records:
    """What is compared: one row per facility, one per party of a facility, one per judged pair."""

    sites: pl.DataFrame
    parties: pl.DataFrame
    judged: pl.DataFrame


def gather(db: Workspace, judgements: pl.DataFrame) -> Records:
    """Read the facilities and parties of a connection, and the judgements on facilities.

    Args:
        db: Connection in which `facility` and `facility_party` hold the rows as published, and
            `history_facility`, where it exists, every version of them.
        judgements: Rows of `judgement`.
    """
    facilities = db.sql(
        "SELECT facility_id, source, name, country_iso2, admin1, place, latitude_deg, longitude_deg, "
        "coord_precision, CAST(fetched_utc AT TIME ZONE 'UTC' AS DATE) AS read_date FROM facility"
    ).pl()
    parties = db.sql(
        "SELECT DISTINCT facility_id, party_name FROM facility_party WHERE facility_id IN "
        "(SELECT facility_id FROM facility)"
    ).pl()
    told = _parties(parties)
    return Records(
        _sites(_spoken(facilities), _first_read(db), told, parties), told, _judged(judgements)
    )


def _spoken(facilities: pl.DataFrame) -> pl.DataFrame:
    """One row per published id; of several sources the first of `PUBLISHERS` speaks."""
    rank = pl.col("source").replace_strict(
        {name: n for n, name in enumerate(PUBLISHERS)}, default=len(PUBLISHERS)
    )
    # OSM maps one building as a node and as a way; two ways are two buildings.
    element = pl.col("facility_id").str.extract(r"^osm-(node|way|relation)-", 1)
    return (
        facilities.with_columns(
            rank=rank.cast(pl.Int64),
            publisher=pl.concat_str("source", element, separator="/", ignore_nulls=True),
        )
        .sort("facility_id", "rank", "source", "name")
        .unique("facility_id", keep="first", maintain_order=True)
    )


def _first_read(db: Workspace) -> pl.DataFrame:
    table = "history_facility" if is_visible(db, "history_facility") else "facility"
    found: pl.DataFrame = db.sql(
        "SELECT facility_id, CAST(min(fetched_utc) AT TIME ZONE 'UTC' AS DATE) AS first_date "
        f"FROM {table} GROUP BY ALL"
    ).pl()
    return found


def _sites(
    spoken: pl.DataFrame, first: pl.DataFrame, parties: pl.DataFrame, named: pl.DataFrame
) -> pl.DataFrame:
    text = spoken.select("facility_id", text=words.folded(pl.col("name")))
    read = words.units(text).join(text, on="facility_id")
    where = pl.concat_str(
        words.folded(pl.col("place")), words.folded(pl.col("admin1")), separator=" ", ignore_nulls=True
    )  # fmt: skip
    tied = parties.group_by("facility_id").agg(
        party_words=pl.col("words").list.explode(empty_as_null=False).unique().sort()
    )
    listed = named.group_by("facility_id").agg(
        listed=pl.col("party_name").unique().sort().str.join("; ")
    )
    shared = pl.len().over(
        "publisher", pl.col("latitude_deg").round(5), pl.col("longitude_deg").round(5)
    )
    both = pl.col("latitude_deg").is_not_null() & pl.col("longitude_deg").is_not_null()
    made = (
        spoken.join(read, on="facility_id")
        .join(first, on="facility_id", how="left")
        .join(tied, on="facility_id", how="left")
        .join(listed, on="facility_id", how="left")
        .with_columns(
            name_words=words.tokens(pl.col("bare")),
            place_words=_telling(words.tokens(where.fill_null(""))),
            state_words=words.tokens(words.folded(pl.col("admin1").fill_null(""))),
            is_site=both & (pl.col("coord_precision") == "site").fill_null(value=False) & (shared <= MOST_AT_ONE_POINT),
            first_date=pl.coalesce("first_date", "read_date"),
            party_words=pl.col("party_words").fill_null([]),
        )
    )  # fmt: skip
    kinds = pl.col("units").list.eval(pl.element().str.split(":").list.first())
    is_word = ~pl.element().is_in(list(words.GENERIC)) & ~pl.element().str.contains("^[a-z]$")
    core = pl.col("name_words").list.filter(is_word)
    state = words.folded(pl.col("admin1"))
    town = pl.col("place_words").list.set_difference("state_words")
    is_vague = pl.col("coord_precision").is_in(["region", "country"])
    return made.with_columns(
        core=core,
        kinds=kinds.list.unique().list.sort(),
        has_code=kinds.list.eval(~pl.element().is_in(list(NOT_A_CODE))).list.any(),
        town_words=pl.when(~is_vague.fill_null(value=False))
        .then(pl.when(town.list.len() > 0).then(town).otherwise("place_words"))
        .otherwise([]),
        admin=pl.when(state.str.len_chars() > 3).then(state),  # noqa: PLR2004 -- `TX` and `Texas` are no contradiction
        level=_level(kinds),
        shown=pl.concat_str("name", "place", "listed", separator=SEPARATOR, ignore_nulls=True)
        .str.slice(0, MOST_CHARACTERS),
    ).sort("facility_id")  # fmt: skip


def _telling(found: pl.Expr) -> pl.Expr:
    is_word = pl.element().str.contains(r"^\p{L}{3,}$|\p{Han}")
    return found.list.filter(is_word & ~pl.element().is_in([*words.STREET, *words.GENERIC]))


def _level(kinds: pl.Expr) -> pl.Expr:
    """Campus, building, or a place known no closer."""
    source = pl.col("source")
    one_unit = (kinds.list.len() > 0) & (kinds.list.len() == kinds.list.n_unique())
    is_code = kinds.list.eval(~pl.element().is_in(list(NOT_A_CODE))).list.any()
    is_part = kinds.list.eval(pl.element().is_in(list(BUILDING_KINDS))).list.any() | is_code
    many = kinds.list.len() > kinds.list.n_unique()
    return (
        pl.when(is_part & one_unit)
        .then(pl.lit("building"))
        .when(
            many | source.is_in(list(OF_CAMPUSES)) | pl.col("text").str.contains(CAMPUS_WORDS)
        )
        .then(pl.lit("campus"))
        .when(source.is_in(list(OF_BUILDINGS)) & pl.col("is_site"))
        .then(pl.lit("building"))
        .otherwise(pl.lit("place"))
    )


def _parties(parties: pl.DataFrame) -> pl.DataFrame:
    found = forms(parties).select(
        "facility_id", "form", words=words.tokens(pl.col("form")), is_common=needs_country(pl.col("form"))
    )  # fmt: skip
    return found.unique(["facility_id", "form"]).sort("facility_id", "form")


def forms(named: pl.DataFrame) -> pl.DataFrame:
    """The rows with `form`: `party_name` made comparable, names of one organisation made one."""
    aliases = tables.table("organisation_names").select(
        form=_form("published"), group=_form("organisation")
    ).unique("form", keep="first", maintain_order=True)  # fmt: skip
    return (
        named.with_columns(form=_form("party_name"))
        .filter(pl.col("form") != "")
        .join(aliases, on="form", how="left")
        .with_columns(form=pl.coalesce("group", "form"))
        .drop("group")
    )


def _form(column: str) -> pl.Expr:
    return words.folded(normalised(pl.col(column).str.replace_all(r"\(([A-Z][A-Z/&-]{1,9})\)", " ").str.slice(0, words.LONGEST)))  # fmt: skip


def _judged(judgements: pl.DataFrame) -> pl.DataFrame:
    """The last judgement of each pair of facilities."""
    return (
        judgements.filter(subject="facility")
        .filter(pl.col("left_id") != pl.col("right_id"))
        .select(
            "judgement_id",
            "verdict",
            "reason",
            left_id=pl.min_horizontal("left_id", "right_id"),
            right_id=pl.max_horizontal("left_id", "right_id"),
        )
        .sort("judgement_id")
        .unique(["left_id", "right_id"], keep="last", maintain_order=True)
    )
