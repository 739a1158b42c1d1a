"""A researcher's own server at the Hub: started, and asked to run a cell, by the Hub's API."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import websocket
from server.real_hub import Hub


class Lab:
    """The JupyterLab of one person."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        self.url = f"{hub.url}/user/{name}/"

    def start(self) -> Lab:
        """Ask the Hub for the server, and wait until it is ready."""
        self.hub.api("POST", f"/users/{self.name}/server", {})
        limit = time.monotonic() + 240
        while time.monotonic() < limit:
            server = self.hub.api("GET", f"/users/{self.name}")["servers"].get("", {})
            if server.get("ready"):
                return self
            time.sleep(0.3)
        raise TimeoutError(self.hub.said())

    def run(self, cell: str) -> list[dict[str, Any]]:
        """Run one cell in a new kernel; what it printed and showed, as a notebook keeps it."""
        kernel = self.hub.api("POST", "/api/kernels", {"name": "python3"}, root=self.url)["id"]
        address = f"{self.url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
        header = [f"Authorization: token {self.hub.token}"]
        link = websocket.create_connection(address, timeout=120, header=header)
        try:
            asked = uuid.uuid4().hex
            header = {"msg_id": asked, "msg_type": "execute_request", "username": "", "session": asked}
            content = {"code": cell, "silent": False, "store_history": True, "allow_stdin": False}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
            link.send(json.dumps(message | {"channel": "shell", "buffers": []}))
            return list(outputs(link, asked))
        finally:
            link.close()


def outputs(link: websocket.WebSocket, asked: str) -> Any:
    """What a cell gives, until the kernel has no more to do for it."""
    while True:
        message = json.loads(link.recv())
        if message["parent_header"].get("msg_id") != asked:
            continue
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "status" and content["execution_state"] == "idle":
            return
        if kind in ("stream", "execute_result", "display_data", "error"):
            yield {"kind": kind, **content}
