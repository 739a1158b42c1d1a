"""Attacks on the processes behind the pages: one's own, and another's."""

from __future__ import annotations

import json
import time

import pytest
import websocket
from server.attacks.town import THEIRS, Town
from server.wire import Page, Visitor, in_v1, message

V1 = "v1.kernel.websocket.jupyter.org"
CODE = "import pathlib; pathlib.Path('{}').write_text('!')"
FORBIDDEN = (
    "execute_request",
    "complete_request",
    "inspect_request",
    "history_request",
    "is_complete_request",
    "shutdown_request",
    "interrupt_request",
    "debug_request",
    "input_reply",
    "connect_request",
    "create_subshell_request",
    "usage_request",
)


@pytest.fixture(scope="module")
def pages(town: Town) -> dict[str, Page]:
    """A page of the attacker, signed in like anyone, and one of the person who is attacked."""
    return {login: town.visitor(login).open() for login in ("paul", "marie")}


@pytest.fixture
def paul(pages: dict[str, Page]) -> Page:
    """The page of the attacker."""
    return pages["paul"].relink()


@pytest.fixture
def marie(pages: dict[str, Page]) -> Page:
    """The page of the person who is attacked."""
    return pages["marie"].relink()


@pytest.mark.parametrize("channel", ["shell", "control", "stdin", "iopub"])
def test_nothing_is_executed_on_ones_own_page(town, paul, channel):
    proof = town.folder / "preuve"
    content = {"code": CODE.format(proof), "silent": False, "value": "1", "command": "evaluate"}
    for type in FORBIDDEN:
        paul.say(content, type=type, channel=channel)
    kinds = {said["header"]["msg_type"] for said in paul.silence(1)}
    replies = {type.replace("request", "reply") for type in FORBIDDEN}
    assert not kinds & {"execute_input", "error", "stream", *replies}
    assert not proof.exists()
    assert paul.ask("home")["title"]


def test_nothing_is_executed_through_the_binary_protocol(town, paul):
    proof = town.folder / "preuve"
    with pytest.raises(websocket.WebSocketException):
        paul.visitor.link(paul.kernel, protocols=(V1,))  # the newer protocol is not even agreed upon
    link = paul.visitor.link(paul.kernel)
    for type in FORBIDDEN:
        for channel in ("shell", "control"):
            link.send_binary(in_v1({"code": CODE.format(proof), "silent": False}, type=type, channel=channel))
    time.sleep(1)
    link.close()
    assert not proof.exists()
    assert paul.ask("home")["title"]


def test_no_widget_of_the_attackers_choice_is_made(paul):
    state = {
        "_model_module": "@jupyter-widgets/output",
        "_model_name": "OutputModel",
        "_model_module_version": "1.0.0",
        "_view_module": "@jupyter-widgets/output",
        "_view_name": "OutputView",
        "_view_module_version": "1.0.0",
    }
    for target in ("jupyter.widget", "jupyter.widget.version", "anything"):
        paul.say({"comm_id": "a" * 32, "target_name": target, "data": {"state": state}}, type="comm_open")
    assert not [said for said in paul.silence(1) if said["content"].get("comm_id") == "a" * 32]
    assert paul.ask("home")["title"]


@pytest.mark.parametrize("login", ["paul", "rita", "ines", "fatou", ""])
def test_anothers_link_is_not_joined(town, marie, login):
    stranger = town.known(login)
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        stranger.link(marie.kernel)
    absent = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(websocket.WebSocketBadStatusException) as nothing:
        stranger.link(absent)
    assert refusal.value.status_code in {403, 404}
    assert refusal.value.status_code == nothing.value.status_code, "the two answers tell who exists"
    assert marie.ask("home")["title"]


@pytest.mark.parametrize("login", ["paul", "rita", "ines", "fatou", ""])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/kernels/{}"),
        ("DELETE", "api/kernels/{}"),
        ("POST", "api/kernels/{}/restart"),
        ("POST", "api/kernels/{}/interrupt"),
        ("POST", "voila/api/shutdown/{}"),
        ("GET", "voila/api/shutdown/{}"),
        ("GET", "voila/query/{}"),
        ("GET", "voila/execution/{}"),
    ],
)
def test_anothers_process_is_neither_read_nor_stopped(town, marie, login, method, path):
    stranger = town.known(login)
    stranger.get("connexion", allow_redirects=False)  # the token; to be led on would open a page
    headers = {
        "X-XSRFToken": stranger.http.cookies.get("_xsrf", ""),
        "Sec-Fetch-Site": "same-origin",
        "Origin": town.url.rstrip("/"),
    }
    answers = [
        stranger.http.request(
            method, town.url + path.format(id), headers=headers, timeout=20, allow_redirects=False
        )
        for id in (marie.kernel, "00000000-0000-4000-8000-000000000000")
    ]
    assert answers[0].status_code == answers[1].status_code, "the two answers tell who exists"
    assert answers[0].status_code >= 300
    assert "execution_state" not in answers[0].text
    assert marie.ask("home")["title"], "the attacked page still answers"


def test_health_says_nothing_of_anothers_page(town, marie):
    said = {
        town.known(login).get("sante", params={"session": marie.kernel}).text for login in ("paul", "rita")
    }
    absent = town.known("paul").get("sante", params={"session": "0" * 8 + "-0000-4000-8000-" + "0" * 12}).text
    assert said == {absent} and json.loads(absent)["session"] is False


def test_a_link_from_a_foreign_page_is_refused(paul):
    for origin in ("https://evil.example", "http://127.0.0.1:1", "null", "http://127.0.0.1.evil.example"):
        with pytest.raises(websocket.WebSocketBadStatusException):
            paul.visitor.link(paul.kernel, origin=origin)


def test_the_list_of_processes_is_closed(town, marie):
    for path in ("api/kernels", "api/kernels/", "api/sessions", "api/status", "api/kernelspecs", "metrics"):
        for login in ("fatou", "paul", ""):
            answer = town.known(login).get(path, allow_redirects=False)
            assert answer.status_code in {302, 403, 404} and marie.kernel not in answer.text, path


def test_an_old_link_ends_with_its_session(town):
    visitor = town.visitor("paul")
    page = visitor.open()
    visitor.post("deconnexion")
    with pytest.raises((websocket.WebSocketException, AssertionError, OSError, ValueError)):
        page.ask("home")
    with pytest.raises(websocket.WebSocketBadStatusException):
        visitor.link(page.kernel)


def test_two_sessions_of_one_person_do_not_share_their_pages(town):
    first, second = town.visitor("paul"), town.visitor("paul")
    page = first.open()
    with pytest.raises(websocket.WebSocketBadStatusException):
        second.link(page.kernel)


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "{",
        "[]",
        "null",
        "12",
        '{"header": 1}',
        json.dumps(message({"comm_id": []})),
        json.dumps(message([1, 2])),
        json.dumps(message({}) | {"header": {"msg_type": ["comm_msg"]}}),
        json.dumps(message({}) | {"buffers": "x"}),
        json.dumps(message({}) | {"channel": {"a": 1}}),
        json.dumps(message({}) | {"metadata": "x" * 1000}),
        "[" * 100_000,
        json.dumps(message({"comm_id": "x", "data": {"method": "update", "state": {"__class__": 1}}})),
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "\0" * 100,
    ],
)
def test_garbage_is_dropped_and_the_link_goes_on(paul, garbage):
    paul.socket.send(garbage)
    assert paul.ask("home")["title"]


def test_binary_garbage_is_dropped(paul):
    for bytes_ in (
        b"",
        b"\0" * 8,
        b"\xff" * 64,
        (2**62).to_bytes(8, "big"),
        b"\x00\x00\x00\x05" + b"\xff" * 20,
    ):
        paul.socket.send_binary(bytes_)
    assert paul.ask("home")["title"]


def test_the_page_of_another_template_or_notebook_is_not_served(town):
    visitor = town.known("paul")
    usual = visitor.get().text
    for query in (
        "?template=lab",
        "?template=../../",
        "?theme=../../etc",
        "?voila-template=gridstack",
        "?path=x",
    ):
        text = visitor.get(query).text
        assert "data-screen" in text and "jp-LabShell" not in text and len(text) < 2 * len(usual)
    for path in (
        "voila/render/auto_evaluation.ipynb",
        "voila/tree",
        "notebooks/auto_evaluation.ipynb",
        "lab",
        "tree",
    ):
        assert visitor.get(path).status_code == 404


def test_a_visitor_without_an_account_opens_no_process(town):
    answer = Visitor(town.url).get("", allow_redirects=False)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/connexion")
    assert THEIRS not in answer.text
