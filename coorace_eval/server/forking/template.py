"""The warm process: it imports what a page needs, then forks one kernel for each page.

It holds nothing that cannot be shared: one thread, no database, no socket but the one by which it is asked,
no event loop, no renderer of charts. Started by :mod:`coorace_eval.server.forking.client`, with that socket
as its standard input: ``python -P -m coorace_eval.server.forking.template``.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from typing import Generic

from coorace_eval.problems import CooraceError
from coorace_eval.server.forking.child import live
from coorace_eval.server.forking.request import LIMIT, Refused, Request
from coorace_eval.server.kernel import forgo

NEEDED = (
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "altair",
    "coorace_eval.apps.known",
    "coorace_eval.apps.launch",
    "coorace_eval.charts",
    "coorace_eval.server.kernel_app",
    "faulthandler",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "psutil",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)
"""What a page imports; neither ``vl_convert`` nor ``typst``, which it loads when it draws or prints."""


def main() -> None:
    """Prepare, say so, then fork until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    link = socket.socket(fileno=0)
    try:
        warm()
        check_alone()
    except Exception as problem:
        _say(link, {"refused": f"{type(problem).__name__} : {problem}"})
        sys.exit(1)
    _say(link, {"ready": os.getpid()})
    page = serve(link)
    if page is not None:
        live(*page)


def warm() -> None:
    """Import once what every page would; the collector then leaves it alone, so that it stays shared."""
    forgo()
    for name in NEEDED:
        importlib.import_module(name)
    # A référentiel that cannot be read is for the page to tell.
    with contextlib.suppress(CooraceError):
        sys.modules["coorace_eval.apps.known"].referential_of_new_campaigns()
    # pyzmq asks this of a class above hundreds of others, and the first answer writes in each of them.
    getattr(Generic, "__annotations__", None)
    gc.disable()  # until a page begins; before, it keeps what lasts close together
    gc.collect()
    gc.freeze()


def check_alone() -> None:
    """Fork only when there is one thread: another one may hold a lock that the page would wait for.

    Raises
    ------
    Refused
        When there are more.
    """
    count = len(os.listdir("/proc/self/task"))
    if count != 1:
        raise Refused(f"le modèle a {count} fils d'exécution au lieu d'un")


def serve(link: socket.socket) -> tuple[Request, int] | None:
    """Fork a page at each request, and bury those that have ended.

    Returns
    -------
    tuple or None
        In a page, what it is asked and its lifeline. In the template, nothing, once the server is gone.
    """
    pages: dict[int, int] = {}
    waiting = select.poll()
    waiting.register(link, select.POLLIN)
    while True:
        for descriptor, _ in waiting.poll():
            if descriptor in pages:
                waiting.unregister(descriptor)
                os.waitpid(pages.pop(descriptor), 0)
                os.close(descriptor)
                continue
            packet, received, _, _ = socket.recv_fds(link, LIMIT + 1, 4)
            if not packet:
                return None
            try:
                request = Request.read(packet)
                if len(received) != 1:
                    raise Refused("la demande ne tient pas à la vie du serveur")
                check_alone()
                page = os.fork()
            except (Refused, OSError) as problem:
                _close(received)
                _say(link, {"refused": str(problem)})
                continue
            if page == 0:
                _close(list(pages))
                link.close()
                return request, received[0]
            _close(received)
            # Nobody else buries this page: its number names it until the descriptor does.
            handle = os.pidfd_open(page)
            pages[handle] = page
            waiting.register(handle, select.POLLIN)
            _say(link, {"pid": page}, handle)


def _say(link: socket.socket, content: dict[str, object], *descriptors: int) -> None:
    socket.send_fds(link, [json.dumps(content).encode()], list(descriptors))


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


if __name__ == "__main__":
    main()
