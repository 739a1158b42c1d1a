"""People come in, go out and change their password, over plain HTTP."""

from __future__ import annotations

import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
from server.shared import OTHER, PASSWORD, Place, new_place, place
from server.wire import Visitor

from coorace_eval.accounts import LinkPurpose, Role
from coorace_eval.storage import open_store

__all__ = ["new_place", "place"]

COOKIE = "coorace-session"


def is_in(visitor: Visitor) -> bool:
    return visitor.get("compte", allow_redirects=False).status_code == 200


def holding(place: Place, token: str) -> Visitor:
    """A browser in which someone put a token."""
    visitor = place.visitor()
    visitor.http.cookies.set(COOKIE, token, domain="127.0.0.1", path="/")
    return visitor


@pytest.mark.parametrize("path", ["", "compte", "compte/donnees", "compte/mot-de-passe", "deconnexion"])
def test_whoever_is_not_in_is_led_to_the_door(place, path):
    answer = place.visitor().get(path, allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/connexion?next=%2F")


def test_the_cookie_is_out_of_reach_and_the_store_holds_its_digest_only(place):
    place.person("cookie@marais.fr")
    visitor = place.visitor()
    answer = visitor.sign_in("cookie@marais.fr", PASSWORD)
    said = answer.headers["Set-Cookie"]
    assert f"{COOKIE}=" in said and "HttpOnly" in said and "SameSite=Lax" in said and "Path=/" in said
    assert "Secure" not in said and "Expires" not in said
    token = visitor.http.cookies[COOKIE]
    assert len(token) >= 40
    for file in Path(place.store.removeprefix("sqlite:///")).parent.glob("coorace.db*"):
        assert token.encode() not in file.read_bytes()


def test_each_sign_in_has_a_new_token_whatever_the_browser_held(place):
    place.person("fixe@marais.fr")
    visitor = holding(place, "pose-par-un-autre")
    visitor.sign_in("fixe@marais.fr", PASSWORD)
    first = visitor.http.cookies[COOKIE]
    assert is_in(holding(place, first))
    visitor.sign_in("fixe@marais.fr", PASSWORD)
    second = visitor.http.cookies[COOKIE]
    assert len({"pose-par-un-autre", first, second}) == 3
    assert is_in(holding(place, second))
    assert not is_in(holding(place, first)) and not is_in(holding(place, "pose-par-un-autre"))


def test_an_unknown_login_and_a_wrong_password_get_the_same_answer(place):
    place.person("connue@marais.fr")
    told = []
    for login in ("connue@marais.fr", "inconnue@marais.fr"):
        answer = place.visitor()
        answer.get("connexion")
        reply = answer.post("connexion", {"login": login, "password": "autre chose"})
        token = answer.http.cookies["_xsrf"]
        assert reply.status_code == 422 and "ACC-003" in reply.text
        told.append(reply.text.replace(login, "").replace(token, ""))
        assert "autre chose" not in reply.text
    strip = [text[: text.index("_xsrf")] + text[text.index("_xsrf") + 200 :] for text in told]
    assert strip[0] == strip[1]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\r\nSet-Cookie: a=b",
    ],
)
def test_one_is_led_nowhere_else_after_signing_in(place, target):
    visitor = place.visitor()
    visitor.get("connexion")
    fields = {"login": "premiere@marais.fr", "password": PASSWORD, "next": target}
    answer = visitor.post("connexion", fields)
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    assert "a" not in visitor.http.cookies


def known(place: Place, login: str) -> bool:
    with open_store(place.store) as store:
        return store.find_account(login) is not None


def test_one_comes_back_to_the_page_one_asked_for(place):
    place.person("retour@marais.fr")
    visitor = place.visitor()
    visitor.get("connexion")
    fields = {"login": " Retour@Marais.FR ", "password": PASSWORD, "next": "/compte"}
    assert visitor.post("connexion", fields).headers["Location"] == "/compte"


def test_a_form_sent_from_elsewhere_is_refused(place):
    visitor = place.visitor()
    visitor.get("connexion")
    fields = {"login": "premiere@marais.fr", "password": PASSWORD}
    assert visitor.http.post(place.served.url + "connexion", data=fields).status_code == 403
    elsewhere = {"Origin": "https://evil.example"}
    assert visitor.post("connexion", fields, headers=elsewhere).status_code in {403, 404}
    assert COOKIE not in visitor.http.cookies
    inside = place.visitor("premiere@marais.fr")
    for path in ("deconnexion", "compte/mot-de-passe", "compte/effacement"):
        assert inside.http.post(place.served.url + path, data={}).status_code == 403
    assert is_in(inside)


def test_going_out_ends_the_session_for_good(place):
    place.person("sortie@marais.fr")
    visitor = place.visitor("sortie@marais.fr")
    token = visitor.http.cookies[COOKIE]
    assert is_in(holding(place, token))
    assert visitor.get("deconnexion").status_code == 200 and is_in(visitor)
    answer = visitor.post("deconnexion")
    assert answer.status_code == 303 and COOKIE not in visitor.http.cookies
    assert not is_in(holding(place, token))


def test_an_account_put_aside_is_out_at_once(place):
    account = place.person("ecartee@marais.fr")
    visitor = place.visitor("ecartee@marais.fr")
    with open_store(place.store) as store:
        store.save_account(replace(account, active=False))
    assert not is_in(visitor)
    answer = place.visitor().sign_in("ecartee@marais.fr", PASSWORD)
    assert answer.status_code == 422 and "ACC-003" in answer.text


def test_a_role_and_its_enterprises_are_read_at_each_request(place):
    account = place.person("role@marais.fr")
    visitor = place.visitor("role@marais.fr")
    assert "Chercheur-e" not in visitor.get("compte").text
    with open_store(place.store) as store:
        store.save_account(replace(account, role=Role.CHERCHEUR))
    assert "Chercheur-e" in visitor.get("compte").text


def test_another_password_ends_the_other_sessions_and_renews_this_one(place):
    place.person("change@marais.fr")
    here, there = place.visitor("change@marais.fr"), place.visitor("change@marais.fr")
    before = here.http.cookies[COOKIE]
    fields = {"current": "pas le bon", "password": OTHER, "again": OTHER}
    answer = here.post("compte/mot-de-passe", fields)
    assert answer.status_code == 422 and "ACC-003" in answer.text and is_in(there)
    answer = here.post("compte/mot-de-passe", fields | {"current": PASSWORD, "again": "autre"})
    assert answer.status_code == 422 and "ne sont pas les mêmes" in answer.text
    answer = here.post(
        "compte/mot-de-passe", fields | {"current": PASSWORD, "password": "court", "again": "court"}
    )
    assert answer.status_code == 422 and "ACC-005" in answer.text and is_in(there)

    answer = here.post("compte/mot-de-passe", fields | {"current": PASSWORD})
    assert answer.status_code == 303
    assert is_in(here) and not is_in(there) and here.http.cookies[COOKIE] != before
    assert place.visitor().sign_in("change@marais.fr", PASSWORD).status_code == 422
    assert place.visitor().sign_in("change@marais.fr", OTHER).status_code == 303


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_chooses_a_password_once(place, purpose):
    login = f"lien-{purpose.value}@marais.fr"
    account = place.person(login)
    before = place.visitor(login)
    token = place.link(account, purpose)
    visitor = place.visitor()
    page = visitor.get(f"lien/{token}")
    assert page.status_code == 200 and login in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
    assert visitor.post(f"lien/{token}", {"password": "court", "again": "court"}).status_code == 422
    assert is_in(before), "a link that was only looked at ends nothing"

    answer = visitor.post(f"lien/{token}", {"password": OTHER, "again": OTHER})
    assert answer.status_code == 303 and is_in(visitor) and not is_in(before)
    again = place.visitor()
    again.get("connexion")
    assert again.get(f"lien/{token}").status_code == 404
    assert again.post(f"lien/{token}", {"password": PASSWORD, "again": PASSWORD}).status_code == 404
    assert place.visitor().sign_in(login, OTHER).status_code == 303


def test_a_link_that_is_over_or_invented_says_the_same(place):
    account = place.person("ancien@marais.fr")
    late = place.link(account, hours=-1)
    tokens = (late, "z" * 43)
    answers = [place.visitor().get(f"lien/{token}") for token in tokens]
    assert [answer.status_code for answer in answers] == [404, 404]
    said = {answer.text.replace(token, "") for answer, token in zip(answers, tokens, strict=True)}
    assert len(said) == 1 and "ACC-006" in said.pop()


def test_one_takes_away_what_is_kept_on_oneself_and_nothing_of_others(place):
    place.person("donnees@marais.fr")
    answer = place.visitor("donnees@marais.fr").get("compte/donnees")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.json()["compte"]["identifiant"] == "donnees@marais.fr"
    assert "premiere@marais.fr" not in answer.text and "argon2" not in answer.text


def test_one_erases_ones_account_with_ones_password(place):
    place.person("efface@marais.fr")
    visitor, other = place.visitor("efface@marais.fr"), place.visitor("efface@marais.fr")
    assert visitor.post("compte/effacement", {"erase": "pas le bon"}).status_code == 422
    assert known(place, "efface@marais.fr") and is_in(visitor)
    assert visitor.post("compte/effacement", {"erase": PASSWORD}).status_code == 303
    assert not known(place, "efface@marais.fr") and not is_in(visitor) and not is_in(other)


def test_the_same_person_may_not_try_for_ever(new_place):
    place = new_place()
    place.person("voisine@marais.fr")
    visitor = place.visitor()
    visitor.get("connexion")
    fields = {"login": "premiere@marais.fr", "password": "essai"}
    statuses = [visitor.post("connexion", fields).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    answer = visitor.post("connexion", fields | {"password": PASSWORD})
    assert answer.status_code == 429 and "ACC-004" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 15
    assert f"Attendez {answer.headers['Retry-After']}\u00a0seconde" in answer.text
    assert place.visitor().sign_in("voisine@marais.fr", PASSWORD).status_code == 303
    time.sleep(int(answer.headers["Retry-After"]) + 0.2)
    assert place.visitor().sign_in("premiere@marais.fr", PASSWORD).status_code == 303


def test_the_key_of_the_server_is_closed_to_others(place):
    folder = place.served.choices["secrets"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    file = folder / "cookies.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and len(file.read_bytes()) == 32


def test_nothing_written_down_says_who(place):
    place.person("discrete@marais.fr")
    visitor = place.visitor("discrete@marais.fr")
    token = place.link(place.person("liee@marais.fr"))
    visitor.get(f"lien/{token}?nom=discrete")
    visitor.get("compte?secret=discrete@marais.fr")
    place.visitor().sign_in("inconnue-discrete@marais.fr", "mot-discret")
    visitor.get("discrete/nulle-part")
    text = place.events.read_text("utf-8")
    hidden = ("marais", "discret", token, visitor.http.cookies[COOKIE], "127.0.0.1", "?", "Marais", "c-")
    for word in hidden:
        assert word not in text.replace("/?", ""), word
    events = place.written()
    assert {"request", "signed_in", "sign_in_refused"} <= {event["event"] for event in events}
    routes = {event["route"] for event in events if event["event"] == "request"}
    assert {"/lien/{jeton}", "/compte", "/connexion"} <= routes
    asked = [event for event in events if event.get("route") == "/compte" and event["status"] == 200]
    assert asked and all(len(event["session"]) == 8 and event["ms"] >= 0 for event in asked)


def test_behind_tls_cookies_travel_by_tls_only_and_browsers_are_told(new_place):
    place = new_place(behind_proxy=True)
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    visitor = place.visitor()
    page = visitor.get("connexion", headers=forwarded)
    assert "max-age=63072000" in page.headers["Strict-Transport-Security"]
    token = page.headers["Set-Cookie"].split("_xsrf=")[1].split(";")[0]
    assert "Secure" in page.headers["Set-Cookie"]
    fields = {"login": "premiere@marais.fr", "password": PASSWORD, "_xsrf": token}
    headers = forwarded | {"Cookie": f"_xsrf={token}"}
    answer = visitor.http.post(
        place.served.url + "connexion", data=fields, headers=headers, allow_redirects=False
    )
    assert answer.status_code == 303
    assert "Secure" in answer.headers["Set-Cookie"] and "HttpOnly" in answer.headers["Set-Cookie"]
