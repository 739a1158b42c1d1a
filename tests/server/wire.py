"""A visitor without a browser: cookies, forms, a page and its link; as badly behaved as a test wants."""

from __future__ import annotations

import json
import re
import time
import uuid
from typing import Any

import requests
import websocket

PATIENCE = 30.0
_SETTINGS = re.compile(r'<script id="jupyter-config-data" type="application/json">(.*?)</script>', re.S)
_SCREEN = re.compile(r'<script type="application/json" data-screen="([0-9a-f-]+)">(.*?)</script>', re.S)


class Visitor:
    """Someone who speaks HTTP to a server of ours.

    Parameters
    ----------
    url
        Address of the application, with its final slash.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def get(self, path: str = "", **options: Any) -> requests.Response:
        """Ask for an address of the server."""
        return self.http.get(self.url + path, timeout=PATIENCE, **options)

    def post(self, path: str, fields: dict[str, str] | None = None, **options: Any) -> requests.Response:
        """Send a form, with the token that the server gave."""
        data = {"_xsrf": self.http.cookies.get("_xsrf", ""), **(fields or {})}
        options.setdefault("allow_redirects", False)
        return self.http.post(self.url + path, data=data, timeout=PATIENCE, **options)

    def sign_in(self, login: str, password: str) -> requests.Response:
        """Fill the form in and send it."""
        self.get("connexion")
        return self.post("connexion", {"login": login, "password": password})

    def open(self, path: str = "") -> Page:
        """Open the application and read what its page carries."""
        return Page(self, self.get(path).text)

    def link(
        self, kernel: str, *, origin: str | None = None, protocols: tuple[str, ...] = ()
    ) -> websocket.WebSocket:
        """Open a link with a process; ``origin`` is what the browser would say of the page it comes from."""
        address = (
            self.url.replace("http", "ws", 1) + f"api/kernels/{kernel}/channels?session_id={uuid.uuid4()}"
        )
        return websocket.create_connection(
            address,
            timeout=PATIENCE,
            origin=origin or self.url.rstrip("/"),
            cookie="; ".join(f"{one.name}={one.value}" for one in self.http.cookies),
            subprotocols=list(protocols),
        )


class Page:
    """An open page: what it shows, and its link."""

    def __init__(self, visitor: Visitor, text: str) -> None:
        self.visitor = visitor
        settings, screen = _SETTINGS.search(text), _SCREEN.search(text)
        assert settings and screen, text[:2000]
        self.kernel: str = json.loads(settings[1])["kernelId"]
        self.comm: str = screen[1]
        self.state: dict[str, Any] = json.loads(screen[2])
        self.seq = time.time_ns() // 1000
        self.socket = visitor.link(self.kernel)

    def say(self, content: Any, *, type: str = "comm_msg", channel: str = "shell") -> None:
        """Send one message of the protocol, whatever it is."""
        self.socket.send(json.dumps(message(content, type=type, channel=channel)))

    def ask(self, intent: str, **args: Any) -> dict[str, Any]:
        """Send an intent, as the screen does; the state once the process has taken it in."""
        self.seq += 1
        self.send({"intent": intent, "args": args, "seq": self.seq})
        self.listen(lambda custom: custom == {"type": "taken", "seq": self.seq})
        return self.state

    def send(self, custom: Any) -> None:
        """Send the widget a message of any shape."""
        self.say({"comm_id": self.comm, "data": {"method": "custom", "content": custom}})

    def listen(self, until: Any, seconds: float = PATIENCE) -> None:
        """Take in what the process says until a custom message is the one that is waited for."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            received = self.socket.recv()
            assert isinstance(received, str) and received, "the link was closed"
            content = json.loads(received).get("content", {})
            data = content.get("data", {})
            if content.get("comm_id") != self.comm:
                continue
            if data.get("method") == "update":
                self.state = data["state"]["state"]
            elif data.get("method") == "custom" and until(data["content"]):
                return
        raise TimeoutError("nothing came")

    def silence(self, seconds: float = 2.0) -> list[dict[str, Any]]:
        """Everything that the process says for a while."""
        said, limit = [], time.monotonic() + seconds
        try:
            while (left := limit - time.monotonic()) > 0:
                self.socket.settimeout(left)
                said.append(json.loads(self.socket.recv()))
        except (
            websocket.WebSocketTimeoutException,
            websocket.WebSocketConnectionClosedException,
            ValueError,
        ):
            pass
        self.socket.settimeout(PATIENCE)
        return said

    def relink(self) -> Page:
        """Open the link anew, as a page does after a cut."""
        self.socket.close()
        self.socket = self.visitor.link(self.kernel)
        return self

    def close(self) -> None:
        """Leave, as a browser that is switched off."""
        self.socket.close()


def message(content: Any, *, type: str = "comm_msg", channel: str = "shell") -> dict[str, Any]:
    """One message of the Jupyter protocol."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": type,
        "session": "essai",
        "username": "",
        "version": "5.3",
    }
    header["date"] = "2026-01-01T00:00:00Z"
    return {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": channel,
        "buffers": [],
    }


def in_v1(content: Any, *, type: str, channel: str = "shell") -> bytes:
    """The same message in the binary protocol « v1 »."""
    whole = message(content, type=type, channel=channel)
    parts = [channel.encode()] + [
        json.dumps(whole[name]).encode() for name in ("header", "parent_header", "metadata", "content")
    ]
    places = [8 * (len(parts) + 2)]
    for part in parts:
        places.append(places[-1] + len(part))
    head = [len(places), *places]
    return b"".join(place.to_bytes(8, "little") for place in head) + b"".join(parts)
