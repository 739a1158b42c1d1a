"""A real JupyterHub on the loopback address, from the configuration that is shipped, with its own proxy."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from apps.browser import ROOT, free_port

PASSWORD = "phrase de passe du Hub pour les essais"
PROXY = ROOT / ".node" / "node_modules" / ".bin" / "configurable-http-proxy"
HOW_TO = "Il manque configurable-http-proxy : lancez « scripts/system-packages » (npm, dans .node)."

SERVICE = """
from coorace_eval.cli import app
from coorace_eval.server import hub

hub.EVERY, hub.PATIENCE = 1.0, 20.0  # instead of half a minute and five minutes
app()
"""

CONFIGURATION = """
load_subconfig({shipped!r})
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.cookie_secret_file = {folder!r} + "/cookie_secret"
c.JupyterHub.db_url = "sqlite:///" + {folder!r} + "/hub.sqlite"
c.JupyterHub.log_level = "INFO"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.pid_file = {folder!r} + "/proxy.pid"
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = {password!r}
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {folder!r} + "/homes/{{username}}"
c.Spawner.args = [*c.Spawner.args, "--allow-root"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 240
c.JupyterHub.load_groups = {groups!r}
c.JupyterHub.services[0]["command"] = {command!r}
c.JupyterHub.services[0]["cwd"] = {root!r}
c.JupyterHub.services[0]["timeout"] = 240
c.JupyterHub.services.append({{"name": "essai", "api_token": {token!r}}})
c.JupyterHub.load_roles.append({{
    "name": "essai", "services": ["essai"],
    "scopes": ["admin:groups", "admin:users", "admin:servers", "access:servers", "list:services"],
}})
"""


class Hub:
    """One JupyterHub, its proxy and the application as its service.

    Parameters
    ----------
    folder
        Where everything of this Hub is kept.
    store
        Address of the application's database.
    research
        Address that the servers of research are given.
    groups
        Who is in which group at the start.
    """

    def __init__(self, folder: Path, *, store: str, research: str, groups: dict[str, list[str]]) -> None:
        self.folder, self.token = folder, secrets.token_hex(32)
        self.family: set[psutil.Process] = set()
        self.url = f"http://127.0.0.1:{free_port()}"
        self.app = f"{self.url}/services/coorace/"
        self.log = folder / "hub.log"
        self.configuration = folder / "jupyterhub_config.py"
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "COORACE"))
        } | {
            "COORACE_STORE": store,
            "COORACE_RECHERCHE": research,
            "COORACE_APPLICATION": f"http://127.0.0.1:{free_port()}",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT),
        }
        self.configuration.write_text(
            CONFIGURATION.format(
                shipped=str(ROOT / "deploy" / "jupyterhub_config.py"),
                url=self.url,
                folder=str(folder),
                proxy=str(PROXY),
                hub_port=free_port(),
                proxy_port=free_port(),
                password=PASSWORD,
                groups={name: {"users": users} for name, users in groups.items()},
                command=[sys.executable, "-c", SERVICE, "serve", "--hub"],
                root=str(ROOT),
                token=self.token,
            ),
            "utf-8",
        )

    def start(self) -> Hub:
        """Start the Hub and wait until the application answers behind its proxy."""
        assert PROXY.exists() and shutil.which("node"), HOW_TO
        command = [sys.executable, "-m", "jupyterhub", "-f", str(self.configuration)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        limit = time.monotonic() + 240
        while time.monotonic() < limit:
            assert self.process.poll() is None, self.said()
            self.look_after()
            try:
                urllib.request.urlopen(f"{self.app}sante", timeout=2).close()
                return self
            except OSError:
                time.sleep(0.2)
        raise TimeoutError(self.said())

    def stop(self) -> None:
        """End the Hub; it ends its proxy, its service and the servers of people."""
        self.look_after()
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
        for process in self.family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def die(self) -> None:
        """Kill the Hub alone; ``stop`` ends those it leaves behind."""
        self.look_after()
        self.process.kill()
        self.process.wait()

    def look_after(self) -> None:
        """Remember every process that the Hub has started, and theirs, while it is there to say so."""
        with contextlib.suppress(psutil.NoSuchProcess):
            hub = psutil.Process(self.process.pid)
            self.family |= {hub, *hub.children(recursive=True)}

    def said(self) -> str:
        """What the Hub wrote in its log."""
        return self.log.read_text("utf-8", "replace")[-8000:]

    def api(self, method: str, path: str, body: Any = None, root: str = "") -> Any:
        """One call of the Hub's API, or of a server of its own, by the service of the tests."""
        request = urllib.request.Request(
            f"{root.rstrip('/')}{path}" if root else f"{self.url}/hub/api{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            text = reply.read()
        return json.loads(text) if text else None
