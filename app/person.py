"""Who reads: from the login where there is one, else the name given in this session."""

import polars as pl
import streamlit as st

from app import shared
from indicia.errors import AccessError, JournalError, UsageError
from indicia.review import Act, Journal, access, desk
from indicia.store import home

KEY, NAME_PIXELS = "my_name", 260
NAMED = ("facility", "entity")  # parts of a link that say what was looked at
NO_LOGIN = "Nobody logs in here: the name is what somebody types, and is believed."


def has_login() -> bool:
    """Whether this installation asks people to log in (Streamlit's settings for OpenID Connect)."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def is_logged_in() -> bool:
    """Whether a login speaks for this session."""
    return bool(st.user.get("is_logged_in", False))


def name() -> str:
    """Initials or role of the reader; empty where nobody said."""
    rules = access.rules(home())
    if has_login():
        return rules.logged_in(str(st.user.get(rules.claim, ""))) if is_logged_in() else ""
    return str(st.session_state.get(KEY) or rules.name).strip()


def require() -> None:
    """Where people log in, or the rules of the home say who may read: nobody else sees a page."""
    if has_login() and not is_logged_in():
        st.title("indicia")
        st.info("Log in to read.")
        st.button("Log in", on_click=st.login, type="primary")
        st.stop()
    rules = access.rules(home())
    if has_login() and (rules.is_open or "read" not in rules.roles(name())):
        st.title("indicia")
        st.warning("This login may not read here.")
        st.caption(f"Whoever keeps this installation adds it to {access.FILE}, with its roles.")
        st.button("Log out", on_click=st.logout)
        st.stop()


def ask() -> str:
    """A field for the name, where nobody logs in; the name as it is written down."""
    if has_login():
        st.text(f"Logged in as {name()}: {', '.join(access.rules(home()).roles(name()))}")
        return name()
    st.session_state.setdefault(KEY, access.rules(home()).name)
    st.text_input(
        "Your initials or role", key=KEY, max_chars=40, persist_state="session", help=NO_LOGIN,
        placeholder="AB", autocomplete="off", width=NAME_PIXELS,
    )  # fmt: skip
    return name()


def act() -> Act:
    """The reader, now, looking at the data of this session; refuses where nobody said who."""
    return Act(name(), shared.now(), shared.store().data_version)


def arrive(page: str) -> None:
    """Note the visit and the page.

    Where nobody logs in, nobody is kept from reading; a home that cannot be written has no visits.
    """
    journal = Journal(home())
    place = page + "".join(f" {st.query_params[k]}" for k in NAMED if k in st.query_params)
    held = st.session_state
    try:
        one = Act(name() or desk.UNNAMED, shared.now(), shared.store().data_version)
        if held.get("opened_page") != place:
            desk.opened(journal, one, place)
            held["opened_page"] = place
        if held.get("visitor") != one.by:
            held["visitor"], held["visit_before"] = one.by, desk.visit(journal, one)
    except (AccessError, JournalError, UsageError):
        return


def visit_before() -> tuple[str, str]:
    """When the visit before this one was (UTC), and which data it saw; empty where there was none."""
    moment, version = st.session_state.get("visit_before", ("", ""))
    return str(moment), str(version)


def decisions() -> pl.DataFrame:
    """Every entry on cases in the journal of this home, the oldest first."""
    return Journal(home()).events()
