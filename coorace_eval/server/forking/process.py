"""A forked page seen by the server: a :class:`subprocess.Popen` for a process that is not its child."""

from __future__ import annotations

import os
import select
import signal
import time


class ForkedProcess:
    """A process held by a descriptor, which never comes to name another process.

    How a page ended is known to its parent, the template, and not here: ``returncode`` is then 0.

    Parameters
    ----------
    pid
        Its number, to show.
    handle
        Its pidfd.
    lifeline
        The end of a pipe; the system ends the page when this is closed, by whatever death of this process.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, handle: int, lifeline: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle, self._lifeline = handle, lifeline
        self._end = select.poll()  # select() knows no descriptor past 1023
        self._end.register(handle, select.POLLIN)

    def poll(self) -> int | None:
        """Give 0 when the page has ended, nothing while it lives."""
        if self.returncode is None and self._end.poll(0):
            self._let_go()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the page has ended."""
        limit = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            left = None if limit is None else max(0.0, limit - time.monotonic())
            if left == 0:
                raise TimeoutError(f"page {self.pid}")
            self._end.poll(None if left is None else left * 1000)
        return 0

    def send_signal(self, signum: int) -> None:
        """Send a signal to the page, if it still lives."""
        if self.poll() is None:
            try:
                signal.pidfd_send_signal(self._handle, signum)
            except ProcessLookupError:
                self.poll()

    def __del__(self) -> None:
        """End a page that nobody holds any more: its opening was given up, say."""
        if self.returncode is None:
            self._let_go()

    def _let_go(self) -> None:
        self.returncode = 0
        os.close(self._handle)
        os.close(self._lifeline)

    def terminate(self) -> None:
        """Ask the page to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the page."""
        self.send_signal(signal.SIGKILL)
