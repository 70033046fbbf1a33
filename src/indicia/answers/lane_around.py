"""What one lane touches: facilities it reaches, organisations that import, lanes before and after, events.

And what each indicator found on it, with its sources. Unit of value: US$.
"""

from dataclasses import dataclass

import polars as pl

from indicia.answers import words
from indicia.answers.lane_reports import country
from indicia.answers.lane_values import country_codes
from indicia.answers.reader import Reader
from indicia.answers.subjects import Explanation
from indicia.indicators.enforcement_stop import EVERY
from indicia.indicators.lane_answer import EXPORTER, IMPORTER
from indicia.indicators.lane_flows import CODES, flows
from indicia.indicators.unit_values import HIGH_USD_PER_KG, LOW_USD_PER_KG

MOST_SHOWN = 200
MOST_PIECES = 12
NO_TRADE = "No trade between the two countries is on record here; exposures name the lane."
NOTHING_AT_HAND = "No record that it reads speaks of this lane."
SOURCES = (
    "quote", "source", "source_url", "retrieved_utc", "archived_sha256", "table_name", "row_key",
)  # fmt: skip
# A page opens with these; what a lane cannot be asked stands last.
FIRST_RESULTS = (
    words.RESULTS["flag"],
    words.RESULTS["no_flag"],
    words.RESULTS["no_data"],
    words.RESULTS["not_applicable"],
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence.

    Args:
        key: Its id.
        statement: What it says.
        held: What was observed against which threshold, in words.
        sources: quote, source, source_url, retrieved_utc, archived_sha256, table_name, row_key.
    """

    key: str
    statement: str
    held: str
    sources: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Finding:
    """What one indicator found on a lane.

    Args:
        indicator: Its code.
        title: What it asks.
        result: In words, with its mark.
        benign: What else would produce the signal.
        reason: Why nothing could be said, where no piece is weighed.
        pieces: At most `MOST_PIECES`, those that count first.
        pieces_count: How many there are.
    """

    indicator: str
    title: str
    result: str
    benign: str
    reason: str
    pieces: tuple[Piece, ...]
    pieces_count: int


def findings(store: Reader, found: Explanation) -> list[Finding]:
    """Every indicator of a lane: flags first, then customs before the rest, not applicable last."""
    order = pl.col("result").replace_strict(
        {said: place for place, said in enumerate(FIRST_RESULTS)}, return_dtype=pl.Int64
    )
    ordered = found.indicators.sort(order, pl.col("family") != "customs", "indicator")
    reasons = dict(
        store.sql(
            "SELECT indicator, min(statement) FROM evidence WHERE scope_kind = 'lane' AND scope_id = ? GROUP BY ALL",
            [found.subject_id],
        ).iter_rows()
    )
    return [
        Finding(
            row["indicator"],
            row["indicator_title"] or row["indicator"],
            row["result"],
            row["benign_causes"] or "",
            reasons.get(row["indicator"]) or NOTHING_AT_HAND,
            *_pieces(found.evidence.filter(pl.col("indicator") == row["indicator"])),
        )
        for row in ordered.iter_rows(named=True)
    ]


def _pieces(evidence: pl.DataFrame) -> tuple[tuple[Piece, ...], int]:
    parts = evidence.partition_by("evidence_id", maintain_order=True)
    return tuple(_piece(rows) for rows in parts[:MOST_PIECES]), len(parts)


def _piece(rows: pl.DataFrame) -> Piece:
    facts = rows.row(0, named=True)
    observed, cut = facts["observed_value"], facts["threshold_value"]
    held = "Nothing to hold against a threshold."
    if observed is not None and cut is not None:
        held = f"Observed {observed:,.2f}; a flag begins at {cut:,.2f} ({facts['unit']})."
    if facts["starts_date"] and facts["ends_date"]:
        held += f" About {facts['starts_date']} to {facts['ends_date']}."
    if not facts["is_counted"]:
        held += " Not counted: a stronger piece of its origin or indicator counts instead."
    cited = rows.filter(pl.col("source").is_not_null()).select(SOURCES)
    whose = f"{facts['scope_id']}: " if facts["scope_kind"] == "party" else ""
    return Piece(facts["evidence_id"], f"{whose}{facts['statement'] or ''}", held, cited)


def unweighed(store: Reader, lane: str = "") -> pl.DataFrame:
    """Lanes with trade or exposures on record that no indicator could weigh, and why.

    Args:
        store: The store.
        lane: Only this one, where given.

    Returns:
        lane, name, why, rows_count (of trade), first_period, last_period, goods, facilities_count
        (that it reaches); those with most rows first.
    """
    rows = store.sql(
        f"""
        WITH traded AS (
            SELECT concat({EXPORTER}, '>', {IMPORTER}) AS lane, count(*) AS rows_count,
                   min(period) AS first_period, max(period) AS last_period,
                   string_agg(DISTINCT hs_code, ', ' ORDER BY hs_code) AS goods
            FROM customs_flow WHERE reporter_iso3 <> 'W00' AND partner_iso3 <> 'W00' GROUP BY ALL
        ), reached AS (
            SELECT scope_id AS lane, count(DISTINCT facility_id) AS facilities_count
            FROM exposure WHERE scope_kind = 'lane' GROUP BY ALL
        ), reasons AS (
            SELECT scope_id AS lane, min(statement) AS why FROM evidence
            WHERE scope_kind = 'lane' AND result = 'not_applicable' GROUP BY ALL
        )
        SELECT lane, coalesce(why, $nothing) AS why, coalesce(rows_count, 0) AS rows_count, first_period,
               last_period, goods, coalesce(facilities_count, 0) AS facilities_count,
               split_part(lane, '>', 1) AS exporter, split_part(lane, '>', 2) AS importer
        FROM traded FULL JOIN reached USING (lane) LEFT JOIN reasons USING (lane)
        WHERE lane NOT IN (SELECT subject_id FROM subject_assessment WHERE subject_kind = 'lane')
          AND $lane IN ('', lane)
        ORDER BY rows_count DESC, lane LIMIT $most
        """,
        {"nothing": NO_TRADE, "lane": lane.strip().upper(), "most": MOST_SHOWN},
    )
    name = pl.format("{} > {}", country("exporter"), country("importer"))
    return rows.insert_column(1, rows.select(name.alias("name")).to_series()).drop(
        "exporter", "importer"
    )


def facilities(store: Reader, lane: str) -> pl.DataFrame:
    """Facilities that the lane reaches, with how likely each is behind its signals, the likeliest first."""
    return store.sql(
        """
        WITH named AS (
            SELECT facility_id, min(name) AS name, min(country_iso2) AS country_iso2
            FROM facility GROUP BY facility_id
        ), reached AS (
            SELECT facility_id, max(weight_share) AS weight_share, arg_max(basis, weight_share) AS basis
            FROM exposure WHERE scope_kind = 'lane' AND scope_id = $lane GROUP BY facility_id
        )
        SELECT n.name, n.country_iso2, coalesce(a.verdict, 'not assessed') AS verdict, a.support_bans,
               r.weight_share, r.basis, facility_id
        FROM reached r JOIN named n USING (facility_id) LEFT JOIN assessment a USING (facility_id)
        ORDER BY r.weight_share DESC, a.support_bans DESC NULLS LAST, facility_id LIMIT $most
        """,
        {"lane": lane.strip().upper(), "most": MOST_SHOWN},
    )


def importers(store: Reader, lane: str) -> pl.DataFrame:
    """Organisations that shipments of the basket name as importing on the lane, by value.

    Returns:
        consignee, shipments_count, in_band_count (priced by weight like AI servers), value_usd (of
        those that state one), first_date, last_date, source.
    """
    exporter, _, importer = lane.strip().upper().partition(">")
    codes = country_codes()
    return store.sql(
        f"""
        WITH codes AS (SELECT unnest($iso2::VARCHAR[]) AS iso2, unnest($iso3::VARCHAR[]) AS iso3)
        SELECT trim(s.consignee_name) AS consignee, count(*) AS shipments_count,
               count(*) FILTER (s.value_reported_usd BETWEEN
                 {LOW_USD_PER_KG} * coalesce(s.net_weight_kg, s.gross_weight_kg)
                 AND {HIGH_USD_PER_KG} * coalesce(s.net_weight_kg, s.gross_weight_kg)) AS in_band_count,
               sum(s.value_reported_usd) AS value_usd, min(s.shipped_date) AS first_date,
               max(s.shipped_date) AS last_date, min(s.source) AS source
        FROM shipment s
        JOIN codes x ON x.iso2 = coalesce(s.origin_iso2, s.shipper_iso2)
        JOIN codes i ON i.iso2 = coalesce(s.destination_iso2, s.consignee_iso2)
        WHERE substr(s.hs_code, 1, 6) IN ({CODES}) AND x.iso3 = $exporter AND i.iso3 = $importer
          AND trim(coalesce(s.consignee_name, '')) <> ''
        GROUP BY ALL ORDER BY value_usd DESC NULLS LAST, shipments_count DESC, consignee LIMIT $most
        """,
        {
            "iso2": codes["iso2"].to_list(),
            "iso3": codes["iso3"].to_list(),
            "exporter": exporter,
            "importer": importer,
            "most": MOST_SHOWN,
        },
    )


def neighbours(store: Reader, lane: str) -> pl.DataFrame:
    """Lanes into the exporter and lanes on from the importer, in the last year each is reported.

    Returns:
        where (before or after), lane, name, verdict, support_bans, year, value_usd (the larger of
        the two sides' reports), flags.
    """
    exporter, _, importer = lane.strip().upper().partition(">")
    rows = store.sql(
        f"""
        WITH flows AS ({flows("M", "X", "RX")}), near AS (
            SELECT *, CASE WHEN importer = $exporter THEN 'before' ELSE 'after' END AS place,
                   substr(period, 1, 4) AS year
            FROM flows
            WHERE exporter <> 'W00' AND importer <> 'W00'
              AND ((importer = $exporter AND exporter <> $importer)
                OR (exporter = $importer AND importer <> $exporter))
        ), years AS (
            SELECT place, exporter, importer, year, flow, frequency, sum(value_usd) AS value_usd
            FROM near GROUP BY ALL
        ), last AS (
            SELECT place, exporter, importer, max(year) AS year, max_by(value_usd, (year, value_usd)) AS value_usd
            FROM years GROUP BY ALL
        ), flags AS (
            SELECT subject_id, string_agg(indicator, ' ' ORDER BY indicator) AS flags
            FROM subject_result WHERE subject_kind = 'lane' AND result = 'flag' GROUP BY ALL
        )
        SELECT l.place, concat(l.exporter, '>', l.importer) AS lane, l.exporter, l.importer,
               coalesce(a.verdict, 'not assessed') AS verdict, a.support_bans, l.year, l.value_usd, f.flags
        FROM last l
        LEFT JOIN subject_assessment a
          ON a.subject_kind = 'lane' AND a.subject_id = concat(l.exporter, '>', l.importer)
        LEFT JOIN flags f ON f.subject_id = a.subject_id
        ORDER BY l.place, l.value_usd DESC NULLS LAST, lane LIMIT $most
        """,
        {"exporter": exporter, "importer": importer, "most": MOST_SHOWN},
    )
    return rows.select(
        pl.col("place").alias("where"),
        "lane",
        pl.format("{} > {}", country("exporter"), country("importer")).alias("name"),
        "verdict",
        "support_bans",
        "year",
        "value_usd",
        "flags",
    )


def events(store: Reader, lane: str) -> pl.DataFrame:
    """Rules, listings and cases that name the lane, by date: label, starts_date, kind, status, source_url."""
    exporter, _, importer = lane.strip().upper().partition(">")
    return store.sql(
        f"""
        WITH ends AS (
            SELECT *, unnest(string_split(lanes, ';')) AS one FROM event WHERE coalesce(lanes, '') <> ''
        )
        SELECT title AS label, kind, status, coalesce(starts_date, CAST(published_utc AS DATE)) AS starts_date,
               event_id, source, source_url
        FROM ends
        WHERE trim(split_part(one, '>', 1)) IN ('{EVERY}', $exporter)
          AND trim(split_part(one, '>', 2)) IN ('{EVERY}', $importer)
        GROUP BY ALL ORDER BY starts_date, event_id LIMIT $most
        """,
        {"exporter": exporter, "importer": importer, "most": MOST_SHOWN},
    )
