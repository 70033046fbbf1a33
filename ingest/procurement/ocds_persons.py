"""Natural persons in OCDS: what is dropped at any depth, and whose names are withheld."""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

PERSONAL = frozenset({"contactPoint", "additionalContactPoints", "persons", "beneficialOwners"})
WITHHELD = "(natural person)"
REFERENCES = ("buyer", "procuringEntity", "suppliers", "tenderers", "payee", "payer")
FLAGS = ("naturalPerson", "isNaturalPerson", "isIndividual")
KINDS = ("type", "scale", "legalForm", "legalEntityType", "entityType")
PERSON_KINDS = frozenset(
    {"person", "individual", "natural", "naturalperson", "selfemployed", "soletrader"}
)
# Without any of these words in its text a document marks no party as a person.
MARKS = re.compile(r"natural|individual|self.?employed|sole.?trader|\"person\"", re.IGNORECASE)


def without_personal_keys(value: Json) -> Json:
    """One object of a document without what describes persons."""
    if PERSONAL.isdisjoint(value):
        return value
    return {k: v for k, v in value.items() if k not in PERSONAL}


def withheld(document: object) -> object:
    """The document, with the parties that their publisher marks as persons made nameless."""
    for release in _releases(document):
        marked = [p for p in _objects(release.get("parties")) if is_person(p)]
        ids = {p["id"] for p in marked if isinstance(p.get("id"), str | int)}
        if marked:
            release["parties"] = [p for p in release["parties"] if p not in marked]
        _forget(release, ids)
    return document


def is_person(party: Json) -> bool:
    """Does the publisher say that this party is a natural person?"""
    details = party.get("details")
    for facts in (party, details if isinstance(details, dict) else {}):
        words = (str(facts.get(key) or "") for key in KINDS)
        if any(facts.get(flag) is True for flag in FLAGS):
            return True
        if any(w.replace(" ", "").replace("-", "").lower() in PERSON_KINDS for w in words):
            return True
    return False


def _releases(value: object) -> Iterator[Json]:
    if isinstance(value, list):
        for part in value:
            yield from _releases(part)
    elif isinstance(value, dict):
        if "ocid" in value and "compiledRelease" not in value:
            yield value
        for key in ("releases", "records", "compiledRelease"):
            yield from _releases(value.get(key))


def _objects(value: object) -> list[Json]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _forget(owner: Json, ids: set[object]) -> None:
    """Replace every reference to a person below `owner`, by id or by its own mark."""
    for key, value in owner.items():
        if key in REFERENCES:
            owner[key] = (
                [_nameless(v, ids) for v in value]
                if isinstance(value, list)
                else _nameless(value, ids)
            )
        elif isinstance(value, dict):
            _forget(value, ids)
        elif isinstance(value, list):
            for part in _objects(value):
                _forget(part, ids)


def _nameless(reference: object, ids: set[object]) -> object:
    if not isinstance(reference, dict):
        return reference
    number = reference.get("id")
    is_known = isinstance(number, str | int) and number in ids
    return {"name": WITHHELD} if is_known or is_person(reference) else reference
