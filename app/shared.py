"""What every page needs: the open store, its mark, tables of source text, links between pages."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from indicia.answers import words
from indicia.schema import short_hash
from indicia.store import Store, home, pointer

FACILITY, ENTITY, LANES = "views/facility.py", "views/entity.py", "views/lanes.py"
PIXELS_PER_ROW, MOST_PIXELS = 35, 560
DATE_PIXELS, MOMENT_PIXELS = 105, 150
FORMATS = {"_bans": "%+.2f", "_share": "percent", "_deg": "%.3f"}
# Shown in whole numbers; power as it was published.
WHOLE = ("_mwh", "_count", "_m3", "_usd", "_hours", "_kg", "_m", "_bytes")
FORMATS |= dict.fromkeys((*WHOLE, "_mw"), "localized")  # with separators of thousands
UNITS = {
    "_bans": "bans", "_mw": "MW", "_mwh": "MWh", "_deg": "°", "_m3": "m³", "_usd": "US$",
    "_utc": "UTC", "_hours": "hours", "_kg": "kg", "_m": "m", "_bytes": "bytes",
}  # fmt: skip
YEARS = {"year"}  # a number in which no thousands are set apart
LINE_HELP = "Each line has its own scale. The next column says whose load it is: a zone's is never the site's own."
WIDE = {
    "cause",
    "public",
    "explanation",
    "statement",
    "reason",
    "doubt",
    "title",
    "says",
    "does_not_say",
    "what",
    "said",
    "remedy",
    "message",
}
TITLES = {
    "support_low_bans": "band from", "support_high_bans": "to (bans)",
    "seen_verdict": "verdict then", "seen_bans": "support then (bans)", "done_by": "by",
    "store_version": "data looked at", "told_id": "written on", "verdict_was": "verdict before",
    "support_was_bans": "support before (bans)", "way": "taken from", "at_utc": "when (UTC)",
    "families_for_count": "families for H1", "coverage": "computable", "what": "what cannot be seen",
    "rival_words": "strongest rival", "verdict_words": "verdict", "precision_words": "place known to",
    "load_line": "load", "load_of": "whose load that is", "change": "changed",
    "flag_share": "chance of a flag", "is_decisive": "decides the verdict", "p_value": "p",
    "starts_bans": "from (bans)", "ends_bans": "to (bans)",
    "accelerators_p05_count": "P05", "accelerators_p50_count": "P50", "accelerators_p95_count": "P95",
    "asked_countries_iso2": "countries asked", "countries_iso2": "countries",
    "country_iso2": "country", "admin1": "province or state", "headquarters_iso2": "headquarters", "coord_precision": "place known to",
    "compute_reported_h100e_count": "H100e reported", "compute_estimated_h100e_count": "H100e estimated",
}  # fmt: skip


@st.cache_resource(
    show_spinner="Opening the store", max_entries=8, on_release=lambda s: s.close()
)
def _open(folder: str, name: str, remembers: bool) -> Store:  # noqa: FBT001 -- the key
    return Store.open(Path(folder), name=name, remembers=remembers)


def store() -> Store:
    """The store this session reads; it stays the same until the reader asks for newer data."""
    folder = home()
    if not st.session_state.get("pointer"):
        st.session_state["pointer"] = pointer(folder)
    return _open(str(folder), st.session_state["pointer"], remembers=True)


def earlier_store(name: str) -> Store:
    """An earlier version of the data, by the name of its manifest; asked little, so it holds nothing."""
    return _open(str(home()), name, remembers=False)


def mark_the_data() -> None:
    """Say on every page what kind of data speaks, and whether newer data have come."""
    if not pointer(home()):
        st.title("No data yet")
        st.info("Nothing has been loaded into the data folder of this installation.")
        st.markdown("Load the starter data (offline), or refresh from the publishers:")
        st.code("indicia demo\nindicia refresh", language="sh")
        st.caption("The data folder is named by INDICIA_HOME. Then reload this page.")
        st.stop()
    opened = store()
    if opened.kind in words.BANNERS:
        st.info(words.BANNERS[opened.kind], icon=":material/info:")
    if pointer(home()) != st.session_state["pointer"]:
        st.warning("Newer data are available.", icon=":material/update:")
        if st.button("Load the newer data", key="newer"):
            st.session_state["pointer"] = pointer(home())
            st.rerun()


def say_if_stale(name: str, options: Collection[str]) -> None:
    """Tell the reader when a link asks for a value that the data do not have: it is ignored."""
    if set(st.query_params.get_all(name)) - set(options):
        st.toast(f"The link asks for a {name} that these data do not have; it is ignored.")


def caption() -> str:
    """The stamp every picture carries."""
    return words.stamp(store().kind, store().data_version)


def now() -> datetime:
    """The instant of this page view."""
    return datetime.now(UTC)


def table(
    frame: pl.DataFrame, alt: str, key: str, *, pick: str = "", hide: tuple[str, ...] = ()
) -> str | None:
    """Show rows as plain text (never as Markdown), with units in the headings.

    Args:
        frame: The rows; addresses become links only where they are web addresses.
        alt: What the table holds, for readers who cannot see it.
        key: Name of the widget.
        pick: Column whose value is returned for a row the reader selects.
        hide: Columns that are sent but not shown.
    """
    rows = _grid(frame, alt, key, hide, mode="single-row" if pick else "")
    return str(frame[pick][rows[0]]) if rows else None


def chosen(
    frame: pl.DataFrame, alt: str, key: str, *, pick: str, hide: tuple[str, ...] = ()
) -> list[str]:
    """The same table, in which several rows can be selected; the values of `pick` in them."""
    # Rows are selected by place: others than those seen must not be taken for them.
    ids = short_hash(*frame[pick])
    return [
        str(frame[pick][n]) for n in _grid(frame, alt, f"{key}_{ids}", hide, mode="multi-row")
    ]


def _grid(
    frame: pl.DataFrame,
    alt: str,
    key: str,
    hide: tuple[str, ...],
    mode: Literal["", "single-row", "multi-row"],
) -> list[int]:
    if frame.is_empty():
        st.caption("None.")
        return []
    config = {name: _column(name, kind) for name, kind in frame.schema.items()}
    shown = [name for name in frame.columns if name not in hide]
    links = [n for n in frame.columns if n.endswith("_url") or n == "homepage"]
    safe = frame.with_columns(
        pl.col("^result$").replace(words.RESULTS),
        *(
            pl.when(pl.col(n).str.contains("^https?://")).then(pl.col(n)).alias(n)
            for n in links
        ),
        *(
            pl.col(n).round()
            for n, kind in frame.schema.items()
            if _suffix(n) in WHOLE and kind.is_float()
        ),
    )
    height = min(PIXELS_PER_ROW * (frame.height + 1) + 3, MOST_PIXELS)
    sent = safe.to_arrow()  # as it is sent: by way of pandas it takes seven times as long
    if not mode:
        st.dataframe(
            sent,
            hide_index=True,
            column_order=shown,
            column_config=config,
            alt=alt,
            key=key,
            height=height,
            placeholder="—",
        )
        return []
    event = st.dataframe(
        sent, hide_index=True, column_order=shown, column_config=config, alt=alt, key=key, height=height, placeholder="—",
        on_select="rerun", selection_mode=mode,
    )  # fmt: skip
    return [n for n in event.selection.rows if n < frame.height]


def _suffix(name: str) -> str:
    return "".join(name.rpartition("_")[1:]) if "_" in name else ""


def _column(name: str, kind: pl.DataType) -> ColumnConfig:
    suffix = _suffix(name)
    unit = UNITS.get(suffix)
    words_ = (
        name.removesuffix(suffix) if suffix in {*FORMATS, "_utc", "_url", "_date"} else name
    )
    label = TITLES.get(name) or words_.replace("_", " ") + (f" ({unit})" if unit else "")
    if suffix == "_line":
        return st.column_config.LineChartColumn(label, width="small", help=LINE_HELP)
    if suffix == "_url" or name == "homepage":
        return st.column_config.LinkColumn(label if name == "homepage" else f"{label} link")
    if suffix in FORMATS or (kind.is_integer() and name not in YEARS):
        return st.column_config.NumberColumn(label, format=FORMATS.get(suffix, "localized"))
    if suffix == "_date":
        return st.column_config.DateColumn(label, format="YYYY-MM-DD", width=DATE_PIXELS)
    if suffix == "_utc":
        return st.column_config.DatetimeColumn(
            label, format="YYYY-MM-DD HH:mm", width=MOMENT_PIXELS
        )
    wide = st.column_config.TextColumn(label, width="large")
    return wide if name in WIDE else st.column_config.Column(label)


def counted(frame: pl.DataFrame) -> str:
    """How many rows, for example `1 row`."""
    return f"{frame.height:,} row{'' if frame.height == 1 else 's'}"


def twin(frame: pl.DataFrame, key: str, what: str) -> None:
    """The table twin of a picture: same data, same order."""
    with st.expander(f"The same as a table: {what}"):
        table(frame, f"Table of {what}", key)


def facility_link(facility_id: str, name: str) -> None:
    """A link to a dossier; the name is a source's text."""
    st.page_link(
        FACILITY,
        label=words.plain(name),
        icon=":material/domain:",
        query_params={"facility": facility_id},
    )


def open_facility(facility_id: str) -> None:
    """Go to a dossier."""
    st.switch_page(FACILITY, query_params={"facility": facility_id})


def open_entity(name: str) -> None:
    """Go to an organisation."""
    st.switch_page(ENTITY, query_params={"entity": name})


def open_lane(lane: str) -> None:
    """Go to a trade lane, `EXP>IMP`."""
    st.switch_page(LANES, query_params={"lane": lane})
