"""One loopback server that stands in for every publisher, and misbehaves on a plan.

A path starts with the host it stands for: `/api.eia.gov/v2/...`. `rerouted` sends a real job there:
its own plan, paging, parser and redaction stay; only the addresses change.
"""

import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from indicia.sources.contract import Request

PIECES, PAUSE_SECONDS = 12, 0.002
CHUNK = bytes(2**20)


@dataclass(frozen=True)
class Asked:
    """A request as it came in, told in the publisher's own terms."""

    host: str
    path: str
    query: Mapping[str, str]
    body: bytes = b""


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
    """Serves what `serve` says; the answer to request n is spoiled by `spoils[n]`."""

    daemon_threads = True

    def __init__(self, serve: Serve, spoils: Mapping[int, Spoil] | None = None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.serve, self.spoils = serve, dict(spoils or {})
        self.asked: list[Asked] = []
        self._turn = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply(self, asked):
        with self._turn:
            number = len(self.asked)
            self.asked.append(asked)
        body = self.serve(asked)
        if body is None:
            body = Reply(b"no such thing", 404)
        plain = body if isinstance(body, Reply) else Reply(body)
        spoil = self.spoils.get(number)
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
            self.send_header(name, value)
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


def rerouted(job, url):
    """The job with its publisher's hosts replaced by the simulator; everything else is its own."""
    hosts = job.source.allowed_hosts

    def there(request: Request) -> Request:
        parts = urlsplit(request.url)
        assert parts.hostname in hosts, f"{job.source.id} asks {parts.hostname}"
        query = f"?{parts.query}" if parts.query else ""
        return replace(request, url=f"{url}/{parts.hostname}{parts.path}{query}")

    def back(request: Request) -> Request:
        return replace(request, url="https://" + request.url.removeprefix(f"{url}/"))

    def following(request, body):
        found = job.following(back(request), body)
        if found is None or isinstance(found, Request):
            return found and there(found)
        return [there(r) for r in found]

    source = replace(job.source, url=f"{url}/", hosts=("127.0.0.1",), every_hours=0)
    return replace(
        job,
        source=source,
        plan=lambda asked: [there(r) for r in job.plan(asked)],
        following=following,
    )
