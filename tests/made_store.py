"""A small invented store in which every verdict, state and precision occurs. Nothing in it is real."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import polars as pl

from indicia.entities.resolve import resolve
from indicia.schema import RIVALS, RUNS, TABLES, parsed, stamped
from indicia.store import Build, Vintage

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
LATER = datetime(2026, 3, 8, 6, tzinfo=UTC)
SHA = sha256(b"an invented body").hexdigest()
STAMP = {
    "source_url": "https://example.org/page",
    "origin_id": "invented",
    "reliability": "B",
    "licence": "CC0-1.0",
    "published_utc": NOW,
    "published_basis": "stated",
    "fetched_utc": NOW,
    "fetch_id": "fetch-1",
}
Rows = Mapping[str, list[dict[str, object]]]
BOLD = "made-bold"
LANE = "TWN>MYS"
QUIET = "made-quiet"
UNKNOWN = "made-unknown"
REFERENCE = "made-reference"
HOSTILE = "<b>*Alpha*</b> [Hall](https://example.org) $x$"


def _facilities() -> list[dict[str, object]]:
    def at(
        key: str, name: str, country: str, precision: str, **more: object
    ) -> dict[str, object]:
        return {"facility_id": key, "publisher_key": key, "name": name, "country_iso2": country,
                "coord_precision": precision, "site_class": "ai", **more}  # fmt: skip

    return [
        at(
            BOLD,
            HOSTILE,
            "MY",
            "site",
            latitude_deg=1.6,
            longitude_deg=103.6,
            place="Invented Park",
        ),
        at(
            QUIET,
            "Beta Hall",
            "CN",
            "city",
            latitude_deg=41.0,
            longitude_deg=113.1,
            place="Invented City",
        ),
        at("made-twin", "Beta Annex", "CN", "city", latitude_deg=41.0, longitude_deg=113.1),
        at(REFERENCE, "Gamma Campus", "US", "county", latitude_deg=33.4, longitude_deg=-112.0),
        at(UNKNOWN, "Delta Plan", "CN", "region", admin1="Invented Province"),
    ]


def _assessment(key: str, verdict: str, support: float, **more: object) -> dict[str, object]:
    return {"facility_id": key, "verdict": verdict, "is_admissible": verdict != "reference site",
            "admissibility_reason": "Invented reason.", "prior_class": "neo-cloud", "is_prior_stated": True,
            "support_bans": support, "strongest_rival": "H3", "evidence_bans": support + 1.3,
            "support_low_bans": support - 0.7, "support_high_bans": support + 0.7,
            "is_prior_driven": abs(support) < 0.7, "families_for_count": 2 if support > 0 else 0,
            "computable_count": 4, "applicable_count": 9, "coverage_share": 4 / 9,
            "next_indicator": "S01", "next_gain_bans": 0.4, "tests_count": 90, "untested_count": 1,
            "p_simes": 0.03, "q_value": 0.15, **more}  # fmt: skip


def _lane(key: str, name: str, verdict: str, support: float) -> dict[str, object]:
    return {"subject_kind": "lane", "subject_id": key, "name": name, "verdict": verdict,
            "is_admissible": verdict != "reference lane", "admissibility_reason": "Invented reason.",
            "prior_class": "through a hub", "support_bans": support, "strongest_rival": "L2", "evidence_bans": 0.7,
            "support_low_bans": support - 0.7, "support_high_bans": support + 0.7, "is_prior_driven": True,
            "families_for_count": 1, "families_asked_count": 1, "computable_count": 1, "applicable_count": 2,
            "coverage_share": 0.5, "tests_count": 60, "untested_count": 0, "p_simes": 0.02, "q_value": 0.04}  # fmt: skip


def _observations() -> dict[str, list[dict[str, object]]]:
    state = {
        "facility_id": BOLD,
        "power_kind": "capacity",
        "date_precision": "month",
        "is_projection": False,
    }
    event = {"kind": "rule", "status": "in force", "date_precision": "day"}
    claim = {
        "model": "Made-LM", "organisations": "Omega Compute Sdn. Bhd.", "published_date": date(2024, 5, 1),
        "training_reported_flop": 6e24, "hardware_text": "NVIDIA H100", "accelerators_count": 2000.0,
        "accelerator_hours": 4e6,
    }  # fmt: skip
    return {
        "training_claim": [claim],
        "facility": _facilities(),
        "facility_party": [
            {"facility_id": BOLD, "role": "operator", "party_name": "Omega Compute Sdn. Bhd.", "certainty": "stated", "headquarters_iso2": "MY"},
            {"facility_id": QUIET, "role": "owner", "party_name": "Omega Compute Sdn. Bhd.", "certainty": "likely", "headquarters_iso2": "MY"},
            {"facility_id": REFERENCE, "role": "user", "party_name": "Lambda Labs of Nowhere", "certainty": "stated", "headquarters_iso2": "US"},
        ],
        "facility_state": [
            {**state, "on_date": date(2023, 3, 1), "power_estimated_mw": 0.0, "compute_estimated_h100e_count": 0.0},
            {**state, "on_date": date(2024, 5, 1), "power_estimated_mw": 40.0, "compute_estimated_h100e_count": 20000.0, "statement": "Two halls at work."},
            {**state, "on_date": date(2025, 2, 1), "power_reported_mw": 55.0},
            {**state, "on_date": date(2027, 1, 1), "power_estimated_mw": 120.0, "is_projection": True},
        ],
        "power_site_year": [
            {"facility_id": BOLD, "site_name": "Alpha", "operator": "Omega", "year": y, "electricity_reported_mwh": m}
            for y, m in ((2023, 90000.0), (2024, 260000.0))
        ],
        "power_load_month": [
            {"zone_id": "ZONE", "month_date": date(2023 + m // 12, m % 12 + 1, 1), "base_load_mw": 900.0 + 4 * m, "mean_load_mw": 1200.0 + 5 * m, "hours_reported_count": 700, "hours_imputed_count": 3}
            for m in range(30)
        ],
        "procurement_notice": [
            {"process_id": "ocds-x-1", "notice_id": "1", "line_id": "award-1", "stage": "award", "notice_date": date(2024, 2, 9), "title": "GPU servers <script>alert(1)</script>", "buyer_name": "Omega Compute Sdn. Bhd.", "supplier_names": "Sigma Trading; Tau", "amount": 1e6, "currency": "MYR", "quantity_count": 64.0},
            {"process_id": "ocds-x-2", "notice_id": "1", "line_id": "tender", "stage": "tender", "title": "Undated cooling plant", "buyer_name": "Omega Compute Sdn. Bhd."},
        ],
        "staffing_count": [
            {"employer": "Omega Compute", "place": "Invented Park", "skill_group": "gpu", "counted_date": date(2025, m, 1), "openings_count": m}
            for m in (2, 5, 8)
        ],
        "entity_listing": [
            {"list_code": "EL", "listing_key": "k1", "name": "Sigma Trading", "aliases": "Sigma Handel", "countries_iso2": "CN", "listed_date": date(2024, 9, 1), "citation": "invented"},
        ],
        "event": [
            {**event, "event_id": "r1", "title": "First invented rule", "starts_date": date(2023, 10, 17)},
            {**event, "event_id": "r2", "title": "Second invented rule", "starts_date": date(2025, 1, 13), "status": "superseded"},
            {"event_id": "a1", "kind": "announcement", "status": "alleged", "title": "Invented allegation", "facility_id": BOLD, "starts_date": date(2025, 3, 1), "ends_date": date(2025, 6, 1), "date_precision": "month", "parties": "Omega Compute Sdn. Bhd.", "denial": "Omega denies it."},
            {"event_id": "a2", "kind": "construction", "status": "reported", "title": "Undated ground works", "facility_id": BOLD},
        ],
        "customs_flow": [
            {"reporter_iso3": r, "partner_iso3": p, "flow": f, "hs_code": "847150", "frequency": "A", "period": str(y), "value_reported_usd": v * 1e6, "net_weight_reported_kg": v * 900}
            for y in (2023, 2024) for r, p, f, v in (("MYS", "TWN", "M", 90.0 + y % 4), ("TWN", "MYS", "X", 80.0))
        ],
        "exposure": [
            {"facility_id": BOLD, "scope_kind": "lane", "scope_id": LANE, "weight_share": 0.2, "basis": "share of the country's stated capacity"},
            {"facility_id": BOLD, "scope_kind": "zone", "scope_id": "ZONE", "weight_share": 0.1, "basis": "stated capacity over zone growth"},
            {"facility_id": BOLD, "scope_kind": "process", "scope_id": "ocds-x-1", "weight_share": 0.9, "basis": "delivery place named"},
            {"facility_id": BOLD, "scope_kind": "employer", "scope_id": "Omega Compute @ Invented Park", "weight_share": 0.5, "basis": "place named"},
        ],
    }  # fmt: skip


def _results() -> dict[str, list[dict[str, object]]]:
    def item(
        key: str, evidence: str, family: str, weight: float, **more: object
    ) -> dict[str, object]:
        bans = {f"{k.lower()}_bans": weight for k in RIVALS}
        return {"facility_id": key, "evidence_id": evidence, "family": family, "exposure_share": 0.5,
                "exposure_basis": "invented", "is_counted": True, **bans, **more}  # fmt: skip

    def found(
        key: str, code: str, result: str, statement: str, **more: object
    ) -> dict[str, object]:
        return {"evidence_id": key, "indicator": code, "scope_kind": "facility", "scope_id": BOLD, "result": result,
                "kind": "invented", "statement": statement, "origin_id": f"of {code}", "reliability": "B", **more}  # fmt: skip

    results = (("R01", "procurement", "flag"), ("P01", "power", "flag"), ("P02", "power", "no_flag"),
               ("C01", "customs", "no_data"), ("S01", "staffing", "no_data"), ("E01", "registry", "not_applicable"))  # fmt: skip
    return {
        "evidence": [
            found("e1", "R01", "flag", "A tender names 64 restricted accelerators.", observed_value=64.0, threshold_value=8.0, unit="count", starts_date=date(2024, 2, 9), ends_date=date(2024, 2, 9)),
            found("e2", "P01", "flag", "Base load stepped up by 60 MW.", observed_value=60.0, threshold_value=20.0, unit="MW", starts_date=date(2024, 4, 1), ends_date=date(2024, 7, 1)),
            found("e3", "P02", "no_flag", "Load factor stays ordinary.", observed_value=0.6, threshold_value=0.85, unit="share", origin_id="of P01"),
            found("e4", "C01", "flag", "Imports outgrew the exporter, the importer and the world.", scope_kind="lane", scope_id=LANE, observed_value=4.1, threshold_value=3.5, unit="robust z"),
        ],
        "evidence_source": [
            {"evidence_id": e, "table_name": "procurement_notice", "row_key": "process_id=ocds-x-1", "quote": "<i>64 units</i>", "source": "procurement/ocds", "source_url": "https://example.org/notice", "fetch_id": "fetch-1"}
            for e in ("e1", "e2", "e3", "e4")
        ],
        "item": [item(BOLD, "e1", "procurement", 1.1), item(BOLD, "e2", "power", 0.6), item(BOLD, "e3", "power", -0.2, is_counted=False)],
        "indicator_result": [
            {"facility_id": key, "indicator": code, "family": family, "result": result if key == BOLD else "no_data", "evidence_count": 1}
            for key in (BOLD, QUIET) for code, family, result in results
        ],
        "assessment": [
            _assessment(BOLD, "lead", 0.9, doubt_evidence_id="e3", doubt_bans=-0.2),
            _assessment(QUIET, "no lead", -0.8),
            _assessment("made-twin", "no lead", -0.8, coverage_share=0.2),
            _assessment(UNKNOWN, "watch", 0.2, families_for_count=1),
            _assessment(REFERENCE, "reference site", -2.0),
        ],
        "assessment_rival": [
            {"facility_id": BOLD, "rival": k, "prior_bans": abs(n - 1) / 10 - 0.6, "evidence_bans": 1.5, "support_bans": 0.9 + abs(n - 1) / 10}
            for n, k in enumerate(RIVALS)
        ],
        "assessment_family": [
            {"facility_id": BOLD, "family": f, "weight_bans": w, "support_without_bans": 0.9 - w, "rival_without": "H3", "verdict_without": "lead" if w < 0.4 else "watch"}
            for f, w in (("procurement", 1.1), ("power", 0.4), ("customs", 0.0))
        ],
        "next_evidence": [
            {"facility_id": BOLD, "place": n + 1, "indicator": i, "expected_change_bans": 0.3 / (n + 1), "flag_share": 0.2, "flag_change_bans": 0.8, "no_flag_change_bans": -0.1}
            for n, i in enumerate(("S01", "C01"))
        ],
        "subject_assessment": [
            _lane(LANE, "Taiwan > Malaysia", "watch", -0.3),
            _lane("TWN>USA", "Taiwan > United States", "reference lane", -1.5),
        ],
        "subject_rival": [
            {"subject_kind": "lane", "subject_id": LANE, "rival": f"L{n}", "prior_bans": -1.0, "evidence_bans": 0.7, "support_bans": -0.3}
            for n in (2, 3, 4, 5)
        ],
        "subject_item": [
            {"subject_kind": "lane", "subject_id": LANE, "evidence_id": "e4", "family": "customs", "exposure_share": 1.0, "exposure_basis": "the lane itself", "is_counted": True, **{f"over_{n}_bans": 0.7 for n in (2, 3, 4, 5)}},
        ],
        "subject_family": [
            {"subject_kind": "lane", "subject_id": LANE, "family": "customs", "weight_bans": 0.7, "support_without_bans": -1.0, "rival_without": "L2", "verdict_without": "no lead"},
        ],
        "subject_result": [
            {"subject_kind": "lane", "subject_id": LANE, "indicator": i, "family": "customs", "result": r, "evidence_count": n}
            for i, r, n in (("C01", "flag", 1), ("C04", "not_applicable", 0))
        ],
        "test_run": [{"indicator": "P01", "evidence_count": 40, "flag_count": 2, "with_p_count": 40, "tests_count": 2400, "smallest_p": 0.001}],
    }  # fmt: skip


def _runs() -> dict[str, list[dict[str, object]]]:
    run = {
        "way": "live",
        "rows_in_count": 10,
        "rows_kept_count": 9,
        "rows_rejected_count": 1,
        "added_count": 9,
        "changed_count": 0,
        "vanished_count": 0,
    }
    return {
        "fetch": [{"fetch_id": "fetch-1", "source": "procurement/ocds", "way": "live", "url": "https://example.org/x", "fetched_utc": NOW, "sha256": SHA, "original_sha256": SHA, "body_bytes": 16}],
        "run": [
            {**run, "run_id": "1", "source": "procurement/ocds", "started_utc": NOW, "finished_utc": NOW, "outcome": "loaded"},
            {**run, "run_id": "2", "source": "power/eia930", "started_utc": NOW, "finished_utc": NOW, "outcome": "failed", "message": "503 from the publisher", "rows_kept_count": 0},
        ],
        "issue": [{"run_id": "1", "source": "procurement/ocds", "seen_utc": NOW, "severity": "warning", "rule": "date", "place": "releases[3].date", "expected": "ISO 8601", "received": "yesterday", "remedy": "Correct the record", "rows_count": 1}],
    }  # fmt: skip


def build(home: Path, more: Rows | None = None, judged: pl.DataFrame | None = None) -> Path:
    """Publish the invented store under `home`.

    Args:
        home: Where.
        more: Further rows by table.
        judged: Rows of `judgement`; where given, who is who is settled as a refresh does.
    """
    vintage = Vintage(NOW, NOW, "fetch-1", is_snapshot=False)
    with Build(home) as made:
        every = _observations()
        for name, rows in (
            every | {n: every.get(n, []) + r for n, r in (more or {}).items()}
        ).items():
            table = TABLES[name]
            frame = _stamped(name, rows)
            made.load(table, frame, vintage, "context/analyst")
        again = _stamped(
            "facility_state",
            [
                {
                    "facility_id": BOLD,
                    "power_kind": "capacity",
                    "date_precision": "month",
                    "is_projection": False,
                    "on_date": date(2024, 5, 1),
                    "power_estimated_mw": 44.0,
                    "compute_estimated_h100e_count": 22000.0,
                }
            ],
            LATER,
        )
        made.load(
            TABLES["facility_state"],
            again,
            Vintage(LATER, LATER, "fetch-2", is_snapshot=False),
            "context/analyst",
        )
        for table in RUNS:
            made.record(table, table.frame(_runs().get(table.name, [])))
        frames = {n: TABLES[n].frame(rows) for n, rows in _results().items()}
        settled = {} if judged is None else resolve(made.reader(), judged)
        made.replace_assessments(frames | settled)
        made.publish(rules_version="invented-rules", kind="synthetic", now=NOW)
    return home


def _stamped(name: str, rows: list[dict[str, object]], at: datetime = NOW) -> pl.DataFrame:
    frame = parsed(TABLES[name]).frame(rows)
    stamps = {**STAMP, "source": "context/analyst", "published_utc": at, "fetched_utc": at}
    full = stamped(TABLES[name])
    return full.fit(frame.with_columns(**{k: pl.lit(v) for k, v in stamps.items()}))
