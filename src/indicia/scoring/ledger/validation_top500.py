"""The ledger against TOP500 machines: power of the benchmark run beside accelerators from the cores.

An origin of its own: the power was submitted with the benchmark, and no other publisher scaled it.
The rules read names and cores only, never the ratio of power to accelerators.
"""

from collections.abc import Mapping

import polars as pl

from indicia.scoring.ledger.validation import compared

RULES = (
    "Each machine once, from the newest of the lists that hold it.",
    "Its power is marked as submitted; a power that is missing or otherwise come by is left out.",
    "Accelerators: accelerator cores divided by the cores of one (streaming multiprocessors, compute units), where that is a whole number within 0.5 %; two kinds in one machine, or a kind without priors, are left out.",
    "Read as a peak of the computing system, setting `research`: the power is an average over a run with every node at work. No step of a publisher is undone.",
    "Seen: a machine with the class of a row of the development part above and within 5 % of its number. The others were never used to set a prior.",
)
CHANGED = "Two of these rules were changed after a first run over these lists: names of accelerators are compared without regard to capitals (lists write both `NVIDIA` and `Nvidia`), and `seen` was widened to within 5 % of the number of a development row. Neither reads the ratio of power to accelerators."
CORES = {
    "hopper": (r"(?i)^NVIDIA H[12]00", 132),
    "a100": (r"(?i)^NVIDIA (Tesla |HGX )?A100", 108),
    "v100": (r"(?i)^NVIDIA (Tesla V100|Volta (GV100|V100))", 80),
    "p100": (r"(?i)^NVIDIA Tesla P100", 56),
    "gh200": (r"(?i)^NVIDIA GH200", 132),
    "mi250x": (r"^AMD Instinct MI250X", 220),
    "mi300a": (r"^AMD Instinct MI300A", 228),
    "mi210": (r"^AMD Instinct MI210", 104),
    "max1550": (r"^Intel Data Center GPU Max", 128),
}
OTHERWISE = r"(?i)PCIe|/"  # another part, or two kinds
WHOLE, ALIKE = 0.005, 0.05
KW_PER_MW = 1000.0
NONE_NAMED = "None"


def machines(lists: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every machine with accelerators, read by the rules.

    Args:
        lists: Lists by name such as `june2025`, newest last, every cell as text.

    Returns:
        name, site_name, country, year, chip, chip_class, accelerators, mw, power_kind, boundary,
        site, is_power_limited, list, left_out (null where the row counts).
    """
    order = sorted(lists, key=_age)
    every = pl.concat(
        [lists[n].with_columns(list=pl.lit(n)) for n in order], how="diagonal"
    ).unique("System ID", keep="last", maintain_order=True)
    chip = pl.col("Accelerator/Co-Processor").str.replace_all("\u200b", "").str.strip_chars()
    named = every.with_columns(chip=chip).filter(
        pl.col("chip").is_not_null() & (pl.col("chip") != NONE_NAMED)
    )
    found = pl.lit(None, dtype=pl.String)
    cores = pl.lit(None, dtype=pl.Float64)
    for name, (pattern, each) in CORES.items():
        fits = pl.col("chip").str.contains(pattern) & ~pl.col("chip").str.contains(OTHERWISE)
        found = pl.when(fits).then(pl.lit(name)).otherwise(found)
        cores = pl.when(fits).then(pl.lit(float(each))).otherwise(cores)
    number = pl.col("Accelerator/Co-Processor Cores").cast(pl.Float64, strict=False) / cores
    power = pl.col("Power (kW)").cast(pl.Float64, strict=False)
    is_whole = ((number - number.round()).abs() <= WHOLE * number).fill_null(value=False)
    left_out = (
        pl.when(power.is_null())
        .then(pl.lit("no power published"))
        .when(pl.col("Power Source") != "Submitted")
        .then(pl.lit("power not submitted"))
        .when(found.is_null())
        .then(pl.lit("class without priors, or two kinds"))
        .when(~is_whole)
        .then(pl.lit("cores give no whole number"))
    )
    return named.select(
        name=pl.coalesce("Name", "Computer"),
        site_name="Site",
        country="Country",
        year="Year",
        chip="chip",
        chip_class=found,
        accelerators=number.round(),
        mw=power / KW_PER_MW,
        power_kind=pl.lit("peak"),
        boundary=pl.lit("system"),
        site=pl.lit("research"),
        is_power_limited=pl.lit(value=False),
        list="list",
        left_out=left_out,
    )


def judged(rows: pl.DataFrame, development: pl.DataFrame) -> pl.DataFrame:
    """Implied beside stated, and whether the machine was seen while the model was developed."""
    known = development.select("chip_class", used="accelerators").unique()
    table = compared(rows).with_row_index("at")
    near = (pl.col("accelerators") / pl.col("used") - 1).abs() <= ALIKE
    seen = table.join(known, on="chip_class").filter(near)["at"].unique()
    part = pl.when(pl.col("at").is_in(seen.to_list())).then(pl.lit("seen"))
    return table.with_columns(part=part.otherwise(pl.lit("not seen"))).drop("at")


def _age(name: str) -> tuple[str, str]:
    """Year, then month of a list's name: `june2025` comes before `november2025`."""
    return name[-4:], name[:-4]
