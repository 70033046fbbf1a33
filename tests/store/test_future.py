"""As of a day, nothing that was published later is seen: not a row, not a revision, in no table."""

from datetime import UTC, date, datetime

import made_store
import polars as pl
import pytest

from indicia.indicators import CATALOGUE
from indicia.schema import OBSERVED, parsed, stamped
from indicia.scoring.assess import assess
from indicia.store import Build, Store, Vintage

DAY = date(2026, 3, 2)
FUTURE = datetime(2026, 6, 1, tzinfo=UTC)
# What ties a planted row to the sites and scopes that are assessed, where a column has this name.
TIED = {
    "facility_id": made_store.BOLD,
    "zone_id": "ZONE",
    "process_id": "ocds-x-1",
    "employer": "Omega Compute",
    "place": "Invented Park",
    "party_name": "Omega Compute Sdn. Bhd.",
    "name": "Omega Compute Sdn. Bhd.",
    "buyer_name": "Omega Compute Sdn. Bhd.",
    "consignee_name": "Omega Compute Sdn. Bhd.",
    "reporter_iso3": "MYS",
    "partner_iso3": "TWN",
    "hs_code": "847150",
    "period": "2025-06",
    "country_iso2": "MY",
    "headquarters_iso2": "CN",
    "text": "64 NVIDIA H100 SXM5 servers",
}


def value(column):
    if column.one_of:
        return column.one_of[0]
    if column.name in TIED:
        return TIED[column.name]
    if column.dtype == pl.String:
        return f"later {column.name}"
    if column.dtype == pl.Float64:
        return (column.at_least or 0.0) + (0.5 if column.at_most == 1 else 40.0)
    if column.dtype == pl.Int64:
        return 2025 if column.name == "year" else 9
    return {pl.Boolean: True, pl.Date: date(2025, 6, 1)}.get(column.dtype, FUTURE)


def planted(table):
    """One new row of a table, published after the day that is asked for."""
    frame = parsed(table).frame([{c.name: value(c) for c in table.columns}])
    return later(table, frame, source="context/later")


def revised(table, held):
    """Every held row of a table with other figures, published after the day that is asked for."""
    figures = [
        c.name
        for c in table.columns
        if c.dtype == pl.Float64 and c.at_most is None and c.name not in table.key
    ]
    frame = held.select(table.names).with_columns(pl.col(figures) * 3 + 1)
    return later(table, frame, source="context/analyst")


def later(table, frame, source):
    stamp = made_store.STAMP | {
        "source": source,
        "published_utc": FUTURE,
        "fetched_utc": FUTURE,
        "fetch_id": "later",
    }
    full = stamped(table)
    return full.check(full.fit(frame.with_columns(**{k: pl.lit(v) for k, v in stamp.items()})))


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """The same store with and without a future."""
    plain, seeing = (made_store.build(tmp_path_factory.mktemp(n)) for n in ("plain", "seeing"))
    vintage = Vintage(FUTURE, FUTURE, "later", is_snapshot=False)
    with Store.open(plain) as store:
        held = {n: store.cursor().sql(f'SELECT * FROM "{n}"').pl() for n in OBSERVED}
    with Build(seeing) as build:
        for name, table in OBSERVED.items():
            build.load(table, planted(table), vintage, "context/later")
            if held[name].height:
                build.load(table, revised(table, held[name]), vintage, "context/analyst")
        build.publish(rules_version="invented-rules", kind="synthetic", now=FUTURE)
    return plain, seeing


def counted(home, day=None):
    with Store.open(home, as_of=day) as store:
        db = store.cursor()
        return {n: db.sql(f'SELECT count(*) FROM "{n}"').fetchall()[0][0] for n in OBSERVED}


def in_bytes(home):
    made = {}
    with Store.open(home, as_of=DAY) as store:
        for name, frame in assess(store.cursor(), CATALOGUE, DAY).items():
            made[name] = frame.write_csv().encode()
    return made


def test_every_table_holds_a_future_row_that_the_day_does_not_see(homes):
    plain, seeing = homes
    with_future, then = counted(seeing), counted(seeing, DAY)
    assert [n for n in OBSERVED if with_future[n] <= then[n]] == []
    assert then == counted(plain, DAY)


def test_assessments_as_of_the_day_are_equal_to_the_byte(homes):
    without, seeing = (in_bytes(home) for home in homes)
    assert sorted(without) == sorted(seeing)
    assert [name for name in without if without[name] != seeing[name]] == []
