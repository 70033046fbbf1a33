"""The labelled files, read as they were published: listings, unlisted names, names in two scripts."""

import re
from pathlib import Path

import polars as pl

from indicia.errors import UsageError
from indicia.schema import short_hash

# A listing may be headed by its parent, and may carry its abbreviation or former name in brackets.
HEADED = (
    r"(?i)^.*?(?:affiliated entity:|subordinate institution -|and subordinate entity)\s*(.+)$"
)
ASIDE = r"(?i)\s*\((?:[^)]*\b[afn]\.?k\.?a\b[^)]*|[A-Z]{2,8}(?:[ -][0-9]+)?)\)|,?\s*\b[af]\.k\.a\..*$"
ABBREVIATION = re.compile(r"\s*\([A-Z]{2,8}(?:[ -]?[0-9]+)?\)")
# Names of listed groups, and listed universities, by hand: words that name one of them wherever they
# stand. A name that holds one is left out of the unlisted names; the rule knows no matcher.
LISTED_GROUPS = (
    "huawei", "hisilicon", "futurewei", "hikvision", "dahua", "sensetime", "megvii", "iflytek", "yitu",
    "inspur", "sugon", "phytium", "biren", "moore threads", "cambricon", "ymtc", "smic", "dji", "bgi",
    "zhipu", "intellifusion", "netposa", "cloudwalk", "cloudminds", "qihoo", "meiya", "xiaohai",
    "norinco", "avic", "casic", "china aerospace", "cetc", "china electronics technology", "comac",
    "aecc", "china general nuclear", "cgn", "loongson", "kaspersky", "positive technologies", "gazprom",
    "rosneft", "rostec", "roscosmos", "kurchatov", "sukhoi", "skolkovo", "nso group", "candiru",
    "intellexa", "nii ", "beihang", "buaa", "aeronautics and astronautics", "northwestern polytechnical",
    "harbin institute of technology", "harbin engineering", "beijing institute of technology",
    "sichuan university", "tongji university", "nanjing university of science", "hunan university",
    "university of electronic science and technology", "national university of defense technology",
    "university of science and technology of china", "xidian", "nuctech", "quantumctek", "sunway",
    "tianjin university", "guangdong university of technology", "renmin university", "beijing university of posts",
    "academy of mathematics", "academy of military", "military medical", "wuhan institute of virology",
    "institute of computing technology", "changchun institute of optics", "shanghai institute of microsystem",
    "supercomputing center", "supercomputer center", "engineering physics", "atomic energy commission",
    "sharif university", "malek ashtar", "imam hossein", "shahid beheshti", "bharat", "moscow institute of physics",
    "institute of automation", "joint institute for nuclear research", "keldysh", "lebedev", "ioffe",
)  # fmt: skip
COUNTRIES = {
    "United States": "US", "China": "CN", "United Kingdom": "GB", "Canada": "CA", "Japan": "JP",
    "Germany": "DE", "Switzerland": "CH", "Netherlands": "NL", "Ireland": "IE", "Sweden": "SE",
    "France": "FR", "Israel": "IL", "India": "IN", "South Korea": "KR", "Singapore": "SG", "Taiwan": "TW",
    "Australia": "AU", "Hong Kong": "HK", "Spain": "ES", "Italy": "IT", "Finland": "FI", "Denmark": "DK",
}  # fmt: skip


def _read(path: Path, *columns: str) -> pl.DataFrame:
    if not path.is_file():
        message = f"{path}: no such file; the measurement needs a copy of it, as the page says."
        raise UsageError(message)
    frame = pl.read_csv(path, infer_schema=False)
    if lacking := sorted(set(columns) - set(frame.columns)):
        message = (
            f"{path}: expected the columns {', '.join(columns)}; missing {', '.join(lacking)}."
        )
        raise UsageError(message)
    return frame


def listings(path: Path) -> pl.DataFrame:
    """Listed organisations from a file of `entity_listing`, as this project writes it.

    Returns:
        listing_key, name, own_name (without its parent's heading and without asides), aliases
        (list), countries_iso2, addresses (list), listed_date.
    """
    read = _read(path, "listing_key", "name", "aliases", "addresses", "countries_iso2")
    own = (
        pl.col("name")
        .str.replace(HEADED, "$1")
        .str.replace_all(ASIDE, "")
        .str.strip_chars(" .,")
    )

    def pieces(column: str) -> pl.Expr:
        return (
            pl.col(column)
            .fill_null("")
            .str.split("; ")
            .list.eval(pl.element().filter(pl.element() != ""))
        )

    return read.select(
        "listing_key",
        "name",
        own_name=pl.when(own == "").then(pl.col("name")).otherwise(own),
        aliases=pieces("aliases"),
        countries_iso2="countries_iso2",
        addresses=pieces("addresses"),
    )


def unlisted(folder: Path) -> pl.DataFrame:
    """Names of real organisations of three publishers: name, countries_iso2, publisher."""
    parat = _read(folder / "parat" / "parat_companies_2021.csv", "name", "country").select(
        "name",
        countries_iso2=pl.col("country").replace_strict(COUNTRIES, default=None),
        publisher=pl.lit("PARAT"),
    )
    posts = _read(
        folder / "mcf" / "mcf_jobs_oct2025_orglevel.csv", "company", "quality_flag", "title"
    )
    is_swapped = pl.col("quality_flag").eq_missing("company_and_title_swapped")
    employers = posts.select(
        name=pl.when(is_swapped).then("title").otherwise("company"),
        countries_iso2=pl.lit("SG"),
        publisher=pl.lit("MyCareersFuture"),
    )
    path = folder / "openalex_cn_collab" / "institution_year_counts.csv"
    institutions = _read(path, "institution", "country").select(
        name="institution", countries_iso2="country", publisher=pl.lit("OpenAlex")
    )
    rows = pl.concat([parat, employers, institutions]).drop_nulls("name")
    return rows.unique("name", keep="first", maintain_order=True)


def names_in_two_scripts(folder: Path) -> pl.DataFrame:
    """PARAT's aliases: company, name, countries_iso2, is_han."""
    path = folder / "parat" / "parat_aliases_long.csv"
    read = _read(path, "cset_id", "country", "alias", "script")
    return read.select(
        company="cset_id",
        name="alias",
        countries_iso2=pl.col("country").replace_strict(COUNTRIES, default=None),
        is_han=pl.col("script") == "Han",
    ).unique(["company", "name"], maintain_order=True)


def pairs_in_two_scripts(folder: Path) -> pl.DataFrame:
    """Labelled pairs of a Han and a Latin name: han, latin, is_match, company, other."""
    path = folder / "cross_script_pairs" / "cross_script_pairs.csv"
    read = _read(path, "name1", "name2", "is_match", "cset_id", "cset_id_2")
    return read.select(
        han="name1",
        latin="name2",
        is_match=pl.col("is_match") == "1",
        company="cset_id",
        other="cset_id_2",
    )


def notices(folder: Path) -> pl.DataFrame:
    """Organisations named in defence notices: notice (row number), role, name."""
    path = folder / "cset_pla_contracts" / "pla_ai_contracts_2020_nonempty_343.csv"
    read = _read(path, "end_user", "supplier").with_row_index("notice")
    long = read.unpivot(
        ["end_user", "supplier"], index="notice", variable_name="role", value_name="name"
    )
    clean = pl.col("name").str.replace_all(r"[\s\u{200b}-\u{200d}]+", "")
    return long.with_columns(name=clean).filter(
        pl.col("name").is_not_null() & ~pl.col("name").is_in(["", ".."])
    )


def entity_key(core_name: str) -> str:
    """The id of a listed entity in the measurement, from its name."""
    return f"EL:{short_hash(core_name)}"
