"""How long a reader waits for Leads and Map at 10,000 facilities, in a real browser. Printed only."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import sync_playwright

from indicia.cli import providers
from indicia.indicators import CATALOGUE
from indicia.reference import tables
from indicia.schema import FACILITY, FACILITY_PARTY, parsed
from indicia.scoring.assess import assess
from indicia.sources.contract import Fetch
from indicia.sources.stamping import stamp
from indicia.store import Build, Vintage, writing

pytestmark = pytest.mark.bench
COUNT, RUNS = 10_000, 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PAGES = {
    "leads": "[data-testid=stDataFrame] canvas",
    "map": "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg .mark-symbol path",
}


def fill(home):
    """10,000 facilities in as many places as a large set has: a third share a city point."""
    draw = np.random.default_rng(3)
    ids = [f"analyst-{n:06d}" for n in range(COUNT)]
    cities = draw.uniform([-40, -170], [65, 170], (COUNT // 5, 2)).round(2)
    at = cities[draw.integers(0, len(cities), COUNT)]
    facilities = pl.DataFrame(
        {
            "facility_id": ids,
            "name": [f"Hall {n}" for n in range(COUNT)],
            "country_iso2": draw.choice(["CN", "MY", "US", "SG", "AE"], COUNT),
            "site_class": "ai",
            "is_declared_ai": True,
            "latitude_deg": at[:, 0],
            "longitude_deg": at[:, 1],
            "coord_precision": draw.choice(["site", "city", "county"], COUNT),
        }
    )
    parties = pl.DataFrame(
        {
            "facility_id": ids,
            "role": "operator",
            "party_name": [f"Operator {n // 3} Ltd" for n in range(COUNT)],
            "certainty": "stated",
            "headquarters_iso2": "CN",
        }
    )
    job = providers.find().jobs["context/analyst"]
    fetch = Fetch("f", job.source.id, "file", "made.csv", NOW, "0", "0", 0)
    with writing(home, 5, print), Build(home) as build:
        for table, frame in ((FACILITY, facilities), (FACILITY_PARTY, parties)):
            rows = stamp(table, parsed(table).fit(frame), job.source, fetch)
            build.load(table, rows, Vintage(NOW, NOW, "f", is_snapshot=False), job.source.id)
        build.replace_assessments(assess(build.reader(), CATALOGUE, date(2026, 1, 1)))
        build.publish(rules_version=tables.version(), kind="live", now=NOW)


def serve(home):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "app.serve",
        f"--server.port={port}",
        "--server.headless=true",
    ]
    server = subprocess.Popen(
        command,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "INDICIA_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    return server, f"http://127.0.0.1:{port}"


def paint(browser, url, sign):
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(sign, timeout=60_000, state="attached")
    seconds = time.perf_counter() - began
    page.context.close()
    return seconds


@pytest.mark.parametrize("name", PAGES)
def test_first_paint(tmp_path, name):
    fill(tmp_path)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        first = []
        for _ in range(3):
            server, url = serve(tmp_path)
            first.append(paint(browser, f"{url}/{name}", PAGES[name]))
            if len(first) < 3:
                server.terminate()
                server.wait(10)
        later = [paint(browser, f"{url}/{name}", PAGES[name]) for _ in range(RUNS)]
        server.terminate()
        server.wait(10)
        browser.close()
    print(
        f"\n{name} at {COUNT:,} facilities: first reader of a server {np.median(first):.2f} s (min {min(first):.2f}, max {max(first):.2f}, n=3); later readers {np.median(later):.2f} s (min {min(later):.2f}, max {max(later):.2f}, n={RUNS})"
    )
