"""Restitution: what is shown to partners, and the documents they take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from coorace_eval.apps.steps.making import Making
from coorace_eval.campaigns.model import State


@dataclass(frozen=True, slots=True)
class Readiness:
    """How much of a restitution is there: how many of how many, for each of its parts."""

    figures: tuple[int, int]
    appreciations: tuple[int, int]
    quotes: tuple[int, int]
    decisions: int


class FeedbackStep(Making):
    """What is ready, the documents, the rooms where they are made, the charts of one campaign."""

    state: ClassVar = State.RESTITUTION
    actions: ClassVar = {"download": "make_report", "close_feedback": "close"}

    @property
    def readiness(self) -> Readiness:
        """What the documents will hold."""
        work, story = self.work, self.work.story
        known = {a.dimension for a in story.appreciations if a.level}
        key = (work.enterprise, work.year)
        values = work.results.values
        found = int(values.loc[key].notna().sum()) if key in values.index else 0
        return Readiness(
            (found, len(work.referential.indicators)),
            (sum(d.id in known for d in work.referential.dimensions), len(work.referential.dimensions)),
            (sum(v.consent for v in story.verbatims), len(story.verbatims)),
            len(story.decisions),
        )

    def close(self, _: str = "") -> None:
        """Go on to the follow-up of decisions."""
        self.work.move(State.SUIVI, State.RESTITUTION)
