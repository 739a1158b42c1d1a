"""The local application over plain HTTP: what it answers, and what it refuses."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from apps.browser import Served, free_port, write_notebook

from coorace_eval.server.application import ServerError, serve
from coorace_eval.server.handlers import HEADERS
from coorace_eval.server.kernels import OwnPython


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """A notebook with a neighbour that nobody may fetch."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "secret.txt").write_text("secret", "utf-8")
    (folder / "photo.png").write_bytes(b"png")
    server = Served(write_notebook(folder / "app.ipynb", "print('secret')"), store="sqlite:///essai.db")
    yield server.start()
    server.stop()


def ask(served: Served, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    """One request; the answer's status, headers and text."""
    link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    try:
        link.request(method, path, headers=headers)
        reply = link.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read().decode("utf-8", "replace")
    finally:
        link.close()


def test_the_server_says_that_it_is_there(served):
    status, headers, text = ask(served, "/sante")
    assert status == 200 and json.loads(text) == {"etat": "pret", "session": False, "raison": ""}
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/sante", "/nulle-part", "/coorace/static/page.css", "/voila/static/voila.js", "/"]
)
def test_every_answer_carries_our_headers(served, path):
    _, headers, _ = ask(served, path)
    assert {name: headers.get(name) for name in HEADERS} == dict(HEADERS)


def test_the_policy_neither_evaluates_nor_leaves():
    policy = HEADERS["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self'" and "blob:" not in policy and "unsafe-eval" not in policy
    assert "style-src 'self';" in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8866", "192.168.1.2", "127.0.0.1.evil.example"]
)
@pytest.mark.parametrize("path", ["/", "/sante", "/coorace/static/page.css"])
def test_another_host_name_gets_nothing(served, host, path):
    status, _, text = ask(served, path, Host=host)
    assert status == 404 and "pret" not in text and "voila" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/voila/files/secret.txt",
        "/voila/files/photo.png",
        "/voila/files/app.ipynb",
        "/secret.txt",
        "/app.ipynb",
        "/voila/tree",
        "/voila/api/contents/",
        "/api/contents",
        "/api/kernels",
        "/api/kernels/00000000-0000-0000-0000-000000000000",
        "/voila/static/voila.js",
        "/voila/labextensions/anywidget/package.json",
        "/voila/api/themes/",
        "/api/sessions",
        "/api/terminals",
        "/login",
        "/voila/render/app.ipynb",
        "/voila/templates/coorace/static/page.css",
        "/coorace/static/../conf.json",
        "/coorace/static/%2e%2e/conf.json",
        "/coorace/static/",
    ],
)
def test_nothing_else_is_served(served, path):
    status, _, text = ask(served, path)
    assert status in {403, 404}
    assert "secret" not in text and "Traceback" not in text


def test_an_unknown_page_is_in_french(served):
    _, _, text = ask(served, "/nulle-part")
    assert 'lang="fr"' in text and "Cette page n'existe pas" in unescape(text)


def test_a_write_without_its_token_is_refused(served):
    session = "00000000-0000-0000-0000-000000000000"
    assert ask(served, f"/api/kernels/{session}", "DELETE")[0] in {403, 404}
    assert ask(served, f"/voila/api/shutdown/{session}", "POST")[0] == 403
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    assert ask(served, f"/voila/api/shutdown/{session}", "POST", **elsewhere)[0] in {403, 404}


def test_the_page_hides_what_the_notebook_prints_and_cannot_be_given_another_template(served):
    status, headers, text = ask(served, "/?template=lab&theme=dark")
    assert status == 200 and 'lang="fr"' in text and "Aller au contenu" in text
    assert "secret" not in text and "http://" not in text and "https://" not in text
    assert "SameSite=Strict" in headers["Set-Cookie"]


def test_text_is_compressed(served):
    _, headers, _ = ask(served, "/coorace/static/screen.js", **{"Accept-Encoding": "gzip"})
    assert headers.get("Content-Encoding") == "gzip"


def test_it_listens_on_the_loopback_only(served):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", served.port), timeout=2)


def test_a_taken_port_is_said_in_french(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", os.environ.get("JUPYTER_PATH", ""))
    notebook = write_notebook(tmp_path / "app.ipynb", "1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Served(notebook, port=taken.getsockname()[1])
        server.url = "http://127.0.0.1:9/"
        with pytest.raises(AssertionError, match=r"SRV-001.*occupe déjà le port"):
            server.start()


def test_a_notebook_that_is_not_there_is_said_in_french(tmp_path):
    with pytest.raises(ServerError, match="introuvable"):
        serve(tmp_path / "absent.ipynb", port=free_port())


def test_the_kernel_is_the_python_of_the_server():
    specs = OwnPython().get_all_specs()
    assert list(specs) == ["python3"]
    assert specs["python3"]["spec"]["argv"][:4] == [sys.executable, "-P", "-m", "coorace_eval.server.kernel"]


def test_the_fonts_are_shipped_with_their_licence(root: Path):
    fonts = root / "coorace_eval/apps/templates/voila/templates/coorace/static/fonts"
    assert len(list(fonts.glob("*.woff2"))) == 2
    assert "SIL Open Font License" in (fonts / "inter.LICENSE").read_text("utf-8")
