"""Hugging Face model lists (JSON) of organisations' accounts to `model_release`.

Unit: downloads as the publisher counts them. Lineage comes from the tags `base_model:...`, hardware
from the card's `co2_eq_emissions.hardware_used`; both are as the author declares them.

The next page is named in a header (`follows_link_header` of the definition); a full page that names
none, or came from a file, is reported. Only accounts of organisations are asked; `redact` keeps the fields read.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import MODEL_RELEASE, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import Sieve, json_body, start_of

NAME = "staffing/hugging_face"
MODELS = "https://huggingface.co/api/models"
MOST = 1000
ACCOUNTS = (
    "deepseek-ai", "Qwen", "moonshotai", "zai-org", "baichuan-inc", "01-ai", "internlm", "OpenGVLab",
    "tencent", "baidu", "MiniMaxAI", "stepfun-ai", "ByteDance-Seed", "rednote-hilab", "Skywork",
    "openbmb", "inclusionAI", "XiaomiMiMo", "IEITYuan", "Tele-AI", "BAAI", "tiiuae", "inceptionai",
    "LLM360", "aisingapore", "mistralai", "nvidia", "meta-llama",
)  # fmt: skip
KEPT = ("id", "author", "createdAt", "downloads", "private", "tags")
RELATIONS = "finetune|adapter|quantized|merge"
FLOOR = datetime(2022, 3, 2, tzinfo=UTC).date()  # the publisher counts no earlier day
PLAIN_ID = r"^[\w.-]+/[\w.-]+$"


def plan(_asked: Asked) -> Sequence[Request]:
    """All models of each account, newest first, a thousand at a time."""
    asked = {
        "sort": "createdAt",
        "direction": "-1",
        "limit": str(MOST),
        "full": "true",
        "cardData": "true",
    }
    return [Request(MODELS, {"author": account, **asked}) for account in ACCOUNTS]


def redact(body: bytes) -> bytes:
    """Keep the fields that are read; files, texts and whoever is named in cards are dropped.

    Raises:
        SourceChangedError: It is no JSON, so that nothing is known to be safe to keep.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        received = f"{start_of(body)} ({error})"
        raise SourceChangedError(NAME, "body", "a JSON list of models", received) from error
    if not isinstance(found, list):
        return body if isinstance(found, dict) and found.keys() <= {"error"} else b"{}"
    return json_body([_kept(m) for m in found])


def _kept(model: object) -> object:
    if not isinstance(model, dict):
        return None
    kept = {k: model[k] for k in KEPT if k in model}
    kept["tags"] = [
        t for t in model.get("tags") or () if str(t).startswith(("base_model:", "license:"))
    ]
    if hardware := _hardware(model):
        kept["cardData"] = {"co2_eq_emissions": {"hardware_used": hardware}}
    return kept


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the models of one account.

    Raises:
        SourceChangedError: No list of models, or a model without id or day of creation.
    """
    place = fetch.url.rsplit("author=", 1)[-1].split("&")[0]
    models = _models(place, body)
    if not models:
        return Parsed({}, 0, [_nothing(place)])
    frame = pl.DataFrame(
        [_row(m) for m in models],
        schema={
            "model_id": pl.String, "created": pl.String, "hardware_text": pl.String,
            "base_models": pl.String, "downloads_count": pl.Int64, "licence_text": pl.String,
            "private": pl.Boolean,
        },
    )  # fmt: skip
    sieve = Sieve(place, frame.with_row_index("row", offset=1))
    named = pl.col("model_id").str.contains(PLAIN_ID).fill_null(value=False)
    sieve.drop(~named, "id unknown", "model_id", "account/name")
    sieve.drop(pl.col("private"), "private model", "model_id", "a public model")
    if "author=" in fetch.url:
        other = (
            pl.col("model_id").str.split("/").list.first().str.to_lowercase() != place.lower()
        )
        sieve.drop(other, "other account", "model_id", f"a model of {place}")
    day = pl.col("created").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    sieve.frame = sieve.frame.with_columns(released_date=day)
    unread = pl.col("released_date").is_null()
    sieve.drop(unread, "date unknown", "created", "a time as YYYY-MM-DDTHH:MM:SS")
    future = pl.col("released_date") > fetch.vintage
    sieve.drop(future, "date in the future", "created", f"by {fetch.vintage}")
    floor = "Nothing: the publisher dates everything older to that day"
    sieve.note(
        pl.col("released_date") <= FLOOR, "date is a floor", "created", "a later day", floor
    )
    negative = pl.col("downloads_count") < 0
    sieve.drop(negative, "negative number", "downloads_count", "0 or more")
    sieve.drop_repeats(("model_id",), "The first one was kept")
    kept = sieve.frame.select(
        "model_id",
        "released_date",
        "hardware_text",
        "base_models",
        "downloads_count",
        "licence_text",
        account=pl.col("model_id").str.split("/").list.first(),
        source_url=pl.concat_str(pl.lit("https://huggingface.co/"), "model_id"),
    )
    is_cut_off = len(models) >= MOST and not fetch.next_url
    full = [_cut_off(place)] if is_cut_off else []
    return Parsed(
        {MODEL_RELEASE.name: parsed(MODEL_RELEASE).fit(kept)},
        len(models),
        [*sieve.rejections, *full],
    )


def _models(place: str, body: bytes) -> list[dict[str, Any]]:
    expected = "a JSON list of models"
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceChangedError(NAME, place, expected, start_of(body)) from error
    if not isinstance(found, list) or not all(isinstance(m, dict) for m in found):
        raise SourceChangedError(NAME, place, expected, start_of(body))
    for name in ("id", "createdAt", "tags"):
        if found and not any(name in m for m in found):
            raise SourceChangedError(NAME, place, f"`{name}` in every model", sorted(found[0]))
    return found


def _row(model: dict[str, Any]) -> dict[str, object]:
    tags = [str(t) for t in model.get("tags") or ()]
    named = [t.removeprefix("base_model:") for t in tags if t.startswith("base_model:")]
    bases = dict.fromkeys(
        n.split(":", 1)[1] if n.split(":", 1)[0] in RELATIONS.split("|") else n for n in named
    )
    licences = [t.removeprefix("license:") for t in tags if t.startswith("license:")]
    downloads = model.get("downloads")
    return {
        "model_id": str(model.get("id") or ""),
        "created": str(model.get("createdAt") or ""),
        "hardware_text": _hardware(model),
        "base_models": "; ".join(bases) or None,
        "downloads_count": downloads if isinstance(downloads, int) else None,
        "licence_text": "; ".join(licences) or None,
        "private": model.get("private") is True,
    }


def _hardware(model: dict[str, Any]) -> str | None:
    card = model.get("cardData")
    emissions = card.get("co2_eq_emissions") if isinstance(card, dict) else None
    used = emissions.get("hardware_used") if isinstance(emissions, dict) else None
    return " ".join(used.split())[:200] or None if isinstance(used, str) else None


def _nothing(place: str) -> Rejection:
    remedy = "Look whether the account was renamed: an unknown account has no models either"
    return Rejection("no rows", place, "models of the account", "none", remedy, 0)


def _cut_off(place: str) -> Rejection:
    expected = f"fewer than {MOST} models"
    remedy = "Load the account's further pages too (the newest models come first), unless it has exactly so many"
    received = f"{MOST}, and no further page named"
    return Rejection("body incomplete", place, expected, received, remedy, 0, "notice")
