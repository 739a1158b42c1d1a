"""What nobody may exceed, and what is written down: without a server, then against a running one."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import http.client
import json
import logging
import re
import socket
import sys
import time
from pathlib import Path

import pytest
from apps.browser import Served, finished, free_port, write_notebook
from hypothesis import given
from hypothesis import strategies as st
from server.wire import in_v1, message
from tornado import web

from coorace_eval.server import limits, logs
from coorace_eval.server.limits import CONNECTIONS_EACH, PACES, Attempts, Door
from coorace_eval.server.options import Options, ServerError
from coorace_eval.server.static import FOREVER, Library
from coorace_eval.server.websocket import Refused, read


class Clock:
    """A moment that only a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(size=50, clock=clock)


def test_waits_grow_from_the_sixth_attempt_on_and_stop_growing(attempts, clock):
    waits = []
    for _ in range(16):
        wait = attempts.begin("ana", "192.0.2.1")
        waits.append(wait)
        clock.now += wait
        if wait:
            assert attempts.begin("ana", "192.0.2.1") == 0
    assert waits[:5] == [0] * 5 and waits[5:9] == [15, 30, 60, 120]
    assert max(waits) == 900 == waits[-1]


def test_a_refused_attempt_does_not_lengthen_the_wait(attempts, clock):
    for _ in range(5):
        attempts.begin("ana", "192.0.2.1")
    assert {attempts.begin("ana", "192.0.2.1") for _ in range(40)} == {15}
    clock.now += 15
    assert attempts.begin("ana", "192.0.2.1") == 0


def test_success_forgets_the_person_and_time_forgets_all(attempts, clock):
    for _ in range(5):
        attempts.begin("ana", "192.0.2.1")
    attempts.succeed("ana", "192.0.2.1")
    assert attempts.begin("ana", "192.0.2.1") == 0
    for _ in range(9):
        attempts.begin("bea", "192.0.2.2")
    clock.now += 3601
    assert attempts.begin("bea", "192.0.2.2") == 0


def test_one_address_tries_no_endless_list_of_people(attempts):
    tried = [attempts.begin(f"personne{rank}", "192.0.2.1") for rank in range(PACES["address"].free + 1)]
    assert tried[:-1] == [0] * PACES["address"].free and tried[-1] > 0
    assert attempts.begin("personne0", "198.51.100.1") == 0


def test_many_addresses_lock_nobody_out_for_long(attempts):
    waits = [attempts.begin("ana", f"198.51.100.{rank}") for rank in range(200)]
    assert 0 < max(waits) <= PACES["login"].longest == 60


def test_what_is_kept_is_bounded(attempts):
    for rank in range(500):
        attempts.begin(f"personne{rank}", f"10.0.{rank // 250}.{rank % 250}")
    assert all(len(kept) <= 50 for kept in attempts._kept.values())


def test_pages_are_reckoned_from_memory(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(limits, "_MEMORY_FILES", (tmp_path / "absent", limit))
    limit.write_text(str(2 << 30))
    assert limits.most_pages() == int(0.75 * (2 << 30) / limits.PAGE_MEMORY) == 16
    limit.write_text("max\n")
    assert limits.most_pages() > 16


# What a server is allowed to be.


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write_notebook(tmp_path / "app.ipynb", "1")


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"address": "0.0.0.0"}, "SRV-004"),
        ({"address": "192.0.2.1", "accounts": True, "store": "sqlite:///a.db"}, "SRV-004"),
        ({"address": "0.0.0.0", "behind_proxy": True}, "SRV-004"),
        ({"accounts": True}, "STO-004"),
        ({"certificate": Path("a.pem")}, "SRV-004"),
    ],
)
def test_people_are_not_served_in_clear_over_the_network(notebook, choices, code):
    with pytest.raises(ServerError) as refused:
        Options(notebook=notebook, **choices).check()
    assert code in {problem.code for problem in refused.value.problems}


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"address": "::1"},
        {"accounts": True, "store": "sqlite:///a.db"},
        {"accounts": True, "store": "sqlite:///a.db", "address": "0.0.0.0", "behind_proxy": True},
    ],
)
def test_the_rest_stands(notebook, choices):
    assert Options(notebook=notebook, **choices).check()


def test_a_key_that_others_can_read_is_refused(notebook, tmp_path):
    options = Options(notebook=notebook, secrets=tmp_path / "secrets")
    key = options.secret_key()
    assert options.secret_key() == key and len(key) == 32
    (tmp_path / "secrets" / "cookies.key").chmod(0o640)
    with pytest.raises(ServerError, match="SRV-005"):
        options.secret_key()
    (tmp_path / "secrets" / "cookies.key").chmod(0o600)
    (tmp_path / "secrets").chmod(0o755)
    with pytest.raises(ServerError, match="SRV-005"):
        options.secret_key()


# What may pass by a link.


def test_only_the_parts_that_serve_are_passed_on():
    forged = message({"comm_id": "c", "data": {"é": [1, None]}})
    forged["header"]["subshell_id"] = "x"
    forged["parent_header"] = {"msg_id": "y"}
    forged["metadata"] = {"version": "2.1.0", "cellId": "z"}
    told = read(json.dumps(forged))
    assert told["content"] == forged["content"] and told["header"]["msg_type"] == "comm_msg"
    assert "subshell_id" not in told["header"] and told["parent_header"] == {}
    assert told["metadata"] == {"version": "2.1.0"}
    assert set(told) == {"header", "parent_header", "metadata", "content"}


@pytest.mark.parametrize(
    "type", ["comm_open", "comm_close", "execute_request", "shutdown_request", None, ["comm_msg"]]
)
def test_no_other_message_passes(type):
    with pytest.raises(Refused):
        read(json.dumps(message({"comm_id": "c", "data": {}}, type=type)))


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_nothing_hostile_is_read_nor_breaks_the_reader(received):
    with pytest.raises(Refused):
        read(received)


@pytest.mark.parametrize("type", ["comm_msg", "kernel_info_request"])
def test_a_message_in_bytes_is_not_even_read(type):
    for hostile in (in_v1({}, type=type), b"\xff" * 8, (1 << 30).to_bytes(4, "big") + b"\0" * 64):
        with pytest.raises(Refused, match="binary"):
            read(hostile)


# What is written down.


def test_what_a_library_says_is_reduced_to_its_place(capsys):
    try:
        raise ValueError("ana@marais.fr")
    except ValueError:
        record = logging.getLogger("tornado.general").makeRecord(
            "tornado.general", logging.WARNING, __file__, 3, "GET /lien/%s", ("secret",), True
        )
        record.exc_info = sys.exc_info()
    line = json.loads(logs.Lines().format(record))
    assert line["event"] == "library" and line["exception"] == "ValueError" and line["frames"]
    assert "marais" not in json.dumps(line) and "secret" not in json.dumps(line)


# A running server.


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limites")
    server = Served(write_notebook(folder / "app.ipynb", "1"))
    yield server.start()
    server.stop()


def said(served: Served, sent: bytes, wait: float = 10.0) -> bytes:
    """What comes back for some bytes."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=wait) as link:
        with contextlib.suppress(OSError):
            link.sendall(sent)
        parts = []
        with contextlib.suppress(OSError):
            while part := link.recv(65536):
                parts.append(part)
    return b"".join(parts)


def is_serving(served: Served) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    link.request("GET", "/sante")
    return link.getresponse().status == 200


def test_too_large_a_request_is_not_read(served):
    host = f"Host: 127.0.0.1:{served.port}\r\n".encode()
    for sent in (
        b"POST /connexion HTTP/1.1\r\n" + host + b"Content-Length: 104857600\r\n\r\n" + b"x" * 200_000,
        b"POST / HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n" + b"x" * 2_000_000,
        b"GET / HTTP/1.1\r\n" + host + b"X: " + b"y" * 40_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n" + host + b"\r\n",
    ):
        answer = said(served, sent)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer[:80]
        assert is_serving(served)


def test_one_address_holds_a_bounded_number_of_connections(served):
    links = [socket.create_connection(("127.0.0.1", served.port), timeout=10) for _ in range(300)]
    try:
        time.sleep(0.5)
        closed = 0
        for link in links:
            link.settimeout(0.01)
            with contextlib.suppress(TimeoutError):
                closed += link.recv(1) == b""
        assert len(links) - closed <= CONNECTIONS_EACH and closed >= 300 - CONNECTIONS_EACH
    finally:
        for link in links:
            link.close()
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if is_serving(served):
                return
        time.sleep(0.1)
    raise AssertionError("the server does not serve any more")


@pytest.mark.parametrize(("proxy", "heard"), [("192.0.2.1", False), ("127.0.0.0/8", True)])
def test_where_a_proxy_encrypts_only_the_proxy_is_heard(proxy, heard):
    async def ask() -> bytes:
        port = free_port()
        door = Door(web.Application(), proxies=(proxy,))
        door.listen(port, "127.0.0.1")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(OSError):
            writer.write(b"GET / HTTP/1.0\r\n\r\n")
            return await asyncio.wait_for(reader.read(), 10)
        return b""

    assert finished(ask()).startswith(b"HTTP/1.1 404") is heard


# Files.


def test_the_files_of_the_page_are_kept_for_ever_under_an_address_that_changes(served):
    link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    link.request("GET", "/nulle-part")
    page = link.getresponse().read().decode()
    address = re.search(r'href="(/coorace/static/v-[0-9a-f]{12}/page.css)"', page)
    assert address
    link.request("GET", address[1], headers={"Accept-Encoding": "gzip"})
    answer = link.getresponse()
    text = gzip.decompress(answer.read())
    assert answer.getheader("Cache-Control") == FOREVER and answer.getheader("Vary") == "Accept-Encoding"
    link.request("GET", "/coorace/static/page.css")
    plain = link.getresponse()
    assert plain.read() == text and plain.getheader("Cache-Control") == "no-cache"
    link.request("GET", "/coorace/static/page.css", headers={"If-None-Match": plain.getheader("Etag")})
    same = link.getresponse()
    assert same.status == 304 and same.read() == b""
    link.request("GET", "/coorace/static/v-000000000000/page.css")
    other = link.getresponse()
    other.read()
    assert other.getheader("Cache-Control") == "no-cache"


def test_a_library_gives_its_own_files_only(tmp_path):
    shelf = tmp_path / "shelf"
    (shelf / "part").mkdir(parents=True)
    for name in ("a.js", "part/b.css", ".hidden.js", "notes.txt", "run.py"):
        (shelf / name).write_text(name)
    (tmp_path / "out.js").write_text("out")
    (shelf / "link.js").symlink_to(tmp_path / "out.js")
    library = Library([shelf])
    assert library.locate("a.js") and library.locate("part/b.css")
    for path in (
        "", ".", "..", "../out.js", "part/../../out.js", ".hidden.js", "notes.txt", "run.py", "part",
        "link.js", "/a.js", "//a.js", str(tmp_path / "out.js"), "a.js\0", "..\\out.js", "%2e%2e/out.js",
    ):  # fmt: skip
        assert library.locate(path) is None, path


def test_a_file_that_changes_is_read_again_and_changes_the_address(tmp_path):
    (tmp_path / "a.js").write_text("un")
    library = Library([tmp_path])
    first, version = finished(library.file("a.js")), library.version
    assert Library([tmp_path]).version == version
    (tmp_path / "a.js").write_text("deux")
    second = finished(library.file("a.js"))
    assert (first.content, second.content) == (b"un", b"deux")
    assert Library([tmp_path]).version != version
