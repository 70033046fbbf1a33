"""What a refresh asks of UN Comtrade: first what was released, then what of it is due.

Availability (`getDA`) says per reporter and month when its data were last released. Months of the
last year and a half are asked when they were released since the last day held, because reporters
file late and revise for a year and more. The release travels to `parse` as the fragment of the
address, which is never sent (RFC 3986, 3.5), so that what is parsed states when it was public.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Request
from ingest.bodies import json_object

NAME = "customs/comtrade"
HOST = "https://comtradeapi.un.org"
AVAILABILITY = f"{HOST}/public/v1/getDA/C/M/HS"
PREVIEW = f"{HOST}/public/v1/preview/C/M/HS"
KEYED = f"{HOST}/data/v1/get/C/M/HS"
KEY_HEADER = {"Ocp-Apim-Subscription-Key": "COMTRADE_KEY"}
PREVIEW_ROWS, KEYED_ROWS = 500, 100_000
TRAILING_DAYS = 18 * 30
CODES = ("847150", "847180", "847330")
FLOWS_ASKED = ("M", "X", "RX")
REPORTERS = (842, 156, 344, 702, 458, 784, 490, 704, 764, 410, 392)
PUBLISHED_FIELDS = ("period", "reporterCode", "lastReleased")


def plan(asked: Asked) -> Sequence[Request]:
    """One question per reporter: which months it has, and when they were last released."""
    first = asked.since or asked.today - timedelta(days=TRAILING_DAYS)
    again = "" if asked.since or not asked.held_until else f"&released={asked.held_until}"
    way = "keyed" if asked.environ.get("COMTRADE_KEY") else "preview"
    wanted = f"way={way}&from={first:%Y%m}{again}"
    return [Request(f"{AVAILABILITY}?reporterCode={code}#{wanted}") for code in REPORTERS]


def following(request: Request, body: bytes) -> Sequence[Request]:
    """After availability: the months due, newest first; after data: nothing.

    The preview answers with at most 500 rows of one period, so it is asked code by code.
    """
    if not is_about_availability(request.url):
        return ()
    wanted = _fragment(request.url)
    due = _due(json_object(NAME, "availability", body), wanted)
    asked = [(month, day) for month, day in sorted(due.items(), reverse=True)]
    reporter = parse_qs(urlsplit(request.url).query)["reporterCode"][0]
    if wanted["way"] == "keyed":
        return [
            Request(
                _data(KEYED, month, reporter, ",".join(CODES), KEYED_ROWS, day),
                secret_headers=KEY_HEADER,
            )
            for month, day in asked
        ]
    return [
        Request(_data(PREVIEW, month, reporter, code, PREVIEW_ROWS, day))
        for month, day in asked
        for code in CODES
    ]


def is_about_availability(url: str) -> bool:
    """The address asks what was released."""
    return urlsplit(url).path == urlsplit(AVAILABILITY).path


def is_availability(answer: Mapping[str, object]) -> bool:
    """The answer says what was released, and holds no flow."""
    rows = answer.get("data")
    return (
        isinstance(rows, list)
        and bool(rows)
        and all(isinstance(r, dict) and set(PUBLISHED_FIELDS) <= r.keys() for r in rows)
    )


def is_empty(answer: Mapping[str, object]) -> bool:
    """The answer has no rows and names no error, which the API also says to a wrong question."""
    return answer.get("data") == [] and answer.get("count") == 0 and not answer.get("error")


def released(url: str) -> datetime | None:
    """The release that availability stated for the data at this address, if it was asked."""
    day = _fragment(url).get("released")
    return datetime.combine(_day(day), datetime.min.time(), UTC) if day else None


def _due(answer: Mapping[str, object], wanted: Mapping[str, str]) -> dict[str, date]:
    rows = answer.get("data")
    if is_empty(answer):
        return {}
    if not is_availability(answer) or not isinstance(rows, list):
        received = answer.get("error") or answer.get("message") or sorted(answer)
        expected = f"`data`, rows with {PUBLISHED_FIELDS}"
        raise SourceChangedError(NAME, "availability", expected, received)
    since = wanted.get("released", "")
    due: dict[str, date] = {}
    for row in rows:
        month, last = str(row["period"]), str(row["lastReleased"])[:10]
        if month >= wanted["from"] and last >= since:
            due[month] = max(_day(last), due.get(month, date.min))
    return due


def _data(url: str, month: str, reporter: str, codes: str, most: int, day: date) -> str:
    """The address; without partnerCode it asks for every partner and for the world."""
    return (
        f"{url}?period={month}&reporterCode={reporter}&cmdCode={codes}"
        f"&flowCode={','.join(FLOWS_ASKED)}&partner2Code=0&customsCode=C00&motCode=0"
        f"&maxRecords={most}&includeDesc=True#released={day}"
    )


def _fragment(url: str) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(url).fragment).items()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        expected = "a day as YYYY-MM-DD"
        raise SourceChangedError(NAME, "availability, lastReleased", expected, text) from error
