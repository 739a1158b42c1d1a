"""A server that a test breaks: its processes are killed, it is frozen, ended, started again on its port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
from apps.browser import ROOT, Served, write_notebook

from coorace_eval.examples import load_examples

SHOWN = "from coorace_eval.apps.launch import auto_evaluation\nauto_evaluation()"
START = """
from coorace_eval.server import application
application.SETTINGS.merge({settings!r})
application.serve({notebook!r}, port={port}, store={store!r}, **{choices!r})
"""


class Breakable(Served):
    """The whole application on the invented federation.

    Parameters
    ----------
    folder
        Where its notebook, its database and its log are.
    settings
        What differs from the server's own settings, such as how soon an idle page is closed.
    choices
        What differs from the server's own choices.
    """

    def __init__(self, folder: Path, settings: dict[str, Any] | None = None, **choices: Any) -> None:
        store = f"sqlite:///{folder / 'base.db'}"
        super().__init__(write_notebook(folder / "app.ipynb", SHOWN), store=store)
        self.settings, self.choices = settings or {}, choices
        if not (folder / "base.db").exists():
            load_examples(store)

    def start(self) -> Breakable:
        """Start the server, again on the same port, and wait until it answers."""
        said = {"notebook": str(self.notebook), "port": self.port, "store": self.store}
        command = START.format(**said, settings=self.settings, choices=self.choices)
        self.log = self.notebook.with_suffix(".log").open("ab")
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", command], cwd=ROOT, env=env, stdout=self.log, stderr=self.log
        )
        self.answering(120)
        return self

    def crash(self) -> None:
        """End the server as a power cut does, and every process of its pages with it."""
        assert self.process
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.stop(hard=True)
        for process in family:
            _end(process)

    def kernels(self) -> dict[str, psutil.Process]:
        """The process of each open page, by the identifier of its session."""
        assert self.process
        found = {}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            for name in _names(process):
                found[name] = process
        return found

    def kill(self, session: str) -> None:
        """Kill the process of one page, as a machine short of memory does."""
        _end(self.kernels()[session])


def _names(process: psutil.Process) -> set[str]:
    """The sessions that a process serves: its connection file, or the sockets that it holds, say so."""
    try:
        said = [*process.cmdline(), *(str(one.laddr) for one in process.net_connections(kind="unix"))]
    except psutil.Error:
        return set()
    places = [word.rpartition("kernel-")[2] for word in said if "/kernel-" in word]
    return {place[:36] for place in places if place.count("-") >= 4}


def _end(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    except psutil.Error:
        pass
