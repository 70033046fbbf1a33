"""What may befall rows and fields: pages and schemas that are not what they were."""

import json
import random
import re
from dataclasses import replace

from simulator import bodies


def _rows(change):
    """Change the longest list of a JSON body, or the lines of a text body below its header."""

    def spoil(reply, _asked):
        body, packed = bodies.opened(reply.body)
        if bodies.is_xml(body):
            return replace(reply, body=packed(bodies.with_elements(body, change)))
        try:
            found = json.loads(body)
        except ValueError:
            lines = body.splitlines(keepends=True)
            if not lines:
                return reply
            if body[:1] == b"{":
                changed = b"".join(change(lines))
            else:
                changed = b"".join([lines[0], *change(lines[1:])])
        else:
            changed = json.dumps(_with_longest(found, change)).encode()
        return replace(reply, body=packed(changed))

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
    longest = max(_lists(found), key=len, default=())
    if len(longest) > 1:  # a list of one is a detail, not the rows
        longest[:] = change(longest)
    return found


def _fields(rows):
    return sorted({k for r in rows if isinstance(r, dict) for k in r})


NUMBER = re.compile(r"-?\d[\d.:TZ-]*")


def _any(_value):
    return True


def _is_number(value):
    """A number, or a date: what a text cannot be taken for."""
    text = value.decode().strip('"') if isinstance(value, bytes) else str(value)
    return not isinstance(value, bool) and bool(NUMBER.fullmatch(text))


def _drifted(alter_field, alter_cells, suits=_any):
    """Make a fault that befalls one field in every row, of JSON objects, JSON lines or CSV."""

    def kind(seed):
        rng = random.Random(seed)

        def change(rows):
            rng.seed(seed)  # one field in every part of a body
            if rows and isinstance(rows[0], bytes):
                return _json_lines(rows)
            names = [
                name
                for name in _fields(rows)
                if any(suits(r[name]) for r in rows if isinstance(r, dict) and name in r)
            ]
            if not names:
                return rows
            chosen = rng.choice(names)
            return [
                alter_field(r, chosen) if isinstance(r, dict) and chosen in r else r
                for r in rows
            ]

        def _json_lines(lines):
            return [
                json.dumps(r).encode() + b"\n" for r in change([json.loads(x) for x in lines])
            ]

        def spoil(reply, asked):
            body, packed = bodies.opened(reply.body)
            if body.lstrip()[:1] in {b"{", b"[", b"<"}:
                return _rows(change)(reply, asked)
            lines = [line.split(b",") for line in body.split(b"\n")]
            places = [
                n for n, cell in enumerate(lines[-2 if len(lines) > 1 else 0]) if suits(cell)
            ]
            place = rng.choice([n for n in places if n < len(lines[0])] or [0])
            return replace(
                reply,
                body=packed(b"\n".join(b",".join(x) for x in alter_cells(lines, place))),
            )

        return spoil

    return kind


def _renamed_cell(lines, place):
    head = list(lines[0])
    end = b'"' if head[place].endswith(b'"') else b""
    head[place] = head[place].removesuffix(b'"') + b"_v2" + end
    return [head, *lines[1:]]


def _without_cell(lines, place):
    return [[c for n, c in enumerate(line) if n != place] for line in lines]


def _cells(new):
    def alter(lines, place):
        return [
            lines[0],
            *(
                [new(c) if n == place else c for n, c in enumerate(line)]
                if len(line) == len(lines[0])
                else line
                for line in lines[1:]
            ),
        ]

    return alter


renamed = _drifted(
    lambda r, chosen: {(f"{k}_v2" if k == chosen else k): v for k, v in r.items()},
    _renamed_cell,
)
gone = _drifted(lambda r, chosen: {k: v for k, v in r.items() if k != chosen}, _without_cell)
blank = _drifted(lambda r, chosen: {**r, chosen: None}, _cells(lambda _c: b""))
nested = _drifted(
    lambda r, chosen: {**r, chosen: {"value": r[chosen]}},
    _cells(lambda c: b'"{' + c.strip(b'"') + b'}"'),
)
worded = _drifted(
    lambda r, chosen: {**r, chosen: f"about {r[chosen]}"},
    _cells(lambda c: b"about " + c.strip(b'"')),
    _is_number,
)


def earlier_page(reply, asked):
    """The page that came before, once more."""
    return asked.earlier or reply


def other_total(seed):
    """What says how many there are says another number."""
    share = random.Random(seed).choice((0.5, 0.9, 1.1))
    names = ("total", "count", "totalNoticeCount")

    def altered(value):
        if isinstance(value, dict):
            return {
                k: type(v)(int(int(v) * share))
                if k in names and str(v).isdecimal()
                else altered(v)
                for k, v in value.items()
            }
        return value

    def spoil(reply, _asked):
        try:
            found = json.loads(reply.body)
        except ValueError:
            return reply
        return replace(reply, body=json.dumps(altered(found)).encode())

    return spoil


doubled = _rows(lambda rows: [*rows, *rows])
reversed_ = _rows(lambda rows: rows[::-1])
emptied = _rows(lambda rows: rows[:0])
