"""Refreshes on a tmpfs with less and less room, in a namespace of its own; one JSON line per step."""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from served import eia_page, job_at, publishing

from indicia.cli import work
from indicia.errors import StoreError
from indicia.sources.archive import Archive
from indicia.store import Store

ZONES = [f"Z{n}" for n in range(6)]
ROOM_KB = (0, 4, 64, 512, 1_500, 3_000, 6_000, 40_000)
DISK_MB = 200


def main(folder):
    place = Path(folder) / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "none", str(place)]
    subprocess.run(mount, check=True)
    home, filler, value = place / "home", place / "filler", [0]

    def answer(asked):
        body = json.dumps(eia_page(asked.path[1:], [value[0]] * 48)).encode()
        return 200, {"Content-Type": "application/json"}, body

    with publishing(answer) as server:
        paths = [f"/{z}" for z in ZONES]
        job = job_at("power/eia930", server.url, paths, every_hours=24)

        def refresh():
            work.refresh(home, work.live_tasks([job], {}), progress=lambda _text: None)

        refresh()
        for room_kb in ROOM_KB:
            value[0] += 1
            fill(place, filler, room_kb)
            try:
                refresh()
                problem = ""
            except StoreError as error:
                problem = str(error)
            held, archived = values(home), len(Archive(home).pending(job.source.id))
            filler.unlink()
            refresh()
            step = {"value": value[0], "problem": problem, "archived": archived}
            sys.stdout.write(json.dumps({**step, "held": held, "healed": values(home)}) + "\n")


def fill(place, filler, room_kb):
    """Take all room but so much."""
    import shutil

    free = shutil.disk_usage(place).free - room_kb * 1024
    with filler.open("wb") as file:
        file.write(bytes(max(free, 0)))


def values(home):
    with Store.open(home) as store:
        return store.sql("SELECT DISTINCT demand_reported_mw FROM power_load")[
            "demand_reported_mw"
        ].to_list()


if __name__ == "__main__":
    main(sys.argv[1])
