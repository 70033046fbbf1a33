"""Keys of publishers: read from the environment, and taken out of everything that comes back."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

REDACTED = "REDACTED"


class Secrets:
    """The keys one session has sent, and the shapes in which a publisher may echo them."""

    def __init__(self) -> None:
        self._shapes: list[str] = []

    def add(self, value: str) -> None:
        """Hide `value` from now on: as it is, and as addresses, JSON, HTML and base64 write it."""
        quoted = json.dumps(value)[1:-1]
        shapes = {
            value,
            quote(value),
            quote(value, safe=""),
            quote_plus(value),
            quoted,
            quoted.replace("/", "\\/"),
            json.dumps(value, ensure_ascii=False)[1:-1],
            json.dumps(quoted)[1:-1],
            html.escape(value),
            html.escape(value, quote=False),
            repr(value)[1:-1],
            base64.b64encode(value.encode()).decode().rstrip("="),
        }
        shapes |= {_lower_escapes(s) for s in shapes}
        self._shapes = sorted(shapes | set(self._shapes), key=len, reverse=True)

    def hide(self, text: str) -> str:
        """The text without any key, whatever case it is in (a host name comes back in lower case)."""
        for shape in self._shapes:
            text = re.sub(re.escape(shape), REDACTED, text, flags=re.IGNORECASE)
        return text

    def hide_in(self, body: bytes) -> bytes:
        """The bytes without any key."""
        for shape in self._shapes:
            body = body.replace(shape.encode(), REDACTED.encode())
        return body


def _lower_escapes(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda m: m.group().lower(), text)
