"""What `indicia doctor` looks at: the program, the jobs, the store, the archive."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from indicia import __version__, bundled
from indicia.cli.providers import Found
from indicia.errors import IndiciaError
from indicia.review import Journal, access
from indicia.schema import FETCH
from indicia.sources.archive import Archive
from indicia.sources.contract import Fetch
from indicia.store import Store, current

FINE, NOTE, PROBLEM = "fine", "note", "problem"
SAMPLED = 50


def run(home: Path, found: Found) -> list[Mapping[str, object]]:
    """One row per check: what, its state, and what to do."""
    rows = [
        _row(
            "program",
            FINE,
            f"indicia {__version__}, Python {platform.python_version()}, {'clone' if bundled.is_clone() else 'wheel'} at {bundled.ROOT}",
        ),
        _row(
            "home",
            FINE if home.exists() else NOTE,
            f"{home}{'' if home.exists() else ' does not exist yet; a refresh or `indicia demo` makes it'}",
        ),
    ]
    rows += [
        _row(n if "/" in n else f"provider {n}", PROBLEM, f"cannot be loaded: {why}")
        for n, why in found.broken.items()
    ]
    rows.append(
        _row(
            "jobs",
            FINE if found.jobs else PROBLEM,
            f"{len(found.jobs)} sources: {', '.join(sorted(found.jobs))}"
            if found.jobs
            else "no source is installed",
        )
    )
    rows += [
        _key(name, job.source.key_variable, optional=job.source.key_is_optional)
        for name, job in sorted(found.jobs.items())
        if job.source.key_variable and name not in found.broken
    ]
    return [*rows, *_store(home), _journal(home), _access(home)]


def _journal(home: Path) -> Mapping[str, object]:
    try:
        made, held = current(home), Journal(home)
        held.require(made.judged_count if made else 0)
        pairs, position = held.judgements().height, held.position
    except IndiciaError as error:
        return _row("journal", PROBLEM, str(error))
    if not position:
        return _row("journal", FINE, "no judgement yet")
    return _row(
        "journal",
        FINE,
        f"{pairs} judged pairs, {position} entries; copy {held.path.name} with your backups",
    )


def _access(home: Path) -> Mapping[str, object]:
    try:
        rules = access.rules(home)
    except IndiciaError as error:
        return _row("access", PROBLEM, f"{error} Until then nobody can write.")
    if rules.is_open:
        return _row("access", FINE, "whoever reaches the app may read, review and approve")
    approvers = sum("approve" in p.roles for p in rules.people)
    told = f"{len(rules.people)} people named, {approvers} of them may approve"
    return _row("access", FINE if approvers else NOTE, told)


def _key(name: str, variable: str, *, optional: bool) -> Mapping[str, object]:
    if os.environ.get(variable):
        return _row(name, FINE, f"{variable} is set")
    lack = (
        "works without, with less"
        if optional
        else f"not configured, live refresh is skipped. Set it, then run `indicia refresh {name}`"
    )
    return _row(name, NOTE, f"{variable} is not set: {lack}")


def _store(home: Path) -> list[Mapping[str, object]]:
    try:
        made = current(home)
        if not made:
            return [
                _row(
                    "store",
                    NOTE,
                    "nothing published yet; run `indicia demo` or `indicia refresh`",
                )
            ]
        with Store.open(home) as store:
            fetches = store.sql(
                f'SELECT * FROM "{FETCH.name}" ORDER BY fetched_utc DESC LIMIT {SAMPLED}'
            )
            rows = [
                _row(
                    "store",
                    FINE,
                    f"store {made.sequence}, data version {made.data_version}, kind {made.kind}, published {made.published_utc}",
                )
            ]
        archive = Archive(home)
        for row in fetches.iter_rows(named=True):
            archive.body(Fetch(**row))
    except IndiciaError as error:
        return [_row("store", PROBLEM, str(error))]
    rows.append(_row("archive", FINE, f"the newest {fetches.height} bodies are whole"))
    return rows


def _row(what: str, state: str, finding: str) -> Mapping[str, object]:
    return {"check": what, "state": state, "finding": finding}
