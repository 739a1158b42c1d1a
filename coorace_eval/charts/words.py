"""Text written by people, made fit for a drawing: plain characters, short lines."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from textwrap import wrap

from coorace_eval.charts.theme import FONTS

NBSP = "\u00a0"
ELLIPSIS = "…"
INSTEAD = "□"
_KEPT = {"\u200c", "\u200d"}  # joiners: they shape Arabic and group emoji


def plain(text: str) -> str:
    r"""A text on one line, without what no page can show: controls, lone surrogates, marks of direction.

    >>> plain("Un\x00 deux\n  trois")
    'Un deux trois'
    """
    kept = "".join(" " if c.isspace() and c not in "\u00a0\u202f" else c for c in text)
    dropped = ("Cc", "Cf", "Cs", "Cn")
    kept = "".join(c for c in kept if c in _KEPT or unicodedata.category(c) not in dropped)
    return typeset(re.sub(" +", " ", kept).strip(" "))


def typeset(text: str) -> str:
    """French typography where the author left ordinary marks: apostrophes and spaces that must not break.

    >>> typeset("L'emploi : où ?").replace(NBSP, "~")
    'L’emploi~: où~?'
    """
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    return re.sub(r"(?<=\S) (?=[:;?!»%])|(?<=«) ", NBSP, text)


def printable(text: str) -> str:
    """The text with « □ » in place of what the fonts of this library cannot draw."""
    known = _drawn()
    return "".join(c if c in "\n\t" or ord(c) in known else INSTEAD for c in text)


@cache
def _drawn() -> frozenset[int]:
    found: set[int] = set()
    for line in (FONTS / "coverage.txt").read_text("ascii").split():
        first, _, last = line.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found | {0x200B, 0x200C, 0x200D, 0xFE0E, 0xFE0F})


def shorten(text: str, limit: int) -> str:
    """The beginning of a text, cut at a word where there is one.

    >>> shorten("Taux de sorties dynamiques", 16)
    'Taux de sorties…'
    """
    text = plain(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    before = cut.rpartition(" ")[0]
    return (before if len(before) > limit // 2 else cut).rstrip(" ,;:") + ELLIPSIS


def lines(text: str, width: int, most: int) -> list[str]:
    """A text in at most ``most`` lines of about ``width`` characters; the last one tells if it is cut.

    >>> lines("Taux de sorties dynamiques des salarié-e-s", 20, 2)
    ['Taux de sorties', 'dynamiques des…']
    """
    return wrap(plain(text), width, max_lines=most, placeholder=ELLIPSIS, break_on_hyphens=False) or [""]


def sentence(parts: list[str]) -> str:
    """Parts of a description, one after the other.

    >>> sentence(["A : 1", "B : 2"]).replace(NBSP, "~")
    'A~: 1~; B~: 2.'
    """
    return f"{NBSP}; ".join(parts).replace(" : ", f"{NBSP}: ") + "."
