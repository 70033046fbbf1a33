"""What a reader asks of the list of facilities, and how many facilities each further wish would leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import polars as pl

from indicia.answers.places import ONE_FACILITY
from indicia.answers.reader import Reader
from indicia.review.cases import NEW, STATES
from indicia.schema import RIVALS

MOST_OPERATORS = 50  # offered by name; others are found by the free text
BANDS = ("none", "under a third", "under two thirds", "two thirds or more")
BAND = (
    f"CASE WHEN a.coverage_share = 0 THEN '{BANDS[0]}' WHEN a.coverage_share < 1 / 3 THEN '{BANDS[1]}' "
    f"WHEN a.coverage_share < 2 / 3 THEN '{BANDS[2]}' ELSE '{BANDS[3]}' END"
)
FIELDS = {
    "country": "countries", "operator": "operators", "verdict": "verdicts", "family": "families",
    "rival": "rivals", "precision": "precisions", "coverage": "coverages", "review": "reviews",
}  # fmt: skip
FACETS = tuple(FIELDS)
NARROWED = f"""
    WITH place AS ({ONE_FACILITY}),
    who AS (
        SELECT facility_id, string_agg(DISTINCT party_name, '; ' ORDER BY party_name) AS parties
        FROM facility_party GROUP BY ALL
    )
"""
CONDITIONS = {
    "country": "list_contains($country::VARCHAR[], coalesce(f.country_iso2, ''))",
    "operator": """f.facility_id IN (SELECT facility_id FROM facility_party
        WHERE role = 'operator' AND list_contains($operator::VARCHAR[], party_name))""",
    "verdict": "list_contains($verdict::VARCHAR[], a.verdict)",
    "family": """f.facility_id IN (SELECT facility_id FROM indicator_result
        WHERE result = 'flag' AND list_contains($family::VARCHAR[], family))""",
    "rival": "list_contains($rival::VARCHAR[], a.strongest_rival)",
    "precision": "list_contains($precision::VARCHAR[], coalesce(f.coord_precision, 'unknown'))",
    "coverage": f"list_contains($coverage::VARCHAR[], {BAND})",
    "text": """contains(lower(concat_ws(' ', f.name, f.place, f.admin1, f.facility_id,
        f.publisher_key, w.parties)), $text)""",
    "changed": "f.facility_id IN (SELECT unnest($changed::VARCHAR[]))",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked to see; empty means everything.

    Args:
        reviews: States that people gave, as in `decided`; `new` is what nobody decided on.
        decided: Facility to state.
        operators: Names of operators as published.
        families: Families of indicators that flag.
        rivals: Codes of the strongest rival.
        coverages: Of `BANDS`: how many of the applicable indicators could be computed.
        changed_since: Data version; with it, only facilities in `changed`.
        changed: Facilities that differ from that version.
    """

    countries: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    precisions: tuple[str, ...] = ()
    text: str = ""
    reviews: tuple[str, ...] = ()
    decided: Mapping[str, str] = field(default_factory=dict)
    operators: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    coverages: tuple[str, ...] = ()
    changed_since: str = ""
    changed: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        asked: Mapping[str, tuple[str, ...]],
        text: str = "",
        decided: Mapping[str, str] | None = None,
    ) -> Self:
        """The wishes under the names of `FACETS`, as `asked` gives them back."""
        values: dict[str, Any] = {FIELDS[facet]: chosen for facet, chosen in asked.items()}
        return cls(**values, text=text, decided=decided or {})

    def asked(self) -> dict[str, tuple[str, ...]]:
        """What is chosen of each facet, under the name that stands in links and citations."""
        return {facet: getattr(self, name) for facet, name in FIELDS.items()}

    def conditions(self) -> tuple[dict[str, str], dict[str, object]]:
        """The conditions in SQL by their name, and their parameters; only those that are asked."""
        given: dict[str, object] = {
            k: list(v) for k, v in self.asked().items() if v and k in CONDITIONS
        }
        if text := self.text.strip().lower():
            given["text"] = text
        if self.changed_since:
            given["changed"] = list(self.changed)
        said = {name: CONDITIONS[name] for name in given}
        if self.reviews:
            chosen = [f for f, state in self.decided.items() if state in self.reviews]
            said["review"] = "f.facility_id IN (SELECT unnest($reviewed::VARCHAR[]))"
            given["reviewed"] = chosen
            if NEW in self.reviews:
                said["review"] = (
                    f"({said['review']} OR f.facility_id NOT IN (SELECT unnest($decided::VARCHAR[])))"
                )
                given["decided"] = list(self.decided)
        return said, given

    @property
    def named(self) -> str:
        """The join that a free text needs, which also looks for organisations; else empty: it costs."""
        return "LEFT JOIN who w USING (facility_id)" if self.text.strip() else ""

    def where(self) -> tuple[str, dict[str, object]]:
        """The whole condition in SQL and its parameters by name."""
        said, given = self.conditions()
        return " AND ".join(said.values()) or "true", given


def facets(
    store: Reader, filters: Filters | None = None, *, with_reference: bool = False
) -> pl.DataFrame:
    """How many facilities of the queue each value of each facet would leave, beside the other wishes.

    Args:
        store: The store.
        filters: What is asked already; a facet's own choice does not narrow its own counts.
        with_reference: Count reference sites too, which never stand in the queue.

    Returns:
        facet (of `FACETS`), value, facilities_count: by facet, the most first. Operators are cut at
        `MOST_OPERATORS`.
    """
    wanted = filters or Filters()
    said, given = wanted.conditions()
    passes = {n: f"ok_{n}" for n in said}
    parts = []
    for facet in FACETS:
        others = " AND ".join(ok for n, ok in passes.items() if n != facet) or "true"
        source = {"operator": "base JOIN operators USING (facility_id)",
                  "family": "base JOIN flagged USING (facility_id)"}.get(facet, "base")  # fmt: skip
        parts.append(
            f"SELECT '{facet}' AS facet, {facet} AS value, count(*) AS facilities_count FROM {source} "
            f"WHERE {others} AND {facet} IS NOT NULL GROUP BY ALL"
        )
    query = f"""
        {NARROWED}, people AS (
            SELECT unnest($people::VARCHAR[]) AS facility_id, unnest($states::VARCHAR[]) AS state
        ),
        base AS MATERIALIZED (
            SELECT facility_id, f.country_iso2 AS country, a.verdict, a.strongest_rival AS rival,
                   coalesce(f.coord_precision, 'unknown') AS precision, {BAND} AS coverage,
                   coalesce(p.state, '{NEW}') AS review
                   {"".join(f", {c} AS {passes[n]}" for n, c in said.items())}
            FROM assessment a JOIN place f USING (facility_id) {wanted.named}
            LEFT JOIN people p USING (facility_id)
            WHERE $with_reference OR a.verdict <> 'reference site'
        ),
        operators AS (
            SELECT DISTINCT facility_id, party_name AS operator FROM facility_party WHERE role = 'operator'
        ),
        flagged AS (
            SELECT DISTINCT facility_id, family FROM indicator_result WHERE result = 'flag'
        )
        FROM ({" UNION ALL ".join(parts)})
        QUALIFY facet <> 'operator' OR row_number() OVER (
            PARTITION BY facet ORDER BY facilities_count DESC, value) <= {MOST_OPERATORS}
        ORDER BY facet, facilities_count DESC, value
    """
    people = {"people": list(wanted.decided), "states": list(wanted.decided.values())}
    return store.sql(query, {**given, **people, "with_reference": with_reference})


def choices(store: Reader, linked_operators: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """What each facet offers in this store, whatever is chosen of the others.

    Args:
        store: The store.
        linked_operators: Operators that a link asks for: offered too, where the store knows them.
    """
    found = facets(store, with_reference=True)
    offered = {
        facet: sorted(found.filter(pl.col("facet") == facet)["value"].to_list())
        for facet in FACETS
    }
    known = store.sql(
        "SELECT DISTINCT party_name FROM facility_party WHERE role = 'operator' "
        "AND list_contains(?::VARCHAR[], party_name)",
        [list(linked_operators)],
    ).to_series()
    return offered | {
        "verdict": [v for v in ("lead", "watch", "no lead") if v in offered["verdict"]],
        "operator": sorted({*offered["operator"], *known.to_list()}),
        "rival": [r for r in RIVALS if r in offered["rival"]],
        "coverage": [b for b in BANDS if b in offered["coverage"]],
        "review": list(STATES),
    }  # fmt: skip


def counts_in_words(found: pl.DataFrame, facet: str, most: int = 3) -> str:
    """The largest values of a facet with their counts, for example `CN 44 · MY 9 · and 3 more`."""
    rows = found.filter(pl.col("facet") == facet)
    told = [f"{value} {n:,}" for _, value, n in rows.head(most).iter_rows()]
    more = [f"and {rows.height - most:,} more"] if rows.height > most else []
    return " · ".join([*told, *more]) or "none"
