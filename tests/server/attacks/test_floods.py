"""Attacks by mass: one huge message, many links, slow visitors."""

from __future__ import annotations

import contextlib
import socket

import psutil
import pytest
import requests
import websocket
from server.wire import Visitor

MEGABYTE = 1 << 20


def test_a_message_of_100_mb_is_cut_short(town):
    page = town.visitor("paul").open()
    with contextlib.suppress(OSError, websocket.WebSocketException):
        page.socket.send("x" * (100 * MEGABYTE))
        page.socket.recv()
    with contextlib.suppress(OSError, websocket.WebSocketException):
        page.socket.send_binary(b"\0" * (100 * MEGABYTE))
    assert town.memory() < 600, "megabytes: nothing of it was kept"


def test_a_body_of_100_mb_is_refused(town):
    visitor = Visitor(town.url)
    visitor.get("connexion")
    for body in (b"login=" + b"x" * (100 * MEGABYTE),):
        try:
            answer = visitor.http.post(town.url + "connexion", data=body, timeout=60)
        except requests.ConnectionError:
            continue
        assert answer.status_code in {400, 403, 413}
    assert town.memory() < 600


def test_huge_headers_and_addresses_are_refused(town):
    for headers, path in (
        ({"X-Long": "x" * MEGABYTE}, ""),
        ({}, "x" * MEGABYTE),
        ({"Cookie": "a=" + "b" * MEGABYTE}, ""),
    ):
        try:
            answer = requests.get(town.url + path, headers=headers, timeout=20, allow_redirects=False)
        except requests.RequestException:
            continue
        assert answer.status_code in {400, 404, 414, 431}


def test_a_thousand_open_sockets_leave_room_for_people(town):
    """Slow requests from one address: those in excess are refused, and other addresses are served."""
    links: list[socket.socket] = []
    try:
        for _ in range(1000):
            link = socket.create_connection(("127.0.0.1", town.served.port), 5, ("127.0.0.2", 0))
            links.append(link)
            with contextlib.suppress(OSError):
                link.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        town.check_serving()
        assert town.memory() < 600
        assert psutil.Process(town.served.process.pid).num_fds() < 500
    finally:
        for link in links:
            link.close()


def test_a_thousand_links_to_ones_own_page_are_not_kept(town):
    page = town.visitor("paul").open()
    links, refused = [], 0
    for _ in range(1000):
        try:
            links.append(page.visitor.link(page.kernel))
        except (OSError, websocket.WebSocketException):
            refused += 1
            if refused > 50:
                break
    assert len(links) < 50 < refused
    assert page.ask("home")["title"]
    for link in links:
        link.close()


def test_one_person_does_not_take_the_place_of_all(town):
    visitor = town.visitor("paul")
    pages = [visitor.open() for _ in range(6)]
    alive = 0
    for page in pages:
        with contextlib.suppress(AssertionError, OSError, ValueError, websocket.WebSocketException):
            alive += bool(page.ask("home"))
    assert 1 <= alive <= 3


@pytest.mark.parametrize("step", range(3))
def test_a_page_that_floods_its_process_hurts_only_itself(town, step):
    flood, other = town.visitor("paul").open(), town.visitor("marie").open()
    with contextlib.suppress(OSError, websocket.WebSocketException):
        for number in range(2000):
            flood.send({"intent": "act", "args": {"id": f"x{number}"}, "seq": number + 1})
    assert other.ask("home")["title"]
