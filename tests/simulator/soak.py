"""Many plans over all publishers, and the page that tells how they ended.

`python -m simulator.soak 400 docs/validation/faults.md` is what `make soak` runs.
"""

import os
import sys
import tempfile
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

from simulator import faults
from simulator.plans import Plan
from simulator.publishers import PUBLISHERS, power_us
from simulator.trials import OUTCOMES, begun, clean, tried

WORKERS = 2


def plans(count):
    """Seeds of each publisher, in turn."""
    return {
        p: [n for n in range(count) if PUBLISHERS[n % len(PUBLISHERS)] is p] for p in PUBLISHERS
    }


def one_publisher(name, chosen, *, is_brief=False):
    """All trials of one publisher: the results, and what went wrong by trial.

    Args:
        name: The publisher's job.
        chosen: Seeds, and kinds of its own faults.
        is_brief: With fewer things to ask for.
    """
    publisher = next(p for p in PUBLISHERS if p.job == name)
    publisher = publisher.briefly() if is_brief else publisher
    results, problems = [], {}
    with tempfile.TemporaryDirectory() as folder:
        known = clean(publisher, Path(folder))
        for trial in chosen:
            try:
                with tempfile.TemporaryDirectory() as place:
                    results.append(_one(publisher, trial, known, Path(place)))
            except Exception:  # noqa: BLE001 -- whatever goes wrong is what is looked for
                problems[trial] = traceback.format_exc()
    return results, problems


def _one(publisher, trial, known, place):
    if trial in power_us.ZIP_FAULTS:
        return begun(publisher, trial, known, place)
    if trial in publisher.own:
        plan = Plan(publisher, trial, {publisher.own_at: trial})
        return tried(publisher, trial, known, place, plan)
    return tried(publisher, trial, known, place)


def run(chosen_by_publisher, told=lambda _text: None, workers=WORKERS, *, is_brief=False):
    """Run all trials in processes of their own, those with most first.

    Returns results, and problems by publisher and trial.
    """
    results, problems = [], {}
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # two processes share two cores
    # Tests of pages put the app in the place of the main module, which every new process imports.
    main = patch.dict(sys.modules, {"__main__": sys.modules[__name__]})
    with main, ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        waiting = {
            pool.submit(one_publisher, p.job, chosen, is_brief=is_brief): p
            for p, chosen in sorted(chosen_by_publisher.items(), key=lambda kv: -len(kv[1]))
            if chosen
        }
        for done in as_completed(waiting):
            publisher = waiting[done]
            found, wrong = done.result()
            results += found
            problems |= {(publisher.job, trial): text for trial, text in wrong.items()}
            told(f"{publisher.job}: {len(found)} plans held, {len(wrong)} did not")
            for trial, text in wrong.items():
                told(f"\n{publisher.job} #{trial}\n{text}")
    return results, problems


HEAD = """# Publishers that misbehave

Written by `make soak`. One loopback server stands in for {publishers} publishers, each in its own format and paging, and
answers on seeded plans of faults: one kind first, so that every kind meets every publisher, then up to two more by
chance. Each plan is a refresh from one state of the publisher (vintage 1, held) to the next (vintage 2: a third of the
values revised, one key withdrawn, one added). Parsers, plans, paging, redaction, archive and store are the real ones;
only addresses and waiting times are changed, and nothing is resolved or weighed.

What must hold after each plan, or it counts as broken:

1. No exception leaves the program, and no parser fails by a fault of its own code.
2. Every key that both vintages have is held once, with a row that one of the vintages published, in every table of the
   source; no key is held that neither has.
3. Where the rows are not those of a refresh without faults, a failure or an issue names it. A publisher that changes
   while it is read has no single right answer: rows of both states are accepted then, none lost.
4. The next refresh without faults gives exactly the rows of a refresh that never met any.
5. No redirect was followed to another server, and no file was written outside the home.

**{count} plans (seeds {first} to {last}): {held} held, {broken} broken.** Rows lost: {lost}. Rows doubled: {doubled}.

Kinds that only one publisher has are few plans here; the tests try each of them where it bites.

- *same rows*: as without faults, because a request was repeated or the fault changed nothing that is read.
- *refused and healed*: nothing was loaded, the last good data stayed, and the reason was named.
- *partly loaded and named*: what was whole was loaded, the rest was named.
- *read while it changed*: rows of both states, each as published.

"""


def page(results, problems, count):
    """The results as Markdown; without days and names of machines."""
    lost = sum("lost rows" in text for text in problems.values())
    doubled = sum("held twice" in text for text in problems.values())
    head = HEAD.format(
        publishers=len(PUBLISHERS), count=len(results) + len(problems), first=0, last=count - 1,
        held=len(results), broken=len(problems), lost=lost or "none", doubled=doubled or "none",
    )  # fmt: skip
    by_publisher = {p.job: [r for r in results if r.publisher == p.job] for p in PUBLISHERS}
    kinds = faults.every_kind(PUBLISHERS)
    by_kind = {kind: [r for r in results if kind in r.kinds] for kind in kinds}
    broken = Counter(job for job, _ in problems)
    return (
        head
        + "## By publisher\n\n"
        + _table("Publisher", by_publisher, {"broken": broken})
        + "\n## By kind of fault\n\nA plan counts under each kind that it met.\n\n"
        + _table("Fault", by_kind, {})
    )


def _table(what, groups, further):
    names = [what, "Plans", *OUTCOMES, *further]
    lines = [" | ".join(names), " | ".join(["---", *["---:"] * (len(names) - 1)])]
    for name, found in groups.items():
        ended = Counter(r.outcome for r in found)
        more = [c[name] for c in further.values()]
        counts = [len(found) + sum(more), *(ended[o] for o in OUTCOMES), *more]
        lines.append(" | ".join([name, *map(str, counts)]))
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(count, path):
    """Run `count` plans, write the page, and fail where any plan did not hold."""
    results, problems = run(plans(count), _say)
    Path(path).write_text(page(results, problems, count), encoding="utf-8")
    sys.stdout.write(f"{len(results)} plans held, {len(problems)} did not; {path}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
