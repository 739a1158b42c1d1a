"""All the rules on one text, and on a document in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from coorace_eval.wording.inclusive import masculine_remarks, sign_remarks
from coorace_eval.wording.lexical import charter_remarks, jargon_remarks
from coorace_eval.wording.remark import Kind, Remark
from coorace_eval.wording.sentences import length_remarks
from coorace_eval.wording.sigla import explained_in, siglum_remarks

W = TypeVar("W")


class Noted(NamedTuple, Generic[W]):
    """A remark, with the text it is about and where that text stands."""

    where: W
    text: str
    remark: Remark


def check(text: str, *, explained: frozenset[str] = frozenset()) -> list[Remark]:
    """What could be said better in a text, in the order in which it is read.

    Parameters
    ----------
    text
        A text in French.
    explained
        The sigla that the reader has met with their explanation.

    >>> [(r.found, r.proposal) for r in check("Les salarié·e·s de l'atelier")]
    [('salarié·e·s', 'salarié-e-s')]
    """
    words = [*sign_remarks(text), *charter_remarks(text), *masculine_remarks(text), *jargon_remarks(text)]
    found = [*_apart(words), *siglum_remarks(text, explained), *length_remarks(text)]
    return sorted(found, key=lambda remark: (remark.start, remark.end, remark.code))


def review(document: Iterable[tuple[W, str]]) -> list[Noted[W]]:
    """What could be said better in a document: a siglum explained once is explained from there on.

    Parameters
    ----------
    document
        Each text with where it stands, in the order in which they are read.
    """
    explained: frozenset[str] = frozenset()
    noted: list[Noted[W]] = []
    for where, text in document:
        remarks = check(text, explained=explained)
        noted += [Noted(where, text, remark) for remark in remarks]
        said_once = {r.found for r in remarks if r.kind is Kind.SIGLUM}
        explained |= explained_in(text) | said_once
    return noted


def _apart(remarks: Iterable[Remark]) -> list[Remark]:
    """Of remarks on the same words, the one that says most of them."""
    kept: list[Remark] = []
    for remark in sorted(remarks, key=lambda r: (r.start - r.end, r.start)):
        if all(remark.end <= other.start or remark.start >= other.end for other in kept):
            kept.append(remark)
    return kept
