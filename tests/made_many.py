"""An invented store as large as a large set: every page has rows, and nothing in it is real."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from made_store import NOW, SHA, STAMP

from indicia.entities.resolve import resolve
from indicia.indicators import CATALOGUE
from indicia.review import Journal
from indicia.schema import FETCH, RIVALS, RUN, TABLES, parsed, stamped
from indicia.store import Build, Vintage

COUNTRIES = ("CN", "MY", "US", "SG", "AE", "IN", "DE", "KZ")
FAMILIES = sorted({i.family for i in CATALOGUE})
FIRST = "many-000000"


def ids(count: int) -> pl.Series:
    """Ids of that many facilities, in order."""
    return pl.int_range(count, eager=True).cast(pl.String).str.zfill(6).map_elements(
        lambda n: f"many-{n}", return_dtype=pl.String
    )  # fmt: skip


def observed(count: int) -> dict[str, pl.DataFrame]:
    """Facilities, their parties, states and notices: a third share a point, every tenth has states."""
    draw = np.random.default_rng(3)
    every = pl.DataFrame({"facility_id": ids(count), "n": np.arange(count)})
    points = draw.uniform([-40, -170], [65, 170], (count // 3, 2)).round(3)
    at = points[draw.integers(0, len(points), count)]
    tenth, operator = (
        every.filter(pl.col("n") % 10 == 0),
        pl.format("Operator {} Ltd", pl.col("n") // 3),
    )
    facility = every.select(
        "facility_id",
        publisher_key="facility_id",
        name=pl.format("Hall {}", "n"),
        country_iso2=pl.Series(draw.choice(COUNTRIES, count)),
        site_class=pl.lit("ai"),
        place=pl.format("Invented Park {}", pl.col("n") // 40),
        latitude_deg=pl.Series(at[:, 0]),
        longitude_deg=pl.Series(at[:, 1]),
        coord_precision=pl.Series(draw.choice(["site", "city", "county", "region"], count)),
    )
    party = pl.concat(
        every.select(
            "facility_id", role=pl.lit(role), party_name=name, certainty=pl.lit("stated"),
            headquarters_iso2=pl.lit("CN"),
        )
        for role, name in (("operator", operator), ("owner", pl.format("Holding {} Ltd", pl.col("n") // 30)))
    )  # fmt: skip
    months = pl.DataFrame(
        {"on_date": pl.date_range(date(2023, 1, 1), date(2024, 12, 1), "2mo", eager=True)}
    )
    state = tenth.join(months, how="cross").select(
        "facility_id", "on_date", power_kind=pl.lit("capacity"), date_precision=pl.lit("month"),
        is_projection=pl.lit(value=False), power_estimated_mw=(pl.col("n") % 90 + 10.0),
    )  # fmt: skip
    notice = tenth.select(
        process_id=pl.format("ocds-many-{}", "n"), notice_id=pl.lit("1"), line_id=pl.lit("award-1"),
        stage=pl.lit("award"), notice_date=pl.lit(date(2024, 2, 9)), title=pl.lit("GPU servers"), buyer_name=operator,
        amount=pl.lit(1e6), currency=pl.lit("MYR"), quantity_count=pl.lit(64.0),
    )  # fmt: skip
    exposure = notice.select(
        facility_id=tenth["facility_id"], scope_kind=pl.lit("process"), scope_id="process_id",
        weight_share=pl.lit(0.9), basis=pl.lit("delivery place named"),
    )  # fmt: skip
    return {"facility": facility, "facility_party": party, "facility_state": state,
            "procurement_notice": notice, "exposure": exposure}  # fmt: skip


def results(count: int) -> dict[str, pl.DataFrame]:
    """What a scoring would leave: four results per indicator, one item of evidence per facility."""
    draw = np.random.default_rng(4)
    every = pl.DataFrame(
        {"facility_id": ids(count), "support_bans": draw.normal(-0.8, 0.6, count).round(3)}
    )
    support, verdicts = pl.col("support_bans"), {"lead": 0.9, "watch": 0.3}
    verdict = (
        pl.when(support > verdicts["lead"]).then(pl.lit("lead")).when(support > verdicts["watch"])
        .then(pl.lit("watch")).when(support < -2).then(pl.lit("reference site")).otherwise(pl.lit("no lead"))
    )  # fmt: skip
    asked = pl.DataFrame([{"indicator": i.code, "family": i.family} for i in CATALOGUE])
    answers = every.select("facility_id").join(asked, how="cross")
    said = draw.choice(
        ["flag", "no_flag", "no_data", "not_applicable"],
        answers.height,
        p=[0.04, 0.2, 0.6, 0.16],
    )
    own = every.select(
        "facility_id",
        evidence_id=pl.format("e-{}", "facility_id"),
        weight=support.abs().clip(0, 1.5),
    )
    rivals = pl.DataFrame({"rival": RIVALS, "further": np.linspace(0, 0.6, len(RIVALS))})
    assessment = every.select(
        "facility_id", "support_bans", verdict=verdict, is_admissible=verdict != "reference site",
        admissibility_reason=pl.lit("Invented reason."), prior_class=pl.lit("neo-cloud"), is_prior_stated=pl.lit(value=True),
        strongest_rival=pl.lit("H3"), evidence_bans=support + 1.3, support_low_bans=support - 0.7,
        support_high_bans=support + 0.7, is_prior_driven=support.abs() < 0.7, families_for_count=(support > 0).cast(pl.Int64) * 2,
        computable_count=pl.lit(4), applicable_count=pl.lit(9), coverage_share=pl.lit(4 / 9),
        next_indicator=pl.lit(CATALOGUE[0].code), next_gain_bans=pl.lit(0.4), tests_count=pl.lit(0), untested_count=pl.lit(0),
    )  # fmt: skip
    return {
        "assessment": assessment,
        "assessment_rival": every.join(rivals, how="cross").select(
            "facility_id", "rival", prior_bans=pl.lit(-0.7), evidence_bans=support + 0.7 + pl.col("further"),
            support_bans=support + pl.col("further"),
        ),
        "assessment_family": every.join(pl.DataFrame({"family": FAMILIES}), how="cross").select(
            "facility_id", "family", weight_bans=pl.lit(0.1), support_without_bans=support - 0.1,
            rival_without=pl.lit("H3"), verdict_without=pl.lit("watch"),
        ),
        "next_evidence": every.select(
            "facility_id", place=pl.lit(1), indicator=pl.lit(CATALOGUE[0].code), expected_change_bans=pl.lit(0.3),
            flag_share=pl.lit(0.2), flag_change_bans=pl.lit(0.8), no_flag_change_bans=pl.lit(-0.1),
        ),
        "indicator_result": answers.with_columns(result=pl.Series(said), evidence_count=pl.lit(1)),
        "evidence": own.select(
            "evidence_id", indicator=pl.lit(CATALOGUE[0].code), scope_kind=pl.lit("facility"), scope_id="facility_id",
            result=pl.lit("flag"), kind=pl.lit("invented"), observed_value=pl.col("weight") * 40, threshold_value=pl.lit(8.0),
            unit=pl.lit("MW"), statement=pl.format("Base load stepped up by {} MW.", pl.col("weight") * 40),
            starts_date=pl.lit(date(2024, 2, 9)), ends_date=pl.lit(date(2024, 5, 9)), origin_id=pl.lit("o"), reliability=pl.lit("B"),
        ),
        "evidence_source": own.select(
            "evidence_id", table_name=pl.lit("facility_state"), row_key=pl.format("facility_id={}", "facility_id"),
            quote=pl.lit("40 MW"), source=pl.lit("context/analyst"), source_url=pl.lit("https://example.org/page"),
            fetch_id=pl.lit("fetch-1"),
        ),
        "item": own.select(
            "facility_id", "evidence_id", family=pl.lit(CATALOGUE[0].family), exposure_share=pl.lit(0.5),
            exposure_basis=pl.lit("invented"), is_counted=pl.lit(value=True),
            **{f"{k.lower()}_bans": pl.col("weight") for k in RIVALS},
        ),
    }  # fmt: skip


def build(home: Path, count: int) -> Path:
    """Publish an invented store of `count` facilities under `home`, with who is who settled."""
    vintage = Vintage(NOW, NOW, "fetch-1", is_snapshot=False)
    stamps = {**STAMP, "source": "context/analyst"}
    with Build(home) as made:
        for name, frame in observed(count).items():
            rows = (
                parsed(TABLES[name])
                .fit(frame)
                .with_columns(**{k: pl.lit(v) for k, v in stamps.items()})
            )
            made.load(TABLES[name], stamped(TABLES[name]).fit(rows), vintage, "context/analyst")
        fetch = {"fetch_id": "fetch-1", "source": "context/analyst", "way": "live", "url": "https://example.org/x",
                 "fetched_utc": NOW, "sha256": SHA, "original_sha256": SHA, "body_bytes": 16}  # fmt: skip
        run = {"run_id": "1", "source": "context/analyst", "way": "live", "started_utc": NOW, "finished_utc": NOW, "outcome": "loaded",
               **dict.fromkeys(("rows_in_count", "rows_kept_count", "rows_rejected_count", "added_count", "changed_count", "vanished_count"), 0)}  # fmt: skip
        made.record(FETCH, FETCH.frame([fetch]))
        made.record(RUN, RUN.frame([run]))
        frames = {name: TABLES[name].fit(frame) for name, frame in results(count).items()}
        made.replace_assessments(frames | resolve(made.reader(), Journal(home).judgements()))
        made.publish(rules_version="invented-rules", kind="synthetic", now=NOW)
    return home
