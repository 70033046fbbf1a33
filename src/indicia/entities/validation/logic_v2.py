"""nomenklatura's LogicV2 over lines of JSON; run by a Python that has it, never imported.

A line holds names and countries of a query, then id, names and countries of a target. Out comes a
score per line. LogicV2 remembers by id, so every query has a fresh one.
"""

import json
import sys
from importlib import import_module


def main() -> None:
    """Read pairs from standard input, write their scores."""
    proxy = import_module("followthemoney").model.get_proxy
    algorithm = import_module("nomenklatura.matching").LogicV2
    settings = algorithm.default_config()
    known = {}
    for number, line in enumerate(sys.stdin):
        names, places, target, target_names, target_places = json.loads(line)
        if target not in known:
            known[target] = proxy(_company(target, target_names, target_places))
        query = proxy(_company(f"query-{number}", names, places))
        score = algorithm.compare(query, known[target], settings).score
        sys.stdout.write(f"{score:.6f}\n")


def _company(key: str, names: list[str], places: list[str]) -> dict[str, object]:
    countries = [place.lower() for place in places]
    return {
        "id": key,
        "schema": "Company",
        "properties": {"name": names, "jurisdiction": countries},
    }


if __name__ == "__main__":
    main()
