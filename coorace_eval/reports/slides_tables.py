"""Tables on slides: the rows and columns that are kept, their widths, and what the notes say of the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coorace_eval.charts.words import shorten
from coorace_eval.formatting import MISSING
from coorace_eval.language import tr
from coorace_eval.reports.office import BLUE, INK, SOFT, pair
from coorace_eval.reports.slides_deck import BOTTOM, ROOM, SMALLEST, TOP, Line
from coorace_eval.reports.slides_measure import height, letters, rows

if TYPE_CHECKING:
    from coorace_eval.reports.content import Cell, Table

MOST = 8
"""As many rows as are read from the back of the room."""
_SIZES = (24, 21, SMALLEST)
_BELOW = 0.9


@dataclass(frozen=True)
class Laid:
    """A table made fit for a slide: its lines, its widths, the air in its cells, the rows left out."""

    lines: list[list[Line]]
    widths: list[float]
    air: float
    left: int


def facts(block: Table, drawn: Collection[str]) -> Table:
    """The figures of a dimension, the most telling first; a column that says nothing is left out.

    First those with a target, then those whose evolution is told, then the others; missing ones last.
    """
    target = len(block.head) - 1

    def rank(row: Sequence[Cell]) -> tuple[bool, bool, bool]:
        return row[1].quiet, row[target].text == MISSING, row[0].text not in drawn

    kept = [
        place for place in range(len(block.head))
        if place < 2 or any(row[place].text != MISSING for row in block.rows)
    ]  # fmt: skip
    return columns(replace(block, rows=tuple(sorted(block.rows, key=rank))), kept)


def columns(block: Table, kept: Sequence[int]) -> Table:
    """A table with some of its columns only."""
    kept = [place for place in kept if place < len(block.head)]
    return replace(
        block,
        head=tuple(block.head[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in block.rows),
        figures=tuple(new for new, place in enumerate(kept) if place in block.figures),
        wide=tuple(new for new, place in enumerate(kept) if place in block.wide),
    )


def aimed(block: Table) -> list[str]:
    """The names of what has a target, in a table of facts."""
    return [row[0].text for row in block.rows if row[-1].text != MISSING]


def laid(block: Table, top: float = TOP) -> Laid:
    """A table in the largest letters in which it fits; what does not fit in the smallest is left out."""
    for size in _SIZES:
        plain = [[_cell(row, place, size) for place in range(len(row))] for row in block.rows[:MOST]]
        widths = _widths(block, plain, size)
        head = [Line(shorten(text, 60), size, True, BLUE, 0) for text in block.head]
        short = [
            [
                replace(cell, text=shorten(cell.text, letters(width - 0.5, size) * 6))
                for cell, width in zip(row, widths, strict=True)
            ]
            for row in plain
        ]
        tall = [
            0.3 + max(height(cell.text, width - 0.4, size) for cell, width in zip(row, widths, strict=True))
            for row in (head, *short)
        ]
        room = BOTTOM - top + 0.3 - (_BELOW if len(block.rows) > MOST else 0)
        texts: list[Iterable[str]] = [block.head, *([cell.text for cell in row] for row in plain)]
        if sum(tall) <= room and not _cramped(texts, widths, size):
            break
    count = next((n for n in range(len(short), 1, -1) if sum(tall[: n + 1]) <= room), 1)
    if count < len(block.rows) <= MOST:
        count = next((n for n in range(count, 1, -1) if sum(tall[: n + 1]) <= room - _BELOW), 1)
        room -= _BELOW
    air = max(0.0, min((room - sum(tall[: count + 1])) / (2 * (count + 1)), 0.3))
    return Laid([head, *short[:count]], widths, air, len(block.rows) - count)


def robust(block: Table) -> list[str]:
    """What the small letters say of how far a figure can be trusted."""
    told_of = []
    for row in block.rows:
        units = {cell.unit for cell in row if cell.unit}
        lines = [line for line in row[0].note.split("\n") if line.strip() and line not in units]
        told_of += [f"{row[0].text} – {line}" for line in lines]
    return told_of


def references(block: Table) -> list[str]:
    """The references of its figures, each by the name of its row."""
    found = [pair(row[0].text, cell.ref) for row in block.rows for cell in row if cell.ref]
    return [pair(tr("Références des chiffres"), ", ".join(found))] if found else []


def told(block: Table) -> list[str]:
    """Its rows as sentences, for the notes."""
    return [
        pair(row[0].text, ", ".join(
            pair(head, cell.text) for head, cell in zip(block.head[1:], row[1:], strict=True) if cell.text
        ))
        for row in block.rows
    ]  # fmt: skip


def _cell(row: tuple[Cell, ...], place: int, size: float) -> Line:
    """A cell for a slide: its text, its unit, and what is said of it in passing."""
    cell = row[place]
    units = {other.unit for other in row if other.unit}
    if place == 0:
        apart = next((line for line in cell.note.split("\n") if line in units), "")
        known = set(cell.text.lower().split())
        text = cell.text if set(apart.lower().split()) <= known else f"{cell.text} ({apart})"
    else:
        note = " ".join(cell.note.split("\n"))
        beside = note if len(note) < 30 else ""
        aim = place == len(row) - 1
        text = " ".join(filter(None, [cell.text, beside if aim or not beside else f"({beside})"]))
    return Line(text, size, False, SOFT if cell.quiet else INK, 0)


def _widths(block: Table, plain: list[list[Line]], size: float) -> list[float]:
    """The width of each column in centimetres: the figures take what they need, the texts share the rest."""
    asked = []
    for place, head in enumerate(block.head):
        texts = [head, *(row[place].text for row in plain)]
        words = max((len(word) for text in texts for word in text.split(" ")), default=1)
        most = 30 if place in block.wide else 16
        wanted = max(min(max(map(len, texts)), most), min(words, 18), 5)
        longest = min(max(map(len, head.split(" "))), 14)
        letter = size * 0.0353
        asked.append(
            max(wanted * letter * (0.58 if place in block.wide else 0.52), longest * letter * 0.62) + 0.6
        )
    wide = [place for place in range(len(asked)) if place in block.wide] or [0]
    shared = sum(asked[place] for place in wide)
    spare = max(ROOM - sum(asked), 6 * len(wide) - shared)
    for place in wide:
        asked[place] += spare * asked[place] / shared
    return [width * ROOM / sum(asked) for width in asked]


def _cramped(texts: Sequence[Iterable[str]], widths: list[float], size: float) -> bool:
    """Whether a word would be cut in two for want of room, or a text take many lines."""
    most = 2 if len(texts) > 4 else 3
    return any(
        rows(text, width - 0.5, size) > most or max(map(len, text.split(" "))) > letters(width - 0.5, size)
        for row in texts
        for text, width in zip(row, widths, strict=True)
    )
