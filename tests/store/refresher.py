"""A refresh as a process of its own, for tests that end it at any moment."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from served import job_at

from indicia.cli import work


def main(home, url, pages):
    paths = tuple(f"/page/{n}" for n in range(int(pages)))
    job = job_at("power/eia930", url, paths, every_hours=24)
    outcome = work.refresh(Path(home), work.live_tasks([job], {}), progress=lambda _t: None)
    rows = sum(r.rows_kept for r in outcome.reports)
    sys.stdout.write(f"published {outcome.manifest.sequence} {rows}\n")
    sys.exit(1 if outcome.has_failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
