"""What is wrong in a file, an answer or an action, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from coorace_eval.catalogue import CATALOGUE
from coorace_eval.language import tr
from coorace_eval.vocabulary import Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where it stands, what is wrong, what to do.

    Parameters
    ----------
    code
        Entry of the catalogue (``REF-002``); it gives the remedy.
    where
        Place in the author's own words: a path in a file, a field on a screen.
    cause
        What is wrong, one French sentence.
    hint
        What helps in this very case, such as the nearest known name.
    line
        Line in the file, counted from 1; ``None`` where there is no file.
    """

    code: str
    where: str
    cause: str
    hint: str = ""
    line: int | None = None

    @property
    def severity(self) -> Severity:
        """Whether the problem stops the work or only warns."""
        return CATALOGUE[self.code].severity

    @property
    def remedy(self) -> str:
        """What to do about any problem of this code, in the language spoken."""
        return tr(CATALOGUE[self.code].remedy)

    def __str__(self) -> str:
        place = ", ".join(filter(None, [f"ligne {self.line}" if self.line else "", self.where]))
        said = " ".join(filter(None, [self.cause, self.hint or self.remedy]))
        return f"[{self.code}] {place} : {said}" if place else f"[{self.code}] {said}"


class CooraceError(ValueError):
    """Something that cannot go on; carries every problem found, not only the first.

    Parameters
    ----------
    source
        What was being read or done: a file name, a campaign.
    problems
        At least one problem.
    """

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        title = f"{source} : {count} problème{'s' if count > 1 else ''} à corriger"
        super().__init__("\n".join([title, *(f"  {problem}" for problem in self.problems)]))


class ReferentialError(CooraceError):
    """A référentiel or an overlay that cannot be used."""


class AnswerError(CooraceError):
    """An answer that cannot be kept."""


class CampaignError(CooraceError):
    """A campaign cannot go from here to there."""


class StoreError(CooraceError):
    """A store that cannot be read or written."""


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that stop the work; warnings are left out."""
    return [problem for problem in problems if problem.severity is Severity.ERREUR]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A closing question that offers the nearest known word, or nothing.

    >>> did_you_mean("sorties_dynamique", ["sorties_total", "sorties_dynamiques"])
    'Vouliez-vous dire « sorties_dynamiques » ?'
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return tr("Vouliez-vous dire « {word} » ?", word=near[0]) if near else ""
