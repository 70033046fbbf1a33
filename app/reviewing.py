"""Forms in which a person decides: a state, a note, a watchlist, a dispute. What is allowed is asked in `review`."""

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from app import person, shared
from indicia.answers import reviews, watched, words
from indicia.errors import IndiciaError
from indicia.review import Journal, cases
from indicia.store import Store, home

PAGES = {"facility": (shared.FACILITY, "facility"), "organisation": (shared.ENTITY, "entity")}
ASKED = ("triage", "watching", "dismissed", "reviewed", "approved", "new")
HELP = (
    "Dismissed and reviewed need a reason. Approved follows reviewed, and is a second person's: who wrote "
    "the review cannot approve it. New opens a case again."
)


def case(store: Store, key: str) -> None:
    """One case of a link, with the way to its page; nothing where the link names none."""
    subject, case_id = reviews.of_key(key)
    if not case_id:
        return
    st.markdown(f"#### {words.plain(reviews.titled(store, subject, case_id))}")
    if not reviews.is_held(store, subject, case_id):
        st.warning("This version of the data does not have the case in the link:")
        st.text(case_id)
        st.caption("It may have been renamed or withdrawn, or the link is from other data.")
    elif subject in PAGES:
        page, name = PAGES[subject]
        st.page_link(
            page, label=f"Open the {subject}", icon=":material/open_in_new:", query_params={name: case_id}
        )  # fmt: skip
    block(store, subject, case_id, heading="")


def go(key: str) -> None:
    """Go to the page of a case."""
    subject, case_id = reviews.of_key(key)
    if subject in PAGES:
        page, name = PAGES[subject]
        st.switch_page(page, query_params={name: case_id})


@st.fragment
def block(store: Store, subject: str, case_id: str, heading: str = "Review") -> None:
    """All that people said of one case, and the forms to say more; for the end of a dossier.

    A fragment: whoever types initials does not wait for the dossier above.
    """
    if heading:
        st.subheader(heading)
        st.caption(reviews.PEOPLE_DECIDE)
    events = person.decisions()
    said = reviews.history(store, events, subject, case_id)
    st.text(reviews.in_words(store, reviews.decided(store, events), subject, case_id))
    person.ask()
    last = said.filter(pl.col("kind") == "state")["event_id"].max()
    decide(store, subject, [case_id], int(last) if isinstance(last, int) else 0)
    left, middle, right = st.columns(3)
    with left.expander("Add a note"):
        _note(store, subject, case_id)
    with middle.expander("Watchlist"):
        watch(store, subject, [case_id])
    with right.expander("Correction or dispute"):
        dispute(store, subject, case_id)
    if said.is_empty():
        st.caption("Nobody has written anything on it yet.")
    else:
        shared.table(said.drop("event_id"), "History of the review, the newest first", "said")


def decide(
    store: Store,
    subject: str,
    ids: Sequence[str],
    after: int | None = None,
    key: str = "decide",
) -> None:
    """Set the state of one case or of several.

    Args:
        store: The store that is looked at.
        subject: One of `cases.SUBJECTS`.
        ids: Which.
        after: The newest decision on the case that is on the screen.
        key: Name of the widgets.
    """
    with st.form(key):
        first, second, third = st.columns([2, 6, 2], vertical_alignment="bottom")
        state = first.selectbox(
            "Set to",
            ASKED,
            format_func=lambda s: reviews.MARKS[s],
            key=f"{key}_state",
            help=HELP,
        )
        reason = second.text_input("Reason", key=f"{key}_reason", max_chars=4_000)
        label = "Decide" if len(ids) == 1 else f"Decide on {len(ids):,}"
        is_asked = third.form_submit_button(label, key=f"{key}_go", width="stretch")
    if is_asked:
        _write(
            lambda: cases.decide(
                Journal(home()),
                person.act(),
                subject,
                reviews.cases(store, subject, ids),
                state or "",
                reason or "",
                after,
            )
        )


def watch(store: Store, subject: str, ids: Sequence[str], key: str = "watch") -> None:
    """Put cases on a watchlist or take them off it."""
    known = watched.lists(store, person.decisions())["watchlist"].unique().sort().to_list()
    with st.form(key, border=False):
        name = st.selectbox(
            "Watchlist", known, index=None, accept_new_options=True, key=f"{key}_list", placeholder="Choose, or name a new one"
        )  # fmt: skip
        put, take = st.columns(2)
        is_put = put.form_submit_button("Put on", key=f"{key}_on")
        is_taken = take.form_submit_button("Take off", key=f"{key}_off")
    if is_put or is_taken:
        _write(
            lambda: cases.watch(
                Journal(home()),
                person.act(),
                subject,
                reviews.cases(store, subject, ids),
                name or "",
                is_on=is_put,
            )
        )


def dispute(store: Store, subject: str, case_id: str, key: str = "dispute") -> None:
    """Write down a dispute, or how one goes on."""
    open_ = watched.disputes(store, person.decisions()).filter(
        pl.col("subject") == subject, pl.col("id") == case_id
    )
    with st.form(key, border=False, clear_on_submit=True):
        numbers = [None, *open_["number"].to_list()]
        number = st.selectbox(
            "About", numbers, key=f"{key}_number", format_func=lambda n: "a new dispute" if n is None else f"dispute {n}"
        )  # fmt: skip
        asker = st.selectbox("Who asks", cases.ASKERS, key=f"{key}_asker", help="Never a name.")
        status = st.selectbox("Status", cases.DISPUTE_STATES, key=f"{key}_status")
        what = st.text_area("What is said to be wrong", key=f"{key}_what", height=80)
        public = st.text_area("Wording for the public", key=f"{key}_public", height=80)
        is_asked = st.form_submit_button("Write down", key=f"{key}_go")
    if is_asked:
        _write(
            lambda: cases.dispute(
                Journal(home()), person.act(), subject, reviews.cases(store, subject, [case_id])[0],
                asked_by=asker, what=what or "", status=status, public=public or "", number=number,
            )
        )  # fmt: skip


def _note(store: Store, subject: str, case_id: str) -> None:
    with st.form("note", border=False, clear_on_submit=True):
        text = st.text_area("Note", key="note_text", height=80, max_chars=4_000)
        is_asked = st.form_submit_button("Add", key="note_go")
    if is_asked:
        case = reviews.cases(store, subject, [case_id])[0]
        _write(lambda: cases.note(Journal(home()), person.act(), subject, case, text or ""))


def _write(act: Callable[[], object]) -> None:
    """Do it, or say why it was refused; then nothing was written."""
    try:
        act()
    except IndiciaError as error:
        st.error("Nothing was written.", icon=":material/block:")
        st.text(str(error))
        return
    st.toast("Written down.")
    st.rerun()
