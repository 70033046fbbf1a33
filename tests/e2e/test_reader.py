"""A reader's way through the app, in a real browser: quiet, complete, and never off this machine."""

import json
import os
import re
import sys
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import accessible
import made_store
import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook
from watching import PATIENCE_MS, settled, watched

from indicia.answers import leads
from indicia.cli import demo
from indicia.store import Store

pytestmark = pytest.mark.e2e

PAGES = {
    "": "indicia",
    "leads": "Leads",
    "map": "Map",
    f"facility?facility={made_store.BOLD}": "Alpha",
    "facility": "Facility",
    "entity?entity=Omega%20Compute%20Sdn.%20Bhd.": "Omega Compute",
    f"compare?facility={made_store.BOLD}&facility={made_store.QUIET}": "Compare",
    "lanes": "Lanes",
    "lanes?lane=TWN%3EMYS": "Taiwan",
    "screen": "Screen a list",
    "compute": "Compute",
    "rules": "Rules",
    "claims?model=Made-LM": "Claims",
    f"review?case=facility:{made_store.BOLD}": "Review",
    "exports": "Exports",
    "coverage": "Coverage",
    "sources": "Sources",
    "method": "Method",
    "evaluation": "Evaluation",
}
NAMED = "analyst-yiwu-county-plans"
THEMES = ("light", "dark")
# Each page in one theme, in turn; every page in both where that is asked for (it takes minutes).
LOOKS = [
    pytest.param(address, theme, id=f"{address.split('?')[0] or 'home'}-{theme}")
    for place, address in enumerate(PAGES)
    for turn, theme in enumerate(THEMES)
    if (place + turn) % 2 == 0 or os.environ.get("INDICIA_BOTH_THEMES")
]
MOST_TABS = 120
LOOK_WITH_AND_WITHOUT_FOCUS = """async () => {
    const link = document.activeElement
    const look = () => { const s = getComputedStyle(link); return s.boxShadow + s.outline + s.backgroundColor }
    const settle = () => new Promise(done => setTimeout(done, 400))
    await settle(); const marked = look()
    link.blur(); await settle(); const unmarked = look()
    link.focus({focusVisible: true})
    return [marked, unmarked]
}"""
OUTWARD_STATES = {"01", "02"}  # established, or trying to be


@pytest.mark.parametrize(("address", "theme"), LOOKS)
def test_every_page_is_whole_accessible_and_stays_on_this_machine(
    browser: Browser, browser_context_args, made_server, screenshots: Path, address, theme
):
    context = browser.new_context(**{**browser_context_args, "color_scheme": theme})
    page = context.new_page()
    wrong = watched(page)
    page.goto(f"{made_server.url}/{address}")
    settled(page, PAGES[address])
    expect(page).to_have_title(re.compile(r".+ · indicia"))
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_text("Synthetic data: an invented world")).to_be_visible()
    page.wait_for_timeout(500)
    settled(page, PAGES[address])  # what is drawn late has a skeleton of its own
    page.screenshot(
        path=screenshots
        / f"{re.sub('[^a-z]+', '-', address.lower()).strip('-') or 'home'}-{theme}.png",
        full_page=True,
    )
    assert page.get_by_test_id("stException").count() == 0
    assert wrong == []
    assert accessible.violations(page, address, theme) == []
    context.close()


def test_a_dossier_is_reached_from_the_leads_by_keyboard_alone(page: Page, made_server):
    page.goto(f"{made_server.url}/leads")
    settled(page, "Leads")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        on = page.evaluate(
            "document.activeElement.matches('a') && document.activeElement.innerText"
        )
        if on and "Alpha" in on:
            break
    marked, unmarked = page.evaluate(LOOK_WITH_AND_WITHOUT_FOCUS)
    assert marked != unmarked, "nothing shows where the keyboard is"
    page.keyboard.press("Enter")
    settled(page, "Alpha")
    assert page.url.endswith(f"/facility?facility={made_store.BOLD}")


def test_a_reader_goes_from_the_leads_to_the_hash_behind_the_evidence(page: Page, made_server):
    wrong = watched(page)
    page.goto(f"{made_server.url}/leads")
    settled(page, "Leads")
    page.get_by_role("link", name="Alpha").first.click()
    settled(page, "Alpha")
    assert page.url.endswith(f"/facility?facility={made_store.BOLD}")
    bodies = page.get_by_test_id("stDataFrame").filter(has=page.get_by_text(made_store.SHA))
    expect(bodies.first).to_be_attached(timeout=PATIENCE_MS)
    page.go_back()
    settled(page, "Leads")
    page.go_forward()
    settled(page, "Alpha")
    assert page.url.endswith(f"/facility?facility={made_store.BOLD}")
    assert wrong == []


def test_a_number_is_followed_to_the_bytes_in_which_it_came(page: Page, demo_server, tmp_path):
    wrong = watched(page)
    page.goto(f"{demo_server.url}/facility?facility={NAMED}")
    settled(page, "Yiwu")
    grid = page.get_by_test_id("stDataFrame").filter(has=page.get_by_text("body (bytes)"))
    grid.scroll_into_view_if_needed()
    stated = grid.text_content()
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 35 + 17)
    button = page.get_by_role("button", name=re.compile("Download the .* bytes"))
    expect(button).to_be_visible(timeout=PATIENCE_MS)
    with page.expect_download(timeout=PATIENCE_MS) as coming:
        button.click()
    coming.value.save_as(tmp_path / "body")
    body = (tmp_path / "body").read_bytes()
    assert sha256(body).hexdigest() in stated
    assert str(len(body)) in stated
    assert wrong == []


def test_a_link_shows_another_reader_the_same_view(
    browser: Browser, browser_context_args, page: Page, made_server
):
    page.goto(f"{made_server.url}/leads?country=CN")
    settled(page, "Leads")
    find = page.get_by_label("Name, place, party or id")
    find.fill("Beta Hall")
    find.press("Enter")
    queue = page.get_by_role("heading", name="Queue: 1 of 1 facilities")
    expect(queue).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Link to this view").click()
    link = page.get_by_test_id("stPopoverBody").locator("code")
    expect(link).to_contain_text("q=Beta+Hall", timeout=PATIENCE_MS)
    other = browser.new_context(**browser_context_args).new_page()
    other.goto(link.inner_text())
    settled(other, "Leads")
    expect(other.get_by_role("heading", name="Queue: 1 of 1 facilities")).to_be_visible()
    expect(other.get_by_label("Name, place, party or id")).to_have_value("Beta Hall")
    other.context.close()


def test_two_sites_are_compared_on_the_way_from_a_dossier(page: Page, made_server):
    wrong = watched(page)
    page.goto(f"{made_server.url}/facility?facility={made_store.BOLD}")
    settled(page, "Alpha")
    page.get_by_role("link", name="Compare with others").click()
    settled(page, "Compare")
    find = page.get_by_label("Add a facility")
    find.fill("Beta Hall")
    find.press("Enter")
    grid = page.get_by_test_id("stDataFrame").filter(has=page.get_by_text(made_store.QUIET))
    expect(grid).to_be_attached(timeout=PATIENCE_MS)
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 35 + 17)
    page.wait_for_url(f"**facility={made_store.BOLD}&facility={made_store.QUIET}")
    settled(page, "Compare")
    expect(page.get_by_role("button", name="Remove")).to_have_count(2)
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg")).to_be_visible(timeout=PATIENCE_MS)  # fmt: skip
    assert wrong == []


def test_the_starter_data_tell_a_reader_why_there_is_no_lead(page: Page, demo_server):
    page.goto(f"{demo_server.url}/leads")
    settled(page, "Leads")
    expect(page.get_by_text("Starter data: real public facts")).to_be_visible()
    expect(page.get_by_text("No lead among these facilities")).to_be_visible()
    link = page.get_by_test_id("stPageLink").first
    name = link.inner_text().strip()
    link.get_by_role("link").click()
    settled(page, name.split("\n")[-1][:20])
    assert "facility?facility=" in page.url


def test_a_link_to_an_unknown_facility_opens_a_page_that_helps(page: Page, made_server):
    wrong = watched(page)
    page.goto(f"{made_server.url}/facility?facility=nobody")
    settled(page, "Facility")
    expect(page.get_by_text("holds no facility with the id in the link")).to_be_visible()
    expect(page.get_by_label("Find a facility")).to_be_visible()
    assert wrong == []


def test_the_map_draws_the_world_and_a_click_opens_the_dossier(page: Page, made_server):
    wrong = watched(page)
    page.goto(f"{made_server.url}/map?region=South-East+Asia")
    settled(page, "Map")
    chart = page.get_by_test_id("stVegaLiteChart")
    mark = chart.locator("[aria-roledescription=point][aria-label*=Alpha]").last
    expect(mark).to_be_attached(timeout=PATIENCE_MS)
    assert chart.locator("g.mark-shape path").count() > 200
    mark.click(force=True)
    settled(page, "Alpha")
    assert page.url.endswith(f"/facility?facility={made_store.BOLD}")
    assert wrong == []


def test_a_filter_is_in_the_address_and_a_link_brings_it_back(page: Page, made_server):
    page.goto(f"{made_server.url}/leads?country=CN")
    settled(page, "Leads")
    expect(page.get_by_role("heading", name="Queue: 3 of 3 facilities")).to_be_visible()
    assert "country=CN" in page.url


@pytest.mark.skipif(
    sys.platform != "linux", reason="open sockets are read from /proc, which only Linux has"
)
def test_the_server_opens_no_socket_outward(page: Page, made_server):
    page.goto(f"{made_server.url}/leads")
    settled(page, "Leads")
    ends = sockets_of(made_server.pid)
    assert ends, "the server holds no socket at all: the test reads the wrong process"
    assert {end for end in ends if not is_loopback(end)} == set()


def sockets_of(pid: int) -> set[str]:
    """Far ends (or listening ends) of every TCP socket a process holds, in the kernel's hex."""
    held = {
        target[len("socket:[") : -1]
        for entry in Path(f"/proc/{pid}/fd").iterdir()
        if (target := str(entry.readlink())).startswith("socket:[")
    }
    ends = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in held:
                near, far, state = fields[1:4]
                ends.add(far if state in OUTWARD_STATES else near)
    return ends


def is_loopback(end: str) -> bool:
    """Whether a hexadecimal `address:port` is of this machine alone."""
    address = end.split(":", maxsplit=1)[0]
    mapped = "0000000000000000FFFF0000"
    return address.removeprefix(mapped).endswith("7F") or address == "0" * 24 + "01000000"


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_a_reader_takes_along_exactly_the_list_on_the_screen(
    page: Page, demo_server, tmp_path, fmt
):
    wrong = watched(page)
    page.goto(f"{demo_server.url}/leads?country=MY&q=a")
    settled(page, "Leads")
    page.get_by_test_id("stButtonGroup").get_by_text(fmt, exact=True).click()
    settled(page, "Leads")
    with page.expect_download(timeout=PATIENCE_MS) as coming:
        page.get_by_role("button", name=f"Download as {fmt}, with evidence").click()
    packed = tmp_path / "list.zip"
    coming.value.save_as(packed)
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        body = archive.read(
            next(n for n in names if n.endswith(f".{fmt}") and "evidence" not in n)
        )
        stamp = json.loads(archive.read(next(n for n in names if n.endswith(".stamp.json"))))
    with Store.open(demo_server.home) as store:
        shown = leads.queue(store, leads.Filters(countries=("MY",), text="a"))
        version = store.data_version
    assert shown.height
    if fmt == "csv":
        ids = pl.read_csv(body)["facility_id"].to_list()
    else:
        rows = (
            CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_name("List").to_python()
        )
        place = rows[0].index("facility_id")
        ids = [row[place] for row in rows[1:] if row[place]]
    assert ids == shown["facility_id"].to_list()
    assert version in json.dumps(stamp)
    assert "country=MY" in json.dumps(stamp)
    assert wrong == []


def test_a_refresh_while_a_reader_reads_is_offered_and_breaks_nothing(page: Page, own_server):
    wrong = watched(page)
    page.goto(f"{own_server.url}/leads")
    settled(page, "Leads")
    assert not demo.build(own_server.home).has_failed
    page.get_by_role("link", name="Map", exact=True).first.click()
    settled(page, "Map")
    expect(page.get_by_text("Newer data are available")).to_be_visible()
    page.get_by_role("button", name=re.compile("newer|reload", re.IGNORECASE)).first.click()
    settled(page, "Map")
    expect(page.get_by_text("Newer data are available")).not_to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
    assert wrong == []
