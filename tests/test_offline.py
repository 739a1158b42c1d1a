"""Nothing over the network at run time, and nothing from a CDN."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Refuses any connection that leaves the machine, then opens every room of the house.
WITHOUT_NETWORK = """
import importlib, ipaddress, pkgutil, socket

def local(address):
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = address[0]
    return host == "localhost" or ipaddress.ip_address(host).is_loopback

def guarded(real):
    def connect(self, address):
        if not local(address):
            raise OSError(f"connexion vers {address!r}")
        return real(self, address)
    return connect

def resolve(host, *args, **kwargs):
    if host not in (None, "", "localhost", "127.0.0.1", "::1"):
        raise OSError(f"nom cherché : {host!r}")
    return real_resolve(host, *args, **kwargs)

real_resolve = socket.getaddrinfo
socket.getaddrinfo = resolve
socket.socket.connect = guarded(socket.socket.connect)
socket.socket.connect_ex = guarded(socket.socket.connect_ex)
"""

OPEN_EVERY_ROOM = """
import coorace_eval
for module in pkgutil.walk_packages(coorace_eval.__path__, "coorace_eval."):
    if ".migrations" not in module.name and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
for name in getattr(coorace_eval, "__all__", []):
    getattr(coorace_eval, name)

from coorace_eval.referential import read_referential
assert read_referential("referentials/utilite_sociale/base.yaml").indicators
print("ouvert")
"""


def run(code: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a small program without the network."""
    program = [sys.executable, "-c", WITHOUT_NETWORK + code]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_house_opens_without_the_network() -> None:
    done = run(OPEN_EVERY_ROOM)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["ouvert"]


def test_the_example_of_the_readme_runs_without_the_network(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    for name in ("referentials", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name)
    load = 'from coorace_eval.cli import app\napp(["import-example"], standalone_mode=False)\n'

    done = run(load + example, tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "restitution_2025.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_the_guard_does_refuse(address: tuple[str, int]) -> None:
    done = run(f"socket.create_connection({address!r}, timeout=5)")
    assert done.returncode != 0
    assert "OSError" in done.stderr


def test_the_guard_leaves_the_machine_itself_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = run(f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=5)")
    assert done.returncode == 0, done.stderr


FETCHED = re.compile(
    r"""(?: \bsrc\s*=\s* | <link[^>]+href\s*=\s* | \burl\( | @import\s+
          | \bfrom\s+ | \bimport\s*\(?\s* | \bfetch\( )
        ["']? (?:https?:)? // (?!127\.0\.0\.1|localhost)""",
    re.VERBOSE,
)


@pytest.mark.parametrize(
    ("text", "fetched"),
    [
        ('import x from "https://esm.sh/x"', True),
        ('<script src="//cdn.example/x.js">', True),
        ("@import 'http://fonts.example/a.css'", True),
        ('<link rel="stylesheet" href="https://cdn.example/x.css">', True),
        ("background: url(https://cdn.example/x.png)", True),
        ('<a href="https://www.coorace.org">', False),
        ('<svg xmlns="http://www.w3.org/2000/svg">', False),
        ('import x from "./x.js"', False),
    ],
)
def test_what_counts_as_fetched(text: str, fetched: bool) -> None:
    assert bool(FETCHED.search(text)) is fetched


def test_no_page_asks_for_a_file_from_elsewhere() -> None:
    kinds = {".js", ".mjs", ".css", ".html", ".tpl", ".j2", ".typ", ".svg"}
    for path in sorted((ROOT / "coorace_eval").rglob("*")):
        if path.suffix in kinds:
            found = FETCHED.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path.relative_to(ROOT)} : {found.group(0) if found else ''}"
