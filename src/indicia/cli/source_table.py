"""docs/sources.md, written from the definitions: `make docs`; a test tells when it is stale."""

import sys
from pathlib import Path

from indicia.cli import providers
from indicia.sources.definition import Source

INTRODUCTION = """# Sources

Written from the definitions in `ingest/` by `make docs`; do not edit. `live checked` is the day a source was last
compared with its live publisher; until then its contract rests on documentation and recorded bodies.
"""


def text() -> str:
    """The whole page."""
    jobs = providers.find().jobs
    return INTRODUCTION + "\n" + "\n".join(_section(jobs[name].source) for name in sorted(jobs))


def _section(source: Source) -> str:
    key = (
        f"`{source.key_variable}`{' (optional)' if source.key_is_optional else ''}"
        if source.key_variable
        else "none"
    )
    facts = {
        "publisher": f"{source.publisher}, <{source.homepage}>",
        "licence": f"{source.licence}. {source.licence_note}".strip(),
        "raw values in exports": "yes"
        if source.is_redistributable
        else "no: the licence does not allow it",
        "tables": ", ".join(f"`{t}`" for t in source.tables),
        "refresh": f"every {source.every_hours} h",
        "key": key,
        "reliability": f"{source.reliability} (Admiralty scale) unless a row says otherwise",
        "live checked": source.live_checked,
        "says": source.says,
        "does not say": source.does_not_say,
    }
    lines = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    return f"## {source.id}: {source.title}\n\n| | |\n|---|---|\n{lines}\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
