"""One facility's dossier: facts, four-state chips, weights, rivals, evidence down to its hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from indicia.answers import catalogue, record_dates, words
from indicia.answers.identity import PUBLISHED_IDS, canonical
from indicia.answers.reader import Reader
from indicia.schema import OBSERVED, RIVALS, stamped

MOST_FOUND = 50
CHANGING = ("facility", "facility_party", "facility_state", "power_site_year")
OBSERVED_HERE = ("facility_state", "power_site_year", "exposure", "document")


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the head of a dossier says."""

    facility_id: str
    name: str
    where: str
    precision: str
    site_class: str
    note: str
    verdict: str
    sentence: str
    confidence: str
    coverage: str
    support: str
    prior_range: str
    strongest_rival: str
    admissibility: str
    next_indicator: str
    freshness: str


def dossier(store: Reader, facility_id: str) -> Dossier | None:
    """The head of the dossier of one facility, or None where no such facility is held.

    An id under which it is also published opens the same dossier.
    """
    rows = store.sql(
        f"""
        SELECT f.*, a.* EXCLUDE (facility_id),
               (SELECT strftime(min(fetched_utc), '%Y-%m-%d') FROM history_facility
                WHERE facility_id IN {PUBLISHED_IDS}) AS first_seen,
               (SELECT strftime(max(r.finished_utc), '%Y-%m-%d') FROM run r
                WHERE r.source = f.source AND r.outcome IN ('loaded', 'unchanged')) AS last_checked
        FROM facility f LEFT JOIN assessment a USING (facility_id)
        WHERE f.facility_id = $id ORDER BY f.source LIMIT 1
        """,
        {"id": canonical(store, facility_id)},
    )
    return _head(rows.row(0, named=True)) if rows.height else None


def _head(facts: Mapping[str, Any]) -> Dossier:
    is_assessed = facts["verdict"] is not None
    return Dossier(
        facility_id=facts["facility_id"],
        name=facts["name"],
        where=", ".join(
            v for v in (facts["place"], facts["admin1"], facts["country_iso2"]) if v
        )
        or "place not stated",
        precision=words.PRECISIONS[facts["coord_precision"] or "unknown"],
        site_class={"ai": "AI"}.get(facts["site_class"], facts["site_class"] or "unknown"),
        note=facts["note"] or "",
        verdict=words.VERDICTS.get(facts["verdict"], words.NOT_ASSESSED),
        sentence=words.verdict(facts),
        confidence=words.confidence(facts),
        coverage=f"{facts['computable_count']} of {facts['applicable_count']}"
        if is_assessed
        else "—",
        support=words.bans(facts["support_bans"]) if is_assessed else "—",
        prior_range=(
            f"{facts['support_low_bans']:+.2f} to {facts['support_high_bans']:+.2f}"
            if is_assessed
            else "—"
        ),
        strongest_rival=facts["strongest_rival"] or "",
        admissibility=facts["admissibility_reason"] or "",
        next_indicator=facts["next_indicator"] or "",
        freshness=(
            f"First seen {facts['first_seen'] or 'unknown'}; last changed "
            f"{facts['fetched_utc']:%Y-%m-%d}; last checked {facts['last_checked'] or 'unknown'}; "
            f"source {facts['source']}"
        ),
    )


def find(store: Reader, text: str, limit: int = MOST_FOUND) -> pl.DataFrame:
    """Facilities whose name, place, id or party contains the text, by name."""
    return store.sql(
        """
        SELECT facility_id, any_value(f.name) AS name, any_value(f.place) AS place,
               any_value(f.admin1) AS admin1, any_value(f.country_iso2) AS country_iso2,
               any_value(coalesce(f.coord_precision, 'unknown')) AS coord_precision,
               string_agg(DISTINCT p.party_name, '; ' ORDER BY p.party_name) AS parties
        FROM facility f LEFT JOIN facility_party p USING (facility_id)
        GROUP BY facility_id
        HAVING contains(lower(concat_ws(' ', facility_id, name, any_value(f.place),
            any_value(f.admin1), parties)), ?)
        ORDER BY name, facility_id LIMIT ?
        """,
        [text.strip().lower(), limit],
    )


def parties(store: Reader, facility_id: str) -> pl.DataFrame:
    """Organisations by role, with how sure their publisher is."""
    return store.sql(
        """
        SELECT role, party_name, certainty, headquarters_iso2, source, source_url
        FROM facility_party WHERE facility_id = ? ORDER BY role, party_name
        """,
        [facility_id],
    )


def chips(store: Reader, facility_id: str) -> pl.DataFrame:
    """One of four states per family, and how many indicators stand behind each."""
    found = store.sql(
        """
        SELECT family,
               count(*) FILTER (result = 'flag') AS flag_count,
               count(*) FILTER (result = 'no_flag') AS no_flag_count,
               count(*) FILTER (result = 'no_data') AS no_data_count,
               count(*) FILTER (result = 'not_applicable') AS not_applicable_count,
               CASE WHEN flag_count > 0 THEN 'flag' WHEN no_flag_count > 0 THEN 'no_flag'
                    WHEN no_data_count > 0 THEN 'no_data' ELSE 'not_applicable' END AS result
        FROM indicator_result WHERE facility_id = ? GROUP BY family
        """,
        [facility_id],
    )
    return (
        pl.DataFrame({"family": words.FAMILIES})
        .join(found, on="family", how="left", maintain_order="left")
        .with_columns(pl.col("result").fill_null("no_data"), pl.col("^.*_count$").fill_null(0))
        .with_columns(pl.col("result").replace(words.RESULTS).alias("state"))
    )


def indicators(store: Reader, facility_id: str) -> pl.DataFrame:
    """Every indicator's result here, with what it asks and what else produces its signal."""
    found = store.sql(
        """
        SELECT family, indicator, result, evidence_count FROM indicator_result
        WHERE facility_id = ? ORDER BY family, indicator
        """,
        [facility_id],
    )
    return found.join(
        catalogue.titles(), on="indicator", how="left", maintain_order="left"
    ).with_columns(pl.col("result").replace(words.RESULTS))


def items(store: Reader, facility_id: str, rival: str) -> pl.DataFrame:
    """What each piece of evidence weighs for H1 against one rival, the strongest first.

    Of one origin the strongest counts; the others are echoes of it.
    """
    column = f"{(rival if rival in RIVALS else RIVALS[0]).lower()}_bans"
    return store.sql(
        f"""
        SELECT i.family, e.indicator, replace(e.result, '_', ' ') AS result, i.{column} AS weight_bans,
               i.is_counted, i.exposure_share, e.p_value, e.statement
        FROM item i JOIN evidence e USING (evidence_id)
        WHERE i.facility_id = ?
        ORDER BY i.is_counted DESC, weight_bans DESC, e.indicator, e.evidence_id
        """,
        [facility_id],
    )


def rivals(store: Reader, facility_id: str) -> pl.DataFrame:
    """H1 against every competing explanation, the strongest rival first."""
    found = store.sql(
        """
        SELECT rival, prior_bans, evidence_bans, support_bans FROM assessment_rival
        WHERE facility_id = ? ORDER BY support_bans, rival
        """,
        [facility_id],
    )
    return found.with_columns(
        pl.col("rival").replace(words.HYPOTHESES).alias("explanation")
    ).select("rival", "explanation", "support_bans", "evidence_bans", "prior_bans")


def evidence(store: Reader, facility_id: str) -> pl.DataFrame:
    """Every piece of evidence weighed here, with the archived body and the dates of each record behind it."""
    found = store.sql(
        """
        SELECT e.indicator, e.result, e.statement, e.observed_value, e.threshold_value, e.unit,
               s.source, CASE WHEN starts_with(s.source_url, 'http') THEN s.source_url END
                   AS source_url,
               t.fetched_utc AS retrieved_utc, t.sha256 AS archived_sha256, s.quote,
               e.starts_date, e.ends_date, i.family, e.scope_kind, e.scope_id, i.exposure_share,
               i.exposure_basis, i.is_counted, e.reliability, s.table_name, s.row_key,
               e.evidence_id
        FROM item i JOIN evidence e USING (evidence_id)
        LEFT JOIN evidence_source s USING (evidence_id)
        LEFT JOIN "fetch" t ON t.fetch_id = s.fetch_id
        WHERE i.facility_id = ?
        ORDER BY i.is_counted DESC, e.indicator, e.evidence_id, s.table_name, s.row_key
        """,
        [facility_id],
    )
    dates = record_dates.of_cited(store, found)
    return found.join(
        dates, on=record_dates.RECORD, how="left", maintain_order="left"
    ).with_columns(pl.col("result").replace(words.RESULTS))


def bodies(store: Reader, facility_id: str) -> pl.DataFrame:
    """The archived bodies that this facility's evidence and facts rest on, by source."""
    return store.sql(
        f"""
        WITH used AS (
            SELECT s.fetch_id FROM item i JOIN evidence_source s USING (evidence_id)
            WHERE i.facility_id = $id
            UNION SELECT fetch_id FROM published_facility WHERE facility_id IN {PUBLISHED_IDS}
            UNION SELECT fetch_id FROM facility_state WHERE facility_id = $id
        )
        SELECT sha256 AS archived_sha256, source, fetched_utc AS retrieved_utc, body_bytes, url
        FROM "fetch" JOIN used USING (fetch_id) ORDER BY source, retrieved_utc, url
        """,
        {"id": facility_id},
    )


def observations(store: Reader, facility_id: str, table: str) -> pl.DataFrame:
    """What publishers said of this facility, in one of `OBSERVED_HERE`: its three dates, the archived hash."""
    key = [k for k in stamped(OBSERVED[table]).key if k != "facility_id"]
    same = " AND ".join(f"d.{k} = o.{k}" for k in key)
    if "facility_id" in OBSERVED[table].key:
        same += " AND d.facility_id = o.published_id"
    dates = record_dates.by_key(table, f"h.facility_id IN {PUBLISHED_IDS}")
    return store.sql(
        f"""
        SELECT o.* EXCLUDE (facility_id, origin_id, fetch_id, fetched_utc),
               {", ".join(f"d.{n}" for n in record_dates.NAMES)}, t.sha256 AS archived_sha256
        FROM {table} o LEFT JOIN "fetch" t USING (fetch_id) LEFT JOIN ({dates}) d ON {same}
        WHERE o.facility_id = $id ORDER BY ALL
        """,
        {"id": facility_id},
    )


def changes(store: Reader, facility_id: str) -> pl.DataFrame:
    """Rows of this facility that a publisher revised or withdrew, newest first."""
    parts = [
        f"""
        SELECT '{t}' AS table_name, fetched_utc, is_tombstone,
               array_to_string([{", ".join(f'CAST("{k}" AS VARCHAR)' for k in OBSERVED[t].key)}],
                               ' · ') AS row_key,
               CAST(to_json(struct_pack({", ".join(f'"{c}" := "{c}"' for c in OBSERVED[t].names)}))
                    AS VARCHAR) AS said
        FROM history_{t} WHERE facility_id IN {PUBLISHED_IDS}
        QUALIFY count(*) OVER (PARTITION BY source, {", ".join(OBSERVED[t].key)}) > 1
        """
        for t in CHANGING
    ]
    return store.sql(
        " UNION ALL ".join(parts) + " ORDER BY row_key, fetched_utc DESC", {"id": facility_id}
    )
