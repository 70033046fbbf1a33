"""One loopback server that stands in for every publisher, and misbehaves on a plan.

A path starts with the host it stands for: `/api.eia.gov/v2/...`. `rerouted` sends a real job there:
its own plan, paging, parser and redaction stay; only the addresses change.
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from indicia.sources.contract import Request

PIECES, PAUSE_SECONDS = 12, 0.002
SIGN_IN = "sign-in"
PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please wait</body></html>"
)
CHUNK = bytes(2**20)


@dataclass(frozen=True)
class Asked:
    """A request as it came in, told in the publisher's own terms.

    `earlier` is the good answer to the page of the same thing that was asked for before.
    """

    host: str
    path: str
    query: Mapping[str, str]
    body: bytes = b""
    number: int = 0
    earlier: "Reply | None" = None

    @property
    def question(self):
        """The query as it is written in an address."""
        return urlencode(self.query)

    def thing(self, pages):
        """What is asked for, without what tells its pages apart."""
        query = {k: v for k, v in self.query.items() if k not in pages}
        form = json.loads(self.body) if self.body else {}
        form = {k: v for k, v in form.items() if k not in pages}
        return json.dumps([self.host, self.path, query, form])


@dataclass(frozen=True)
class Reply:
    """What is sent, and how badly.

    `said_bytes` is the length announced; `sent_bytes` how much is sent before the line closes.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    said_bytes: int | None = None
    sent_bytes: int | None = None
    is_reset: bool = False
    is_slow: bool = False


Serve = Callable[[Asked], bytes | Reply | None]
Spoil = Callable[[Reply, Asked], Reply]


class Simulator(ThreadingHTTPServer):
    """Serves what `serve` says; the answer to request n is spoiled by `spoils[n]`.

    `lasting[n]` spoils every answer from request n on. `pages` names what tells pages of one thing
    apart. A page to sign in at lies at `/sign-in`.
    """

    daemon_threads = True

    def __init__(
        self,
        serve: Serve,
        spoils: Mapping[int, Spoil] | None = None,
        lasting: Mapping[int, Spoil] | None = None,
        pages: tuple[str, ...] = (),
    ):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.serve, self.spoils, self.lasting = serve, dict(spoils or {}), dict(lasting or {})
        self.asked: list[Asked] = []
        self._pages, self._served = pages, {}
        self._turn = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply(self, asked):
        if asked.host == SIGN_IN:
            return Reply(PAGE, headers={"Content-Type": "text/html"})
        thing = asked.thing(self._pages)
        with self._turn:
            asked = replace(asked, number=len(self.asked), earlier=self._served.get(thing))
            self.asked.append(asked)
        try:
            body = self.serve(asked)
        except (
            KeyError,
            ValueError,
            IndexError,
            StopIteration,
        ):  # a question that lost its parts
            body = Reply(b"bad question", 400)
        if body is None:
            body = Reply(b"no such thing", 404)
        plain = body if isinstance(body, Reply) else Reply(body)
        self._served[thing] = plain
        lasts = next((s for n, s in self.lasting.items() if asked.number >= n), None)
        spoil = self.spoils.get(asked.number) or lasts
        return spoil(plain, asked) if spoil else plain

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(b"")

    def do_POST(self):
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def log_message(self, *_args):
        pass

    def _answer(self, body):
        parts = urlsplit(self.path)
        host, _, path = parts.path.lstrip("/").partition("/")
        asked = Asked(
            host, f"/{path}", dict(parse_qsl(parts.query, keep_blank_values=True)), body
        )
        reply = self.server.reply(asked)
        if reply.is_reset:
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            self.close_connection = True
            self.connection.close()
            return
        said = len(reply.body) if reply.said_bytes is None else reply.said_bytes
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            led = (
                value.replace("<https://", f"<{self.server.url}/") if name == "Link" else value
            )
            self.send_header(name, led)
        self.send_header("Content-Length", str(said))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # the client had enough
            self._send(reply, said)
        self.close_connection = True

    def _send(self, reply, said):
        if said > len(reply.body) and reply.sent_bytes is None:  # endless: zeros up to the end
            for _ in range(said // len(CHUNK)):
                self.wfile.write(CHUNK)
            return
        body = reply.body[: reply.sent_bytes]
        if not reply.is_slow:
            self.wfile.write(body)
            return
        step = max(1, len(body) // PIECES)
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            self.wfile.flush()
            time.sleep(PAUSE_SECONDS)


class Trap(ThreadingHTTPServer):
    """A neighbour on loopback that nobody may be led to: it counts whoever comes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Trapped)
        self.visits = 0
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]


class _Trapped(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.visits += 1
        self.send_error(418)

    do_POST = do_GET  # noqa: N815 -- the name that the base class calls

    def log_message(self, *_args):
        pass


def rerouted(job, url):
    """The job with its publisher's hosts replaced by the simulator; everything else is its own.

    Its own hosts stay allowed, so that what else keeps a redirect out is seen to work.
    """
    hosts = job.source.allowed_hosts

    def there(request: Request) -> Request:
        parts = urlsplit(request.url)
        assert parts.hostname in hosts, f"{job.source.id} asks {parts.hostname}"
        return replace(request, url=f"{url}/{request.url.removeprefix('https://')}")

    def home(address: str) -> str:
        return (
            "https://" + address.removeprefix(f"{url}/") if address.startswith(url) else address
        )

    def following(request, body):
        found = job.following(replace(request, url=home(request.url)), body)
        if found is None or isinstance(found, Request):
            return found and there(found)
        return [there(r) for r in found]

    facts = {"url": f"{url}/", "hosts": ("127.0.0.1", *hosts), "every_hours": 0}
    return replace(
        job,
        source=replace(job.source, **facts),
        plan=lambda asked: [there(r) for r in job.plan(asked)],
        parse=lambda body, fetch: job.parse(body, replace(fetch, url=home(fetch.url))),
        following=following,
    )
