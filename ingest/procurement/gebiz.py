"""Singapore government awards (GeBIZ, data.gov.sg) to `procurement_notice`.

One row per tender, supplier and amount, for a tender awarded by items has several. The publisher
gives no number of a supplier. A body is a page of the datastore's answer, or the whole CSV file
that its page offers.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed, short_hash
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, csv_rows, json_object, json_rows, require

from .ocds_json import mapping

SOURCE = "procurement/gebiz"
TABLE = parsed(PROCUREMENT_NOTICE)
DATASET = "d_acde1106003906a75c3fa052592f2fcb"
STORE = "https://data.gov.sg/api/action/datastore_search"
KEY = "DATA_GOV_SG_API_KEY"
LIMIT = 1_000
COLUMNS = (
    "tender_no", "tender_description", "agency", "award_date", "tender_detail_status", "supplier_name", "awarded_amt",
)  # fmt: skip
# In lower case. The word of OCDS stands for the one without a winner.
STATUSES = {
    "awarded to suppliers": "active",
    "awarded by items": "active",
    "award by interface record": "active",
    "awarded to no suppliers": "unsuccessful",
}
NOBODY = ("unknown", "na", "n.a.", "-")
SLASHED, MONTHS = r"^(\d{1,2})/(\d{1,2})/\d{4}$", 12
MOST = 1e12


def plan(asked: Asked) -> Sequence[Request]:
    """Ask for the whole dataset from its start, with a key if there is one."""
    secret = {"x-api-key": KEY} if asked.environ.get(KEY) else {}
    params = {"resource_id": DATASET, "limit": f"{LIMIT}", "offset": "0"}
    return (Request(STORE, params, secret_headers=secret),)


def following(request: Request, body: bytes) -> Request | None:
    """The next page until the total is reached; nothing after an empty one."""
    result = mapping(json_object(SOURCE, request.url, body).get("result"))
    offset = int(request.params["offset"]) + LIMIT
    if not result.get("records") or offset >= int(result.get("total") or 0):
        return None
    return replace(request, params={**request.params, "offset": f"{offset}"})


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read awards; the publisher's dates have the day first."""
    place = fetch.file_name
    frame = _frame(place, body)
    if frame is None:
        return Parsed({}, 0)
    require(SOURCE, place, frame, COLUMNS)
    sieve = Sieve(place, frame.select("row", *COLUMNS))
    rows_in = sieve.frame.height
    trimmed = pl.exclude("row").str.strip_chars()
    sieve.frame = sieve.frame.with_columns(trimmed.replace("", None))
    sieve.drop(pl.col("tender_no").is_null(), "no tender number", "tender_no", "a number")
    status = (
        pl.col("tender_detail_status").str.to_lowercase().replace_strict(STATUSES, default=None)
    )
    sieve.drop(
        status.is_null(), "status unknown", "tender_detail_status", f"one of {list(STATUSES)}"
    )
    _date(sieve, place, fetch)
    sieve.cast(["awarded_amt"])
    absurd = (pl.col("awarded_amt") < 0) | (pl.col("awarded_amt") >= MOST)
    sieve.drop(absurd, "impossible value", "awarded_amt", f"from 0 to {MOST:g} SGD")
    found = sieve.frame.with_columns(status.alias("status"))
    rows = _rows(found)
    sieve.frame = rows.with_columns(found["row"])
    sieve.drop_repeats(TABLE.key, "Nothing: the same award stands there twice")
    return Parsed(
        {TABLE.name: TABLE.fit(sieve.frame.drop("row"))}, rows_in, tuple(sieve.rejections)
    )


def _frame(place: str, body: bytes) -> pl.DataFrame | None:
    """The rows of a page or of the file; nothing for a page behind the last."""
    if body.lstrip()[:1] != b"{":
        return csv_rows(SOURCE, place, body)
    answer = json_object(SOURCE, place, body)
    result = mapping(answer.get("result"))
    if answer.get("success") is not True or not isinstance(result.get("records"), list):
        raise SourceChangedError(SOURCE, place, "success and result.records", answer)
    if not result["records"] and int(result.get("offset") or 0) > 0:
        return None
    return json_rows(SOURCE, f"{place}, result.records", result["records"])


def _date(sieve: Sieve, place: str, fetch: Fetch) -> None:
    told = pl.col("award_date")
    middle = sieve.frame.select(told.str.extract(SLASHED, 2).cast(pl.Int64).max()).item()
    if middle is not None and middle > MONTHS:
        expected, received = "dates with the day first", f"a second part of {middle}"
        raise SourceChangedError(SOURCE, f"{place}, award_date", expected, received)
    day = pl.coalesce(
        told.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
        told.str.to_date("%d/%m/%Y", strict=False),
    )
    sieve.drop(day.is_null(), "date not read", "award_date", "D/M/YYYY or YYYY-MM-DD")
    sieve.frame = sieve.frame.with_columns(day.alias("award_date"))
    late = pl.col("award_date") > fetch.vintage
    sieve.drop(late, "date in the future", "award_date", f"a day up to {fetch.vintage}")


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    is_nobody = pl.col("supplier_name").str.to_lowercase().is_in(NOBODY)
    has_winner = pl.col("status") == "active"
    lines = frame.select("supplier_name", "awarded_amt").rows()
    origins = {n: short_hash(n) for n in frame["tender_no"].unique()}
    return frame.select(
        process_id="tender_no",
        notice_id=pl.format("{} {}", "tender_no", "award_date"),
        line_id=pl.Series(
            [f"award-{short_hash(*map(str, line))}" for line in lines], dtype=pl.String
        ),
        stage=pl.lit("award"),
        status="status",
        notice_date="award_date",
        title="tender_description",
        buyer_name="agency",
        supplier_names=pl.when(~is_nobody).then("supplier_name"),
        country_iso2=pl.lit("SG"),
        amount=pl.when(has_winner).then("awarded_amt"),
        currency=pl.when(has_winner & pl.col("awarded_amt").is_not_null()).then(pl.lit("SGD")),
        origin_id=pl.col("tender_no").replace_strict(origins, return_dtype=pl.String),
    )
