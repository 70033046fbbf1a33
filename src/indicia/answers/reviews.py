"""What people decided, laid over a store: the last state of every case, a queue, its history.

Decisions lie in the journal and are laid anew over every store that is opened. A decision on an id
that was since merged counts for the facility or organisation it stands for now.
"""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from indicia.answers.reader import Reader
from indicia.review import Case, tables
from indicia.review.cases import APPROVED, BEFORE_APPROVAL, JUDGED, NEW, STATES, SUBJECTS
from indicia.schema import UTC

MARKS = {
    "new": "○ new", "triage": "◔ triage", "watching": "◑ watching", "dismissed": "✕ dismissed",
    "reviewed": "◕ reviewed", "approved": "● approved",
}  # fmt: skip
PEOPLE_DECIDE = "States are people's decisions. They say nothing about the evidence, and the score does not follow them."
KINDS = {
    tables.STATE: "state", tables.NOTE: "note", tables.WATCH: "watchlist", tables.DISPUTE: "dispute",
}  # fmt: skip
COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "subject": pl.String,
    "id": pl.String,
    "state": pl.String,
    "reason": pl.String,
    "done_by": pl.String,
    "at_utc": UTC,
    "reviewed_by": pl.String,
    "seen_verdict": pl.String,
    "seen_bans": pl.Float64,
    "store_version": pl.String,
    "event_id": pl.Int64,
}
DECIDED = pl.Schema(COLUMNS)
_REDIRECTS = {
    "facility": "SELECT published_id AS told_id, facility_id AS id FROM facility_identity",
    "organisation": "SELECT record_id AS told_id, entity_id AS id FROM party_record",
}
_NOW = """
    SELECT 'facility' AS subject, facility_id AS id, name, country_iso2, verdict, support_bans
    FROM (SELECT facility_id, any_value(name) AS name, any_value(country_iso2) AS country_iso2
          FROM facility GROUP BY ALL) LEFT JOIN assessment USING (facility_id)
    WHERE list_contains($ids::VARCHAR[], facility_id)
    UNION ALL
    SELECT 'organisation', entity_id, o.name, countries_iso2, verdict, support_bans
    FROM organisation o LEFT JOIN subject_assessment s ON subject_kind = 'entity' AND subject_id = entity_id
    WHERE list_contains($ids::VARCHAR[], entity_id)
    UNION ALL
    SELECT 'lane', subject_id, name, NULL, verdict, support_bans FROM subject_assessment
    WHERE subject_kind = 'lane' AND list_contains($ids::VARCHAR[], subject_id)
"""


def told(store: Reader, events: pl.DataFrame) -> pl.DataFrame:
    """Entries with the `id` that each stands for in this store, the oldest first.

    Args:
        store: The store.
        events: Entries of the journal.

    Returns:
        The entries and `id`; `told_id` is what was written.
    """
    found = events.with_columns(told_id=pl.col("ids").list.first())
    wanted = found["told_id"].unique().to_list()
    leads_to = [
        store.sql(
            f"FROM ({query}) WHERE list_contains(?::VARCHAR[], told_id)", [wanted]
        ).with_columns(subject=pl.lit(subject))
        for subject, query in _REDIRECTS.items()
    ]
    redirects = pl.concat(leads_to).unique(
        ["subject", "told_id"], keep="first", maintain_order=True
    )
    return (
        found.join(redirects, on=["subject", "told_id"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("id", "told_id").alias("id"))
        .sort("event_id")
    )


def decided(store: Reader, events: pl.DataFrame) -> pl.DataFrame:
    """The last state of every case that somebody decided on, as rows of `DECIDED`.

    `reviewed_by` is who wrote the review that counts: another person than who approved it.
    """
    said = pl.col("payload").str
    steps = told(store, events.filter(pl.col("kind") == tables.STATE)).with_columns(
        state=said.json_path_match("$.state"),
        reason=said.json_path_match("$.reason"),
        seen_verdict=said.json_path_match("$.seen.verdict"),
        seen_bans=said.json_path_match("$.seen.support_bans").cast(pl.Float64, strict=False),
    )
    reviews = steps.filter(pl.col("state") == BEFORE_APPROVAL).select(
        "subject", "id", reviewed_by="done_by"
    )
    last = steps.unique(["subject", "id"], keep="last", maintain_order=True)
    reviewers = reviews.unique(["subject", "id"], keep="last")
    is_judged = pl.col("state").is_in([BEFORE_APPROVAL, APPROVED])
    return (
        last.join(reviewers, on=["subject", "id"], how="left", maintain_order="left")
        .with_columns(pl.when(is_judged).then("reviewed_by").alias("reviewed_by"))
        .select(DECIDED.names())
        .cast(DECIDED)
    )


def of_facilities(found: pl.DataFrame) -> dict[str, str]:
    """Facility id to state, of those that somebody decided on."""
    rows = found.filter(pl.col("subject") == "facility").select("id", "state")
    return dict(rows.iter_rows())


def marked(frame: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Rows of facilities with `review_state`, `review` (in words, for a table), who and when.

    Args:
        frame: Rows with `facility_id`.
        found: What `decided` answers.

    Returns:
        `frame` and `review_state`, `review`, `reviewed_by`, `approved_by`, `review_utc`,
        `is_judged`: whether a person judged it at all.
    """
    own = found.filter(pl.col("subject") == "facility").select(
        facility_id="id",
        review_state="state",
        reviewed_by=pl.coalesce(
            "reviewed_by", pl.when(pl.col("state") == "dismissed").then("done_by")
        ),
        approved_by=pl.when(pl.col("state") == APPROVED).then("done_by"),
        review_utc="at_utc",
    )
    state = pl.col("review_state")
    return (
        frame.join(own, on="facility_id", how="left", maintain_order="left")
        .with_columns(state.fill_null(NEW))
        .with_columns(review=state.replace(MARKS), is_judged=state.is_in(JUDGED))
    )


def queue(
    store: Reader,
    found: pl.DataFrame,
    waiting: pl.DataFrame,
    states: Collection[str] = (),
    subjects: Collection[str] = (),
) -> pl.DataFrame:
    """Cases by state: what waits for a second person first, then by how far they are, then the newest.

    Args:
        store: The store.
        found: What `decided` answers.
        waiting: Leads that nobody decided on, as rows of `leads.queue`.
        states: Only these; none: all.
        subjects: Only these; none: all.

    Returns:
        `subject`, `id`, `name`, `country_iso2`, `review`, `verdict`, `seen_verdict`, `support_bans`,
        `seen_bans`, `reason`, `done_by`, `at_utc`, `state`, `store_version`, `key`; a null name where this
        store holds no such case.
    """
    fresh = waiting.select(
        pl.lit("facility").alias("subject"),
        pl.col("facility_id").alias("id"),
        pl.lit(NEW).alias("state"),
    )
    rows = pl.concat([found, fresh], how="diagonal").join(
        named(store, [*found["id"], *fresh["id"]]),
        on=["subject", "id"],
        how="left",
        maintain_order="left",
    )
    if states:
        rows = rows.filter(pl.col("state").is_in(list(states)))
    if subjects:
        rows = rows.filter(pl.col("subject").is_in(list(subjects)))
    order = {
        s: n
        for n, s in enumerate(
            ("reviewed", "triage", "new", "watching", "approved", "dismissed")
        )
    }
    return (
        rows.with_columns(
            review=pl.col("state").replace(MARKS), key=pl.format("{}:{}", "subject", "id")
        )
        .sort(
            pl.col("state").replace_strict(order, return_dtype=pl.Int64),
            pl.col("at_utc"),
            pl.col("support_bans"),
            "id",
            descending=[False, True, True, False],
            nulls_last=True,
        )
        .select(
            "subject", "id", "name", "country_iso2", "review", "verdict", "seen_verdict", "support_bans", "seen_bans",
            "reason", "done_by", "at_utc", "state", "store_version", "key",
        )
    )  # fmt: skip


def of_key(key: str) -> tuple[str, str]:
    """Subject and id of a case that a link names as `subject:id`; two empty texts where it names none."""
    subject, _, case_id = key.partition(":")
    return (subject, case_id) if subject in SUBJECTS and case_id else ("", "")


def titled(store: Reader, subject: str, case_id: str) -> str:
    """The name of a case, or its id where this store holds none; text of a source."""
    own = named(store, [case_id]).filter(pl.col("subject") == subject)["name"].to_list()
    return str(own[0]) if own and own[0] else case_id


def is_held(store: Reader, subject: str, case_id: str) -> bool:
    """Whether this version of the data knows the case at all; what people said of it stays either way."""
    return not named(store, [case_id]).filter(pl.col("subject") == subject).is_empty()


def tally(rows: pl.DataFrame) -> str:
    """How many cases are in which state, for example `1 reviewed, 3 triage`."""
    counts = dict(rows.group_by("state").len().iter_rows())
    return ", ".join(f"{counts[s]:,} {s}" for s in STATES if counts.get(s)) or "no case"


def in_words(store: Reader, found: pl.DataFrame, subject: str, case_id: str) -> str:
    """How one case stands: its state, whose it is, and whether the verdict is another one since."""
    own = found.filter(pl.col("subject") == subject, pl.col("id") == case_id)
    if own.is_empty():
        return f"{MARKS[NEW]}: nobody decided on it yet."
    row = own.row(0, named=True)
    review = f"; reviewed by {row['reviewed_by']}" if row["state"] == APPROVED else ""
    said = f"{MARKS[row['state']]}, by {row['done_by']} on {row['at_utc']:%Y-%m-%d}{review}"
    reason = f": {row['reason']}" if row["reason"] else ""
    now = named(store, [case_id]).filter(pl.col("subject") == subject)["verdict"].to_list()
    if row["seen_verdict"] and now and now[0] != row["seen_verdict"]:
        reason += f" Decided when the verdict was {row['seen_verdict']}; it is {now[0]} in these data."
    return f"{said}{reason}"


def history(store: Reader, events: pl.DataFrame, subject: str, case_id: str) -> pl.DataFrame:
    """Everything said of one case, the newest first.

    Returns:
        `at_utc`, `done_by`, `kind`, `step` (state, watchlist or status), `said` (a person's words),
        `told_id` (the id it was written on), `store_version`, `event_id`.
    """
    said = pl.col("payload").str
    is_on = said.json_path_match("$.is_on") == "true"
    listed = pl.format(
        "{} {}",
        pl.when(is_on).then(pl.lit("on")).otherwise(pl.lit("off")),
        said.json_path_match("$.list"),
    )
    return (
        told(store, events)
        .filter(pl.col("subject") == subject, pl.col("id") == case_id)
        .select(
            "at_utc",
            "done_by",
            pl.col("kind").replace(KINDS),
            step=pl.coalesce(
                said.json_path_match("$.state"), said.json_path_match("$.status"), listed
            ),
            said=pl.coalesce(
                *(said.json_path_match(f"$.{k}") for k in ("reason", "text", "what"))
            ),
            told_id="told_id",
            store_version="store_version",
            event_id="event_id",
        )
        .reverse()
    )


def cases(store: Reader, subject: str, ids: Sequence[str]) -> list[Case]:
    """What a decision on these ids is about: other ids of each, and verdict and support as they stand."""
    also: dict[str, tuple[str, ...]] = {}
    if query := _REDIRECTS.get(subject):
        others = store.sql(
            f"SELECT id, list(told_id ORDER BY told_id) AS also FROM ({query}) "
            "WHERE list_contains(?::VARCHAR[], id) GROUP BY ALL",
            [list(ids)],
        )
        also = {i: tuple(others_) for i, others_ in others.iter_rows()}
    now = named(store, ids).filter(pl.col("subject") == subject)
    seen = {
        i: _seen(v, s) for i, v, s in now.select("id", "verdict", "support_bans").iter_rows()
    }
    return [Case(i, also.get(i, ()), seen.get(i, {})) for i in ids]


def names(store: Reader, ids: Sequence[str]) -> dict[str, str]:
    """Names of facilities, organisations and lanes by id."""
    return dict(named(store, ids).select("id", "name").drop_nulls().iter_rows())


def named(store: Reader, ids: Sequence[str]) -> pl.DataFrame:
    """Facilities, organisations and lanes as they stand: `subject`, `id`, `name`, `country_iso2`, `verdict`, `support_bans`."""
    return store.sql(_NOW, {"ids": list(ids)})


def _seen(verdict: str | None, support: float | None) -> Mapping[str, object]:
    return {} if verdict is None else {"verdict": verdict, "support_bans": support}
