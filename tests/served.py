"""A publisher on loopback: real HTTP, real bodies, and a job that asks it."""

from dataclasses import replace

from indicia.cli import providers
from indicia.sources.contract import Request


def job_at(name, url, paths=("/data",), **facts):
    """The real job `name`, asking a publisher at `url` instead of its own."""
    job = providers.find().jobs[name]
    source = replace(
        job.source, url=f"{url}/", hosts=("127.0.0.1", "localhost"), key_variable="", **facts
    )
    requests = tuple(Request(f"{url}{p}") for p in paths)
    return replace(
        job,
        source=source,
        plan=lambda _asked: requests,
        following=lambda _r, _b: None,
    )


def eia_page(zone, values, first_hour="2026-01-01T01", **row_facts):
    """One page of the EIA-930 API: demand of one authority, hour-ending UTC, values as strings."""
    from datetime import datetime, timedelta

    start = datetime.strptime(first_hour + ":00", "%Y-%m-%dT%H:%M")  # noqa: DTZ007 -- labels are naive UTC
    rows = [
        {
            "period": f"{start + timedelta(hours=n):%Y-%m-%dT%H}",
            "respondent": zone,
            "respondent-name": zone,
            "type": "D",
            "type-name": "Demand",
            "value": None if v is None else str(v),
            "value-units": "megawatthours",
            **row_facts,
        }
        for n, v in enumerate(values)
    ]
    return {
        "response": {
            "total": str(len(rows)),
            "dateFormat": 'YYYY-MM-DD"T"HH24',
            "frequency": "hourly",
            "data": rows,
        },
        "apiVersion": "2.1.10",
    }
