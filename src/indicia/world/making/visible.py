"""What of a facility's traces reaches a published grain at all, and when: physics, not indicators.

A family counts as visible where what is published is moved by the facility by more than a stated
multiple of what moves it anyway, for long enough, by the day the world is looked at from.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from indicia.world.making.assumptions import Integers, Setting, assumptions, number
from indicia.world.making.deliveries import ISO3, Deliveries
from indicia.world.making.grids import Grids
from indicia.world.making.trade import Lanes

YEAR = 12
FAMILIES = ("power", "procurement", "customs", "staffing", "registry", "claims")
STEP_PER_NOISE = 3.0  # times the scatter of one month's base load
MONTHS_ON = 6  # a step must have stood
PULSE_PER_NOISE = 3.0  # times the scatter of a lane's three months
CONSIGNED_USD = 1e6  # of lines under names
TIED_SHARE = 0.1
SEEN_AT = {"zone": "power", "lane": "customs", "process": "procurement", "employer": "staffing"}
NOBODY: Integers = np.empty(0, dtype=np.int64)
Days = npt.NDArray[np.datetime64]
POSTS_PER_NOISE = 3.0  # times the square root of the usual posts


@dataclass(frozen=True, slots=True)
class Trace:
    """What one family shows.

    Args:
        family: The family.
        at: Facilities whose traces reach a published grain.
        began: Since when the traces are there.
        public: Since when they are public.
        named: Facilities that what is published names, by their own or their operator's name.
    """

    family: str
    at: Integers
    began: Days
    public: Days
    named: Integers


def power(setting: Setting, sites: pl.DataFrame, grid: Grids, years: pl.DataFrame) -> Trace:
    """A step in a zone's load, or a campus that reports its own meter."""
    start = sites["starts_date"].to_numpy().astype("datetime64[D]")
    step = (sites["mw"] * sites["base_share"]).to_numpy()
    noise = grid.zones["noise_mw"].to_numpy()[grid.zone_of]
    window = setting.months(int(assumptions()["calendar"]["power_months"]))
    is_inside = (start >= window[12].astype("datetime64[D]")) & (
        start <= np.datetime64(setting.as_of) - 30 * MONTHS_ON
    )
    seen = (step >= STEP_PER_NOISE * noise) & is_inside
    metered = sites["facility_id"].is_in(years["facility_id"].unique().implode()).to_numpy()
    at = np.flatnonzero(seen | metered)
    return Trace("power", at, start[at], start[at] + 30 * MONTHS_ON, np.flatnonzero(metered))


def customs(
    setting: Setting, sites: pl.DataFrame, made: Deliveries, lane: Lanes, behind: pl.DataFrame
) -> Trace:
    """A pulse, beyond the lane's own scatter, on a lane that ends where the facility stands; or lines under its name."""
    home = sites["country_iso2"].replace_strict(ISO3).to_list()
    own = sites.select("at", "operator_name")
    known = {
        (e, i): n for n, (e, i) in enumerate(zip(lane.exporters, lane.importers, strict=True))
    }
    whole = (lane.ordinary_usd + lane.boom_usd).sum(axis=1)
    size = number("trade", "lane_noise") * setting.hard("noise")
    months = setting.months(whole.shape[1])
    rows = []
    for row in made.rows.iter_rows(named=True):
        n = known.get((row["exporter"], row["importer"]))
        first = row["first_month"]
        if (
            n is None
            or row["importer"] != home[row["at"]]
            or not YEAR <= first < whole.shape[1] - 3
        ):
            continue
        quarter = whole[n, first : first + 3].sum()
        pulse = 3 * row["usd"] * row["declared_share"] / row["months"]
        if pulse >= PULSE_PER_NOISE * size * quarter / np.sqrt(3) and row["kind"] == "ai":
            day = months[first].astype("datetime64[D]")
            rows.append((row["at"], day, day + 90 + 45))
    mine = behind.join(own, on="at").filter(pl.col("consignee_name") == pl.col("operator_name"))
    named = mine.group_by("at").agg(
        pl.col("value_reported_usd").sum(),
        pl.col("shipped_date").min(),
        pl.col("published_utc").min(),
    )
    lines = named.filter(pl.col("value_reported_usd") >= CONSIGNED_USD)
    rows += [
        (at, np.datetime64(day), np.datetime64(public.date()))
        for at, day, public in lines.select("at", "shipped_date", "published_utc").iter_rows()
    ]
    return _trace("customs", rows, lines["at"].to_numpy())


def procurement(processes: pl.DataFrame, notices: pl.DataFrame, is_telling: pl.Expr) -> Trace:
    """A published notice whose words are not those of any hall."""
    told = (
        notices.filter(is_telling)
        .group_by("process_id")
        .agg(pl.col("published_utc").min(), pl.col("notice_date").min())
    )
    met = (
        processes.filter(pl.col("at") >= 0)
        .select("process_id", "at")
        .join(told, on="process_id")
    )
    return _trace(
        "procurement",
        [
            (r["at"], np.datetime64(r["notice_date"]), np.datetime64(r["published_utc"].date()))
            for r in met.iter_rows(named=True)
        ],
    )


def staffing(setting: Setting, sites: pl.DataFrame, bursts: pl.DataFrame) -> Trace:
    """More posts in the burst than the board's own scatter."""
    seen = bursts.filter(pl.col("extra") >= POSTS_PER_NOISE * pl.col("usual").clip(1.0).sqrt())
    at = seen["at"].to_numpy()
    start = sites["starts_date"].to_numpy().astype("datetime64[D]")[at]
    late = int(number("staffing", "days_lag") * setting.hard("lag"))
    return Trace("staffing", at, start, start + 31 + late, NOBODY)


def registry(setting: Setting, sites: pl.DataFrame, shown: pl.Series) -> Trace:
    """A register that shows the stand-in: its foundation, its house, or its owners."""
    at = np.flatnonzero(shown.to_numpy())
    start = sites["starts_date"].to_numpy().astype("datetime64[D]")[at]
    return Trace("registry", at, start - 60, start + int(40 * setting.hard("lag")), at)


def claims(sites: pl.DataFrame, told: pl.DataFrame) -> Trace:
    """A published claim of training or of parts."""
    at = told["at"].unique().sort().to_numpy().astype(np.int64)
    start = sites["starts_date"].to_numpy().astype("datetime64[D]")[at]
    return Trace("claims", at, start, start + 150, at)


def _trace(
    family: str, rows: list[tuple[int, np.datetime64, np.datetime64]], named: Integers = NOBODY
) -> Trace:
    """The earliest of several traces of each facility."""
    best: dict[int, tuple[np.datetime64, np.datetime64]] = {}
    for at, began, public in rows:
        if at not in best or public < best[at][1]:
            best[at] = (began, public)
    order = sorted(best)
    first_days, public_days = (
        np.array([best[a][n] for a in order], dtype="datetime64[D]") for n in (0, 1)
    )
    return Trace(family, np.array(order, dtype=np.int64), first_days, public_days, named)


def summed(
    setting: Setting, sites: pl.DataFrame, traces: list[Trace], exposed: pl.DataFrame
) -> pl.DataFrame:
    """What is visible of each facility, since when, and in which families it could be told whose it is.

    Returns:
        `sites` with families_visible, families_tied (of those, where an exposure of a tenth or more
        leads from the published grain to the facility, or the register, claim or meter names it),
        first_trace_date, first_published_date, second_published_date (public in a second family).
    """
    rows = pl.concat(
        [
            pl.DataFrame(
                {
                    "at": t.at,
                    "family": [t.family] * len(t.at),
                    "began": t.began,
                    "public": t.public,
                },
                schema={
                    "at": pl.Int64,
                    "family": pl.String,
                    "began": pl.Date,
                    "public": pl.Date,
                },
            )
            for t in traces
        ]
    ).filter(pl.col("public") <= setting.as_of)
    by_scope = pl.DataFrame({"scope_kind": list(SEEN_AT), "family": list(SEEN_AT.values())})
    ways = (
        exposed.filter(pl.col("weight_share") >= TIED_SHARE)
        .join(by_scope, on="scope_kind")
        .join(sites.select("at", "facility_id"), on="facility_id")
        .select("at", "family", is_tied=pl.lit(value=True))
        .unique()
    )
    named = pl.concat(
        [
            pl.DataFrame(
                {"at": t.named, "family": [t.family] * len(t.named)},
                schema={"at": pl.Int64, "family": pl.String},
            )
            for t in traces
        ]
    ).with_columns(is_tied=pl.lit(value=True))
    known = pl.concat([ways, named]).unique()
    each = (
        rows.join(known, on=["at", "family"], how="left")
        .group_by("at")
        .agg(
            families_visible=pl.col("family").unique().sort(),
            families_tied=pl.col("family").filter(pl.col("is_tied")).unique().sort(),
            first_trace_date=pl.col("began").min(),
            first_published_date=pl.col("public").min(),
            second_published_date=pl.col("public").sort().get(1, null_on_oob=True),
        )
    )
    return sites.join(each, on="at", how="left").with_columns(
        pl.col("families_visible", "families_tied").fill_null([])
    )
