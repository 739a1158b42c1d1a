"""Sigla that nobody explained before using them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coorace_eval.language import tr
from coorace_eval.wording.places import masked, plain
from coorace_eval.wording.remark import Kind, Remark
from coorace_eval.wording.tables import Siglum, sigla

_SIGLUM = re.compile(r"(?<![\w/@.-])([A-Z]{2,7}|ETT ESS|Agefiph)(?![\w@/]|-\w|\.\w)")
_SAID_BEFORE = re.compile(r"\w[\w'-]+(?:\s+[\w'-]+)+\s*\(\s*([A-Z]{2,7})\s*\)")
_SAID_AFTER = re.compile(r"(?<!\w)([A-Z]{2,7})\s*(?:\(|:|=|,\s+(?:ou|soit)\s)\s*[\w']+(?:\s+[\w'-]+)+")
_MANY = re.compile(
    r"\b(?:les|des|aux|ces|nos|vos|leurs|plusieurs|deux|trois|quatre|cinq|six|\d+|d')\s*$", re.I
)
_SHOUTED = 0.6


def explained_in(text: str) -> frozenset[str]:
    """The sigla that a text explains: « mots entiers (SIGLE) » or « SIGLE (mots entiers) ».

    >>> sorted(explained_in("Un équivalent temps plein (ETP). La PMSMP (période en milieu professionnel)."))
    ['ETP', 'PMSMP']
    """
    read = plain(text)
    return frozenset(found[1] for shape in (_SAID_BEFORE, _SAID_AFTER) for found in shape.finditer(read))


def siglum_remarks(text: str, explained: frozenset[str]) -> Iterator[Remark]:
    """The first use of each siglum that is neither common nor explained."""
    read, known = masked(text), sigla()
    letters = [c for c in read if c.isalpha()]
    if len(letters) > 12 and sum(c.isupper() for c in letters) > _SHOUTED * len(letters):
        return
    passed = set(explained | explained_in(text))
    for found in _SIGLUM.finditer(read):
        siglum = known.get(found[1])
        if siglum is None or siglum.common or siglum.name in passed:
            continue
        passed.add(siglum.name)
        why = tr("Tout le monde ne connaît pas « {name} » : dites-le une fois en entier.", name=siglum.name)
        proposal = _said(siglum, read[: found.start()])
        yield Remark(found.start(), found.end(), f"sigle.{siglum.name}", found[1], why, proposal, Kind.SIGLUM)


def _said(siglum: Siglum, before: str) -> str:
    if not siglum.one:
        return ""
    many = _MANY.search(before)
    return f"{siglum.many if many else siglum.one} ({siglum.name})"
