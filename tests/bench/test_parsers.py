"""Rows per second of every parser, over its replay fixtures. Printed, never asserted.

A fixture holds a few records, so that the time of a call counts: the second figure is of the
fixture's rows repeated in one body, where the format (CSV) allows that.
"""

import importlib.util
import time
from dataclasses import replace
from pathlib import Path

import pytest

import ingest
from indicia.errors import IndiciaError

pytestmark = pytest.mark.bench
REPLAY = Path(__file__).parents[1] / "replay"
SECONDS, LARGE_BYTES = 0.3, 8 * 2**20


def fetch_of(job, folder, body):
    path = REPLAY / "test_replay.py"
    spec = importlib.util.spec_from_file_location("replayed", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.fetch_of(job, folder, body)


def rate(job, body, fetch):
    """Records read per second, and how many the body holds; calls are repeated for a while."""
    read, calls, began = 0, 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS or not calls:
        read = job.parse(body, fetch).rows_in
        calls += 1
    return read * calls / (time.perf_counter() - began), read


def repeated(response, body):
    """A CSV's records again and again, under one header; None for other formats."""
    header, mark, rest = body.partition(b"\n")
    if response.suffix != ".csv" or not mark or not rest.strip():
        return None
    rest = rest if rest.endswith(b"\n") else rest + b"\n"
    return header + mark + rest * max(LARGE_BYTES // len(rest), 1)


def test_every_parser():
    lines = []
    for name, job in sorted(ingest.jobs().items()):
        best, large, records = 0.0, 0.0, 0
        for response in sorted((REPLAY / name).glob("**/response.*")):
            raw = response.read_bytes()
            body = job.redact(raw)
            fetch = replace(fetch_of(job, response.parent, body), body_bytes=len(body))
            speed, count = rate(job, body, fetch)
            if speed > best:
                best, records = speed, count
            more = repeated(response, raw)
            try:
                large = max(large, rate(job, job.redact(more), fetch)[0]) if more else large
            except IndiciaError:  # repeats of a whole that may not repeat
                continue
        shown = f"{large:>12,.0f}" if large else f"{'':>12}"
        lines.append(f"{name:<36}{records:>8}{best:>14,.0f}{shown}")
    print(f"\n{'source':<36}{'records':>8}{'rows/s':>14}{'rows/s, 8 MB':>12}")
    print("\n".join(lines))
