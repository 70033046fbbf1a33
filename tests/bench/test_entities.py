"""Names against a list: seconds, memory and blocking of the whole comparison. Printed, never asserted.

INDICIA_BENCH_NAMES (default 100,000) sets the number of party names; the figures in docs are of
1,000,000. Party names are made (seeded): places, brand syllables, trade words and legal forms, and one
in two hundred is a listed name with noise. Targets are the listed names of the repository with their
aliases, filled up with made ones to 20,000.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rapidfuzz import fuzz, process

from indicia import bundled
from indicia.entities import match
from indicia.entities.validation import files, noise, splits, tasks

pytestmark = pytest.mark.bench
NAMES = int(os.environ.get("INDICIA_BENCH_NAMES", "100000"))
TARGETS, LISTED_ONE_IN, SAMPLE, BRUTE, SEED = 20_000, 200, 400, 1000, 20261128
LISTING = bundled.path("data/starter/entities/csl/entity_listing.csv")
PLACES = """Shenzhen Shanghai Beijing Guangzhou Dongguan Suzhou Ningbo Hangzhou Wuxi Xiamen Chengdu Wuhan
Tianjin Qingdao Nanjing Foshan Zhuhai Hefei Jinan Xian Hong_Kong Dubai Singapore Penang Johor Bangkok Hanoi
Istanbul Moscow Karachi Lahore Mumbai Chennai Manila Taipei Seoul Osaka Hamburg Rotterdam Jebel_Ali"""
# Beginnings and ends of syllables: Chinese brands, and some of other tongues.
STARTS = "x h d f l t j r ch sh zh k y w b m g q n p c s z v st kr tr"
ENDS = "in ua a eng ong ai ing ui ang an ao en i ian iao e u un uo ei or el ek os ar is um"
TRADES = """Electronics Technology Trading Logistics Semiconductor Industrial Machinery Import_and_Export
Instruments Communications Information_Technology Precision Optoelectronics Materials Components Computer
Network Freight_Forwarding International_Trade Equipment Automation Intelligent_Technology Chemical Textile
Supply_Chain Microelectronics Shipping Engineering Energy Power Hardware Plastics Packaging Furniture"""
FORMS = """Co.,_Ltd. Co_Ltd CO.,_LTD Limited Ltd LLC Inc Corp. Group Pte._Ltd. Sdn._Bhd. FZE GmbH Pvt._Ltd.
Company_Limited JSC _ _"""
COUNTRIES = "CN CN CN CN HK HK AE SG MY TH VN TR RU PK IN PH TW KR JP DE NL US"
WHOLE = """
import json, resource, sys, time
import polars as pl
from indicia.entities.match import meet
names, targets = sys.argv[1:]
began = time.perf_counter()
met = meet(pl.read_parquet(names), pl.read_parquet(targets))
print(json.dumps({
    "seconds": time.perf_counter() - began,
    "cpu": time.process_time(),
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "pairs": met.height, "names": met["left_id"].n_unique(),
}))
"""


def made(rows, seed):
    """Names of parties as shipping records write them: some without a place, some in capitals."""
    draw = np.random.default_rng(seed)

    def pick(text, count=rows):
        words = text.split()
        worth = 1 / np.arange(1, len(words) + 1) ** 0.6
        return pl.Series(np.array(words)[draw.choice(len(words), count, p=worth / worth.sum())])

    def some(share):
        return pl.Series(draw.random(rows) < share)

    syllables = " ".join(f"{start}{end}" for end in ENDS.split() for start in STARTS.split())
    brand = pick(syllables) + pick(syllables)
    brand = pl.select(
        pl.when(some(0.35)).then(brand + pick(syllables)).otherwise(brand).str.to_titlecase()
    ).to_series()
    parts = pl.DataFrame(
        {
            "place": pick(PLACES), "brand": brand, "trade": pick(TRADES), "second": pick(TRADES),
            "form": pick(FORMS),
        }
    )  # fmt: skip
    text = pl.concat_str(
        pl.when(some(0.6)).then("place").otherwise(pl.lit("")),
        "brand",
        "trade",
        pl.when(some(0.3)).then("second").otherwise(pl.lit("")),
        "form",
        separator=" ",
    )
    clean = text.str.replace_all("_", " ").str.replace_all(r"\s+", " ").str.strip_chars()
    shown = pl.when(some(0.6)).then(clean.str.to_uppercase()).otherwise(clean)
    return parts.select(name=shown, countries_iso2=pick(COUNTRIES))


@pytest.fixture(scope="module")
def sides():
    """The listed entities, the party names, the target names, and the truth of the listed ones."""
    listed = tasks.entities(files.listings(LISTING))
    spelled = tasks.spellings(listed).rename({"entity": "id"})
    more = made(TARGETS - spelled.height, SEED + 1).with_row_index("n")
    filled = more.select("name", "countries_iso2", id=pl.concat_str(pl.lit("made:"), "n"))
    targets = pl.concat([tasks.parties(spelled), tasks.parties(filled)])
    usable = listed.filter(pl.col("own_name").str.len_chars() <= tasks.LONGEST)
    taken = usable.sample(NAMES // LISTED_ONE_IN, with_replacement=True, seed=SEED)
    noisy = [
        noise.noisy(name, noise.draw_for(SEED, f"{n} {entity}"))[0]
        for n, (entity, name) in enumerate(taken.select("entity", "own_name").iter_rows())
    ]
    ours = pl.DataFrame(
        {"name": noisy, "countries_iso2": taken["countries_iso2"], "right_id": taken["entity"]}
    )
    parties = pl.concat([ours, made(NAMES - ours.height, SEED)], how="diagonal").with_row_index(
        "n"
    )
    named = parties.with_columns(id=pl.concat_str(pl.lit("party:"), "n"))
    return tasks.parties(named), targets, named.select("id", "right_id").drop_nulls()


def test_bench_names_against_a_list(sides, tmp_path):
    parties, targets, _truth = sides
    files_of = [tmp_path / name for name in ("names.parquet", "targets.parquet")]
    for frame, path in zip((parties, targets), files_of, strict=True):
        frame.write_parquet(path)
    began = subprocess.run(
        [sys.executable, "-c", WHOLE, *map(str, files_of)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(began.stdout.splitlines()[-1])
    brute = brute_force(parties, targets)
    print(
        f"\n{parties.height:,} names against {targets.height:,}: {told['seconds']:.1f} s "
        f"({told['cpu']:.1f} s of processor), peak memory {told['mb']:.0f} MB; {told['pairs']:,} pairs "
        f"of {told['names']:,} names shown; brute force by rapidfuzz (token_sort_ratio of cleaned names, "
        f"all cores, extrapolated from {BRUTE:,} names): {brute:,.0f} s, {brute / told['seconds']:.0f} times as long"
    )
    assert told["pairs"] > 0


def brute_force(parties, targets):
    """Seconds that comparing every name with every target would take, from a sample."""
    sample = parties.sample(min(BRUTE, parties.height), seed=1)
    began = time.perf_counter()
    left, right = (
        frame.select(splits.core(pl.col("name"))).to_series().to_list()
        for frame in (sample, targets)
    )
    cleaned = time.perf_counter()
    scores = process.cdist(
        left, right, scorer=fuzz.token_sort_ratio, dtype=np.float32, workers=-1
    )
    assert scores.shape == (len(left), len(right))
    share = parties.height / len(left)
    return (cleaned - began) + (time.perf_counter() - cleaned) * share


def test_bench_blocking_of_listed_names(sides):
    parties, targets, truth = sides
    asked = truth.head(SAMPLE)
    found = match.candidates(parties.join(asked, on="id", how="semi"), targets)
    pairs = asked.rename({"id": "left_id"})
    kept = pairs.join(found, on=["left_id", "right_id"], how="semi").height
    print(f"\nblocking keeps the listed party of {kept} of {pairs.height} noisy listed names")
    assert kept > 0


def test_bench_made_names_are_the_same_each_time():
    assert made(1000, SEED).equals(made(1000, SEED))
    assert Path(LISTING).is_file()
