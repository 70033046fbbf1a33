"""One facility as one printable file: HTML without scripts, addresses or anything from outside.

All text of sources is escaped, and web addresses stand as text, so that the file does nothing when opened.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

import polars as pl

from indicia.answers import facility, insight, timeline, waterfall, words
from indicia.answers.export_stamp import CAVEAT, KIND_NOTES
from indicia.answers.facility import Dossier
from indicia.answers.flagged import UNSAID
from indicia.answers.identity import PUBLISHED_IDS
from indicia.answers.reader import Reader
from indicia.store import Store

MOST_EVIDENCE, MOST_MARKS, MOST_NEXT = 6, 8, 3
NOT_LISTED = ("rule", "evidence", "zone base load", "trade lane")  # said elsewhere, or series
UNSAFE, LONGEST_NAME = re.compile(r"[^A-Za-z0-9_-]+"), 80
STYLE = """
@page { size: A4; margin: 10mm }
* { box-sizing: border-box }
body { font: 8.2pt/1.3 system-ui, sans-serif; color: #111; background: #fff; margin: 0 auto; padding: 6mm; max-width: 200mm }
h1 { font-size: 14pt; margin: 0 0 1mm } h2 { font-size: 9pt; margin: 2.5mm 0 0.8mm; border-bottom: 0.3mm solid #888 }
p { margin: 0 0 1mm } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 0.3mm 1.5mm 0.3mm 0; border-bottom: 0.1mm solid #ccc; overflow-wrap: break-word }
th { font-weight: 600 } .last td:last-child { overflow-wrap: anywhere; font-size: 6.8pt }
.mark { border: 0.4mm solid #111; padding: 1mm 1.5mm; font-weight: 600 } .said { font-size: 10pt; font-weight: 600 }
.small { font-size: 7pt; color: #444 } .three { display: flex; gap: 5mm } .three > * { flex: 1 1 0 }
tr { break-inside: avoid } h2 { break-after: avoid }
@media print { body { padding: 0; max-width: none } }
"""


@dataclass(frozen=True, slots=True)
class Brief:
    """What the file says, as frames and sentences of the dossier.

    Args:
        head: The head of the dossier.
        doubt, tests, review: Sentences; empty where there is none.
        chips, steps, rivals, following, marks, evidence: As the dossier's answers give them; marks are
            dated, the newest first.
        store_kind: Starter, live, synthetic or empty.
        versions: What speaks, by name: data, rules, program, as of.
        made_utc: When the file was made.
    """

    head: Dossier
    doubt: str
    tests: str
    review: str
    chips: pl.DataFrame
    steps: pl.DataFrame
    rivals: pl.DataFrame
    following: pl.DataFrame
    marks: pl.DataFrame
    evidence: pl.DataFrame
    store_kind: str
    versions: dict[str, str]
    made_utc: datetime


def of_facility(
    store: Reader,
    facility_id: str,
    versions: dict[str, str],
    now: datetime,
    review: str = "",
    closed: frozenset[str] = frozenset(),
) -> Brief | None:
    """Gather the brief of one facility; None where no such facility is held.

    Args:
        store: The store.
        facility_id: Which facility.
        versions: What speaks, as `versions` says it.
        now: When the file is made.
        review: How far people are with it, in one sentence.
        closed: Sources whose terms keep their values out of files: their statements and rows are left out.
    """
    head = facility.dossier(store, facility_id)
    if head is None:
        return None
    own = head.facility_id
    marks = timeline.of_facility(store, own).filter(~pl.col("source").is_in(sorted(closed)))
    evidence, doubt = facility.evidence(store, own), insight.doubt(store, own)
    shut = evidence.filter(pl.col("source").is_in(sorted(closed)))["evidence_id"].unique()
    unsaid = evidence.filter(pl.col("evidence_id").is_in(shut.implode()))["statement"].to_list()
    newest = marks.filter(
        pl.col("starts_date").is_not_null(), ~pl.col("lane").is_in(NOT_LISTED)
    ).sort("starts_date", "lane", "label", descending=[True, False, False])
    return Brief(
        head=head,
        doubt=UNSAID if any(doubt.endswith(said) for said in unsaid) else doubt,
        tests=insight.tests(store, own),
        review=review,
        chips=facility.chips(store, own),
        steps=waterfall.steps(store, own, head.strongest_rival or "H2"),
        rivals=facility.rivals(store, own),
        following=insight.following(store, own),
        marks=newest,
        evidence=evidence.with_columns(
            pl.when(~pl.col("evidence_id").is_in(shut.implode()))
            .then(pl.col("statement"))
            .otherwise(pl.lit(UNSAID)),
            pl.when(~pl.col("evidence_id").is_in(shut.implode()))
            .then(pl.col("quote"))
            .alias("quote"),
        ),
        store_kind=store.kind,
        versions=versions,
        made_utc=now,
    )


def may_be_taken(store: Reader, facility_id: str, closed: frozenset[str]) -> bool:
    """Whether the terms of every source of the facility's own facts allow a file of it."""
    found = store.sql(
        f"SELECT source FROM published_facility WHERE facility_id IN {PUBLISHED_IDS} "
        "UNION SELECT source FROM facility_party WHERE facility_id = $id",
        {"id": facility_id},
    )
    return closed.isdisjoint(found["source"].to_list())


def versions(store: Store) -> dict[str, str]:
    """What speaks, by name."""
    made = store.manifest
    return {
        "data": made.data_version, "rules": made.rules_version, "program": made.code_version,
        "as of": store.as_of.isoformat() if store.as_of else "",
    }  # fmt: skip


def file_name(facility_id: str) -> str:
    """A name that every file system takes."""
    return f"indicia-{UNSAFE.sub('-', facility_id)[:LONGEST_NAME]}.html"


def html(brief: Brief) -> str:
    """The file: one page of A4 where the evidence allows, with the caveats inside."""
    head = brief.head
    made = f"{brief.made_utc.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    versions = " · ".join(f"{k} {v}" for k, v in brief.versions.items() if v)
    parts = [
        _p(KIND_NOTES[brief.store_kind], "mark") if brief.store_kind != "live" else "",
        f"<h1>{escape(head.name)}</h1>",
        _p(f"{head.where} · place known to: {head.precision} · class: {head.site_class} · {head.facility_id}"),
        _p(head.sentence, "said"),
        _p(head.confidence),
        _p(head.admissibility),
        _p(f"Verdict {head.verdict}. Support {head.support}; with a fifth to five times the prior {head.prior_range}. "
           f"Indicators computable: {head.coverage}."),
        _p(f"Review: {brief.review}") if brief.review else "",
        _p(f"{words.NOT_A_PROBABILITY} {CAVEAT}", "small"),
        '<div class="three">',
        _section("Families of evidence", ("family", "state", "indicators"), [
            (c["family"], c["state"], words.tally(c)) for c in brief.chips.iter_rows(named=True)]),
        _section("How support adds up",
                 ("step", "bans"), [
            (f"{s['label']} {s['note']}".strip(), f"{s['weight_bans']:+.2f}") for s in brief.steps.iter_rows(named=True)]),
        _section("Competing explanations", ("explanation", "support over it (bans)"), [
            (f"{r['rival']} {r['explanation']}", f"{r['support_bans']:+.2f}")
            for r in brief.rivals.iter_rows(named=True)]),
        "</div>",
        "<h2>What speaks against it, and what would change it</h2>",
        _p(brief.doubt or "No counted item speaks against H1 beside its strongest rival."),
        _table(("worth knowing next", "if it flagged (bans)", "if not (bans)"), [
            (f"{n['indicator']} {n['indicator_title'] or ''}", f"{n['flag_change_bans']:+.2f}",
             f"{n['no_flag_change_bans']:+.2f}")
            for n in brief.following.head(MOST_NEXT).iter_rows(named=True)]),
        _p(brief.tests, "small"),
        _section(_cut("On record, the newest first", brief.marks.height, MOST_MARKS),
                 ("date", "kind", "what", "status", "source"), [
            (_when(m), m["lane"], _amount(m), m["status"] or "", m["source"])
            for m in brief.marks.head(MOST_MARKS).iter_rows(named=True)]),
        _evidence(brief.evidence),
        _p(f"Made {made} from {versions}. {head.freshness}.", "small"),
    ]  # fmt: skip
    title = escape(f"{head.name} · indicia brief")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body></html>\n"
    )


def _evidence(found: pl.DataFrame) -> str:
    """The first pieces of evidence, each with its source, quotation and the hash of the archived body."""
    counted = found.filter("is_counted").unique(
        "evidence_id", keep="first", maintain_order=True
    )
    rows = [
        (
            f"{e['indicator']} {e['result']}",
            e["statement"],
            " · ".join(
                str(v)
                for v in (
                    e["source"], e["quote"] and f"“{e['quote']}”", e["source_url"],
                    e["retrieved_utc"] and f"retrieved {e['retrieved_utc']:%Y-%m-%d}",
                    e["archived_sha256"] and f"sha256 {e['archived_sha256']}",
                ) if v
            ),
        )
        for e in counted.head(MOST_EVIDENCE).iter_rows(named=True)
    ]  # fmt: skip
    title = _cut("Evidence with its sources", counted.height, MOST_EVIDENCE)
    heads = ("indicator", "statement", "source, quotation, archived hash")
    return _section(title, heads, rows, "last")


def _cut(title: str, held: int, most: int) -> str:
    return f"{title} ({most} of {held:,}; all in the dossier)" if held > most else title


def _when(mark: dict[str, object]) -> str:
    ends = f" to {mark['ends_date']}" if mark["ends_date"] else ""
    known = "" if mark["date_precision"] == "day" else f" ({mark['date_precision']})"
    return f"{mark['starts_date']}{ends}{known}"


def _amount(mark: dict[str, object]) -> str:
    label = str(mark["label"] or "")
    if mark["value"] is None:
        return label
    kind = "plan or forecast" if mark["is_projection"] else "estimate"
    marked = f", {kind}" if mark["is_projection"] or mark["is_estimate"] else ""
    return f"{label} · {mark['value']:,.1f} {mark['unit'] or ''}{marked}"


def _p(text: str, kind: str = "") -> str:
    look = f' class="{kind}"' if kind else ""
    return f"<p{look}>{escape(text)}</p>" if text else ""


def _section(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], kind: str = ""
) -> str:
    look = f' class="{kind}"' if kind else ""
    body = _table(heads, rows) or _p("None.")
    return f"<section{look}><h2>{escape(title)}</h2>{body}</section>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    if not rows:
        return ""
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(v))}</td>" for v in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
