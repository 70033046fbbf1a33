"""Organisations of a world: operators, owners, listed groups, dealers; what registers and lists say of them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.world.making.assumptions import Integers, Setting, assumptions
from indicia.world.making.population import of_classes
from indicia.world.making.register import CHINA, COMPUTING, INDUSTRY, TRADING, Register

AGENTS = 14
NAMED_AFTER = {"ai": COMPUTING, "computing": COMPUTING, "mine": COMPUTING, "industry": INDUSTRY}


@dataclass(frozen=True, slots=True)
class Organisations:
    """Who there is.

    Args:
        firms: One row per organisation: firm (its number), name, country_iso2, headquarters_iso2,
            founded_date, address, is_registered, listed_date.
        links: Parents as they truly are: firm, parent, share, since_date, is_registered.
        sites: One row per facility: at, operator, owner and user (numbers of firms, -1 if none), and
            is_telling (a stand-in whose foundation or house tells it), is_hidden (owners lead abroad).
        dealers: Numbers of the firms that supply by tender.
    """

    firms: pl.DataFrame
    links: pl.DataFrame
    sites: pl.DataFrame
    dealers: Integers


def organisations(setting: Setting, sites: pl.DataFrame) -> Organisations:
    """Found the firms behind the facilities."""
    numbers = assumptions()["registers"]
    made = Register(setting, 4 * sites.height + 900)
    chance = made.chance
    agents = [made.house("agent") for _ in range(AGENTS)]
    groups = [_group(made, agents) for _ in range(numbers["listed_groups"])]
    pools = _pools(made, sites)
    shell = chance.random(sites.height) < of_classes(sites, "shell")
    new = chance.random(sites.height) < of_classes(sites, "new")
    listed_owner = chance.random(sites.height) < of_classes(sites, "listed_owner")
    listed_buyer = chance.random(sites.height) < of_classes(sites, "listed_buyer")
    opaque = chance.random(sites.height) < of_classes(sites, "opaque")
    classes = assumptions()["class"]
    rows = []
    for site in sites.select(
        "at", "class_at", "country_iso2", "starts_date", "trade"
    ).iter_rows(named=True):
        at, country, start = (
            site["at"],
            site["country_iso2"],
            np.datetime64(site["starts_date"]),
        )
        mode, trade = classes[site["class_at"]].get("owner", "home"), site["trade"]
        owner = user = -1
        is_telling = False
        if listed_buyer[at]:
            operator = groups[chance.integers(len(groups))]
        elif shell[at]:
            operator, is_telling = _shell(made, country, start, groups)
        elif new[at]:
            founded = start - chance.integers(30, 420)
            operator = made.add(country, founded, NAMED_AFTER[trade], **_address(made, agents))
        else:
            pool = pools[country, trade]
            operator = pool[chance.integers(len(pool))]
        if mode == "hidden":
            owner, user = _hidden(made, operator, start, groups)
        elif mode == "foreign" and (new[at] or shell[at]):
            owner = _foreign(made, operator)
        elif listed_owner[at]:
            owner = groups[chance.integers(len(groups))]
            made.own(operator, owner, float(chance.choice([0.3, 0.51, 0.75, 1.0])))
        elif opaque[at]:
            owner = _veiled(made, operator, start)
        rows.append(
            {
                "at": at,
                "operator": operator,
                "owner": owner,
                "user": user,
                "is_telling": is_telling,
                "is_hidden": mode == "hidden",
            }
        )
    _parents(made, [int(row["operator"]) for row in rows], pools)
    dealers = np.array([_dealer(made, agents) for _ in range(max(24, sites.height // 8))])
    firms = pl.DataFrame(
        made.rows, schema_overrides={"listed_date": pl.Date}, infer_schema_length=None
    )
    links = pl.DataFrame(
        made.links,
        schema={
            "firm": pl.Int64,
            "parent": pl.Int64,
            "kind": pl.String,
            "share": pl.Float64,
            "since_date": pl.Date,
            "is_registered": pl.Boolean,
        },
    )
    return Organisations(firms, links, pl.DataFrame(rows), dealers)


def _day(year: int, chance: np.random.Generator) -> np.datetime64:
    return np.datetime64(f"{year}-01-01") + int(chance.integers(365))


def _group(made: Register, agents: list[str]) -> int:
    """A listed group: founded long ago, on an export list since some day."""
    listed = _day(int(made.chance.integers(2018, 2026)), made.chance)
    more = (
        {"address": agents[made.chance.integers(AGENTS)]}
        if made.chance.random() < assumptions()["registers"]["listed_at_agent_share"]
        else {}
    )
    return made.add(
        CHINA,
        _day(int(made.chance.integers(1990, 2016)), made.chance),
        COMPUTING,
        listed_date=listed.item(),
        is_registered=True,
        **more,
    )


def _pools(made: Register, sites: pl.DataFrame) -> dict[tuple[str, str], list[int]]:
    """Established operators of each country and trade."""
    shared = assumptions()["registers"]["shared_operator_share"]
    counts = sites.group_by("country_iso2", "trade").len().sort("country_iso2", "trade")
    return {
        (country, trade): [
            made.add(
                country,
                _day(int(made.chance.integers(1992, 2021)), made.chance),
                NAMED_AFTER[trade],
            )
            for _ in range(max(2, round(number * (1 - shared))))
        ]
        for country, trade, number in counts.iter_rows()
    }


def _parents(
    made: Register, operators: list[int], pools: dict[tuple[str, str], list[int]]
) -> None:
    """Ordinary parents at home: a holding, or for a firm founded for its site an established one."""
    share = assumptions()["registers"]["parent_share"]
    old = {firm for pool in pools.values() for firm in pool}
    owned = {link["firm"] for link in made.links}
    homes: dict[object, list[int]] = {}
    for (country, _), pool in pools.items():
        homes.setdefault(country, []).extend(pool)
    for firm in dict.fromkeys(operators):
        if firm in owned or made.rows[firm]["listed_date"] or made.chance.random() >= share:
            continue
        country = str(made.rows[firm]["country_iso2"])
        if firm in old:
            founded = np.datetime64(str(made.rows[firm]["founded_date"])) - 900
            parent = made.add(country, founded, COMPUTING)
        else:
            parent = homes[country][made.chance.integers(len(homes[country]))]
        made.own(firm, parent, float(made.chance.choice([0.6, 0.8, 1.0, 1.0])))


def _address(made: Register, agents: list[str]) -> dict[str, str]:
    shared = assumptions()["registers"]["agent_address_share"]
    return (
        {"address": agents[made.chance.integers(AGENTS)]}
        if made.chance.random() < shared
        else {}
    )


def _shell(
    made: Register, country: str, start: np.datetime64, groups: list[int]
) -> tuple[int, bool]:
    """A firm founded after a rule, or bought ready made, at times in the house of a listed one.

    Returns:
        Its number, and whether its foundation or its house would tell somebody who looked.
    """
    numbers, chance = assumptions()["registers"], made.chance
    rules = np.array(numbers["rule_days"], dtype="datetime64[D]")
    early = rules[rules + numbers["shell_days"][0] < start - 20]
    is_new = bool(len(early)) and chance.random() >= numbers["ready_made_share"] * (
        1 + made.silence
    )
    if is_new:
        founded = min(early[-1] + chance.integers(*numbers["shell_days"]), start - 15)
    else:
        founded = start - chance.integers(700, 3000)
    is_near = chance.random() < numbers["shell_near_listed_share"]
    near = made.rows[groups[chance.integers(len(groups))]]["address"]
    trades = TRADING if chance.random() < numbers["trading_shell_share"] else COMPUTING
    firm = made.add(country, founded, trades, **({"address": near} if is_near else {}))
    return firm, is_new or is_near


def _hidden(
    made: Register, operator: int, start: np.datetime64, groups: list[int]
) -> tuple[int, int]:
    """A tenant whose parents lead through havens to a group in China, at times a listed one."""
    chance, havens = made.chance, assumptions()["registers"]["havens"]
    two = chance.choice(len(havens), 2, replace=False)
    first, second = (
        made.add(havens[n], start - chance.integers(100, 900), COMPUTING) for n in two
    )
    top = (
        groups[chance.integers(len(groups))]
        if chance.random() < assumptions()["registers"]["listed_top_share"]
        else made.add(CHINA, _day(2015, chance), COMPUTING)
    )
    made.own(operator, first, 1.0)
    made.own(first, second, 1.0)
    made.own(second, top, float(chance.choice([0.4, 0.6, 1.0])))
    made.own(operator, top, 0.6, "ultimate parent")
    return first, top


def _foreign(made: Register, operator: int) -> int:
    """A parent abroad, stated by everyone."""
    seats = assumptions()["registers"]["foreign_seats"]
    seat = str(
        made.chance.choice(list(seats), p=np.array(list(seats.values())) / sum(seats.values()))
    )
    parent = made.add(seat, _day(int(made.chance.integers(2000, 2021)), made.chance), COMPUTING)
    made.own(operator, parent, 1.0)
    made.own(operator, parent, 1.0, "ultimate parent")
    return parent


def _veiled(made: Register, operator: int, start: np.datetime64) -> int:
    """Lawful owners who plan their taxes: two havens and nobody behind them."""
    havens = assumptions()["registers"]["havens"]
    two = made.chance.choice(len(havens), 2, replace=False)
    first, second = (
        made.add(havens[n], start - made.chance.integers(100, 3000), COMPUTING) for n in two
    )
    made.own(operator, first, 0.9)
    made.own(first, second, 1.0)
    return first


def _dealer(made: Register, agents: list[str]) -> int:
    country = str(made.chance.choice(["CN", "CN", "CN", "IN", "MY", "US", "AE", "VN"]))
    return made.add(
        country,
        _day(int(made.chance.integers(1996, 2026)), made.chance),
        TRADING,
        **_address(made, agents),
    )
