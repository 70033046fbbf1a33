"""Pages of EIA's API v2: totals, next pages, errors with status 200, and the echoed key.

The API answers at most 5,000 rows at once and says in `total` how many there are.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from indicia.errors import SourceChangedError
from indicia.sources.contract import Fetch, Rejection, Request
from ingest.bodies import json_object

KEY_VARIABLE = "EIA_API_KEY"
PAGE_ROWS = 5000


def request(
    url: str, start: str, frequency: str, data: Sequence[str], orders: Sequence[str]
) -> Request:
    """The first page from `start` on, in a fixed order, without which pages overlap."""
    params = {"frequency": frequency, "start": start, "offset": "0", "length": str(PAGE_ROWS)}
    params |= {f"data[{n}]" if len(data) > 1 else "data[]": c for n, c in enumerate(data)}
    for place, column in enumerate(orders):
        params |= {f"sort[{place}][column]": column, f"sort[{place}][direction]": "asc"}
    return Request(url, params, secret_params={"api_key": KEY_VARIABLE})


def following(source: str, asked: Request, body: bytes) -> Request | None:
    """The next page while `total` lies beyond this one."""
    found = response(source, "page", body)
    offset = int(asked.params.get("offset", "0")) + PAGE_ROWS
    if not found.get("data") or offset >= count(source, "response.total", found.get("total")):
        return None
    return replace(asked, params={**asked.params, "offset": str(offset)})


def redact(body: bytes) -> bytes:
    """Blank the key, which the API echoes among the parameters of the request."""
    echoed = re.sub(rb'("api_key"\s*:\s*)"[^"]*"', rb'\1"REDACTED"', body)
    return re.sub(rb'(api_key=)[^&"\'\s]+', rb"\1REDACTED", echoed)


def response(source: str, place: str, body: bytes) -> dict[str, Any]:
    """The `response` object, with the offset that the API echoes beside it."""
    found = json_object(source, place, body)
    if "error" in found:
        remedy = "Check EIA_API_KEY and the parameters, then fetch again"
        raise SourceChangedError(source, place, "a response", found["error"], remedy)
    inner = found.get("response")
    if not isinstance(inner, dict):
        raise SourceChangedError(source, f"{place}, response", "an object", sorted(found))
    asked = found.get("request")
    params = asked.get("params") if isinstance(asked, dict) else None
    offset = params.get("offset") if isinstance(params, dict) else None
    return {**inner, "offset": count(source, "request.params.offset", offset or 0)}


def count(source: str, place: str, value: Any) -> int:  # noqa: ANN401 -- a number or, since v2.1.6, a string
    """A count of rows.

    Raises:
        SourceChangedError: It is none.
    """
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise SourceChangedError(source, place, "a count of rows", value) from error


def require_frequency(
    source: str, place: str, found: Mapping[str, Any], frequency: str, meant: str
) -> None:
    """Refuse a page of another frequency than was asked for."""
    if found.get("frequency") != frequency:
        received = found.get("frequency")
        raise SourceChangedError(source, f"{place}, response.frequency", meant, received)


def incomplete(
    source: str, place: str, found: Mapping[str, Any], height: int, fetch: Fetch
) -> Sequence[Rejection]:
    """Say that rows are missing which no next page of a live run will bring."""
    total = count(source, f"{place}, response.total", found.get("total"))
    is_followed = fetch.way == "live" and height >= PAGE_ROWS
    if found["offset"] + height >= total or is_followed:
        return ()
    received = f"{height} rows; warning: {found.get('warning') or found.get('warnings')}"
    remedy = "Fetch page by page with offset, or load the remaining pages too"
    expected = f"{total} rows, as response.total says"
    return (
        Rejection("body incomplete", f"{place}, response.data", expected, received, remedy, 0),
    )
