"""The application as a process: one page, a closed list of addresses, an end that leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import ssl
import tempfile
import threading
import webbrowser
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import tornado.web
import traitlets as tl
from jupyter_server.utils import url_path_join
from traitlets.config import Config
from voila.app import Voila

from coorace_eval.access import Access
from coorace_eval.apps.components.loader import script, styles
from coorace_eval.formatting import spaced
from coorace_eval.language import language, mark, tr, trn
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.server import limits, logs, pages
from coorace_eval.server.handlers import Encrypted, Guarded, Health, Leave, Missing, Page
from coorace_eval.server.identity import AccountIdentity, Owners
from coorace_eval.server.kernels import Kernels, OwnPython
from coorace_eval.server.options import Options, ServerError
from coorace_eval.server.register import Register
from coorace_eval.server.static import VERSION, Files, Library
from coorace_eval.server.websocket import Channels, Connection

LOCAL_HOST = r"^(127\.0\.0\.1|localhost)$"
TEMPLATES = Path(__file__).parents[1] / "apps" / "templates"
STATIC = TEMPLATES / "voila" / "templates" / "coorace" / "static"
KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
MEBIBYTE = 1 << 20
LARGEST_BODY = MEBIBYTE
LARGEST_MESSAGE = 2 * MEBIBYTE
LARGEST_HEADER = 16 << 10
IDLE_CONNECTION = 75.0
BODY_WITHIN = 30.0
SWEEP_EVERY = 5.0
END_WITHIN, END_AT_LAST = 4.0, 8
LONGEST_SOCKET_PATH = 100

SETTINGS = Config(
    {
        "VoilaConfiguration": {
            "template": "coorace",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "strip_sources": True,
            "show_tracebacks": False,
            "preheat_kernel": False,
            "progressive_rendering": False,
            "file_allowlist": [],
            "extension_allowlist": [],
            "multi_kernel_manager_class": Kernels,
            "kernel_spec_manager_class": OwnPython,
            "http_keep_alive_timeout": 10,
        },
        "Kernels": {"cull_interval": 60, "cull_connected": False, "allow_tracebacks": False},
        "KernelManager": {"autorestart": False},
        "Application": {"kernel_websocket_connection_class": Connection},
    }
)

__all__ = ["Application", "Options", "ServerError", "serve"]


class Application(Voila):
    """Voilà with one page, a closed list of addresses and our headers on each answer."""

    name = "coorace_eval"
    options = tl.Instance(Options)
    own_files = tl.Instance(Library)

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, with the protections that it leaves off."""
        options = self.options
        settings = super().init_settings()
        settings["voila_jinja2_env"].filters["spaced"] = spaced
        settings["voila_jinja2_env"].globals |= {"tr": tr, "trn": trn, "mark": mark, "spoken": language}
        settings.update(
            allow_remote_access=not options.is_local_only,
            local_hostnames=["localhost", options.address],
            compress_response=True,
            default_handler_class=Missing,
            websocket_max_message_size=LARGEST_MESSAGE,
            ws_ping_interval=30_000,
            xsrf_cookies=True,
            xsrf_cookie_kwargs={
                "samesite": "Lax" if options.is_shared else "Strict",  # a link in a letter must lead in
                "secure": options.is_encrypted,
                "path": options.base_url,
            },
            login_url=self._at("connexion"),
            coorace_options=options,
            coorace_static=self.config.VoilaConfiguration.resources["static"],
            coorace_attempts=limits.Attempts(),
        )
        if options.is_shared:
            settings["log_function"] = logs.request_done
        return settings

    def init_handlers(self) -> list[Any]:
        """Only what the page needs: no folder, no file, no contents, no list of notebooks."""
        return [
            (self._at(rf"api/kernels/{KERNEL}/channels"), Channels),
            (self._at(rf"voila/api/shutdown/{KERNEL}"), Leave),
            (self._at(rf"coorace/static/{VERSION}"), Files, {"library": self.own_files}),
            (self._at("sante"), Health),
            (f"{self.options.base_url}?", Page),
            *((self._at(path), handler) for path, handler in self._ways_in()),
        ]

    def _ways_in(self) -> tuple[Any, ...]:
        """The pages by which people come in, where they do."""
        if self.options.hub:
            from coorace_eval.server import hub

            return hub.ROUTES
        return pages.ROUTES if self.options.accounts else ()

    def _at(self, path: str) -> str:
        return str(url_path_join(self.options.base_url, path))

    def start(self) -> None:
        """Serve until the process is asked to stop."""
        with tempfile.TemporaryDirectory(prefix="coorace_") as folder:
            self.connection_dir = folder
            if len(folder) + len("/kernel--ipc-1") + 36 < LONGEST_SOCKET_PATH:
                self.config.KernelManager.transport = "ipc"
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        if self.options.is_shared:
            self.register = Register(self.options.store, self.options.session_hours)
        self.app = tornado.web.Application(**self.init_settings())
        # A page asked under another host name gets nothing.
        for hosts in self._hosts():
            self.app.add_handlers(hosts, self.init_handlers())
        self.app.add_transform(Encrypted if self.options.is_encrypted else Guarded)
        self.listen()
        stopping = _stopping()
        sweeping = asyncio.create_task(self._sweep())
        try:
            await stopping.wait()
        finally:
            sweeping.cancel()
            await self._end()
            print("\nL'application est fermée.", flush=True)

    def _hosts(self) -> list[str]:
        if self.options.is_local_only:
            return [LOCAL_HOST]
        return [rf"^{name.replace('.', '[.]')}$" for name in self.options.names] or [r".*$"]

    def listen(self) -> None:
        """Take the port that was asked for, or say that it is taken."""
        options = self.options
        self.door = limits.Door(
            self.app,
            proxies=options.proxies if options.behind_proxy else (),
            xheaders=options.behind_proxy,
            ssl_options=_encryption(options),
            max_header_size=LARGEST_HEADER,
            max_body_size=LARGEST_BODY,
            max_buffer_size=2 * LARGEST_MESSAGE,
            idle_connection_timeout=IDLE_CONNECTION,
            body_timeout=BODY_WITHIN,
        )
        try:
            self.door.listen(options.port, options.address)
        except OSError as problem:
            raise ServerError("Ouverture de l'application", [_port_problem(options, problem)]) from problem
        logs.note("started", shared=options.is_shared, most_pages=self.kernel_manager.most)
        print(f"L'application est ouverte : {self.display_url}", flush=True)
        if options.open_browser:
            threading.Thread(target=webbrowser.open, args=(self.display_url,), daemon=True).start()

    async def _sweep(self) -> None:
        """Again and again, end the pages whose process or session ended; keep the drawing process."""
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            self.kernel_manager.drawer.keep()
            with contextlib.suppress(CooraceError):
                await self.kernel_manager.sweep()
                sessions = {page.owner.session for page in self.kernel_manager.pages.values()} - {""}
                for session in await self.register.ended(sessions) if sessions else ():
                    logs.note("session_ended", session=logs.mark(session))
                    await self.kernel_manager.end_session(session)

    async def _end(self) -> None:
        """Take no more connections, end every page, and leave no process behind."""
        self.door.stop()
        await _within(END_WITHIN, self.kernel_manager.end_all())
        self.kernel_manager.drawer.end()
        await _within(0.5, self.door.close_all_connections())
        logs.note("stopped")


def _stopping() -> asyncio.Event:
    """What is set when the process is asked to stop; if it then does not, the system ends it."""
    asked, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop(*_: object) -> None:
        signal.alarm(END_AT_LAST)
        loop.call_soon_threadsafe(asked.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return asked


async def _within(seconds: float, work: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(work, seconds)


def serve(notebook: str | Path, **choices: Any) -> None:
    """Serve a notebook as an application, until the process ends.

    Parameters
    ----------
    notebook
        The notebook to show; it runs anew, in a process of its own, for each page that opens.
    choices
        See :class:`~coorace_eval.server.options.Options`.

    Raises
    ------
    ServerError
        When the notebook is not there, the port is taken, or people would be served in clear; when no
        JupyterHub started the process that is to be its service.
    AccessError
        When the store holds accounts and is to be served without (ACC-009).
    """
    identity = AccountIdentity
    if choices.get("hub"):
        from coorace_eval.server import hub

        identity, choices = hub.HubIdentity, hub.placed(choices)
    options = Options(notebook=Path(notebook).resolve(), **choices).check()
    limits.raise_open_files()
    key = options.secret_key()
    if options.store and not options.is_shared:
        with Access.local(options.store).open():
            pass
    known = [str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, known))
    own_files = Library([STATIC], made={"screen.js": script(), "screen.css": styles()})
    address = url_path_join(options.base_url, f"coorace/static/v-{own_files.version}/")
    config = Config(SETTINGS)
    config.VoilaConfiguration.resources = {"static": address}
    config.Kernels.options = options
    if options.is_shared:
        config.Application.identity_provider_class = identity
        config.Application.authorizer_class = Owners
    application = Application(
        options=options,
        own_files=own_files,
        config=config,
        config_file_paths=[],
        ip=options.address,
        port=options.port,
        base_url=options.base_url,
        cookie_secret=key,
        notebook_path=str(options.notebook),
        open_browser=False,
        log_level="WARN",
    )
    application.initialize([])
    if options.is_shared or options.log_file:
        logs.start(options.log_file, key)
    application.start()


def _encryption(options: Options) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(options.certificate, options.key)
    return context


def _port_problem(options: Options, problem: OSError) -> Problem:
    where = f"{options.address}:{options.port}"
    if problem.errno == errno.EADDRINUSE:
        return Problem("SRV-001", where, f"une autre application occupe déjà le port {options.port}.")
    return Problem("SRV-001", where, f"le port {options.port} ne peut pas être ouvert.")
