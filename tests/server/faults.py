"""People enter figures while processes, server and network break at random; what was acknowledged stays.

Used by ``tests/server/test_faults.py`` for a minute, by ``benchmarks/faults.py`` for as long as one likes.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from apps.browser import ROOT
from playwright.sync_api import Browser
from server.breaking import Breakable
from server.people import ROUTE, SETTLED_WITHIN, Field, Window, Writer, fields_of, number
from server.relay import Relay

from coorace_eval.access import Access
from coorace_eval.apps.router import Router
from coorace_eval.referential import read_referential
from coorace_eval.storage import open_store

ENTERPRISE, YEAR = "coup_de_main_services", 2025
BASE = ROOT / "referentials" / "utilite_sociale" / "base.yaml"
EACH = 2
"""Figures that one person enters in turn."""
KINDS = {"kill": 40, "cut": 20, "drop": 12, "forget": 12, "freeze": 8, "crash": 8}
"""What breaks, and how often among a hundred times."""


class Agent(threading.Thread):
    """Breaks things at random, one at a time, and mends what people would mend.

    Parameters
    ----------
    server, relay
        What is broken.
    seed
        Makes what breaks, and when.
    over
        Set when nothing is to be broken any more.
    every
        Seconds between two faults, at least and at most.
    """

    def __init__(
        self, server: Breakable, relay: Relay, seed: int, over: threading.Event, every: tuple[float, float]
    ) -> None:
        super().__init__(daemon=True)
        self.server, self.relay, self.over, self.every = server, relay, over, every
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.problem = ""

    def run(self) -> None:
        """Break one thing after the other, each kind once to begin with; leave everything whole."""
        first = self.random.sample(list(KINDS), len(KINDS))
        try:
            while not self.over.wait(self.random.uniform(*self.every)):
                (drawn,) = self.random.choices(list(KINDS), list(KINDS.values()))
                kind = first.pop() if first else drawn
                getattr(self, f"_{kind}")()
                self.done[kind] += 1
        except Exception as problem:  # told by the one who waits for this thread
            self.problem = repr(problem)
        finally:
            self.relay.mend()

    def _kill(self) -> None:
        while not self.over.is_set():
            kernels = sorted(self.server.kernels())
            with contextlib.suppress(KeyError, IndexError):
                self.server.kill(self.random.choice(kernels))
                return
            time.sleep(0.5)

    def _cut(self) -> None:
        self.relay.cut()
        time.sleep(self.random.uniform(0.5, 5))
        self.relay.mend()

    def _drop(self) -> None:
        self.relay.drop()

    def _forget(self) -> None:
        self.relay.forget()

    def _freeze(self) -> None:
        self.server.freeze()
        time.sleep(self.random.uniform(0.5, 6))
        self.server.thaw()

    def _crash(self) -> None:
        self.server.crash()
        time.sleep(self.random.uniform(0.2, 4))
        self.server.start()


@dataclass
class Report:
    """What a run gave."""

    seconds: float
    people: int
    faults: Counter[str]
    acknowledged: int
    lost: list[str]
    unseen: list[str]
    sessions: int
    reconnected: int
    helped: int

    def table(self) -> str:
        """The run as lines to read."""
        faults = ", ".join(f"{self.faults[kind]} {kind}" for kind in KINDS)
        total = self.people * self.seconds / 60
        rows = {
            "personnes": f"{self.people}",
            "durée, par personne et en tout": f"{self.seconds:.0f} s, {total:.0f} min",
            "pannes": f"{sum(self.faults.values())} ({faults})",
            "valeurs confirmées": f"{self.acknowledged}",
            "perdues (base ou historique)": f"{len(self.lost)}",
            "non montrées par la page": f"{len(self.unseen)}",
            "sessions ouvertes": f"{self.sessions}",
            "liens repris (sans navigateur)": f"{self.reconnected}",
            "pages rechargées à la main": f"{self.helped}",
        }
        return "\n".join(f"{name:<34}{value}" for name, value in rows.items())


def run(
    folder: Path, browser: Browser, *, seconds: float, seed: int, writers: int = 10, windows: int = 2,
    every: tuple[float, float] = (2.0, 5.0),
) -> Report:  # fmt: skip
    """Have people enter figures for a while under faults, then look for all that was acknowledged."""
    server = Breakable(folder).start()
    relay = Relay(server.port)
    over, calm = threading.Event(), threading.Event()
    try:
        shares = _shares(server.store, writers, windows)
        people = [Writer(relay.url, share, seed + rank, over) for rank, share in enumerate(shares[windows:])]
        for person in people:
            person.start()
        tabs = [Window(browser, relay.url, share) for share in shares[:windows]]
        agent = Agent(server, relay, seed, calm, every)
        agent.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for tab in tabs:
                tab.step()
            time.sleep(0.05)
        calm.set()
        agent.join(60)
        over.set()
        _settle(people, tabs)
        problems = [one.problem for one in (*people, agent) if one.problem]
        assert not problems, problems
        unseen = [line for person in people for line in _unseen(person.fields, person.shown())]
        for tab in tabs:
            seen = tab.look()
            shown = {name: one["value"] for name, one in seen["fields"].items()} if seen else {}
            unseen += _unseen(tab.fields, shown)
        fields = [one for share in shares for one in share]
        return Report(
            seconds=seconds,
            people=writers + windows,
            faults=agent.done,
            acknowledged=sum(len(one.acknowledged) for one in fields),
            lost=_lost(server.store, fields),
            unseen=unseen,
            sessions=sum(person.opened for person in people) + sum(len(tab.sessions) for tab in tabs),
            reconnected=sum(person.reconnected for person in people),
            helped=sum(tab.helped for tab in tabs),
        )
    finally:
        calm.set()
        over.set()
        relay.close()
        server.crash()


def _shares(store: str, writers: int, windows: int) -> list[list[Field]]:
    """Deal the figures of the campaign out: those of the first dimension to the browsers first."""
    router = Router(Access.local(store), read_referential(BASE))
    router.receive("route", {"path": ROUTE})
    dealt: list[list[Field]] = []
    for tab in router.screen()["tabs"]["items"]:
        router.receive("tab", {"id": tab["id"]})
        asked = [one for one in fields_of(router.screen()["blocks"]) if one["kind"] == "number"]
        names = [one["id"] for one in asked if one["status"]["value"] == "renseigne"]
        here = [
            [Field(tab["id"], name) for name in names[at : at + EACH]] for at in range(0, len(names), EACH)
        ]
        assert dealt or len(here) >= windows
        dealt += [share for share in here if len(share) == EACH]
    assert len(dealt) >= writers + windows
    return dealt[: writers + windows]


def _settle(people: list[Writer], tabs: list[Window]) -> None:
    """Nothing breaks any more: everyone is acknowledged what they have sent."""
    limit = time.monotonic() + SETTLED_WITHIN
    left = list(tabs)
    while left and time.monotonic() < limit:
        left = [tab for tab in left if not tab.step(more=False)]
        time.sleep(0.05)
    assert not left, [(tab.typed, tab.value, tab.look()) for tab in left]
    for person in people:
        person.join(max(1.0, limit - time.monotonic()))
        assert not person.is_alive(), "a person still waits"


def _lost(store: str, fields: list[Field]) -> list[str]:
    """What was acknowledged and is no longer the value, or never was in the history."""
    lost = []
    with open_store(store) as open:
        values = {one.variable: one.value for one in open.answer_list(ENTERPRISE, YEAR) if not one.part}
        for one in fields:
            history = open.history(ENTERPRISE, YEAR, one.variable)["value"].tolist()
            if one.acknowledged and values.get(one.variable) != one.acknowledged[-1]:
                lost.append(f"{one.variable}: {values.get(one.variable)} for {one.acknowledged[-1]}")
            lost += [
                f"{one.variable}: {value} in no history" for value in one.acknowledged if value not in history
            ]
    return lost


def _unseen(fields: list[Field], shown: dict[str, str]) -> list[str]:
    return [
        f"{one.variable}: {shown.get(one.variable)!r} for {one.acknowledged[-1]}"
        for one in fields
        if one.acknowledged and number(shown.get(one.variable, "")) != one.acknowledged[-1]
    ]
