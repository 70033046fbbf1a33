"""What axe-core finds on a page against WCAG 2.2 AA, but for what the framework itself draws and we cannot change."""

from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True)
class Known:
    """One violation of the framework's own: which rule, on what, why we cannot mend it, and where it must be seen."""

    rule: str
    selector: str
    reason: str
    page: str
    themes: tuple[str, ...] = ("light", "dark")


KNOWN = (
    Known("color-contrast", "[data-testid=stSelectbox]:has(input[disabled])",
          "Streamlit pales the label of a control that is switched off; WCAG exempts such controls, axe their labels not.",
          "compute"),
    Known("color-contrast", "[data-testid=stMultiSelect] span[title]",
          "Streamlit writes chosen values in white on the primary colour, which must itself be read on a dark ground.",
          "rules", ("dark",)),
    Known("target-size", "[data-testid=stDateInput] [role=spinbutton]",
          "Streamlit's parts of a date are narrower than 24 pixels; the whole field can be typed in.", "rules"),
)  # fmt: skip
IS_WITHIN = "([target, selector]) => !!document.querySelector(target)?.closest(selector)"


def violations(page: Page, address: str, theme: str) -> list[str]:
    """Violations of our own markup; and entries of `KNOWN` that ought to be seen on this page and are not."""
    found = Axe().run(page, options={"runOnly": LEVELS, "resultTypes": ["violations"]}).response
    wrong, seen = [], set()
    for rule in found["violations"]:
        for node in rule["nodes"]:
            target = node["target"][0]
            known = next((k for k in KNOWN if k.rule == rule["id"] and theme in k.themes and page.evaluate(IS_WITHIN, [target, k.selector])), None)  # fmt: skip
            seen.add(known)
            if known is None:
                wrong.append(f"{rule['id']}: {rule['help']}: {node['html'][:200]}")
    gone = [k for k in KNOWN if k.page == address and theme in k.themes and k not in seen]
    return wrong + [
        f"no longer seen, take it off the list: {k.rule} {k.selector}" for k in gone
    ]
