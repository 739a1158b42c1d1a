"""The link between a browser and the process of its page: what may pass, for whom, and for how long."""

from __future__ import annotations

import json
import time
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado import web

from coorace_eval.problems import CooraceError
from coorace_eval.server import logs
from coorace_eval.server.identity import owner_of
from coorace_eval.server.kernels import PAGE_GONE, SESSION_ENDED, Kernels

SOCKETS_EACH = 4
CHECK_EVERY = 15.0

ADMITTED = ("comm_msg", "kernel_info_request")
"""What a browser may say to a process: words for its screen, and whether it is there."""
GIVEN = ("comm_msg", "status", "kernel_info_reply")
"""What a process may say to a browser: its screen and its state, never what it prints."""
HEADER = ("msg_id", "msg_type", "session", "username", "version")


class Refused(ValueError):
    """A message that no page of ours sends."""


def read(received: str | bytes) -> dict[str, Any]:
    """Take a message apart and check it.

    Parameters
    ----------
    received
        As it came. Only text is taken apart: no page of ours sends a file, and the readers of Jupyter's
        two binary forms believe the number of parts that a message announces, even a thousand million.

    Returns
    -------
    dict
        A message made anew of the parts that are admitted, to be signed and sent on.

    Raises
    ------
    Refused
        When it is not well written, or not admitted.
    """
    if not isinstance(received, str):
        raise Refused("binary")
    try:
        message = json.loads(received)
        header, content = message["header"], message["content"]
        metadata, buffers = message.get("metadata") or {}, message.get("buffers")
        channel = message.get("channel")
    except Exception as problem:  # whatever a hostile text makes of the reader, too deep a nesting included
        raise Refused("malformed") from problem
    if buffers or not all(isinstance(part, dict) for part in (header, metadata, content)):
        raise Refused("malformed")
    if channel != "shell":
        raise Refused("channel")
    if header.get("msg_type") not in ADMITTED:
        raise Refused("type")
    return {
        "header": {name: str(header[name]) for name in HEADER if name in header},
        "parent_header": {},
        "metadata": {name: str(metadata[name]) for name in ("version",) if name in metadata},
        "content": content,
    }


class Connection(ZMQChannelsWebsocketConnection):
    """Passes on what is admitted, and nothing else, in both directions."""

    def handle_incoming_message(self, incoming_msg: Any) -> None:
        """Send an admitted message to the process; drop any other one."""
        if not self.channels:
            return
        try:
            message = read(incoming_msg)
        except Refused as refusal:
            logs.note("message_refused", reason=str(refusal), session=self._mark)
            return
        self.session.send(self.channels["shell"], message)

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
    """One browser's link with the process of its page, in the older of Jupyter's two protocols: plain JSON.

    Not Voilà's handler: reading a message with files in the older protocol as if it were in the newer one,
    that one counts to a number of fifteen digits.
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

    def select_subprotocol(self, subprotocols: list[str]) -> None:
        """Speak the older protocol, whatever else is offered."""

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
