"""Sentences that are too long to be read aloud in one breath."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coorace_eval.language import tr
from coorace_eval.wording.places import plain
from coorace_eval.wording.remark import Kind, Remark

MOST_WORDS = 25
_END = re.compile(r"[.!?…]+(?=[\s»)\"]|$)|\n")
_ABBREVIATED = re.compile(r"(?:\b(?:M|Mme|MM|p|ex|art|cf|n|env|max|min|etc|réf|tél|[A-Z])|\d)\.$")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_CUTS = re.compile(
    r";|\s:\s|"
    r"(?<=[\w),])\s+(?=(?:et|mais|car|donc|puis|tandis que|alors que|afin que|ce qui|qui|dont|où)\b)"
)
_FIRST_WORDS = 5
_LEAST_LISTED, _MOST_IN_A_LIST = 4, 9
_LEAST_LEFT = 6  # words on each side of a cut


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends; a line is a sentence at most."""
    start = 0
    for found in _END.finditer(text):
        if found[0] == "." and _ABBREVIATED.search(text[start : found.end()]):
            rest = text[found.end() :].lstrip()
            if rest[:1].islower() or not rest or not text[: found.end()].endswith("etc."):
                continue
        yield from _stripped(text, start, found.end())
        start = found.end()
    yield from _stripped(text, start, len(text))


def length_remarks(text: str) -> Iterator[Remark]:
    """Sentences above the limit, with the place where each could be cut."""
    read = plain(text)
    for start, end in sentences(read):
        words = _words(read[start:end])
        if words <= MOST_WORDS or _is_list(read[start:end]):
            continue
        here = text[start:end]
        cut = _best_cut(read[start:end])
        why = tr("{n} mots : au-delà de {most}, on perd le fil.", n=words, most=MOST_WORDS)
        proposal = ""
        if cut is None:
            why += " " + tr("Dites-le en deux phrases.")
        elif here[cut] == ";":
            proposal = _cut_at(here, cut)
            why += " " + tr("Un point peut remplacer le point-virgule.")
        else:
            after = " ".join(here[cut:].split()[:_FIRST_WORDS]).lstrip(": ")
            why += " " + tr("Une coupure est possible avant « {words}… ».", words=after)
        yield Remark(start, end, "longueur", here, why, proposal, Kind.LENGTH)


def _is_list(text: str) -> bool:
    """Whether a sentence names things one after the other, which is read without losing the thread."""
    parts = re.split(r"[,;]", text)
    return len(parts) >= _LEAST_LISTED and max(map(_words, parts)) <= _MOST_IN_A_LIST


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    said = text[start:end]
    if said.strip():
        yield start + len(said) - len(said.lstrip()), end - (len(said) - len(said.rstrip()))


def _best_cut(text: str) -> int | None:
    """The cut nearest to the middle, a semicolon before any other; none too near an end."""
    found = [cut.start() for cut in _CUTS.finditer(text)]
    all_words = _words(text)
    far = [cut for cut in found if _LEAST_LEFT <= _words(text[:cut]) <= all_words - _LEAST_LEFT]
    if not far:
        return None
    return min(far, key=lambda cut: (text[cut] != ";", abs(cut - len(text) / 2)))


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _cut_at(text: str, place: int) -> str:
    before, after = text[:place].rstrip(), text[place + 1 :].lstrip()
    return f"{before}. {after[:1].upper()}{after[1:]}"
