"""What a live refresh would ask, without asking: read from the store, without network or lock."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from indicia.errors import IndiciaError
from indicia.sources import known
from indicia.sources.asking import Circumstances
from indicia.sources.contract import Job, Request
from indicia.sources.guard import guarded
from indicia.sources.known import Known
from indicia.sources.secrets import Secrets
from indicia.store import Store

FILES_ONLY = "read from files only: --from"


def asks_anything(job: Job, state: Known, environ: Mapping[str, str], now: datetime) -> bool:
    """Whether the job asks a publisher at all; a plan that fails is asked, so that it is reported."""
    try:
        return bool(guarded(job).plan(Circumstances(environ, now, None, state).asked))
    except IndiciaError:
        return True


def requests(
    home: Path,
    jobs: Sequence[Job],
    environ: Mapping[str, str],
    since: date | None,
    *,
    only_due: bool,
) -> Sequence[Mapping[str, object]]:
    """One row per request that is known beforehand; keys appear by the name of their variable."""
    now = datetime.now(UTC)
    secrets = Secrets()
    for job in jobs:
        if value := environ.get(job.source.key_variable or "-", "").strip():
            secrets.add(value)
    rows: list[Mapping[str, object]] = []
    with Store.open(home) as store:
        for job in jobs:
            state, source = known.of(store, job.source), job.source
            has_key = source.has_key(environ)
            if only_due and not state.is_due(source, now, has_key=has_key):
                continue
            head = {
                "source": source.id,
                "held until": str(state.held_until or ""),
                "state": "" if has_key else f"not configured: set {source.key_variable}",
            }
            try:
                plan = guarded(job).plan(Circumstances(environ, now, since, state).asked)
            except IndiciaError as error:
                rows.append({**head, "state": secrets.hide(str(error)), **_nothing()})
                continue
            if not plan and not only_due:
                rows.append({**head, "state": FILES_ONLY, **_nothing()})
            rows += [{**head, **_row(r, state, secrets)} for r in plan]
    return rows


def _nothing() -> Mapping[str, object]:
    return {"method": "", "address": "", "form": "", "keys": "", "if changed": ""}


def _row(request: Request, state: Known, secrets: Secrets) -> Mapping[str, object]:
    earlier = state.loaded.get(request.place)
    is_conditional = earlier and (earlier.etag or earlier.last_modified_utc)
    named = {**request.secret_params, **request.secret_headers}
    return {
        "method": "POST" if request.form else "GET",
        "address": secrets.hide(request.place.partition("#form=")[0]),
        "form": secrets.hide(request.form),
        "keys": ", ".join(f"{name} from {variable}" for name, variable in named.items()),
        "if changed": "yes" if is_conditional else "",
    }
