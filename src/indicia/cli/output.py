"""What the commands print and write."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from indicia.answers import claimed as by_organisation
from indicia.answers import claims, flagged, leads, reviews, rules, taking, versions
from indicia.answers.leads import Filters
from indicia.cli import providers, screen
from indicia.cli.work import Outcome
from indicia.errors import UsageError
from indicia.reference.compute.claims import Claim
from indicia.review import Act, Journal, tables
from indicia.store import Store, home, pointer

ENDINGS = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".geojson": "geojson",
    ".gpkg": "geopackage",
    ".json": "geojson",
}
QUEUE_COLUMNS = (
    "facility_id",
    "name",
    "country_iso2",
    "verdict",
    "support_bans",
    "strongest_rival",
    "coverage",
    "next_indicator",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wants in an export."""

    asked: Mapping[str, tuple[str, ...]]
    text: str = ""
    by: str = "command line"


def refreshed(outcome: Outcome, *, as_json: bool) -> None:
    """What each source brought, then the version that was published."""
    rows: list[Mapping[str, object]] = [
        {
            "source": r.source,
            "outcome": r.outcome,
            "rows_in": r.rows_in,
            "kept": r.rows_kept,
            "rejected": r.rows_rejected,
            "added": r.delta.added,
            "changed": r.delta.changed,
            "vanished": r.delta.vanished,
            "requests": r.meter.requests,
            "bytes": r.meter.read_bytes,
            "issues": len(r.issues),
            "message": r.message,
        }
        for r in outcome.reports
    ]
    if not as_json:
        rows = [{k: v for k, v in row.items() if k != "message"} for row in rows]
    screen.answer(rows, as_json=as_json, title="refresh")
    for report in outcome.reports:
        if report.outcome == "not configured":
            screen.say(
                f"{report.message} Then run `indicia refresh {report.source}`; nothing has failed."
            )
        for issue in report.issues[:5]:
            screen.say(
                f"{issue['severity']}: {report.source}: {issue['place']}: expected {issue['expected']}, received {issue['received']}. {issue['remedy']}."
            )
        if len(report.issues) > 5:  # noqa: PLR2004 -- the first five are shown above
            screen.say(
                f"… and {len(report.issues) - 5} more issues of {report.source}, on the page Sources."
            )
    screen.say(
        f"published store {outcome.manifest.sequence}, data version {outcome.manifest.data_version}"
    )


def queue(
    store: Store, asked: Mapping[str, tuple[str, ...]], limit: int, *, as_json: bool
) -> None:
    """The ranked queue as narrowed, and why it is as short as it is."""
    decided = reviews.decided(store, Journal(home()).events([tables.STATE]))
    filters = Filters.of(asked, decided=reviews.of_facilities(decided))
    found = leads.queue(store, filters, limit=limit)
    counts = leads.tally(store, filters)
    if as_json:
        rows = list(found.select(QUEUE_COLUMNS).iter_rows(named=True))
    else:
        rows = [
            {
                "facility": row["name"],
                "country": row["country_iso2"],
                "verdict": row["verdict"],
                "support (bans)": f"{row['support_bans']:+.2f}",
                "over": row["strongest_rival"],
                "computable": row["coverage"],
                "next": row["next_indicator"],
            }
            for row in found.iter_rows(named=True)
        ]
    screen.answer(
        rows, as_json=as_json, title=f"queue of store {store.data_version} ({store.kind})"
    )
    screen.say(
        ", ".join(f"{k}: {v}" for k, v in sorted(counts.items())) or "nothing has been assessed"
    )
    if not counts.get("lead"):
        for row in leads.why_not_more(store).iter_rows(named=True):
            screen.say(f"{row['facilities_count']}: {row['reason']}")


def export(
    store: Store,
    home: Path,
    target: Path,
    fmt: str,
    wish: Wish,
    *,
    machine: bool,
    as_json: bool,
) -> None:
    """Write the list, once that is written down; the cited version is kept as long as the home exists."""
    chosen = fmt or ENDINGS.get(target.suffix.lower(), "")
    if not chosen:
        message = f"{target}: the ending names no format. Use one of {', '.join(ENDINGS)}, or --format."
        raise UsageError(message)
    journal, now = Journal(home), datetime.now(UTC)
    decided = reviews.decided(store, journal.events([tables.STATE]))
    filters = Filters.of(wish.asked, wish.text, reviews.of_facilities(decided))
    found = flagged.flagged(store, filters, now=now, decided=decided)
    withheld = [
        name for name, job in providers.find().jobs.items() if not job.source.is_redistributable
    ]
    act = Act(wish.by, now, store.data_version)
    taking.written_down(journal, act, store, found, chosen, "command")
    path = flagged.write(found, target, chosen, machine=machine, withheld=withheld)
    facts = {
        "file": str(path),
        "list_id": found.stamp.list_id,
        "rows": found.rows.height,
        "data_version": store.data_version,
        "rules_version": store.rules_version,
        "query": found.stamp.query,
        "unreviewed": found.unreviewed_count,
    }
    screen.answer([facts], as_json=as_json, title="export")


def changes(home: Path, source: str, since: date | None, limit: int, *, as_json: bool) -> None:
    """Values added, changed and withdrawn, one per line."""
    with Store.open(home) as store:
        found = versions.changes(store, source, since, limit)
    rows = list(found.iter_rows(named=True))
    if not as_json:
        rows = [
            {
                "public": f"{row['published_utc']:%Y-%m-%d}",
                "change": row["change"],
                "where": f"{row['table_name']} {row['column_name']} {row['row_key']}",
                "was": row["was"],
                "became": row["became"],
            }
            for row in rows
        ]
    screen.answer(rows, as_json=as_json, title=f"changes of {source}")


def ruled(chip: str, to: str, on: str, hq: str, regime: str, *, as_json: bool) -> None:
    """The policy clock's answer with its reason, for every part that a short name may mean."""
    parts = rules.parts_named(chip)
    answers = [rules.decision(p, to.upper(), on, hq.upper() or None, regime) for p in parts]
    if as_json:
        screen.answer([asdict(a) | {"caveat": rules.NO_ADVICE} for a in answers], as_json=True)
        return
    for part, found in zip(parts, answers, strict=True):
        screen.answer(
            [{"answer": rules.ANSWERS[found.answer], "because": found.sentence}],
            as_json=False,
            title=f"{part} to {to} on {on}, as {regime}",
        )
        if rests_on := list(rules.facts(found).iter_rows(named=True)):
            screen.answer(rests_on, as_json=False)
    screen.say(rules.NO_ADVICE)


def claimed_by(folder: Path, name: str, *, as_json: bool) -> None:
    """Computing one organisation claimed per year, against the hardware disclosed."""
    with Store.open(folder) as store:
        own, disclosed, years = by_organisation.of_organisation(store, name)
    if as_json:
        parts = {"claims": own, "hardware": disclosed, "years": years}
        rows = [{k: list(v.iter_rows(named=True)) for k, v in parts.items()}]
        screen.answer(rows, as_json=True, title=name)
        return
    shown = {
        "claimed, and what its hardware could give": by_organisation.shown_years(years).select(
            pl.selectors.matches("^(year|claimed|could give at 35%|claimed / could.*)$")
        ),
        "claims": by_organisation.shown_claims(own).select(
            "model", "published_date", "basis", "operations"
        ),
        "hardware disclosed": by_organisation.shown_hardware(disclosed).select(
            "on_date", "chip_text", number="accelerators_count", kind="kind"
        ),
    }
    for title, frame in shown.items():
        screen.answer(
            list(frame.iter_rows(named=True)), as_json=False, title=f"{name}: {title}"
        )
    if disclosed.is_empty():
        screen.say(by_organisation.NO_HARDWARE)
    screen.say(by_organisation.LEFT_OPEN)
    screen.say(by_organisation.HOW)


def _of_store(model: str) -> tuple[Claim, str] | None:
    """The claim of a model that only the store knows."""
    if model in claims.published() or not pointer(home()):
        return None
    with Store.open(home()) as store:
        if model not in by_organisation.models(store):
            return None
        return by_organisation.of_model(store, model)


def claimed(model: str, own: Claim, *, as_json: bool) -> None:
    """All published claims, or one (published, or given on the command line) in full."""
    stated = (
        own.flop,
        own.active_params_b,
        own.tokens_t,
        own.accelerator_hours,
        own.accelerators,
        own.days,
        own.chip_class,
    )
    is_given = any(value is not None for value in stated)
    if not model and not is_given:
        shown = claims.overview() if as_json else claims.overview().drop("band", "operations")
        rows = list(shown.iter_rows(named=True))
        screen.answer(rows, as_json=as_json, title="published training claims")
        screen.say(claims.NO_VERDICT)
        return
    if not is_given and (held := _of_store(model)):
        claim, why = held
        found = claims.implied(claim)
        rows = [asdict(found)] if as_json else list(claims.facts(found).iter_rows(named=True))
        screen.answer(rows, as_json=as_json, title=model)
        screen.say(f"{why} {claims.NO_VERDICT}".strip())
        return
    if not is_given and model not in claims.published():
        message = f"no published claim is named {model}. Known: {', '.join(claims.published())}. Or give --parameters and --tokens, or --flop."
        raise UsageError(message)
    found = claims.implied(own if is_given else claims.of_model(model))
    rows = [asdict(found)] if as_json else list(claims.facts(found).iter_rows(named=True))
    screen.answer(rows, as_json=as_json, title=found.model)
    screen.say(claims.NO_VERDICT)
