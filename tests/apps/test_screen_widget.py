"""The widget without a browser: what it takes in, what it drops, what it carries."""

from __future__ import annotations

from typing import Any

import pytest

from coorace_eval.apps.components.loader import HERE, SCRIPTS, STYLES, as_constant, script, styles
from coorace_eval.apps.components.screen import ASK_STATE, FIRST_STATE, SERVED, Screen, fault_in


@pytest.fixture
def heard() -> list[tuple[str, dict[str, Any]]]:
    """The intents that reached Python."""
    return []


@pytest.fixture
def screen(heard: list[tuple[str, dict[str, Any]]]) -> Screen:
    """A screen that remembers its intents, and what it sent."""
    screen = Screen(state={"title": "Essai"})
    screen.on_intent(lambda name, args: heard.append((name, args)))
    screen.sent = []
    screen.send = lambda content, buffers=None: screen.sent.append((content, buffers))  # type: ignore[method-assign]
    return screen


def test_an_intent_arrives_once_and_is_acknowledged_each_time(screen, heard):
    message = {"intent": "set", "args": {"id": "a", "value": "12,5"}, "seq": 7}
    screen._receive(screen, message, [])
    screen._receive(screen, message, [])
    assert heard == [("set", {"id": "a", "value": "12,5"})]
    assert screen.sent == [({"type": "taken", "seq": 7}, None)] * 2


def test_an_intent_that_failed_is_not_acknowledged_and_may_come_again(screen):
    tries = []

    def fail(name: str, args: dict[str, Any]) -> None:
        tries.append(name)
        if len(tries) == 1:
            raise RuntimeError

    screen.on_intent(fail)
    for _ in range(2):
        screen._receive(screen, {"intent": "act", "args": {}, "seq": 1}, [])
    assert tries == ["act", "act"]
    assert screen.sent == [({"type": "taken", "seq": 1}, None)]


def test_a_served_page_carries_what_is_shown_and_a_saved_notebook_does_not(screen, monkeypatch):
    monkeypatch.delenv(SERVED, raising=False)
    assert FIRST_STATE not in screen._repr_mimebundle_()[0]
    monkeypatch.setenv(SERVED, "page")
    assert screen._repr_mimebundle_()[0][FIRST_STATE] == {"title": "Essai"}


def test_a_page_that_comes_back_is_told_what_is_shown_and_nothing_else(screen, heard, monkeypatch):
    told = []
    monkeypatch.setattr(screen, "_send", lambda message, buffers=None: told.append(message))
    screen.state = {"title": "Plus tard"}
    told.clear()
    screen._receive(screen, dict(ASK_STATE), [])
    assert [message["state"] for message in told] == [{"state": {"title": "Plus tard"}}]
    assert heard == [] and screen.sent == []


@pytest.mark.parametrize(
    "content",
    [
        None,
        "act",
        [],
        {},
        {"intent": "act", "args": {}},
        {"intent": "act", "args": {}, "seq": 1, "more": 1},
        {"intent": "", "args": {}, "seq": 1},
        {"intent": "a" * 61, "args": {}, "seq": 1},
        {"intent": 3, "args": {}, "seq": 1},
        {"intent": "act", "args": [], "seq": 1},
        {"intent": "act", "args": {"a": {"b": 1}}, "seq": 1},
        {"intent": "act", "args": {"a": [[1]]}, "seq": 1},
        {"intent": "act", "args": {"a": list(range(201))}, "seq": 1},
        {"intent": "act", "args": {"a": float("inf")}, "seq": 1},
        {"intent": "act", "args": {"k" * 61: 1}, "seq": 1},
        {"intent": "act", "args": {"a": "x" * 70_000}, "seq": 1},
        {"intent": "act", "args": {}, "seq": True},
        {"intent": "act", "args": {}, "seq": -1},
        {"intent": "act", "args": {}, "seq": "1"},
    ],
)
def test_a_message_of_another_shape_is_dropped(screen, heard, content):
    screen._receive(screen, content, [])
    assert not heard and not screen.sent
    assert fault_in(content)


def test_a_buffer_is_dropped(screen, heard):
    screen._receive(screen, {"intent": "act", "args": {}, "seq": 1}, [b"x"])
    assert not heard


def test_the_browser_cannot_set_the_state():
    screen = Screen(state={"title": "Essai"})
    screen.set_state({"state": {"title": "Autre"}, "_esm": "alert(1)"})
    assert screen.state == {"title": "Essai"}
    assert "alert(1)" not in screen._esm


def test_files_focus_and_announcements_go_out(screen):
    screen.download("a.pdf", b"%PDF", "application/pdf")
    screen.focus_on("purpose")
    screen.announce("Fait")
    assert screen.sent == [
        ({"type": "file", "name": "a.pdf", "mime": "application/pdf"}, [b"%PDF"]),
        ({"type": "focus", "id": "purpose"}, None),
        ({"type": "announce", "text": "Fait"}, None),
    ]


def test_the_module_is_whole_and_asks_for_nothing_else():
    text = script()
    assert text.count("export default") == 1
    assert "import " not in text.split("// The few words")[1]
    assert {path.stem for path in (HERE / "js").glob("*.js")} == set(SCRIPTS)
    assert {path.stem for path in (HERE / "css").glob("*.css")} == set(STYLES)
    assert "http" not in styles()


def test_a_module_without_exports_is_refused():
    with pytest.raises(ValueError, match="export"):
        as_constant("var a = 1;", "numbers")
