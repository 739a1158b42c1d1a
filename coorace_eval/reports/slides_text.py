"""Texts on slides: cut into pages, made larger where there is room, shorter where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coorace_eval.charts.words import shorten
from coorace_eval.reports.slides_deck import BOTTOM, ROOM, SMALLEST, TOP, Line
from coorace_eval.reports.slides_measure import cut, height, lines_in, rows, sentences

FREE = BOTTOM - TOP - 0.5
"""The height that a text may take, in centimetres, with a line left below it."""
_POINT = 0.0353
_CAPS = (400, 260, 180, 130, 90)
_QUOTES = (40, 36, 32, 28, 24)
"""Sizes of the words of people, from the largest."""


def taken(lines: Sequence[Line], width: float = ROOM) -> float:
    """The height of some paragraphs, in centimetres."""
    return sum(height(line.text, width, line.size) + line.after * _POINT for line in lines)


def pages(lines: Sequence[Line], room: float = FREE) -> list[list[Line]]:
    """Paragraphs on pages; one that does not fit is cut after a sentence."""
    found: list[list[Line]] = [[]]
    left = room
    for line in lines:
        if not line.text.strip():
            continue
        gap = line.after * _POINT
        tall = height(line.text, ROOM, line.size) + gap
        if tall <= left:
            found[-1].append(line)
            left -= tall
            continue
        title = [found[-1].pop()] if found[-1] and found[-1][-1].bold and tall <= room else []
        if tall <= room and found[-1]:
            found.append([*title, line])
            left = room - tall - sum(height(t.text, ROOM, t.size) for t in title)
            continue
        found[-1] += title
        first, most = lines_in(max(left - gap, 0), line.size), lines_in(room - gap, line.size)
        pieces = cut(line.text, ROOM, line.size, most, first if found[-1] and left > 2 else most)
        for rank, piece in enumerate(pieces):
            if (rank or left <= 2) and found[-1]:
                found.append([])
                left = room
            found[-1].append(replace(line, text=piece))
            left -= height(piece, ROOM, line.size) + gap
    return [page for page in found if page]


def fitted(lines: Sequence[Line], most: int, room: float = FREE) -> list[list[Line]]:
    """Paragraphs on pages, shortened where there are several and they would take more than ``most``."""
    for count in range(1, most + 1):
        for size in (1.0, 0.9, 0.8):
            smaller = [
                replace(line, size=max(line.size * size, SMALLEST), after=line.after * size**2)
                for line in lines
            ]
            if len(found := pages(smaller, room)) <= count:
                return [spread(page, room) for page in found]
    for most_letters in _CAPS if len(lines) > 2 else ():
        shorter = [replace(line, text=shorten(line.text, most_letters)) for line in smaller]
        if len(found := pages(shorter, room)) <= most:
            break
    return found


def spread(lines: Sequence[Line], room: float = FREE) -> list[Line]:
    """Letters made larger where few words would leave the slide empty, and more air between them."""
    chosen = list(lines)
    for factor in (1.6, 1.4, 1.25, 1.1):
        larger = [replace(line, size=min(line.size * factor, 36)) for line in lines]
        if taken(larger) <= room * 0.95:
            chosen = larger
            break
    gaps = sum(line.after for line in chosen[:-1]) * _POINT
    spare = room * 0.9 - taken(chosen)
    if gaps <= 0 or spare <= 0:
        return chosen
    wider = 1 + min(spare / gaps, 1.6)
    return [replace(line, after=line.after * wider) for line in chosen]


def below_title(texts: Sequence[str], most: int, *, whole: bool = True) -> tuple[str, list[str]]:
    """What stands below a title, in at most so many lines, and the sentences that are left to say.

    Parameters
    ----------
    whole
        A sentence that does not fit is left out; otherwise its beginning is shown.
    """
    shown = ""
    left: list[str] = []
    for sentence in (sentence for text in texts for sentence in sentences(text)):
        longer = f"{shown} {sentence}".strip()
        if not left and most and rows(longer, ROOM, SMALLEST) <= most:
            shown = longer
        else:
            left.append(sentence)
    if not shown and left and most and not whole:
        shown = shorten(left[0], 80 * most)
    return shown, left


def quotes_on_slides(texts: Sequence[str], width: float, room: float) -> list[tuple[float, list[int]]]:
    """Which words of people share a slide: at most three, in large letters, all of one size.

    Returns
    -------
    list
        For each slide the size of its letters, and the places of its texts.
    """
    found: list[tuple[float, list[int]]] = []
    start = 0
    while start < len(texts):
        for count in range(min(3, len(texts) - start), 0, -1):
            some = texts[start : start + count]
            size = next((s for s in _QUOTES if _tall(some, width, s) <= room), 0)
            if size or count == 1:
                break
        found.append((size or 22, list(range(start, start + count))))
        start += count
    return found


def _tall(texts: Sequence[str], width: float, size: float) -> float:
    return sum(height(text, width, size) + 2.2 for text in texts)
