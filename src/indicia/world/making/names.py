"""Names that nobody bears: organisations, places and addresses, in Latin and Han script.

A Latin brand ends in a letter that no word of English does before it (`-oqx`, `-yxq`), a Han brand
begins with the sign for "invented" (虚), and every address on the network ends in `.invalid`.
"""

from collections.abc import Callable

import numpy as np

FIRST = [
    "Bal",
    "Cor",
    "Del",
    "Fen",
    "Gor",
    "Hal",
    "Jor",
    "Kel",
    "Lum",
    "Mor",
    "Nar",
    "Ost",
    "Pel",
    "Rud",
    "Sil",
    "Tam",
    "Ulv",
    "Vor",
    "Wex",
    "Yar",
    "Zem",
    "Bri",
    "Cla",
    "Dro",
    "Fro",
    "Gla",
    "Kri",
    "Plo",
    "Sta",
    "Tro",
]
SECOND = [
    "an",
    "em",
    "ir",
    "ol",
    "ud",
    "av",
    "ek",
    "is",
    "on",
    "ur",
    "am",
    "el",
    "it",
    "or",
    "us",
    "ab",
    "ed",
    "ig",
    "om",
    "ul",
    "ac",
    "en",
    "ix",
    "op",
    "ut",
    "ar",
    "es",
    "il",
    "ot",
    "um",
]
MARKS = ("oqx", "yxq", "uqz", "ixq")
HAN = "岚鲸霁麒嶙峤澜漪琥珑瀚曜昀晟煊翊翎翡栩棠榆槿樾泓浔淏湛溟澄濯珩瑾璟瓒皓皙硕磊祺穆笙筠箬絮缦翮聿肃舒芃芷苒荀莛菀萱葳蒗蓁蔚蕴薇蘅蟾衍裕谧豫贺赫轩逸遒郁钧铄锦镜闳阔霖霏韬颀飏骁骥鲲鹄鹭麓黛".strip()
PLACES = ("ford", "haven", "marsh", "mere", "ridge", "stead", "vale", "wick")
LATIN_TRADES = ("Compute", "Data Centres", "Cloud", "Intelligence", "Digital", "Networks")
HAN_TRADES = ("算力科技", "数据", "云计算", "智能科技", "信息技术", "网络科技")
INDUSTRIES = ("Metals", "Aluminium", "Materials", "Chemicals")
HAN_INDUSTRIES = ("铝业", "冶金", "材料科技", "化工")
TRADERS = ("Trading", "Electronics", "Logistics", "Supply", "Systems", "Technology")
HAN_TRADERS = ("贸易", "电子", "商贸", "系统集成", "科技", "信息工程")


def brands(chance: np.random.Generator, count: int) -> list[str]:
    """Distinct Latin brands, for example `Corekmoqx`."""
    return _distinct(
        lambda n: [
            f"{FIRST[a]}{SECOND[b]}{SECOND[c][0]}{MARKS[d]}"
            for a, b, c, d in zip(
                chance.integers(0, len(FIRST), n), chance.integers(0, len(SECOND), n),
                chance.integers(0, len(SECOND), n), chance.integers(0, len(MARKS), n), strict=True,
            )
        ],
        count,
    )  # fmt: skip


def han_brands(chance: np.random.Generator, count: int) -> list[str]:
    """Distinct Han brands of three characters, for example `虚岚鲸`."""
    return _distinct(
        lambda n: [
            f"虚{HAN[a]}{HAN[b]}"
            for a, b in zip(chance.integers(0, len(HAN), n), chance.integers(0, len(HAN), n), strict=True)
        ],
        count,
    )  # fmt: skip


def places(chance: np.random.Generator, count: int) -> list[str]:
    """Distinct places, for example `Vorixq-mere`."""
    return _distinct(
        lambda n: [
            f"{FIRST[a]}{MARKS[b]}{SECOND[d]}-{PLACES[c]}"
            for a, b, c, d in zip(
                chance.integers(0, len(FIRST), n), chance.integers(0, len(MARKS), n),
                chance.integers(0, len(PLACES), n), chance.integers(0, len(SECOND), n), strict=True,
            )
        ],
        count,
    )  # fmt: skip


def _distinct(draw: Callable[[int], list[str]], count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found.update(dict.fromkeys(draw(2 * count)))
    return list(found)[:count]
