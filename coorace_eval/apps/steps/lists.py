"""Exploration and suivi: short lists that people write together."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from coorace_eval.apps.steps.base import Step
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.model import State
from coorace_eval.campaigns.workshop import Card
from coorace_eval.language import mark, tr
from coorace_eval.problems import CampaignError, Problem

T = TypeVar("T", Card, Decision)


class ListStep(Step, Generic[T]):
    """A list to which one adds what was typed in a form, and from which one takes away."""

    needed: ClassVar[str]
    """The field of the form without which nothing is added."""
    words: ClassVar[dict[str, str]]
    """What is said when an item was added, when it has no text (``blank``), when it is gone."""
    blank: ClassVar[dict[str, str]]

    def __init__(self, work: Any) -> None:
        super().__init__(work)
        self.draft = dict(self.blank)

    @property
    @abstractmethod
    def items(self) -> Sequence[T]:
        """What the list holds."""

    @abstractmethod
    def _made(self, id: str, words: dict[str, str]) -> T:
        """A new item from the words of the form."""

    @abstractmethod
    def _save(self, item: T) -> None:
        """Keep an item."""

    @abstractmethod
    def _discard(self, id: str) -> None:
        """Take an item away for good."""

    def _change(self, item: T, field: str) -> Callable[[Any], None] | None:
        """What to call with a field of an item that is already there."""
        return None

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, id = field.partition("@")
        if not id:
            return (lambda value: self.draft.__setitem__(name, value)) if name in self.draft else None
        item = next((item for item in self.items if item.id == id), None)
        return None if item is None else self._change(item, name)

    def _is_draft(self, field: str) -> bool:
        return field in self.draft

    def add(self, _: str = "") -> None:
        """Keep a new item, and clear the form."""
        words = {name: text.strip() for name, text in self.draft.items()}
        if not words[self.needed]:
            blank = self.words["blank"]
            cause = tr(blank)
            problem = Problem("CAM-005", self.needed, cause, tr("Écrivez-le, puis recommencez."))
            raise CampaignError("écran", [problem])
        self._save(self._made(uuid.uuid4().hex[:12], words))
        self.draft = dict(self.blank)
        added = self.words["added"]
        self.toast = tr(added)

    def remove(self, id: str) -> None:
        """Take an item away."""
        gone = self.words["gone"]
        if id not in {item.id for item in self.items}:
            raise CampaignError("écran", [Problem("CAM-004", "", tr(gone))])
        self._discard(id)


class ExplorationStep(ListStep[Card]):
    """The cards of the workshop: what the enterprise brings, as people say it."""

    state: ClassVar = State.EXPLORATION
    actions: ClassVar = {"add_card": "add", "remove_card": "remove", "sort_card": "toggle"}
    needed = "text"
    words: ClassVar = {
        "added": mark("Carte ajoutée."),
        "blank": mark("le texte de la carte est vide."),
        "gone": mark("cette carte n'est plus là."),
    }
    blank: ClassVar = {"text": "", "who": "", "dimension": ""}

    def __init__(self, work: Any) -> None:
        super().__init__(work)
        self.opened: set[str] = set()

    @property
    def items(self) -> Sequence[Card]:
        """The cards that were put up."""
        return self.work.story.cards

    def _made(self, id: str, words: dict[str, str]) -> Card:
        return Card(id, words["text"], words["who"], self._dimension(words["dimension"]))

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        if field == "dimension":
            return lambda value: self.draft.update(dimension=self._dimension(value))
        return super()._taker(field)

    def _change(self, item: Card, field: str) -> Callable[[Any], None] | None:
        if field != "dimension":
            return None
        return lambda value: self._save(replace(item, dimension=self._dimension(value)))

    def _dimension(self, value: str) -> str:
        return value if value in {d.id for d in self.work.referential.dimensions} else ""

    def add(self, _: str = "") -> None:
        """Keep a new card; whoever wrote it may write the next one."""
        who = self.draft["who"]
        super().add()
        self.draft["who"] = who

    def toggle(self, id: str) -> None:
        """Show or hide where a card is classed."""
        self.opened ^= {id} & {card.id for card in self.items}

    def _save(self, item: Card) -> None:
        with self.work.writing() as store:
            store.save_card(self.work.enterprise, self.work.year, item)

    def _discard(self, id: str) -> None:
        with self.work.writing() as store:
            store.remove_card(self.work.enterprise, self.work.year, id)


class FollowUpStep(ListStep[Decision]):
    """Suivi: what was decided, who takes charge of it, whether it is done."""

    state: ClassVar = State.SUIVI
    actions: ClassVar = {"add_decision": "add", "remove_decision": "remove", "close_campaign": "close"}
    checks: ClassVar = frozenset({"done"})
    needed = "label"
    words: ClassVar = {
        "added": mark("Décision ajoutée."),
        "blank": mark("le texte de la décision est vide."),
        "gone": mark("cette décision n'est plus là."),
    }
    blank: ClassVar = {"label": "", "who": "", "due": ""}

    @property
    def items(self) -> Sequence[Decision]:
        """What was decided."""
        return self.work.story.decisions

    def _made(self, id: str, words: dict[str, str]) -> Decision:
        return Decision(id, words["label"], words["who"], words["due"], False)

    def _change(self, item: Decision, field: str) -> Callable[[Any], None] | None:
        return (lambda value: self._save(replace(item, done=value))) if field == "done" else None

    def _save(self, item: Decision) -> None:
        with self.work.writing() as store:
            store.save_decision(self.work.enterprise, self.work.year, item)

    def _discard(self, id: str) -> None:
        with self.work.writing() as store:
            store.remove_decision(self.work.enterprise, self.work.year, id)

    def close(self, _: str = "") -> None:
        """Close the campaign for good."""
        self.work.move(State.CLOSE, State.SUIVI)
