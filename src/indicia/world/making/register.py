"""Firms as they are made: one row each, and who owns whom."""

import numpy as np

from indicia.world.making import names
from indicia.world.making.assumptions import Setting, assumptions, of_country

CHINA = "CN"
COMPUTING = (names.LATIN_TRADES, names.HAN_TRADES)
INDUSTRY = (names.INDUSTRIES, names.HAN_INDUSTRIES)
TRADING = (names.TRADERS, names.HAN_TRADERS)


class Register:
    """Firms as they are made; one row each."""

    def __init__(self, setting: Setting, room: int) -> None:
        self.silence, self.omitted = setting.hard("silent_share"), setting.hard("omitted_share")
        self.chance = setting.chance("organisations")
        chance = setting.chance("names")
        self._latin = iter(names.brands(chance, room))
        self._han = iter(names.han_brands(chance, room))
        self._streets = names.brands(chance, 400)
        self.rows: list[dict[str, object]] = []
        self.links: list[dict[str, object]] = []

    def house(self, country: str) -> str:
        """An address of its own."""
        street, number, room = (
            self._streets[self.chance.integers(400)],
            self.chance.integers(1, 400),
            self.chance.integers(101, 2900),
        )
        return f"Room {room}, {number} {street} Road, {country}-{self.chance.integers(10000, 99999)}"

    def add(
        self,
        country: str,
        founded: np.datetime64,
        trades: tuple[tuple[str, ...], tuple[str, ...]],
        **more: object,
    ) -> int:
        """One more firm; its number."""
        pick = int(self.chance.integers(len(trades[0])))
        if (
            country in (CHINA, "HK")
            and self.chance.random() < assumptions()["registers"]["han_name_share"]
        ):
            name = f"{next(self._han)}{trades[1][pick]}有限公司"
        else:
            form = (
                "Ltd"
                if country not in ("US", "MY", "SG")
                else {"US": "Inc", "MY": "Sdn Bhd", "SG": "Pte Ltd"}[country]
            )
            name = f"{next(self._latin)} {trades[0][pick]} {form}"
        covered = of_country(assumptions()["registers"]["covered_share"], country) * (
            1 - self.omitted
        )
        row = {
            "firm": len(self.rows), "name": name, "country_iso2": country, "headquarters_iso2": country,
            "founded_date": founded.astype("datetime64[D]").item(), "address": self.house(country),
            "is_registered": bool(self.chance.random() < covered), "listed_date": None,
        }  # fmt: skip
        self.rows.append({**row, **more})
        return len(self.rows) - 1

    def own(self, firm: int, parent: int, share: float, kind: str = "direct parent") -> None:
        """`parent` holds a share of `firm`; registers state some of it."""
        told = self.chance.random() < assumptions()["registers"]["links_share"] * (
            1 - self.omitted
        )
        since = self.rows[firm]["founded_date"]
        self.links.append(
            {
                "firm": firm,
                "parent": parent,
                "kind": kind,
                "share": share,
                "since_date": since,
                "is_registered": bool(told),
            }
        )
