"""XML bodies: opened without document types, so that no entity is ever defined or expanded."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from indicia.errors import SourceChangedError
from ingest.bodies import start_of


class _DocumentTypeError(Exception):
    """The body has a document type."""


class _Builder(ET.TreeBuilder):
    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        """Called by the parser when a document type starts, before anything in it counts."""
        raise _DocumentTypeError(name)


def xml_root(source: str, place: str, body: bytes) -> ET.Element:
    """The outermost element of an XML body.

    Raises:
        SourceChangedError: No well-formed XML, or XML with a document type.
    """
    if b"\x00" not in body[:4] and body.lstrip()[:1] not in {b"<", b"\xef"}:
        raise SourceChangedError(source, place, "an XML document", start_of(body))
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 -- document types are refused above
    try:
        parser.feed(body)
        root = parser.close()
    except _DocumentTypeError as error:
        expected = "XML without a document type (<!DOCTYPE, <!ENTITY)"
        remedy = "Do not open the file elsewhere; fetch it again from the publisher"
        raise SourceChangedError(
            source, place, expected, f"<!DOCTYPE {error}", remedy
        ) from None
    except (ET.ParseError, ValueError, LookupError) as error:
        received = f"{start_of(body)} ({error})"
        raise SourceChangedError(source, place, "a whole XML document", received) from error
    if not isinstance(root, ET.Element):
        raise SourceChangedError(source, place, "an XML element", start_of(body))
    return root


def local_name(element: ET.Element) -> str:
    """The element's name without its namespace; empty for a comment."""
    return str(element.tag).rsplit("}", 1)[-1]


def child(element: ET.Element, name: str) -> ET.Element | None:
    """The first child of that local name, whatever its namespace."""
    return next(children(element, name), None)


def children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    """The children of that local name, whatever their namespace."""
    return (c for c in element if local_name(c) == name)


def child_text(element: ET.Element, name: str) -> str:
    """The text of the first child of that local name; empty where there is none."""
    found = child(element, name)
    return (found.text or "").strip() if found is not None else ""
