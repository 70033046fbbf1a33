"""Declared trade."""

import json
from datetime import timedelta

from simulator.publishers.base import KEY, LAST_DAY, counted
from simulator.server import Reply

PARTNERS = ((0, "W00"), (156, "CHN"), (344, "HKG"), (702, "SGP"), (458, "MYS"), (764, "THA"), (704, "VNM"),
            (410, "KOR"), (392, "JPN"), (842, "USA"), (276, "DEU"), (528, "NLD"), (784, "ARE"))  # fmt: skip
COUNTRIES = (("-", "TOTAL FOR ALL COUNTRIES"), ("5830", "TAIWAN"), ("5700", "CHINA"), ("5570", "MALAYSIA"),
             ("2010", "MEXICO"), ("5590", "SINGAPORE"), ("5490", "THAILAND"), ("5880", "JAPAN"))  # fmt: skip
PORTS = ((2720, "LOS ANGELES INTERNATIONAL AIRPORT, CA"), (901, "CHICAGO, IL"), (2304, "LAREDO, TX"),
         (5301, "HOUSTON, TX"), (2809, "SAN FRANCISCO, CA"))  # fmt: skip


def comtrade(asked, vintage):
    """What Malaysia released, then each month and code of it; other reporters released nothing."""
    if asked.path.endswith("/getDA/C/M/HS"):
        released = LAST_DAY - timedelta(days=12 - vintage)
        rows = [
            {"datasetCode": 1, "typeCode": "C", "freqCode": "M", "period": int(month), "reporterCode": 458,
             "reporterISO": "MYS", "classificationCode": "H6", "totalRecords": 31_234,
             "firstReleased": f"{released:%Y-%m-%d}T00:00:00", "lastReleased": f"{released:%Y-%m-%d}T00:00:00"}
            for month in (_month(3), _month(4))
        ] if asked.query["reporterCode"] == "458" else []  # fmt: skip
    else:
        rows = [_flow(asked.query, n, is_new) for n, is_new in counted(vintage, 12)]
    return json.dumps({"elapsedTime": "0.04 secs", "count": len(rows), "data": rows}).encode()


def _flow(query, number, is_new):
    code, iso = PARTNERS[number]
    value = 310_250_000.0 + number + (900 if is_new else 0)
    return {
        "typeCode": "C", "freqCode": "M", "refYear": int(query["period"][:4]), "period": query["period"],
        "reporterCode": int(query["reporterCode"]), "reporterISO": "MYS", "flowCode": "M",
        "partnerCode": code, "partnerISO": iso, "partner2Code": 0, "classificationCode": "H6",
        "cmdCode": query["cmdCode"], "aggrLevel": 6, "customsCode": "C00", "mosCode": "0", "motCode": 0,
        "qtyUnitCode": 8, "qtyUnitAbbr": "kg", "qty": 412_000.0, "isQtyEstimated": False,
        "altQtyUnitAbbr": "N/A", "netWgt": 412_000.0, "isNetWgtEstimated": False, "cifvalue": value,
        "fobvalue": None, "primaryValue": value, "isReported": False, "isAggregate": True,
    }  # fmt: skip


def census(asked, vintage):
    """Lists of lists; without a valid key a page that asks for one, and nothing (204) where there is none."""
    if asked.path.endswith("/missing_key.html"):
        return Reply(b"<!DOCTYPE html><html><body>A valid key is needed</body></html>")
    if asked.query.get("key") != KEY:
        return Reply(b"", 302, {"Location": f"/{asked.host}/data/missing_key.html"})
    side = next(n for n in ("I_COMMODITY", "E_COMMODITY") if n in asked.query)
    code, month = asked.query[side].rstrip("*"), asked.query["time"]
    if code != "847180" or month < f"{_month(3)[:4]}-{_month(3)[4:]}":
        return Reply(b"", 204)
    is_port = "porths" in asked.path
    header = [*asked.query["get"].split(","), "time", side, "COMM_LVL", "SUMMARY_LVL"]
    extent = {"time": month, "COMM_LVL": asked.query["COMM_LVL"], "SUMMARY_LVL": "DET", "UNIT_QY1": "NO",
              side: code if is_port else f"{code}4000", "AIR_WGT_MO": "4100", "VES_WGT_MO": "0"}  # fmt: skip
    if "DF" in asked.query:
        header, extent = [*header, "DF"], {**extent, "DF": asked.query["DF"]}
    rows = []
    for n, is_new in counted(vintage, 4 if is_port else 7):
        value = str(910_000_000 + n + (70 if is_new else 0))
        country, name = COUNTRIES[n]
        said = {**extent, "CTY_CODE": country, "CTY_NAME": name, "GEN_VAL_MO": value, "ALL_VAL_MO": value,
                "GEN_QY1_MO": "310450", "QTY_1_MO": "310450", "I_COMMODITY_SDESC": "OTHER UNITS",
                "E_COMMODITY_SDESC": "OTHER UNITS", "PORT": f"{PORTS[n % 5][0]:04d}",
                "PORT_NAME": PORTS[n % 5][1]}  # fmt: skip
        rows.append([said[name] for name in header])
    return json.dumps([header, *rows]).encode()


def _month(back):
    at = LAST_DAY.year * 12 + LAST_DAY.month - 1 - back
    return f"{at // 12}{at % 12 + 1:02d}"
