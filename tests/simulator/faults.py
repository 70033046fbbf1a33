"""Ways a publisher misbehaves. Each takes the good reply and the request, and gives a worse one.

What is done to rows and fields lies in `drift`.
"""

import gzip
import io
import json
import zipfile
from dataclasses import replace
from functools import cache

from simulator import drift
from simulator.server import PAGE, SIGN_IN, Reply, Trap

MEBIBYTE = 2**20
BOMB_MB = 600
LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e SYSTEM "file:///etc/hostname">]>
<x>&d;&d;&d;&d;&d;&e;</x>"""
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


def cp932_said(reply, asked):
    """The whole body in cp932, and so it says; where it has no such letter, one word of it."""
    said = {"Content-Type": "text/plain; charset=Shift_JIS"}
    try:
        body = reply.body.decode().encode("cp932")
    except UnicodeError:
        body = reply.body
    spoiled = replace(reply, body=body) if body != reply.body else cp932(reply, asked)
    return replace(spoiled, headers={**reply.headers, **said})


def recoded(encoding):
    def spoil(reply, _asked):
        try:
            return replace(reply, body=reply.body.decode().encode(encoding))
        except UnicodeError:
            return reply  # it is packed

    return spoil


def gzip_said(reply, _asked):
    return replace(reply, headers={**reply.headers, "Content-Encoding": "gzip"})


def gzip_unsaid(reply, _asked):
    return replace(reply, body=gzip.compress(reply.body))


def climbing_zip(reply, _asked):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("../../climbed.csv", "/climbed.csv", "..\\climbed.json"):
            archive.writestr(name, reply.body)
    return Reply(packed.getvalue())


def led(place):
    """Lead elsewhere; `place` is told the request and the port of a neighbour that counts visits."""
    return lambda _reply, asked: Reply(b"", 302, {"Location": place(asked, trap().port)})


@cache
def trap():
    return Trap()


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
    "no rows": lambda _s: drift.emptied,
    "rows doubled": lambda _s: drift.doubled,
    "rows in another order": lambda _s: drift.reversed_,
    "field renamed": drift.renamed,
    "field gone": drift.gone,
    "field empty": drift.blank,
    "field is an object": drift.nested,
    "number is a text": drift.worded,
    "gzip bomb": lambda _s: instead(ZEROS),
    "zip bomb": lambda _s: zip_bomb,
    "not UTF-8": lambda _s: broken_text,
    "cp932": lambda _s: cp932,
    "XML entities": lambda _s: instead(LAUGHS, Content_Type="application/xml"),
    "foreign redirect": lambda _s: foreign,
    "redirect loop": lambda _s: loop,
    "redirect to http": lambda _s: led(lambda a, _p: f"http://{a.host}{a.path}"),
    "redirect to another port": lambda _s: led(lambda _a, p: f"http://127.0.0.1:{p}/admin"),
    "redirect to localhost": lambda _s: led(lambda _a, p: f"http://localhost:{p}/admin"),
    "redirect to a mapped address": lambda _s: led(
        lambda _a, p: f"http://[::ffff:127.0.0.1]:{p}/admin"
    ),
    "redirect to link-local": lambda _s: led(lambda _a, _p: "http://169.254.169.254/latest"),
    "redirect to no address": lambda _s: led(lambda _a, _p: "http://[::ffff:127.0.0.1/x"),
    "redirect to a file": lambda _s: led(lambda _a, _p: "file:///etc/hostname"),
    "redirect to a sign-in page": lambda _s: led(lambda _a, _p: f"/{SIGN_IN}/please"),
    "401": lambda _s: status(401),
    "429, wait two hours": lambda _s: status(429, Retry_After="7200"),
    "cp932, as it says": lambda _s: cp932_said,
    "UTF-16": lambda _s: recoded("utf-16"),
    "byte order mark": lambda _s: recoded("utf-8-sig"),
    "gzip said, not sent": lambda _s: gzip_said,
    "gzip sent, not said": lambda _s: gzip_unsaid,
    "zip that climbs": lambda _s: climbing_zip,
}
"""Kind of fault -> what makes it from a seed."""

LASTING = {"down from here on": lambda _s: status(503)}
"""Kinds that last until the refresh ends."""

PAGED = {
    "the earlier page again": lambda _s: drift.earlier_page,
    "another total": drift.other_total,
}
"""Kinds that only pages of one thing can have."""

CHANGES = {"rows deleted while it is read": (1, 2), "rows inserted while it is read": (2, 1)}
"""Kind -> the vintage before a request and from it on."""


def of(publisher):
    """Every kind that a publisher can have, in a fixed order."""
    paged = PAGED if publisher.pages else {}
    return (*FAULTS, *LASTING, *paged, *CHANGES, *publisher.own)


def every_kind(publishers):
    """All kinds of all publishers."""
    return tuple(dict.fromkeys(kind for p in publishers for kind in of(p)))
