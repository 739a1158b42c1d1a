"""From the notebook to the page: its cells run in the process of the page, and what they show is written."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import nbformat
import zmq
from jinja2 import Environment

PATIENCE = 120.0
"""Seconds left to a page to show itself."""
LOOK_EVERY = 1.0
"""Seconds of silence after which one looks whether the process lives."""
ASK_EVERY = 0.3
"""Seconds of silence after which a process that has just started is asked whether it is there."""
RECONNECT = 5
"""Milliseconds between two attempts to reach a process that starts; a tenth of a second by default."""

SHOWN = ("display_data", "execute_result", "stream", "error")
FAILED = nbformat.v4.new_output("error", ename="Gone", evalue="", traceback=[])


class Run:
    """The cells of a notebook, run one after the other in a process that has just been started.

    Parameters
    ----------
    manager
        The process, as Jupyter holds it.
    context
        The sockets' context, which all the pages share.
    """

    def __init__(self, manager: Any, context: zmq.Context[Any]) -> None:
        self.manager = manager
        context.setsockopt(zmq.RECONNECT_IVL, RECONNECT)
        self.client = manager.client(context=context)
        self.until = monotonic() + PATIENCE

    async def ready(self) -> bool:
        """Wait for the first word of the process: from then on, nothing that it says is missed.

        Its greeting is lost at times, when we call while it sets up its sockets: a silent one is asked.
        """
        self.client.start_channels(stdin=False, hb=False, control=False)
        async for _ in self._messages(ASK_EVERY, self.client.kernel_info):
            return True
        return False

    async def cell(self, source: str) -> list[Any]:
        """Run one cell, and give its outputs; a failure is the last of them when the process is gone."""
        asked = self.client.execute(source, store_history=False, allow_stdin=False)
        outputs = []
        async for message in self._messages():
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != asked:
                continue
            if kind in SHOWN:
                outputs.append(nbformat.v4.output_from_msg(message))
            elif kind == "status" and content["execution_state"] == "idle":
                return outputs
        return [*outputs, FAILED]

    def close(self) -> None:
        """Leave the process to the browser."""
        self.client.shell_channel.stop()
        self.client.iopub_channel.stop()

    async def _messages(
        self, silence: float = LOOK_EVERY, ask: Callable[[], Any] = lambda: None
    ) -> AsyncIterator[dict[str, Any]]:
        """What the process publishes, as long as it lives and may be waited for; a silent one is asked."""
        while monotonic() < self.until:
            try:
                yield await self.client.get_iopub_msg(timeout=silence)
            except Empty:
                if not await self.manager.is_alive():
                    return
                ask()


async def drawn(
    environment: Environment,
    notebook: Path,
    run: Run,
    kernel_id: str,
    pause: Callable[[], Any],
    **values: Any,
) -> AsyncIterator[str]:
    """Draw the page, piece by piece.

    Parameters
    ----------
    environment
        Where the templates are.
    notebook
        The notebook whose cells are run.
    run
        The process that runs them.
    kernel_id
        How the browser calls this process.
    pause
        Called when the next piece takes a while: what is there may leave.
    values
        What else the template is told, under ``resources``.
    """
    state = notebook.stat()
    nb = _read(notebook, state.st_mtime_ns, state.st_size)

    async def cells(_: Any, __: str) -> AsyncIterator[dict[str, Any]]:
        pause()
        if not await run.ready():
            yield {"outputs": [FAILED]}
            return
        for cell in nb.cells:
            if cell.cell_type == "code":
                yield {"outputs": await run.cell(cell.source)}

    template = _flowing(environment).get_template("index.html.j2")
    told = {"kernel_start": lambda _: kernel_id, "cell_generator": cells}
    async for piece in template.generate_async(nb=nb, resources=values, **told):
        yield piece


@lru_cache(maxsize=1)
def _flowing(environment: Environment) -> Environment:
    return environment.overlay(enable_async=True)


@lru_cache(maxsize=8)
def _read(notebook: Path, *_: int) -> Any:
    return nbformat.read(os.fspath(notebook), as_version=4)
