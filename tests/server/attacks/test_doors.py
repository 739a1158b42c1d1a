"""Attacks on the way in: sessions, passwords, forged forms."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest
import requests
from server.attacks.town import PASSWORD, Town
from server.wire import Visitor

SESSION = "coorace-session"


def cookie(visitor: Visitor, name: str = SESSION) -> str:
    """The value of a cookie."""
    return next((one.value or "" for one in visitor.http.cookies if one.name == name), "")


def is_in(visitor: Visitor) -> bool:
    """Whether the visitor sees their account."""
    return visitor.get("compte", allow_redirects=False).status_code == 200


def test_a_session_fixed_beforehand_is_worth_nothing(town):
    attacker = Visitor(town.url)
    attacker.get("connexion")
    for planted in ("f" * 43, cookie(attacker) or "g" * 43):
        victim = Visitor(town.url)
        victim.http.cookies.set(SESSION, planted, domain="127.0.0.1", path="/")
        assert victim.sign_in("marie", PASSWORD).status_code == 303
        values = {one.value for one in victim.http.cookies if one.name == SESSION}
        assert values - {planted}, "a new token is given"
        thief = Visitor(town.url)
        thief.http.cookies.set(SESSION, planted, domain="127.0.0.1", path="/")
        assert not is_in(thief)


def test_a_session_is_dead_after_leaving(town):
    visitor = town.visitor("paul")
    token = cookie(visitor)
    assert is_in(visitor)
    visitor.post("deconnexion")
    thief = Visitor(town.url)
    thief.http.cookies.set(SESSION, token, domain="127.0.0.1", path="/")
    assert not is_in(thief)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(town):
    visitor = Visitor(town.url)
    visitor.get("connexion")
    given = visitor.sign_in("paul", PASSWORD).headers["Set-Cookie"]
    assert SESSION in given and "HttpOnly" in given and "SameSite=" in given and "SameSite=None" not in given


def test_forged_tokens_open_nothing(town):
    good = cookie(town.visitor("fatou"))
    forged = [good[:-1], good + "a", good.swapcase(), "' OR 1=1 --", "../" * 9, "x" * 9000, "%00", "null", ""]
    for token in forged:
        visitor = Visitor(town.url)
        answer = visitor.http.get(
            town.url + "compte", headers={"Cookie": f"{SESSION}={token}"}, timeout=20, allow_redirects=False
        )
        assert answer.status_code in {302, 400, 403, 431}, token[:20]


def test_a_digest_read_in_the_store_is_no_token(town):
    from sqlalchemy import text

    town.visitor("fatou")
    with town.engine.connect() as connection:
        digests = connection.execute(text("SELECT digest FROM session")).scalars().all()
    assert digests
    for digest in digests:
        visitor = Visitor(town.url)
        visitor.http.cookies.set(SESSION, digest, domain="127.0.0.1", path="/")
        assert not is_in(visitor)


@pytest.mark.parametrize("path", ["deconnexion", "compte/mot-de-passe", "compte/effacement", "connexion"])
def test_a_form_of_another_site_is_refused(town, path):
    visitor = town.visitor("paul")
    fields = {
        "current": PASSWORD,
        "password": "une autre phrase 12",
        "again": "une autre phrase 12",
        "erase": PASSWORD,
        "login": "paul",
    }
    for token in ("", "x" * 40, "2|aaaa|bbbb|1"):
        answer = requests.post(
            town.url + path,
            data={**fields, "_xsrf": token},
            cookies={SESSION: cookie(visitor)},
            headers={"Origin": "https://evil.example"},
            timeout=20,
            allow_redirects=False,
        )
        assert answer.status_code in {403, 404}
    assert is_in(visitor)


def test_a_next_address_never_leaves_the_site(town):
    for target in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%0d%0aX: y",
        "javascript:alert(1)",
        "/\t/evil.example",
        "http:evil.example",
    ):
        visitor = Visitor(town.url)
        visitor.get("connexion")
        answer = visitor.post("connexion", {"login": "ines", "password": PASSWORD, "next": target})
        place = answer.headers.get("Location", "/")
        assert place.startswith("/") and not place.startswith(("//", "/\\")) and "\n" not in place, target


def test_unknown_and_known_logins_are_refused_alike(town):
    texts, times = {}, {}
    for login in ("marie", "personne"):
        visitor = Visitor(town.url)
        visitor.get("connexion")
        began = time.perf_counter()
        answer = visitor.post("connexion", {"login": login, "password": "pas la bonne phrase"})
        times[login] = time.perf_counter() - began
        assert answer.status_code == 422
        texts[login] = answer.text.replace(login, "…")
    strip = {name: _without_token(text) for name, text in texts.items()}
    assert strip["marie"] == strip["personne"]


def _without_token(text: str) -> str:
    import re

    return re.sub(r'name="_xsrf"[^>]*>', "", text)


def test_many_sign_ins_at_once_do_not_fill_the_memory(tmp_path):
    town = Town(tmp_path).start()

    def knock(number: int) -> None:
        visitor = Visitor(town.url)
        with contextlib.suppress(requests.RequestException):
            visitor.get("connexion")
            visitor.post("connexion", {"login": f"inconnu{number}", "password": PASSWORD})

    try:
        threads = [threading.Thread(target=knock, args=(number,)) for number in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert town.memory() < 600
        assert town.visitor().get("sante").json()["etat"] == "pret"
    finally:
        town.stop()


def test_brute_force_is_stopped_and_the_person_still_comes_in_elsewhere(tmp_path):
    town = Town(tmp_path).start()
    try:
        visitor = Visitor(town.url)
        visitor.get("connexion")
        found = []
        for trial in range(40):
            answer = visitor.post("connexion", {"login": "marie", "password": f"essai numero {trial}"})
            found.append(answer.status_code)
            if answer.status_code == 429:
                assert int(answer.headers["Retry-After"]) > 0 and "Attendez" in answer.text
        assert found.count(422) <= 10 and found[-1] == 429
        right = visitor.post("connexion", {"login": "marie", "password": PASSWORD})
        assert right.status_code == 429, "not even the right one, for a while"
        forged = visitor.post(
            "connexion", {"login": "marie", "password": PASSWORD}, headers={"X-Forwarded-For": "203.0.113.7"}
        )
        assert forged.status_code == 429, "an address that the visitor claims counts for nothing"
    finally:
        town.stop()


def test_links_are_not_guessed(town):
    visitor = Visitor(town.url)
    for token in ("a" * 43, "0" * 64, "' OR '1'='1", "../../compte", "%2e%2e%2fcompte"):
        answer = visitor.get(f"lien/{token}", allow_redirects=False)
        assert answer.status_code == 404 or "/connexion" in answer.headers["Location"], token
