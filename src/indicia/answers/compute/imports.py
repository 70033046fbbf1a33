"""Lines by imports: value, units and mass of a lane or into a country, importer's and exporter's report apart."""

import polars as pl

from indicia.answers.compute import lines
from indicia.answers.compute.scopes import Inside, Period
from indicia.answers.reader import Reader
from indicia.indicators.lane_flows import BASKET
from indicia.scoring.ledger import Assumptions, candidates, counted_imports

SERVER_CODES = r"^8471"
PART_CODES = r"^(8473|8542)"
PRESS = "press:"
MEASURES_SAY = {"value_usd": "value", "servers": "units", "mass_kg": "mass", "parts": "units of parts"}  # fmt: skip
UNITS = {"value_usd": "US$", "servers": "servers", "mass_kg": "kg", "parts": "parts"}
VALUED = {
    "M": "as the importer reports (CIF, with freight and insurance)",
    "X": "as the exporter reports (FOB, without freight and insurance)",
}
COUNTED_AS = {
    "value_usd": "Value of all codes of the basket.",
    "servers": "Quantity under codes of whole machines, read as servers of the class.",
    "mass_kg": "Net weight under codes of whole machines, read as servers of the class.",
    "parts": "Quantity under codes of boards and chips, read as one accelerator each.",
}
MIXED = " The published basket mixes machines and parts: units and mass are read as servers."
# Quantities are pieces only in these units; others say nothing of a number.
PIECES = r"(?i)^(u|no\.?|number( of items)?|items?|pieces?|units?|pcs|nos?|sets?|5|n)$"
NOT_HERE = {
    "facility": "Customs are published by country, not by site: see the country or lane.",
    "entity": "Customs are published by country, not by organisation: see the country or lane.",
}
FLOWS = """
    SELECT source, source_url, hs_code, frequency, period, flow,
           CASE flow WHEN 'X' THEN reporter_iso3 ELSE partner_iso3 END AS exporter,
           CASE flow WHEN 'X' THEN partner_iso3 ELSE reporter_iso3 END AS importer,
           coalesce(value_reported_usd, value_estimated_usd) AS value_usd,
           coalesce(net_weight_reported_kg, net_weight_estimated_kg) AS mass_kg,
           coalesce(quantity_reported, quantity_estimated) AS quantity, quantity_unit
    FROM customs_flow
    WHERE flow IN ('M', 'X')
      AND ((flow = 'M' AND reporter_iso3 = $importer AND $exporter IN ('', partner_iso3))
        OR (flow = 'X' AND partner_iso3 = $importer AND $exporter IN ('', reporter_iso3)))
    ORDER BY period, exporter, hs_code, source
"""


def flows(store: Reader, where: Inside, period: Period) -> pl.DataFrame:
    """Customs rows of computing hardware inside a period; the world's total replaces its partners.

    A month must lie inside the period, and so must a year as a whole.
    """
    rows = store.sql(FLOWS, {"importer": where.importer, "exporter": where.exporter})
    code = pl.col("hs_code")
    is_press = code.str.starts_with(PRESS)
    is_basket = code.str.contains("+", literal=True)
    rows = rows.filter(is_press | is_basket | code.is_in(BASKET)).with_columns(
        basket=pl.when(is_press | is_basket).then(code).otherwise(pl.lit("basket of HS codes")),
        is_machine=code.str.split("+").list.eval(pl.element().str.contains(SERVER_CODES)).list.all(),
        is_part=code.str.split("+").list.eval(pl.element().str.contains(PART_CODES)).list.all(),
        first_day=_day("first"),
        last_day=_day("last"),
    )  # fmt: skip
    if period.first:
        rows = rows.filter(pl.col("first_day") >= period.first)
    if period.last:
        rows = rows.filter(pl.col("last_day") <= period.last)
    world = rows.filter(pl.col("exporter") == "W00").select(
        "source", "flow", "frequency", "basket", "period", "hs_code"
    )
    keys = world.columns
    partners = rows.filter(pl.col("exporter") != "W00").join(world, on=keys, how="anti")
    return pl.concat([rows.filter(pl.col("exporter") == "W00"), partners])


def amounts(rows: pl.DataFrame) -> pl.DataFrame:
    """What a period's rows add up to, per report, basket, frequency and measure; never across these."""
    is_mixed = ~(pl.col("is_machine") | pl.col("is_part"))
    whole = pl.col("is_machine") | is_mixed
    is_pieces = pl.col("quantity_unit").str.contains(PIECES).fill_null(value=False)
    measures = {
        "value_usd": pl.col("value_usd"),
        "servers": pl.when(whole & is_pieces).then("quantity"),
        "mass_kg": pl.when(whole).then("mass_kg"),
        "parts": pl.when(pl.col("is_part") & is_pieces).then("quantity"),
    }
    parts = [
        rows.with_columns(amount=value, is_mixed=is_mixed & (measure != "value_usd"))
        .filter(pl.col("amount") > 0)
        .group_by("flow", "basket", "frequency", "source", maintain_order=True)
        .agg(
            pl.col("amount").sum(),
            pl.col("source_url").first(),
            pl.col("is_mixed").any(),
            first=pl.col("period").min(),
            last=pl.col("period").max(),
            periods_count=pl.col("period").n_unique(),
            lanes_count=pl.col("exporter").n_unique(),
            from_day=pl.col("first_day").min(),
            to_day=pl.col("last_day").max(),
        )
        .with_columns(measure=pl.lit(measure))
        for measure, value in measures.items()
    ]
    return pl.concat(parts).sort("frequency", "flow", "basket", "source", maintain_order=True)


def import_lines(totals: pl.DataFrame, own: Assumptions) -> pl.DataFrame:
    """Counts that imports imply: one line per report, basket, frequency, measure and class."""
    every = pl.DataFrame({"chip_class": candidates()})
    spell = (
        pl.when(pl.col("first") == pl.col("last"))
        .then(pl.col("first"))
        .otherwise(pl.format("{} to {}", "first", "last"))
    )
    each = pl.when(pl.col("frequency") == "A").then(pl.lit("year")).otherwise(pl.lit("month"))
    said = totals.with_columns(
        channel=pl.lit("imports"),
        period=spell,
        reading=pl.format(
            "{}, {}, {}, {} {} of {}",
            pl.col("measure").replace_strict(MEASURES_SAY, return_dtype=pl.String),
            pl.when(pl.col("flow") == "M").then(pl.lit("CIF")).otherwise(pl.lit("FOB")),
            "basket", "periods_count",
            pl.when(pl.col("periods_count") > 1).then(each + pl.lit("s")).otherwise(each), spell,
        ),
        subject=pl.format("{} lanes", "lanes_count").str.replace("^1 lanes$", "1 lane"),
        basis=pl.lit("reported"),
        unit=pl.lit(lines.ACCELERATORS),
        amount_unit=pl.col("measure").replace_strict(UNITS, return_dtype=pl.String),
        is_sum=pl.col("lanes_count") > 1,
        note=pl.format(
            "{}; {}{} Were the goods servers of this class: a customs heading names no product.",
            pl.col("flow").replace_strict(VALUED, return_dtype=pl.String),
            pl.col("measure").replace_strict(COUNTED_AS, return_dtype=pl.String),
            pl.when("is_mixed").then(pl.lit(MIXED)).otherwise(pl.lit("")),
        ),
    )  # fmt: skip
    rows = said.join(every, how="cross", maintain_order="left")
    return lines.fit(lines.with_words(counted_imports(rows, own)))


def _day(which: str) -> pl.Expr:
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32)
    is_year = pl.col("frequency") == "A"
    month = pl.when(is_year).then(1 if which == "first" else 12).otherwise(
        pl.col("period").str.slice(5, 2).cast(pl.Int32, strict=False)
    )  # fmt: skip
    first = pl.date(year, month, 1)
    return first if which == "first" else first.dt.month_end()
