"""Attacks on addresses: traversal, listings, what the application never serves."""

from __future__ import annotations

import socket

import pytest
from server.attacks.town import Town

CLIMBS = {
    "plain": "../",
    "encoded dots": "%2e%2e/",
    "encoded slash": "..%2f",
    "both": "%2e%2e%2f",
    "twice": "%252e%252e%252f",
    "backslash": "..\\",
    "encoded backslash": "..%5c",
    "overlong": "%c0%ae%c0%ae/",
    "overlong slash": "..%c0%af",
    "full width": "%ef%bc%8e%ef%bc%8e%ef%bc%8f",
    "dots doubled": "....//",
    "semicolon": "..;/",
    "nul": "%00../",
    "utf-16": "%u002e%u002e%u2215",
}
ROOTS = (
    "coorace/static/",
    "voila/static/",
    "voila/files/",
    "voila/templates/coorace/static/",
    "voila/labextensions/",
    "voila/api/themes/",
    "static/",
    "",
)
WANTED = (
    "essai.db",
    "auto_evaluation.ipynb",
    "auto_evaluation.log",
    "secrets/cookies.key",
    "conf.json",
    "etc/passwd",
    "proc/self/environ",
)
SECRETS = (
    b"SQLite format",
    b"auto_evaluation()",
    b"root:x:0",
    b"nbformat",
    b"traitlet_configuration",
    b"PATH=",
)


def raw(town: Town, path: str, cookies: str) -> bytes:
    """Everything that the server answers to a path, which no library has tidied up."""
    lines = [f"GET /{path} HTTP/1.1", f"Host: 127.0.0.1:{town.served.port}", f"Cookie: {cookies}"]
    head = "\r\n".join([*lines, "Connection: close", "", ""])
    with socket.create_connection(("127.0.0.1", town.served.port), timeout=20) as link:
        link.sendall(head.encode("utf-8", "surrogatepass"))
        received = b""
        while part := link.recv(65536):
            received += part
    return received


@pytest.mark.parametrize("climb", CLIMBS.values(), ids=CLIMBS.keys())
def test_no_encoding_climbs_out_of_a_folder(town, climb):
    cookies = "; ".join(f"{one.name}={one.value}" for one in town.known("fatou").http.cookies)
    for root in ROOTS:
        for depth in (1, 8):
            for wanted in WANTED:
                answer = raw(town, f"{root}{climb * depth}{wanted}", cookies)
                status = int(answer.split(b" ", 2)[1])
                assert 300 <= status < 500, (root, climb, wanted, answer[:200])
                assert not any(secret in answer for secret in SECRETS), (root, climb, wanted)


@pytest.mark.parametrize(
    "path",
    [
        "essai.db",
        "files/essai.db",
        "voila/files/essai.db",
        "api/contents",
        "api/contents/essai.db",
        "voila/api/contents",
        "voila/tree",
        "tree",
        "lab",
        "edit/essai.db",
        "view/essai.db",
        "nbconvert/html/x",
        "api/terminals",
        "terminals/1",
        "api/config/x",
        "api/nbconvert",
        "api/spec.yaml",
        "api",
        "api/me",
        "logout",
        "login",
        "coorace/static",
        "coorace/static/",
        "voila/static/",
        ".git/config",
        "robots.txt",
        "//etc/passwd",
        "coorace/static//etc/passwd",
        "coorace/static/C:/windows/win.ini",
    ],
)
def test_nothing_is_listed_or_given(town, path):
    for login in ("fatou", "paul", ""):
        answer = town.known(login).get(path, allow_redirects=False)
        assert answer.status_code in {302, 400, 403, 404, 405}, path
        assert not any(secret in answer.content for secret in SECRETS)
        assert "Traceback" not in answer.text and "site-packages" not in answer.text


def test_other_methods_change_nothing(town):
    visitor = town.known("fatou")
    visitor.get("connexion", allow_redirects=False)
    token = {"X-XSRFToken": visitor.http.cookies.get("_xsrf", "")}
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "POST"):
        for path in ("", "api/contents/x.ipynb", "coorace/static/page.js", "api/kernels", "sante"):
            answer = visitor.http.request(method, town.url + path, headers=token, timeout=20)
            assert answer.status_code in {403, 404, 405, 501}, (method, path, answer.status_code)
