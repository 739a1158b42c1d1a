"""What the process behind a page holds: a Jupyter kernel with only the parts that a page uses."""

from __future__ import annotations

import logging
import sys
from typing import Any

import traitlets as tl
from ipykernel import ipkernel
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

WITHOUT_HISTORY = Config({"HistoryManager": {"enabled": False}})
"""Nobody types here: neither a file nor a thread for it."""


class PageApp(IPKernelApp):
    """A kernel without history, heartbeat, debugger or second shell, and deaf to anybody's own settings."""

    name = "coorace-page"

    @tl.default("log_level")
    def _only_errors(self) -> int:
        return logging.ERROR

    @tl.default("parent_handle")
    def _watched_by_the_server(self) -> int:
        return 1  # and not the other way round

    @tl.default("capture_fd_output")
    def _libraries_write_to_the_log(self) -> bool:
        return False

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Read our two arguments, without a parser of every setting that Jupyter knows.

        Parameters
        ----------
        argv
            ``-f FILE``: how to be reached. ``--memory BYTES``: the most that this process may hold.
        """
        given = sys.argv[1:] if argv is None else argv
        asked = dict(zip(given[::2], given[1::2], strict=True))
        if set(asked) - {"-f", "--memory"}:
            raise ValueError(f"unknown arguments: {given}")
        if most := int(asked.get("--memory", 0)):
            _limit_memory(most)
        self.update_config(WITHOUT_HISTORY)
        self.connection_file = asked["-f"]

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Leave aside what this person has set for their own notebooks."""

    def init_code(self) -> None:
        """Run nothing beforehand: neither their start-up files nor a line."""

    def init_pdb(self) -> None:
        """Leave the debugger out."""

    def init_heartbeat(self) -> None:
        """Leave the heartbeat out: the server watches the process itself."""

    def init_control(self, context: Any) -> None:
        """Keep the channel that interrupts and stops; leave out the thread that serves several shells."""
        super().init_control(context)
        self.shell_channel_thread.io_loop.close()
        self.shell_channel_thread = None

    def init_kernel(self) -> None:
        """Make the kernel, without the list of every module that its debugger would want.

        Reading that list writes in each module's memory, which a forked page shares with the others.
        """
        vars(ipkernel)["sys"] = _NoModules()
        try:
            super().init_kernel()
        finally:
            vars(ipkernel)["sys"] = sys

    def init_extensions(self) -> None:
        """Let ipywidgets hear the page, when it was imported before there was anything to hear."""
        super().init_extensions()
        widgets = sys.modules.get("ipywidgets")
        if widgets is not None:
            widgets.load_ipython_extension(self.shell)


def _limit_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


class _NoModules:
    """``sys``, with no module to see."""

    modules: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)
