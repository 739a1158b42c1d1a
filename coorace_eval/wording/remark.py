"""One remark on one place of a text, and what the text becomes when it is followed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from coorace_eval.language import mark, tr


class Kind(Enum):
    """What a remark is about."""

    CHARTER = "charte"
    JARGON = "jargon"
    LENGTH = "longueur"
    SIGLUM = "sigle"

    @property
    def label(self) -> str:
        """The kind in words."""
        return tr(_LABELS[self.value])


_LABELS = {
    "charte": mark("Écriture inclusive"),
    "jargon": mark("Mot de métier"),
    "longueur": mark("Phrase longue"),
    "sigle": mark("Sigle à expliquer"),
}


@dataclass(frozen=True)
class Remark:
    """A place of a text that could be said better.

    Parameters
    ----------
    start, end
        Where the words stand in the text.
    code
        The rule, such as ``point_median`` or ``sigle.ETP``.
    found
        The words themselves.
    why
        The reason, for whoever wrote them.
    proposal
        What can be put in their place as it is; empty where only the author can say it again.
    """

    start: int
    end: int
    code: str
    found: str
    why: str
    proposal: str
    kind: Kind


def replaced(text: str, remark: Remark) -> str:
    """The text with the proposal in its place.

    Raises
    ------
    ValueError
        When the text no longer says what the remark is about, or nothing is proposed.

    >>> remark = Remark(4, 15, "point_median", "salarié·e·s", "", "salarié-e-s", Kind.CHARTER)
    >>> replaced("Les salarié·e·s", remark)
    'Les salarié-e-s'
    """
    if not remark.proposal or text[remark.start : remark.end] != remark.found:
        raise ValueError("the text has changed since, or nothing is proposed")
    return text[: remark.start] + remark.proposal + text[remark.end :]


def as_written(proposal: str, found: str) -> str:
    """A proposal with the capital of what it stands for.

    >>> as_written("la population", "Les habitants")
    'La population'
    """
    if proposal and found[:1].isupper() and not found[1:2].isupper():
        return proposal[:1].upper() + proposal[1:]
    return proposal
