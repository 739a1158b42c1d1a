"""How many people a machine holds, and how many machines a network needs, from what was measured.

Run ``python benchmarks/serve/sizing.py``: it prints the tables of ``docs/dimensionnement.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GIB = 1024**3 / 1_000_000
"""Megabytes in one GiB of memory."""


@dataclass(frozen=True)
class Use:
    """How a network uses the service at its busiest.

    Parameters
    ----------
    hours
        Hours that the people of one enterprise spend before the screen, for one self-evaluation.
    days, day
        Working days over which all do it, and hours of such a day.
    peak
        The busiest moment against the average of these days.
    pause
        Seconds between two gestures of a person.
    visit
        Minutes that a page stays open.
    """

    hours: float = 20
    days: float = 60
    day: float = 7
    peak: float = 3
    pause: float = 7.5
    visit: float = 20

    def connected(self, enterprises: int) -> int:
        """How many people are connected at the busiest moment."""
        return math.ceil(enterprises * self.hours / (self.days * self.day) * self.peak)


@dataclass(frozen=True)
class Cost:
    """What was measured.

    Parameters
    ----------
    page
        Megabytes that one more person takes.
    server
        Megabytes of the server, of the process that others are forked from, of the database.
    opening, gesture
        Milliseconds of processor.
    """

    page: float
    server: float
    opening: float
    gesture: float


@dataclass(frozen=True)
class Machine:
    """A machine that one may rent."""

    cores: int
    memory: int

    def by_memory(self, cost: Cost) -> int:
        """People whose pages its memory holds; the system keeps half a GiB, and a tenth stays free."""
        return max(0, math.floor((0.9 * self.memory * GIB - GIB / 2 - cost.server) / cost.page))

    def by_processor(self, cost: Cost, use: Use) -> int:
        """People whom its processors answer at once: they are busy half of the time, and never more."""
        each = cost.gesture / use.pause + cost.opening / (60 * use.visit)
        return math.floor(0.5 * self.cores * 1000 / each)

    def people(self, cost: Cost, use: Use) -> int:
        """People whom it serves."""
        return min(self.by_memory(cost), self.by_processor(cost, use))


MEASURED = Cost(page=70, server=350, opening=760, gesture=43)
USE = Use()
MACHINES = (Machine(2, 4), Machine(4, 8), Machine(8, 32), Machine(16, 64))
NETWORKS = (500, 4_000, 50_000)


def machines(enterprises: int, machine: Machine, cost: Cost = MEASURED, use: Use = USE) -> int:
    """How many machines of one kind a network needs."""
    return math.ceil(use.connected(enterprises) / machine.people(cost, use))


def capacity() -> str:
    """The table of machines, as the page shows it."""
    rows = [
        "| machine | d'après la mémoire | d'après les processeurs | personnes connectées |",
        "|---|---|---|---|",
    ]
    for one in MACHINES:
        held = one.by_memory(MEASURED), one.by_processor(MEASURED, USE), one.people(MEASURED, USE)
        cells = " | ".join(map(_spaced, held))
        rows.append(f"| {one.cores} cœurs, {one.memory} Gio | {cells} |")
    return "\n".join(rows)


def networks() -> str:
    """The table of networks, as the page shows it."""
    kinds = " | ".join(f"{one.cores} cœurs, {one.memory} Gio" for one in MACHINES[1:])
    rows = [f"| entreprises | connectées au plus fort | {kinds} |", "|---" * (len(MACHINES) + 1) + "|"]
    for count in NETWORKS:
        needed = " | ".join(_spaced(machines(count, one)) for one in MACHINES[1:])
        rows.append(f"| {_spaced(count)} | {_spaced(USE.connected(count))} | {needed} |")
    return "\n".join(rows)


def _spaced(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


if __name__ == "__main__":
    print(capacity(), networks(), sep="\n\n")
