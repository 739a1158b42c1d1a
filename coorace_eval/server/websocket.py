"""The link between a browser and the process of its page: what may pass, for whom, and for how long."""

from __future__ import annotations

import json
import time
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
)
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado import web

from coorace_eval.problems import CooraceError
from coorace_eval.server import logs
from coorace_eval.server.identity import owner_of
from coorace_eval.server.kernels import PAGE_GONE, SESSION_ENDED, Kernels

V1 = "v1.kernel.websocket.jupyter.org"
SOCKETS_EACH = 4
CHECK_EVERY = 15.0

ADMITTED = ("comm_msg", "comm_info_request", "kernel_info_request", "comm_close", "comm_open")
"""What a browser may say to a process."""
TARGETS = ("jupyter.widget.control",)
"""The only links between widgets that a browser may open."""
GIVEN = (
    "comm_msg", "comm_open", "comm_close", "status", "comm_info_reply", "kernel_info_reply",
)  # fmt: skip
"""What a process may say to a browser: its widgets and its state, never what it prints."""
HEADER = ("msg_id", "msg_type", "session", "username", "version")


class Refused(ValueError):
    """A message that no page of ours sends."""


def read(received: str | bytes, protocol: str | None) -> dict[str, Any]:
    """Take a message apart, in either of the two ways in which it may be written, and check it.

    Parameters
    ----------
    received
        As it came.
    protocol
        What browser and server agreed upon; the older way when ``None``.

    Returns
    -------
    dict
        A message made anew of the parts that are admitted, to be signed and sent on.

    Raises
    ------
    Refused
        When it is not well written, or not admitted.
    """
    try:
        return _checked(*_parts(received, protocol))
    except Refused:
        raise
    except Exception as problem:  # whatever a hostile text makes of the readers
        raise Refused("malformed") from problem


def _parts(received: str | bytes, protocol: str | None) -> tuple[Any, dict[str, Any]]:
    if protocol == V1:
        if not isinstance(received, bytes):
            raise Refused("malformed")
        channel, parts = deserialize_msg_from_ws_v1(received)
        header, _, metadata, content = (json.loads(part) for part in parts[:4])
        buffers = parts[4:]
    else:
        message = (
            deserialize_binary_message(received) if isinstance(received, bytes) else json.loads(received)
        )
        channel = message.get("channel")
        header, content, metadata = message["header"], message["content"], message.get("metadata") or {}
        buffers = message.get("buffers") or []
    if not all(isinstance(part, dict) for part in (header, metadata, content)):
        raise Refused("malformed")
    if not all(isinstance(buffer, bytes) for buffer in buffers):
        raise Refused("malformed")
    return channel, {
        "header": {name: str(header[name]) for name in HEADER if name in header},
        "parent_header": {},
        "metadata": {name: str(metadata[name]) for name in ("version",) if name in metadata},
        "content": content,
        "buffers": buffers,
    }


def _checked(channel: Any, message: dict[str, Any]) -> dict[str, Any]:
    type, content = message["header"]["msg_type"], message["content"]
    if channel != "shell":
        raise Refused("channel")
    if type not in ADMITTED:
        raise Refused("type")
    if type == "comm_open" and content.get("target_name") not in TARGETS:
        raise Refused("target")
    return message


class Connection(ZMQChannelsWebsocketConnection):
    """Passes on what is admitted, and nothing else, in both directions."""

    def handle_incoming_message(self, incoming_msg: Any) -> None:
        """Send an admitted message to the process; drop any other one."""
        if not self.channels:
            return
        try:
            message = read(incoming_msg, self.subprotocol)
        except Refused as refusal:
            logs.note("message_refused", reason=str(refusal), session=self._mark)
            return
        buffers = message.pop("buffers")
        self.session.send(self.channels["shell"], message, buffers=buffers)

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Send the browser what concerns its widgets."""
        _, parts = self.session.feed_identities(outgoing_msg)
        try:
            type = self.session.unpack(parts[1])["msg_type"]
        except (ValueError, KeyError, IndexError):
            return
        if type in GIVEN:
            super().handle_outgoing_message(stream, outgoing_msg)

    @property
    def _mark(self) -> str:
        return logs.mark(owner_of(self.websocket_handler.current_user).session)


class Channels(KernelWebsocketHandler):
    """One browser's link with the process of its page.

    Not Voilà's: reading a message with files in the older protocol as if it were in the newer one, that one
    counts to a number of fifteen digits.
    """

    route = "/api/kernels/{page}/channels"
    kernel_manager: Kernels
    checked = 0.0

    async def prepare(self, *args: Any, **kwargs: Any) -> None:
        """Refuse the page of another as one that does not exist."""
        await super().prepare(*args, **kwargs)
        self.owner = owner_of(self.current_user)
        if not self.kernel_manager.is_owned(self.path_kwargs["kernel_id"], self.owner):
            raise web.HTTPError(404)

    async def get(self, kernel_id: str) -> None:
        """Take a place among the links of the page, and keep it as long as the link lasts."""
        places = self.kernel_manager.pages[kernel_id].sockets
        if len(places) >= SOCKETS_EACH:
            raise web.HTTPError(429)
        places.add(self)
        try:
            await super().get(kernel_id)
        finally:
            places.discard(self)

    async def open(self, kernel_id: str) -> None:
        """Start passing messages on, unless the page has left meanwhile."""
        if not self.kernel_manager.is_owned(kernel_id, self.owner):
            self.close(PAGE_GONE)
            return
        self.checked = time.monotonic()
        await super().open(kernel_id)

    async def on_message(self, ws_message: Any) -> None:
        """Pass a message on, as long as the session lasts."""
        if time.monotonic() - self.checked > CHECK_EVERY and not await self._session_lasts():
            self.close(SESSION_ENDED)
            return
        if self.connection is not None:
            super().on_message(ws_message)

    def on_close(self) -> None:
        """Let go of the process."""
        if getattr(self, "connection", None) is not None:
            super().on_close()

    async def _session_lasts(self) -> bool:
        self.checked = time.monotonic()
        if not self.owner.session:
            return True
        try:
            return await self.settings["identity_provider"].register.account(self.owner.session) is not None
        except CooraceError:
            return False
