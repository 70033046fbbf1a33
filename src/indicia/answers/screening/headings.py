"""What the headings of a list mean: matched loosely, shown to the reader, and overruled by them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from indicia.errors import UsageError

NAME, COUNTRY, ADDRESS, ID, DATE = "name", "country", "address", "id", "date"
# The first heading of this order wins; the comparison is without case, marks and blanks.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    NAME: (
        "name", "names", "companyname", "company", "entityname", "entity", "organisationname",
        "organizationname", "organisation", "organization", "partyname", "party", "legalname",
        "suppliername", "supplier", "vendorname", "vendor", "buyername", "buyer", "customername",
        "customer", "consigneename", "consignee", "shippername", "shipper", "enduser", "employer",
        "firm", "名称", "公司名称", "企业名称", "单位名称", "公司", "供应商", "供应商名称", "名稱", "公司名稱",
    ),
    COUNTRY: (
        "country", "countrycode", "countryiso2", "countryiso3", "iso2", "iso3", "countries",
        "countriesiso2", "countryname", "jurisdiction", "nation", "国家", "国别", "國家",
    ),
    ADDRESS: ("address", "addresses", "fulladdress", "registeredaddress", "street", "地址", "注册地址"),
    ID: (
        "registryid", "registryids", "lei", "uen", "uscc", "registrationnumber", "companyid",
        "id", "ids", "统一社会信用代码",
    ),
    DATE: (
        "date", "documentdate", "dated", "noticedate", "awarddate", "contractdate", "invoicedate",
        "shippeddate", "shipdate", "signed", "signeddate", "日期", "签订日期",
    ),
}  # fmt: skip


def roles(header: tuple[str, ...], chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """Field -> heading, as chosen by the reader or as the headings say.

    Raises:
        UsageError: No column is the name, or a chosen heading does not exist.
    """
    slugs = {slug(heading): heading for heading in reversed(header)}
    found = {
        field: slugs[known]
        for field, names in HEADINGS.items()
        if (known := next((n for n in names if n in slugs), None))
    }
    for field, heading in (chosen or {}).items():
        if field not in HEADINGS:
            message = f"{field!r} is no field; expected one of {', '.join(HEADINGS)}."
            raise UsageError(message)
        if heading not in header:
            message = f"the list has no column {heading!r}. Columns: {listed(header)}."
            raise UsageError(message)
        found = {f: h for f, h in found.items() if h != heading} | {field: heading}
    if NAME not in found:
        message = (
            f"no heading names the column of names. Columns: {listed(header)}. Call one `name`, "
            "or say which one it is."
        )
        raise UsageError(message)
    return found


def name_column(header: tuple[str, ...]) -> int | None:
    """Place of the column of names among the headings; None where none says so."""
    try:
        return header.index(roles(header)[NAME])
    except UsageError:
        return None


def is_heading(text: str) -> bool:
    """Whether a line is the heading of a column of names."""
    return slug(text) in HEADINGS[NAME]


def slug(heading: str) -> str:
    """A heading without case, marks and blanks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading).casefold())


def listed(header: Sequence[str]) -> str:
    """Headings in words, the first twenty."""
    shown = ", ".join(repr(h) for h in header[:20])
    return shown + (f" and {len(header) - 20} more" if len(header) > 20 else "")  # noqa: PLR2004 -- the number shown
