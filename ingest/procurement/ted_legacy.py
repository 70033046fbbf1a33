"""Legacy TED notices (`TED_EXPORT`, R2.0.8 and R2.0.9): one row per award, else one per notice."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from indicia.errors import SourceChangedError
from indicia.schema import short_hash

from .ocds_json import joined
from .places import country_code
from .ted_parts import TED, UNSUCCESSFUL, Notice, first_text, part, parts, stated, texts

# Document types of the Official Journal; those not listed are refused by name.
KINDS = {
    "0": "plan",
    "3": "tender",
    "2": "tender",
    "7": "award",
    "V": "award",
    "P": "plan",
    "M": "plan",
}
CODES = "CODED_DATA_SECTION"


def legacy_rows(notice: Notice, root: ET.Element) -> Iterator[dict[str, object]]:
    """The rows of one notice."""
    data = part(root, f"{CODES}/NOTICE_DATA")
    kind = part(root, f"{CODES}/CODIF_DATA/TD_DOCUMENT_TYPE")
    code = kind.get("CODE") if kind is not None else None
    stage, number = KINDS.get(code or ""), root.get("DOC_ID")
    if not stage or not number:
        expected = f"DOC_ID and TD_DOCUMENT_TYPE of {sorted(KINDS)}"
        raise SourceChangedError(notice.source, notice.place, expected, f"{number}, {code}")
    form = _form(root, first_text(data, "LG_ORIG"))
    shared = _shared(notice, root, data, form) | {"stage": stage, "notice_id": number}
    awards = list(parts(form, "AWARD_CONTRACT")) if stage == "award" else []
    if not awards:
        total = part(form, "OBJECT_CONTRACT/VAL_TOTAL")
        value = total if total is not None else part(data, "VALUES/VALUE")
        line = stage if stage != "award" else "award-1"
        yield shared | {"line_id": line, **notice.money(value, "CURRENCY")}
    for position, award in enumerate(awards, start=1):
        yield shared | _award(notice, award, position)


def _shared(
    notice: Notice, root: ET.Element, data: ET.Element | None, form: ET.Element | None
) -> dict[str, object]:
    number = root.get("DOC_ID") or ""
    earlier = first_text(data, "REF_NOTICE/NO_DOC_OJS")
    process = earlier or first_text(data, "NO_DOC_OJS") or number
    address = part(form, "CONTRACTING_BODY/ADDRESS_CONTRACTING_BODY")
    country = part(data, "ISO_COUNTRY")
    titles = parts(root, "TRANSLATION_SECTION/ML_TITLES/ML_TI_DOC")
    english = next((first_text(t, "TI_TEXT") for t in titles if t.get("LG") == "EN"), "")
    lots = list(parts(form, "OBJECT_CONTRACT/OBJECT_DESCR"))
    codes = (c.get("CODE") for c in parts(data, "ORIGINAL_CPV"))
    said = [
        *texts(form, "OBJECT_CONTRACT/SHORT_DESCR"),
        *(t for lot in lots for t in (*texts(lot, "TITLE"), *texts(lot, "SHORT_DESCR"))),
    ]
    day = notice.day(first_text(root, f"{CODES}/REF_OJS/DATE_PUB"), "DATE_PUB")
    return {
        **stated(day),
        "process_id": process,
        "notice_date": day,
        "title": first_text(form, "OBJECT_CONTRACT/TITLE") or english or None,
        "text": joined(" | ", [english, *said]),
        "buyer_name": first_text(address, "OFFICIALNAME") or None,
        "country_iso2": country_code(country.get("VALUE") if country is not None else None),
        "place": first_text(address, "TOWN") or None,
        "classification_codes": joined("; ", (f"CPV:{c}" for c in codes if c)),
        "procurement_method": first_text(root, f"{CODES}/CODIF_DATA/PR_PROC") or None,
        "source_url": f"{TED}/{number}",
        "origin_id": short_hash(process),
    }


def _award(notice: Notice, award: ET.Element, position: int) -> dict[str, object]:
    awarded = part(award, "AWARDED_CONTRACT")
    value = part(awarded, "VALUES/VAL_TOTAL")
    count = first_text(awarded, "TENDERS/NB_TENDERS_RECEIVED")
    row: dict[str, object] = {
        "line_id": f"award-{position}",
        "status": None if awarded is not None else UNSUCCESSFUL,
        "supplier_names": joined(
            "; ", texts(awarded, "CONTRACTORS/CONTRACTOR/ADDRESS_CONTRACTOR/OFFICIALNAME")
        ),
        "supplier_ids": joined(
            "; ", texts(awarded, "CONTRACTORS/CONTRACTOR/ADDRESS_CONTRACTOR/NATIONALID")
        ),
        "tenderers_count": int(count) if count.isdecimal() else None,
        **notice.money(value, "CURRENCY"),
    }
    signed = notice.day(
        first_text(awarded, "DATE_CONCLUSION_CONTRACT"), "DATE_CONCLUSION_CONTRACT"
    )
    title = first_text(award, "TITLE")
    return (
        row | ({"notice_date": signed} if signed else {}) | ({"title": title} if title else {})
    )


def _form(root: ET.Element, language: str) -> ET.Element | None:
    """The form in the language of the original, else the first."""
    section = part(root, "FORM_SECTION")
    forms = list(section) if section is not None else []
    return next((f for f in forms if f.get("LG") == language), forms[0] if forms else None)
