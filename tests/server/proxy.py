"""The real nginx with the configuration we ship, in front of the real command with the settings we ship."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from apps.browser import ROOT, free_port

DEPLOY = ROOT / "deploy"
NAME = "evaluation.exemple.fr"
HOW_TO = "nginx est introuvable. Sous Debian : sudo apt-get install nginx-light"
AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/errors.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def certificate(folder: Path, name: str = "localhost") -> None:
    """A certificate signed by itself, where the configuration looks for one."""
    files = ["-out", str(folder / "fullchain.pem"), "-keyout", str(folder / "privkey.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*command, *names, *files], check=True, capture_output=True, timeout=60)


def settings(**changed: str) -> dict[str, str]:
    """The settings we ship, some of them changed."""
    text = (DEPLOY / "coorace-eval.conf").read_text("utf-8")
    lines = [line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: changed.get(name, value) for name, value in lines}


class Site:
    """The service and its proxy, on free loopback ports, under the name ``localhost``.

    Only names of places change in the configuration that we ship: the site, ports, files.
    """

    def __init__(self, folder: Path, store: str) -> None:
        self.folder = folder
        self.http, self.https, self.inside = free_port(), free_port(), free_port()
        self.url = f"https://localhost:{self.https}/"
        self.store = store
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> Site:
        """Start both and wait until the site answers."""
        certificate(self.folder)
        self.serve()
        self.proxy()
        return self

    def stop(self) -> None:
        """Ask both to end."""
        for process in reversed(self.started):
            process.terminate()
            process.wait(20)

    def said(self) -> str:
        """What both wrote."""
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{file.name} : {file.read_text('utf-8', 'replace')}" for file in files)

    def _run(self, *command: str, **options: object) -> None:
        output = (self.folder / f"{Path(command[0]).name}.said.log").open("wb")
        self.started.append(subprocess.Popen(command, stdout=output, stderr=output, **options))  # type: ignore[call-overload]

    def serve(self) -> None:
        """Start the service alone."""
        environment = settings(
            COORACE_STORE=self.store,
            COORACE_PORT=str(self.inside),
            COORACE_NAMES="localhost",
            COORACE_SITE=self.url,
            COORACE_SECRETS=str(self.folder / "cle"),
            COORACE_REFERENTIAL=str(ROOT / "referentials/utilite_sociale/base.yaml"),
            COORACE_NOTEBOOK=str(ROOT / "notebooks/auto_evaluation.ipynb"),
            COORACE_BACKUPS=str(self.folder / "sauvegardes"),
        )
        paths = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "coorace_eval.cli", "serve"]
        self._run(*command, env=environment | paths)
        self._wait(f"http://127.0.0.1:{self.inside}/sante", {"Host": "localhost"})

    def proxy(self) -> None:
        """Start the proxy alone."""
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
        assert program, HOW_TO
        text = (DEPLOY / "nginx.conf").read_text("utf-8")
        text = re.sub(r"^ +listen \[::\].*\n", "", text, flags=re.MULTILINE)
        for before, after in {
            "listen 80": f"listen 127.0.0.1:{self.http}",
            "listen 443": f"listen 127.0.0.1:{self.https}",
            "127.0.0.1:8866": f"127.0.0.1:{self.inside}",
            f"https://{NAME}$": f"https://{NAME}:{self.https}$",
            "Host $server_name": f"Host $server_name:{self.https}",
            f"/etc/letsencrypt/live/{NAME}": str(self.folder),
            "/var/log/nginx": str(self.folder),
            NAME: "localhost",
        }.items():
            assert before in text, f"« {before} » n'est plus dans deploy/nginx.conf."
            text = text.replace(before, after)
        (self.folder / "site.conf").write_text(text, "utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder, user=user), "utf-8")
        self._run(program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "stderr")
        self._wait(f"http://localhost:{self.http}/.well-known/acme-challenge/", {}, among=(404,))

    def _wait(self, url: str, headers: dict[str, str], among: tuple[int, ...] = (200,)) -> None:
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            try:
                with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=2):
                    return
            except urllib.error.HTTPError as reply:
                assert reply.code in among, self.said()
                return
            except OSError:
                assert self.started[-1].poll() is None, self.said()
                time.sleep(0.1)
        raise TimeoutError(self.said())
