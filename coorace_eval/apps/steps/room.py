"""A page of a campaign that stands beside its steps, such as the leaflet or one figure."""

from __future__ import annotations

from typing import ClassVar

from coorace_eval.apps.steps.base import Step
from coorace_eval.apps.workspace import Workspace
from coorace_eval.campaigns.model import State
from coorace_eval.language import tr
from coorace_eval.problems import CampaignError, Problem


class Room(Step):
    """A room of a campaign; ``state`` says under which step the stepper shows it.

    Parameters
    ----------
    work
        The campaign.
    item
        What the address adds after the name of the room, such as the reference of a figure.

    Raises
    ------
    CampaignError
        CAM-001, when the campaign has not come to where the room opens.
    """

    name: ClassVar[str]
    """How an address names the room."""
    label: ClassVar[str]
    """How people name it, in French; translated where it is shown."""
    state: ClassVar = State.RESTITUTION
    opens: ClassVar = State.RESTITUTION
    """The step from which the room is open."""

    def __init__(self, work: Workspace, item: str = "") -> None:
        if not work.reached(self.opens):
            cause = tr("l'étape « {step} » n'est pas encore ouverte.", step=self.opens.label.lower())
            raise CampaignError(work.title, [Problem("CAM-001", "", cause)])
        super().__init__(work)
        self.item = item

    @property
    def route(self) -> str:
        """The address of the room as it is now."""
        parts = ("campagne", self.work.enterprise, str(self.work.year), self.name, self.item)
        return "/".join(filter(None, parts))
