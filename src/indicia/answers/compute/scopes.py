"""What a ledger is asked for: a facility, an organisation, a lane or a country, over a period."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import polars as pl

from indicia.answers.identity import canonical
from indicia.answers.reader import Reader
from indicia.entities.names import normalise, normalised
from indicia.errors import UsageError
from indicia.reference import tables
from indicia.schema.observations import ROLES

KINDS = ("facility", "entity", "lane", "country")
ANY_ROLE = "any"
ROLE_CHOICES = (ANY_ROLE, *ROLES)
BETWEEN = ">"
MOST_CHOICES = 2000
PERIOD = re.compile(r"^(\d{4})(?:-(\d{2}))?$")
ISO3 = re.compile(r"^[A-Z]{3}$")
DECEMBER = 12
MOST_NEAR, NEAR_SHARE = 8, 0.6


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; None where a side is open."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, first: str = "", last: str = "") -> "Period":
        """A period from two months or years as text, `2024` or `2024-03`; empty is open.

        Raises:
            UsageError: A text of another form, or a start after the end.
        """
        begins, ends = _days("from", first), _days("to", last)
        found = cls(begins[0] if begins else None, ends[1] if ends else None)
        if found.first and found.last and found.first > found.last:
            raise UsageError(f"from must not lie after to, received {first} and {last}.")
        return found

    @property
    def says(self) -> str:
        """The period in words."""
        if not (self.first or self.last):
            return "all dates"
        return " ".join(
            f"{word} {day:%Y-%m-%d}"
            for word, day in (("from", self.first), ("to", self.last))
            if day
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """What a ledger is about.

    Args:
        kind: One of `KINDS`.
        key: A facility_id, an organisation as published, `EXP>IMP` in ISO 3166-1 alpha-3, or a
            country in ISO 3166-1 alpha-2.
        role: For an organisation, in which role its facilities count.
    """

    kind: str
    key: str
    role: str = ANY_ROLE

    def __post_init__(self) -> None:
        """Refuse kinds and roles that do not exist and lanes that are none."""
        for what, value, valid in (
            ("kind of scope", self.kind, KINDS),
            ("role", self.role, ROLE_CHOICES),
        ):
            if value not in valid:
                raise UsageError(f"Unknown {what} {value!r}. Valid: {', '.join(valid)}.")
        parts = self.key.split(BETWEEN)
        if self.kind == "lane" and (len(parts) != 2 or not all(ISO3.match(p) for p in parts)):  # noqa: PLR2004 -- exporter and importer
            raise UsageError(
                f"Unknown lane {self.key!r}. Valid: exporter>importer in ISO 3166-1 alpha-3, "
                "for example TWN>MYS."
            )
        if not self.key.strip():
            raise UsageError(f"Name the {self.kind}.")


@dataclass(frozen=True, slots=True)
class Inside:
    """The tables' keys that belong to a scope.

    Args:
        facilities: `facility_id` and `name` of its facilities.
        names: Comparable forms of the organisation; empty for other scopes.
        exporter: ISO 3166-1 alpha-3 for a lane; empty otherwise.
        importer: ISO 3166-1 alpha-3 for a lane or country; empty otherwise.
        country: ISO 3166-1 alpha-2 for a lane (its importer) or country; empty otherwise.
    """

    facilities: pl.DataFrame
    names: tuple[str, ...] = ()
    exporter: str = ""
    importer: str = ""
    country: str = ""


def inside(store: Reader, scope: Scope) -> Inside:
    """The facilities, names and countries that a scope holds.

    Raises:
        UsageError: The store knows no such facility, organisation or country.
    """
    if scope.kind == "facility":
        found = _facilities(store, "facility_id = $key", canonical(store, scope.key))
        if found.is_empty():
            raise UsageError(
                f"This version of the data holds no facility {scope.key!r}. {near(store, scope)}"
            )
        return Inside(found)
    if scope.kind == "entity":
        return _of_entity(store, scope)
    if scope.kind == "lane":
        exporter, importer = scope.key.split(BETWEEN)
        country = _code("iso3", importer, scope)
        _code("iso3", exporter, scope)
        return Inside(
            _facilities(store, "country_iso2 = $key", country), (), exporter, importer, country
        )
    importer = _code("iso2", scope.key, scope)
    found = _facilities(store, "country_iso2 = $key", scope.key)
    return Inside(found, (), "", importer, scope.key)


def choices(store: Reader, kind: str, also: str = "") -> dict[str, str]:
    """What can be asked for in a kind of scope: key -> words, in reading order.

    At most `MOST_CHOICES` of them, because a browser has to carry them; `also` is among them
    wherever the data hold it, so that a link reaches every one.
    """
    asked = {
        "facility": """
            SELECT facility_id AS key, min(name) || ' (' || coalesce(min(country_iso2), '?') || ')'
            FROM facility GROUP BY facility_id ORDER BY min(name), key""",
        "entity": """
            WITH named AS (
                SELECT party_name AS key, facility_id FROM facility_party
                UNION ALL SELECT buyer_name, NULL FROM procurement_notice
                UNION ALL SELECT subject, NULL FROM power_statement WHERE metric = 'it_capacity_mw'
                UNION ALL SELECT subject, NULL FROM hardware_statement WHERE subject_kind = 'party'
                UNION ALL SELECT trim(unnest(string_split(organisations, ';'))), NULL
                    FROM training_claim
            )
            SELECT key, key || ', ' || count(DISTINCT facility_id) || ' sites' FROM named
            WHERE key <> '' GROUP BY key ORDER BY count(DISTINCT facility_id) DESC, key""",
        "lane": """
            SELECT CASE flow WHEN 'X' THEN reporter_iso3 || '>' || partner_iso3
                   ELSE partner_iso3 || '>' || reporter_iso3 END AS key,
                   key || ', ' || count(*) || ' rows'
            FROM customs_flow WHERE flow IN ('M', 'X') AND partner_iso3 <> 'W00'
            GROUP BY key ORDER BY count(*) DESC, key""",
        "country": """
            SELECT country_iso2 AS key, country_iso2 || ', ' || count(DISTINCT facility_id) || ' sites'
            FROM facility WHERE country_iso2 IS NOT NULL GROUP BY key
            ORDER BY count(DISTINCT facility_id) DESC, key""",
    }
    if kind not in asked:
        raise UsageError(f"Unknown kind of scope {kind!r}. Valid: {', '.join(KINDS)}.")
    first = dict(store.sql(f"{asked[kind]} LIMIT {MOST_CHOICES}").iter_rows())
    if not also or also in first:
        return first
    linked = f"SELECT * FROM ({asked[kind]}) AS known(key, says) WHERE key = $also"
    return first | dict(store.sql(linked, {"also": also}).iter_rows())


def guess(store: Reader, text: str) -> str:
    """The kind of scope a text names: a lane, a country code, a facility id, or an organisation."""
    if BETWEEN in text:
        return "lane"
    if re.fullmatch(r"[A-Z]{2}", text):
        return "country"
    query = "SELECT 1 FROM facility WHERE facility_id = ? LIMIT 1"
    is_facility = store.sql(query, [canonical(store, text)])
    return "facility" if is_facility.height else "entity"


def near(store: Reader, scope: Scope) -> str:
    """The nearest choices to a key that the data do not hold, in words; some of all where none is near."""
    known = choices(store, scope.kind)
    lowered = {text.lower(): key for key, says in known.items() for text in (key, says)}
    asked = scope.key.strip().lower()
    fits = dict.fromkeys(
        lowered[n] for n in get_close_matches(asked, lowered, n=MOST_NEAR, cutoff=NEAR_SHARE)
    )
    listed = ", ".join(fits or list(known)[:MOST_NEAR])
    what = "Near it" if fits else f"{len(known)} can be asked for, among them"
    return f"{what}: {listed}." if listed else f"These data hold no {scope.kind} at all."


def _days(what: str, text: str) -> tuple[date, date] | None:
    said = text.strip()
    if not said:
        return None
    match = PERIOD.match(said)
    year, month = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
    if not match or year < 1 or month > DECEMBER or (match[2] and month == 0):
        raise UsageError(f"{what}: expected YYYY or YYYY-MM, received {text!r}.")
    first, last = (month, month) if month else (1, DECEMBER)
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _facilities(store: Reader, where: str, key: str) -> pl.DataFrame:
    return store.sql(
        f"""
        SELECT facility_id, min(name) AS name FROM facility WHERE {where}
        GROUP BY facility_id ORDER BY name, facility_id
        """,
        {"key": key},
    )


def _of_entity(store: Reader, scope: Scope) -> Inside:
    parties = store.sql(
        """
        SELECT DISTINCT p.facility_id, f.name, p.party_name
        FROM facility_party p JOIN facility f USING (facility_id)
        WHERE $role IN (p.role, 'any') ORDER BY f.name, p.facility_id
        """,
        {"role": scope.role},
    )
    form = normalise(scope.key) or scope.key
    own = parties.filter(normalised(pl.col("party_name")) == form)
    facilities = own.select("facility_id", "name").unique("facility_id", maintain_order=True)
    return Inside(facilities, (form,))


def _code(column: str, code: str, scope: Scope) -> str:
    """The other code of a country; read from the table of countries.

    Raises:
        UsageError: There is no such country.
    """
    other = "iso2" if column == "iso3" else "iso3"
    found = tables.table("countries").filter(pl.col(column) == code)[other].drop_nulls()
    if found.is_empty():
        raise UsageError(
            f"Unknown country {code!r} in the {scope.kind} {scope.key!r}. "
            f"Valid: ISO 3166-1 alpha-{3 if column == 'iso3' else 2} codes in capitals."
        )
    return str(found[0])
