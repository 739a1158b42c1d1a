"""From what was measured to the table: medians, ratios, and whether each figure is reached."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

REACHED, MISSED, TOLD = "atteint", "manqué", ""
HEAD = ("mesure", "nous", "Voilà seul", "rapport", "à atteindre", "")


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Parameters
    ----------
    label
        What was measured.
    ours, stock
        The two figures, written out.
    ratio
        One against the other, written out.
    target
        What is to be reached; nothing where a figure is told for what it is.
    is_reached
        Whether it is; ``None`` without a target.
    """

    label: str
    ours: str
    stock: str = ""
    ratio: str = ""
    target: str = ""
    is_reached: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as the table shows it."""
        verdict = TOLD if self.is_reached is None else REACHED if self.is_reached else MISSED
        return (self.label, self.ours, self.stock, self.ratio, self.target, verdict)


def median(found: Sequence[float]) -> float:
    """The middle of what was found; not a number when nothing was.

    >>> median([3.0, 1.0, 2.0])
    2.0
    """
    return statistics.median(found) if found else float("nan")


def number(value: float, digits: int = 0) -> str:
    """A figure as French writes it; a dash when there is none.

    >>> number(2.546, 2)
    '2,55'
    >>> number(float("nan"))
    '–'
    """
    return "–" if value != value else f"{value:.{digits}f}".replace(".", ",")


def cold_page(label: str, ours: float, stock: float, least: float = 2.5) -> Line:
    """From the request to a widget that answers: so many times faster than stock (seconds).

    >>> cold_page("écran", 1.0, 3.0).cells
    ('écran', '1,00 s', '3,00 s', '3,0 fois', 'au moins 2,5 fois', 'atteint')
    """
    ratio = stock / ours
    return Line(
        label,
        f"{number(ours, 2)} s",
        f"{number(stock, 2)} s",
        f"{number(ratio, 1)} fois",
        f"au moins {number(least, 1)} fois",
        ratio >= least,
    )


def beside_peers(label: str, ours: float, peers: Mapping[str, float], most: float = 1.25) -> list[Line]:
    """The same, beside others that show the same screen: not slower by more than a quarter (seconds).

    >>> [line.is_reached for line in beside_peers("écran", 1.2, {"Panel": 1.0, "Streamlit": 0.9})]
    [True, False]
    """
    return [
        Line(
            f"{label} : {name}, {number(seconds, 2)} s",
            f"{number(ours, 2)} s",
            ratio=f"{number(ours / seconds, 2)} fois son temps",
            target=f"au plus {number(most, 2)}",
            is_reached=ours / seconds <= most,
        )
        for name, seconds in peers.items()
    ]


def memory(label: str, ours: float, stock: float, share: float = 1 / 3, most: float = 60) -> Line:
    """Memory of one more person (MB): at most a third of stock, and so many MB.

    >>> memory("écran", 40, 150).is_reached, memory("écran", 61, 300).is_reached
    (True, False)
    """
    return Line(
        label,
        f"{number(ours)} Mo",
        f"{number(stock)} Mo",
        f"{number(ours / stock, 2)} de sa mémoire",
        f"au plus 1/3, et {number(most)} Mo",
        ours / stock <= share and ours <= most,
    )


def rush(label: str, ours: int, stock: int, people: int) -> Line:
    """How many of those who arrived together were served: all are to be.

    >>> rush("60 en 10 s", 60, 3, 60).cells[1:3]
    ('60 sur 60', '3 sur 60')
    """
    return Line(
        label, f"{ours} sur {people}", f"{stock} sur {people}", target="toutes", is_reached=ours == people
    )


def answer(label: str, ours: float, stock: float, most: float = 60) -> Line:
    """How long the page takes to answer a gesture (ms): no more than stock, and so many ms.

    >>> answer("clic", 40, 45).is_reached, answer("clic", 50, 45).is_reached
    (True, False)
    """
    return Line(
        label,
        f"{number(ours)} ms",
        f"{number(stock)} ms",
        f"{number(ours / stock, 2)} fois son temps",
        f"au plus 1, et {number(most)} ms",
        ours <= stock and ours <= most,
    )


def told(label: str, ours: float, stock: float, unit: str) -> Line:
    """A figure that has no target: it helps to choose a machine.

    >>> told("processeur", 12.4, 15.0, "ms").cells
    ('processeur', '12 ms', '15 ms', '', '', '')
    """
    return Line(label, f"{number(ours)} {unit}", f"{number(stock)} {unit}")


def outside(ours: int, stock: int) -> Line:
    """Requests of the browser that leave the server: none."""
    return Line(
        "requêtes qui quittent le serveur", str(ours), str(stock), target="aucune", is_reached=ours == 0
    )


def table(lines: Iterable[Line]) -> str:
    """The lines, in columns of one width each.

    >>> print(table([rush("60 en 10 s", 60, 3, 60)]))
    mesure      nous       Voilà seul  rapport  à atteindre
    60 en 10 s  60 sur 60  3 sur 60             toutes       atteint
    """
    rows = [HEAD, *(line.cells for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
