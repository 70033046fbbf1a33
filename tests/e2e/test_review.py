"""People decide in a real browser: a lead is dismissed, another approved by a second person, a list taken along."""

import json
import re
import zipfile

import made_store
import pandas as pd
import pyogrio
import pytest
from playwright.sync_api import Browser, Page, expect
from watching import PATIENCE_MS, settled, watched

from indicia.review import Journal, desk, tables

pytestmark = pytest.mark.e2e
REASON = "The load is that of a smelter next door."


def choose(page: Page, state: str) -> None:
    """Open the list of states until it stays open: a page that is still being drawn closes it."""
    option = page.get_by_role("option", name=state)
    for _ in range(10):
        page.wait_for_timeout(1000)
        if not option.is_visible():
            page.get_by_role("combobox", name="Set to").click()
        page.wait_for_timeout(500)
        if option.is_visible():
            break
    option.click()


def decide(page: Page, by: str, state: str, reason: str = "") -> None:
    """Fill in the form of the review block as a person would."""
    name = page.get_by_role("textbox", name="Your initials or role")
    name.fill(by)
    name.press("Enter")
    choose(page, state)
    page.get_by_role("textbox", name="Reason").fill(reason)
    page.get_by_role("button", name="Decide", exact=True).click()


def states(home) -> list[tuple[str, str]]:
    rows = Journal(home).events([tables.STATE])
    return [
        (r["done_by"], json.loads(r["payload"])["state"]) for r in rows.iter_rows(named=True)
    ]


def test_a_lead_is_read_and_dismissed_with_its_reason(page: Page, review_server):
    wrong = watched(page)
    page.goto(f"{review_server.url}/leads?country=CN&review=new")
    settled(page, "Leads")
    page.get_by_role("link", name="Beta Hall").first.click()
    settled(page, "Beta Hall")
    expect(page.get_by_text("nobody decided on it yet")).to_be_visible(timeout=PATIENCE_MS)
    decide(page, "AB", "dismissed")
    expect(page.get_by_text("a reason is needed")).to_be_visible(timeout=PATIENCE_MS)
    decide(page, "AB", "dismissed", REASON)
    expect(page.get_by_text(f": {REASON}").first).to_be_visible(timeout=PATIENCE_MS)
    assert states(review_server.home)[-1] == ("AB", "dismissed")
    page.goto(f"{review_server.url}/leads?review=dismissed")
    settled(page, "Leads")
    expect(page.get_by_role("heading", name="Queue: 1 of 1 facilities")).to_be_visible()
    assert wrong == []


def test_the_first_person_is_refused_and_a_second_one_approves(
    browser: Browser, browser_context_args, review_server
):
    address = f"{review_server.url}/facility?facility={made_store.BOLD}"
    before = len(states(review_server.home))
    first = browser.new_context(**browser_context_args).new_page()
    first.goto(address)
    settled(first, "Alpha")
    decide(first, "AB", "reviewed", "Sources agree on one campus.")
    expect(first.get_by_text("reviewed, by AB")).to_be_visible(timeout=PATIENCE_MS)
    decide(first, "ab", "approved")
    expect(first.get_by_text("cannot approve it")).to_be_visible(timeout=PATIENCE_MS)
    second = browser.new_context(**browser_context_args).new_page()
    wrong = watched(second)
    second.goto(f"{review_server.url}/review?state=reviewed&case=facility:{made_store.BOLD}")
    settled(second, "Review")
    decide(second, "CD", "approved")
    expect(second.get_by_text("approved, by CD")).to_be_visible(timeout=PATIENCE_MS)
    assert states(review_server.home)[before:] == [("AB", "reviewed"), ("CD", "approved")]
    assert wrong == []
    first.context.close()
    second.context.close()


MOST_TABS = 80
NAMED = (
    "() => { const on = document.activeElement; return on.ariaLabel || on.innerText.trim() }"
)


def tab_to(page: Page, name: str) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(NAMED) == name:
            return
    pytest.fail(f"the keyboard does not reach {name}")


def test_a_case_is_decided_by_keyboard_alone(page: Page, review_server):
    page.goto(f"{review_server.url}/review?case=facility:made-twin")
    settled(page, "Review")
    expect(page.get_by_role("button", name="Decide", exact=True)).to_be_visible(
        timeout=PATIENCE_MS
    )
    tab_to(page, "Your initials or role")
    page.keyboard.type("GH")
    tab_to(page, "Set to")
    settled(page, "Review")  # the initials are sent when the field is left
    page.keyboard.type("watching")
    page.keyboard.press("Enter")
    tab_to(page, "Reason")
    page.keyboard.type("A second hall is announced.")
    tab_to(page, "Decide")
    page.keyboard.press("Enter")
    expect(page.get_by_text("watching, by GH").first).to_be_visible(timeout=PATIENCE_MS)
    assert states(review_server.home)[-1] == ("GH", "watching")


@pytest.mark.parametrize("fmt", ["csv", "geopackage"])
def test_a_list_is_taken_along_opened_again_and_the_log_knows(
    page: Page, review_server, tmp_path, fmt
):
    wrong = watched(page)
    page.goto(f"{review_server.url}/exports?country=CN&format={fmt}")
    settled(page, "Exports")
    expect(page.get_by_text("rows are unreviewed").first).to_be_visible()
    with page.expect_download(timeout=PATIENCE_MS) as coming:
        page.get_by_role("button", name=f"Download as {fmt}, with evidence").click()
    coming.value.save_as(tmp_path / "list.zip")
    with zipfile.ZipFile(tmp_path / "list.zip") as archive:
        archive.extractall(tmp_path)
    (path,) = (
        p
        for p in tmp_path.glob("indicia-*")
        if re.fullmatch(r"indicia-\w+\.(csv|gpkg)", p.name)
    )
    rows = pd.read_csv(path) if fmt == "csv" else pyogrio.read_dataframe(path, layer="list")
    assert list(rows["facility_id"]) == [made_store.UNKNOWN, made_store.QUIET, "made-twin"]
    assert set(rows["review"]) <= {"unreviewed", "dismissed by AB"}
    assert "indicia" in (tmp_path / "citation.txt").read_text()
    (newest, *_) = desk.taken_lists(Journal(review_server.home)).rows(named=True)
    assert (newest["format"], newest["query"]) == (fmt, "order=support&country=CN")
    assert newest["list_id"] in path.name
    assert wrong == []


def test_several_rows_are_decided_on_and_a_view_is_saved_and_opened_again(
    page: Page, review_server
):
    wrong = watched(page)
    page.goto(f"{review_server.url}/leads?country=CN&several=true")
    settled(page, "Leads")
    page.get_by_role("button", name=re.compile("Saved views")).click()
    page.get_by_role("textbox", name="Name of this view").fill("China")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("cannot stand for a person")).to_be_visible(timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    grid = page.get_by_test_id("stDataFrame").filter(has=page.get_by_text("strongest rival"))
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    for row in (1, 3):
        page.mouse.click(box["x"] + 15, box["y"] + 35 * row + 17)
        settled(page, "Leads")
    expect(page.get_by_text("2 selected:")).to_be_visible(timeout=PATIENCE_MS)
    before = len(states(review_server.home))
    name = page.get_by_role("textbox", name="Your initials or role")
    name.fill("EF")
    name.press("Enter")
    settled(page, "Leads")
    page.get_by_role("combobox", name="Set to").click()
    page.get_by_role("option", name="watching").click()
    page.get_by_role("button", name="Decide on 2").click()
    for _ in range(PATIENCE_MS // 500):
        if len(states(review_server.home)) > before:
            break
        page.wait_for_timeout(500)
    settled(page, "Leads")
    assert states(review_server.home)[before:] == [("EF", "watching")] * 2
    page.get_by_role("button", name=re.compile("Saved views")).click()
    page.get_by_role("textbox", name="Name of this view").fill("China")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Saved views: 1")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"{review_server.url}/leads?country=MY")
    settled(page, "Leads")
    page.get_by_role("button", name="Saved views: 1").click()
    page.get_by_role("link", name="China").click()
    expect(page.get_by_role("heading", name="Queue: 3 of 3 facilities")).to_be_visible(
        timeout=PATIENCE_MS
    )
    assert "country=CN" in page.url
    assert wrong == []
