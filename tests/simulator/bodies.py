"""Bodies opened to be spoiled inside: gzip, a zip of one member, elements of XML."""

import gzip
import io
import zipfile
from collections import Counter
from xml.etree import ElementTree as ET


def opened(body):
    """What a body holds unpacked, and what packs it again."""
    if body[:2] == b"\x1f\x8b":
        return gzip.decompress(body), gzip.compress
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            (member,) = archive.infolist()
            return archive.read(member), lambda plain: _zipped(member, plain)
    return body, lambda plain: plain


def _zipped(member, plain):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(member.filename, member.date_time), plain)
    return packed.getvalue()


def is_xml(body):
    """Whether a body is XML that is written as documents are."""
    return body.lstrip()[:5] == b"<?xml"


def with_elements(body, change):
    """XML in which the elements that occur most often are changed, as rows of their parts."""
    root = ET.fromstring(body)  # noqa: S314 -- we wrote it
    ET.register_namespace("", root.tag[1:].partition("}")[0])
    repeated = Counter(e.tag for e in root.iter() if len(e) and e is not root).most_common(1)
    tag = repeated[0][0] if repeated else ""
    parents = [e for e in root.iter() if any(c.tag == tag for c in e)]
    for parent in parents:
        rows = [c for c in parent if c.tag == tag]
        changed = change([{c.tag: c.text for c in row} for row in rows])
        for row in rows:
            parent.remove(row)
        parent.extend(_element(tag, row) for row in changed)
    return ET.tostring(root, xml_declaration=True, encoding="UTF-8")


def _element(tag, row):
    made = ET.Element(tag)
    for name, value in row.items():
        cell = ET.SubElement(made, name)
        if isinstance(value, dict):
            for inner, text in value.items():
                ET.SubElement(cell, inner).text = text
        else:
            cell.text = value
    return made
