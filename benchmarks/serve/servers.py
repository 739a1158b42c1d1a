"""The four servers as they are run, and what their processes hold of the memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCREEN, APPLICATION = HERE / "screen.ipynb", ROOT / "notebooks" / "auto_evaluation.ipynb"
BIN = Path(sys.executable).parent
PEERS = ROOT / ".venv-peers" / "bin"
START_WITHIN, STOP_WITHIN = 180.0, 20.0
MEGABYTE = 1_000_000


@dataclass
class Server:
    """One server in processes of its own, on a free port of this machine.

    Parameters
    ----------
    name
        How it is called in the table.
    command
        Its command line, where ``{port}`` stands for the port.
    log
        Where it writes what it has to say.
    path
        Address of the screen.
    env
        What is added to its environment.
    is_signed_in
        Whether people sign in before they see the screen.
    """

    name: str
    command: Sequence[str]
    log: Path
    path: str = "/"
    env: dict[str, str] = field(default_factory=dict)
    is_signed_in: bool = False

    def __enter__(self) -> Server:
        """Start it, and wait until it listens."""
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = self.origin + self.path
        said = self.log.open("wb")
        command = [part.format(port=self.port) for part in self.command]
        folder = self.log.parent
        self.process = subprocess.Popen(
            command, env=os.environ | self.env, stdout=said, stderr=said, cwd=folder, start_new_session=True
        )
        limit = time.monotonic() + START_WITHIN
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.1)
        self.__exit__(None, None, None)
        raise RuntimeError(f"{self.name} n'a pas démarré :\n{self.log.read_text('utf-8')[-2000:]}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, and whatever it has started."""
        tree = self.tree()
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for process in tree:
            if process.is_running():
                process.kill()

    def tree(self) -> list[psutil.Process]:
        """The process and all that descend from it."""
        try:
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def memory(self) -> float:
        """Megabytes held by the whole tree, shared pages counted in proportion (PSS)."""
        return sum(proportional(process.pid) for process in self.tree()) / MEGABYTE

    def busy(self) -> float:
        """Seconds of processor that the living processes of the tree have used."""
        return sum(used(process) for process in self.tree())


def used(process: psutil.Process) -> float:
    """Seconds of processor of one process; none once it has ended.

    >>> used(psutil.Process()) > 0
    True
    """
    try:
        times = process.cpu_times()
        return float(times.user + times.system)
    except psutil.NoSuchProcess:
        return 0.0


def proportional(pid: int) -> int:
    """Bytes that a process holds, its part only of what it shares.

    >>> proportional(os.getpid()) > 0
    True
    """
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:  # it has ended meanwhile
        pass
    return 0


def free_port() -> int:
    """A port that nobody listens to at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ours(notebook: Path, store: str, folder: Path) -> Server:
    """Our server, as a federation runs it: everyone signs in."""
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    serve = [str(BIN / "coorace-eval"), "serve", "--accounts", "--port", "{port}"]
    chosen = ["--store", store, "--notebook", str(notebook), "--secrets", str(secrets)]
    log = folder / f"nous_{notebook.stem}.log"
    referential = str(ROOT / "referentials" / "utilite_sociale" / "base.yaml")
    return Server(
        "nous", [*serve, *chosen, "--referential", referential, "--most-pages", "200"], log, is_signed_in=True
    )


def stock(notebook: Path, store: str, folder: Path) -> Server:
    """Voilà alone, with its own choices; one environment holds both."""
    command = [str(BIN / "voila"), str(notebook), "--no-browser", "--port={port}", "--Voila.ip=127.0.0.1"]
    paths = {"PATH": os.pathsep.join([str(BIN), os.environ["PATH"]])}
    log = folder / f"stock_{notebook.stem}.log"
    return Server("Voilà seul", command, log, env=paths | {"COORACE_STORE": store})


def streamlit(folder: Path) -> Server:
    """The same screen in Streamlit."""
    said = ["--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    command = [str(PEERS / "streamlit"), "run", str(HERE / "streamlit_app.py"), *said]
    return Server("Streamlit", [*command, "--browser.gatherUsageStats=false"], folder / "streamlit.log")


def panel(folder: Path) -> Server:
    """The same screen in Panel."""
    command = [str(PEERS / "panel"), "serve", str(HERE / "panel_app.py"), "--port={port}"]
    log = folder / "panel.log"
    return Server("Panel", [*command, "--address=127.0.0.1"], log, path="/panel_app")
