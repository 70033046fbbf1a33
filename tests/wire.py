"""A reader without a browser: a real session over the app's own websocket, in Streamlit's own messages.

It sends what Chromium was seen to send: a change of page carries no widgets, a click on a widget carries
every widget of the page and the link as it then reads. It keeps the hashes of large messages for two runs,
as the browser does, so that the server need not send them again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

RUNS_KEPT = 2
Value = str | bool | Sequence[str] | None


class Session:
    """One reader's session. Use as `async with`.

    Args:
        url: Where the app is served.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.pages: dict[str, str] = {}
        self.widgets: dict[str, Value] = {}
        self.errors: list[str] = []
        self.received_bytes = 0
        self._page, self._run = "", 0
        self._bound: set[str] = set()
        self._fragments: dict[str, str] = {}
        self._link: dict[str, str] = {}
        self._chosen: dict[str, Value] = {}
        self._kept: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        """Connect."""
        self._socket = await websockets.connect(
            f"{self.url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(self.url),
            max_size=None,
            ping_interval=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave."""
        await self._socket.close()

    async def open(self, path: str, **link: str) -> float:
        """The first page, by its address. Seconds until all of it is here."""
        self._link = link
        return await self._ask(page_name=path)

    async def go(self, title: str, **link: str) -> float:
        """Another page, by its title in the navigation or by a link to it."""
        self._link, self._page, self._chosen = link, self.pages[title], {}
        return await self._ask(page_script_hash=self._page)

    async def set(self, key: str, value: str | Sequence[str]) -> float:
        """Choose in one widget of the page, which is written into the link where it is bound to it."""
        widget = next(one for one in self.widgets if one.endswith(f"-{key}"))
        self._chosen[widget] = value
        if widget in self._bound:
            self._link |= {key: value if isinstance(value, str) else value[0]}
        fragment = self._fragments.get(widget, "")
        return await self._ask(
            self.widgets | self._chosen, page_script_hash=self._page, fragment_id=fragment
        )

    async def _ask(self, widgets: Mapping[str, Value] | None = None, **page: str) -> float:
        asked = BackMsg()
        wish = asked.rerun_script
        wish.query_string = urlencode(self._link)
        wish.page_name = page.get("page_name", "")
        wish.page_script_hash = page.get("page_script_hash", "")
        wish.fragment_id = page.get("fragment_id", "")
        wish.widget_states.SetInParent()
        for name, value in (widgets or {}).items():
            state = wish.widget_states.widgets.add(id=name)
            if isinstance(value, bool):
                state.bool_value = value
            elif isinstance(value, str):
                state.string_value = value
            elif value is not None:
                state.string_array_value.SetInParent()
                state.string_array_value.data.extend(value)
        wish.cached_message_hashes.extend(self._kept)
        wish.context_info.timezone, wish.context_info.locale = "UTC", "en-US"
        wish.context_info.url, wish.context_info.color_scheme = self.url, "light"
        began = time.perf_counter()
        await self._socket.send(asked.SerializeToString())
        self.received_bytes = 0
        if not wish.fragment_id:  # else the rest of the page stays
            self.widgets, self._bound, self._fragments = {}, set(), {}
        self._run += 1
        while not self._is_last(await self._socket.recv()):
            pass
        seconds = time.perf_counter() - began
        self._kept = {h: run for h, run in self._kept.items() if self._run - run < RUNS_KEPT}
        return seconds

    def _is_last(self, body: str | bytes) -> bool:
        assert isinstance(body, bytes)
        self.received_bytes += len(body)
        message = ForwardMsg.FromString(body)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            self._kept[message.ref_hash] = self._run
        elif message.metadata.cacheable:
            self._kept[message.hash] = self._run
        if kind == "navigation":
            self.pages = {
                page.page_name: page.page_script_hash for page in message.navigation.app_pages
            }
            self._page = message.navigation.page_script_hash
        elif kind == "delta":
            self._note(message.delta.new_element, message.delta.fragment_id)
        # A run that stopped for a newer one is followed by that one.
        again = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
        return kind == "script_finished" and message.script_finished != again

    def _note(self, element: Element, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(element.exception.message)
        if kind not in SHOWN:
            return
        widget = getattr(element, kind)
        if kind != "button_group" or (widget.options and widget.options[0].content):
            self.widgets[widget.id] = SHOWN[kind](widget)
        if getattr(widget, "query_param_key", ""):
            self._bound.add(widget.id)
        if fragment:
            self._fragments[widget.id] = fragment


def _one(widget: Any) -> str | None:
    has_one = widget.HasField("default") and widget.options
    return widget.options[widget.default] if has_one else None


# What a widget shows before anybody touches it.
SHOWN: dict[str, Callable[[Any], Value]] = {
    "text_input": lambda w: w.default,
    "text_area": lambda w: w.default,
    "checkbox": lambda w: w.default,
    "selectbox": _one,
    "multiselect": lambda w: [w.options[n] for n in w.default],
    "button_group": lambda w: [w.options[n].content for n in w.default],
    "slider": lambda w: [w.options[int(n)] for n in w.default] if w.options else None,
}
