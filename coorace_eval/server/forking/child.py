"""What a forked process does before it is a page: nothing of the template's own life stays with it."""

from __future__ import annotations

import fcntl
import gc
import os
import select
import signal
import sys
import tempfile
import time

from coorace_eval.server import kernel
from coorace_eval.server.forking.request import Request

_F_SETSIG = 10  # Linux's number, which Python does not name


def live(request: Request, lifeline: int) -> None:
    """Become the page that was asked for, until it is asked to stop."""
    os.setsid()
    hold(lifeline)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null = os.open(os.devnull, os.O_RDONLY)
    if null != 0:
        os.dup2(null, 0)
        os.close(null)
    os.environ.clear()
    os.environ.update(request.env)
    time.tzset()
    os.chdir(request.cwd)
    tempfile.tempdir = None  # remembered by the template, of its own environment
    _draw_anew()
    gc.enable()
    sys.argv = [kernel.__file__, *request.arguments]
    kernel.main(request.arguments)


def hold(lifeline: int) -> None:
    """Let the system end this process when the server does, however it does.

    The template is the parent of a page, and the server is not: ``PR_SET_PDEATHSIG`` would follow the wrong
    one. The server holds the other end of this pipe; when it closes, Linux signals us, whatever we are doing.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    gone = select.poll()
    gone.register(lifeline, 0)
    if gone.poll(0):
        os._exit(1)


def _draw_anew() -> None:
    """Give this process its own random numbers; ``random`` does it by itself at each fork."""
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed()
