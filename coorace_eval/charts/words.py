"""Text written by people, made fit for a drawing: plain characters, short lines."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from textwrap import wrap

from coorace_eval.charts.theme import FONTS
from coorace_eval.language import FRENCH, language

NBSP = "\u00a0"
ELLIPSIS = "…"
INSTEAD = "□"
_DROPPED = ("Cc", "Cf", "Cs", "Cn")
_JOINERS = "\u200c\u200d"
_DRAWING_MARKS = "\ufe0e\ufe0f"


def clean(text: str) -> str:
    """A text without what no page can show: controls, lone surrogates, marks of direction.

    A joiner stays between letters, where it shapes Arabic; between emoji it goes, and each emoji
    is drawn for itself.
    """
    if not any(sign != "\n" and _is_odd(sign) for sign in set(text)):
        return text
    kept = []
    for place, sign in enumerate(text):
        around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
        if sign in _JOINERS:
            if len(around) == 2 and all(unicodedata.category(c)[0] in "LM" for c in around):
                kept.append(sign)
        elif sign == "\n" or not _is_odd(sign):
            kept.append(sign)
    return "".join(kept)


def _is_odd(sign: str) -> bool:
    return sign in _DRAWING_MARKS or unicodedata.category(sign) in _DROPPED


@lru_cache(1 << 14)
def plain(text: str) -> str:
    r"""A text on one line, without what no page can show: controls, lone surrogates, marks of direction.

    >>> plain("Un\x00 deux\n  trois")
    'Un deux trois'
    """
    kept = clean("".join(" " if c.isspace() and c not in "\u00a0\u202f" else c for c in text))
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
    unknown = {ord(c): INSTEAD for c in set(text) if c not in "\n\t" and ord(c) not in known}
    return text.translate(unknown) if unknown else text


@cache
def _drawn() -> frozenset[int]:
    found: set[int] = set()
    for line in (FONTS / "coverage.txt").read_text("ascii").split():
        first, _, last = line.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found | {0x200B, 0x200C, 0x200D})


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
    return list(_lines(text, width, most)) or [""]


@lru_cache(1 << 12)
def _lines(text: str, width: int, most: int) -> tuple[str, ...]:
    return tuple(wrap(plain(text), width, max_lines=most, placeholder=ELLIPSIS, break_on_hyphens=False))


def sentence(parts: list[str]) -> str:
    """Parts of a description, one after the other.

    >>> sentence(["A : 1", "B : 2"]).replace(NBSP, "~")
    'A~: 1~; B~: 2.'
    """
    if language() != FRENCH:
        return "; ".join(parts).replace(" : ", ": ") + "."
    return f"{NBSP}; ".join(parts).replace(" : ", f"{NBSP}: ") + "."
