"""Shares in the band of AI servers: which cells count, which source speaks, what is cited."""

from datetime import date

import made
import polars as pl
import pytest

from indicia.indicators import value_density

ORDINARY, DEAR = 400, 2500


def flows(values, usd_per_kg, flow="M", lane="EXA>IMA", **more):
    return [
        made.monthly_flow(
            lane, n, v * 1e6, flow, **{"net_weight_reported_kg": v * 1e6 / usd_per_kg, **more}
        )
        for n, v in enumerate(values)
    ]


def shifted(last=60, months=12, dear=DEAR, **more):
    """Ordinary servers as ever, dear ones many in the last month."""
    return flows([20] * (months + 1), ORDINARY, hs_code="84715010", **more) + flows(
        [1] * months + [last], dear, hs_code="84715090", **more
    )


def judged(rows=(), shipments=(), lane="EXA>IMA"):
    given = {k: v for k, v in (("customs_flow", rows), ("shipment", shipments)) if v}
    found = value_density.compute(made.database(**given))
    (row,) = found.evidence.filter(pl.col("scope_id") == lane).iter_rows(named=True)
    return row, found.sources.filter(pl.col("evidence_id") == row["evidence_id"])


def shipments(months=13, lines=6, usd_per_kg=ORDINARY, **more):
    return [
        {
            "shipment_id": f"B{usd_per_kg}-{n}-{line}",
            "shipped_date": date(2024 + n // 12, n % 12 + 1, 3),
            "origin_iso2": "TW",
            "destination_iso2": "MY",
            "hs_code": "84715000",
            "net_weight_kg": 4000.0,
            "value_reported_usd": 4000.0 * usd_per_kg,
            **more,
        }
        for n in range(months)
        for line in range(lines)
    ]


def test_a_shift_names_its_month_and_cites_that_month_of_the_source_that_spoke():
    row, sources = judged(shifted())
    assert (row["result"], row["starts_date"]) == ("flag", date(2022, 1, 1))
    assert row["observed_value"] == pytest.approx((60 / 80 - 1 / 21) / 0.05)
    assert "75.0 %" in row["statement"]
    assert len(sources) == 2
    assert all(k.endswith("period=2022-01") for k in sources["row_key"])


@pytest.mark.parametrize(
    ("usd_per_kg", "result"),
    [(1499, "no_flag"), (1500, "flag"), (4000, "flag"), (4001, "no_flag")],
)
def test_the_ends_of_the_band_belong_to_it(usd_per_kg, result):
    rows = flows([20] * 13, ORDINARY, hs_code="84715010")
    rows += [
        made.monthly_flow(
            "EXA>IMA", 12, 60_000.0 * usd_per_kg, hs_code="84715090",
            net_weight_reported_kg=60_000.0,
        )
    ]  # fmt: skip
    assert judged(rows)[0]["result"] == result


@pytest.mark.parametrize(("last", "result"), [(4.9, "no_flag"), (5.0, "flag")])
def test_the_floor_on_value_is_inclusive(last, result):
    rows = flows([5] * 13, ORDINARY, hs_code="84715010")
    rows += flows([0.1] * 12 + [last], DEAR, hs_code="84715090")
    assert judged(rows)[0]["result"] == result


@pytest.mark.parametrize(("months", "result"), [(11, "no_data"), (12, "flag")])
def test_twelve_months_must_precede(months, result):
    assert judged(shifted(months=months))[0]["result"] == result


def test_a_code_is_never_added_to_its_subdivisions():
    alone, _ = judged(shifted())
    whole = flows([21] * 12 + [80], 600, hs_code="847150")
    both, _ = judged(shifted() + whole)
    assert both["observed_value"] == alone["observed_value"]


def test_estimated_weights_say_nothing():
    rows = [
        {**r, "net_weight_estimated_kg": r["net_weight_reported_kg"], "net_weight_reported_kg": None}
        for r in shifted()
    ]  # fmt: skip
    row, sources = judged(rows)
    assert (row["result"], row["observed_value"], sources.height) == ("no_data", None, 0)


def test_a_line_without_weight_lowers_quality_and_not_the_share():
    bare = [
        {**r, "net_weight_reported_kg": None}
        for r in flows([20] * 13, ORDINARY, hs_code="84715020")
    ]
    with_it, sources = judged(shifted() + bare)
    assert sorted(" kg" in q for q in sources["quote"]) == [False, True, True]
    without, _ = judged(shifted())
    assert with_it["observed_value"] == without["observed_value"]
    assert with_it["quality_share"] == pytest.approx(80 / 100)
    assert without["quality_share"] == 1


def test_pieces_decide_only_without_weight_and_only_for_whole_machines():
    def counted(code):
        weightless = {"net_weight_reported_kg": None, "quantity_unit": "NO"}
        plain = flows([20] * 13, 1, hs_code=f"{code}10", quantity_reported=5000.0, **weightless)
        dear = flows([60], 1, hs_code=f"{code}90", quantity_reported=200.0, **weightless)
        return plain + [{**r, "period": "2022-01"} for r in dear]

    assert judged(counted("847150"))[0]["result"] == "flag"
    assert judged(counted("847330"))[0]["result"] == "no_data"
    heavy = [{**r, "net_weight_reported_kg": 1e6} for r in counted("847150")]
    assert judged(heavy)[0]["result"] == "no_flag"


def test_the_importers_report_outranks_the_exporters():
    rows = shifted(source="customs/exporter", flow="X")
    calm = flows([20] * 13, ORDINARY, hs_code="84715010", source="customs/importer")
    row, sources = judged(rows + calm)
    assert row["result"] == "no_flag"
    assert sources["source"].unique().to_list() == ["customs/importer"]


def test_shipments_outrank_reports_and_are_cited_by_line():
    dear = [s for s in shipments(usd_per_kg=DEAR) if s["shipped_date"].year == 2025]
    calm = flows([20] * 13, ORDINARY, lane="TWN>MYS")
    row, sources = judged(calm, shipments() + dear, lane="TWN>MYS")
    assert (row["result"], row["starts_date"]) == ("flag", date(2025, 1, 1))
    assert "by shipment records" in row["statement"]
    assert sources["table_name"].unique().to_list() == ["shipment"]
    assert sources.height == value_density.LINES_CITED
    assert all("B2500" in k for k in sources["row_key"])


@pytest.mark.parametrize(("lines", "result"), [(4, "no_data"), (5, "no_flag")])
def test_a_month_of_light_shipments_needs_five_of_them(lines, result):
    light = shipments(lines=lines, net_weight_kg=7.0, value_reported_usd=17_500.0)
    assert judged((), light, lane="TWN>MYS")[0]["result"] == result


def test_order_and_scale_of_rows_do_not_matter():
    rows = shifted()
    assert judged(rows)[0] == judged(rows[::-1])[0]
