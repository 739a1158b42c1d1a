"""A headless browser, an accessibility check and a server of one notebook, as fixtures to import.

Chromium is the system's own; without it these tests are skipped, and say so.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import nbformat
from playwright.sync_api import Page

from coorace_eval.accounts import Account, Role, hash_password, new_key
from coorace_eval.storage import open_store

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}
PATIENCE = 60_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium_path() -> str | None:
    """Where the system keeps Chromium."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def free_port() -> int:
    """A port that nobody listens to at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """One notebook served by a process of its own.

    Parameters
    ----------
    notebook
        The notebook to serve.
    port
        Where it listens; any free port when left out.
    store
        Address of the database the kernels are told.
    choices
        Fields of ``coorace_eval.server.options.Options``, such as ``accounts=True``.
    """

    def __init__(self, notebook: Path, port: int | None = None, store: str = "", **choices: Any) -> None:
        self.notebook, self.port, self.store = notebook, port or free_port(), store
        self.choices = choices
        self.url = f"http://127.0.0.1:{self.port}/"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Served:
        """Start the server and wait until it answers."""
        command = (
            "from pathlib import Path, PosixPath;from coorace_eval.server.application import serve;"
            f"serve({str(self.notebook)!r}, port={self.port}, store={self.store!r}, **{self.choices!r})"
        )
        paths = [str(ROOT), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        self.log = self.notebook.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-c", command], env=env, stdout=self.log, stderr=self.log
        )
        return self.answering(120)

    def answering(self, seconds: float) -> Served:
        """Wait until the server answers, or tell what it said when it ended."""
        assert self.process
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            try:
                urllib.request.urlopen(f"{self.url}sante", timeout=1).close()
                return self
            except OSError:
                assert self.process.poll() is None, self.notebook.with_suffix(".log").read_text("utf-8")
                time.sleep(0.1)
        raise TimeoutError("the server did not start")

    def stop(self, hard: bool = False) -> None:
        """Ask the server to end, or end it at once."""
        if self.process and self.process.poll() is None:
            self.process.kill() if hard else self.process.terminate()
            try:
                self.process.wait(20)
            finally:
                self.process.kill()
                self.log.close()

    def freeze(self) -> None:
        """Keep the server from answering, without ending it."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the server answer again."""
        assert self.process
        self.process.send_signal(signal.SIGCONT)


def write_notebook(path: Path, source: str) -> Path:
    """A notebook of one cell."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    return path


def note_outside(page: Any, asked: str, home: str) -> None:
    """Remember a request that goes elsewhere than the server of ``home``."""
    if not asked.startswith((home, "data:", "blob:")):
        page.outside.append(asked)


def create_account(
    store: str, login: str, password: str, role: str = "entreprise", enterprises: Iterable[str] = ()
) -> Account:
    """Put an account in a store, ready to sign in."""
    account = Account(new_key(), login, login.partition("@")[0].title(), Role(role), frozenset(enterprises))
    with open_store(store) as opened:
        opened.save_account(account)
        opened.set_password(account.key, hash_password(password))
    return account


def signed_in(page: Page, served: Served, login: str, password: str) -> Page:
    """Sign in by the page made for it, as a person would; the application then opens."""
    page.goto(f"{served.url}connexion")
    page.get_by_label("Identifiant", exact=True).fill(login)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Se connecter").click()
    page.locator("h1#titre").wait_for()
    return page


def opened(page: Page, url: str) -> Page:
    """Open the application and wait for its heading."""
    page.goto(url, wait_until="commit")
    page.locator("h1#titre").wait_for()
    return page


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands; an empty list is what we want."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def finished(work: Coroutine[Any, Any, T]) -> T:
    """What asynchronous work gives, on a loop of its own: the browser's may be running in this thread."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, work).result()
