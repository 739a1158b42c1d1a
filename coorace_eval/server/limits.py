"""What nobody may exceed: attempts to sign in, connections from one address, pages for one machine."""

from __future__ import annotations

import ipaddress
import math
import resource
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest

from coorace_eval.language import trn

MEBIBYTE = 1 << 20
PAGE_MEMORY = 96 * MEBIBYTE
"""Room that one open page may come to need, generously reckoned."""
SPARE_MEMORY = 256 * MEBIBYTE
"""What must stay free for one more page to open."""
CONNECTIONS_EACH = 100
_MEMORY_FILES = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


@dataclass(frozen=True)
class Pace:
    """How many attempts are free, and how the wait grows after them.

    Parameters
    ----------
    free
        Attempts before the first wait.
    first, longest
        The first wait and the longest one, in seconds; each wait is twice the one before.
    """

    free: int
    first: float
    longest: float

    def wait(self, attempts: int) -> float:
        """Seconds to wait after so many attempts.

        >>> Pace(free=5, first=15, longest=900).wait(7)
        60.0
        """
        beyond = attempts - self.free
        return 0.0 if beyond < 0 else float(min(self.longest, self.first * 2.0 ** min(beyond, 30)))


PACES = {
    "person": Pace(free=5, first=15, longest=900),  # one login from one address
    "login": Pace(free=25, first=5, longest=60),  # short: others must not lock a person out
    "address": Pace(free=60, first=15, longest=900),  # a whole office may share one
}


class Attempts:
    """Counts attempts that failed, and says how long to wait before the next one.

    Parameters
    ----------
    size
        Entries kept for each kind of key; the ones longest untouched are forgotten.
    memory
        Seconds after which an untouched entry is forgotten.
    clock
        Gives the present moment, in seconds; replaced in tests.
    """

    def __init__(
        self, size: int = 10_000, memory: float = 3600, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.size, self.memory, self.clock = size, memory, clock
        self._kept: dict[str, OrderedDict[str, tuple[int, float]]] = {kind: OrderedDict() for kind in PACES}

    def begin(self, login: str, address: str) -> int:
        """Count one attempt beforehand, so that a hundred at once are a hundred.

        Returns
        -------
        int
            Seconds to wait, 0 when the attempt may go on; a refused attempt is not counted.
        """
        now = self.clock()
        keys = self._keys(login, address)
        wait = max(self._wait(kind, key, now) for kind, key in keys)
        if wait > 0:
            return math.ceil(wait)
        for kind, key in keys:
            kept = self._kept[kind]
            kept[key] = (self._count(kind, key, now) + 1, now)
            kept.move_to_end(key)
            while len(kept) > self.size:
                kept.popitem(last=False)
        return 0

    def succeed(self, login: str, address: str) -> None:
        """Forget the attempts of a person who proved who they are; the address gets one attempt back."""
        (_, person), (_, name), (_, place) = self._keys(login, address)
        self._kept["person"].pop(person, None)
        self._kept["login"].pop(name, None)
        if place in self._kept["address"]:
            count, last = self._kept["address"][place]
            self._kept["address"][place] = (max(0, count - 1), last)

    def _count(self, kind: str, key: str, now: float) -> int:
        count, last = self._kept[kind].get(key, (0, now))
        return count if now - last <= self.memory else 0

    def _wait(self, kind: str, key: str, now: float) -> float:
        count, last = self._kept[kind].get(key, (0, now))
        return last + PACES[kind].wait(self._count(kind, key, now)) - now

    @staticmethod
    def _keys(login: str, address: str) -> tuple[tuple[str, str], ...]:
        place = neighbourhood(address)
        return ("person", f"{login[:200]}\n{place}"), ("login", login[:200]), ("address", place)


def neighbourhood(address: str) -> str:
    """What one household or office sends from: an IPv4 address, or the first half of an IPv6 one.

    >>> neighbourhood("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def waiting_time(seconds: int) -> str:
    r"""A wait in words.

    >>> [waiting_time(seconds).replace("\u00a0", " ") for seconds in (1, 40, 60, 61)]
    ['1 seconde', '40 secondes', '1 minute', '2 minutes']
    """
    if seconds < 60:
        return trn("{n}\u00a0seconde", "{n}\u00a0secondes", seconds)
    return trn("{n}\u00a0minute", "{n}\u00a0minutes", math.ceil(seconds / 60))


def most_pages() -> int:
    """How many pages this machine may hold at once: three quarters of its memory."""
    return max(3, int(0.75 * _memory() / PAGE_MEMORY))


def is_short_of_memory() -> bool:
    """Whether one more page would bring the machine to its knees."""
    return bool(psutil.virtual_memory().available < SPARE_MEMORY)


def _memory() -> int:
    found = int(psutil.virtual_memory().total)
    for file in _MEMORY_FILES:
        try:
            text = file.read_text("ascii").strip()
        except OSError:
            continue
        if text.isdecimal():
            return min(found, int(text))
    return found


def raise_open_files() -> None:
    """Let this process open as many files and sockets as the machine allows it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Door(HTTPServer):
    """Takes connections: from the proxies only where there are some, else so many from each address."""

    @classmethod
    def configurable_base(cls) -> type[Door]:
        """Itself: tornado lets a library replace its own class, not ours."""
        return Door

    @classmethod
    def configurable_default(cls) -> type[Door]:
        """Itself."""
        return Door

    def initialize(  # type: ignore[override]
        self,
        request_callback: Callable[[HTTPServerRequest], None],
        *,
        proxies: Iterable[str] = (),
        each: int = CONNECTIONS_EACH,
        **kwargs: Any,
    ) -> None:
        """Know which proxies may connect, if only they may."""
        super().initialize(request_callback, **kwargs)
        self.networks = [ipaddress.ip_network(proxy) for proxy in proxies]
        self.each = each
        self._open: Counter[str] = Counter()

    def handle_stream(self, stream: Any, address: Any) -> None:
        """Serve one connection, or close it at once."""
        source = address[0]
        if self.networks:
            if not any(ipaddress.ip_address(source) in network for network in self.networks):
                stream.close()
                return
        elif self._open[neighbourhood(source)] >= self.each:
            stream.close()
            return
        self._open[neighbourhood(source)] += 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: Any) -> None:
        """Give the place back."""
        super().on_close(server_conn)
        source = neighbourhood(str(server_conn.context.address[0]))
        self._open[source] -= 1
        if self._open[source] <= 0:
            del self._open[source]
