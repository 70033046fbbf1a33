"""A publisher on loopback: real HTTP, real bodies, and a job that asks it."""

import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from indicia.cli import providers
from indicia.sources.contract import Request

UNLIMITED = {"pause_seconds": 0.0, "per_minute": 0, "per_day": 0, "spent_header": ""}


def job_at(name, url, paths=("/data",), **facts):
    """The real job `name`, asking a publisher at `url` instead of its own."""
    job = providers.find().jobs[name]
    own = {"hosts": ("127.0.0.1", "localhost"), "key_variable": "", **UNLIMITED, **facts}
    source = replace(job.source, url=f"{url}/", **own)
    requests = tuple(Request(f"{url}{p}") for p in paths)
    return replace(
        job,
        source=source,
        plan=lambda _asked: requests,
        following=lambda _r, _b: None,
    )


def eia_page(zone, values, first_hour="2026-01-01T01", **row_facts):
    """One page of the EIA-930 API: demand of one authority, hour-ending UTC, values as strings."""
    from datetime import datetime, timedelta

    start = datetime.strptime(first_hour + ":00", "%Y-%m-%dT%H:%M")  # noqa: DTZ007 -- labels are naive UTC
    rows = [
        {
            "period": f"{start + timedelta(hours=n):%Y-%m-%dT%H}",
            "respondent": zone,
            "respondent-name": zone,
            "type": "D",
            "type-name": "Demand",
            "value": None if v is None else str(v),
            "value-units": "megawatthours",
            **row_facts,
        }
        for n, v in enumerate(values)
    ]
    return {
        "response": {
            "total": str(len(rows)),
            "dateFormat": 'YYYY-MM-DD"T"HH24',
            "frequency": "hourly",
            "data": rows,
        },
        "apiVersion": "2.1.10",
    }


class Publisher(ThreadingHTTPServer):
    """Answers each request with what `answer(asked)` returns: status, headers, body."""

    daemon_threads = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.asked = answer, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Asked:
    def __init__(self, handler):
        self.method, self.path = handler.command, handler.path
        self.headers = dict(handler.headers.items())
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))

    def __repr__(self):
        return f"{self.method} {self.path} {self.body!r}"


class _Handler(BaseHTTPRequestHandler):
    def _serve(self):
        asked = Asked(self)
        self.server.asked.append(asked)
        status, headers, body = self.server.answer(asked)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _serve  # noqa: N815 -- the names that the base class calls

    def log_message(self, *_args):
        pass


@contextmanager
def publishing(answer):
    server = Publisher(answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
