"""The campaign in hand: what a step may read, and the only door through which it writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from coorace_eval.access import Access, AuthorisedStore
from coorace_eval.campaigns.answers import Answers
from coorace_eval.campaigns.model import Campaign, State
from coorace_eval.campaigns.story import Story
from coorace_eval.indicators import Results, Violation, check_answers, evaluate
from coorace_eval.language import tr
from coorace_eval.network import Band
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.referential import Overlay, Referential, apply

ORDER = tuple(state for state in State if state is not State.CLOSE)


class Workspace:
    """One campaign of one enterprise, read afresh after each change.

    Parameters
    ----------
    access
        Who opens which store; what they may do is asked anew at each opening.
    enterprise, year
        The campaign.
    clock
        Gives the present moment; replaced in tests.
    """

    def __init__(
        self,
        access: Access,
        enterprise: str,
        year: int,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.access, self.clock = access, clock
        self._key = (enterprise, year)
        self._lock = threading.Lock()
        self.left_as_is: set[str] = set()
        """The remarks of the proofreading that were set aside since the campaign was opened."""
        self.reload()

    def reload(self) -> None:
        """Read the campaign again, as others may have changed it."""
        with self.access.open() as store:
            self.campaign: Campaign = store.campaign(*self._key)
            self.story: Story = store.story(*self._key)
            self.base: Referential = store.referential(self.campaign.referential)
            self.history: Answers = store.answers(self._key[0])
        for name in ("referential", "results", "violations", "answers", "bands"):
            self.__dict__.pop(name, None)

    @contextmanager
    def writing(self, *states: State) -> Iterator[AuthorisedStore]:
        """A store to write in, kept whole or not at all; the campaign is read again before and after.

        Parameters
        ----------
        states
            Where given, the only states in which this may be written.

        Raises
        ------
        CampaignError
            When the campaign is closed, or has moved on.
        """
        with self._lock:
            with self.access.open() as store:
                current = self.campaign = store.hold(*self._key)
                self._authorise(current, states)
                yield store
            self.reload()

    def _authorise(self, campaign: Campaign, states: tuple[State, ...]) -> None:
        campaign.require_open()
        if states and campaign.state not in states:
            label = campaign.state.label.lower()
            raise CampaignError(
                self.title,
                [
                    Problem(
                        "CAM-001",
                        "",
                        tr("la campagne est à l'étape « {step} ».", step=label),
                        tr("Rouvrez d'abord cette étape."),
                    )
                ],
            )

    @property
    def title(self) -> str:
        """How people name the campaign."""
        return f"{self.story.enterprise.label} · {self.year}"

    @property
    def enterprise(self) -> str:
        """Identifier of the enterprise."""
        return self._key[0]

    @property
    def year(self) -> int:
        """The reporting year."""
        return self._key[1]

    @property
    def overlay(self) -> Overlay:
        """What the enterprise adapts, empty where it adapts nothing."""
        label = self.story.enterprise.label
        return self.campaign.overlay or Overlay(
            overlay=self.enterprise, extends=self.base.reference, label=label
        )

    @cached_property
    def referential(self) -> Referential:
        """The référentiel in force for this campaign."""
        return apply(self.base, self.overlay)

    @cached_property
    def results(self) -> Results:
        """Every year's indicators, by the référentiel in force."""
        return evaluate(self.referential, self.history)

    @cached_property
    def answers(self) -> Answers:
        """Give this year's answers."""
        return self.history.select(year=self.year)

    @cached_property
    def bands(self) -> dict[str, Band]:
        """Where the other enterprises of the same type stand; empty where they are too few."""
        with self.access.open() as store:
            return store.bands(*self._key)

    @cached_property
    def violations(self) -> list[Violation]:
        """The rules that this year's answers break."""
        return check_answers(self.referential, self.answers)

    def move(self, state: State, *departures: State) -> None:
        """Bring the campaign to another state, one allowed move after the other.

        Parameters
        ----------
        state
            Where to.
        departures
            Where given, the only states from which this may be asked.

        Raises
        ------
        CampaignError
            When the table of moves does not lead there.
        """
        with self.writing(*departures) as store:
            campaign = self.campaign
            if state in campaign.reachable:
                campaign = campaign.move(state)
            else:
                while campaign.state is not state:
                    campaign = campaign.move(_one_back(campaign.state, state))
            store.save_campaign(replace(campaign, step=state.value))

    def remember(self, step: str) -> None:
        """Keep the page last open, so that people come back where they left."""
        if self.campaign.step == step:
            return
        with self._lock, self.access.open() as store:
            self.campaign = replace(store.hold(*self._key), step=step)
            store.save_campaign(self.campaign)

    def reached(self, state: State) -> bool:
        """Whether the campaign has come to a step, or passed it."""
        return self.campaign.state is State.CLOSE or ORDER.index(state) <= ORDER.index(self.campaign.state)


def _one_back(here: State, there: State) -> State:
    states = tuple(State)
    if states.index(there) > states.index(here):
        return there
    return states[states.index(here) - 1]
