"""What kind of error a wrong or missing hit is: coarse rules over words, for the page and for mending."""

import polars as pl

from indicia.entities.validation import noise, splits

PLACES = frozenset(
    """
    anhui beijing changchun changsha chengdu china chinese chongqing dalian dongguan dubai fujian
    gansu guangdong guangxi guangzhou guizhou hainan hangzhou harbin hebei hefei heilongjiang henan
    hong kong hk hubei hunan india islamabad jiangsu jiangxi jilin jinan karachi kunming lahore
    lanzhou liaoning macau malaysia moscow nanjing nanchang ningbo pakistan qingdao russia russian
    shaanxi shandong shanghai shanxi shenyang shenzhen sichuan singapore suzhou taiwan tianjin
    ukraine wuhan wuxi xiamen xian xinjiang yunnan zhejiang zhengzhou zhuhai uk usa france germany
    japan korea canada brazil australia spain italy vietnam thailand mexico chile
    """.split()  # noqa: SIM905 -- words read better as a block
)
# Names of OpenAlex that were read, after they had met a listing, as that listing's own body. They count
# as false hits all the same: the rule that left listed names out was made without them.
ITSELF = frozenset(
    {
        "All-Russian Research Institute for Optical and Physical Measurements",
        "Hefei Meiling (China)",
        "Institute for High Energy Physics",
        "Institute for Theoretical and Experimental Physics",
        "Institute of Applied Physics and Computational Mathematics",
        "Institute of Remote Sensing and Digital Earth",
        "North China Research Institute of Electro-optics",
        "Peac Institute of Multiscale Sciences",
        "Shanghai Academy of Spaceflight Technology",
    }
)
COMMON_FROM, SHORT, SISTER_LEAST = 25, 6, 1
SISTER, GENERIC, BRIEF, CUT = "sister company", "generic words only", "short name", "cut name"
LETTERS, OTHER_NAME = "nearly the same letters", "shares a rare word"
LISTED = "the listed body itself, by our reading"


def words_of(names: pl.Series) -> dict[str, int]:
    """In how many of the names every word stands."""
    split = splits.core(pl.col("name")).str.split(" ").list.unique()
    rows = pl.DataFrame({"name": names}).select(word=split).explode("word")
    return dict(rows.group_by("word").len().iter_rows())


def wrong_kind(query: str, target: str, kinds: str, times: dict[str, int]) -> str:
    """Why a wrong target may have been taken.

    Args:
        query: Name asked for.
        target: Name of the target that was taken.
        kinds: Kinds of noise on the query.
        times: As `words_of` counts the targets' words.
    """
    left, right = (_words(name) for name in (query, target))
    common = left & right
    rare = {w for w in common if times.get(w, 0) < COMMON_FROM and w not in PLACES}
    apart = (left ^ right) - common
    if query in ITSELF:
        return LISTED
    if noise.CUT in kinds:
        return CUT
    if min(len("".join(left)), len("".join(right))) < SHORT:
        return BRIEF
    if len(rare) >= SISTER_LEAST and apart & PLACES:
        return SISTER
    if rare:
        return OTHER_NAME
    return GENERIC if common else LETTERS


def _words(name: str) -> set[str]:
    text: str = pl.select(splits.core(pl.lit(name))).item()
    return set(text.split())


def by_noise(rows: pl.DataFrame) -> pl.DataFrame:
    """Listed queries by kind of noise: kind, names, right, wrong, missed.

    A name with two kinds counts under both.
    """
    listed = rows.filter(pl.col("group") == "listed")
    each = listed.with_columns(kind=pl.col("kinds").str.split(", ")).explode("kind")
    is_hit = pl.col("right_id").is_not_null()
    return (
        each.group_by("kind")
        .agg(
            names=pl.len(),
            right=pl.col("is_right").sum(),
            wrong=(is_hit & ~pl.col("is_right")).sum(),
            missed=(~is_hit).sum(),
        )
        .sort("kind")
    )


def wrong(rows: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Every wrong best hit with its kind: group, kind, name, kinds, made_from, right_value, score_share, method."""
    times = words_of(targets["name"])
    taken = rows.filter(pl.col("right_id").is_not_null() & ~pl.col("is_right"))
    kinds = [
        wrong_kind(name, target, noises, times)
        for name, target, noises in taken.select("name", "right_value", "kinds").iter_rows()
    ]
    return taken.with_columns(kind=pl.Series(kinds, dtype=pl.String)).sort(
        "group", "kind", "name"
    )
