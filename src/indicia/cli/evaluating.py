"""`indicia evaluate`: hold the scoring against invented worlds whose truth is known."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from indicia import bundled
from indicia.cli import screen
from indicia.errors import UsageError
from indicia.store import home
from indicia.world.evaluation import chart, learned, page, results, runs
from indicia.world.evaluation.one_world import CUTS_MONTHS
from indicia.world.evaluation.runs import Wanted
from indicia.world.making import LEVELS

# Seeds 101 to 140 were the final ones of an earlier scoring, and are spent.
TUNING, FINAL = range(1, 21), range(141, 181)
FACILITIES = 1000
SEEN_EARLIER = 20  # worlds that are looked at from earlier days too: each such day costs as much as the last
PAGE, PICTURE, FIGURES = (
    "validation/scoring.md",
    "img/validation_scoring.svg",
    "validation/scoring.json",
)


def evaluate(
    seeds: Annotated[str, typer.Option(help="Seeds of the worlds: 1-20, or 1,3,5.")] = "1-3",
    levels: Annotated[str, typer.Option(help="Levels, with commas.")] = ",".join(LEVELS),
    facilities: Annotated[int, typer.Option(help="Facilities per world.")] = FACILITIES,
    final: Annotated[
        bool,
        typer.Option(
            "--final",
            help="The final run: all levels, seeds 141-180, fitted on 1-20; do it once.",
        ),
    ] = False,
    processes: Annotated[int, typer.Option(help="Worlds made at once.", min=1)] = 2,
    earlier: Annotated[
        int,
        typer.Option(
            help="Worlds of the middle level that are seen from earlier days too.", min=0
        ),
    ] = SEEN_EARLIER,
    folder: Annotated[
        Path | None, typer.Option(help="Where results per world are kept and found again.")
    ] = None,
    docs: Annotated[
        Path | None,
        typer.Option(help="Where the page, picture and figures are written, for example docs."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Answer as JSON, without progress.")
    ] = False,
) -> None:
    """Make synthetic worlds, assess them, and report how well clusters are ranked.

    Interrupted, it takes up where it stopped: what each world gave is kept.
    """
    chosen = list(FINAL) if final else _seeds(seeds)
    wanted_levels = list(LEVELS) if final else _levels(levels)
    tuning = list(TUNING) if final else []
    if not final and set(chosen) & set(FINAL):
        message = (
            f"seeds {FINAL[0]} to {FINAL[-1]} are for the final figures: use --final, once."
        )
        raise UsageError(message)
    kept_in = folder or home() / "evaluation" / "worlds"
    middle, once = results.middle_of(wanted_levels), CUTS_MONTHS[:1]
    looked_back = {(middle, seed) for seed in chosen[:earlier]}
    wanted = [
        Wanted(level, seed, facilities, CUTS_MONTHS if (level, seed) in looked_back else once)
        for level in wanted_levels
        for seed in chosen
    ] + [Wanted(middle, seed, facilities, once) for seed in tuning]
    with screen.progress(quiet=as_json) as progress:
        kept = runs.run(wanted, kept_in, processes, progress)
        progress("measuring")
        document = results.document(
            kept, wanted_levels, chosen, tuning, is_final=final, day=datetime.now(UTC).date()
        )
    if not learned.is_installed():
        screen.say(f"Isolation forest and gradient boosting are left out: {learned.INSTALL}")
    default = bundled.path("docs") if final and bundled.is_clone() else home() / "evaluation"
    written = write(document, docs or default)
    screen.answer(_answer(document), as_json=as_json, title="evaluation")
    screen.say(f"Written: {', '.join(str(p) for p in written)}")


def write(document: dict[str, Any], docs: Path) -> list[Path]:
    """Write page, picture and figures into a folder; the paths written."""
    texts = {
        PAGE: page.page(document, f"../{PICTURE}"),
        PICTURE: chart.picture(document),
        FIGURES: json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n",
    }
    for name, text in texts.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8")
    return [docs / name for name in texts]


def _answer(document: dict[str, Any]) -> list[dict[str, object]]:
    met = {True: "met", False: "not met", None: "not measured"}
    return [
        {
            **{k: round(v, 4) if isinstance(v, float) else v for k, v in a.items()},
            "is_met": met[a["is_met"]],
        }
        for a in document["aims"]
    ]


def _seeds(text: str) -> list[int]:
    """Seeds from `1-3,7`.

    Raises:
        UsageError: Something else stands there.
    """
    found: set[int] = set()
    try:
        for part in text.split(","):
            first, _, last = part.strip().partition("-")
            found |= set(range(int(first), int(last or first) + 1))
    except ValueError:
        found = set()
    if not found:
        message = f"--seeds {text!r}: expected numbers and spans such as 1-20 or 1,3,5."
        raise UsageError(message)
    return sorted(found)


def _levels(text: str) -> list[str]:
    """Levels in their order.

    Raises:
        UsageError: A level is not known.
    """
    asked = {part.strip() for part in text.split(",")}
    if strange := sorted(asked - set(LEVELS)):
        message = f"no level is named {strange[0]!r}; there are {', '.join(LEVELS)}."
        raise UsageError(message)
    return [level for level in LEVELS if level in asked]
