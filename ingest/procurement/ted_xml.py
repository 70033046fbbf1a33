"""One TED notice in XML: the legacy form (`TED_EXPORT`, until 2024) or eForms (UBL).

No document type is accepted, so no entity is ever defined. A name beside a mark of a natural
person is withheld; contacts, beneficial owners and committee members are removed.
"""

from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed
from indicia.sources.contract import Fetch, Parsed, Rejection
from ingest.xml_body import local_name, xml_root

from .ted_eforms import PERSON_MARK, eforms_rows
from .ted_legacy import legacy_rows
from .ted_parts import Notice, first_text

TABLE = parsed(PROCUREMENT_NOTICE)
PERSONAL = frozenset(
    ["CONTACT_POINT", "PHONE", "E_MAIL", "FAX", "CONTACT", "ATTENTION", "MEMBER_NAME", "Contact", "UltimateBeneficialOwner", "TechnicalCommitteePerson", "ReasonDescription", "TouchPoint"]
)  # fmt: skip
WITHHELD = "(natural person)"
ROOTS: dict[str, Callable[[Notice, ET.Element], Iterator[dict[str, object]]]] = {
    "TED_EXPORT": legacy_rows,
    "ContractAwardNotice": eforms_rows,
    "ContractNotice": eforms_rows,
    "PriorInformationNotice": eforms_rows,
}


def redacted(source: str, body: bytes) -> bytes:
    """The notice without persons."""
    root = xml_root(source, "notice", body)
    _forget(root)
    archived: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return archived


def notice(source: str, body: bytes, fetch: Fetch) -> Parsed:
    """Read a notice of a form known here."""
    place = fetch.file_name
    root = xml_root(source, place, body)
    _forget(root)
    rows = ROOTS.get(local_name(root))
    if rows is None:
        expected = f"a notice: {', '.join(ROOTS)}"
        raise SourceChangedError(source, place, expected, local_name(root))
    issues: list[Rejection] = []
    told = Notice(source, place, fetch.vintage, issues)
    frame = TABLE.frame(rows(told, root))
    return Parsed({TABLE.name: frame}, 1, tuple(issues))


def _forget(root: ET.Element) -> None:
    for parent in list(root.iter()):
        for part in list(parent):
            if local_name(part) in PERSONAL:
                parent.remove(part)
        if (
            first_text(parent, PERSON_MARK).lower() == "true"
            and local_name(parent) != "Organizations"
        ):
            _make_nameless(parent)


def _make_nameless(organisation: ET.Element) -> None:
    """Withhold name, number and address of an organisation that is a natural person."""
    if not any(local_name(p) == PERSON_MARK for p in organisation):
        return
    for company in (c for c in organisation if local_name(c) == "Company"):
        for part in list(company):
            if local_name(part) == "PartyName":
                for name in part:
                    name.text = WITHHELD
            elif local_name(part) != "PartyIdentification":
                company.remove(part)
