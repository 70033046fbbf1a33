"""What comes over the wire: bytes as they arrive, headers as values, errors in plain words."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests

from indicia.sources.meter import Meter
from indicia.sources.unpacking import CHUNK_BYTES

PATIENCE_SECONDS, LEAST_BYTES_A_SECOND = 120.0, 500.0


def chunks(response: requests.Response, meter: Meter) -> Iterator[bytes]:
    """Bytes as they come; a publisher that drips them is given up."""
    began, came = time.monotonic(), 0
    size = number(response.headers.get("Content-Length")) or 0
    while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
        came += len(chunk)
        seconds = time.monotonic() - began
        if seconds > PATIENCE_SECONDS and came / seconds < LEAST_BYTES_A_SECOND:
            raise requests.Timeout(f"{came} bytes in {seconds:.0f} s")
        meter.took(len(chunk), min(came / size, 1.0) if size else 0.0)
        yield chunk


def led_to(url: str, location: str) -> str:
    """The address that a redirect from `url` names.

    Raises:
        requests.exceptions.InvalidURL: It names none.
    """
    try:
        address = urljoin(url, location)
        _ = urlsplit(address).port
    except ValueError as error:
        message = "it redirects to something that is no address"
        raise requests.exceptions.InvalidURL(message) from error
    return address


def is_our_fault(error: Exception) -> bool:
    """Repeating does not help: an address or a header cannot be sent, ours or a redirect's."""
    return isinstance(error, ValueError)


def plainly(error: Exception) -> str:
    """What stopped a request, without the library's nested wrapping."""
    reason = getattr(error.args[0] if error.args else None, "reason", None) or error
    said = str(reason).rsplit(": ", 1)[-1].strip(" )'\"")
    return f"cannot be reached ({type(reason).__name__}: {said})"


def number(header: str | None) -> float | None:
    """The header as a number; None where it is none."""
    try:
        return float(header) if header else None
    except ValueError:
        return None


def moment(header: str | None) -> datetime | None:
    """The header as a time (UTC); None where it is none."""
    try:
        return parsedate_to_datetime(header).astimezone(UTC) if header else None
    except (TypeError, ValueError):
        return None
