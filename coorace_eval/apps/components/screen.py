"""One widget draws a whole page: a state goes out, intents come back."""

from __future__ import annotations

import json
import logging
import math
import os
from collections import deque
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets as tl

from coorace_eval.apps.components.loader import script, styles

Intent = Callable[[str, dict[str, Any]], None]
"""What listens to the page: the name of an intent and its arguments."""

FIRST_STATE = "application/vnd.coorace.screen+json"
"""What a served page carries beside the widget, to draw it before any message has passed."""
SERVED = "VOILA_KERNEL_ID"
"""Voilà sets it in the process of a page; a notebook that is saved has none, and keeps no state."""
ASK_STATE = {"ask": "state"}
"""What a page asks that comes back after a cut."""

MESSAGE_LIMIT = 64 * 1024
NAME_LIMIT = 60
LIST_LIMIT = 200
REMEMBERED = 500

log = logging.getLogger(__name__)


class Screen(anywidget.AnyWidget):
    """What the page shows; it decides nothing.

    Set :attr:`state` to show something; listen with :meth:`on_intent` to what the person asks. The
    state is never read back from the browser, and a message of another shape is dropped.

    Examples
    --------
    >>> screen = Screen(state={"title": "Accueil", "heading": {"text": "Bonjour"}})
    >>> screen.on_intent(lambda name, args: print(name, args))
    """

    _esm = script()
    _css = styles()

    state = tl.Dict().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        self._listeners: list[Intent] = []
        self._taken: deque[int] = deque(maxlen=REMEMBERED)
        self._drawings: dict[str, Any] = {}
        super().__init__(**kwargs)
        self.on_msg(self._receive)

    def on_intent(self, listener: Intent) -> None:
        """Call ``listener(name, args)`` at each intent of the person."""
        self._listeners.append(listener)

    def download(self, name: str, content: bytes, mime: str = "application/octet-stream") -> None:
        """Hand a file to the browser, which saves it under ``name``."""
        self.send({"type": "file", "name": name, "mime": mime}, buffers=[content])

    def keep(self, drawings: dict[str, Any]) -> None:
        """Have the browser keep drawings that a state names and does not carry.

        They go out once; the state may then change beside them without weighing anything.
        """
        if drawings != self._drawings:
            self._drawings = drawings
            self._send_drawings()

    def _send_drawings(self) -> None:
        self.send({"type": "drawings", "drawings": self._drawings})

    def explore(self, chart: dict[str, Any]) -> None:
        """Send the chart of a figure, for the browser to draw it live."""
        self.send({"type": "chart", **chart})

    def focus_on(self, target: str) -> None:
        """Bring the keyboard to a field or a block."""
        self.send({"type": "focus", "id": target})

    def announce(self, text: str) -> None:
        """Have ``text`` read aloud by a screen reader; nothing changes on screen."""
        self.send({"type": "announce", "text": text})

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Draw the widget; a served page also gets what it shows first, a saved notebook does not."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None or SERVED not in os.environ:
            return bundle
        data, metadata = bundle
        return data | {FIRST_STATE: self.state}, metadata

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Ignore what a browser sets: the state only goes out."""
        log.debug("A browser tried to set %s.", sorted(map(str, sync_data)))

    def _receive(self, _: anywidget.AnyWidget, content: Any, buffers: list[Any]) -> None:
        if content == ASK_STATE:
            if self._drawings:
                self._send_drawings()
            self.send_state("state")
            return
        fault = "a buffer came along" if buffers else fault_in(content)
        if fault:
            log.warning("Intent dropped: %s.", fault)
            return
        if content["seq"] not in self._taken:
            try:
                for listener in self._listeners:
                    listener(content["intent"], content["args"])
            except Exception:
                log.exception("Intent %s failed.", content["intent"])
                return
            self._taken.append(content["seq"])
        self.send({"type": "taken", "seq": content["seq"]})


def fault_in(content: Any) -> str:
    """What is wrong with the shape of an intent; nothing when it may be passed on.

    >>> fault_in({"intent": "act", "args": {"id": "save"}, "seq": 1})
    ''
    >>> fault_in({"intent": "act", "args": [], "seq": 1})
    'its arguments are no mapping'
    """
    if not isinstance(content, dict) or set(content) != {"intent", "args", "seq"}:
        return "it is no intent"
    name, args, seq = content["intent"], content["args"], content["seq"]
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LIMIT:
        return "its name is not a short text"
    if type(seq) is not int or not 0 < seq < 2**53:
        return "its number is no count"
    if not isinstance(args, dict):
        return "its arguments are no mapping"
    if not all(isinstance(key, str) and len(key) <= NAME_LIMIT for key in args):
        return "an argument has no short name"
    if not all(_is_scalar(value) or _is_short_list(value) for value in args.values()):
        return "an argument is neither a scalar nor a short list"
    if len(json.dumps(content)) > MESSAGE_LIMIT:
        return "it is too long"
    return ""


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, int, bool))


def _is_short_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= LIST_LIMIT and all(map(_is_scalar, value))
