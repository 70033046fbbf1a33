"""Asking a publisher: limits kept, repeats where it may help, known hosts only, secrets out of sight."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError
from urllib3.util import Retry

from indicia import __version__
from indicia.errors import (
    SourceBudgetSpentError,
    SourceNotConfiguredError,
    SourceUnavailableError,
)
from indicia.sources import wire
from indicia.sources.contract import Fetch, Request
from indicia.sources.definition import Source
from indicia.sources.limits import Limits, seconds_to_midnight
from indicia.sources.meter import Meter
from indicia.sources.secrets import Secrets
from indicia.sources.unpacking import unpack

AGENT = f"indicia/{__version__} (secondary-indicator research; requests)"
TIMEOUT_SECONDS = (10, 60)
MOST_REDIRECTS = 5
LONGEST_WAIT_SECONDS = 120.0  # a publisher that asks for more is left alone until then
LONGEST_HOLD_SECONDS = 7 * 86_400
HOUR_SECONDS = 3_600
LOOPBACK = ("127.0.0.1", "localhost", "::1")
HTTPS_PORT = 443
OK, NOT_MODIFIED, SEE_OTHER, TOO_MANY = 200, 304, 303, 429
KEEP_METHOD = (307, 308)
RETRIES = Retry(
    total=3,
    backoff_factor=2,
    status_forcelist=(TOO_MANY, 500, 502, 503, 504),
    retry_after_max=LONGEST_HOLD_SECONDS,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as served, unpacked, with secrets replaced; without body where it is unchanged."""

    body: bytes
    status_code: int
    media_type: str | None = None
    etag: str | None = None
    last_modified_utc: datetime | None = None
    next_url: str | None = None

    @property
    def is_unchanged(self) -> bool:
        """The publisher says that the body we hold is still the one it serves."""
        return self.status_code == NOT_MODIFIED


@dataclass(frozen=True, slots=True)
class _Sent:
    """One request as it goes out, with its secrets; never logged."""

    url: str
    params: Mapping[str, str]
    form: str
    headers: Mapping[str, str]


class Session:
    """One publisher's connection for the length of a refresh.

    Args:
        source: The definition: hosts, sizes, limits.
        environ: Where keys are.
        limits: Counts of requests shared with other processes; None keeps no count.
        meter: Told what is asked and read.
        retries: How often and how patiently a request is repeated.
    """

    def __init__(
        self,
        source: Source,
        environ: Mapping[str, str],
        *,
        limits: Limits | None = None,
        meter: Meter | None = None,
        retries: Retry | None = None,
    ) -> None:
        self._source, self._environ = source, environ
        self._limits, self._meter = limits, meter or Meter()
        self._retries = retries or RETRIES
        self._secrets = Secrets()
        self._http = requests.Session()
        self._http.headers["User-Agent"] = AGENT
        for scheme in ("https://", "http://"):
            self._http.mount(scheme, HTTPAdapter(max_retries=0))

    def __enter__(self) -> Self:
        """Use as a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._http.close()

    def hide(self, text: str) -> str:
        """The text without any key this session has sent."""
        return self._secrets.hide(text)

    def get(self, request: Request, earlier: Fetch | None = None) -> Answer:
        """Ask, and repeat where that may help.

        Args:
            request: What to ask for. It is a query, so a POST may be repeated too.
            earlier: The fetch whose body we hold; the answer may say that it is unchanged.

        Raises:
            SourceNotConfiguredError: A key the request needs is not in the environment.
            SourceBudgetSpentError: The day's budget is used up; nothing is repeated.
            SourceUnavailableError: No usable answer: refused, timed out, error status, foreign redirect.
            SourceChangedError: The body is larger than the definition allows.
        """
        sent = self._with_secrets(request, earlier)
        place = request.place
        retries = self._retries
        while True:
            status, wait = 0, 0.0
            try:
                with self._follow(sent, place) as response:
                    status = response.status_code
                    answer = self._read(response, place)
                    wait = self._asked_to_wait(response, retries)
                    self._stop_if_spent(response, sent.url, wait)
                is_answer = status == OK or status in self._source.answer_statuses
                if is_answer or (status == NOT_MODIFIED and earlier):
                    return answer
                sample = answer.body[:200].decode("utf-8", "replace")
                problem = f"status {status}: {sample}"
                may_help = self._is_throttled(status) or status in (
                    retries.status_forcelist or ()
                )
            except (requests.RequestException, HTTPError, ValueError) as error:
                problem, may_help = self.hide(wire.plainly(error)), not wire.is_our_fault(error)
            refusal = SourceUnavailableError(self._source.id, place, problem, status)
            if not may_help:
                raise refusal from None
            if wait > LONGEST_WAIT_SECONDS:
                self._hold(sent.url, wait, problem)
                raise refusal from None
            try:
                retries = retries.increment(error=HTTPError(problem))
            except MaxRetryError:
                raise refusal from None
            time.sleep(wait or max(retries.get_backoff_time(), retries.backoff_factor))

    def _with_secrets(self, request: Request, earlier: Fetch | None) -> _Sent:
        named = {**request.secret_params, **request.secret_headers}
        secrets = {name: self._secret(variable) for name, variable in named.items()}
        headers = dict(request.headers)
        if request.form:
            headers.setdefault("Content-Type", "application/json")
        if earlier and earlier.etag:
            headers["If-None-Match"] = earlier.etag
        if earlier and earlier.last_modified_utc:
            modified = earlier.last_modified_utc.astimezone(UTC)
            headers["If-Modified-Since"] = format_datetime(modified, usegmt=True)
        return _Sent(
            request.url,
            {**request.params, **{n: secrets[n] for n in request.secret_params}},
            request.form,
            {**headers, **{n: secrets[n] for n in request.secret_headers}},
        )

    def _secret(self, variable: str) -> str:
        value = self._environ.get(variable, "").strip()
        if not value:
            raise SourceNotConfiguredError(self._source.id, variable)
        self._secrets.add(value)
        return value

    def _follow(self, sent: _Sent, place: str) -> requests.Response:
        """Send, and follow redirects to known hosts; keys stay with the first host."""
        open_headers = {
            n: v for n, v in sent.headers.items() if n in ("Accept", "Content-Type")
        }
        asked = urlsplit(sent.url).port
        for _ in range(MOST_REDIRECTS):
            self._allow(sent.url, place, asked)
            if self._limits:
                self._limits.take(self._source, urlsplit(sent.url).netloc)
            self._meter.requests += 1
            response = self._http.request(
                "POST" if sent.form else "GET",
                sent.url,
                params=dict(sent.params),
                data=sent.form.encode() or None,
                headers=dict(sent.headers),
                timeout=TIMEOUT_SECONDS,
                stream=True,
                allow_redirects=False,
            )
            if not response.is_redirect:
                return response
            form = sent.form if response.status_code in KEEP_METHOD else ""
            response.close()
            led_to = wire.led_to(sent.url, response.headers["Location"])
            sent = _Sent(led_to, {}, form, open_headers)
        raise SourceUnavailableError(
            self._source.id, place, f"more than {MOST_REDIRECTS} redirects"
        )

    def _allow(self, url: str, place: str, asked: int | None) -> None:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if host not in self._source.allowed_hosts:
            problem = (
                f"it leads to the host {self.hide(host)}, which its definition does not list"
            )
            raise SourceUnavailableError(self._source.id, place, problem)
        if parts.scheme != "https" and host not in LOOPBACK:
            raise SourceUnavailableError(
                self._source.id, place, f"{parts.scheme} instead of https"
            )
        if port not in (None, HTTPS_PORT, asked):
            problem = f"it leads to port {port}, which is not the publisher's"
            raise SourceUnavailableError(self._source.id, place, problem)

    def _read(self, response: requests.Response, place: str) -> Answer:
        chunks = wire.chunks(response, self._meter)
        body = unpack(self._source.id, place, chunks, self._source.max_bytes)
        served = response.headers
        return Answer(
            self._secrets.hide_in(body),
            response.status_code,
            self._hidden(served.get("Content-Type")),
            self._hidden(served.get("ETag")),
            wire.moment(served.get("Last-Modified")),
            self._hidden(response.links.get("next", {}).get("url")),
        )

    def _hidden(self, header: str | None) -> str | None:
        return self.hide(header) if header else None

    def _asked_to_wait(self, response: requests.Response, retries: Retry) -> float:
        """Seconds the publisher asks for, at most a week; 0 where neither it nor its definition says."""
        is_throttled = self._is_throttled(response.status_code)
        if not is_throttled and response.status_code not in (retries.status_forcelist or ()):
            return 0.0
        usual = self._source.throttled_seconds if is_throttled else 0.0
        try:
            return float(retries.get_retry_after(response.raw) or usual)
        except (InvalidHeader, ValueError, OverflowError):
            return usual

    def _is_throttled(self, status: int) -> bool:
        """Whether a status says, in its publisher's way, that it was asked too often."""
        return status == TOO_MANY or status in self._source.throttled_statuses

    def _stop_if_spent(self, response: requests.Response, url: str, wait: float) -> None:
        """Leave the publisher alone once its day's budget is used up; a body that came is kept."""
        left = wire.number(response.headers.get(self._source.spent_header or "-"))
        is_refused = self._is_throttled(response.status_code)
        if left is not None and left <= 0:
            problem = f"{self._source.spent_header} is {left:g}"
            seconds = wait or seconds_to_midnight()
        elif is_refused and wait > LONGEST_WAIT_SECONDS:
            asked = f"{wait / 3600:.1f} h" if wait > HOUR_SECONDS else f"{wait / 60:.0f} min"
            problem, seconds = f"it asks to wait for {asked}", wait
        else:
            return
        until = self._hold(url, seconds, problem, is_budget=True)
        if is_refused:
            host = urlsplit(url).netloc
            raise SourceBudgetSpentError(self._source.id, host, problem, until)

    def _hold(
        self, url: str, seconds: float, problem: str, *, is_budget: bool = False
    ) -> datetime:
        limits, host = self._limits, urlsplit(url).netloc
        if limits:
            return limits.hold(host, seconds, problem, is_budget=is_budget)
        return datetime.fromtimestamp(time.time() + seconds, UTC)
