"""Epoch AI's tables of AI models (one CSV per list) to training claims and hardware used.

Reported or estimated, by rule. Operations are reported where the publisher's method begins with
`Reported`, or, in a list without that column, where its note marks the number itself as
(reported) or [reported] or begins with `Stated in paper`; else they are its estimate. A number of accelerators is reported where
the record is `Confident`; else it is an estimate. Authors, staff who entered a record, abstracts
and free text never reach the archive: `redact` keeps the columns that are read and no other.
"""

from collections.abc import Sequence
from io import StringIO

import polars as pl

from indicia.schema import HARDWARE_STATEMENT, TRAINING_CLAIM, parsed
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, require
from ingest.facilities import epoch_fields as fields
from ingest.facilities.epoch_release import refusal

NAME = "staffing/epoch_models"
ALIASES = {
    "model": ("Model", "System"),
    "organisations": ("Organization", "Organization (from Organization)"),
    "countries": ("Country (of organization)", "Country (from Organization)"),
    "published": ("Publication date",),
    "parameters_count": ("Parameters",),
    "flop": ("Training compute (FLOP)",),
    "tokens_count": (
        "Training dataset size (gradients)",
        "Training dataset size (total)",
        "Training dataset size (datapoints)",
        "(DEPRECATED) Training dataset size (datapoints)",
    ),
    "hardware_text": ("Training hardware",),
    "accelerators_count": ("Hardware quantity",),
    "training_time_hours": ("Training time (hours)",),
    "accelerator_hours": ("Training chip-hours",),
    "numeric_format": ("Numerical format",),
    "utilisation_share": ("Hardware utilization (MFU)", "Hardware utilization"),
    "confidence": ("Confidence",),
    "base_models": ("Base model",),
    "method": ("Training compute estimation method",),
    "marked": ("Training compute notes",),
    "source_url": ("Link",),
}
NEEDED = ("model", "organisations", "published", "parameters_count", "flop", "hardware_text")
MOST = {
    "parameters_count": 1e16,
    "flop": 1e30,
    "tokens_count": 1e17,
    "accelerators_count": 1e7,
    "training_time_hours": 1e6,
    "accelerator_hours": 1e10,
    "utilisation_share": 1.0,
}
CONFIDENCES = ("confident", "likely", "speculative", "unverified", "unknown")
THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
MARKED = r"(?i)\d\S*\s*FLOPs?\s*[\[(]reported[\])]|^(stated|reported) in (the )?paper\b"
MARK = "[reported]"
FIRST_YEAR = 1940
LEAST_COLUMNS = 3
WEB = r"^(https?://[^\s,;]+)"


def redact(body: bytes) -> bytes:
    """Keep the columns that are read, and of the notes only whether the number is marked reported.

    Raises:
        SourceChangedError: It is no table, so nothing of it may be archived.
    """
    rows = csv_rows(NAME, "redaction", body).drop("row")
    kept = [a for names in ALIASES.values() for a in names if a in rows.columns]
    if not _is_models(rows.columns):
        empty = (pl.lit(None, dtype=pl.String).alias(c) for c in rows.columns)
        return _csv(rows.head(1).select(empty))
    kept_rows = rows.select(kept)
    notes = ALIASES["marked"][0]
    if notes in kept:
        mark = pl.when(pl.col(notes).str.contains(MARKED)).then(pl.lit(MARK))
        kept_rows = kept_rows.with_columns(mark.alias(notes))
    return _csv(kept_rows)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one list of models."""
    place = fetch.file_name
    rows = csv_rows(NAME, place, body)
    if not _is_models(rows.columns):
        raise refusal(NAME, place, "a table of AI models, with a column Model", rows.columns)
    sieve = Sieve(place, _renamed(place, rows))
    _clean(sieve, fetch)
    claims = _claims(sieve.frame)
    return Parsed(
        {TRAINING_CLAIM.name: claims, HARDWARE_STATEMENT.name: _used(sieve.frame)},
        rows.height,
        tuple(sieve.rejections),
    )


def _is_models(columns: Sequence[str]) -> bool:
    """Whether the header is that of a list of models, perhaps with a column lost."""
    told = [set(ALIASES[field]) & set(columns) for field in NEEDED]
    return bool(told[0]) and sum(map(bool, told)) >= LEAST_COLUMNS


def _csv(frame: pl.DataFrame) -> bytes:
    out = StringIO()
    frame.write_csv(out)
    return out.getvalue().encode()


def _renamed(place: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns that are used, under our names."""
    found = {
        field: next((a for a in names if a in rows.columns), None)
        for field, names in ALIASES.items()
    }
    require(NAME, place, rows, [ALIASES[field][0] for field in NEEDED if found[field] is None])
    absent = pl.lit(None, dtype=pl.String)
    return rows.select(
        "row", *((pl.col(a) if a else absent).alias(field) for field, a in found.items())
    )


def _clean(sieve: Sieve, fetch: Fetch) -> None:
    """Drop what cannot be a claim, by name."""
    joined = pl.col("model").str.replace_all(r"\s*\n\s*", " ")
    sieve.frame = sieve.frame.with_columns(joined)
    sieve.drop(pl.col("model").is_null(), "no name", "model", "the name of the model")
    sieve.drop_repeats(("model",), "Keep one row per model")
    day = pl.col("published").str.to_date("%Y-%m-%d", strict=False)
    sieve.drop(
        pl.col("published").is_not_null() & day.is_null(), "date unknown", "published",
        "YYYY-MM-DD", "Correct the date and load again",
    )  # fmt: skip
    sieve.frame = sieve.frame.with_columns(published_date=day)
    odd = (pl.col("published_date") > fetch.vintage) | (
        pl.col("published_date").dt.year() < FIRST_YEAR
    )
    sieve.drop(odd, "date impossible", "published", f"from {FIRST_YEAR} to {fetch.vintage}")
    for column in MOST:
        _number(sieve, column)
    for column, most in MOST.items():
        sieve.drop(
            ~pl.col(column).is_between(0, most), "number impossible", column, f"0 to {most:g}"
        )
    sieve.frame = sieve.frame.with_columns(pl.col("confidence").str.to_lowercase())
    known = pl.col("confidence").is_in(CONFIDENCES)
    sieve.drop(~known, "confidence unknown", "confidence", " or ".join(CONFIDENCES))
    _places(sieve)


def _number(sieve: Sieve, column: str) -> None:
    """Text to a number; a cell that is none (a range, two values) is named and left out."""
    text = pl.col(column)
    plain = pl.when(text.str.contains(THOUSANDS)).then(text.str.replace_all(",", ""))
    value = plain.otherwise(text).cast(pl.Float64, strict=False)
    is_lost = text.is_not_null() & (value.is_null() | ~value.is_finite())
    sieve.note(
        is_lost, "not a number", column,
        "one number, no range, with or without commas between thousands",
        "Correct the cell; meanwhile the model has no such figure",
    )  # fmt: skip
    sieve.frame = sieve.frame.with_columns(pl.when(~is_lost).then(value).alias(column))


def _places(sieve: Sieve) -> None:
    """Organisations and countries as lists; a country that is not known is named and left out."""
    organisations = pl.col("organisations").str.replace_all(fields.COMPANY_FORM, " $1")
    names = _split(pl.col("countries"))
    codes = (
        names.list.eval(fields.country(pl.element()))
        .list.drop_nulls()
        .list.unique(maintain_order=True)
    )
    lost = names.list.eval(
        pl.element().filter(
            fields.country(pl.element()).is_null() & (pl.element() != "Multinational")
        )
    ).list.len()
    sieve.frame = sieve.frame.with_columns(
        organisations=_text(_split(organisations)),
        countries_iso2=pl.when(codes.list.len() > 0).then(codes.list.join(";")),
        lost=lost,
    )
    sieve.note(
        pl.col("lost") > 0, "country unknown", "countries", "known countries",
        "Add the country to COUNTRIES in epoch_fields",
    )  # fmt: skip


def _split(cell: pl.Expr) -> pl.Expr:
    parts = cell.str.split(",").list.eval(pl.element().str.strip_chars())
    return parts.list.unique(maintain_order=True)


def _text(parts: pl.Expr) -> pl.Expr:
    return parts.list.join("; ")


def _link() -> pl.Expr:
    """The first web address of a cell that may hold several."""
    return pl.col("source_url").str.extract(WEB)


def _claims(frame: pl.DataFrame) -> pl.DataFrame:
    is_reported = pl.col("method").str.starts_with("Reported").fill_null(value=False) | (
        pl.col("method").is_null() & pl.col("marked").is_not_null()
    )
    method = pl.col("method").str.replace_all(",", ", ")
    table = parsed(TRAINING_CLAIM)
    return table.fit(
        frame.select(
            "model",
            "organisations",
            "countries_iso2",
            "published_date",
            "parameters_count",
            "tokens_count",
            "accelerators_count",
            "training_time_hours",
            "accelerator_hours",
            "utilisation_share",
            "numeric_format",
            "confidence",
            training_reported_flop=pl.when(is_reported).then("flop"),
            training_estimated_flop=pl.when(~is_reported).then("flop"),
            hardware_text=_text(_split(pl.col("hardware_text"))),
            base_models=_text(_split(pl.col("base_models"))),
            note=pl.when(method.is_not_null()).then(
                pl.concat_str(pl.lit("Epoch AI's method: "), method, pl.lit("."))
            ),
            source_url=_link(),
        )
    )


def _used(frame: pl.DataFrame) -> pl.DataFrame:
    """Accelerators one organisation (or several together) said it trained with; the most per day."""
    told = frame.filter(
        pl.col("organisations").is_not_null(),
        pl.col("hardware_text").is_not_null(),
        pl.col("published_date").is_not_null(),
        pl.col("accelerators_count") > 0,
    )
    is_reported = pl.col("confidence") == "confident"
    largest = told.sort("accelerators_count", "model", descending=[True, False]).unique(
        ("organisations", "hardware_text", "published_date"), keep="first", maintain_order=True
    )
    return parsed(HARDWARE_STATEMENT).fit(
        largest.sort("row").select(
            subject_kind=pl.lit("party"),
            subject="organisations",
            kind=pl.lit("used in training"),
            chip_text=_text(_split(pl.col("hardware_text"))),
            on_date="published_date",
            date_precision=pl.lit("day"),
            accelerators_reported_count=pl.when(is_reported.fill_null(value=False)).then(
                "accelerators_count"
            ),
            accelerators_estimated_count=pl.when(~is_reported.fill_null(value=False)).then(
                "accelerators_count"
            ),
            certainty="confidence",
            statement=pl.concat_str(
                pl.lit("Training of "), "model", pl.lit(". Day: publication of the model.")
            ),
            source_url=_link(),
        )
    )
