"""Avancement: how far the campaigns of the network are; no figure and no words of theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from coorace_eval.access import Access, Progress
from coorace_eval.accounts import Right
from coorace_eval.apps.steps.base import unknown
from coorace_eval.apps.steps.outside import OutsidePage
from coorace_eval.campaigns.model import State

ANY = ""


class ProgressPage(OutsidePage):
    """Every campaign of one year, and the step it has reached.

    Parameters
    ----------
    access
        Who opens which store.
    clock
        Gives the present moment; replaced in tests.
    """

    name: ClassVar = "accueil"
    right: ClassVar = Right.PROGRESS

    def __init__(self, access: Access, clock: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(access)
        self.clock = clock
        self.chosen = {"year": "", "region": ANY, "state": ANY}
        self.reload()

    def reload(self) -> None:
        """Read how far the campaigns are."""
        with self.access.open() as store:
            self.campaigns: list[Progress] = store.progress()
        if self.chosen["year"] not in self.years:
            self.chosen["year"] = next(iter(self.years), "")
        self.revision += 1

    @property
    def years(self) -> list[str]:
        """The years that have campaigns, the latest first."""
        return sorted({str(campaign.year) for campaign in self.campaigns}, reverse=True)

    @property
    def regions(self) -> list[str]:
        """The regions that have campaigns."""
        return sorted({c.enterprise.region for c in self.campaigns} - {""}, key=str.lower)

    @property
    def of_year(self) -> list[Progress]:
        """The campaigns of the year and the region on screen, whatever their step."""
        region = self.chosen["region"]
        kept = (c for c in self.campaigns if str(c.year) == self.chosen["year"])
        kept = (c for c in kept if region in (ANY, c.enterprise.region))
        return sorted(kept, key=lambda c: c.enterprise.label.lower())

    @property
    def found(self) -> list[Progress]:
        """Those of them that are at the step on screen."""
        state = self.chosen["state"]
        return [campaign for campaign in self.of_year if state in (ANY, campaign.state.value)]

    def by_state(self) -> dict[State, int]:
        """How many campaigns of the year and the region are at each step."""
        counted = Counter(campaign.state for campaign in self.of_year)
        return {state: counted[state] for state in State}

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        return (lambda value: self._choose(field, value)) if field in self.chosen else None

    def _choose(self, field: str, value: str) -> None:
        states = [state.value for state in State]
        offered = {"year": self.years, "region": [ANY, *self.regions], "state": [ANY, *states]}[field]
        if value not in offered:
            raise unknown(value)
        self.chosen[field] = value
        self.reload()
