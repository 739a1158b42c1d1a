"""The benchmark of the served screens: what it concludes, and that its people and its browser are served."""

from __future__ import annotations

import doctest
import math
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from serve import crowd, figures, people, sizing  # noqa: E402
from serve.browser import Visit  # noqa: E402
from serve.servers import SCREEN, Server, ours, proportional  # noqa: E402


@pytest.fixture(scope="module")
def stores(tmp_path_factory) -> tuple[Path, str, str]:
    """A folder, the store with two accounts and the one without any."""
    folder = tmp_path_factory.mktemp("banc")
    return folder, *people.stores(folder, 2)


@pytest.fixture(scope="module")
def server(stores) -> Iterator[Server]:
    """Our server, with the screen that every server of the benchmark shows."""
    folder, shared, _ = stores
    with ours(SCREEN, shared, folder) as started:
        yield started


def test_the_examples_of_the_figures_hold():
    found = doctest.testmod(figures)
    assert found.attempted >= 10 and found.failed == 0


@pytest.mark.parametrize(
    ("line", "is_reached"),
    [
        (figures.cold_page("", 1.0, 2.5), True),
        (figures.cold_page("", 1.01, 2.5), False),
        (figures.memory("", 50, 150), True),
        (figures.memory("", 51, 150), False),
        (figures.answer("", 45, 45), True),
        (figures.answer("", 61, 90), False),
        (figures.rush("", 59, 60, 60), False),
        (figures.outside(0, 2), True),
        (figures.outside(1, 0), False),
        (figures.cold_page("", float("nan"), 2.5), False),
        (figures.answer("", float("nan"), 45), False),
    ],
)
def test_a_figure_is_reached_at_its_bound_and_not_beyond(line, is_reached):
    assert line.is_reached is is_reached
    assert line.cells[-1] == (figures.REACHED if is_reached else figures.MISSED)


def test_the_page_of_figures_says_what_is_reckoned():
    text = (ROOT / "docs" / "dimensionnement.md").read_text("utf-8")
    assert sizing.capacity() in text and sizing.networks() in text
    for value in (sizing.MEASURED.page, sizing.MEASURED.server):
        assert f"| {value:g} Mo |" in text
    for value in (sizing.MEASURED.opening, sizing.MEASURED.gesture):
        assert f"| {value:g} ms |" in text


def test_what_is_scarcest_decides_how_many_people_a_machine_holds():
    machine, use = sizing.Machine(cores=2, memory=4), sizing.Use()
    light = sizing.Cost(page=50, server=400, opening=400, gesture=40)
    assert machine.people(light, use) == machine.by_memory(light) < machine.by_processor(light, use)
    busy = sizing.Cost(page=50, server=400, opening=400, gesture=400)
    assert machine.people(busy, use) == machine.by_processor(busy, use) < machine.by_memory(busy)
    assert sizing.machines(1, machine) == 1


def test_both_stores_hold_the_same_campaigns_and_one_of_them_the_accounts(stores):
    _, shared, bare = stores
    counts = {}
    for address in (shared, bare):
        with sqlite3.connect(address.removeprefix("sqlite:///")) as store:
            for table in ("campaign", "account"):
                found = store.execute(f"select count(*) from {table}").fetchone()[0]
                counts.setdefault(table, []).append(found)
    assert counts["account"] == [2, 0]
    assert counts["campaign"][0] == counts["campaign"][1] > 10


def test_memory_counts_the_part_of_a_process_and_nothing_of_none():
    own = psutil.Process().memory_info().rss
    assert 0 < proportional(psutil.Process().pid) <= own
    assert proportional(2**22 + 1) == 0


def test_everyone_who_arrives_is_served_and_works(server):
    before = server.memory()
    with crowd.Loop() as loop:
        here = crowd.crowd(server, 2)
        waited = loop.run(crowd.arrivals(here, 0.5))
        assert len(waited) == 2 and all(seconds > 0 for seconds in waited)
        assert loop.run(here[0].intend("set", id="share", value="70")) > 0
        assert server.memory() > before
        loop.run(crowd.leave(here))


def test_whoever_cannot_sign_in_is_not_served(server):
    with crowd.Loop() as loop:
        assert loop.run(crowd.arrivals([crowd.Person(server, 99)], 0)) == []


@pytest.mark.browser
def test_the_browser_sees_the_answers_and_nothing_leaves_the_server(server, chromium):
    visit = Visit(chromium, server)
    assert math.isfinite(visit.first_answer("Suivant", "p", "Étape 2 sur 5")), server.log.read_text("utf-8")
    assert (visit.gesture({"click": "Suivant"}, "#b-step", "Étape 3 sur 5") or 0) > 0
    assert (visit.gesture({"box": "#f-share", "value": "70"}, "#b-chart svg", "70") or 0) > 0
    assert visit.outside == set()
    visit.close()


def test_a_server_that_ends_leaves_no_process(stores):
    folder, shared, _ = stores
    with ours(SCREEN, shared, folder) as started:
        tree = started.tree()
    assert tree and not any(process.is_running() for process in psutil.wait_procs(tree, 10)[1])
