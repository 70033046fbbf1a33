"""Public cases on the day before their first press: what was public, and what the system says.

Nothing is looked up by a later day: the store is opened as of the cut, and assessed from it. The
scope of a case (its sites, lanes, parties) stands in docs/validation/real_data_cases.csv; its facts,
status, denial and source are the committed `event` rows of the starter data.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from indicia.entities.names import normalise, normalised
from indicia.real_data import visible
from indicia.real_data.held import Day
from indicia.real_data.visible import Counted
from indicia.schema import EVENT
from indicia.store import Store

FACTS = "SELECT * FROM event WHERE source = 'context/events'"
LISTS = ("families", "facilities", "countries_iso2", "lanes", "names")
RAISED = ("lead", "watch")
COMPUTED = ("flag", "no_flag")
BY_PARTY = ("party", "employer")
DIVERSION, LAWFUL, CONTROL, RULE = "apparent diversion", "lawful", "control", "rule"


@dataclass(frozen=True, slots=True)
class Case:
    """What a case is about.

    Args:
        case_id: As in the starter data's events.
        group: Apparent diversion, lawful, control, or rule.
        first_public: As known: a day, month or year; empty for what always stood in public.
        cut: The day before it, or before the first day of that month or year; None without one.
        families: Where the case is said to have left traces.
        facilities: Its sites, where they are known.
        countries: ISO 3166-1 alpha-2.
        lanes: Exporter>importer, ISO 3166-1 alpha-3.
        names: Parties named in it; never natural persons.
    """

    case_id: str
    group: str
    first_public: str
    cut: date | None
    families: Sequence[str]
    facilities: Sequence[str]
    countries: Sequence[str]
    lanes: Sequence[str]
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Said:
    """What the system says of a case on one day.

    Args:
        sites: Facilities of the case that are visible: name, verdict, support_bans,
            strongest_rival, computable_count, applicable_count.
        subjects: Its lanes and organisations of which something is computable: as sites.
        flags: Statements of flags at its lanes and parties, with their scope.
        answered: Flags and no flags at its lanes and parties.
        records: Records that bear a name of its parties.
        rows: Public rows by family.
        reasons: Why it is silent, where it is.
    """

    sites: pl.DataFrame
    subjects: pl.DataFrame
    flags: pl.DataFrame
    answered: int
    records: int
    rows: Mapping[str, Counted]
    reasons: tuple[str, ...] = ()

    @property
    def is_raised(self) -> bool:
        """A site, lane or organisation is a lead or watch, or a lane, party or notice carries a flag."""
        return self._any(RAISED) or not self.flags.is_empty()

    @property
    def is_lead(self) -> bool:
        """A site, lane or organisation is a lead."""
        return self._any(RAISED[:1])

    def _any(self, verdicts: Sequence[str]) -> bool:
        found = pl.concat([self.sites["verdict"], self.subjects["verdict"]])
        return bool(found.is_in(verdicts).any())


def read(path: Path) -> list[Case]:
    """The cases of the table."""
    table = pl.read_csv(path, infer_schema=False).fill_null("")
    return [_case(row) for row in table.iter_rows(named=True)]


def _case(row: Mapping[str, str]) -> Case:
    lists = [tuple(filter(None, row[name].split(";"))) for name in LISTS]
    cut = date.fromisoformat(row["cut_date"]) if row["cut_date"] else None
    return Case(row["case_id"], row["group"], row["first_public"], cut, *lists)


def run(
    cases: Sequence[Case], opened: Callable[[date | None], Day]
) -> Iterator[tuple[Case, Said]]:
    """What the system says of every case on its own day; each day is opened once.

    Args:
        cases: The cases.
        opened: Opens a day; None is everything at hand, for cases that were always public, and
            stays open.
    """
    for cut in [*sorted({c.cut for c in cases if c.cut}), None]:
        mine = [c for c in cases if c.cut == cut]
        if not mine:
            continue
        day = opened(cut)
        rows = visible.rows_of(day.store)
        yield from ((case, said(case, day, rows)) for case in mine)
        if cut:
            day.store.close()


def said(case: Case, day: Day, rows: Mapping[str, pl.DataFrame]) -> Said:
    """What the system says of one case in one store."""
    identity = day.frames["facility_identity"].filter(
        pl.col("published_id").is_in(list(case.facilities))
    )
    names = day.store.sql("SELECT facility_id, name FROM facility")
    sites = (
        day.frames["assessment"]
        .join(identity.select("facility_id").unique(), on="facility_id", how="semi")
        .join(names, on="facility_id", how="left")
        .sort("facility_id")
    )
    evidence = day.frames["evidence"].filter(_concerns(case, day.store))
    computed = evidence.filter(pl.col("result").is_in(COMPUTED))
    records = _records(case, day)
    counts = visible.counted(rows, case.countries, case.lanes, case.names)
    found = Said(
        sites=sites,
        subjects=_subjects(case, day, records),
        flags=computed.filter(pl.col("result") == "flag").sort("indicator", "scope_id"),
        answered=computed.height,
        records=records.height,
        rows=counts,
    )
    if found.is_raised:
        return found
    return replace(found, reasons=tuple(_reasons(case, found, evidence)))


def _records(case: Case, day: Day) -> pl.DataFrame:
    """Records that bear a name of a party; those made from the report of a case itself left out."""
    bears = normalised(pl.col("name")).is_in([normalise(n) for n in case.names])
    return day.frames["party_record"].filter(bears, pl.col("table_name") != EVENT.name)


def _subjects(case: Case, day: Day, records: pl.DataFrame) -> pl.DataFrame:
    """Its lanes and organisations, where something is computable."""
    ours = [*case.lanes, *records["entity_id"].unique()]
    return (
        day.frames["subject_assessment"]
        .filter(pl.col("subject_id").is_in(ours), pl.col("computable_count") > 0)
        .sort("subject_kind", "subject_id")
    )


def _concerns(case: Case, store: Store) -> pl.Expr:
    """Evidence at a lane of the case, at a party of its names, or at a notice that names one."""
    kind, scope = pl.col("scope_kind"), pl.col("scope_id")
    wanted = [normalise(n) for n in case.names]
    return (
        ((kind == "lane") & scope.is_in(list(case.lanes)))
        | (kind.is_in(BY_PARTY) & normalised(scope).is_in(wanted))
        | ((kind == "process") & scope.is_in(_processes(store, wanted)))
    )


def _processes(store: Store, wanted: Sequence[str]) -> list[str]:
    """Processes whose buyer or supplier bears one of the names."""
    notices = store.sql(
        "SELECT process_id, concat_ws(' | ', buyer_name, supplier_names) AS words "
        "FROM procurement_notice"
    ).with_columns(words=pl.format(" {} ", normalised(pl.col("words"))))
    hits = [pl.col("words").str.contains(f" {n} ", literal=True) for n in wanted]
    found = notices.filter(pl.any_horizontal(hits) if hits else pl.lit(value=False))
    return found["process_id"].unique().sort().to_list()


def _reasons(case: Case, found: Said, evidence: pl.DataFrame) -> Iterator[str]:
    """Why nothing is raised, in the order in which a reader would ask."""
    if not case.facilities:
        yield "the case names no site"
    elif found.sites.is_empty():
        yield "no source at hand named its site by then"
    yield from _sites(found.sites)
    if case.lanes:
        yield from _lanes(found.rows["customs"].near, evidence)
    if case.names and not found.records:
        yield "no register, list or notice at hand bears the name of a party"
    elif case.names and not found.answered:
        yield "a party is on record, and no indicator can be computed of it"
    elif case.names:
        yield "what can be computed of its parties carries no flag"
    empty = [f for f in case.families if not found.rows[f].near and not found.rows[f].named]
    if empty:
        yield f"no row of its places or parties in {', '.join(empty)}"


def _sites(sites: pl.DataFrame) -> Iterator[str]:
    """Why a site that is visible is not raised, where more can be said than its support."""
    for name, verdict, computable in sites.select(
        "name", "verdict", "computable_count"
    ).iter_rows():
        if verdict == "reference site":
            yield f"{name}: inadmissible, no licence was needed there"
        elif computable == 0:
            yield f"{name}: nothing computable"


def _lanes(rows: int, evidence: pl.DataFrame) -> Iterator[str]:
    """Why its lanes are silent: no row, a grain too coarse, or nothing that stands out."""
    if not rows:
        yield "no row of its lanes"
        return
    asked = evidence.filter(pl.col("scope_kind") == "lane")
    if asked.filter(pl.col("result").is_in(COMPUTED)).height:
        yield "its lanes do not stand out"
    else:
        yield "grain of its lanes too coarse: press baskets, or too few months"
