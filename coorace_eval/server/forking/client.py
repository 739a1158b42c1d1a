"""The server's side of the template: started once, asked for each page, started again when it has gone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from typing import Any

from coorace_eval.server.forking.process import ForkedProcess
from coorace_eval.server.forking.request import LIMIT, Refused, Request, python_path

MODULE = "coorace_eval.server.forking.template"

KEPT = (
    "COORACE_REFERENTIAL", "HOME", "JUPYTER_PATH", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "PYTHONPATH",
    "TMPDIR", "TZ", "VIRTUAL_ENV",
)  # fmt: skip
"""What the template takes from the server's environment; a page is given its own, whole."""

SINGLE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
"""One thread for linear algebra, and few reserves of memory."""

REST = 60.0
"""Seconds before a template that could not start is tried again."""


class Gone(Exception):
    """The template ended without an answer."""


class Template:
    """The warm process; whoever calls does so from one thread at a time.

    Parameters
    ----------
    patience
        Seconds left to the template to be ready.
    reply
        Seconds left to it to fork one page.
    """

    def __init__(self, patience: float = 60.0, reply: float = 10.0) -> None:
        self.patience, self.reply = patience, reply
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._failure = ("", 0.0)

    @property
    def pid(self) -> int | None:
        """The number of the living template."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def start(self) -> None:
        """Start the template, unless it lives.

        Raises
        ------
        Refused
            When this system or this installation does not allow it, or did not a moment ago.
        """
        if self.pid is not None:
            return
        reason, until = self._failure
        if time.monotonic() < until:
            raise Refused(reason)
        self.close()
        if not (sys.platform == "linux" and hasattr(os, "pidfd_open")):
            raise Refused("ce système ne permet pas de dédoubler un processus sans risque")
        try:
            self._launch()
            self._hear(self.patience)
        except (Refused, Gone, OSError) as problem:
            self.close()
            reason = f"le modèle n'a pas démarré ({problem})"
            self._failure = (reason, time.monotonic() + REST)
            raise Refused(reason) from problem

    def fork(self, request: Request) -> ForkedProcess:
        """Start one page; a template that has just ended is started again once.

        Raises
        ------
        Refused
            When there is no template, or when it will not fork.
        """
        packet = request.packet()
        self.start()
        try:
            return self._ask(packet)
        except Gone:
            self.close()
            self.start()
        try:
            return self._ask(packet)
        except Gone as problem:
            self.close()
            raise Refused(f"le modèle s'est arrêté ({problem})") from problem

    def close(self) -> None:
        """End the template; the pages that it forked live on."""
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _launch(self) -> None:
        env = {name: os.environ[name] for name in KEPT if name in os.environ} | SINGLE
        env["PYTHONPATH"] = python_path()
        # The socket has no name: nobody else can speak to the template, and it ends when we do.
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._link = ours
        with theirs:
            command = [sys.executable, "-P", "-m", MODULE]
            self._process = subprocess.Popen(command, stdin=theirs.fileno(), env=env, start_new_session=True)

    def _ask(self, packet: bytes) -> ForkedProcess:
        lifeline, held = os.pipe()
        try:
            self._send(packet, lifeline)
            said, handles = self._hear(self.reply)
            return ForkedProcess(said["pid"], handles[0], held)
        except BaseException:
            os.close(held)
            raise
        finally:
            os.close(lifeline)

    def _send(self, packet: bytes, lifeline: int) -> None:
        assert self._link is not None
        try:
            self._link.settimeout(self.reply)
            socket.send_fds(self._link, [packet], [lifeline])
        except OSError as problem:
            raise Gone(str(problem)) from problem

    def _hear(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        assert self._link is not None
        try:
            self._link.settimeout(seconds)
            packet, handles, _, _ = socket.recv_fds(self._link, LIMIT, 1)
        except TimeoutError:
            self.close()
            raise Refused(f"le modèle ne répond pas après {seconds:.0f} s") from None
        except OSError as problem:
            raise Gone(str(problem)) from problem
        if not packet:
            raise Gone("il s'est arrêté sans rien dire")
        said = json.loads(packet)
        if "refused" in said:
            raise Refused(said["refused"])
        return said, handles
