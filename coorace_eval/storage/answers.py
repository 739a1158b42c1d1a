"""The shelf of answers, and of every change they went through."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import func, insert, select

from coorace_eval.campaigns import tables as frames
from coorace_eval.campaigns.answers import STATUSES, Answer, AnswerChangedError, Answers
from coorace_eval.storage.campaigns import Campaigns
from coorace_eval.storage.shelf import matching
from coorace_eval.storage.tables import ANSWER, ANSWER_HISTORY, CAMPAIGN, ENTERPRISE, in_utc, plain
from coorace_eval.vocabulary import ValueStatus

_CHANGE = ("value", "status", "source", "comment")
_HISTORY = ("variable", "part", *(f"old_{name}" for name in _CHANGE), *_CHANGE, "author", "at")
_TICK = timedelta(microseconds=1)


class AnswerShelf(Campaigns):
    """What was answered, by whom, and what stood there before."""

    def record(
        self,
        enterprise: str,
        year: int,
        answer: Answer,
        *,
        author: str = "",
        seen_at: datetime | None = None,
    ) -> Answer:
        """Keep one answer and its history; the same answer again changes nothing.

        Parameters
        ----------
        author
            Who answers, when the answer does not say it.
        seen_at
            When the person last saw what is stored: the ``at`` of the answer on screen, or the
            moment the page opened. A different answer stored since then is not overwritten.

        Returns
        -------
        Answer
            As stored, with its author and date; its ``at`` is the next ``seen_at``.

        Raises
        ------
        AnswerChangedError
            When someone else changed the answer since ``seen_at``; carries their answer.
        StoreError
            When the enterprise is unknown.
        """
        return self.record_all(enterprise, year, [answer], author=author, seen_at=seen_at)[0]

    def record_all(
        self,
        enterprise: str,
        year: int,
        answers: Iterable[Answer],
        *,
        author: str = "",
        seen_at: datetime | None = None,
    ) -> list[Answer]:
        """Keep several answers of one enterprise and year, as ``record`` does for each."""
        given = [_cleaned(answer) for answer in answers]
        if not given:
            return []
        self._hold(enterprise)
        stored = {(kept.variable, kept.part): kept for kept in self._stored(enterprise, year, given)}
        kept_rows, changes, result = {}, [], []
        for answer in given:
            key = (answer.variable, answer.part)
            old = stored.get(key)
            if old is not None and answer.same_as(old):
                result.append(old)
                continue
            if old is not None and seen_at is not None and _date(old) > in_utc(seen_at):
                raise AnswerChangedError.by(old)
            new = _stamped(answer, old, author)
            stored[key] = new
            kept_rows[key] = _row(enterprise, year, new)
            changes.append({**kept_rows[key], **_before(old)})
            result.append(new)
        if changes:
            self._put(ANSWER, *kept_rows.values())
            self._connection.execute(insert(ANSWER_HISTORY), changes)
        return result

    def answer_list(self, enterprise: str, year: int) -> list[Answer]:
        """The answers of one enterprise and year, parts included, by variable and part."""
        rows = self._rows(select(ANSWER).where(matching(ANSWER, enterprise=enterprise, year=year)))
        return sorted(map(_answer, rows), key=lambda answer: (answer.variable, answer.part))

    def answers(self, enterprise: str | Set[str] | None = None, year: int | None = None) -> Answers:
        """The answers of an enterprise, of several, of a year, or all, as tables.

        An enterprise whose campaign is open has its row, even before its first answer.

        Raises
        ------
        StoreError
            When the enterprise is unknown.
        """
        known = [self.enterprise(enterprise)] if isinstance(enterprise, str) else self.enterprises()
        long = self._frame(ANSWER, frames.LONG, enterprise=enterprise, year=year)
        open_ones = select(CAMPAIGN.c.enterprise, CAMPAIGN.c.year)
        opened = self._rows(open_ones.where(matching(CAMPAIGN, enterprise=enterprise, year=year)))
        return Answers.from_long(long, known, [(row.enterprise, row.year) for row in opened])

    def filled(self) -> dict[tuple[str, int], int]:
        """How many figures each enterprise has given each year, whatever they are; parts do not count."""
        table, blank = ANSWER, ValueStatus.NON_RENSEIGNE.value
        given = (table.c.part == "", table.c.status != blank)
        query = select(table.c.enterprise, table.c.year, func.count().label("count")).where(*given)
        rows = self._rows(query.group_by(table.c.enterprise, table.c.year))
        return {(row.enterprise, row.year): row._mapping["count"] for row in rows}

    def history(self, enterprise: str, year: int, variable: str | None = None) -> pd.DataFrame:
        """Every change, the oldest first: what stood before, what was written, by whom, when."""
        table = ANSWER_HISTORY
        wanted = {"enterprise": enterprise, "year": year, "variable": variable}
        return frames.typed(self._frame(table, _HISTORY, table.c.id, **wanted), _HISTORY)

    def _hold(self, enterprise: str) -> None:
        """Let one writer at a time answer for an enterprise, which must exist."""
        with self._writing() as connection:
            held = select(ENTERPRISE.c.id).where(ENTERPRISE.c.id == plain(enterprise))
            if connection.execute(held.with_for_update(key_share=True)).scalar() is None:
                self.enterprise(enterprise)

    def _stored(self, enterprise: str, year: int, given: list[Answer]) -> Iterable[Answer]:
        wanted: dict[str, Any] = {"enterprise": enterprise, "year": year}
        if len(given) == 1:
            wanted.update(variable=given[0].variable, part=given[0].part)
        return map(_answer, self._rows(select(ANSWER).where(matching(ANSWER, **wanted))))


def _answer(row: Any) -> Answer:
    return Answer(
        variable=row.variable,
        value=row.value,
        status=STATUSES[row.status],
        part=row.part,
        source=row.source,
        author=row.author,
        at=row.at,
        comment=row.comment,
    )


def _cleaned(answer: Answer) -> Answer:
    """The answer as both databases will give it back."""
    names = ("variable", "part", "source", "author", "comment")
    texts: dict[str, Any] = {name: plain(getattr(answer, name)) for name in names}
    return replace(answer, **texts)


def _date(stored: Answer) -> datetime:
    """When a stored answer was given; every stored answer has a date."""
    return stored.at or datetime.min.replace(tzinfo=UTC)


def _stamped(answer: Answer, old: Answer | None, author: str) -> Answer:
    """The answer with its author and a date; dates only go forward."""
    at = None if answer.at is None else in_utc(answer.at)
    if at is None or (old is not None and at <= _date(old)):
        at = datetime.now(UTC)
    if old is not None:
        at = max(at, _date(old) + _TICK)
    return replace(answer, author=plain(author) or answer.author, at=at)


def _row(enterprise: str, year: int, answer: Answer) -> dict[str, Any]:
    return {**vars(answer), "status": answer.status.value, "enterprise": enterprise, "year": year}


def _before(old: Answer | None) -> dict[str, Any]:
    """What a change replaces; all empty for a first answer."""
    if old is None:
        return {f"old_{name}": None for name in _CHANGE}
    return {
        "old_value": old.value,
        "old_status": old.status.value,
        "old_source": old.source,
        "old_comment": old.comment,
    }
