"""What the group thinks of a dimension, for the pages where it may be written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from coorace_eval.apps.steps.base import Step
from coorace_eval.campaigns.appreciation import Appreciation
from coorace_eval.campaigns.model import State
from coorace_eval.language import tr
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.vocabulary import Confidence, Level

JUDGED = ("level", "why", "confidence")


class Appreciating(Step):
    """A page where the collective appreciation is written, one field at a time, each change kept."""

    open_in: ClassVar[tuple[State, ...]] = ()
    """The steps of a campaign at which it may be."""

    def appreciation_of(self, dimension: str) -> Appreciation:
        """What is thought of a dimension so far."""
        found = {a.dimension: a for a in self.work.story.appreciations}
        return found.get(dimension, Appreciation(dimension))

    def _appreciate(self, dimension: str, field: str, value: str) -> None:
        words = {"level": Level, "confidence": Confidence}
        if field in words and value not in {choice.value for choice in words[field]}:
            cause = tr("cette appréciation n'est pas dans la liste.")
            raise CampaignError("écran", [Problem("CAM-004", "", cause)])
        chosen: Any = words[field](value) if field in words else str(value).strip()
        self._keep(dimension, **{field: chosen})

    def _keep(self, dimension: str, reason: str = "", **changed: Any) -> None:
        """Change what is kept at this moment, which someone else may have written since."""
        key = (self.work.enterprise, self.work.year)
        with self.work.writing(*self.open_in) as store:
            kept = {one.dimension: one for one in store.appreciations(*key)}
            judged = replace(kept.get(dimension, Appreciation(dimension)), **changed)
            store.save_appreciation(*key, judged, reason=reason)
