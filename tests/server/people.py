"""People who enter figures, by a real page or by what a page says; they note what is acknowledged."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests
import websocket
from apps.browser import opened
from playwright.sync_api import Browser, Error
from playwright.sync_api import Page as Tab
from server.wire import Page, Visitor

ROUTE = "campagne/coup_de_main_services/2025/collecte"
ANSWER_WITHIN = 10.0
SETTLED_WITHIN = 150.0
LOST_AFTER = 30
"""Looks in a row that find a figure neither kept nor waiting."""
GONE = (
    OSError,
    AssertionError,
    TimeoutError,
    ValueError,
    websocket.WebSocketException,
    requests.RequestException,
)
"""What a visitor meets when the way to the server is broken, or the server itself."""


@dataclass
class Field:
    """A figure that one person enters: where it is, and what was acknowledged, in order."""

    dimension: str
    variable: str
    acknowledged: list[float] = field(default_factory=list)


class Writer(threading.Thread):
    """Someone whose page is not a browser: it sends again until it is acknowledged, as our page does.

    Parameters
    ----------
    url
        Address of the application, through the network that breaks.
    fields
        What this person enters, one after the other; all in one dimension.
    seed
        Makes the pauses.
    over
        Set when nothing new is to be entered.
    """

    def __init__(self, url: str, fields: list[Field], seed: int, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.url, self.fields, self.over = url, fields, over
        self.random = random.Random(seed)
        self.page: Page | None = None
        self.placed = False
        self.opened = self.reconnected = 0
        self.problem = ""

    def run(self) -> None:
        """Enter figures until it is over, the last one acknowledged."""
        value = 0
        try:
            while not self.over.is_set():
                value += 1
                chosen = self.fields[value % len(self.fields)]
                self._enter(chosen, float(value))
                chosen.acknowledged.append(float(value))
                time.sleep(self.random.uniform(0.2, 0.8))
        except Exception as problem:  # told by the one who waits for this thread
            self.problem = repr(problem)

    def shown(self) -> dict[str, str]:
        """What the page shows for each figure, after it has found its session again."""
        asked = self._ask("tab", id=self.fields[0].dimension)
        return {one.variable: str(find(asked, one.variable)["value"]) for one in self.fields}

    def _enter(self, chosen: Field, value: float) -> None:
        said = find(self._ask("set", id=chosen.variable, value=f"{value:g}"), chosen.variable)
        if said["error"] or said["saved"] != "enregistré" or number(said["value"]) != value:
            raise ValueError(f"{chosen.variable} = {value:g}: {said}")

    def _ask(self, intent: str, **args: Any) -> dict[str, Any]:
        """Ask until it is taken in: by the same session under the same number, or by another one."""
        seq = 0
        limit = time.monotonic() + SETTLED_WITHIN
        while time.monotonic() < limit:
            try:
                if self.page is None:
                    self.page, seq, self.placed = Visitor(self.url).open(), 0, False
                    self.opened += 1
                if not self.placed:
                    self.page.ask("route", path=ROUTE)
                    self.page.ask("tab", id=self.fields[0].dimension)
                    self.page.socket.settimeout(ANSWER_WITHIN)
                    self.placed = True
                if not seq:
                    seq = self.page.seq = self.page.seq + 1
                self.page.send({"intent": intent, "args": args, "seq": seq})
                self.page.listen(lambda said, mine=seq: said == {"type": "taken", "seq": mine}, ANSWER_WITHIN)
                return self.page.state
            except GONE:
                self._find_again()
        raise TimeoutError(f"{intent} {args} was never taken in")

    def _find_again(self) -> None:
        """Reach the same session anew when it lives; give it up when the server says that it has gone."""
        time.sleep(self.random.uniform(0.3, 1.0))
        if self.page is None:
            return
        with contextlib.suppress(*GONE):
            self.page.close()
        try:
            told = self.page.visitor.http.get(f"{self.url}sante?session={self.page.kernel}", timeout=4).json()
            if not told["session"]:
                self.page = None
                return
            self.page.socket = self.page.visitor.link(self.page.kernel)
            if self.placed:
                self.page.socket.settimeout(ANSWER_WITHIN)
            self.page.send({"ask": "state"})
            self.reconnected += 1
        except GONE:
            return


LOOK = """names => ({
  ready: !!document.querySelector('#titre') && document.title.startsWith('Collecte'),
  stuck: !!document.querySelector('[data-reload]')
    && /plusieurs fois|pas pu s.ouvrir/.test(document.body.innerText),
  session: JSON.parse(document.getElementById('jupyter-config-data')?.textContent ?? '{}').kernelId ?? '',
  fields: Object.fromEntries(names.map(name => [name, {
    value: document.getElementById('f-' + name)?.value ?? '',
    saved: document.querySelector(`[id="n-${name}"] .ce-saved`)?.textContent.trim() ?? '',
    found: document.querySelector(`[id="n-${name}"] .ce-found button`) !== null,
  }])),
})"""


class Window:
    """A real page in a real browser; the person types, leaves the field, and looks at what is said.

    Parameters
    ----------
    browser
        Opens the page.
    url
        Address of the application, through the network that breaks.
    fields
        What this person enters, one after the other; all in the first dimension.
    """

    def __init__(self, browser: Browser, url: str, fields: list[Field]) -> None:
        self.url, self.fields = url, fields
        self.context = browser.new_context(locale="fr-FR")
        self.context.set_default_timeout(20_000)
        self.tab: Tab = self.context.new_page()
        self.value = 0
        self.typed: Field | None = None
        self.sessions: set[str] = set()
        self.helped = self.missing = 0
        opened(self.tab, f"{url}#{ROUTE}")

    def look(self) -> dict[str, Any] | None:
        """What the page shows now; nothing while it is between two states."""
        try:
            seen: dict[str, Any] = self.tab.evaluate(LOOK, [one.variable for one in self.fields])
        except Error:
            return None
        if seen["session"]:
            self.sessions.add(seen["session"])
        return seen

    def step(self, more: bool = True) -> bool:
        """Do what a person would do next; whether nothing is left to wait for."""
        seen = self.look()
        with contextlib.suppress(Error):
            if self.tab.url.startswith("chrome-error:"):
                self.helped += 1
                self.tab.goto(f"{self.url}#{ROUTE}", wait_until="commit")
                return False
            if seen is None or seen["stuck"]:
                if seen:
                    self.helped += 1
                    self.tab.locator("[data-reload]").first.click(timeout=2_000)
                return False
            if self.typed is None:
                return not more or (seen["ready"] and self._type())
            return self._read(self.typed, seen["ready"], seen["fields"][self.typed.variable])
        return False

    def _type(self) -> bool:
        """Type the next figure; a page that leaves at this very moment has not taken it in."""
        chosen = self.fields[(self.value + 1) % len(self.fields)]
        self.tab.locator(f'[id="f-{chosen.variable}"]').fill(str(self.value + 1), timeout=3_000)
        self.value, self.typed, self.missing = self.value + 1, chosen, 0
        self.tab.keyboard.press("Tab")
        return False

    def _read(self, typed: Field, ready: bool, seen: dict[str, Any]) -> bool:
        """See whether the figure is kept; one that is neither kept nor waiting would be lost."""
        if seen["found"]:
            self.tab.locator(f'[id="n-{typed.variable}"] .ce-found button').first.click(timeout=2_000)
            return False
        waits = not ready or seen["saved"] not in ("", "enregistré") or _holds(self.tab, typed.variable)
        if not waits and number(seen["value"]) == self.value:
            typed.acknowledged.append(float(self.value))
            self.typed = None
            return True
        self.missing = 0 if waits else self.missing + 1
        if self.missing > LOST_AFTER:
            raise AssertionError(f"{typed.variable}: {self.value} was typed, the page shows {seen['value']}")
        return False


def _holds(tab: Tab, variable: str) -> bool:
    """Whether the tab keeps a draft of a field, to be taken up again."""
    return bool(
        tab.evaluate("name => Object.keys(sessionStorage).some(key => key.endsWith(`|${name}`))", variable)
    )


def fields_of(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        one for block in blocks for one in (*block.get("fields", []), *fields_of(block.get("blocks", [])))
    ]


def find(state: dict[str, Any], variable: str) -> dict[str, Any]:
    return next(one for one in fields_of(state["blocks"]) if one["id"] == variable)


def number(text: str) -> float | None:
    bare = "".join(text.split()).replace(",", ".")
    try:
        return float(bare)
    except ValueError:
        return None
