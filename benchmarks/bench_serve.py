"""The served screens beside stock Voilà, Streamlit and Panel: how soon, for how many, in how much memory.

Every server runs in processes of its own on this machine, whose processors also run the browser and the
people of the load. Nobody but this machine has an address in the browser. The ratios travel, the
milliseconds do not.

Run ``make bench-serve``: Streamlit and Panel stand in an environment of their own. ``--small`` is a trial of
the benchmark itself: few people, one visit each.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import psutil
from playwright.sync_api import Browser
from serve import figures
from serve.browser import Visit, chromium, chromium_path
from serve.crowd import Loop, all_work, arrivals, come_in, crowd, leave
from serve.people import stores
from serve.servers import APPLICATION, PEERS, SCREEN, Server, ours, panel, stock, streamlit

STEP = ("Suivant", "p", "Étape 2 sur 5")
CAMPAIGN = ("Reprendre", "p", "Étape")
NEXT, BOX = {"click": "Suivant"}, "#f-share"


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Parameters
    ----------
    visits
        Cold pages of each server.
    people
        People at work while gestures are measured.
    gestures
        Gestures of each kind.
    together
        People who arrive within ``seconds``.
    residents
        People of the application whose memory is measured.
    """

    visits: int = 5
    people: int = 30
    gestures: int = 15
    together: int = 60
    seconds: float = 10.0
    residents: int = 8


WHOLE = Size()
TRIAL = Size(visits=1, people=3, gestures=3, together=4, seconds=2.0, residents=2)


def cold(
    browser: Browser,
    servers: Sequence[Server],
    visits: int,
    looked_for: tuple[str, str, str],
    outside: Outside,
) -> dict[str, float]:
    """Median seconds of a cold page on each server, visited in turn, each time in another order."""
    found: dict[str, list[float]] = {server.name: [] for server in servers}
    with ExitStack() as stack:
        for server in servers:
            stack.enter_context(server)
        for turn in range(-1, visits):  # the first visit of each reads its files from the disk
            for server in random.sample(servers, len(servers)):
                visit = Visit(browser, server)
                seconds = visit.first_answer(*looked_for)
                outside.note(visit)
                visit.close()
                if turn >= 0:
                    found[server.name].append(seconds)
    return {name: figures.median(seconds) for name, seconds in found.items()}


class Outside:
    """Addresses outside of their server that pages have asked for."""

    def __init__(self) -> None:
        self.asked: dict[str, set[str]] = {}

    def note(self, visit: Visit) -> None:
        """Keep what a visit has asked for."""
        self.asked.setdefault(visit.server.name, set()).update(visit.outside)

    def count(self, name: str) -> int:
        """How many addresses the pages of a server have asked for."""
        return len(self.asked.get(name, ()))


@dataclass
class AtWork:
    """What is seen of a server while people work.

    Parameters
    ----------
    click, chart
        Milliseconds that a gesture takes in the browser.
    each, whole
        Megabytes of one more person, and of everything divided by the people.
    opening, gesture
        Milliseconds of processor of the server, for one opening and for one gesture.
    """

    click: float
    chart: float
    each: float
    whole: float
    opening: float
    gesture: float


def at_work(browser: Browser, server: Server, size: Size) -> AtWork:
    """Gestures in one real page while people work beside it, and the memory they all take."""
    with server, Loop() as loop:
        visit = Visit(browser, server)
        visit.first_answer(*STEP)
        before, alone, start = server.memory(), 1, server.busy()
        people = crowd(server, size.people, first=alone)
        loop.run(come_in(people))
        opened, said = server.busy(), sum(person.seq for person in people)
        until = time.monotonic() + 3.0 * size.gestures + 10
        load = loop.begin(all_work(people, until))
        time.sleep(5)  # everyone has begun
        clicks, charts = gestures(visit, size.gestures)
        whole = server.memory()
        load.result()
        done = sum(person.seq for person in people) - said + len(clicks) + len(charts)
        worked = server.busy() - opened
        loop.run(leave(people))
        visit.close()
        return AtWork(
            figures.median(clicks),
            figures.median(charts),
            (whole - before) / size.people,
            whole / (size.people + alone),
            1000 * (opened - start) / size.people,
            1000 * worked / done,
        )


def gestures(visit: Visit, count: int) -> tuple[list[float], list[float]]:
    """Clicks that change a text and numbers that change a chart, in turn (milliseconds)."""
    clicks: list[float] = []
    charts: list[float] = []
    step = 2
    for rank in range(count):
        step = step % 5 + 1
        share = str(50 + rank)
        for found, act, place, text in (
            (clicks, NEXT, "#b-step", f"Étape {step} sur 5"),
            (charts, {"box": BOX, "value": share}, "#b-chart svg", share),
        ):
            time.sleep(1.0)
            answered = visit.gesture(act, place, text)
            if answered is not None:
                found.append(answered)
    return clicks, charts


def residents(server: Server, count: int) -> float:
    """Megabytes that one more person of the application takes."""
    with server, Loop() as loop:
        first, *others = crowd(server, count + 1)
        loop.run(first.arrive())
        before = server.memory()
        loop.run(come_in(others))
        return (server.memory() - before) / count


def served(server: Server, size: Size) -> int:
    """How many of the people who arrive together are served."""
    with server, Loop() as loop:
        loop.run(crowd(server, 1, first=size.together)[0].arrive())
        return len(loop.run(arrivals(crowd(server, size.together), size.seconds)))


def measure(size: Size, folder: Path, say: Callable[..., Any]) -> list[figures.Line]:
    """Everything, in one run; ``say`` does each part of it, and tells what it gave."""
    shared, bare = stores(folder, size.together + 1)
    screens = ours(SCREEN, shared, folder), stock(SCREEN, bare, folder)
    pages = ours(APPLICATION, shared, folder), stock(APPLICATION, bare, folder)
    peers = [streamlit(folder), panel(folder)] if PEERS.is_dir() else []
    outside = Outside()
    us, them = screens[0].name, screens[1].name
    with chromium() as browser:
        first = say(
            "pages à froid, même écran", cold, browser, [*screens, *peers], size.visits, STEP, outside
        )
        whole = say("pages à froid, application", cold, browser, pages, size.visits, CAMPAIGN, outside)
        work, base = (say(f"au travail, {one.name}", at_work, browser, one, size) for one in screens)
    held = [say(f"mémoire de l'application, {one.name}", residents, one, size.residents) for one in pages]
    welcome = [say(f"arrivées ensemble, {one.name}", served, one, size) for one in pages]
    together = f"{size.together} personnes en {size.seconds:.0f} s"
    return [
        figures.cold_page("page à froid, application", whole[us], whole[them]),
        figures.cold_page("page à froid, même écran", first[us], first[them]),
        *figures.beside_peers("même écran", first[us], {one.name: first[one.name] for one in peers}),
        figures.memory("mémoire d'une personne, application", *held),
        figures.memory("mémoire d'une personne, écran avec graphique", work.each, base.each),
        figures.memory(f"  serveur compris, à {size.people + 1} personnes", work.whole, base.whole),
        figures.rush(together, *welcome, size.together),
        figures.answer(f"clic, texte, à {size.people} personnes", work.click, base.click),
        figures.answer(f"nombre, graphique, à {size.people} personnes", work.chart, base.chart),
        figures.told("processeur d'une ouverture, écran", work.opening, base.opening, "ms"),
        figures.told("processeur d'un geste, un sur deux redessine", work.gesture, base.gesture, "ms"),
        figures.outside(outside.count(us), outside.count(them)),
    ]


def machine() -> str:
    """The machine and the versions of this run."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    memory = psutil.virtual_memory().total / (1 << 30)
    browser = subprocess.run([chromium_path() or "chromium", "--version"], capture_output=True, text=True)
    known = ("voila", "jupyter-server", "ipykernel", "tornado")
    return "\n".join(
        [
            f"{os.cpu_count()} cœurs ({model}), {memory:.0f} Gio, charge {os.getloadavg()[0]:.1f} au départ",
            f"Python {platform.python_version()}, {browser.stdout.strip()}, "
            + ", ".join(f"{name} {version(name)}" for name in known),
        ]
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []


def main() -> None:
    reader = argparse.ArgumentParser(description="Servir : nous, Voilà seul, Streamlit et Panel.")
    reader.add_argument("--small", action="store_true", help="un essai, sur peu de personnes")
    size = TRIAL if reader.parse_args().small else WHOLE
    start = time.monotonic()

    def say(text: str, work: Callable[..., Any], *given: Any) -> Any:
        found = work(*given)
        print(f"{time.monotonic() - start:5.0f} s  {text} : {found}", file=sys.stderr, flush=True)
        return found

    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="banc_") as folder:
        lines = measure(size, Path(folder), say)
    print(f"\n{figures.table(lines)}\n\n{time.monotonic() - start:.0f} s en tout")


if __name__ == "__main__":
    main()
