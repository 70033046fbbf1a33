"""Ways a publisher misbehaves. Each takes the good reply and the request, and gives a worse one."""

import gzip
import io
import json
import random
import zipfile
from dataclasses import replace

from simulator.server import Reply

MEBIBYTE = 2**20
BOMB_MB = 600
LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e SYSTEM "file:///etc/hostname">]>
<x>&d;&d;&d;&d;&d;&e;</x>"""
PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please wait</body></html>"
)
ZEROS = gzip.compress(bytes(MEBIBYTE)) * BOMB_MB  # members one after the other: one stream


def status(code, **headers):
    def spoil(_reply, _asked):
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return Reply(json.dumps({"error": {"code": code}}).encode(), code, named)

    return spoil


def instead(body, **headers):
    return lambda _reply, _asked: Reply(
        body, 200, {k.replace("_", "-"): v for k, v in headers.items()}
    )


def cut(reply, _asked):
    return replace(reply, said_bytes=len(reply.body), sent_bytes=len(reply.body) // 2)


def short(reply, _asked):
    return replace(reply, said_bytes=len(reply.body) * 2 // 3)


def reset(reply, _asked):
    return replace(reply, is_reset=True)


def slow(reply, _asked):
    return replace(reply, is_slow=True)


def endless(_reply, _asked):
    return Reply(b"", said_bytes=2 * 2**30)


def foreign(_reply, _asked):
    return Reply(b"", 302, {"Location": "http://203.0.113.9/data"})


def loop(_reply, asked):
    return Reply(b"", 302, {"Location": f"/{asked.host}{asked.path}"})


def zip_bomb(_reply, _asked):
    packed = io.BytesIO()
    archive = zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
    with archive, archive.open("data.csv", "w", force_zip64=True) as member:
        for _ in range(BOMB_MB):
            member.write(bytes(MEBIBYTE))
    return Reply(packed.getvalue())


def broken_text(reply, _asked):
    half = len(reply.body) // 2
    return replace(reply, body=reply.body[:half] + b"\xff\xfe\xc3\x28" + reply.body[half:])


def cp932(reply, _asked):
    half = len(reply.body) // 2
    word = "東京データセンター".encode("cp932")
    return replace(reply, body=reply.body[:half] + word + reply.body[half:])


def _rows(change):
    """Change the longest list of a JSON body, or the lines of a text body below its header."""

    def spoil(reply, _asked):
        packed = reply.body[:2] == b"\x1f\x8b"
        body = gzip.decompress(reply.body) if packed else reply.body
        if body[:2] == b"PK":
            return reply
        try:
            found = json.loads(body)
        except ValueError:
            lines = body.splitlines(keepends=True)
            if body[:1] == b"{":
                changed = b"".join(change(lines))
            else:
                changed = b"".join([lines[0], *change(lines[1:])])
        else:
            changed = json.dumps(_with_longest(found, change)).encode()
        return replace(reply, body=gzip.compress(changed) if packed else changed)

    return spoil


def _lists(value):
    if isinstance(value, list):
        yield value
        for part in value[:3]:
            yield from _lists(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _lists(part)


def _with_longest(found, change):
    longest = max(_lists(found), key=len, default=None)
    if longest is not None:
        longest[:] = change(longest)
    return found


def renamed(seed):
    """One column or field is called something else in every row."""
    rng = random.Random(seed)

    def change_json(rows):
        names = sorted({k for r in rows if isinstance(r, dict) for k in r})
        if not names:
            return rows
        gone = rng.choice(names)
        return [
            {(f"{k}_v2" if k == gone else k): v for k, v in r.items()}
            if isinstance(r, dict)
            else r
            for r in rows
        ]

    def spoil(reply, asked):
        if reply.body.lstrip()[:1] in {b"{", b"["}:
            return _rows(
                lambda rows: rows if rows and isinstance(rows[0], bytes) else change_json(rows)
            )(reply, asked)
        head, mark, rest = reply.body.partition(b"\n")
        cells = head.split(b",")
        place = rng.randrange(len(cells))
        cells[place] = (
            cells[place].rstrip(b'"\r') + b'_v2"'
            if b'"' in cells[place]
            else cells[place] + b"_v2"
        )
        return replace(reply, body=b",".join(cells) + mark + rest)

    return spoil


doubled = _rows(lambda rows: [*rows, *rows])
reversed_ = _rows(lambda rows: rows[::-1])
emptied = _rows(lambda rows: rows[:0])

FAULTS = {
    "429 with Retry-After": lambda _s: status(429, Retry_After="0"),
    "429": lambda _s: status(429),
    "500": lambda _s: status(500),
    "502": lambda _s: status(502),
    "503": lambda _s: status(503),
    "504": lambda _s: status(504),
    "403, key expired": lambda _s: status(403),
    "404": lambda _s: status(404),
    "reset": lambda _s: reset,
    "slow": lambda _s: slow,
    "cut off": lambda _s: cut,
    "wrong length": lambda _s: short,
    "2 GB": lambda _s: endless,
    "a web page": lambda _s: instead(PAGE, Content_Type="text/html"),
    "empty body": lambda _s: instead(b""),
    "no rows": lambda _s: emptied,
    "rows doubled": lambda _s: doubled,
    "rows in another order": lambda _s: reversed_,
    "field renamed": renamed,
    "gzip bomb": lambda _s: instead(ZEROS),
    "zip bomb": lambda _s: zip_bomb,
    "not UTF-8": lambda _s: broken_text,
    "cp932": lambda _s: cp932,
    "XML entities": lambda _s: instead(LAUGHS, Content_Type="application/xml"),
    "foreign redirect": lambda _s: foreign,
    "redirect loop": lambda _s: loop,
}
"""Kind of fault -> what makes it from a seed."""
