"""Job boards and counts."""

import json
from dataclasses import replace
from urllib.parse import urlencode

from simulator.publishers.base import counted
from simulator.server import Reply

SOME_BOARDS = (
    ("greenhouse", "coreweave", "CoreWeave"),
    ("ashby", "crusoe", "Crusoe"),
    ("lever", "mistral", "Mistral AI"),
)


def boards(asked, vintage):
    groups = ["GPU Systems Engineer", "InfiniBand Network Engineer", "Data Center Technician"]
    posts = [
        (n, groups[n % 3], f"City {n % 5}, TX")
        for n, _ in counted(vintage, 30)
        for _ in range(2 if vintage == 2 and n % 3 == 0 else 1)
    ]
    if asked.host == "boards-api.greenhouse.io":
        jobs = [
            {
                "id": i,
                "title": t,
                "location": {"name": p},
                "departments": [{"name": "Engineering"}],
            }
            for i, (_, t, p) in enumerate(posts)
        ]
        return json.dumps({"jobs": jobs, "meta": {"total": len(jobs)}}).encode()
    if asked.host == "api.lever.co":
        jobs = [
            {
                "id": f"{i}",
                "text": t,
                "categories": {"location": p, "department": "Engineering"},
            }
            for i, (_, t, p) in enumerate(posts)
        ]
        return json.dumps(jobs).encode()
    jobs = [
        {"id": f"{i}", "title": t, "location": p, "department": "Engineering", "isListed": True}
        for i, (_, t, p) in enumerate(posts)
    ]
    return json.dumps({"apiVersion": "1", "jobs": jobs}).encode()


def publications(asked, vintage):
    """Institutions of one query and year, with what is left of the day's budget in a header."""
    first = 10_000 * (1 + sum(asked.query["search"].encode()))
    groups = [
        {
            "key": f"https://openalex.org/I{first + n}",
            "key_display_name": f"Example Institute {n}",
            "count": 40 + n + (5 if is_new else 0),
        }
        for n, is_new in counted(vintage, 20)
    ]
    meta = {"count": 1_710, "db_response_time_ms": 214, "page": 1, "per_page": 200, "groups_count": len(groups)}  # fmt: skip
    body = json.dumps({"meta": meta, "results": [], "group_by": groups}).encode()
    return Reply(body, headers={"X-RateLimit-Remaining-USD": "0.71"})


def budget_spent(_seed):
    """The answer is good, and its header says that it was the last one today."""
    return lambda reply, _asked: replace(reply, headers={"X-RateLimit-Remaining-USD": "0"})


def models(asked, vintage):
    """Models of one account, newest first; the next page is named in a header. Some accounts have none."""
    account, most = asked.query["author"], int(asked.query["limit"])
    size = 0 if account in ("LLM360", "01-ai") else 3 + sum(account.encode()) % 9
    before = int(asked.query.get("cursor", "999"))
    known = [k for k in (counted(vintage, size) if size else ()) if k[0] < before][::-1]
    found = [
        {
            "_id": f"65f0{n:04d}", "id": f"{account}/Example-{n}B", "modelId": f"{account}/Example-{n}B",
            "author": account, "private": False, "gated": False, "likes": 12,
            "downloads": 120_345 + n + (44 if is_new else 0), "tags": ["license:apache-2.0", f"base_model:{account}/Base"],
            "createdAt": f"2026-03-{1 + n:02d}T09:00:00.000Z", "siblings": [{"rfilename": "README.md"}],
            "cardData": {"license": "apache-2.0", "co2_eq_emissions": {"hardware_used": "2,048 x H800 for 40 days"}},
        }
        for n, is_new in known[:most]
    ]  # fmt: skip
    if len(known) <= most:
        return json.dumps(found).encode()
    query = urlencode({**asked.query, "cursor": known[most - 1][0]})
    link = f'<https://{asked.host}{asked.path}?{query}>; rel="next"'
    return Reply(json.dumps(found).encode(), headers={"Link": link})


def linked(link):
    """The answer is good, and its header names `link` as the next page, or (empty) none."""
    return lambda _seed: (
        lambda reply, asked: replace(
            reply,
            headers={"Link": f'<{link.format(asked=asked)}>; rel="next"'} if link else {},
        )
    )


LINK_FAULTS = {
    "no further page named": linked(""),
    "the same page named": linked("https://{asked.host}{asked.path}?{asked.question}"),
    "a foreign page named": linked("https://203.0.113.9/api/models?cursor=1"),
    "a page named that is not there": linked("https://{asked.host}/api/gone"),
    "no address named": linked("http://[::ffff:127.0.0.1/x"),
}


def openings(asked, vintage):
    """The newest postings of a search name employers; each of them is then counted."""
    known = dict(counted(vintage, 4))
    if "uen" in asked.query:
        number = int(asked.query["uen"][4:9])
        shown, total = [number], 20 + number + (3 if known.get(number) else 0)
        if number not in known:
            shown, total = [], 0
    else:
        shown, total = list(known), 400
    results = [
        {
            "uuid": f"{n:032x}",
            "title": "GPU Cluster Engineer",
            "postedCompany": {"name": f"EXAMPLE CLOUD {n} PTE. LTD.", "uen": f"2019{n:05d}K"},
        }
        for n in shown
    ]
    return json.dumps({"results": results, "total": total, "_links": {}}).encode()
