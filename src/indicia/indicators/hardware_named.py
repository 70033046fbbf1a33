"""Hardware named in publications: what an organisation's papers and model cards say it trained on.

Unit: chips. Reads: training_claim.hardware_text, model_release.hardware_text, facility_party.
Benign causes: chips bought before a rule, rented or licensed, or used abroad; a partner's machine.
Method: docs/indicators/S03.md.
"""

import duckdb
import polars as pl

from indicia.indicators import chip_mentions, organisations
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.domestic_chip import FAMILIES
from indicia.indicators.licence_of_names import judged_names
from indicia.reference.chips import CHINA, named_by
from indicia.reference.clock.spans import first_day
from indicia.schema import FACILITY_PARTY, MODEL_RELEASE, TRAINING_CLAIM

CODE = "S03"
CONTROLLED, DOMESTIC = "publication_names_controlled_chip", "publication_names_domestic_chip"
THRESHOLD = 1.0
QUOTES = 5

# A card's field holds nothing but hardware, so the word a notice would need is put before it.
PUBLISHED = """
SELECT trim(o.name) AS published_by, c.published_date AS on_date, c.countries_iso2,
       concat('accelerator: ', c.hardware_text) AS text, c.hardware_text,
       'training_claim' AS table_name, concat('model=', c.model) AS row_key,
       c.source, c.source_url, c.fetch_id, c.origin_id, c.reliability
FROM training_claim c, unnest(string_split(c.organisations, ';')) AS o(name)
UNION ALL
SELECT account, released_date, NULL, concat('accelerator: ', hardware_text), hardware_text,
       'model_release', concat('model_id=', model_id), source, source_url, fetch_id, origin_id,
       reliability
FROM model_release
ORDER BY ALL
"""
SEATS = """
SELECT party_name, headquarters_iso2 AS country FROM united_facility_party
WHERE headquarters_iso2 IS NOT NULL ORDER BY ALL
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every organisation that holds or uses a facility."""
    parties = organisations.reached(db)
    published = organisations.named(db, db.sql(PUBLISHED).pl(), "published_by")
    seats = organisations.named(db, db.sql(SEATS).pl(), "party_name")
    placed = published.join(
        _countries(published, seats), on="organisation", how="left"
    ).with_row_index("row")
    placed = placed.with_columns(pl.col("row").cast(pl.Int64))
    asked = placed.filter(
        pl.col("hardware_text").is_not_null() & (pl.col("on_date") >= first_day())
    )
    judged, domestic = _controlled(asked), _domestic(asked)
    facts = _facts(parties, placed, judged, domestic)
    cited = placed.join(
        pl.concat([judged.select("row", "quote"), domestic.select("row", "quote")]), on="row"
    ).unique(["row"], keep="first", maintain_order=True)
    sources = _sources(cited, asked)
    return answered(
        CODE,
        organisations.evidence(facts, "chips", share(CODE, organisations.ORGANISATION)),
        sources,
    )


def _countries(published: pl.DataFrame, seats: pl.DataFrame) -> pl.DataFrame:
    """Where the organisation sits: as its parties say, else its publications; null if not of one mind."""
    one = pl.when(pl.col("country").n_unique() == 1).then(pl.col("country").first())
    said = published.select("organisation", country="countries_iso2").drop_nulls()
    return (
        seats.group_by("organisation")
        .agg(seat=one)
        .join(
            said.group_by("organisation").agg(said=one),
            on="organisation",
            how="full",
            coalesce=True,
        )
        .select("organisation", country=pl.coalesce("seat", "said"))
        .with_columns(pl.when(pl.col("country").str.len_chars() == len(CHINA)).then("country"))
    )


def _controlled(asked: pl.DataFrame) -> pl.DataFrame:
    """Names of parts designed outside China, and whether each needed a licence on its day."""
    notices = asked.select(
        "row",
        "text",
        process_id="organisation",
        first_date="on_date",
        last_date="on_date",
        stage=pl.lit("publication"),
        status=pl.lit(""),
        destination="country",
    )
    companies = (
        asked.select(process_id="organisation", headquarters="country").drop_nulls().unique()
    )
    named = chip_mentions.mentions(notices.select("row", "text"))
    judged = judged_names(notices, named, companies).filter("is_counted")
    return judged.rename({"process_id": "organisation"})


def _domestic(asked: pl.DataFrame) -> pl.DataFrame:
    """Names of parts, makers and families designed in China."""
    designers = (
        named_by().group_by("key").agg(is_domestic=(pl.col("designer_hq") == CHINA).all())
    )
    names = {*chip_mentions.chip_names(), *FAMILIES}
    return (
        chip_mentions.mentions(asked.select("row", "text"), names)
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(designers, on="key", how="left")
        .filter(pl.col("is_counted") & pl.col("is_domestic").fill_null(value=True))
        .join(asked.select("row", "organisation", "on_date"), on="row")
        .select(
            "row", "organisation", "on_date", "quote", name=pl.col("key").str.to_uppercase()
        )
    )


def _facts(
    parties: pl.DataFrame, placed: pl.DataFrame, judged: pl.DataFrame, domestic: pl.DataFrame
) -> pl.DataFrame:
    verdict = pl.col("controlled")
    yes, unknown = verdict == "yes", verdict == "unknown"
    seen = placed.group_by("organisation").agg(
        newest_date=pl.col("on_date").max(),
        origin_id=pl.col("origin_id").min(),
        reliability=pl.col("reliability").max(),
    )
    foreign = judged.group_by("organisation").agg(
        chips=pl.col("variants").filter(yes).n_unique(),
        unknown=unknown.sum(),
        free=(verdict == "no").sum(),
        names=pl.col("names").filter(yes).unique().sort(),
        unknown_names=pl.col("names").filter(unknown).unique().sort(),
        why=pl.col("why").filter(unknown).first(),
        first_yes=pl.col("first_date").filter(yes).min(),
        last_yes=pl.col("first_date").filter(yes).max(),
        last_named=pl.col("first_date").max(),
    )
    own = domestic.group_by("organisation").agg(
        own_names=pl.col("name").unique().sort(),
        first_own=pl.col("on_date").min(),
        last_own=pl.col("on_date").max(),
    )
    found = (
        parties.join(seen, on="organisation", how="left")
        .join(foreign, on="organisation", how="left")
        .join(own, on="organisation", how="left")
        .with_columns(pl.col("chips", "unknown", "free").fill_null(0))
    )
    is_old = (pl.col("newest_date") < first_day()).fill_null(value=False)
    is_foreign, is_own = pl.col("chips") >= THRESHOLD, pl.col("own_names").is_not_null()
    result = (
        pl.when(is_foreign | is_own)
        .then(pl.lit("flag"))
        .when(is_old)
        .then(pl.lit("not_applicable"))
        .when((pl.col("unknown") == 0) & (pl.col("free") > 0))
        .then(pl.lit("no_flag"))
        .otherwise(pl.lit("no_data"))
    )
    also = pl.when(is_own).then(
        pl.format(" Accelerators designed in China are named too: {}.", _listed("own_names"))
    )
    statement = (
        pl.when(is_foreign)
        .then(
            pl.format(
                "Its publications name {} as trained on: a licence was needed where it sits on their "
                "day.{}",
                _listed("names"),
                also.otherwise(pl.lit("")),
            )
        )
        .when(is_own)
        .then(
            pl.format(
                "Its publications name accelerators designed in China as trained on: {}.",
                _listed("own_names"),
            )
        )
        .when(is_old)
        .then(pl.lit("All its publications are older than the first control on accelerators."))
        .when(pl.col("unknown") > 0)
        .then(
            pl.format(
                "Its publications name {}; whether a licence was needed cannot be told ({}).",
                _listed("unknown_names"),
                "why",
            )
        )
        .when(pl.col("free") > 0)
        .then(pl.lit("Its publications name no part that needed a licence where it sits."))
        .otherwise(
            pl.lit("No publication of this organisation that names its hardware is at hand.")
        )
    )
    return found.with_columns(
        result=result,
        statement=statement,
        kind=pl.when(is_own & ~is_foreign).then(pl.lit(DOMESTIC)).otherwise(pl.lit(CONTROLLED)),
        observed=pl.when(is_own & ~is_foreign)
        .then(pl.col("own_names").list.len())
        .otherwise("chips"),
        threshold=pl.lit(THRESHOLD),
        starts_date=pl.coalesce("first_yes", "first_own", "last_named"),
        ends_date=pl.coalesce("last_yes", "last_own", "last_named"),
    )


def _listed(column: str) -> pl.Expr:
    return pl.col(column).list.join(", ")


def _sources(cited: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """The newest publications that name a part, five per organisation and table."""
    own = cited.join(asked.select("row"), on="row", how="semi").sort(
        "on_date", "row_key", descending=[True, False]
    )
    newest = own.group_by("organisation", "table_name", maintain_order=True).head(QUOTES)
    return pl.concat(
        [
            organisations.cited(
                newest.filter(pl.col("table_name") == table), table, pl.col("hardware_text")
            )
            for table in (TRAINING_CLAIM.name, MODEL_RELEASE.name)
        ]
    )


INDICATOR = Indicator(
    code=CODE,
    family="staffing",
    title="Publications name the accelerators a model was trained on",
    unit="chips",
    scope_kinds=(organisations.ORGANISATION,),
    reads=(TRAINING_CLAIM, MODEL_RELEASE, FACILITY_PARTY),
    threshold=THRESHOLD,
    benign_causes=(
        "parts bought before a rule, or under a licence",
        "parts rented from a cloud, or used abroad",
        "a partner's or parent's machine",
        "a paper that compares with parts it did not use",
    ),
    compute=compute,
    kinds=(CONTROLLED, DOMESTIC),
)
