"""Two to four facilities side by side: the same facts in the same rows, one axis of time."""

from collections.abc import Sequence

import polars as pl

from indicia.answers import facility, identity, timeline, words
from indicia.answers.reader import Reader
from indicia.schema import RIVALS

MOST = 4
LEAST = 2
FACTS = {
    "verdict": "Verdict",
    "support": "Support",
    "prior_range": "With 1/5 to 5 times the prior",
    "strongest_rival": "Strongest rival",
    "coverage": "Indicators computable",
    "confidence": "Confidence",
    "where": "Where",
    "precision": "Place known to",
    "site_class": "Class of site",
    "admissibility": "May H1 be asked",
    "next_indicator": "Worth knowing next",
    "freshness": "Freshness",
}


def chosen(store: Reader, asked: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The facilities that a link asks for, each once, at most `MOST`.

    Returns:
        facility_id -> name that no other of them bears; and the ids that these data do not hold.
    """
    found: dict[str, str] = {}
    missing = []
    for wanted in dict.fromkeys(asked):
        held = facility.dossier(store, identity.canonical(store, wanted))
        if held is None:
            missing.append(wanted)
        elif len(found) < MOST:
            is_taken = held.name in found.values() and held.facility_id not in found
            found[held.facility_id] = (
                f"{held.name} ({held.facility_id})" if is_taken else held.name
            )
    return found, missing


def facts(store: Reader, names: dict[str, str]) -> pl.DataFrame:
    """One row per fact, one column per facility; what is not known reads `—`."""
    heads = {name: facility.dossier(store, one) for one, name in names.items()}
    columns = {
        name: [str(getattr(head, fact, "") or "—") for fact in FACTS]
        for name, head in heads.items()
    }
    return pl.DataFrame({"fact": list(FACTS.values()), **columns}).with_columns(
        pl.exclude("fact").replace({r: words.SHORT[r] for r in RIVALS})
    )


def families(store: Reader, names: dict[str, str]) -> pl.DataFrame:
    """One row per family, one column per facility: its state, and the results behind it."""
    columns = {"family": list(words.FAMILIES)}
    for one, name in names.items():
        chips = facility.chips(store, one).iter_rows(named=True)
        columns[name] = [f"{chip['state']} ({words.tally(chip)})" for chip in chips]
    return pl.DataFrame(columns)


def rivals(store: Reader, names: dict[str, str]) -> pl.DataFrame:
    """Support in bans for H1 over each rival: one row per rival, one column per facility."""
    found = store.sql(
        "SELECT facility_id, rival, support_bans FROM assessment_rival "
        "WHERE list_contains(?::VARCHAR[], facility_id)",
        [list(names)],
    )
    wide = pl.DataFrame({"rival": list(RIVALS)})
    for one, name in names.items():
        own = found.filter(pl.col("facility_id") == one).select(
            "rival", pl.col("support_bans").map_elements(words.bans, pl.String).alias(name)
        )
        wide = wide.join(own, on="rival", how="left", maintain_order="left")
    return wide.with_columns(pl.col("rival").replace({r: words.about(r) for r in RIVALS}))


def marks(store: Reader, names: dict[str, str]) -> pl.DataFrame:
    """Everything dated of these facilities, rules left out, with the column `facility`."""
    own = [
        timeline.of_facility(store, one)
        .filter(pl.col("lane") != "rule", pl.col("starts_date").is_not_null())
        .select(pl.lit(name).alias("facility"), pl.all())
        for one, name in names.items()
    ]
    return pl.concat(own)
