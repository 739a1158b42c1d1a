"""People without a browser: they sign in, open the page, take its link and work, as the page itself would."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, TypeVar
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest, HTTPResponse
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

from serve.people import PASSWORD, login
from serve.servers import Server

Result = TypeVar("Result")

PATIENCE = 60.0
"""Seconds that a person waits for a page that answers; beyond, they were not served."""
THINKS = (5.0, 10.0)
"""Seconds between two gestures of a person."""
_KERNEL = re.compile(r'"kernelId": ?"([0-9a-f-]{36})"')
_OURS = re.compile(r'data-screen="([0-9a-f]+)"')
_WIDGET = re.compile(r'"model_id": ?"([0-9a-f]+)"')
_CONTROL = "jupyter.widget.control"


@dataclass
class Person:
    """One person on one server.

    Parameters
    ----------
    server
        The server they visit.
    rank
        Which account they sign in with, where there are accounts.
    """

    server: Server
    rank: int
    cookies: dict[str, str] = field(default_factory=dict)
    link: WebSocketClientConnection | None = None
    seq: int = 0

    async def arrive(self) -> None:
        """Sign in, open the page, take its link, and see that the screen answers."""
        if self.server.is_signed_in:
            await self.sign_in()
        page = (await self.ask("/")).body.decode("utf-8")
        kernel, screen = _KERNEL.search(page), _OURS.search(page) or _WIDGET.search(page)
        if kernel is None or screen is None:
            raise ConnectionError("the page shows no screen")
        self.session, self.screen = uuid.uuid4().hex, screen[1]
        address = f"{self.server.origin.replace('http', 'ws')}/api/kernels/{kernel[1]}/channels"
        request = HTTPRequest(
            f"{address}?session_id={self.session}", headers=self.headers(), request_timeout=PATIENCE
        )
        self.link = await websocket_connect(request, max_message_size=1 << 28)
        if "data-screen" not in page:
            await self.read_widgets()
        await self.intend("route", path="")

    async def sign_in(self) -> None:
        """Fill in the form of the account."""
        await self.ask("/connexion")
        known = {"login": login(self.rank), "password": PASSWORD, "_xsrf": self.cookies["_xsrf"]}
        reply = await self.ask("/connexion", urlencode(known))
        if reply.code not in (302, 303):
            raise ConnectionError(f"the server refused to sign in: {reply.code}")

    async def read_widgets(self) -> None:
        """Ask for every widget's state, as Voilà's page does when it opens."""
        control = uuid.uuid4().hex
        await self.say("comm_open", {"comm_id": control, "target_name": _CONTROL, "data": {}})
        await self.say("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
        await self.hear(lambda content: content.get("comm_id") == control)

    async def intend(self, intent: str, **args: Any) -> float:
        """Ask the screen for something; the seconds until it has taken it in."""
        self.seq += 1
        start = time.perf_counter()
        content = {"intent": intent, "args": args, "seq": self.seq}
        await self.say("comm_msg", {"comm_id": self.screen, "data": {"method": "custom", "content": content}})
        await self.hear(lambda said: said["data"].get("content") == {"type": "taken", "seq": self.seq})
        return time.perf_counter() - start

    async def work(self, until: float) -> None:
        """Change the number or go on to the next step, think, and so on."""
        while True:
            await asyncio.sleep(random.uniform(*THINKS))
            if time.monotonic() > until:
                return
            if random.random() < 0.5:
                await self.intend("act", id="next")
            else:
                await self.intend("set", id="share", value=str(random.randint(0, 100)))

    async def ask(self, path: str, body: str | None = None) -> HTTPResponse:
        """Ask for an address; cookies are kept."""
        request = HTTPRequest(
            self.server.origin + path,
            "GET" if body is None else "POST",
            self.headers(),
            body,
            request_timeout=2 * PATIENCE,
            follow_redirects=False,
            decompress_response=True,
        )
        reply = await AsyncHTTPClient().fetch(request, raise_error=False)
        for line in reply.headers.get_list("Set-Cookie"):
            self.cookies |= {name: found.value for name, found in SimpleCookie(line).items()}
        if reply.code >= 400:
            raise ConnectionError(f"{path}: {reply.code}")
        return reply

    def headers(self) -> dict[str, str]:
        """What a browser says of itself."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Origin": self.server.origin, "Cookie": kept, "Accept-Encoding": "gzip"}

    async def say(self, type: str, content: dict[str, Any]) -> None:
        """Send the page's process one message."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": type, "session": self.session, "username": ""}
        header |= {"version": "5.3", "date": "2026-01-01T00:00:00Z"}
        metadata = {"version": "1.0.0"} if type == "comm_open" else {}
        whole = {"header": header, "parent_header": {}, "metadata": metadata, "content": content}
        assert self.link
        await self.link.write_message(json.dumps(whole | {"channel": "shell", "buffers": []}))

    async def hear(self, until: Callable[[dict[str, Any]], bool]) -> None:
        """Listen to widgets until one of their messages is what is waited for."""
        assert self.link
        while (received := await self.link.read_message()) is not None:
            if isinstance(received, bytes):  # it carries files: its first part is the message
                start, end = (int.from_bytes(received[place : place + 4], "big") for place in (4, 8))
                received = received[start:end].decode("utf-8")
            message = json.loads(received)
            if message["header"]["msg_type"] == "comm_msg" and until(message["content"]):
                return
        raise ConnectionError("the link was closed")


async def all_work(people: list[Person], until: float) -> None:
    """Let everyone work until then."""
    await asyncio.gather(*(person.work(until) for person in people))


async def leave(people: list[Person]) -> None:
    """Let everyone close their link."""
    for person in people:
        if person.link:
            person.link.close()


def crowd(server: Server, count: int, first: int = 0) -> list[Person]:
    """So many people of one server."""
    return [Person(server, first + rank) for rank in range(count)]


async def arrivals(people: list[Person], seconds: float) -> list[float]:
    """Let people arrive over so many seconds; how long each of those who were served has waited."""

    async def one(rank: int, person: Person) -> float | None:
        await asyncio.sleep(seconds * rank / len(people))
        start = time.monotonic()
        with contextlib.suppress(OSError, HTTPError, TimeoutError, KeyError):
            await asyncio.wait_for(person.arrive(), PATIENCE)
            return time.monotonic() - start
        return None

    waited = await asyncio.gather(*(one(rank, person) for rank, person in enumerate(people)))
    return [seconds for seconds in waited if seconds is not None]


async def come_in(people: list[Person], together: int = 2) -> None:
    """Let people arrive without haste, a few at a time."""
    free = asyncio.Semaphore(together)

    async def one(person: Person) -> None:
        async with free:
            await person.arrive()

    await asyncio.gather(*(one(person) for person in people))


class Loop:
    """One loop for a whole scenario, in a thread of its own: the browser has its own in the first one."""

    def __enter__(self) -> Loop:
        """Start it, with as many connections as there are people."""
        AsyncHTTPClient.configure(SimpleAsyncHTTPClient, max_clients=1000, max_body_size=1 << 28)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def begin(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Start something that goes on meanwhile."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something and wait for its end."""
        return self.begin(work).result()
