"""TED notices in eForms (UBL 2.3): one row per result of a lot, else one per notice."""

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from indicia.errors import SourceChangedError
from indicia.schema import short_hash
from ingest.xml_body import local_name

from .ocds_json import joined
from .places import country_code
from .ted_parts import TED, UNSUCCESSFUL, Notice, first_text, part, parts, stated, texts

STAGES = {
    "ContractAwardNotice": "award",
    "ContractNotice": "tender",
    "PriorInformationNotice": "plan",
}
EXTENSION = "UBLExtensions/UBLExtension/ExtensionContent/EformsExtension"
PERSON_MARK = "NaturalPersonIndicator"
NO_WINNER, UNDECIDED = "clos-nw", "open-nw"
PARTY = "PartyIdentification/ID"


def eforms_rows(notice: Notice, root: ET.Element) -> Iterator[dict[str, object]]:
    """The rows of one notice."""
    stage, known = STAGES[local_name(root)], part(root, EXTENSION)
    number = first_text(known, "Publication/NoticePublicationID") or first_text(root, "ID")
    process = first_text(root, "ContractFolderID") or number
    if not number or not process:
        expected = "ContractFolderID, and NoticePublicationID or ID"
        raise SourceChangedError(notice.source, notice.place, expected, f"{process}, {number}")
    companies = {
        first_text(c, PARTY): c for c in parts(known, "Organizations/Organization/Company")
    }
    shared = _shared(notice, root, companies) | {
        "process_id": process,
        "notice_id": number,
        "stage": stage,
        "source_url": f"{TED}/{number.lstrip('0')}",
        "origin_id": short_hash(process),
    }
    result = part(known, "NoticeResult")
    results = list(parts(result, "LotResult"))
    if stage != "award" or not results:
        project = part(root, "ProcurementProject")
        value = part(project, "RequestedTenderTotal/EstimatedOverallContractAmount")
        total = value if value is not None else part(result, "TotalAmount")
        line = stage if stage != "award" else "award-1"
        yield shared | {"line_id": line, **notice.money(total, "currencyID")}
        return
    lots = {first_text(lot, "ID"): lot for lot in parts(root, "ProcurementProjectLot")}
    for found in results:
        yield shared | _award(notice, found, result, lots, companies)


def _shared(
    notice: Notice, root: ET.Element, companies: Mapping[str, ET.Element]
) -> dict[str, object]:
    buyer = companies.get(first_text(root, f"ContractingParty/Party/{PARTY}"))
    project = part(root, "ProcurementProject")
    said = [first_text(project, "Description")]
    codes = texts(project, "MainCommodityClassification/ItemClassificationCode")
    for lot in parts(root, "ProcurementProjectLot/ProcurementProject"):
        said += [first_text(lot, "Name"), first_text(lot, "Description")]
        codes += texts(lot, "MainCommodityClassification/ItemClassificationCode")
        codes += texts(lot, "AdditionalCommodityClassification/ItemClassificationCode")
    address = part(buyer, "PostalAddress")
    told = first_text(root, f"{EXTENSION}/Publication/PublicationDate")
    return {
        **stated(notice.day(told, "PublicationDate")),
        "notice_date": notice.day(first_text(root, "IssueDate"), "IssueDate"),
        "title": first_text(project, "Name") or None,
        "text": joined(" | ", said),
        "buyer_name": first_text(buyer, "PartyName/Name") or None,
        "buyer_id": first_text(buyer, "PartyLegalEntity/CompanyID") or None,
        "country_iso2": country_code(first_text(address, "Country/IdentificationCode")),
        "place": first_text(address, "CityName") or None,
        "classification_codes": joined("; ", (f"CPV:{c}" for c in codes if c)),
        "procurement_method": first_text(root, "TenderingProcess/ProcedureCode") or None,
    }


def _award(
    notice: Notice,
    found: ET.Element,
    result: ET.Element | None,
    lots: Mapping[str, ET.Element],
    companies: Mapping[str, ET.Element],
) -> dict[str, object]:
    code = first_text(found, "TenderResultCode")
    named = set(texts(found, "LotTender/ID"))
    tenders = [t for t in parts(result, "LotTender") if first_text(t, "ID") in named]
    bidders = {i for t in tenders for i in texts(t, "TenderingParty/ID")}
    parties = [p for p in parts(result, "TenderingParty") if first_text(p, "ID") in bidders]
    winners = [companies.get(i) for p in parties for i in texts(p, "Tenderer/ID")]
    contracts = set(texts(found, "SettledContract/ID"))
    signed = [
        notice.day(first_text(c, "IssueDate"), "SettledContract/IssueDate")
        for c in parts(result, "SettledContract")
        if first_text(c, "ID") in contracts and first_text(c, "IssueDate")
    ]
    money: dict[str, object] = {}
    if len(tenders) == 1:
        money = notice.money(part(tenders[0], "LegalMonetaryTotal/PayableAmount"), "currencyID")
    elif tenders:
        notice.say("amount not read", "LotTender", "one winning tender", f"{len(tenders)}")
    lot = part(lots.get(first_text(found, "TenderLot/ID")), "ProcurementProject")
    row: dict[str, object] = {
        "line_id": f"award-{first_text(found, 'ID')}",
        "status": UNSUCCESSFUL if code == NO_WINNER else code or None,
        "supplier_names": joined("; ", (first_text(w, "PartyName/Name") for w in winners)),
        "supplier_ids": joined(
            "; ", (first_text(w, "PartyLegalEntity/CompanyID") for w in winners)
        ),
        "tenderers_count": _tenders(found),
        **money,
    }
    if code == UNDECIDED:
        row |= {"stage": "tender", "line_id": f"tender-{first_text(found, 'ID')}"}
    title, day = first_text(lot, "Name"), next((d for d in signed if d), None)
    return row | ({"title": title} if title else {}) | ({"notice_date": day} if day else {})


def _tenders(found: ET.Element) -> int | None:
    """How many tenders came in; a count of -1 is one withheld."""
    for told in parts(found, "ReceivedSubmissionsStatistics"):
        number = first_text(told, "StatisticsNumeric")
        if first_text(told, "StatisticsCode") == "tenders" and number.isdecimal():
            return int(number)
    return None
