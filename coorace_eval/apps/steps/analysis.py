"""Analyse: the facts, and what the group thinks of them in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import pandas as pd
import traitlets as tl

from coorace_eval.apps.steps.appreciating import JUDGED, Appreciating
from coorace_eval.campaigns.appreciation import Appreciation, Verbatim
from coorace_eval.campaigns.model import State
from coorace_eval.language import tr
from coorace_eval.problems import CampaignError, Problem

OPEN_IN = (State.ANALYSE, State.RESTITUTION, State.SUIVI)


class AnalysisStep(Appreciating):
    """One dimension at a time: facts, appreciation, why, how sure, what people said."""

    state: ClassVar = State.ANALYSE
    actions: ClassVar = {
        "add_verbatim": "add_verbatim",
        "remove_verbatim": "remove_verbatim",
        "close_analysis": "close",
    }
    checks: ClassVar = frozenset({"consent"})
    open_in: ClassVar = OPEN_IN

    tab = tl.Unicode("")

    def __init__(self, work: Any) -> None:
        super().__init__(work)
        self.tab = work.referential.dimensions[0].id if work.referential.dimensions else ""
        self.draft: dict[str, str | bool] = {"text": "", "who": "", "consent": False}

    @property
    def locked(self) -> str:
        """Why nothing can be changed, or nothing."""
        if super().locked:
            return super().locked
        return (
            ""
            if self.work.campaign.state in OPEN_IN
            else tr("L'analyse s'ouvre quand la collecte est close.")
        )

    def facts(self) -> pd.DataFrame:
        """Give this year's indicators of the dimension on screen, beside last year's and the target."""
        compared = self.work.results.compare(self.work.year)
        return compared[compared["dimension"] == self.tab].reset_index(drop=True)

    @property
    def appreciation(self) -> Appreciation:
        """What is thought of the dimension on screen so far."""
        return self.appreciation_of(self.tab)

    @property
    def verbatims(self) -> list[Verbatim]:
        """What people said about the dimension on screen."""
        return [verbatim for verbatim in self.work.story.verbatims if verbatim.dimension == self.tab]

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, dimension = field.partition("@")
        if dimension not in {d.id for d in self.work.referential.dimensions}:
            return None
        if name in JUDGED:
            return lambda value: self._appreciate(dimension, name, value)
        if name in self.draft:
            return lambda value: self.draft.__setitem__(name, value)
        return None

    def _is_draft(self, field: str) -> bool:
        return field.partition("@")[0] in self.draft

    def add_verbatim(self, _: str = "") -> None:
        """Keep what someone said."""
        text, who = str(self.draft["text"]).strip(), str(self.draft["who"]).strip()
        if not text:
            raise CampaignError(
                "verbatim",
                [
                    Problem(
                        "CAM-005",
                        f"text@{self.tab}",
                        tr("écrivez d'abord ce qui a été dit."),
                        tr("Le champ est au-dessus."),
                    )
                ],
            )
        verbatim = Verbatim(uuid.uuid4().hex[:12], self.tab, text, who, bool(self.draft["consent"]))
        with self.work.writing(*OPEN_IN) as store:
            store.save_verbatim(self.work.enterprise, self.work.year, verbatim)
        self.draft = {"text": "", "who": "", "consent": False}
        self.toast = tr("Témoignage ajouté.")

    def remove_verbatim(self, id: str) -> None:
        """Take a quote away."""
        if id not in {verbatim.id for verbatim in self.work.story.verbatims}:
            raise CampaignError("verbatim", [Problem("CAM-004", "", tr("ce témoignage n'est plus là."))])
        with self.work.writing(*OPEN_IN) as store:
            store.remove_verbatim(self.work.enterprise, self.work.year, id)

    def close(self, _: str = "") -> None:
        """Go on to the restitution; dimensions without an appreciation stay without one."""
        self.work.move(State.RESTITUTION, State.ANALYSE)
