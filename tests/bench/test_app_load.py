"""The app at 50,000 facilities: paint, clicks, memory, ten readers at once. Printed only.

Ten browsers on the machine of the server draw with the processor it serves with, while readers bring their own;
so ten readers are measured twice: in Chromium, and as sessions on the app's own websocket that draw nothing.

INDICIA_BENCH_HOME names a folder in which the store is made once and found again: some four minutes on two idle cores.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

import made_many
import numpy as np
import pytest
from playwright.async_api import Browser, Page, async_playwright
from wire import Session

pytestmark = pytest.mark.bench
COUNT, SESSIONS, ROUNDS, TRIES = 50_000, 10, 4, 600
ROOT = Path(__file__).parents[2]
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
MEBIBYTE_KIB, PATIENCE_MS = 1024, 120_000
PAGES = {
    "leads": "Leads", "map": "Map", f"facility?facility={made_many.FIRST}": "Hall 0",
    f"compare?facility={made_many.FIRST}&facility=many-000010": "Compare", "entity?entity=Operator%200%20Ltd": "Operator 0",
    "lanes": "Lanes", "screen": "Screen", f"compute?facility={made_many.FIRST}": "Compute", "rules": "Rules", "claims": "Claims",
    "review": "Review", "exports": "Exports", "coverage": "Coverage", "sources": "Sources", "method": "Method", "evaluation": "Evaluation",
}  # fmt: skip
TOURED = ("Leads", "Map", "Review", "Exports", "Coverage", "Sources")
# A page, and what is then chosen on it.
JOURNEY: Sequence[tuple[str, Mapping[str, str], str, Sequence[str]]] = (
    ("Leads", {}, "order", ["worth knowing next"]),
    ("Map", {}, "region", ["East Asia"]),
    ("Review", {}, "part", ["digest"]),
    ("Exports", {}, "order", ["worth knowing next"]),
    ("Sources", {}, "family", ["power"]),
    ("Facility", {"facility": made_many.FIRST}, "rival", "H4 ordinary cloud"),
)
QUIET = """() => !document.querySelector('[data-testid=stStatusWidget]')
    && !document.querySelector('[data-testid=stSkeleton]')
    && !document.querySelector('[data-stale=true]')"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("INDICIA_BENCH_HOME")
    if named and (Path(named) / "stores").exists():
        return Path(named)
    began = time.process_time()
    made = made_many.build(Path(named) if named else tmp_path_factory.mktemp("many"), COUNT)
    print(
        f"\nstore of {COUNT:,} facilities made in {time.process_time() - began:.0f} s of processor time"
    )
    return made


@pytest.fixture(scope="module")
def server(home: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app.serve", f"--server.port={port}"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "INDICIA_HOME": str(home)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        for _ in range(TRIES):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)  # noqa: S310 -- our own server
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        yield url, running.pid
        running.terminate()


def resident_mib(pid: int) -> float:
    line = next(
        one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in one
    )
    return int(line.split()[1]) / MEBIBYTE_KIB


def busy_seconds(pid: int) -> float:
    """Processor time that the server used so far: it says more than the clock of a loaded machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def settled(page: Page, heading: str) -> None:
    await (
        page.get_by_role("heading", level=1)
        .filter(has_text=heading)
        .wait_for(timeout=PATIENCE_MS)
    )
    await page.wait_for_function(QUIET, timeout=PATIENCE_MS)


async def clicked(page: Page, title: str) -> None:
    await page.get_by_role("link", name=title, exact=True).first.click()
    await settled(page, title)


async def fresh(browser: Browser) -> Page:
    context = await browser.new_context(viewport={"width": 1600, "height": 1000})
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


def told(name: str, seconds: list[float], more: str = "") -> None:
    middle, high = np.median(seconds), np.percentile(seconds, 95)
    load = os.getloadavg()[0]
    print(
        f"{name}: median {middle:.2f} s, 95th percentile {high:.2f} s, n={len(seconds)}{more} (load {load:.0f} on {os.cpu_count()} cores)"
    )


async def _driven(work):
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            return await work(browser)
        finally:
            await browser.close()


def test_paint_and_click_of_every_page(server):
    url, pid = server

    async def work(browser: Browser) -> None:
        for address, heading in PAGES.items():
            first, page = [], await fresh(browser)
            used = busy_seconds(pid)
            for _ in range(2):
                began = time.perf_counter()
                await page.goto(f"{url}/{address}", wait_until="commit", timeout=PATIENCE_MS)
                await settled(page, heading)
                first.append(time.perf_counter() - began)
            painted = busy_seconds(pid) - used
            again, used = [], busy_seconds(pid)
            title = address.split("?")[0].capitalize()
            for _ in range(2):
                await clicked(page, "Method" if title != "Method" else "Rules")
                began = time.perf_counter()
                await page.go_back()
                await settled(page, heading)
                again.append(time.perf_counter() - began)
            await page.context.close()
            told(f"{title}: open", first, f", server busy {painted / 2:.2f} s each")
            told(
                f"{title}: back to it",
                again,
                f", server busy {(busy_seconds(pid) - used) / 4:.2f} s a page",
            )

    asyncio.run(_driven(work))


def test_memory_of_a_further_session_and_ten_readers_at_once(server):
    url, pid = server
    used: list[float] = []  # when the first click begins and every reader has Leads drawn

    async def reader(
        browser: Browser, number: int, seconds: list[float], start: asyncio.Barrier
    ) -> None:
        page = await fresh(browser)
        await page.goto(f"{url}/leads", wait_until="commit", timeout=PATIENCE_MS)
        await settled(page, "Leads")
        await start.wait()
        used.append(busy_seconds(pid))
        for turn in range(ROUNDS):
            title = TOURED[(number + turn) % len(TOURED)]
            title = (
                title
                if title.lower() not in page.url
                else TOURED[(number + turn + 1) % len(TOURED)]
            )
            began = time.perf_counter()
            await clicked(page, title)
            seconds.append(time.perf_counter() - began)

    async def work(browser: Browser) -> None:
        page = await fresh(browser)
        await page.goto(f"{url}/leads", wait_until="commit", timeout=PATIENCE_MS)
        await settled(page, "Leads")
        before, seconds = resident_mib(pid), []
        start = asyncio.Barrier(SESSIONS)
        await asyncio.gather(*(reader(browser, n, seconds, start) for n in range(SESSIONS)))
        after = resident_mib(pid)
        told(
            f"{SESSIONS} readers at once, a click",
            seconds,
            f", server busy {(busy_seconds(pid) - used[0]) / len(seconds):.2f} s a click",
        )
        print(
            f"server {before:.0f} MiB with one session, {(after - before) / SESSIONS:.0f} MiB for each further one"
        )

    asyncio.run(_driven(work))


def test_ten_readers_on_the_wire(server):
    url, pid = server

    async def walk(number: int, start: asyncio.Barrier, pages: list[float], choices: list[float]) -> None:  # fmt: skip
        async with Session(url) as reader:
            await reader.open("leads")
            for turn in range(ROUNDS):
                title, link, key, value = JOURNEY[(number + turn) % len(JOURNEY)]
                await start.wait()  # all of them click in the same instant
                pages.append(await reader.go(title, **link))
                await start.wait()
                choices.append(await reader.set(key, value))
            assert not reader.errors

    async def dossier(number: int, start: asyncio.Barrier, seconds: list[float]) -> None:
        async with Session(url) as reader:
            await reader.open("leads")
            await start.wait()
            facility = f"many-{10 * number + 10:06}"  # every tenth has all that a dossier shows
            seconds.append(await reader.go("Facility", facility=facility))
            assert not reader.errors

    async def work() -> None:
        for number in range(len(JOURNEY)):  # somebody was on every page before
            await walk(number, asyncio.Barrier(1), [], [])
        pages, choices, dossiers = list[float](), list[float](), list[float]()
        start, used = asyncio.Barrier(SESSIONS), busy_seconds(pid)
        await asyncio.gather(*(walk(n, start, pages, choices) for n in range(SESSIONS)))
        clicks = [*pages, *choices]
        spent = f", server busy {(busy_seconds(pid) - used) / len(clicks):.2f} s a click"
        told(f"{SESSIONS} readers on the wire, a click in the same instant", clicks, spent)
        told("of these, another page", pages)
        told("of these, a choice on the page", choices)
        used = busy_seconds(pid)
        await asyncio.gather(*(dossier(n, start, dossiers) for n in range(SESSIONS)))
        spent = f", server busy {(busy_seconds(pid) - used) / len(dossiers):.2f} s each"
        told("ten dossiers at once that nobody opened before, and their Leads", dossiers, spent)

    asyncio.run(work())
