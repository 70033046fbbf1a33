"""Screen a list: names that somebody brings, held against listed parties, operators and owners."""

import streamlit as st

from app import screened, shared
from indicia.answers import screening
from indicia.errors import UsageError

store = shared.store()
st.title("Screen a list")
st.caption(
    "The list stays in the memory of this session: it is not written to a disk, to the store or to "
    f"a log, and is gone when the page is closed. At most {screening.MOST_MEBIBYTES} MiB and "
    f"{screening.MOST_ROWS:,} rows."
)
left, right = st.columns(2)
upload = left.file_uploader(
    "CSV or XLSX with a column of names",
    type=["csv", "txt", "xlsx"],
    max_upload_size=screening.MOST_MEBIBYTES,
    key="upload",
    help="Optional columns: country, address, id, date. Headings are matched loosely and shown.",
)
text = right.text_area(
    "Or paste names, one per line", key="pasted", height=140,
    help="Cells of a sheet may be pasted with their headings.",
)  # fmt: skip
shared.say_if_stale("against", screening.AGAINST)
against = st.multiselect(
    "Against", screening.AGAINST, default=[screening.LISTED], key="against", bind="query-params"
)
with st.expander("How the file is read"):
    one, two = st.columns(2)
    encoding = one.selectbox(
        "Encoding", ["", *screening.ENCODINGS], key="encoding",
        format_func=lambda e: e or "by its mark, else UTF-8",
    )  # fmt: skip
    sheet = two.text_input(
        "Sheet of a workbook", key="sheet", placeholder="the only visible one"
    )

if not upload and not text.strip():
    st.caption(screening.CAVEAT)
    screened.lists(store)
    st.caption(shared.caption())
    st.stop()
if not against:
    st.warning("Choose whom the list is held against.")
    st.stop()
try:
    given = (
        screening.read(upload.getvalue(), encoding or "", sheet)
        if upload
        else screening.pasted(text)
    )
    name = st.selectbox(
        "Column of names",
        given.header,
        index=screening.name_column(given.header),
        placeholder="No heading says which; choose one",
        key="name_column",
    )
    if name is None:
        st.stop()
    asked = screening.asked(given, {"name": name})
except UsageError as error:
    st.error("The list cannot be read.")
    st.text(str(error))
    st.stop()
screened.show(store, asked, tuple(against))
