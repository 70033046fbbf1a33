"""Keys never come to rest: planted, echoed back by the publisher in every shape, and looked for everywhere."""

import base64
import gzip
import html
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from served import eia_page, publishing

from indicia.sources.secrets import Secrets

KEY = 'pl4nted/k3y+with "odd" <signs>=&%'
PLAIN = "pl4nted-plain-k3y"
JSON = {"Content-Type": "application/json"}
PROGRAM = """
    import sys
    sys.path[:0] = {path!r}
    from dataclasses import replace
    from indicia.cli import main, providers
    from indicia.sources import session
    from indicia.sources.contract import Request
    from served import job_at

    session.RETRIES = session.RETRIES.new(total=1, backoff_factor=0.01)
    url = {url!r}
    jobs = {{}}
    for number, path in enumerate({paths!r}):
        made = job_at("power/eia930", url, (), every_hours=24)
        source = replace(made.source, name=f"echo{{number}}", key_variable="PLANTED_KEY")
        request = Request(
            url + path,
            secret_params={{"api_key": "PLANTED_KEY"}},
            secret_headers={{"X-Key": "PLANTED_PLAIN"}},
            form='{{"q": 1}}' if number % 2 else "",
        )
        plan = lambda _asked, request=request: [request]
        jobs[source.id] = replace(made, source=source, plan=plan)
    providers.find = lambda: providers.Found(jobs)
    sys.argv = ["indicia", *{arguments!r}]
    main()
"""
PATHS = (
    "/good",
    "/good2",
    "/401",
    "/500",
    "/html",
    "/away",
    "/back",
    "/etag",
    "/broken",
    "/gz",
)


def shapes(key):
    quoted = json.dumps(key)[1:-1]
    return {
        key, quote(key), quote(key, safe=""), quote_plus(key), quoted, html.escape(key),
        base64.b64encode(key.encode()).decode().rstrip("="), repr(key)[1:-1], json.dumps(quoted)[1:-1],
    }  # fmt: skip


EVERY_SHAPE = sorted(shapes(KEY) | shapes(PLAIN))


def echo(asked):
    """All a server can say of a request: address, headers, body, and the keys in every shape."""
    said = f"{asked.path} {asked.headers} {asked.body!r} " + " ".join(EVERY_SHAPE)
    path = asked.path.split("?")[0]
    page = json.dumps({**eia_page("A", [1, 2]), "request": {"echo": said, "raw": asked.path}})
    tag = {"ETag": f'"{PLAIN}"', "Content-Type": f"application/json; k={PLAIN}"}
    answers = {
        "/401": (401, {}, said.encode()),
        "/500": (500, {}, said.encode()),
        "/html": (200, {}, f"<!DOCTYPE html><p>{said}</p>".encode()),
        "/away": (302, {"Location": f"https://{PLAIN}.example.org/?k={quote(KEY)}"}, b""),
        "/back": (302, {"Location": f"/good?again={quote(KEY)}&p={PLAIN}"}, b""),
        "/broken": (200, JSON, ('{"response": "' + said).encode()),
        "/gz": (200, {**JSON, "Content-Encoding": "gzip"}, gzip.compress(page.encode())),
        "/etag": (200, tag, page.encode()),
    }
    return answers.get(path, (200, JSON, page.encode()))


def run(home, url, *arguments):
    code = textwrap.dedent(PROGRAM).format(
        path=[p for p in sys.path if p], url=url, paths=PATHS, arguments=arguments
    )
    environ = {
        **os.environ,
        "INDICIA_HOME": str(home),
        "PLANTED_KEY": KEY,
        "PLANTED_PLAIN": PLAIN,
    }
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False
    )


def leaks(text):
    """Keys in a text, in whatever case."""
    low = text.lower()
    return [s for s in EVERY_SHAPE if s.lower() in low]


def everything_in(home):
    """Every file below the home, opened where it is packed, and every value of the store."""
    from indicia.schema import TABLES
    from indicia.store import Store

    for path in sorted(p for p in Path(home).rglob("*") if p.is_file()):
        body = path.read_bytes()
        yield path.name, gzip.decompress(body) if path.suffix == ".gz" else body
    with Store.open(home) as store:
        for table in TABLES:
            yield table, store.sql(f'SELECT * FROM "{table}"').write_ndjson().encode()


@pytest.mark.slow
def test_planted_keys_reach_the_publisher_and_nothing_else(tmp_path):
    home, report = tmp_path / "home", tmp_path / "report.json"
    with publishing(echo) as server:
        ran = [
            run(home, server.url, "refresh", "--dry-run"),
            run(home, server.url, "refresh", "--report", str(report)),
            run(home, server.url, "refresh", "--all", "--json", "--report", str(report)),
            run(home, server.url, "doctor"),
        ]
        sent = [a for a in server.asked if a.headers.get("X-Key") == PLAIN]
    assert len(sent) >= 2 * len(PATHS)
    assert "loaded" in ran[1].stdout
    assert ran[1].returncode == 1
    assert not any("Traceback" in r.stderr for r in ran)
    for process in ran:
        assert not leaks(process.stdout)
        assert not leaks(process.stderr)
    assert not leaks(report.read_text())
    assert len(json.loads(report.read_text())["sources"]) == len(PATHS)
    seen = {name: leaks(body.decode("utf-8", "replace")) for name, body in everything_in(home)}
    assert len(seen) > 20
    assert not {name: found for name, found in seen.items() if found}


@pytest.mark.parametrize("shape", EVERY_SHAPE)
def test_a_key_is_hidden_in_each_shape(shape):
    secrets = Secrets()
    secrets.add(KEY)
    secrets.add(PLAIN)
    assert not leaks(secrets.hide(f"before {shape} after {shape.upper()}"))
    assert shape.encode() not in secrets.hide_in(b"x" + shape.encode() + b"y")


def test_a_key_that_no_header_can_carry_is_refused_without_being_shown():
    from served import job_at

    from indicia.errors import SourceUnavailableError
    from indicia.sources.contract import Request
    from indicia.sources.session import Session

    job = job_at("power/eia930", "http://127.0.0.1:9")
    for key in ("k3y-with\nline", "k3y-中文"):
        with (
            Session(job.source, {"K": key}) as session,
            pytest.raises(SourceUnavailableError) as error,
        ):
            session.get(Request("http://127.0.0.1:9/", secret_headers={"X-Key": "K"}))
        assert "k3y" not in str(error.value)
