"""How a file of shipments is laid out: our own header, a known layout, or a mapping beside it.

A mapping and its file come as one zip (`mapping.toml` and one CSV), because a parser is given one
body and reads nothing else. The shape of a mapping stands in `data/reference/shipment_layouts.toml`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any, Self
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import polars as pl

from indicia import bundled
from indicia.errors import SourceChangedError
from indicia.schema import SHIPMENT
from ingest.bodies import start_of
from ingest.zip_body import BROKEN, MOST_RATIO, ZIP_START

NAME = "customs/shipments"
OWN = SHIPMENT.names
NEEDED = "shipped_date"
DELIMITERS = (",", "\t", ";", "|")
HEADER_BYTES = 65_536
MOST_MEMBER_BYTES = 8192 * 2**20
MAPPING, DATA = "mapping.toml", "data.csv"
FILE_KEYS = (
    "encoding", "delimiter", "decimal", "dates", "weight", "weight_column", "currency",
    "currency_column", "countries", "organisations",
)  # fmt: skip
CHOICES = {"decimal": (".", ","), "countries": ("iso2", "iso3", "name"), "currency": ("USD",)}
WEIGHTS_KG = {"kg": 1.0, "g": 0.001, "lb": 0.45359237, "t": 1000.0}
SEE = "See data/reference/shipment_layouts.toml for the shape of a mapping"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns hold what.

    Args:
        columns: Our column -> their columns.
        file: How cells are written; keys as in `FILE_KEYS`.
        mapping: The mapping as it came, where it came in a zip.
    """

    columns: Mapping[str, tuple[str, ...]]
    file: Mapping[str, Any]
    mapping: bytes = b""

    @classmethod
    def read(cls, place: str, said: Mapping[str, Any], mapping: bytes = b"") -> Self:
        """Check a mapping.

        Raises:
            SourceChangedError: A key is unknown, or a value is none of its choices.
        """
        columns, file = said.get("columns", {}), said.get("file", {})
        strange = sorted({*said} - {"columns", "file"})
        strange += sorted({*columns} - {*OWN}) + sorted({*file} - {*FILE_KEYS})
        if strange or NEEDED not in columns:
            received = f"unknown {strange}, columns {sorted(columns)}"
            raise SourceChangedError(NAME, place, f"[columns] with {NEEDED}", received, SEE)
        for key, among in {**CHOICES, "weight": tuple(WEIGHTS_KG)}.items():
            if file.get(key, among[0]) not in among:
                expected = f"{key} among {among}"
                raise SourceChangedError(NAME, place, expected, file[key], SEE)
        return cls(
            {k: (v,) if isinstance(v, str) else tuple(v) for k, v in columns.items()},
            file,
            mapping,
        )

    @property
    def theirs(self) -> Sequence[str]:
        """Every column of the file that is read."""
        units = [self.file[k] for k in ("weight_column", "currency_column") if k in self.file]
        named = [name for names in self.columns.values() for name in names]
        return list(dict.fromkeys([*named, *units]))


def opened(place: str, body: bytes) -> tuple[Layout, pl.DataFrame]:
    """The layout of a body, and its rows as text, only of the columns that the layout names.

    Raises:
        SourceChangedError: No layout fits, or the body is no CSV or no whole zip.
    """
    if body.startswith(ZIP_START):
        mapping, data = _unzipped(place, body)
        try:
            said = tomllib.loads(mapping.decode())
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SourceChangedError(NAME, f"{place}, {MAPPING}", "TOML", error, SEE) from error
        layout = Layout.read(f"{place}, {MAPPING}", said, mapping)
        text = _utf8(place, data, str(layout.file.get("encoding", "utf-8")))
        return layout, _rows(place, text, layout, str(layout.file.get("delimiter", ",")))
    text = _utf8(place, body, "utf-8")
    for delimiter in DELIMITERS:
        header = _header(text, delimiter)
        for known in (_own(header), *known_layouts()):
            if known and {*known.theirs} <= {*header}:
                return known, _rows(place, text, known, delimiter)
    expected = f"our own header with {NEEDED}, or the header of {sorted(_layouts())}"
    remedy = f"Put the file and a {MAPPING} into one zip. {SEE}"
    raise SourceChangedError(NAME, f"{place}, header", expected, _header(text, ","), remedy)


def packed(layout: Layout, rows: pl.DataFrame) -> bytes:
    """The rows in the layout they came in, in UTF-8."""
    text = BytesIO()
    delimiter = str(layout.file.get("delimiter", ","))
    rows.write_csv(text, separator=delimiter if layout.mapping else ",")
    if not layout.mapping:
        return text.getvalue()
    body = BytesIO()
    with ZipFile(body, "w", ZIP_STORED) as archive:  # the archive compresses what it keeps
        archive.writestr(_member(MAPPING), layout.mapping)
        archive.writestr(_member(DATA), text.getvalue())
    return body.getvalue()


def _own(header: Sequence[str]) -> Layout | None:
    named = [n for n in OWN if n in header]
    return Layout({n: (n,) for n in named}, {}) if NEEDED in named else None


@cache
def _layouts() -> Mapping[str, Layout]:
    path = bundled.path("data/reference/shipment_layouts.toml")
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Layout.read(name, one) for name, one in said.items()}


def known_layouts() -> Sequence[Layout]:
    """Every committed layout, in the order of recognition."""
    return tuple(_layouts().values())


def _header(text: bytes, delimiter: str) -> Sequence[str]:
    end = text.find(b"\n")
    first = (text[:end] if end >= 0 else text[:HEADER_BYTES]).decode("utf-8", "replace")
    return [cell.strip(' "\r') for cell in first.split(delimiter)]


def _utf8(place: str, data: bytes, encoding: str) -> bytes:
    """The file in UTF-8: what was redacted is so already, whatever its mapping says."""
    start = data.removeprefix(b"\xef\xbb\xbf")
    top = start[:HEADER_BYTES]
    if top.lstrip()[:1] in {b"", b"<", b"{", b"["} or b"\x00" in top:
        raise SourceChangedError(NAME, place, "a CSV file", start_of(data))
    if start.isascii():
        return start
    for name in ("utf-8", encoding):
        try:
            text = start.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return start if name == "utf-8" else text.encode()
    remedy = f"State `encoding` in a {MAPPING}. {SEE}"
    raise SourceChangedError(NAME, place, f"text in {encoding}", start_of(data), remedy)


def _rows(place: str, text: bytes, layout: Layout, delimiter: str) -> pl.DataFrame:
    header = _header(text, delimiter)
    if lacking := [n for n in layout.theirs if n not in header]:
        received = f"without {lacking}: {header}"
        raise SourceChangedError(NAME, f"{place}, header", "every column mapped", received, SEE)
    expected = "a CSV file with a header and at least one row"
    try:
        rows = pl.read_csv(
            BytesIO(text),
            separator=delimiter,
            infer_schema=False,
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError as error:
        raise SourceChangedError(NAME, place, expected, error) from error
    if rows.height == 0:
        raise SourceChangedError(NAME, place, expected, start_of(text))
    return rows.rename(str.strip).select(layout.theirs)


def _member(name: str) -> ZipInfo:
    """A member without the time of day, so that equal rows give equal bytes."""
    return ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _unzipped(place: str, body: bytes) -> tuple[bytes, bytes]:
    try:
        with ZipFile(BytesIO(body)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            mappings = [i for i in infos if i.filename.lower().endswith(".toml")]
            data = [i for i in infos if i.filename.lower().endswith((".csv", ".txt", ".tsv"))]
            if len(mappings) != 1 or len(data) != 1:
                named = [i.filename for i in infos][:6]
                raise SourceChangedError(NAME, place, f"{MAPPING} and one CSV", named, SEE)
            for info in (*mappings, *data):
                is_bomb = info.file_size > MOST_RATIO * max(info.compress_size, 1)
                if is_bomb or info.file_size > MOST_MEMBER_BYTES:
                    received = f"{info.compress_size:,} bytes for {info.file_size:,}"
                    expected = f"a member packed at most {MOST_RATIO} times"
                    raise SourceChangedError(
                        NAME, f"{place}, {info.filename}", expected, received
                    )
            return archive.read(mappings[0]), archive.read(data[0])
    except BROKEN as error:
        expected = "a whole zip file without a password"
        raise SourceChangedError(NAME, place, expected, error) from error
