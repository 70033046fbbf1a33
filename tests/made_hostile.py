"""The invented store once more, with text that means harm in every free-text field of every table."""

from datetime import date
from pathlib import Path

import made_store
import polars as pl

from indicia.review import Act, Journal, cases, desk
from indicia.schema import ASSESSMENTS, FETCH, ISSUE, OBSERVATIONS, RESOLVED, RUN, Table
from indicia.store import Build, Store

# A formula, HTML, Markdown, a directive of Streamlit, mathematics, bare addresses, and characters
# that turn the direction of what follows or cannot be seen.
POISON = (
    '=1+1 <script>alert(1)</script><img src=x onerror="alert(1)"> **bold** _it_ `code` ~~gone~~ '
    "[link](https://harm.example) ![pic](https://harm.example/p.png) <https://harm.example> "
    ":red[red] :material/delete: $x^2$ | # www.harm.example https://harm.example a@harm.example "
    "\u202eturned\u2066\u200f \u200bunseen\ufeff"
)
ID = "made-hostile"
CODES = {
    "facility_id": ID, "country_iso2": "MY", "headquarters_iso2": "MY", "countries_iso2": "MY", "shipper_iso2": "TW",
    "consignee_iso2": "MY", "origin_iso2": "TW", "destination_iso2": "MY", "reporter_iso3": "TWN", "partner_iso3": "MYS",
    "hs_code": "847150", "period": "2024-03", "as_of": "2024-03", "currency": "MYR", "list_code": "EL",
    "document_sha256": made_store.SHA,
}  # fmt: skip
CHOSEN = {
    "coord_precision": "site", "site_class": "ai", "date_precision": "day", "scope_kind": "process", "frequency": "monthly",
}  # fmt: skip
KEPT = {  # what results link by, and what is one of a few words without the schema saying so
    "evidence_id", "indicator", "family", "scope_id", "table_name", "row_key", "source", "fetch_id", "reliability",
    "prior_class", "strongest_rival", "next_indicator", "doubt_evidence_id", "unit",
}  # fmt: skip
NUMBERS = {"year": 2024, "owned_share": 0.5, "weight_share": 0.9}


def planted(table: Table) -> dict[str, object]:
    """One row of an observation table whose every free text is `POISON`; codes and choices are sound."""
    row: dict[str, object] = {}
    for column in table.columns:
        if column.one_of:
            wanted = CHOSEN.get(column.name)
            value: object = wanted if wanted in column.one_of else column.one_of[0]
        elif column.dtype == pl.String:
            value = CODES.get(column.name, POISON)
        elif column.dtype == pl.Date:
            value = date(2024, 3, 1)
        elif column.dtype == pl.Boolean:
            value = False
        elif isinstance(column.dtype, pl.Datetime):
            value = made_store.NOW
        else:
            value = NUMBERS.get(column.name, 1)
            value = float(value) if column.dtype == pl.Float64 else value
        row[column.name] = value
    return row


def turned(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with every free text replaced by `POISON`."""
    texts = [
        c.name for c in table.columns
        if c.dtype == pl.String and not c.one_of and c.name not in KEPT and c.name not in table.key
        and not c.name.endswith("_id")
    ]  # fmt: skip
    return frame.with_columns(pl.lit(POISON).alias(name) for name in texts)


def build(home: Path) -> Path:
    """Publish it under `home`: the planted facility is assessed like the boldest one, and people say harm too."""
    rows = {table.name: [planted(table)] for table in OBSERVATIONS}
    made_store.build(home, rows, Journal(home).judgements())
    with Store.open(home) as store:
        whole = {t: store.sql(f'SELECT * FROM "{t.name}"') for t in (*RESOLVED, *ASSESSMENTS)}
        fetched, ran, wrong = (
            store.sql(f'SELECT * FROM "{t.name}" LIMIT 1') for t in (FETCH, RUN, ISSUE)
        )
    results = {
        t.name: turned(t, f).with_columns(pl.col("^facility_id$").replace(made_store.BOLD, ID))
        for t, f in whole.items()
        if t in ASSESSMENTS
    }
    with Build(home) as made:
        made.record(
            FETCH,
            turned(FETCH, fetched).with_columns(
                fetch_id=pl.lit("fetch-3"), sha256=pl.lit(made_store.SHA)
            ),
        )
        made.record(
            RUN, turned(RUN, ran).with_columns(run_id=pl.lit("3"), outcome=pl.lit("failed"))
        )
        made.record(ISSUE, turned(ISSUE, wrong))
        made.replace_assessments(
            {t.name: f for t, f in whole.items() if t in RESOLVED} | results
        )
        version = made.publish(
            rules_version="invented-rules-2", kind="synthetic", now=made_store.LATER
        ).data_version
    _said(Journal(home), Act(POISON[:40], made_store.LATER, version))
    return home


def _said(journal: Journal, act: Act) -> None:
    """What people can write: a view, a decision, a note, a watchlist, a dispute."""
    one = cases.Case(ID, {"verdict": "lead", "support_bans": 0.9})
    desk.save_view(journal, act, POISON[:60], "leads", "q=harm")
    cases.decide(journal, act, "facility", [one], "watching", POISON)
    cases.note(journal, act, "facility", one, POISON)
    cases.watch(journal, act, "facility", [one], POISON[:60])
    cases.dispute(
        journal,
        act,
        "facility",
        one,
        asked_by=cases.ASKERS[0],
        what=POISON,
        status="received",
        public=POISON,
    )
