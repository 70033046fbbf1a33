"""Plain ways of comparing names, with the interface of the matcher, on the same pairs.

Jaro-Winkler and rapidfuzz compare every query with every target name: their candidates are all
there are. LogicV2 is asked about the `EACH` best targets of each of them, with all names of a target at once. Where
both sides state countries and none is common, the pair is left out, for every baseline alike.
"""

import json
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from indicia.entities.validation import splits

Matcher = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]
EACH, LOOKED_AT, CHUNK = 5, 40, 500
HAN_FLOOR = 0.5
ANSWER = {
    "left_id": pl.String,
    "right_id": pl.String,
    "method": pl.String,
    "decision": pl.String,
    "score_share": pl.Float64,
    "left_value": pl.String,
    "right_value": pl.String,
    "features": pl.String,
    "why": pl.String,
}


@dataclass(frozen=True, slots=True)
class Plain:
    """One scorer over every pair.

    Args:
        clean: What is done to the names first.
        scorer: rapidfuzz's function.
        full: Its score for equal names.
        floor: Scores below are not looked at.
    """

    clean: Callable[[pl.Expr], pl.Expr]
    scorer: Callable[..., float]
    full: float
    floor: float


PLAIN = {
    "Jaro-Winkler, plain": Plain(
        lambda n: n.str.to_lowercase(), JaroWinkler.similarity, 1, 0.7
    ),
    "rapidfuzz token_sort_ratio, cleaned": Plain(splits.core, fuzz.token_sort_ratio, 100, 60),
    "rapidfuzz WRatio, cleaned": Plain(splits.core, fuzz.WRatio, 100, 80),
}


def scored(
    queries: pl.DataFrame, targets: pl.DataFrame, names: Iterable[str] = PLAIN
) -> dict[str, pl.DataFrame]:
    """The `LOOKED_AT` best target names of every query, by baseline, countries not looked at."""
    return {name: _scored(queries, targets, PLAIN[name]) for name in names}


def _scored(queries: pl.DataFrame, targets: pl.DataFrame, plain: Plain) -> pl.DataFrame:
    left, right = (
        frame.with_columns(form=plain.clean(pl.col("name"))).filter(pl.col("form") != "")
        for frame in (queries, targets)
    )
    forms = right["form"].to_list()
    width = min(LOOKED_AT, len(forms))
    parts = []
    for start in range(0, left.height, CHUNK):
        chunk = left.slice(start, CHUNK)
        scores = process.cdist(
            chunk["form"].to_list(), forms, scorer=plain.scorer, score_cutoff=plain.floor,
            dtype=np.float32,
        )  # fmt: skip
        top = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        rows = np.repeat(np.arange(chunk.height), width)
        found = pl.DataFrame(
            {
                "at": rows,
                "to": top.ravel(),
                "score_share": scores[rows, top.ravel()] / plain.full,
            }
        ).filter(pl.col("score_share") > 0)
        parts.append(_named(found, chunk, right))
    return pl.concat(parts)


def best(rows: pl.DataFrame, *, with_country: bool = True) -> pl.DataFrame:
    """The `EACH` best targets of every query, those of other countries left out if asked."""
    order = ["left_id", "score_share", "right_id"]
    ranked = (
        (rows.filter(agree()) if with_country else rows)
        .sort(order, descending=[False, True, False])
        .unique(["left_id", "right_id"], keep="first", maintain_order=True)
    )
    return answered(ranked.group_by("left_id", maintain_order=True).head(EACH))


def _named(found: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    one = left[found["at"]].select(
        left_id="id", left_value="name", left_places="countries_iso2"
    )
    two = right[found["to"]].select(
        right_id="id", right_value="name", right_places="countries_iso2"
    )
    scores = found.select(pl.col("score_share").cast(pl.Float64))
    return pl.concat([one, two, scores], how="horizontal")


def agree() -> pl.Expr:
    """Whether two rows state a common country, or one states none."""
    one, two = (pl.col(c).str.split(";") for c in ("left_places", "right_places"))
    common = one.list.set_intersection(two).list.len() > 0
    return pl.col("left_places").is_null() | pl.col("right_places").is_null() | common


def answered(rows: pl.DataFrame) -> pl.DataFrame:
    """Scored pairs in the shape of the matcher's answer."""
    return rows.with_columns(
        method=pl.lit("similar name"),
        decision=pl.lit("possible"),
        features=pl.lit("{}"),
        why=pl.lit("baseline"),
    ).select(*ANSWER)


def candidates(found: dict[str, pl.DataFrame], *, with_country: bool = True) -> pl.DataFrame:
    """The targets that any plain baseline puts among its best: left_id, right_id."""
    each = [
        best(rows, with_country=with_country).select("left_id", "right_id")
        for rows in found.values()
    ]
    return pl.concat(each).unique().sort("left_id", "right_id")


def logic_v2(
    python: Path, pairs: pl.DataFrame, queries: pl.DataFrame, targets: pl.DataFrame
) -> pl.DataFrame:
    """Nomenklatura's LogicV2 on given pairs, run by a Python that has it.

    Args:
        python: The interpreter of an environment with nomenklatura.
        pairs: left_id, right_id, as `candidates` gives them.
        queries: As `meet` reads them.
        targets: As `meet` reads them.
    """
    script = Path(__file__).with_name("logic_v2.py")
    left, right = (_lists(frame) for frame in (queries, targets))
    asked = pairs.join(left, left_on="left_id", right_on="id").join(
        right, left_on="right_id", right_on="id", suffix="_right"
    )
    columns = ("names", "places", "right_id", "names_right", "places_right")
    lines = [json.dumps(row) for row in asked.select(columns).iter_rows()]
    run = subprocess.run(  # noqa: S603 -- an interpreter the maintainer names
        [str(python), "-I", str(script)],
        input="\n".join(lines), capture_output=True, text=True, check=True,
    )  # fmt: skip
    scores = [float(line) for line in run.stdout.split()]
    return answered(
        asked.with_columns(
            score_share=pl.Series(scores, dtype=pl.Float64),
            left_value=pl.col("names").list.first(),
            right_value=pl.col("names_right").list.first(),
        )
    )


def _lists(frame: pl.DataFrame) -> pl.DataFrame:
    places = pl.col("countries_iso2").str.split(";").explode().drop_nulls().unique().sort()
    return frame.group_by("id", maintain_order=True).agg(
        names=pl.col("name").unique(maintain_order=True), places=places
    )


HAN_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "股份公司",
    "有限公司",
    "集团",
    "公司",
    "科技",
    "技术",
    "信息",
)
HAN_PLACES = (
    "北京",
    "上海",
    "深圳",
    "杭州",
    "广州",
    "南京",
    "成都",
    "天津",
    "武汉",
    "西安",
    "苏州",
    "中国",
)


def stripped(names: pl.Series) -> list[str]:
    """Han names without forms, the commonest trades and a leading city; simplified by nobody."""
    marks = names.str.replace_all(r"[（）()\s]", "")  # noqa: RUF001 -- full-width brackets
    bare = marks.str.replace_many(list(HAN_FORMS), [""] * len(HAN_FORMS))
    short = bare.str.replace(rf"^(?:{'|'.join(HAN_PLACES)})", "")
    kept = pl.select(
        pl.when(short.str.len_chars() > 1).then(short).otherwise(marks)
    ).to_series()
    return kept.to_list()


def han(queries: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Stripped Han names against each other by rapidfuzz's partial_ratio."""
    left, right = stripped(queries["name"]), stripped(targets["name"])
    return _answer_of(queries, targets, left, right, fuzz.partial_ratio)


def pinyin(queries: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Stripped Han names in pinyin, as one word, against Latin names as one word, by ratio."""
    latin = targets.filter(~pl.col("name").str.contains(r"\p{Han}"))
    read = ["".join(lazy_pinyin(name)).lower() for name in stripped(queries["name"])]
    trades = r"\b(?:technology|technologies|group|keji|tech|holding|holdings|information)\b"
    words = latin.select(splits.core(pl.col("name")).str.replace_all(trades, "")).to_series()
    return _answer_of(
        queries, latin, read, words.str.replace_all(" ", "").to_list(), fuzz.ratio
    )


def _answer_of(
    queries: pl.DataFrame,
    targets: pl.DataFrame,
    left: list[str],
    right: list[str],
    scorer: Callable[..., float],
) -> pl.DataFrame:
    scores = process.cdist(left, right, scorer=scorer, dtype=np.float32) / 100
    rows, to = np.nonzero(scores >= HAN_FLOOR)
    found = pl.DataFrame({"at": rows, "to": to, "score_share": scores[rows, to]})
    return best(_named(found, queries, targets))
