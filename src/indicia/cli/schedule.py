"""`indicia schedule`: ready-made files for the usual schedulers, or the schedule itself in the foreground."""

import os
import random
import shlex
import signal
import sys
import threading
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from indicia import __version__
from indicia.cli import output, providers, refreshing, screen, work
from indicia.errors import IndiciaError, UsageError
from indicia.store import home as store_home

JITTER_SHARE = 0.1
MINUTES_A_DAY, MINUTES_AN_HOUR = 1_440, 60
KEY_FILE = "keys.env"


class Form(StrEnum):
    """What the files are for."""

    SYSTEMD = "systemd"
    CRON = "cron"
    CI = "ci"


def schedule(
    form: Annotated[
        Form, typer.Option("--as", help="Print files for this scheduler.")
    ] = Form.SYSTEMD,
    every: Annotated[
        int, typer.Option(help="Minutes between two looks at what is due.", min=1, max=1440)
    ] = 60,
    run: Annotated[
        bool, typer.Option("--run", help="Stay in the foreground and refresh what is due.")
    ] = False,
    rounds: Annotated[
        int, typer.Option(help="With --run: stop after so many looks; 0 = never.", min=0)
    ] = 0,
) -> None:
    """Print a timer, cron lines or a CI workflow that refresh what is due; or do so here.

    How often each source is asked stands in its definition; a look that finds nothing due asks nobody.
    """
    if run:
        _stay(every, rounds)
        return
    text = {Form.SYSTEMD: _systemd, Form.CRON: _cron, Form.CI: _ci}[form]
    sys.stdout.write(text(every))


def program_path() -> str:
    """The program as a scheduler calls it."""
    beside = Path(sys.executable).with_name("indicia")
    return str(beside) if beside.exists() else f"{sys.executable} -m indicia.cli"


def _variables() -> list[str]:
    """The keys that sources read, by name; their values are never printed."""
    jobs = providers.find().jobs.values()
    return sorted({job.source.key_variable for job in jobs} - {""})


def _systemd(every: int) -> str:
    home = store_home()
    keys = "\n".join(f"#   {name}=" for name in _variables())
    return f"""\
# Written by `indicia schedule --as systemd` ({__version__}). Save the two parts under the names below,
# then: systemctl --user daemon-reload && systemctl --user enable --now indicia.timer
# Keys go into {home / KEY_FILE}, readable by this user only (chmod 600), one per line:
{keys}

# ~/.config/systemd/user/indicia.service
[Unit]
Description=indicia: refresh the sources that are due
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
Environment="INDICIA_HOME={home}"
EnvironmentFile=-{home / KEY_FILE}
ExecStart={program_path()} refresh --report "{home / "last-refresh.json"}"
Nice=10
TimeoutStartSec=6h

# ~/.config/systemd/user/indicia.timer
[Unit]
Description=indicia: look every {every} minutes for sources that are due

[Timer]
OnBootSec=5min
OnUnitInactiveSec={every}min
RandomizedDelaySec={max(1, round(every * JITTER_SHARE * 60))}s

[Install]
WantedBy=timers.target
"""


def _cron(every: int) -> str:
    home = store_home()
    quoted, keys = shlex.quote(str(home)), shlex.quote(str(home / KEY_FILE))
    log = shlex.quote(str(home / "refresh.log"))
    report = shlex.quote(str(home / "last-refresh.json"))
    longest = max(1, round(every * JITTER_SHARE * 60))
    return f"""\
# Written by `indicia schedule --as cron` ({__version__}). Add with `crontab -e`.
# Keys go into {home / KEY_FILE}, readable by this user only (chmod 600), one NAME=value per line:
#   {" ".join(_variables())}
SHELL=/bin/bash
{_cron_times(every)} sleep $((RANDOM \\% {longest})); set -a; [ ! -r {keys} ] || . {keys}; set +a; INDICIA_HOME={quoted} {program_path()} refresh --report {report} >> {log} 2>&1
"""


def _cron_times(every: int) -> str:
    """The five fields; cron knows no period that does not divide the hour or the day."""
    if every < MINUTES_AN_HOUR and MINUTES_AN_HOUR % every == 0:
        return f"*/{every} * * * *"
    hours = every // MINUTES_AN_HOUR
    if every % MINUTES_AN_HOUR == 0 and 24 % hours == 0:
        return f"17 {'*' if hours == 1 else f'*/{hours}' if hours < 24 else '3'} * * *"  # noqa: PLR2004 -- hours of a day
    message = f"cron has no period of {every} minutes: choose one that divides an hour or a day, such as 15, 30, 60, 120, 360 or 1440."
    raise UsageError(message)


def _ci(every: int) -> str:
    secrets = "\n".join(f"      {name}: ${{{{ secrets.{name} }}}}" for name in _variables())
    return f"""\
# Written by `indicia schedule --as ci` ({__version__}). Save as .github/workflows/refresh.yml.
# Keys are secrets of the repository; a source whose key is absent is skipped as not configured.
name: refresh
on:
  schedule:
    - cron: "{_cron_times(every)}"
  workflow_dispatch:
concurrency:
  group: refresh
  cancel-in-progress: false
permissions:
  contents: read
jobs:
  refresh:
    runs-on: ubuntu-latest
    timeout-minutes: 350
    env:
      INDICIA_HOME: ${{{{ github.workspace }}}}/home
{secrets}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - uses: actions/cache/restore@v4
        with:
          path: home
          key: home-${{{{ github.run_id }}}}
          restore-keys: home-
      - run: pip install --require-hashes -r requirements.lock && pip install --no-deps .
      - run: indicia refresh --report refresh.json
      - uses: actions/cache/save@v4
        if: always()
        with:
          path: home
          key: home-${{{{ github.run_id }}}}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: refresh-report
          path: refresh.json
"""


def _stay(every: int, rounds: int) -> None:
    """Refresh what is due, wait, and again, until told to stop.

    A signal ends a refresh where it stands: nothing is published, the lock is released, and what was
    read lies in the archive for the next one.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    done = 0
    while True:
        _refresh_once()
        done += 1
        if rounds and done >= rounds:
            return
        wait = every * 60 * (1 + JITTER_SHARE * random.uniform(-1, 1))  # noqa: S311 -- spreads requests, guards nothing
        screen.say(f"waiting {wait / 60:.0f} minutes")
        threading.Event().wait(wait)


def _refresh_once() -> None:
    with screen.progress(quiet=False) as progress:
        jobs = providers.chosen(providers.find().jobs, [])
        tasks = work.live_tasks(
            jobs, os.environ, is_due=refreshing.is_due, watch=progress.watch
        )
        try:
            outcome = refreshing.carry_out(tasks, progress, store_home() / "last-refresh.json")
        except IndiciaError as error:
            screen.say(f"indicia: {error} The next look tries again.")
            return
    if outcome.reports:
        output.refreshed(outcome, as_json=False)


def _stop(number: int, _frame: FrameType | None) -> None:
    screen.say(f"stopped by {signal.Signals(number).name}")
    raise SystemExit(0)
