"""What a browser test watches: that a page is whole, quiet, and stays on this machine."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

PATIENCE_MS = 60_000
# Streamlit asks below the page's own path first, is told 404, and then asks at the root.
KNOWN = re.compile(r"/(_stcore/(health|host-config)|_stcore/[a-z-]+)$")


def watched(page: Page) -> list[str]:
    """What must stay empty: strange hosts, errors of the console, errors of the page."""
    wrong: list[str] = []

    def of_request(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            wrong.append(f"request to {request.url}")

    def of_console(message) -> None:
        where = urlsplit(message.location.get("url", "")).path
        if message.type == "error" and not ("404" in message.text and KNOWN.search(where)):
            wrong.append(f"console: {message.text} at {where}")

    page.on("request", of_request)
    page.on("console", of_console)
    page.on("pageerror", lambda error: wrong.append(f"page: {error}"))
    return wrong


def settled(page: Page, heading: str) -> None:
    """Wait until a page has its heading, runs no more, and shows nothing of an earlier run."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading, timeout=PATIENCE_MS)
    page.wait_for_function(
        """() => document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
            && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')""",
        timeout=PATIENCE_MS,
    )
