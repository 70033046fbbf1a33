"""Behind a login: nobody reads unasked, roles hold, names cannot be typed, and opened pages are written down."""

import pytest
from playwright.sync_api import Browser, Page, expect
from watching import PATIENCE_MS, settled

from indicia.review import Journal, desk, tables

pytest.importorskip("authlib", reason="the extra `login` is not installed")
pytestmark = pytest.mark.e2e


def logged_in(browser: Browser, context_args, url: str, email: str) -> Page:
    page = browser.new_context(**context_args).new_page()
    page.goto(f"{url}/review?case=facility:made-bold")
    expect(page.get_by_text("Log in to read.")).to_be_visible(timeout=PATIENCE_MS)
    assert page.get_by_test_id("stDataFrame").count() == 0
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Who").fill(email)
    page.get_by_role("button", name="Go").click()
    page.wait_for_url(f"{url}/**", timeout=PATIENCE_MS)
    return page


def decide(page: Page, url: str, state: str, reason: str) -> None:
    page.goto(f"{url}/review?case=facility:made-bold")
    settled(page, "Review")
    page.get_by_role("combobox", name="Set to").click()
    page.get_by_role("option", name=state).click()
    page.get_by_role("textbox", name="Reason").fill(reason)
    page.get_by_role("button", name="Decide", exact=True).click()


def test_a_login_decides_who_reads_reviews_and_approves(
    browser: Browser, browser_context_args, login_server
):
    url, args = login_server.url, browser_context_args
    stranger = logged_in(browser, args, url, "xy@example.org")
    expect(stranger.get_by_text("This login may not read here.")).to_be_visible(
        timeout=PATIENCE_MS
    )
    assert stranger.get_by_test_id("stDataFrame").count() == 0
    first = logged_in(browser, args, url, "ab@example.org")
    decide(first, url, "reviewed", "One campus.")
    expect(first.get_by_text("reviewed, by AB")).to_be_visible(timeout=PATIENCE_MS)
    assert first.get_by_role("textbox", name="Your initials or role").count() == 0
    decide(first, url, "approved", "")
    expect(first.get_by_text("AB may not approve here")).to_be_visible(timeout=PATIENCE_MS)
    second = logged_in(browser, args, url, "cd@example.org")
    decide(second, url, "approved", "")
    expect(second.get_by_text("approved, by CD")).to_be_visible(timeout=PATIENCE_MS)
    journal = Journal(login_server.home)
    assert journal.events([tables.STATE])["done_by"].to_list() == ["AB", "CD"]
    opened = desk.opened_pages(journal)
    assert set(opened["done_by"]) == {"AB", "CD"}
    assert "review" in set(opened["page"])
    for page in (stranger, first, second):
        page.context.close()
