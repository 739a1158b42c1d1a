"""The local application: Voilà, for one person, on this computer only."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
import threading
import webbrowser
from pathlib import Path
from typing import Any

import tornado.ioloop
import tornado.web
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from traitlets.config import Config
from voila.app import Voila

from coorace_eval.problems import CooraceError, Problem
from coorace_eval.server.handlers import Guarded, Health, Leave, Missing, Page
from coorace_eval.server.kernels import Kernels, OwnPython

ADDRESS = "127.0.0.1"
PORT = 8866
LOCAL_HOST = r"^(127\.0\.0\.1|localhost)$"
TEMPLATES = Path(__file__).parents[1] / "apps" / "templates"
STATIC = TEMPLATES / "voila" / "templates" / "coorace" / "static"
WIDGETS = ["anywidget", "@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"]
MEGABYTE = 1 << 20
MINUTE = 60

SETTINGS = Config(
    {
        "VoilaConfiguration": {
            "template": "coorace",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "strip_sources": True,
            "show_tracebacks": False,
            "file_allowlist": [],
            "extension_allowlist": WIDGETS,
            "multi_kernel_manager_class": Kernels,
            "kernel_spec_manager_class": OwnPython,
            "http_keep_alive_timeout": 10,
        },
        "Kernels": {
            "cull_idle_timeout": 15 * MINUTE,
            "cull_interval": MINUTE,
            "cull_connected": False,
        },
        "KernelManager": {"autorestart": False},
    }
)


class ServerError(CooraceError):
    """The application cannot be served."""


class Application(Voila):
    """Voilà with one page, a closed list of addresses and our headers on each answer."""

    name = "coorace_eval"

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, with the protections that it leaves off."""
        settings = super().init_settings()
        settings.update(
            allow_remote_access=False,
            local_hostnames=["localhost", ADDRESS],
            compress_response=True,
            default_handler_class=Missing,
            websocket_max_message_size=2 * MEGABYTE,
            ws_ping_interval=30_000,
            xsrf_cookies=True,
            xsrf_cookie_kwargs={"samesite": "Strict"},
        )
        return settings

    def init_handlers(self) -> list[Any]:
        """Only what the page needs: no folder, no file, no contents, no list of notebooks."""
        needed = ("/api/kernels/", "/voila/static/", "/voila/api/themes/", "/voila/labextensions/")
        handlers = [
            handler for handler in super().init_handlers() if any(part in handler[0] for part in needed)
        ]
        notebook = {
            "notebook_path": os.path.relpath(self.notebook_path, self.root_dir),
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        return [
            *handlers,
            (self._at(r"voila/api/shutdown/(.*)"), Leave),
            (self._at(r"coorace/static/(.*)"), FileFindHandler, {"path": [str(STATIC)]}),
            (self._at("sante"), Health),
            (self._at(""), Page, notebook),
        ]

    def _at(self, path: str) -> str:
        return str(url_path_join(self.server_url, path))

    def start(self) -> None:
        """Listen until the process is asked to stop; a page asked under another host name gets nothing."""
        with tempfile.TemporaryDirectory(prefix="coorace_") as folder:
            self.connection_dir = folder
            self.app = tornado.web.Application(**self.init_settings())
            self.app.add_handlers(LOCAL_HOST, self.init_handlers())
            self.app.add_transform(Guarded)
            self.listen()

    def listen(self) -> None:
        """Take the port that was asked for, or say that it is taken."""
        try:
            self.app.listen(self.port, self.ip)
        except OSError as problem:
            raise ServerError("Ouverture de l'application", [_port_problem(self.port, problem)]) from problem
        print(f"L'application est ouverte : {self.display_url}", flush=True)
        if self.open_browser:
            threading.Thread(target=webbrowser.open, args=(self.display_url,), daemon=True).start()
        self.ioloop = tornado.ioloop.IOLoop.current()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            print("\nL'application est fermée.", flush=True)
        finally:
            self.stop()

    def stop(self) -> None:
        """End every kernel; the folder of their connections goes with :meth:`start`."""
        self.ioloop.run_sync(lambda: asyncio.ensure_future(self.kernel_manager.shutdown_all(now=True)))


def serve(notebook: str | Path, *, port: int = PORT, store: str = "", open_browser: bool = False) -> None:
    """Serve a notebook as an application on this computer, until the process ends.

    Parameters
    ----------
    notebook
        The notebook to show; it runs anew, in a process of its own, for each page that opens.
    port
        Where to listen on the loopback address; no other computer can reach it.
    store
        Address of the database, which the notebook reads as ``COORACE_STORE``.
    open_browser
        Whether to open the page in the person's browser.

    Raises
    ------
    ServerError
        When the notebook is not there, or the port is taken.
    """
    path = Path(notebook).resolve()
    if not path.is_file():
        cause = f"le carnet « {path.name} » est introuvable."
        raise ServerError("Ouverture de l'application", [Problem("SRV-002", str(path.parent), cause)])
    known = [str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, known))
    config = Config(SETTINGS)
    config.Kernels.store = store
    application = Application(
        config=config,
        config_file_paths=[],
        ip=ADDRESS,
        port=port,
        notebook_path=str(path),
        open_browser=open_browser,
        log_level="WARN",
    )
    application.initialize([])
    application.start()


def _port_problem(port: int, problem: OSError) -> Problem:
    where = f"{ADDRESS}:{port}"
    if problem.errno == errno.EADDRINUSE:
        return Problem("SRV-001", where, f"une autre application occupe déjà le port {port}.")
    return Problem("SRV-001", where, f"le port {port} ne peut pas être ouvert.")
