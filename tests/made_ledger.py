"""Made tables for the compute ledger, asked as an open store is asked."""

from datetime import date

import made

from indicia.answers import compute

SITE = "epoch-example"


class Made:
    """Made tables, asked as an open store is asked."""

    kind, data_version = "synthetic", "made"

    def __init__(self, **tables):
        self.database = made.database(**{name: rows for name, rows in tables.items() if rows})

    def sql(self, query, parameters=()):
        return self.database.sql(query, params=parameters or None).pl()


def state(on, kind="peak", facility=SITE, **more):
    """One `facility_state` row."""
    return {
        "facility_id": facility,
        "on_date": date.fromisoformat(on),
        "date_precision": "day",
        "power_kind": kind,
        "is_projection": False,
        **more,
    }


def site(site_class="ai", country="US", facility=SITE, name="Example"):
    """One `facility` row."""
    return {
        "facility_id": facility,
        "name": name,
        "country_iso2": country,
        "site_class": site_class,
    }


def flow(period, flow_="M", code="847150", exporter="TWN", importer="MYS", **more):
    """One `customs_flow` row."""
    reporter, partner = (importer, exporter) if flow_ == "M" else (exporter, importer)
    return {
        "reporter_iso3": reporter,
        "partner_iso3": partner,
        "flow": flow_,
        "hs_code": code,
        "frequency": "M" if "-" in period else "A",
        "period": period,
        **more,
    }


def ask(kind, key, role="any", period=("", ""), assumptions=None, **tables):
    """A ledger of made tables."""
    return compute.ask(
        Made(**tables),
        compute.Scope(kind, key, role),
        compute.Period.of(*period),
        assumptions,
    )


def of(found, channel, chip_class=None):
    """The lines of one channel, of one class if named."""
    lines = found.lines.filter(channel=channel)
    return lines if chip_class is None else lines.filter(chip_class=chip_class)


def ends(row):
    """P05, P50 and P95 of a line."""
    return [row[f"accelerators_{p}_count"] for p in ("p05", "p50", "p95")]
