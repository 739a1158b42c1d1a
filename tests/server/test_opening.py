"""How a page opens, over plain HTTP: its head at once, its screen when it is there, a failure said as one."""

from __future__ import annotations

import contextlib
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import psutil
import pytest
import zmq.asyncio
from apps.browser import Served, finished
from jupyter_client.manager import AsyncKernelManager

from coorace_eval.server.opening import Run

PATIENCE = 60
SCREEN = (
    "from coorace_eval.apps.components.screen import Screen\n"
    "Screen(state={'title': '</script>', 'heading': {'text': 'Bonjour'}})"
)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Serve a notebook of some cells."""
    servers: list[Served] = []

    def make(*cells: str) -> Served:
        path = tmp_path / "app.ipynb"
        written = [nbformat.v4.new_markdown_cell("# Un titre"), *map(nbformat.v4.new_code_cell, cells)]
        nbformat.write(nbformat.v4.new_notebook(cells=written), path)
        servers.append(Served(path).start())
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


def read(server: Served) -> str:
    """The whole page."""
    with urllib.request.urlopen(server.url, timeout=PATIENCE) as reply:
        assert reply.headers["Cache-Control"] == "no-store"
        return str(reply.read().decode())


def pages_of(server: Served) -> list[psutil.Process]:
    """The processes of open pages: the children of the template, and of the server when it did not fork."""
    assert server.process
    below = psutil.Process(server.process.pid).children(recursive=True)
    return [one for one in below if is_page(one)]


def is_page(process: psutil.Process) -> bool:
    """Whether a process is that of an open page; one that has just ended is none."""
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and process.num_threads() > 1 and not runs(process, "drawing")
    except psutil.NoSuchProcess:
        return False


def runs(process: psutil.Process, module: str) -> bool:
    """Whether a process is a helper of the server, by the last name of its module."""
    return any(part.startswith("coorace_eval.server") and part.endswith(module) for part in process.cmdline())


def until(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds."""
    limit = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < limit:
        time.sleep(0.05)
    return condition()


def test_a_page_carries_the_screen_that_its_last_cell_shows(serve):
    text = read(serve("said = 'Bonjour'\nprint(said)", SCREEN))
    assert text.count("data-screen=") == 1 and "Bonjour" in text
    assert "data-failure" not in text and "Un titre" not in text and "print" not in text
    assert '"title": "</script>"' not in text and text.rstrip().endswith("</html>")


def test_several_cells_run_in_one_process_and_in_order(serve):
    cells = ["from coorace_eval.apps.components.screen import Screen\nword = 'un'", "word += ' deux'"]
    text = read(serve(*cells, "Screen(state={'title': word})"))
    assert "un deux" in text


def test_each_page_has_its_own_process(serve):
    server = serve("import os\nfrom coorace_eval.apps.components.screen import Screen",
                   "Screen(state={'title': f'pid {os.getpid()} '})")  # fmt: skip
    assert read(server) != read(server)
    assert len(pages_of(server)) == 2


@pytest.mark.parametrize("cell", ["1 / 0", "import os; os._exit(1)"])
def test_a_notebook_that_fails_gives_a_page_that_says_so(serve, cell):
    text = read(serve("1", cell))
    assert "data-failure" in text and "ZeroDivisionError" not in text
    assert text.rstrip().endswith("</html>")


def test_the_head_leaves_before_the_process_is_ready(serve):
    server = serve("import time; time.sleep(2)", SCREEN)
    began = time.monotonic()
    with urllib.request.urlopen(server.url, timeout=PATIENCE) as reply:
        head = reply.read(200)
        before = time.monotonic()
        rest = reply.read()
        after = time.monotonic()
    assert b"<!DOCTYPE html>" in head and b"data-screen" in rest
    assert after - before >= 1 and began <= before


def test_a_visitor_who_leaves_early_leaves_no_process(serve):
    server = serve("import time; time.sleep(4)", SCREEN)
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as link:
        link.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert b"200" in link.recv(100)
        assert until(lambda: bool(pages_of(server)))
    assert until(lambda: not pages_of(server))


def test_pages_are_forked_from_the_template(serve):
    server = serve(SCREEN)
    read(server)
    assert server.process
    helpers = psutil.Process(server.process.pid).children()
    (template,) = [one for one in helpers if runs(one, "template")]
    assert [one for one in helpers if one != template and not runs(one, "drawing")] == []
    assert [page.ppid() for page in pages_of(server)] == [template.pid]
    assert "sans" not in server.notebook.with_suffix(".log").read_text("utf-8")


def test_a_process_whose_greeting_was_lost_is_asked_again() -> None:
    async def opening() -> bool:
        manager = AsyncKernelManager()
        await manager.start_kernel()
        run = Run(manager, zmq.asyncio.Context())
        run.until = time.monotonic() + PATIENCE
        heard, is_lost = run.client.get_iopub_msg, False

        async def deaf_at_first(timeout: float) -> dict[str, Any]:
            nonlocal is_lost
            if not is_lost:
                await heard(timeout=PATIENCE)
                with contextlib.suppress(Empty):
                    while True:
                        await heard(timeout=2)
                is_lost = True
                raise Empty
            return await heard(timeout=timeout)

        run.client.get_iopub_msg = deaf_at_first
        try:
            return await run.ready()
        finally:
            run.close()
            await manager.shutdown_kernel(now=True)

    assert finished(opening())
