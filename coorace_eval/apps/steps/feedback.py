"""Restitution: what is shown to partners, and the document they take away."""

from __future__ import annotations

from typing import ClassVar

import traitlets as tl

from coorace_eval.apps.steps.base import Step
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import format_number
from coorace_eval.language import tr


class FeedbackStep(Step):
    """Charts, gaps and the PDF of one campaign."""

    state: ClassVar = State.RESTITUTION
    actions: ClassVar = {"download": "make_report", "close_feedback": "close"}
    always: ClassVar = frozenset({"download"})

    made = tl.Int(0)

    @property
    def file_name(self) -> str:
        """The name under which the document is kept."""
        return f"restitution_{self.work.enterprise}_{self.work.year}.pdf"

    def make_report(self, _: str = "") -> None:
        """Write the PDF of the campaign as it stands."""
        from coorace_eval.reports import report

        self.document = report(self.work.results, year=self.work.year, story=self.work.story).pdf()
        self.made += 1
        size = format_number(len(self.document) / 1024, 0)
        self.toast = tr("Le document est prêt ({size} ko). Il se trouve dans vos téléchargements.", size=size)

    def close(self, _: str = "") -> None:
        """Go on to the follow-up of decisions."""
        self.work.move(State.SUIVI, State.RESTITUTION)
