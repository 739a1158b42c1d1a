"""Cadrage: why, on what, with whom, until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from coorace_eval.apps.steps.base import Step
from coorace_eval.campaigns.framing import FRAMING, FramingField
from coorace_eval.campaigns.model import State
from coorace_eval.language import tr
from coorace_eval.problems import CampaignError, Problem


class FramingStep(Step):
    """The questions of the cadrage; every answer is free and none is compulsory."""

    state: ClassVar = State.CADRAGE

    @property
    def values(self) -> dict[str, str]:
        """What was written, by question."""
        return dict(self.work.story.framing)

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        question = next((question for question in FRAMING if question.id == field), None)
        return None if question is None else lambda value: self._write(question, value)

    def _write(self, question: FramingField, value: str) -> None:
        text = str(value).strip()
        if question.kind == "date" and text:
            _check_date(text)
        with self.work.writing() as store:
            store.save_framing(self.work.enterprise, self.work.year, {question.id: text})


def _check_date(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        problem = Problem(
            "CAM-005", "", tr("cette date n'est pas lisible."), tr("Écrivez jour, mois et année.")
        )
        raise CampaignError("cadrage", [problem]) from None
