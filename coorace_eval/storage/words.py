"""The shelf of what is written around the figures: framing, cards, appreciations, decisions."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import Table, func, insert, select

from coorace_eval.campaigns import tables as frames
from coorace_eval.campaigns.appreciation import Appreciation, Verbatim
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.framing import FRAMING, Framing
from coorace_eval.campaigns.story import Story
from coorace_eval.campaigns.workshop import Card
from coorace_eval.problems import CampaignError, Problem, did_you_mean
from coorace_eval.storage import tables
from coorace_eval.storage.campaigns import Campaigns
from coorace_eval.storage.shelf import matching
from coorace_eval.storage.tables import plain
from coorace_eval.vocabulary import Confidence, Level

T = TypeVar("T", Card, Verbatim, Decision)

_LEVELS = {level.value: level for level in Level}
_CONFIDENCES = {confidence.value: confidence for confidence in Confidence}
_JUDGED = ("level", "why", "confidence")
_HISTORY = ("dimension", *(f"old_{name}" for name in _JUDGED), *_JUDGED, "author", "at", "reason")


class Words(Campaigns):
    """What one campaign says in words; each item is kept, changed or removed by its id."""

    def framing(self, enterprise: str, year: int) -> Framing:
        """What was written for each question of the cadrage, in the order they are asked."""
        rows = self._rows(select(tables.FRAMING).where(_of(tables.FRAMING, enterprise, year)))
        written = {row.field: row.text for row in rows}
        return {field.id: written[field.id] for field in FRAMING if field.id in written}

    def save_framing(self, enterprise: str, year: int, framing: Framing) -> None:
        """Keep what was written for the questions given; the others stay as they were.

        Raises
        ------
        CampaignError
            When a question does not exist, or there is no such campaign.
        """
        known = [field.id for field in FRAMING]
        problems = [
            Problem("CAM-005", name, "Cette question n'existe pas.", did_you_mean(name, known))
            for name in framing
            if name not in known
        ]
        if problems:
            raise CampaignError("Cadrage", problems)
        self._known_campaign(enterprise, year)
        rows = [
            {"enterprise": enterprise, "year": year, "field": name, "text": text}
            for name, text in framing.items()
        ]
        if rows:
            self._put(tables.FRAMING, *rows)

    def cards(self, enterprise: str, year: int) -> list[Card]:
        """The cards of the workshop, in the order they were put up."""
        return self._items(Card, tables.CARD, enterprise, year)

    def save_card(self, enterprise: str, year: int, card: Card) -> None:
        """Put a card up, or change the one of the same id."""
        self._save(tables.CARD, enterprise, year, card)

    def remove_card(self, enterprise: str, year: int, id: str) -> None:
        """Take a card down for good."""
        self._take_away(tables.CARD, enterprise=enterprise, year=year, id=id)

    def verbatims(self, enterprise: str, year: int) -> list[Verbatim]:
        """What people said, in the order it was noted."""
        return self._items(Verbatim, tables.VERBATIM, enterprise, year)

    def save_verbatim(self, enterprise: str, year: int, verbatim: Verbatim) -> None:
        """Note what someone said, or change the one of the same id."""
        self._save(tables.VERBATIM, enterprise, year, verbatim)

    def remove_verbatim(self, enterprise: str, year: int, id: str) -> None:
        """Remove what someone said; no copy stays, so that consent can be withdrawn."""
        self._take_away(tables.VERBATIM, enterprise=enterprise, year=year, id=id)

    def decisions(self, enterprise: str, year: int) -> list[Decision]:
        """What was decided, in the order it was written."""
        return self._items(Decision, tables.DECISION, enterprise, year)

    def save_decision(self, enterprise: str, year: int, decision: Decision) -> None:
        """Write a decision down, or change the one of the same id."""
        self._save(tables.DECISION, enterprise, year, decision)

    def remove_decision(self, enterprise: str, year: int, id: str) -> None:
        """Remove a decision."""
        self._take_away(tables.DECISION, enterprise=enterprise, year=year, id=id)

    def appreciations(self, enterprise: str, year: int) -> list[Appreciation]:
        """What the group thinks of each dimension, by dimension."""
        rows = self._rows(select(tables.APPRECIATION).where(_of(tables.APPRECIATION, enterprise, year)))
        found = [
            Appreciation(row.dimension, _LEVELS.get(row.level), row.why, _CONFIDENCES.get(row.confidence))
            for row in rows
        ]
        return sorted(found, key=lambda appreciation: appreciation.dimension)

    def levels(self, enterprises: Set[str], year: int) -> dict[str, dict[str, Level]]:
        """The level of each dimension that these enterprises appreciated, without a word of theirs."""
        rows = self._rows(select(tables.APPRECIATION).where(_of(tables.APPRECIATION, enterprises, year)))
        found: dict[str, dict[str, Level]] = {}
        for row in rows:
            if level := _LEVELS.get(row.level):
                found.setdefault(row.enterprise, {})[row.dimension] = level
        return found

    def save_appreciation(
        self, enterprise: str, year: int, appreciation: Appreciation, *, author: str = "", reason: str = ""
    ) -> None:
        """Keep the appreciation of a dimension and its history; the same again changes nothing.

        Parameters
        ----------
        reason
            Why the group changed its mind, noted in the history, also after the change itself.
        """
        self._known_campaign(enterprise, year)
        old = {kept.dimension: kept for kept in self.appreciations(enterprise, year)}.get(
            plain(appreciation.dimension)
        )
        new = _judged(appreciation)
        before = {name: None for name in _JUDGED} if old is None else _judged(old)
        if new == before and not reason:
            return
        row = {
            "enterprise": enterprise,
            "year": year,
            "dimension": appreciation.dimension,
            **new,
            "author": author,
            "at": datetime.now(UTC),
        }
        self._put(tables.APPRECIATION, row)
        change = {**row, "reason": reason, **{f"old_{name}": value for name, value in before.items()}}
        self._connection.execute(insert(tables.APPRECIATION_HISTORY), change)

    def appreciation_history(self, enterprise: str, year: int, dimension: str | None = None) -> pd.DataFrame:
        """Every change of an appreciation, the oldest first."""
        table = tables.APPRECIATION_HISTORY
        wanted = {"enterprise": enterprise, "year": year, "dimension": dimension}
        return frames.typed(self._frame(table, _HISTORY, table.c.id, **wanted), _HISTORY)

    def story(self, enterprise: str, year: int) -> Story:
        """All that a campaign says in words, with what was thought and decided the year before."""
        return Story(
            enterprise=self.enterprise(enterprise),
            campaign=self.campaign(enterprise, year),
            framing=self.framing(enterprise, year),
            cards=tuple(self.cards(enterprise, year)),
            appreciations=tuple(self.appreciations(enterprise, year)),
            verbatims=tuple(self.verbatims(enterprise, year)),
            decisions=tuple(self.decisions(enterprise, year)),
            previous_appreciations=tuple(self.appreciations(enterprise, year - 1)),
            previous_decisions=tuple(self.decisions(enterprise, year - 1)),
        )

    def _items(self, kind: type[T], table: Table, enterprise: str, year: int) -> list[T]:
        names = [field.name for field in fields(kind)]
        rows = self._rows(select(table).where(_of(table, enterprise, year)))
        ordered = sorted(rows, key=lambda row: (row.rank, row.id))
        return [kind(**{name: row._mapping[name] for name in names}) for row in ordered]

    def _save(self, table: Table, enterprise: str, year: int, item: Card | Verbatim | Decision) -> None:
        self._known_campaign(enterprise, year)
        last = select(func.coalesce(func.max(table.c.rank), 0)).where(_of(table, enterprise, year))
        rank = (self._connection.execute(last).scalar() or 0) + 1
        row = {"enterprise": enterprise, "year": year, "rank": rank, **vars(item)}
        self._put(table, row, keep=("rank",))

    def _known_campaign(self, enterprise: str, year: int) -> None:
        """Refuse to write for a campaign that does not exist; from here on, write."""
        with self._writing():
            self.campaign(enterprise, year)


def _of(table: Table, enterprise: str | Set[str], year: int) -> Any:
    return matching(table, enterprise=enterprise, year=year)


def _judged(appreciation: Appreciation) -> dict[str, str]:
    return {
        "level": appreciation.level.value if appreciation.level else "",
        "why": plain(appreciation.why),
        "confidence": appreciation.confidence.value if appreciation.confidence else "",
    }
