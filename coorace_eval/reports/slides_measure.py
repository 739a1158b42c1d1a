"""How much room a text takes on a slide, and where it is cut when there is not enough.

Letters are counted and not measured: the font of the house may be missing where the slides are shown,
so each is given a little more than it needs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from textwrap import wrap

_LETTER = 0.0353 * 0.54
"""The width of a letter, in centimetres for each point of its size."""
_LEADING = 0.0353 * 1.24
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def letters(width: float, size: float) -> int:
    """How many letters of a size (points) fit a width (centimetres)."""
    return max(int(width / (size * _LETTER)), 4)


def rows(text: str, width: float, size: float) -> int:
    """How many lines a text takes.

    >>> rows("Un mot", 10, 18), rows("mot " * 100, 10, 18)
    (1, 15)
    """
    room = letters(width, size)
    return sum(len(wrap(_widened(line), room)) or 1 for line in text.split("\n"))


def height(text: str, width: float, size: float) -> float:
    """The height of a text, in centimetres."""
    return rows(text, width, size) * size * _LEADING


def lines_in(room: float, size: float) -> int:
    """How many lines of a size fit a height (centimetres)."""
    return max(int(room / (size * _LEADING)), 1)


def cut(text: str, width: float, size: float, most: int, first: int | None = None) -> list[str]:
    """A text in pieces of at most ``most`` lines, cut after a sentence, or else after a word.

    Parameters
    ----------
    first
        The lines left for the first piece, where they are fewer.
    """
    pieces: list[str] = []
    left = most if first is None else first
    here = ""
    for unit in _units(text, letters(width, size) * max(most - 1, 1)):
        longer = f"{here}{unit}" if here.endswith("\n") or not here else f"{here} {unit}"
        if here and rows(longer.rstrip("\n"), width, size) > left:
            pieces.append(here.rstrip("\n"))
            here, left = unit, most
        else:
            here = longer
    if here.strip():
        pieces.append(here.rstrip("\n"))
    return pieces


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part.strip() for part in _SENTENCE.split(" ".join(text.split())) if part.strip()]


def _units(text: str, most: int) -> Iterator[str]:
    """Sentences, none longer than ``most`` letters; the last one of a paragraph keeps its line break."""
    for line in text.split("\n"):
        if not line.strip():
            continue
        parts = [
            piece
            for part in _SENTENCE.split(line.strip())
            for piece in (wrap(part, most) if len(part) > most else [part])
        ]
        yield from parts[:-1]
        yield parts[-1] + "\n"


def _widened(text: str) -> str:
    """The text with emoji and wide letters counted twice."""
    if text.isascii():
        return text
    return "".join(c + "x" if unicodedata.east_asian_width(c) in "WF" else c for c in text)
