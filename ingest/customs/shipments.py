"""Shipment records from a user's file to `shipment`, by a layout or a mapping.

Unit: kg and US$, converted from what the layout declares (lb, t, g; other currencies are left
empty). A row without an id of its own is named by a hash of its cells.

`redact` keeps the mapped columns only, withholds names that look like a natural person's, and
e-mail addresses anywhere (`persons`). Of rows with one id the last counts.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from indicia.schema import SHIPMENT, parsed, text_hashes
from indicia.sources.contract import Fetch, Parsed, Rejection
from ingest.bodies import Sieve
from ingest.customs.areas import iso2_by
from ingest.customs.shipment_layouts import WEIGHTS_KG, Layout, opened, packed
from ingest.persons import WITHHELD, without_emails, without_persons

__all__ = ["parse", "redact"]

NAMES = ("shipper_name", "consignee_name", "notify_name")
COUNTRIES = ("shipper_iso2", "consignee_iso2", "origin_iso2", "destination_iso2")
NUMBERS = ("quantity_reported", "gross_weight_kg", "net_weight_kg", "value_reported_usd")
WEIGHTS = ("gross_weight_kg", "net_weight_kg")
MOST = {"gross_weight_kg": 4e8, "net_weight_kg": 4e8, "value_reported_usd": 1e11}
EARLIEST = date(1990, 1, 1)
HS_CODE = r"^\d{4,10}$"
CELL_END = "\x1f"
SHIPPING = r"(?i)\b(?:to (?:the )?order|same as|notify|consignee|c/o|dell|lenovo|hewlett|cisco|quanta|wistron|foxconn|inventec|supermicro)\b"
UNITS = {"kgs": "kg", "kilograms": "kg", "k": "kg", "lbs": "lb", "pounds": "lb", "l": "lb",
         "mt": "t", "tons": "t", "tne": "t", "kgm": "kg", "lbr": "lb", "grm": "g"}  # fmt: skip


def redact(body: bytes) -> bytes:
    """Keep the mapped columns; withhold apparent persons' names and e-mail addresses.

    Raises:
        SourceChangedError: No layout fits, so that nothing is known to be safe to keep.
    """
    layout, rows = opened("body", body)
    words = [str(w) for w in layout.file.get("organisations", ())]
    named = {name for column in NAMES for name in layout.columns.get(column, ())}
    kept = rows.with_columns(
        without_persons(rows[name], SHIPPING, words) for name in rows.columns if name in named
    )
    made = packed(layout, kept)
    if b"@" not in made:
        return made
    others = [n for n in kept.columns if n not in named]
    return packed(layout, kept.with_columns(without_emails(kept[n]) for n in others))


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one file of shipments.

    Raises:
        SourceChangedError: No layout fits, or the file is not what its layout says.
    """
    layout, theirs = opened(fetch.file_name, body)
    sieve = Sieve(fetch.file_name, _named(layout, theirs).with_row_index("row", offset=2))
    notes = _persons_withheld(sieve)
    _dated(sieve, layout, fetch.vintage)
    _measured(sieve, layout)
    _placed(sieve, layout)
    _coded(sieve)
    if "shipment_id" not in layout.columns:
        sieve.frame = sieve.frame.with_columns(shipment_id=_hashes(theirs, sieve.frame["row"]))
    _drop(sieve, pl.col("shipment_id").is_null(), "no id", "shipment_id", "an id in every row")
    if sieve.frame["shipment_id"].n_unique() < sieve.frame.height:
        repeated = ~pl.col("shipment_id").is_last_distinct()
        once = (
            "Name the line number in shipment_id of the mapping, if these are lines of one bill"
        )
        sieve.drop(repeated, "key repeated", "shipment_id", "one row per shipment_id", once)
    kept = [n for n in SHIPMENT.names if n in sieve.frame.columns]
    frame = parsed(SHIPMENT).fit(sieve.frame.select(kept))
    return Parsed({SHIPMENT.name: frame}, theirs.height, (*notes, *sieve.rejections))


def _named(layout: Layout, theirs: pl.DataFrame) -> pl.DataFrame:
    """Our columns, trimmed, empty cells as null; the units of rows as `weight_unit`, `currency`."""

    def cell(name: str) -> pl.Expr:
        return pl.when(pl.col(name) != "").then(pl.col(name))

    units = {"weight_unit": "weight_column", "currency": "currency_column"}
    return theirs.select(pl.all().str.strip_chars()).select(
        *(
            (
                pl.concat_str(map(cell, names), separator="/", ignore_nulls=True)
                if ours == "shipment_id" and len(names) > 1
                else pl.coalesce(map(cell, names))
            ).alias(ours)
            for ours, names in layout.columns.items()
        ),
        *(
            cell(str(layout.file[key])).alias(name)
            for name, key in units.items()
            if key in layout.file
        ),
    )


def _persons_withheld(sieve: Sieve) -> Sequence[Rejection]:
    notes = []
    for column in (n for n in NAMES if n in sieve.frame.columns):
        count = int((sieve.frame[column] == WITHHELD).sum())
        if count:
            remedy = (
                "If it is an organisation, name a word of it under `organisations` of a mapping"
            )
            place = f"{sieve.place}, column {column}, {count} rows"
            expected = "an organisation's name"
            notes.append(
                Rejection(
                    "apparent person withheld", place, expected, WITHHELD, remedy, 0, "notice"
                )
            )
    present = [n for n in NAMES if n in sieve.frame.columns]
    sieve.frame = sieve.frame.with_columns(
        pl.when(pl.col(n) != WITHHELD).then(pl.col(n)) for n in present
    )
    return notes


def _dated(sieve: Sieve, layout: Layout, vintage: date) -> None:
    formats = layout.file.get("dates", ["%Y-%m-%d"])
    cell = pl.col("shipped_date")
    day = pl.coalesce(
        cell.str.slice(0, 11).str.strip_chars().str.to_date(f, strict=False) for f in formats
    )
    sieve.frame = sieve.frame.with_columns(day=day)
    _drop(sieve, pl.col("day").is_null(), "date unknown", "shipped_date", " or ".join(formats))
    _drop(sieve, pl.col("day") > vintage, "date in the future", "shipped_date", f"by {vintage}")
    _drop(sieve, pl.col("day") < EARLIEST, "date too early", "shipped_date", f"from {EARLIEST}")
    sieve.frame = sieve.frame.with_columns(shipped_date="day").drop("day")


def _measured(sieve: Sieve, layout: Layout) -> None:
    present = [n for n in NUMBERS if n in sieve.frame.columns]
    comma = layout.file.get("decimal") == ","
    for name in present:
        number = sieve.frame[name].cast(pl.Float64, strict=False)
        is_plain = number.null_count() == sieve.frame[name].null_count()
        if comma or not is_plain:
            text = pl.col(name).str.replace_all(r"[.\s]" if comma else r"[,\s]", "")
            plain = text.str.replace(",", ".", literal=True) if comma else text
            number = sieve.frame.select(plain.cast(pl.Float64, strict=False)).to_series()
        sieve.frame = sieve.frame.with_columns(number.alias("number"))
        is_number = pl.col("number").is_finite().fill_null(value=False)
        unread = pl.col(name).is_not_null() & ~is_number
        _drop(sieve, unread, "not a number", name, "a number")
        sieve.frame = sieve.frame.with_columns(pl.col("number").alias(name)).drop("number")
        _drop(sieve, pl.col(name) < 0, "negative number", name, "0 or more")
    _weighed(sieve, layout, [n for n in WEIGHTS if n in present])
    if "currency" in sieve.frame.columns and "value_reported_usd" in present:
        foreign = pl.col("currency").str.to_uppercase().is_in(["USD", "US$", "$"]).not_()
        left = "Nothing: a value is not converted; the row is kept without it"
        expected = "US$"
        sieve.note(
            foreign.fill_null(value=True), "currency not US$", "currency", expected, left
        )
        sieve.frame = sieve.frame.with_columns(
            value_reported_usd=pl.when(~foreign).then(pl.col("value_reported_usd"))
        )
    for name in (n for n in present if n in MOST):
        _drop(sieve, pl.col(name) > MOST[name], "absurd value", name, f"at most {MOST[name]:g}")


def _weighed(sieve: Sieve, layout: Layout, weights: Sequence[str]) -> None:
    if "weight_unit" in sieve.frame.columns:
        said = pl.col("weight_unit").str.to_lowercase().str.strip_suffix(".")
        unit = said.replace(UNITS)
        factor = unit.replace_strict(WEIGHTS_KG, default=None, return_dtype=pl.Float64)
        sieve.frame = sieve.frame.with_columns(factor=factor)
        weighed = pl.any_horizontal(pl.col(w).is_not_null() for w in weights)
        expected = " or ".join(WEIGHTS_KG)
        _drop(
            sieve, weighed & pl.col("factor").is_null(), "unit unknown", "weight_unit", expected
        )
        sieve.frame = sieve.frame.with_columns(pl.col(w) * pl.col("factor") for w in weights)
        return
    times = WEIGHTS_KG[str(layout.file.get("weight", "kg"))]
    if times != 1.0:
        sieve.frame = sieve.frame.with_columns(pl.col(w) * times for w in weights)


def _placed(sieve: Sieve, layout: Layout) -> None:
    """Countries as alpha-2; a cell that is none of the table is left empty and counted."""
    table = iso2_by(str(layout.file.get("countries", "iso2")))
    for name in (n for n in COUNTRIES if n in sieve.frame.columns):
        code = (
            pl.col(name)
            .str.to_uppercase()
            .replace_strict(table, default=None, return_dtype=pl.String)
        )
        sieve.frame = sieve.frame.with_columns(found=code)
        strange = pl.col(name).is_not_null() & pl.col("found").is_null()
        left = (
            "Nothing: the row is kept without it; or say in a mapping how countries are written"
        )
        sieve.note(strange, "country unknown", name, "a country of the code table", left)
        sieve.frame = sieve.frame.with_columns(pl.col("found").alias(name)).drop("found")


def _coded(sieve: Sieve) -> None:
    if "hs_code" not in sieve.frame.columns:
        return
    codes = sieve.frame["hs_code"].unique().drop_nulls()
    if codes.str.contains(HS_CODE).all():
        return  # files name the same few codes again and again
    digits = pl.col("hs_code").str.replace_all(r"[.\s]", "")
    strange = pl.col("hs_code").is_not_null() & ~digits.str.contains(HS_CODE)
    _drop(sieve, strange, "code unknown", "hs_code", "an HS code of 4 to 10 digits")
    sieve.frame = sieve.frame.with_columns(digits.alias("hs_code"))


def _hashes(theirs: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """A hash of every cell of a row, the same on every machine."""
    cells = pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator=CELL_END)
    return text_hashes(theirs.select(cells).to_series().gather(rows - 2))


def _drop(sieve: Sieve, broken: pl.Expr, rule: str, column: str, expected: str) -> None:
    """Copy nothing where nothing is broken: files have millions of rows."""
    if sieve.frame.select(broken.fill_null(value=False).any()).item():
        sieve.drop(
            broken, rule, column, expected, "Correct the cell, or the mapping, and load again"
        )
