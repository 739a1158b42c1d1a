"""Each page belongs to its owner: what others get of it by every address, and how a page ends."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest
import websocket
from server.shared import OTHER, PASSWORD, Place, new_place, place
from server.wire import Visitor, in_v1, message

from coorace_eval.accounts import Role
from coorace_eval.storage import open_store

__all__ = ["new_place", "place"]

NOBODY = "00000000-0000-0000-0000-000000000000"
ENVIRONMENT = """
import json, os
from demo_app import screen
from coorace_eval.server.kernels import TOLD
print(json.dumps(dict(os.environ)), file=open(os.environ["HOME"] + "/environment.json", "w"))
screen
"""


def open_page(visitor: Visitor) -> str:
    """Open the application; the identifier of the page's process."""
    text = visitor.get().text
    found = re.search(r'"kernelId": "([^"]+)"', text)
    assert found, text[:500]
    return found[1]


def state(visitor: Visitor, page: str) -> tuple[bool, str]:
    """What the server says of a page."""
    said = visitor.get(f"sante?session={page}").json()
    assert said["etat"] == "pret"
    return said["session"], said["raison"]


def refusal(visitor: Visitor, page: str, **options: Any) -> int:
    """The status with which a link is refused, or 101."""
    try:
        visitor.link(page, **options).close()
    except websocket.WebSocketBadStatusException as problem:
        return problem.status_code
    return 101


def replies(link: websocket.WebSocket, seconds: float = 3.0) -> set[str]:
    """The types of all that comes by a link for a while."""
    said, limit = set(), time.monotonic() + seconds
    with contextlib.suppress(websocket.WebSocketTimeoutException):
        while (left := limit - time.monotonic()) > 0:
            link.settimeout(left)
            said.add(json.loads(link.recv())["header"]["msg_type"])
    return said


def closing(link: websocket.WebSocket, seconds: float = 20.0) -> int:
    """The code with which the server closes a link."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        link.settimeout(limit - time.monotonic())
        operation, data = link.recv_data()
        if operation == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big")
    raise TimeoutError


def until(reached: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something to be so."""
    limit = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def pair(place: Place) -> tuple[Visitor, str, Visitor]:
    """Two people; the first has a page open."""
    place.person("ana@marais.fr")
    place.person("bea@marais.fr")
    owner, other = place.visitor("ana@marais.fr"), place.visitor("bea@marais.fr")
    return owner, open_page(owner), other


def test_another_persons_page_never_existed(pair):
    owner, page, other = pair
    for visitor in (other, other):
        theirs = visitor.get(f"api/kernels/{page}")
        nobodys = visitor.get(f"api/kernels/{NOBODY}")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.text == nobodys.text
        assert state(visitor, page) == state(visitor, NOBODY) == (False, "partie")
        for method in ("delete", "post"):
            path = f"api/kernels/{page}" if method == "delete" else f"voila/api/shutdown/{page}"
            token = {"X-XSRFToken": visitor.http.cookies["_xsrf"]}
            answer = getattr(visitor.http, method)(visitor.url + path, headers=token)
            lost = getattr(visitor.http, method)(visitor.url + path.replace(page, NOBODY), headers=token)
            assert answer.status_code == lost.status_code == 404 and answer.text == lost.text
        assert refusal(visitor, page) == refusal(visitor, NOBODY) == 404
    assert owner.get(f"api/kernels/{page}").status_code == 404, "nor does its owner ask so"
    assert state(owner, page) == (True, "")


def test_whoever_is_not_in_gets_nothing_of_a_page(pair, place):
    owner, page, _ = pair
    nobody = place.visitor()
    assert nobody.get(f"api/kernels/{page}").status_code == 404
    assert refusal(nobody, page) == 403
    assert state(nobody, page) == (False, "connexion")
    assert nobody.post(f"voila/api/shutdown/{page}").status_code == 403
    assert nobody.get("sante").json() == {"etat": "pret", "session": False, "raison": ""}
    assert state(owner, page) == (True, "")


def test_another_session_of_the_same_person_has_pages_of_its_own(pair, place):
    _, page, _ = pair
    elsewhere = place.visitor("ana@marais.fr")
    assert elsewhere.get(f"api/kernels/{page}").status_code == 404
    assert refusal(elsewhere, page) == 404


def test_a_foreign_page_opens_no_link(pair):
    owner, page, _ = pair
    assert refusal(owner, page, origin="https://evil.example") == 403
    assert refusal(owner, page, origin="http://127.0.0.1.evil.example") == 403
    assert refusal(owner, page) == 101


def test_a_page_has_a_few_links_and_no_more(pair):
    owner, page, _ = pair
    links = [owner.link(page) for _ in range(4)]
    assert refusal(owner, page) == 429
    links.pop().close()
    until(lambda: refusal(owner, page) == 101)
    for link in links:
        link.close()


FORGED = {
    "execute_request": {"code": "open({!r}, 'w')", "silent": False, "store_history": False},
    "shutdown_request": {"restart": False},
    "interrupt_request": {},
    "input_reply": {"value": "x"},
    "debug_request": {"type": "request", "command": "evaluate", "arguments": {"expression": "1"}},
    "inspect_request": {"code": "os", "cursor_pos": 1},
    "complete_request": {"code": "os", "cursor_pos": 1},
    "history_request": {"hist_access_type": "tail", "n": 9},
    "comm_open": {"comm_id": "c", "target_name": "jupyter.widget", "data": {}},
}


@pytest.mark.parametrize("channel", ["shell", "control", "stdin", "iopub", "", "nowhere"])
def test_a_forged_message_reaches_no_process(pair, place, channel, tmp_path):
    owner, page, _ = pair
    proof = tmp_path / "proof"
    old, new = owner.link(page), owner.link(page)
    refused = count(place, "message_refused")
    for type, content in FORGED.items():
        forged = json.loads(json.dumps(content).replace("{!r}", repr(str(proof))))
        old.send(json.dumps(message(forged, type=type, channel=channel)))
        new.send(in_v1(forged, type=type, channel=channel), opcode=websocket.ABNF.OPCODE_BINARY)
    until(lambda: count(place, "message_refused") == refused + 2 * len(FORGED))
    old.send(json.dumps(message({}, type="kernel_info_request")))
    assert "kernel_info_reply" in replies(old)
    assert not proof.exists() and state(owner, page) == (True, "")
    old.close(), new.close()


def count(place: Place, event: str) -> int:
    """How many times something was written down."""
    return sum(line["event"] == event for line in place.written())


def test_what_is_admitted_is_answered(pair):
    owner, page, _ = pair
    link = owner.link(page)
    link.send(json.dumps(message({}, type="kernel_info_request")))
    assert "kernel_info_reply" in replies(link)
    link.close()


def test_broken_and_huge_messages_end_at_most_their_own_link(pair):
    owner, page, _ = pair
    for broken in ("", "{", "[]", "null", '{"header": 3}', "[" * 100_000, '{"header": {}, "content": {}}'):
        link = owner.link(page)
        link.send(broken)
        link.send(b"\xff" * 40, opcode=websocket.ABNF.OPCODE_BINARY)
        link.close()
    link = owner.link(page)
    with contextlib.suppress(OSError, websocket.WebSocketConnectionClosedException):
        link.send("x" * (8 << 20))
        assert closing(link) == 1009
    assert state(owner, page) == (True, "")


def test_the_process_is_told_its_session_and_little_else(new_place, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "confidentiel")
    place = new_place(ENVIRONMENT)
    visitor = place.visitor("premiere@marais.fr")
    visitor.get("?essai=indiscret")
    until((tmp_path / "environment.json").exists)
    time.sleep(0.2)
    told = json.loads((tmp_path / "environment.json").read_text("utf-8"))
    assert told["COORACE_STORE"] == place.store and len(told["COORACE_SESSION"]) == 64
    text = json.dumps(told)
    for secret in ("confidentiel", "indiscret", visitor.http.cookies["coorace-session"], "HTTP_", "_xsrf"):
        assert secret not in text


def test_the_oldest_page_of_a_person_makes_room_and_says_so(place):
    place.person("pages@marais.fr")
    visitor = place.visitor("pages@marais.fr")
    first = open_page(visitor)
    link = visitor.link(first)
    others = [open_page(visitor) for _ in range(3)]
    assert closing(link) == 4404
    assert state(visitor, first) == (False, "remplacee")
    assert [state(visitor, page) for page in others] == [(True, "")] * 3
    assert state(place.visitor("premiere@marais.fr"), first) == (False, "partie")
    visitor.post("deconnexion")


def test_going_out_closes_the_links_and_ends_the_processes(place):
    place.person("adieu@marais.fr")
    visitor, stays = place.visitor("adieu@marais.fr"), place.visitor("adieu@marais.fr")
    page, other = open_page(visitor), open_page(stays)
    link = visitor.link(page)
    visitor.post("deconnexion")
    assert closing(link) == 4401
    assert state(visitor, page) == (False, "connexion")
    assert state(stays, other) == (True, "")
    stays.post("deconnexion")


def test_another_password_closes_the_links_of_all_sessions(place):
    place.person("partout@marais.fr")
    here, there = place.visitor("partout@marais.fr"), place.visitor("partout@marais.fr")
    links = [visitor.link(open_page(visitor)) for visitor in (here, there)]
    fields = {"current": PASSWORD, "password": OTHER, "again": OTHER}
    assert here.post("compte/mot-de-passe", fields).status_code == 303
    assert [closing(link) for link in links] == [4401, 4401]


def test_a_session_ended_from_elsewhere_closes_its_links(place):
    account = place.person("loin@marais.fr")
    visitor = place.visitor("loin@marais.fr")
    link = visitor.link(open_page(visitor))
    with open_store(place.store) as store:
        store.end_sessions(account.key)
    assert closing(link, 25) == 4401


def test_a_process_that_dies_is_noticed(place):
    place.person("mort@marais.fr")
    visitor = place.visitor("mort@marais.fr")
    open_page(visitor)  # whatever serves to start processes is there from now on
    before = below(place)
    page = open_page(visitor)
    link = visitor.link(page)
    (own,) = below(place) - before
    os.kill(own, signal.SIGKILL)
    assert closing(link) == 4404
    assert state(visitor, page) == (False, "partie")
    visitor.post("deconnexion")


def below(place: Place) -> set[int]:
    """The processes that the server started, and theirs."""
    assert place.served.process
    children = psutil.Process(place.served.process.pid).children(recursive=True)
    return {child.pid for child in children if child.status() != psutil.STATUS_ZOMBIE}


def test_a_full_machine_says_so_and_tries_again_by_itself(new_place):
    place = new_place(most_pages=1)
    place.person("seconde@marais.fr", role=Role.REFERENT)
    first, second = place.visitor("premiere@marais.fr"), place.visitor("seconde@marais.fr")
    page = open_page(first)
    answer = second.get()
    assert answer.status_code == 503 and "SRV-003" in answer.text and 'data-retry="20"' in answer.text
    assert answer.headers["Retry-After"] == "20" and answer.headers["Cache-Control"] == "no-store"
    assert second.get("compte").status_code == 200
    first.http.post(
        f"{first.url}voila/api/shutdown/{page}", headers={"Sec-Fetch-Site": "same-origin"}
    ).raise_for_status()
    assert state(first, page) == (False, "partie")
    assert open_page(second)


def test_a_page_speaks_the_language_that_its_link_asks_for_and_remembers_it(place):
    visitor = place.visitor("premiere@marais.fr")
    assert '<html lang="fr">' in visitor.get("compte").text
    asked = visitor.get("compte?fait=change&langue=en")
    assert '<html lang="en">' in asked.text and "Your password is changed" in asked.text
    assert 'compte?fait=change&amp;langue=fr"' in asked.text
    assert "Change password" in visitor.get("compte").text
    assert "Ce n'est pas" not in visitor.post("compte/mot-de-passe", {"current": "x"}).text
    for other in ("klingon", "fr%0d%0aX: y", "../en"):
        assert '<html lang="en">' in visitor.get(f"compte?langue={other}").text
    assert "Changer de mot de passe" in visitor.get("compte?langue=fr").text


def test_a_page_fetched_in_advance_starts_nothing(place):
    visitor = place.visitor("premiere@marais.fr")
    assert visitor.get("", headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 503


@pytest.mark.long  # where every core is busy, "at once" takes longer than the server gives itself
def test_the_server_ends_at_once_and_leaves_no_process(new_place):
    place = new_place()
    visitor = place.visitor("premiere@marais.fr")
    link = visitor.link(open_page(visitor))
    children = psutil.Process(place.served.process.pid).children(recursive=True)
    assert children
    place.served.stop()
    assert place.served.process.returncode == 0
    assert closing(link) == 1001
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert place.written()[-1]["event"] == "stopped"
