"""Synthetic statements about one organisation that holds one facility, for tests and pages."""

from datetime import date

import duckdb
import made

NAME = "Example Labs"


def holder(
    name: str = NAME, facility: str = "epoch-example", **more: object
) -> dict[str, object]:
    """One `facility_party` row."""
    return made.party(name, facility, **{"role": "user", **more})


def claim(model: str, on: date, flop: float | None, **more: object) -> dict[str, object]:
    """One `training_claim` row, its operations as its developer states them."""
    return {
        "model": model,
        "organisations": NAME,
        "published_date": on,
        "training_reported_flop": flop,
        **more,
    }


def hardware(chip: str, number: float, on: date, **more: object) -> dict[str, object]:
    """One `hardware_statement` row of the organisation itself, installed."""
    return {
        "subject_kind": "party",
        "subject": NAME,
        "kind": "installed",
        "chip_text": chip,
        "on_date": on,
        "accelerators_reported_count": number,
        **more,
    }


def trained(case: dict[str, object]) -> duckdb.DuckDBPyConnection:
    """What one organisation claims and what hardware of it is disclosed."""
    claims = [
        claim(
            f"Model {n}",
            c["on"],
            c.get("flop"),
            **{k: v for k, v in c.items() if k not in ("on", "flop")},
        )
        for n, c in enumerate(case.get("claims", []))
    ]
    stated = [hardware(**h) for h in case.get("hardware", [])]
    return made.database(
        facility_party=[holder()], training_claim=claims, hardware_statement=stated
    )


def publications(case: dict[str, object]) -> duckdb.DuckDBPyConnection:
    """What papers and model cards of one organisation name as trained on."""
    papers = [
        claim(
            f"Model {n}",
            c["on"],
            None,
            hardware_text=c.get("hardware"),
            countries_iso2=c.get("country"),
        )
        for n, c in enumerate(case.get("papers", []))
    ]
    cards = [
        {
            "model_id": f"example/model-{n}",
            "account": NAME,
            "released_date": c["on"],
            "hardware_text": c["hardware"],
        }
        for n, c in enumerate(case.get("cards", []))
    ]
    held = holder(headquarters_iso2=case.get("headquarters"))
    return made.database(facility_party=[held], training_claim=papers, model_release=cards)


def adverts(case: dict[str, object]) -> duckdb.DuckDBPyConnection:
    """How many adverts of one employer name words of two stacks on a day."""
    name = case.get("employer", NAME)
    rows = [
        {
            "employer": name,
            "place": "",
            "stack": stack,
            "token": token,
            "counted_date": date(2026, 6, 1),
            "openings_count": count,
        }
        for stack in ("CUDA", "CANN")
        for token, count in case.get(stack, {}).items()
    ]
    return made.database(facility_party=[holder(str(name))], stack_mention=rows)


def staffed(case: dict[str, object]) -> duckdb.DuckDBPyConnection:
    """People of one organisation beside power of its site and goods that came to it."""
    people = [
        {
            "organisation": NAME,
            "division": "",
            "kind": case.get("kind_of_count", "whole organisation"),
            "on_date": date(2025, 6, 30),
            "statement_id": "1",
            "headcount_estimated_count": case.get("people"),
        }
    ]
    states = [
        {
            "facility_id": "epoch-example",
            "on_date": date(2025, 1, 1),
            "power_kind": kind,
            "power_reported_mw": mw,
            "is_projection": False,
        }
        for kind, mw in case.get("site_mw", {}).items()
    ]
    goods = [
        {
            "shipment_id": f"B{n}",
            "shipped_date": on,
            "consignee_name": "EXAMPLE LABS PTE LTD",
            "hs_code": "84715000",
            "value_reported_usd": case["million_usd"] * 1e6,
        }
        for n, on in enumerate(case.get("shipped", []))
    ]
    return made.database(
        facility_party=[holder(role="operator")],
        headcount_statement=people if case.get("people") else [],
        facility_state=states,
        shipment=goods,
    )
