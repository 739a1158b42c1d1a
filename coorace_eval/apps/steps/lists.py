"""Exploration and suivi: short lists that people write together."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from coorace_eval.apps.steps.base import Step
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.model import State
from coorace_eval.campaigns.workshop import Card
from coorace_eval.problems import CampaignError, Problem


class ExplorationStep(Step):
    """The cards of the workshop: what the enterprise brings, as people say it."""

    state: ClassVar = State.EXPLORATION
    actions: ClassVar = {"add_card": "add", "remove_card": "remove", "sort_card": "toggle"}

    def __init__(self, work: Any) -> None:
        super().__init__(work)
        self.draft = {"text": "", "who": "", "dimension": ""}
        self.opened: set[str] = set()

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, id = field.partition("@")
        if not id and name in self.draft:
            return lambda value: self.draft.__setitem__(name, str(value))
        card = next((card for card in self.work.story.cards if card.id == id), None)
        if card is not None and name == "dimension":
            return lambda value: self._save(replace(card, dimension=self._dimension(value)))
        return None

    def _is_draft(self, field: str) -> bool:
        return field in self.draft

    def _dimension(self, value: str) -> str:
        return value if value in {d.id for d in self.work.referential.dimensions} else ""

    def add(self, _: str = "") -> None:
        """Keep a new card."""
        text = self.draft["text"].strip()
        if not text:
            raise _nothing_written("text", "la carte")
        dimension = self._dimension(self.draft["dimension"])
        self._save(Card(uuid.uuid4().hex[:12], text, self.draft["who"].strip(), dimension))
        self.draft = {"text": "", "who": self.draft["who"], "dimension": ""}
        self.toast = "Carte ajoutée."

    def toggle(self, id: str) -> None:
        """Show or hide where a card is classed."""
        self.opened ^= {id} & {card.id for card in self.work.story.cards}

    def _save(self, card: Card) -> None:
        with self.work.writing() as store:
            store.save_card(self.work.enterprise, self.work.year, card)

    def remove(self, id: str) -> None:
        """Take a card away."""
        if id not in {card.id for card in self.work.story.cards}:
            raise _gone("cette carte")
        with self.work.writing() as store:
            store.remove_card(self.work.enterprise, self.work.year, id)


class FollowUpStep(Step):
    """Suivi: what was decided, who takes charge of it, whether it is done."""

    state: ClassVar = State.SUIVI
    actions: ClassVar = {"add_decision": "add", "remove_decision": "remove", "close_campaign": "close"}
    checks: ClassVar = frozenset({"done"})

    def __init__(self, work: Any) -> None:
        super().__init__(work)
        self.draft = {"label": "", "who": "", "due": ""}

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, id = field.partition("@")
        if not id and name in self.draft:
            return lambda value: self.draft.__setitem__(name, str(value))
        decision = next((d for d in self.work.story.decisions if d.id == id), None)
        if decision is not None and name == "done":
            return lambda value: self._save(replace(decision, done=value))
        return None

    def _is_draft(self, field: str) -> bool:
        return field in self.draft

    def add(self, _: str = "") -> None:
        """Keep a new decision."""
        if not self.draft["label"].strip():
            raise _nothing_written("label", "la décision")
        words = {name: text.strip() for name, text in self.draft.items()}
        self._save(Decision(uuid.uuid4().hex[:12], words["label"], words["who"], words["due"], False))
        self.draft = {"label": "", "who": "", "due": ""}
        self.toast = "Décision ajoutée."

    def _save(self, decision: Decision) -> None:
        with self.work.writing() as store:
            store.save_decision(self.work.enterprise, self.work.year, decision)

    def remove(self, id: str) -> None:
        """Take a decision away."""
        if id not in {decision.id for decision in self.work.story.decisions}:
            raise _gone("cette décision")
        with self.work.writing() as store:
            store.remove_decision(self.work.enterprise, self.work.year, id)

    def close(self, _: str = "") -> None:
        """Close the campaign for good."""
        self.work.move(State.CLOSE, State.SUIVI)


def _gone(what: str) -> CampaignError:
    return CampaignError("écran", [Problem("CAM-004", "", f"{what} n'est plus là.")])


def _nothing_written(field: str, what: str) -> CampaignError:
    return CampaignError(
        "écran", [Problem("CAM-005", field, f"le texte de {what} est vide.", "Écrivez-le, puis recommencez.")]
    )
