"""Purchases: notices of tenders and awards with titles and texts, in Latin and in Han script."""

from typing import Any

import numpy as np
import polars as pl

from indicia.world.making.assumptions import Setting, assumptions, number, of_country
from indicia.world.making.organisations import Organisations
from indicia.world.making.publishers import publish_rows

HAN = ("CN", "HK")
# kind -> (title, text) in Latin and in Han; {chip} and {n} are filled in.
TEXTS: dict[str, tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]] = {
    "works": (
        (("Construction of data hall, phase {n}", "Civil works, switchgear and diesel sets."), ("Uninterruptible power supply for data hall", "Supply and installation of {n} UPS modules."), ("Chillers for computer rooms", "{n} air-cooled chillers with pumps.")),
        (("数据中心机电工程施工", "土建、配电及柴油发电机组,共{n}项。"), ("机房不间断电源采购", "UPS模块{n}台,含安装。"), ("机房空调系统采购", "风冷冷水机组{n}台。")),
    ),
    "servers": (
        (("Purchase of rack servers", "{n} rack servers, 2U, dual socket, 512 GB memory."), ("Storage extension", "{n} storage nodes with flash disks."), ("Network switches", "{n} Ethernet switches, 100G.")),
        (("机架式服务器采购", "2U双路服务器{n}台,内存512GB。"), ("存储扩容项目", "存储节点{n}台,全闪存。"), ("网络交换机采购", "以太网交换机{n}台,100G。")),
    ),
    "servers_quiet": (
        (("High performance computing equipment", "{n} eight-card training servers, 80 GB per card, with network."), ("Computing resources for model training", "Lot of {n} accelerated nodes, details in the specification kept at the office.")),
        (("高性能计算设备采购", "八卡训练服务器{n}台,单卡显存80GB,含组网。"), ("大模型训练算力采购", "智能计算节点{n}台,技术规格详见招标文件。")),
    ),
    "cooling": (
        (("Cooling for server racks", "Direct liquid cooling for {n} server racks in the data centre."), ("Fabric for computing cluster", "{n} InfiniBand switches and cables for servers.")),
        (("液冷机柜采购", "服务器液冷机柜{n}套,含冷板。"), ("集群组网设备采购", "InfiniBand交换机{n}台,用于服务器集群。")),
    ),
    "named": (
        (("Purchase of GPU servers", "{n} servers with 8 x NVIDIA {chip} each, with installation."), ("Computing cluster, lot 1", "Training cluster: {n} nodes, NVIDIA {chip} accelerators.")),
        (("GPU服务器采购项目", "NVIDIA {chip} 八卡服务器{n}台,含安装调试。"), ("人工智能训练平台建设", "训练节点{n}台,配置英伟达{chip} GPU。")),
    ),
    "named_domestic": (
        (("Purchase of AI servers", "{n} AI training servers with Ascend {chip} accelerators."), ("AI computing cluster", "{n} nodes, Ascend NPU {chip}, with software.")),
        (("人工智能算力集群采购", "昇腾{chip}训练服务器{n}台(Atlas 800T)。"), ("智算中心国产算力建设", "昇腾{chip} AI服务器{n}台,含MindSpore平台。")),
    ),
    "industry": (
        (("Rectifier transformers", "{n} rectifier transformers for the potline."), ("Electrolysis cells", "{n} cells with busbars.")),
        (("整流变压器采购", "电解车间整流变压器{n}台。"), ("电解槽设备采购", "电解槽{n}台,含母线。")),
    ),
}  # fmt: skip
YARDSTICK = (" Performance not lower than {chip}.", "性能不低于{chip} GPU加速卡。")
PLAN = ("Computing centre, feasibility plan", "智算中心建设项目可行性研究")
# Parts by kind of purchase. Of the kinds with days, the parts that needed no licence in China then.
PARTS: dict[str, tuple[str, ...]] = {
    "named_controlled": ("H100", "H800", "A800", "H200", "A100"),
    "planned_controlled": ("H100", "H100", "A100", "H200"),
    "named_h20": ("H20",),
    "named_free": ("H100", "H200", "L40S", "H100"),
    "named_domestic": ("910B", "910B", "910C"),
    "planned_domestic": ("910B", "910B", "910C"),
}
# H800 and A800 needed a licence from November 2023 on, H200 came in 2024; before, these two alone.
EARLY, LATER = ("H100", "H100", "A100"), np.datetime64("2024-07-01")
FIRST, FIRST_UNTIL = ("A100", "V100"), np.datetime64("2022-06-01")
OF_THEIR_TIME = ("named_controlled", "planned_controlled", "named_free")
PLANNED_SERVERS = (40, 1200)
# Until these days a part could be bought in China without a licence: the first until the letters of
# August 2022, the second, made for that market, until the rule of October 2023.
FREE_UNTIL = (
    (np.datetime64("2022-07-20"), ("A100", "V100", "A100")),
    (np.datetime64("2023-09-20"), ("A800", "H800", "A800")),
)
# H20 needed a licence from 9 April 2025 on, the first were given in August; an award takes weeks.
UNLICENSED, LICENSED = np.datetime64("2025-01-20"), np.datetime64("2025-08-15")
FREE_FROM = np.datetime64("2022-12-15")
AWARD_DAYS = (20, 75)
CODES = {
    "works": "CPV:45",
    "servers": "CPV:48",
    "servers_quiet": "CPV:48",
    "cooling": "CPV:42",
    "named": "CPV:48",
    "named_domestic": "CPV:48",
    "industry": "CPV:31",
}
UNIT_USD = {
    "works": 60e3,
    "servers": 7e3,
    "servers_quiet": 270e3,
    "cooling": 9e3,
    "named": 270e3,
    "named_domestic": 150e3,
    "industry": 400e3,
}
PER_USD = {"CN": 7.1, "HK": 7.8, "IN": 83.0, "MY": 4.5, "VN": 25000.0, "JP": 148.0}
CURRENCY = {"CN": "CNY", "HK": "HKD", "IN": "INR", "MY": "MYR", "VN": "VND", "JP": "JPY"}


def notice_rows(
    setting: Setting, sites: pl.DataFrame, firms: Organisations
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`procurement_notice`, and whose purchases they are.

    Returns:
        Rows of `procurement_notice`; process_id, at (facility, -1 if none is behind it), buyer,
        country_iso2, day and kind of each process.
    """
    chance = setting.chance("tenders")
    processes = _processes(setting, chance, sites, firms)
    name = firms.firms["name"].to_list()
    dealers = firms.dealers
    silent = setting.hard("silent_share")
    rows = []
    for process in processes.iter_rows(named=True):
        rows += _notices(chance, process, name, dealers, silent)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    told = publish_rows(
        setting, "procurement_notice", frame, name="tender-boards", public=pl.col("notice_date"),
        lag_days=number("notices", "days_lag"), origin=pl.col("process_id"), is_kept=False,
    )  # fmt: skip
    return told, processes


def _processes(
    setting: Setting, chance: np.random.Generator, sites: pl.DataFrame, firms: Organisations
) -> pl.DataFrame:
    """One row per process: whose, of which kind, when."""
    classes, numbers = assumptions()["class"], assumptions()["notices"]
    operator = firms.sites.sort("at")["operator"].to_numpy()
    rows = []
    for site in sites.select(
        "at", "class_at", "country_iso2", "starts_date", "chips_count", "place"
    ).iter_rows(named=True):
        kind = classes[site["class_at"]]
        seen = of_country(numbers["published_share"], site["country_iso2"])
        wanted = kind["notices"] * seen / 0.55
        surely = bool(kind.get("names_surely"))
        for _ in range(max(int(surely), int(chance.poisson(wanted)))):
            buys = kind["buys"]
            pick = str(
                chance.choice(list(buys), p=np.array(list(buys.values())) / sum(buys.values()))
            )
            day = np.datetime64(site["starts_date"]) + int(chance.integers(-240, 60))
            rows.append(
                {
                    "at": site["at"],
                    "buyer": int(operator[site["at"]]),
                    "country_iso2": site["country_iso2"],
                    "day": day.item(),
                    "kind": pick,
                    "chips": site["chips_count"],
                    "place": site["place"],
                    "surely": surely,
                }
            )
    others = np.setdiff1d(np.arange(firms.firms.height), [*operator, *firms.dealers])
    firm_country = firms.firms["country_iso2"].to_list()
    first = np.datetime64("2021-01-01")
    span = int((np.datetime64(setting.as_of) - first).astype(int))
    for _ in range(round(numbers["other_processes"] * sites.height)):
        buyer = int(others[int(chance.integers(len(others)))])
        kind = str(
            chance.choice(
                ["works", "servers", "cooling", "industry", "named_domestic", "named_before"],
                p=[0.35, 0.4, 0.08, 0.1, 0.05, 0.02],
            )
        )
        rows.append(
            {
                "at": -1,
                "buyer": buyer,
                "country_iso2": firm_country[buyer],
                "day": (first + int(chance.integers(span))).item(),
                "kind": kind,
                "chips": 64,
                "place": None,
                "surely": False,
            }
        )
    made = pl.DataFrame(rows, infer_schema_length=None)
    order = chance.permutation(made.height)
    return (
        made[order]
        .with_row_index("n")
        .with_columns(
            process_id=pl.format("ocds-invent-{}", pl.col("n").cast(pl.String).str.zfill(6))
        )
    )


def _words(
    chance: np.random.Generator, process: dict[str, Any], silent: float
) -> tuple[str, str | None]:
    """The kind of text a notice bears and the part it names, if its author lets it."""
    kind, day = process["kind"], _possible(process)
    if kind.startswith("planned") or process["surely"]:
        silent = silent / 2
    parts: tuple[str, ...]
    if kind == "named_before":
        parts = FREE_UNTIL[int(day > FREE_UNTIL[0][0])][1]
    elif kind in OF_THEIR_TIME and day < LATER:
        parts = EARLY if day >= FIRST_UNTIL else FIRST
    elif kind in PARTS:
        parts = PARTS[kind]
    else:
        return kind, None
    if chance.random() < silent:
        return "servers_quiet", None
    base = "named_domestic" if kind.endswith("domestic") else "named"
    return base, parts[int(chance.integers(len(parts)))]


def _possible(process: dict[str, Any]) -> np.datetime64:
    """The day of a process; a lawful purchase falls into a time when it was free, or licensed."""
    day = np.datetime64(process["day"])
    if process["kind"] == "named_h20" and UNLICENSED < day < LICENSED:
        return LICENSED
    if process["kind"] != "named_before":
        return day
    (first, _), (second, _) = FREE_UNTIL
    return min(day, first) if day < FREE_FROM else min(day, second)


def _notices(
    chance: np.random.Generator,
    process: dict[str, Any],
    name: list[str],
    dealers: np.ndarray,
    silent: float,
) -> list[dict[str, object]]:
    """The tender and, mostly, the award of one process."""
    kind, chip = _words(chance, process, silent)
    numbers = assumptions()["notices"]
    country, is_han = process["country_iso2"], process["country_iso2"] in HAN
    day = _possible(process)
    choice = TEXTS[kind][1 if is_han else 0]
    title, text = choice[int(chance.integers(len(choice)))]
    planned = process["kind"].startswith("planned")
    servers = (
        max(1, round(process["chips"] / 8))
        if kind.startswith(("named", "servers_quiet"))
        else int(chance.integers(2, 60))
    )
    servers = max(1, min(servers, int(chance.integers(4, 120))))
    if planned:
        servers = int(chance.integers(*PLANNED_SERVERS))
    text = text.format(chip=chip, n=servers)
    if (
        kind in ("servers", "servers_quiet")
        and chance.random() < assumptions()["notices"]["yardstick_share"]
    ):
        text += YARDSTICK[int(is_han)].format(chip="A100")
    if planned:
        title = PLAN[int(is_han)]
    dollars = chance.random() < of_country(assumptions()["notices"]["dollars_share"], country)
    usd = servers * UNIT_USD[kind] * float(np.exp(0.15 * chance.standard_normal()))
    if chip and kind == "named" and chip in ("V100", "A100", "L40S", "H20"):
        usd *= 0.5
    dealer = int(dealers[int(chance.integers(len(dealers)))])
    base = {
        "process_id": process["process_id"], "title": title.format(n=int(chance.integers(1, 4)), chip=chip),
        "text": text, "buyer_name": name[process["buyer"]], "country_iso2": country, "place": process["place"],
        "classification_codes": CODES[kind], "currency": "USD" if dollars else CURRENCY.get(country, "EUR"), "date_precision": "day",
        "amount": None, "quantity_count": None, "supplier_names": None, "tenderers_count": None, "procurement_method": "open",
    }  # fmt: skip
    amount = round(usd * (1.0 if dollars else PER_USD.get(country, 0.92)), 0)
    stage = "plan" if planned else "tender"
    dropped = planned and chance.random() < numbers["dropped_plan_share"]
    rows = [
        {
            **base,
            "notice_id": f"{process['process_id']}-1",
            "line_id": stage,
            "stage": stage,
            "status": "cancelled" if dropped else "active",
            "notice_date": day.item(),
            "amount": amount if chance.random() < numbers["tender_amount_share"] else None,
        }
    ]
    if not planned and chance.random() < numbers["awarded_share"]:
        bids = (
            1
            if chance.random() < assumptions()["notices"]["single_bid_share"]
            else int(chance.integers(2, 9))
        )
        when = day + int(
            chance.integers(
                AWARD_DAYS[0], 30 if process["kind"] == "named_before" else AWARD_DAYS[1]
            )
        )
        rows.append(
            {
                **base,
                "notice_id": f"{process['process_id']}-2",
                "line_id": "1",
                "stage": "award",
                "status": "active",
                "notice_date": when.item(),
                "amount": amount,
                "quantity_count": float(servers)
                if chance.random() < numbers["quantity_share"]
                else None,
                "supplier_names": name[dealer],
                "tenderers_count": bids if chance.random() < numbers["bids_share"] else None,
            }
        )
    return rows


def is_telling() -> pl.Expr:
    """Notices that name a part as the thing bought, or goods of the class that only such halls need."""
    text = pl.concat_str("title", "text", separator=" ")
    part = text.str.contains(r"NVIDIA|英伟达|Ascend|昇腾")
    return part | text.str.contains(r"InfiniBand|liquid cooling|液冷|八卡|eight-card")
