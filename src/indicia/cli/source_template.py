"""The files of a new source: they load, replay and pass the checks, and say what to fill in."""

import json
from collections.abc import Mapping
from datetime import date, datetime

import polars as pl

from indicia.schema import UTC, Column, Table

MARK = "FILL IN"
DEFINITION = """\
title = "{mark}: what the publisher calls it"
publisher = "{mark}: who publishes it"
homepage = "https://example.org/"
licence = "{mark}: SPDX id or short name"
url = "https://example.org/{name}.csv"
tables = ["{table}"]
every_hours = 24
rows_at_least = 1
says = "{mark}: what its values are, in one sentence with units."
does_not_say = "{mark}: what nobody may conclude from them."
# Further keys, each with its meaning: CONTRIBUTING.md and src/indicia/sources/definition.py.
"""
PARSER = '''\
"""{mark}: what the body is, its unit and its dates. Fills `{table}`."""

import polars as pl

from indicia.schema import {constant}, parsed
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, require

NAME = "{id}"
COLUMNS = (
{columns})


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read a CSV whose columns are named as the table's."""
    place = fetch.file_name
    rows = csv_rows(NAME, place, body)
    require(NAME, place, rows, COLUMNS)
    sieve = Sieve(place, rows)
{typed}    sieve.drop(
        pl.any_horizontal(pl.col(COLUMNS).is_null()),
        "cell empty or not readable",
        COLUMNS[0],
        "a value in every column",
    )
    frame = sieve.frame.select(*COLUMNS)
    return Parsed(
        {{{constant}.name: parsed({constant}).fit(frame)}},
        rows.height,
        tuple(sieve.rejections),
    )
'''
INSTANT = "%Y-%m-%dT%H:%M:%SZ"
SAMPLES = {pl.Float64: 1.0, pl.Int64: 2000, pl.Boolean: True}


def files(name: str, table: Table) -> Mapping[str, str]:
    """Path below the clone -> text."""
    family, short = name.split("/")
    columns = [c for c in table.columns if c.required or c.name in table.key]
    facts = {"id": name, "name": short, "table": table.name, "mark": MARK}
    row = {c.name: _sample(c) for c in columns}
    replayed = f"tests/replay/{name}/made"
    return {
        f"ingest/{family}/__init__.py": f'"""Sources of the family {family}."""\n',
        f"ingest/{name}.toml": DEFINITION.format(**facts),
        f"ingest/{name}.py": _parser(facts, table, columns),
        f"{replayed}/response.csv": f"{','.join(row)}\n{','.join(map(_text, row.values()))}\n",
        f"{replayed}/expected_{table.name}.ndjson": json.dumps(
            {k: v if isinstance(v, str | float | int) else _text(v) for k, v in row.items()}
        )
        + "\n",
    }


def _parser(facts: Mapping[str, str], table: Table, columns: list[Column]) -> str:
    casts = [f'        pl.col("{c.name}").{_cast(c)},\n' for c in columns if _cast(c)]
    typed = (
        f"    sieve.frame = sieve.frame.with_columns(\n{''.join(casts)}    )\n" if casts else ""
    )
    return PARSER.format(
        **facts,
        constant=table.name.upper(),
        columns="".join(f'    "{c.name}",\n' for c in columns),
        typed=typed,
    )


def _cast(column: Column) -> str:
    if column.dtype == pl.Date:
        return 'str.to_date("%Y-%m-%d", strict=False)'
    if column.dtype == UTC:
        return f'str.to_datetime(\n            "{INSTANT}", strict=False, time_unit="us", time_zone="UTC"\n        )'
    names = {
        pl.Boolean: 'str.to_lowercase() == "true"',
        pl.Int64: "Int64",
        pl.Float64: "Float64",
    }
    name = names.get(column.dtype, "")
    return f"cast(pl.{name}, strict=False)" if name.endswith("64") else name


def _sample(column: Column) -> object:
    if column.one_of:
        return column.one_of[0]
    if column.dtype == pl.Date:
        return date(2026, 1, 1)
    if column.dtype == UTC:
        return datetime(2026, 1, 1)  # noqa: DTZ001 -- written with Z
    return SAMPLES.get(column.dtype, f"made-{column.name.replace('_', '-')}")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime(INSTANT)
    return str(value)
