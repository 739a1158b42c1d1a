"""What came back for each variable: one answer, or the table of many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from coorace_eval.campaigns import tables
from coorace_eval.campaigns.model import Enterprise
from coorace_eval.formatting import format_number
from coorace_eval.problems import AnswerError, Problem
from coorace_eval.vocabulary import ValueStatus

TEXT_LIMIT = 5000
STATUSES: dict[str, ValueStatus] = {status.value: status for status in ValueStatus}


@dataclass(frozen=True)
class Answer:
    """One figure of one enterprise and year, with what is known of it.

    Parameters
    ----------
    variable
        Identifier of the variable.
    value
        In the variable's unit; ``None`` is missing and never zero.
    status
        Only « renseigné » and « estimé » carry a figure.
    part
        ``"sexe:F"`` for the women's part of the figure; empty for the total.
    source, author, at, comment
        Where the figure comes from, who gave it, when, and what they add.

    Raises
    ------
    AnswerError
        When value and status contradict each other, or the value is not finite.
    """

    variable: str
    value: float | None
    status: ValueStatus
    part: str = ""
    source: str = ""
    author: str = ""
    at: datetime | None = None
    comment: str = ""

    def __post_init__(self) -> None:
        """Check that value and status agree."""
        object.__setattr__(self, "status", STATUSES[self.status])
        if self.value is not None:
            object.__setattr__(self, "value", float(self.value))
        if problems := list(self._problems()):
            raise AnswerError(f"Donnée « {self.variable} »", problems)

    def _problems(self) -> Iterable[Problem]:
        if self.value is not None and not math.isfinite(self.value):
            yield Problem("REP-001", self.variable, "Cette valeur n'est pas un nombre fini.")
        if self.value is not None and not self.status.has_value:
            cause = f"Le statut « {self.status.label} » ne porte pas de nombre."
            yield Problem("REP-010", self.variable, cause)
        if self.value is None and self.status.has_value:
            cause = f"Le statut « {self.status.label} » attend un nombre."
            yield Problem("REP-010", self.variable, cause, "Écrivez un nombre ou choisissez un autre statut.")
        for name, text in (("source", self.source), ("commentaire", self.comment)):
            if len(text) > TEXT_LIMIT:
                cause = f"Le texte « {name} » compte plus de {TEXT_LIMIT} caractères."
                yield Problem("REP-012", self.variable, cause)

    def same_as(self, other: Answer | None) -> bool:
        """Whether both say the same thing, whoever said it and whenever."""
        return other is not None and self._said == other._said

    @property
    def _said(self) -> tuple[object, ...]:
        return (self.variable, self.part, self.value, self.status, self.source, self.comment)


class AnswerChangedError(AnswerError):
    """Someone else changed the answer in the meantime; ``theirs`` is what they wrote."""

    def __init__(self, source: str, problems: Sequence[Problem], theirs: Answer) -> None:
        super().__init__(source, problems)
        self.theirs = theirs

    @classmethod
    def by(cls, theirs: Answer) -> AnswerChangedError:
        """The error to raise where ``theirs`` was stored in the meantime."""
        said = theirs.status.label if theirs.value is None else format_number(theirs.value)
        cause = f"{theirs.author or 'Une autre personne'} a écrit « {said} » entre-temps."
        where = f"Donnée « {theirs.variable} »"
        return cls(where, [Problem("REP-013", theirs.variable, cause)], theirs)


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers of one or many enterprises and years, as tables.

    Parameters
    ----------
    values
        One row per (enterprise, year), one ``float64`` column per variable; NaN is missing.
    statuses
        Same shape; the value of a ``ValueStatus`` in each cell.
    parts
        One row per part: enterprise, year, variable, axis, member, value, status.
    context
        Same rows as ``values``: kinds (tuple of codes), department, region, group.
    notes
        One row per answer given: enterprise, year, variable, source, author, at, comment.
    """

    values: pd.DataFrame
    statuses: pd.DataFrame
    parts: pd.DataFrame
    context: pd.DataFrame
    notes: pd.DataFrame

    @classmethod
    def from_list(cls, enterprise: Enterprise, year: int, answers: Iterable[Answer]) -> Answers:
        """The answers of one enterprise and year, held in memory.

        There is always one row, even where nothing was answered.
        """
        row = {"enterprise": enterprise.id, "year": year}
        rows = [{**row, **vars(answer), "status": answer.status.value} for answer in answers]
        long = pd.DataFrame(rows, columns=list(tables.LONG))
        return cls.from_long(long, [enterprise], rows=[(enterprise.id, year)])

    @classmethod
    def from_long(
        cls, long: pd.DataFrame, enterprises: Iterable[Enterprise], rows: Iterable[tuple[str, int]] = ()
    ) -> Answers:
        """Pivot one row per answer into one row per enterprise and year.

        Parameters
        ----------
        long
            Columns of ``tables.LONG``: enterprise, year, variable, part, value, status, source,
            author, at, comment.
        enterprises
            What is known of the enterprises; gives the context.
        rows
            Pairs (enterprise, year) that must appear even without an answer.
        """
        long = long.sort_values(list(tables.CELL), ignore_index=True)
        total = long[long["part"] == ""]
        index = tables.rows_of(long, rows)
        values, statuses = tables.pivot(total, index)
        context = tables.context_of(index, enterprises)
        return cls(values, statuses, tables.parts_of(long), context, tables.typed(total, tables.NOTES))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Answers:
        """Take a plain table: one row per enterprise and year, one column per variable.

        ``enterprise``, ``year``, ``kind`` or ``kinds``, ``department``, ``region`` and ``group`` may
        stand as columns or index levels; every other column is a variable. NaN is « non renseigné ».

        Raises
        ------
        AnswerError
            When a column holds something else than finite numbers, or a row comes twice.
        """
        values, context = tables.split(frame)
        statuses = tables.plain_statuses(values)
        return cls(values, statuses, tables.empty(tables.PARTS), context, tables.empty(tables.NOTES))

    def select(self, enterprise: str | None = None, year: int | None = None) -> Answers:
        """Keep one enterprise, one year, or one of each."""
        keep = tables.matching(self.values.index, enterprise, year)
        parts, notes = (
            long[tables.matching(pd.MultiIndex.from_frame(long[["enterprise", "year"]]), enterprise, year)]
            for long in (self.parts, self.notes)
        )
        return Answers(
            self.values[keep],
            self.statuses[keep],
            parts.reset_index(drop=True),
            self.context[keep],
            notes.reset_index(drop=True),
        )
