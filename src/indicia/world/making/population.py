"""Who is in a world: facilities with what they truly are, how large, since when, and what is said of them."""

from typing import Any

import numpy as np
import polars as pl

from indicia.world.making.assumptions import Floats, Setting, assumptions, number

PLACES_PER_COUNTRY = 12


def population(setting: Setting, facilities: int) -> pl.DataFrame:
    """The facilities, in an order that says nothing of what they are.

    Returns:
        One row per facility: at (its number), facility_id, what it truly is (hypothesis, story,
        chip, chips_count, mw, starts_date, base_share) and what a publisher could say of it
        (country_iso2, site_class, is_declared_ai, stated_mw).
    """
    chance = setting.chance("population")
    classes = assumptions()["class"]
    counts = _counts(np.array([c["share"] for c in classes]), facilities)
    parts = [
        _of_class(chance, n, c, count)
        for n, (c, count) in enumerate(zip(classes, counts, strict=True))
    ]
    whole = pl.concat(parts)
    order = chance.permutation(whole.height)
    shuffled = whole[order].with_row_index("at")
    return shuffled.with_columns(
        pl.col("at").cast(pl.Int64),
        facility_id=pl.format("invented-{}", (pl.col("at") + 1).cast(pl.String).str.zfill(5)),
    )


def of_classes(sites: pl.DataFrame, name: str, missing: float = 0.0) -> Floats:
    """A number of each facility's class."""
    table = np.array([float(c.get(name, missing)) for c in assumptions()["class"]])
    return np.asarray(table[sites["class_at"].to_numpy()])


def _counts(shares: Floats, facilities: int) -> list[int]:
    """Facilities per class; every story and every hard negative is there at least once."""
    wanted = shares / shares.sum() * facilities
    counts = np.maximum(1, np.floor(wanted + 0.5)).astype(int)
    usual = int(np.argmax(shares))
    counts[usual] = max(1, counts[usual] + facilities - counts.sum())
    return [int(c) for c in counts]


def _of_class(
    chance: np.random.Generator, at: int, kind: dict[str, Any], count: int
) -> pl.DataFrame:
    starts = np.array(kind["starts"], dtype="datetime64[D]").astype(int)
    began = chance.integers(starts[0], starts[1], count).astype("datetime64[D]")
    chip = kind.get("chip", "")
    kw = (
        number("chips", f"{chip}_kw")
        * np.exp(number("chips", "kw_spread") * chance.standard_normal(count))
        if chip
        else np.ones(count)
    )
    if "sizes" in kind:
        sizes = np.array(assumptions()["chips"]["sizes"])[kind["sizes"]]
        shares = np.array(assumptions()["chips"]["size_shares"])[kind["sizes"]]
        chips = chance.choice(sizes, count, p=shares / shares.sum())
        mw = chips * kw / 1000
    else:
        median, spread = kind["mw"]
        mw = np.clip(median * np.exp(spread * chance.standard_normal(count)), 0.3, 900.0)
        chips = np.round(mw * 1000 / kw) if chip else np.zeros(count)
    stated = chance.random(count) < kind["stated"]
    over = kind["over"] * np.exp(0.25 * chance.standard_normal(count))
    return pl.DataFrame(
        {
            "class_at": np.full(count, at),
            "story": [kind["story"]] * count,
            "trade": [kind.get("trade", "ai" if chip else "computing")] * count,
            "hypothesis": [kind["hypothesis"]] * count,
            "is_hard_negative": [kind.get("hard", False)] * count,
            "country_iso2": _drawn(chance, kind["countries"], count),
            "site_class": _drawn(chance, kind["kinds"], count),
            "is_declared_ai": chance.random(count) < kind["ai"],
            "chip": [chip] * count,
            "chips_count": chips.astype(np.int64),
            "mw": mw,
            "base_share": np.clip(kind.get("base", 0.93) + 0.02 * chance.standard_normal(count), 0.6, 0.99),
            "starts_date": began,
            "stated_mw": np.where(stated, np.maximum(0.2, mw * over), np.nan),
            "place_at": chance.integers(0, PLACES_PER_COUNTRY, count),
            "in_small_zone": chance.random(count) < number("grids", "small_zone_share"),
        }
    ).with_columns(pl.col("stated_mw").fill_nan(None))  # fmt: skip


def _drawn(chance: np.random.Generator, shares: dict[str, float], count: int) -> list[str]:
    names = list(shares)
    weights = np.array(list(shares.values()))
    return [names[n] for n in chance.choice(len(names), count, p=weights / weights.sum())]
