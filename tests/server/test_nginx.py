"""Behind the nginx that we configure: TLS, one name, one way to say who asks, and a link that lives."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from apps.browser import NARROW, create_account
from apps.road import loaded
from playwright.sync_api import Browser, expect
from server.proxy import Site, certificate

from coorace_eval.accounts import Role

__all__ = ["loaded"]

PASSWORD = "quatre chevaux au galop"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, loaded: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(loaded, folder / "coorace.db")
    store = f"sqlite:///{folder / 'coorace.db'}"
    create_account(store, "ana@marais.fr", PASSWORD, role=Role.ENTREPRISE, enterprises={"ateliers_du_marais"})
    ours = Site(folder, store)
    try:
        yield ours.start()
    finally:
        ours.stop()


def ask(
    site: Site, path: str, method: str = "GET", body: str = "", **headers: str
) -> tuple[int, http.client.HTTPMessage, str]:
    """One request over TLS."""
    trusted = ssl.create_default_context(cafile=str(site.folder / "fullchain.pem"))
    link = http.client.HTTPSConnection("localhost", site.https, timeout=30, context=trusted)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, path, body=body or None, headers=named)
        reply = link.getresponse()
        return reply.status, reply.headers, reply.read().decode("utf-8", "replace")
    finally:
        link.close()


def sign_in(site: Site, password: str, login: str = "ana@marais.fr", **headers: str) -> tuple[int, list[str]]:
    """Fill the form in; the status of the answer and its cookies."""
    _, form, _ = ask(site, "/connexion", **headers)
    token = re.search(r"_xsrf=([^;]+)", form["Set-Cookie"])
    assert token
    body = f"_xsrf={token[1]}&login={login}&password={password.replace(' ', '+')}"
    kind = "application/x-www-form-urlencoded"
    sent = {"Content_Type": kind, "Cookie": f"_xsrf={token[1]}", **headers}
    status, answer, _ = ask(site, "/connexion", "POST", body, **sent)
    return status, answer.get_all("Set-Cookie") or []


def test_the_site_answers_over_tls_and_says_little_of_itself(site):
    status, headers, text = ask(site, "/sante")
    assert status == 200 and '"pret"' in text
    assert headers["Server"] == "nginx"
    assert headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_in_clear_one_is_led_to_the_encrypted_site(site):
    link = http.client.HTTPConnection("localhost", site.http, timeout=10)
    link.request("GET", "/connexion?suite=%2F", headers={"Host": "localhost"})
    reply = link.getresponse()
    assert reply.status == 301
    assert reply.headers["Location"] == f"{site.url}connexion?suite=%2F"
    link.close()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost.evil.example"])
def test_another_name_gets_no_answer_at_all(site, host):
    with pytest.raises(http.client.RemoteDisconnected):
        ask(site, "/sante", Host=host)
    link = http.client.HTTPConnection("localhost", site.http, timeout=10)
    link.request("GET", "/", headers={"Host": host})
    with pytest.raises(http.client.RemoteDisconnected):
        link.getresponse()
    with (
        socket.create_connection(("localhost", site.https), timeout=10) as plain,
        pytest.raises(ssl.SSLError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def test_the_session_travels_over_tls_only(site):
    status, cookies = sign_in(site, PASSWORD)
    assert status == 303
    session = next(cookie for cookie in cookies if cookie.startswith("coorace-session="))
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(re.split(r";\s*", session))
    assert all("Secure" in cookie for cookie in cookies)


@pytest.mark.parametrize(
    "forged",
    [
        {"X_Forwarded_Proto": "http"},
        {"X_Scheme": "http"},
        {"X_Forwarded_Host": "evil.example"},
        {"Forwarded": "for=10.0.0.1;host=evil.example;proto=http"},
    ],
)
def test_what_a_visitor_says_of_the_proxy_is_not_believed(site, forged):
    status, headers, text = ask(site, "/", **forged)
    assert status in (302, 303)
    assert "evil" not in headers["Location"] + text and headers["Location"].startswith("/connexion")
    status, cookies = sign_in(site, PASSWORD, **forged)
    assert status == 303 and all("Secure" in cookie for cookie in cookies)


def test_a_forged_address_does_not_start_the_count_of_attempts_anew(site):
    create_account(
        site.store, "bob@marais.fr", PASSWORD, role=Role.ENTREPRISE, enterprises={"ateliers_du_marais"}
    )
    seen = []
    for number in range(8):
        other = f"10.1.{number}.{number}"
        forged = {"X_Forwarded_For": other, "X_Real_IP": other, "Forwarded": f"for={other}"}
        seen.append(sign_in(site, f"pas celui-ci {number}", "bob@marais.fr", **forged)[0])
    assert seen[:5] == [422] * 5 and seen[-1] == 429, seen  # nginx alone lets sixty through


def test_a_large_body_stops_at_the_door(site):
    status, headers, text = ask(site, "/connexion", "POST", "x" * (2 << 20))
    assert status == 413 and "trop gros" in text and "Strict-Transport-Security" in headers


def test_a_crowd_of_attempts_from_one_address_waits_at_the_door(site):
    """Whatever the application itself would answer."""
    answers = [ask(site, "/lien/x", "POST", "x") for _ in range(70)]
    assert "nginx" not in answers[-1][2] and "Trop de demandes" in answers[-1][2]
    assert answers[-1][0] == 429 and answers[-1][1]["Retry-After"] == "60"
    assert ask(site, "/sante")[0] == 200


def test_while_the_service_is_restarted_the_page_says_so_and_comes_back(tmp_path):
    alone = Site(tmp_path, "")
    certificate(tmp_path)
    try:
        alone.proxy()
        status, headers, text = ask(alone, "/")
    finally:
        alone.stop()
    assert status == 503 and headers["Retry-After"] == "5"
    assert "L’application redémarre" in text and 'http-equiv="refresh"' in text


def test_no_journal_holds_a_link_or_what_one_looks_for(site):
    ask(site, "/lien/abracadabra-vaut-un-mot-de-passe")
    ask(site, "/sante?session=une-question", Referer="https://localhost/lien/abracadabra")
    large = "x" * (2 << 20)
    assert ask(site, "/lien/abracadabra-vaut-un-mot-de-passe", "POST", large)[0] == 413
    assert ask(site, "/%6Cien/abracadabra-vaut-un-mot-de-passe", "POST", large)[0] == 413
    journal, limit = site.folder / "coorace-eval.log", time.monotonic() + 30
    while journal.read_text("utf-8").count('/lien/*" 413 ') < 2:  # written once the answer has left
        assert time.monotonic() < limit, site.said()
        time.sleep(0.05)
    assert not re.search("abracadabra|une-question", site.said())


@pytest.mark.browser
def test_a_page_lives_through_the_proxy(site, chromium: Browser):
    context = chromium.new_context(viewport=NARROW, ignore_https_errors=True, locale="fr-FR")
    try:
        page = context.new_page()
        sockets = []
        page.on("websocket", lambda link: sockets.append(link.url))
        page.goto(site.url)
        page.get_by_label("Identifiant", exact=True).fill("ana@marais.fr")
        page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.locator("h1#titre").wait_for(timeout=60_000)
        title = page.title()
        page.get_by_role("button", name=re.compile("Continuer|Ouvrir|Reprendre|Voir|Relire")).first.click()
        expect(page).not_to_have_title(title, timeout=30_000)
        assert sockets and all(link.startswith("wss://localhost") for link in sockets)
        if folder := os.environ.get("COORACE_IMAGES"):
            page.screenshot(path=f"{folder}/nginx.png", full_page=True)
    finally:
        context.close()
