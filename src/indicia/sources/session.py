"""Asking a publisher: retries, size caps, redirects to known hosts only, secrets kept out of sight."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from indicia import __version__
from indicia.errors import SourceChangedError, SourceNotConfiguredError, SourceUnavailableError
from indicia.sources.contract import Request
from indicia.sources.definition import MEBIBYTE, Source

AGENT = f"indicia/{__version__} (secondary-indicator research; requests)"
TIMEOUT_SECONDS = (10, 60)
CHUNK_BYTES = 2**18
MOST_REDIRECTS = 5
LOOPBACK = ("127.0.0.1", "localhost", "::1")
GZIP_MAGIC = b"\x1f\x8b"
RETRIES = Retry(
    total=3,
    backoff_factor=2,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("GET",),
    respect_retry_after_header=True,
    redirect=0,
    raise_on_status=False,
    raise_on_redirect=False,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as served, unpacked, with secrets replaced."""

    body: bytes
    url: str
    status_code: int
    media_type: str | None
    etag: str | None
    last_modified_utc: datetime | None


class Session:
    """One publisher's connection for the length of a refresh."""

    def __init__(
        self, source: Source, environ: Mapping[str, str], retries: Retry = RETRIES
    ) -> None:
        self._source, self._environ = source, environ
        self._http = requests.Session()
        self._http.headers["User-Agent"] = AGENT
        for scheme in ("https://", "http://"):
            self._http.mount(scheme, HTTPAdapter(max_retries=retries))

    def __enter__(self) -> Self:
        """Use as a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._http.close()

    def get(self, request: Request) -> Answer:
        """Ask once.

        Raises:
            SourceNotConfiguredError: A key the request needs is not in the environment.
            SourceUnavailableError: No usable answer: refused, timed out, error status, foreign redirect.
            SourceChangedError: The body is larger than the definition allows.
        """
        secrets = {
            name: self._secret(variable)
            for name, variable in {**request.secret_params, **request.secret_headers}.items()
        }
        place = (
            requests.Request("GET", request.url, params=dict(request.params)).prepare().url
            or request.url
        )
        params = {**request.params, **{n: secrets[n] for n in request.secret_params}}
        headers = {n: secrets[n] for n in request.secret_headers}
        try:
            with self._follow(request.url, params, headers, place) as response:
                body = unpack(self._source.id, place, _chunks(response), self._source.max_bytes)
                status, media = response.status_code, response.headers.get("Content-Type")
                etag, modified = (
                    response.headers.get("ETag"),
                    response.headers.get("Last-Modified"),
                )
        except (requests.RequestException, HTTPError) as error:
            raise SourceUnavailableError(
                self._source.id, place, _hide(_plainly(error), secrets)
            ) from None
        for secret in secrets.values():
            body = body.replace(secret.encode(), b"REDACTED")
        if status != requests.codes.ok:
            sample = body[:200].decode("utf-8", "replace")
            raise SourceUnavailableError(
                self._source.id, place, f"status {status}: {sample}", status
            )
        return Answer(body, place, status, media, etag, _moment(modified))

    def _secret(self, variable: str) -> str:
        value = self._environ.get(variable, "")
        if not value:
            raise SourceNotConfiguredError(self._source.id, variable)
        return value

    def _follow(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], place: str
    ) -> requests.Response:
        for _ in range(MOST_REDIRECTS):
            self._allow(url, place)
            response = self._http.get(
                url,
                params=dict(params),
                headers=dict(headers),
                timeout=TIMEOUT_SECONDS,
                stream=True,
                allow_redirects=False,
            )
            if not response.is_redirect:
                return response
            url, params, headers = urljoin(url, response.headers["Location"]), {}, {}
            response.close()
        raise SourceUnavailableError(
            self._source.id, place, f"more than {MOST_REDIRECTS} redirects"
        )

    def _allow(self, url: str, place: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host not in self._source.allowed_hosts:
            problem = f"it leads to the host {host}, which its definition does not list"
            raise SourceUnavailableError(self._source.id, place, problem)
        if parts.scheme != "https" and host not in LOOPBACK:
            raise SourceUnavailableError(
                self._source.id, place, f"{parts.scheme} instead of https"
            )


def unpack(source: str, place: str, chunks: Iterator[bytes], most_bytes: int) -> bytes:
    """Join chunks, ungzip where they are gzip, and stop at `most_bytes`.

    Raises:
        SourceChangedError: The body is larger than allowed, or is broken gzip.
    """
    taken, size = [], 0
    engine = None
    for number, chunk in enumerate(chunks):
        if number == 0 and chunk[:2] == GZIP_MAGIC:
            engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        piece = chunk
        while piece:
            if engine:
                try:
                    out = engine.decompress(piece, CHUNK_BYTES)
                except zlib.error as error:
                    raise SourceChangedError(
                        source, place, "gzip data", error, "Fetch the file again"
                    ) from error
                piece = engine.unconsumed_tail or _next_member(engine)
                if engine.eof and piece:
                    engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            else:
                out, piece = piece, b""
            size += len(out)
            if size > most_bytes:
                raise SourceChangedError(
                    source,
                    place,
                    f"at most {most_bytes // MEBIBYTE} MiB, decompressed",
                    "more",
                    "If the publisher really grew, raise max_mb in the source's definition",
                )
            taken.append(out)
    if engine and not engine.eof:
        raise SourceChangedError(
            source, place, "a complete gzip file", "a truncated one", "Fetch the file again"
        )
    return b"".join(taken)


def _next_member(engine: "zlib._Decompress") -> bytes:
    return engine.unused_data if engine.eof else b""


def _chunks(response: requests.Response) -> Iterator[bytes]:
    return response.raw.stream(CHUNK_BYTES, decode_content=True)


def _plainly(error: Exception) -> str:
    """What stopped a request, without the library's nested wrapping."""
    reason = getattr(error.args[0] if error.args else None, "reason", None) or error
    said = str(reason).rsplit(": ", 1)[-1].strip(" )'\"")
    return f"cannot be reached ({type(reason).__name__}: {said})"


def _hide(text: str, secrets: Mapping[str, str]) -> str:
    for secret in secrets.values():
        text = text.replace(secret, "REDACTED")
    return text


def _moment(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC) if header else None
    except (TypeError, ValueError):
        return None
