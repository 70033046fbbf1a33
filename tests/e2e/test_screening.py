"""A list is pasted, its hit read and taken along, a pair judged: in a real browser, leaving no trace of the list."""

import made_entities
import pytest
from playwright.sync_api import Page, expect
from watching import PATIENCE_MS, settled, watched

from indicia.review import Journal

pytestmark = pytest.mark.e2e
CANARY = "Sigma Trading Canarybird"
PASTED = f"name\tdate\nSigma Trading\t2024-08-01\n{CANARY}\t\nNobody Of This Store\t\n"


def test_a_list_is_screened_and_a_match_is_judged(
    page: Page, entities_server, tmp_path_factory
):
    wrong = watched(page)
    page.goto(f"{entities_server.url}/screen")
    settled(page, "Screen a list")
    page.get_by_role("textbox", name="Or paste names").fill(PASTED)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="No hit: ")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_text("The reasons in full").click()
    told = page.get_by_text("Row 2, Sigma Trading:")
    expect(told).to_contain_text("listed after the document's date")
    expect(told).to_contain_text("“Sigma Trading” and “Sigma Trading”")
    with page.expect_download(timeout=PATIENCE_MS) as coming:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    taken = tmp_path_factory.mktemp("taken") / "outcome.csv"
    coming.value.save_as(taken)
    assert CANARY in taken.read_text(encoding="utf-8-sig")
    kept = [p for p in entities_server.home.rglob("*") if p.is_file()]
    assert any(p.name == "server.log" for p in kept)
    assert [p for p in kept if b"Canarybird" in p.read_bytes()] == []

    page.goto(f"{entities_server.url}/entity?entity={made_entities.LISTING}")
    settled(page, "Sigma Trading")
    page.locator(".st-key-possible_reason").get_by_role("textbox").fill(
        "other founders, other address"
    )
    page.locator(".st-key-possible_by").get_by_role("textbox").fill("AB")
    page.get_by_role("button", name="Not the same").click()
    expect(page.get_by_text("Judgements on it: 1")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("counts from the next refresh on").first).to_be_visible()
    (row,) = Journal(entities_server.home).judgements().rows(named=True)
    assert (row["verdict"], row["judged_by"]) == ("no match", "AB")
    assert row["reason"] == "other founders, other address"
    assert made_entities.LISTING in (row["left_id"], row["right_id"])
    assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_organisation_is_whole_in_both_themes(
    browser, browser_context_args, entities_server, screenshots, theme
):
    context = browser.new_context(**{**browser_context_args, "color_scheme": theme})
    page = context.new_page()
    wrong = watched(page)
    page.goto(f"{entities_server.url}/entity?entity={made_entities.OMEGA}")
    settled(page, "Omega Compute")
    for heading in (
        "Identity",
        "Facilities: 2",
        "Neighbours: ",
        "Timeline",
        "Shipments by lane: 1",
    ):
        expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("heading", name="Timeline").scroll_into_view_if_needed()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible(timeout=PATIENCE_MS)
    page.screenshot(path=screenshots / f"organisation-{theme}.png", full_page=True)
    assert page.get_by_test_id("stException").count() == 0
    assert wrong == []
    context.close()
