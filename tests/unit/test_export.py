"""Exports: equal to the list, stamped, harmless in a spreadsheet, and the same bytes twice."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import geopandas  # the package ships no type marker
import polars as pl
import pyarrow.parquet  # the package ships no type marker
import pyogrio  # the package ships no type marker
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from indicia.answers import export_stamp, export_xlsx
from indicia.answers.export import CAVEAT, FORMATS, Stamp, companion, list_id, write
from indicia.errors import UsageError

# Ours go by the name of the format here; a reader of GeoPackage wants its own ending.
pytestmark = pytest.mark.filterwarnings("ignore:.*(GPKG|gpkg)")
FORMULAS = [
    "=1+1",
    "+x",
    "-z",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1+1",
    "\uff1d1",
    "ok;=1+1",
    "a\n-1",
]
STAMPED = (
    "list_id",
    "data_version",
    "rules_version",
    "code_version",
    "as_of",
    "query",
    "caveat",
)
LIST = pl.DataFrame(
    {
        "facility_id": ["epoch-c", "epoch-a", "epoch-b", "epoch-d", "epoch-e"],
        "name": ["=1+1", "贵安数据中心", "Plain Hall", "[1,2]", ""],
        "country_iso2": ["US", "CN", "MY", None, "SG"],
        "latitude_deg": [35.123456, 26.38765, 1.45678, 10.0, None],
        "longitude_deg": [-90.04941, 106.62345, 103.76543, 20.0, 1.0],
        "coord_precision": ["site", "city", "county", "region", "site"],
        "verdict": ["lead", "watch", "watch", "no lead", "no lead"],
        "support_bans": [1.25, -0.5, 0.1, None, 0.0],
        "P01": ["flag", "no_flag", "no_data", "not_applicable", "flag"],
        "parties": [["Acme", "-Beta"], ["甲公司"], [], None, ["Solo"]],
        "opened_date": [date(2024, 3, 1), None, date(1899, 1, 1), None, date(2025, 1, 2)],
        "is_prior_driven": [True, False, None, True, False],
        "review_state": ["unreviewed"] * 5,
        "source": [
            "facilities/epoch",
            "facilities/epoch",
            "customs/closed",
            "a/b;customs/closed",
            None,
        ],
    }
)
EVIDENCE = pl.DataFrame(
    {
        "evidence_id": ["e1", "e1", "e2"],
        "statement": ["=cmd", "=cmd", "Load rose"],
        "source": ["power/eia930", "customs/closed", "power/eia930"],
        "source_url": ["https://example.org/1", "https://example.org/2", None],
        "retrieved_utc": [datetime(2026, 11, 1, 5, tzinfo=UTC)] * 3,
        "archived_sha256": ["ab" * 32] * 3,
    }
)
STAMP = Stamp(
    list_id=list_id("d1", "r1", "country = CN, order by support", LIST.columns),
    data_version="d1",
    rules_version="r1",
    code_version="0.1.0",
    as_of=date(2026, 10, 31),
    generated_utc=datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
    query="country = CN, order by support",
    store_kind="synthetic",
    caveat=CAVEAT,
    row_count=LIST.height,
)


def rows_of_csv(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def sheet(path: Path, name: str) -> list[list[object]]:
    book = CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [list(row) for row in rows]


def names_in_order(path: Path, fmt: str) -> list[str]:
    """Read the ids of the list back with a reader that is not ours."""
    if fmt == "csv":
        return [row[0] for row in rows_of_csv(path)[1:]]
    if fmt == "xlsx":
        return [str(row[0]) for row in sheet(path, "List")[1:]]
    if fmt in ("parquet", "geoparquet"):
        return list(pyarrow.parquet.read_table(path)["facility_id"].to_pylist())
    if fmt == "geopackage":
        return list(geopandas.read_file(path, layer="list")["facility_id"])
    return [feature["id"] for feature in json.loads(path.read_bytes())["features"]]


def second_name(path: Path, fmt: str) -> object:
    """Read one name back with a reader that is not ours, where there is one."""
    if fmt == "csv":
        return rows_of_csv(path)[2][1]
    if fmt == "xlsx":
        return sheet(path, "List")[2][1]
    if fmt in ("parquet", "geoparquet"):
        return pl.read_parquet(path)["name"][1]
    if fmt == "geopackage":
        return geopandas.read_file(path, layer="list")["name"][1]
    return json.loads(path.read_bytes())["features"][1]["properties"]["name"]


def stamp_inside(path: Path, fmt: str) -> dict[str, str]:
    """Read the stamp that the file itself carries, without its companion."""
    if fmt == "csv":
        header, first, *_ = rows_of_csv(path)
        return dict(zip(header, first, strict=True))
    if fmt == "xlsx":
        return {str(k): str(v) for k, v, *_ in sheet(path, "README")}
    if fmt == "geopackage":
        return dict(pyogrio.read_info(path, layer="list")["layer_metadata"])
    if fmt in ("parquet", "geoparquet"):
        held = pyarrow.parquet.read_metadata(path).metadata
        return {k.decode(): v.decode() for k, v in held.items()}
    found: dict[str, str] = json.loads(path.read_bytes())["stamp"]
    return found


@pytest.mark.parametrize("fmt", FORMATS)
def test_rows_stand_in_the_order_of_the_list(tmp_path: Path, fmt: str) -> None:
    path = write(LIST, STAMP, tmp_path / f"list.{fmt}", fmt)
    assert names_in_order(path, fmt) == LIST["facility_id"].to_list()


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_detached_file_names_its_versions_its_query_and_its_kind_of_store(
    tmp_path: Path, fmt: str
) -> None:
    path = write(LIST, STAMP, tmp_path / f"list.{fmt}", fmt)
    told = stamp_inside(path, fmt)
    assert {n: told[n] for n in (*STAMPED, "store_kind")} == {
        n: STAMP.facts()[n] for n in (*STAMPED, "store_kind")
    }


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_companion_holds_the_stamp_and_the_hash_of_every_file(
    tmp_path: Path, fmt: str
) -> None:
    path = write(LIST, STAMP, tmp_path / f"list.{fmt}", fmt, long={"evidence": EVIDENCE})
    told = json.loads(companion(path).read_bytes())
    assert STAMP.facts().items() <= told["stamp"].items()
    written = {p.name for p in tmp_path.iterdir()} - {companion(path).name}
    assert {f["name"] for f in told["files"]} == written
    for file in told["files"]:
        assert sha256((tmp_path / file["name"]).read_bytes()).hexdigest() == file["sha256"]


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, fmt: str) -> None:
    for folder in ("one", "two"):
        write(LIST, STAMP, tmp_path / folder / f"x.{fmt}", fmt, long={"evidence": EVIDENCE})
    one, two = (
        {p.name: p.read_bytes() for p in (tmp_path / folder).iterdir()}
        for folder in ("one", "two")
    )
    assert one == two


def test_nothing_in_a_workbook_tells_the_time_of_writing(tmp_path: Path) -> None:
    path = write(LIST, STAMP, tmp_path / "x.xlsx", "xlsx")
    with ZipFile(path) as archive:
        assert {i.date_time[0] for i in archive.infolist()} == {1980}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r">(\d{4}-\d\d-\d\dT[^<]*)<", core)) == {"2026-11-02T08:30:00Z"}


@pytest.mark.parametrize("text", FORMULAS)
def test_text_like_a_formula_is_guarded_in_the_spreadsheet_csv(
    tmp_path: Path, text: str
) -> None:
    frame = pl.DataFrame({"name": [text]})
    path = write(frame, replace(STAMP, row_count=1), tmp_path / "x.csv", "csv")
    cell = rows_of_csv(path)[1][0]
    assert cell.replace("'", "") == text
    for piece in re.split(r"[;\n\r\t]", cell):
        assert not re.match(r"\s*[=+\-@\uff1d]", piece)


def test_the_list_and_its_lists_of_names_are_guarded_but_numbers_stay_numbers(
    tmp_path: Path,
) -> None:
    path = write(LIST, STAMP, tmp_path / "x.csv", "csv")
    header, *rows = rows_of_csv(path)
    shown = [dict(zip(header, row, strict=True)) for row in rows]
    assert shown[0]["name"] == "'=1+1"
    assert shown[0]["parties"] == "Acme;'-Beta"
    assert shown[1]["support_bans"] == "-0.5"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_machine_csv_is_raw_and_the_companion_says_which_it_is(tmp_path: Path) -> None:
    path = write(LIST, STAMP, tmp_path / "m.csv", "csv", machine=True)
    assert rows_of_csv(path)[1][1] == "=1+1"
    assert path.read_bytes().startswith(b'"facility_id"')
    assert json.loads(companion(path).read_bytes())["flavour"].startswith("machine")
    safe = write(LIST, STAMP, tmp_path / "s.csv", "csv")
    assert json.loads(companion(safe).read_bytes())["flavour"].startswith("spreadsheet-safe")


def test_a_formula_is_a_text_cell_in_every_sheet(tmp_path: Path) -> None:
    path = write(LIST, STAMP, tmp_path / "x.xlsx", "xlsx", long={"evidence": EVIDENCE})
    assert sheet(path, "List")[1][1] == "=1+1"
    assert sheet(path, "Evidence")[1][1] == "=cmd"
    with ZipFile(path) as archive:
        parts = [archive.read(n) for n in archive.namelist() if "worksheets/" in n]
        styles = archive.read("xl/styles.xml")
    assert all(b"<f>" not in part and b"<hyperlink" not in part for part in parts)
    assert b'quotePrefix="1"' in styles  # the cell stays text when a person edits it


def test_a_workbook_has_its_five_sheets_first_and_further_frames_after(tmp_path: Path) -> None:
    longs = {"coverage": pl.DataFrame({"indicator": ["P01"]}), "evidence": EVIDENCE}
    path = write(LIST, STAMP, tmp_path / "x.xlsx", "xlsx", long=longs)
    names = CalamineWorkbook.from_path(str(path)).sheet_names
    assert names == ["README", "List", "Evidence", "Sources", "Method", "Coverage"]
    assert sheet(path, "Sources")[1:] == [["power/eia930", 2.0], ["customs/closed", 1.0]]
    assert sheet(path, "Evidence")[1][4] == "2026-11-01T05:00:00Z"
    assert sheet(path, "List")[3][LIST.columns.index("opened_date")] == "1899-01-01"


@pytest.mark.parametrize("fmt", FORMATS)
def test_chinese_names_survive(tmp_path: Path, fmt: str) -> None:
    path = write(LIST, STAMP, tmp_path / f"x.{fmt}", fmt)
    found = second_name(path, fmt)
    assert found == "贵安数据中心"


def test_parquet_gives_the_frame_back_as_it_was(tmp_path: Path) -> None:
    path = write(LIST, STAMP, tmp_path / "x.parquet", "parquet", long={"evidence": EVIDENCE})
    assert pl.read_parquet(path).equals(LIST)
    assert pl.read_parquet(tmp_path / "x.evidence.parquet").equals(EVIDENCE)


def test_csv_puts_long_frames_beside_the_list(tmp_path: Path) -> None:
    write(LIST, STAMP, tmp_path / "x.csv", "csv", long={"evidence": EVIDENCE})
    rows = rows_of_csv(tmp_path / "x.evidence.csv")
    assert rows[1][:2] == ["e1", "'=cmd"]
    assert STAMP.list_id in rows[1]


def test_a_point_is_as_exact_as_the_place_is_known_and_others_have_none(tmp_path: Path) -> None:
    path = write(LIST, STAMP, tmp_path / "x.geojson", "geojson")
    features = json.loads(path.read_bytes())["features"]
    drawn = [f["geometry"] and f["geometry"]["coordinates"] for f in features]
    assert drawn == [[-90.0494, 35.1235], [106.62, 26.39], [103.8, 1.5], None, None]
    assert [f["properties"]["coord_precision"] for f in features][3] == "region"
    assert b"35.123456" not in path.read_bytes()


def test_geojson_keeps_text_that_looks_like_json_and_lists_of_names(tmp_path: Path) -> None:
    path = write(LIST, STAMP, tmp_path / "x.geojson", "geojson")
    told = json.loads(path.read_bytes())
    assert told["features"][3]["properties"]["name"] == "[1,2]"
    assert told["features"][0]["properties"]["parties"] == ["Acme", "-Beta"]
    assert "crs" not in told


def test_geojson_opens_in_a_gis_with_every_row(tmp_path: Path) -> None:
    found = geopandas.read_file(write(LIST, STAMP, tmp_path / "x.geojson", "geojson"))
    assert len(found) == LIST.height
    assert found.crs.to_epsg() == 4326
    assert found.geometry.notna().tolist() == [True, True, True, False, False]


@pytest.mark.parametrize("fmt", ["geopackage", "geoparquet"])
def test_a_map_file_opens_with_every_row_and_points_as_exact_as_they_are_known(
    tmp_path: Path, fmt: str
) -> None:
    path = write(LIST, STAMP, tmp_path / "x.gpkg", fmt, long={"evidence": EVIDENCE})
    read = geopandas.read_file if fmt == "geopackage" else geopandas.read_parquet
    found = read(path)
    assert found.crs.to_epsg() in (4326, None) or found.crs.to_string() == "OGC:CRS84"
    told = [None if g is None or g.is_empty else (g.x, g.y) for g in found.geometry]
    assert told == [(-90.0494, 35.1235), (106.62, 26.39), (103.8, 1.5), None, None]
    assert not {"latitude_deg", "longitude_deg"} & set(found.columns)
    if fmt == "geopackage":
        evidence = pyogrio.read_dataframe(path, layer="evidence")
        assert list(evidence["statement"]) == EVIDENCE["statement"].to_list()


def test_geojson_without_coordinates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="latitude_deg"):
        write(LIST.drop("latitude_deg"), STAMP, tmp_path / "x.geojson", "geojson")


@pytest.mark.parametrize("fmt", FORMATS)
def test_rows_of_withheld_sources_stay_out_and_their_number_is_told(
    tmp_path: Path, fmt: str
) -> None:
    path = write(
        LIST,
        STAMP,
        tmp_path / f"x.{fmt}",
        fmt,
        long={"evidence": EVIDENCE},
        withheld_sources=frozenset({"customs/closed"}),
    )
    assert names_in_order(path, fmt) == ["epoch-c", "epoch-a", "epoch-e"]
    told = json.loads(companion(path).read_bytes())
    assert told["written_rows_count"] == 3
    assert told["stamp"]["row_count"] == "5"
    assert told["stamp"]["withheld"] == "list: 2 of 5 rows; evidence: 2 of 3 rows"
    assert "redistribution" in told["stamp"]["withheld_reason"]
    if fmt != "csv":
        assert stamp_inside(path, fmt)["withheld"] == told["stamp"]["withheld"]


def test_a_statement_does_not_leave_on_the_row_of_another_source(tmp_path: Path) -> None:
    closed = frozenset({"customs/closed"})
    path = tmp_path / "x.parquet"
    write(LIST, STAMP, path, "parquet", long={"evidence": EVIDENCE}, withheld_sources=closed)
    assert pl.read_parquet(tmp_path / "x.evidence.parquet")["evidence_id"].to_list() == ["e2"]


def test_withholding_from_a_frame_that_names_no_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no column `source`"):
        write(
            LIST.drop("source"),
            STAMP,
            tmp_path / "x.csv",
            "csv",
            withheld_sources=frozenset({"customs/closed"}),
        )


def test_more_rows_than_a_sheet_holds_are_refused_with_the_limit_and_the_way_out(
    tmp_path: Path,
) -> None:
    frame = pl.DataFrame({"n": pl.int_range(1_048_576, eager=True)})
    stamp = replace(STAMP, row_count=frame.height)
    with pytest.raises(UsageError, match=r"1,048,576.*csv or parquet"):
        write(frame, stamp, tmp_path / "x.xlsx", "xlsx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["x" * 32_768, "😀" * 16_384])
def test_more_text_than_a_cell_holds_is_refused_with_its_place(
    tmp_path: Path, text: str
) -> None:
    frame = pl.DataFrame({"name": ["short", text]})
    with pytest.raises(UsageError, match=r"List, row 2, column name: 32,768 .*32,767"):
        write(frame, replace(STAMP, row_count=2), tmp_path / "x.xlsx", "xlsx")
    assert not list(tmp_path.iterdir())


def test_the_longest_text_a_cell_holds_is_written_whole(tmp_path: Path) -> None:
    frame = pl.DataFrame({"name": ["x" * export_xlsx.LONGEST_CELL]})
    path = write(frame, replace(STAMP, row_count=1), tmp_path / "x.xlsx", "xlsx")
    assert sheet(path, "List")[1][0] == frame["name"][0]


def test_a_whole_number_too_large_for_a_spreadsheet_becomes_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"publisher_number": [2**53 + 1], "rows_count": [7]})
    path = write(frame, replace(STAMP, row_count=1), tmp_path / "x.xlsx", "xlsx")
    assert sheet(path, "List")[1] == ["9007199254740993", 7.0]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (pl.DataFrame({"a": [{"b": 1}]}), "column a is Struct"),
        (pl.DataFrame({"a": [float("nan")]}), "not finite"),
        (pl.DataFrame({"a": [[float("inf")]]}), "not finite"),
        (pl.DataFrame({"as_of": ["2026"]}), "belong to the stamp"),
    ],
)
def test_what_a_table_cannot_hold_is_refused(
    tmp_path: Path, frame: pl.DataFrame, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        write(frame, replace(STAMP, row_count=1), tmp_path / "x.csv", "csv")


@pytest.mark.parametrize("name", ["list", "../up", "Evidence", "a" * 40])
def test_a_long_frame_needs_a_name_that_fits_a_sheet_and_a_file(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError, match="cannot name a part"):
        write(LIST, STAMP, tmp_path / "x.csv", "csv", long={name: EVIDENCE})


def test_an_unknown_format_and_a_stamp_of_another_list_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="csv, xlsx, parquet, geojson"):
        write(LIST, STAMP, tmp_path / "x.pdf", "pdf")
    with pytest.raises(UsageError, match="stamp is for 5 rows, the list has 2"):
        write(LIST.head(2), STAMP, tmp_path / "x.csv", "csv")


@pytest.mark.parametrize("fmt", FORMATS)
def test_an_empty_list_is_exported_with_its_columns_and_stamp(tmp_path: Path, fmt: str) -> None:
    path = write(LIST.clear(), replace(STAMP, row_count=0), tmp_path / f"x.{fmt}", fmt)
    assert names_in_order(path, fmt) == []
    assert json.loads(companion(path).read_bytes())["stamp"]["list_id"] == STAMP.list_id


def test_a_caveat_the_screen_shows_per_row_is_kept(tmp_path: Path) -> None:
    frame = pl.DataFrame({"facility_id": ["a"], "caveat": ["Coverage is low."]})
    path = write(frame, replace(STAMP, row_count=1), tmp_path / "x.csv", "csv")
    header, row = rows_of_csv(path)
    assert header.count("caveat") == 1
    assert row[1] == "Coverage is low."


def test_a_list_id_depends_on_versions_query_columns_and_day() -> None:
    base = ("d1", "r1", "q", ["a", "b"])
    others = [
        list_id(*base),
        list_id("d2", *base[1:]),
        list_id("d1", "r2", "q", ["a", "b"]),
        list_id("d1", "r1", "p", ["a", "b"]),
        list_id("d1", "r1", "q", ["b", "a"]),
        list_id(*base, as_of=date(2025, 1, 1)),
    ]
    assert len(set(others)) == len(others)
    assert list_id(*base) == others[0]


def test_a_stamp_states_its_time_in_utc_and_refuses_a_time_without_a_zone() -> None:
    local = datetime(2026, 11, 2, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    assert replace(STAMP, generated_utc=local).facts() == STAMP.facts()
    with pytest.raises(UsageError, match="time zone"):
        replace(STAMP, generated_utc=local.replace(tzinfo=None))
    with pytest.raises(UsageError, match="store kind"):
        replace(STAMP, store_kind="real")


def test_our_own_words_in_a_file_stay_careful() -> None:
    ours = " ".join(
        (CAVEAT, *export_stamp.KIND_NOTES.values(), str(export_xlsx.METHOD))
    ).lower()
    for word in (
        " prove",
        "detect",
        "confirm",
        "guilty",
        "violat",
        "illegal",
        "smuggl",
        "suspect",
    ):
        assert word not in ours


# XML has no place for surrogates and the two noncharacters; `_x` opens an escape of the format.
IN_XML = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=60
).filter(lambda text: "_x" not in text)
ANYTHING = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.builds(
        str.__add__,
        st.sampled_from(list("=+-@\t\r\n'\";,")),
        st.text(st.characters(codec="utf-8")),
    ),
)


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.one_of(st.none(), ANYTHING), min_size=1, max_size=5))
def test_any_text_survives_the_machine_csv(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"name": texts}, schema={"name": pl.String})
    with TemporaryDirectory() as folder:
        stamp = replace(STAMP, row_count=frame.height)
        path = write(frame, stamp, Path(folder) / "x.csv", "csv", machine=True)
        assert pl.read_csv(path, infer_schema=False)["name"].to_list() == texts


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(IN_XML, min_size=1, max_size=5))
def test_any_text_survives_the_workbook(texts: list[str]) -> None:
    frame = pl.DataFrame({"name": texts, "end": ["."] * len(texts)})
    with TemporaryDirectory() as folder:
        stamp = replace(STAMP, row_count=frame.height)
        path = write(frame, stamp, Path(folder) / "x.xlsx", "xlsx")
        assert [row[0] for row in sheet(path, "List")[1:]] == texts


@settings(max_examples=30, deadline=None)
@given(text=ANYTHING)
def test_no_text_opens_the_spreadsheet_csv_as_a_formula(text: str) -> None:
    frame = pl.DataFrame({"name": [text]})
    with TemporaryDirectory() as folder:
        path = write(frame, replace(STAMP, row_count=1), Path(folder) / "x.csv", "csv")
        shown = pl.read_csv(path, infer_schema=False)["name"][0]
    assert shown[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert not re.search(r"[;\t\r\n]\s*[=+\-@]", shown)
