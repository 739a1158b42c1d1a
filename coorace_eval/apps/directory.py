"""Which page knows what, and which view draws it: the closed lists in which a message is looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from coorace_eval.apps.steps.analysis import AnalysisStep
from coorace_eval.apps.steps.base import Step
from coorace_eval.apps.steps.collection import CollectionStep
from coorace_eval.apps.steps.documents import DocumentsRoom
from coorace_eval.apps.steps.feedback import FeedbackStep
from coorace_eval.apps.steps.figure import FigureRoom
from coorace_eval.apps.steps.framework import FrameworkStep
from coorace_eval.apps.steps.framing import FramingStep
from coorace_eval.apps.steps.home import HomePage
from coorace_eval.apps.steps.journal import JournalPage
from coorace_eval.apps.steps.leaflet import LeafletRoom
from coorace_eval.apps.steps.lists import ExplorationStep, FollowUpStep
from coorace_eval.apps.steps.network import NetworkPage
from coorace_eval.apps.steps.outside import OutsidePage
from coorace_eval.apps.steps.people import PeoplePage
from coorace_eval.apps.steps.presentation import PresentationRoom
from coorace_eval.apps.steps.progress import ProgressPage
from coorace_eval.apps.steps.proofreading import ProofreadingRoom
from coorace_eval.apps.steps.room import Room
from coorace_eval.apps.views import (
    analysis,
    collection,
    documents,
    feedback,
    figure,
    framework,
    home,
    journal,
    leaflet,
    network,
    people,
    presentation,
    progress,
    proofreading,
    words,
)
from coorace_eval.campaigns.model import State

View = Callable[[Any], dict[str, Any]]

STEPS: dict[State, tuple[type[Step], View]] = {
    State.CADRAGE: (FramingStep, words.framing),
    State.EXPLORATION: (ExplorationStep, words.exploration),
    State.REFERENTIEL: (FrameworkStep, framework.framework),
    State.COLLECTE: (CollectionStep, collection.collection),
    State.ANALYSE: (AnalysisStep, analysis.analysis),
    State.RESTITUTION: (FeedbackStep, feedback.feedback),
    State.SUIVI: (FollowUpStep, words.follow_up),
}
ROOMS: dict[str, tuple[type[Room], View]] = {
    DocumentsRoom.name: (DocumentsRoom, documents.documents),
    FigureRoom.name: (FigureRoom, figure.figure),
    LeafletRoom.name: (LeafletRoom, leaflet.leaflet),
    PresentationRoom.name: (PresentationRoom, presentation.presentation),
    ProofreadingRoom.name: (ProofreadingRoom, proofreading.proofreading),
}
"""The pages of a campaign beside its steps, by the name that their address gives them."""

VIEWS: dict[type[OutsidePage], View] = {
    HomePage: home.home,
    ProgressPage: progress.progress,
    PeoplePage: people.people,
    NetworkPage: network.network,
    JournalPage: journal.journal,
}
PAGES: dict[str, type[PeoplePage] | type[NetworkPage]] = {"personnes": PeoplePage, "reseau": NetworkPage}


def drawn(page: Step | OutsidePage) -> dict[str, Any]:
    """What the view of a page shows."""
    if isinstance(page, OutsidePage):
        return VIEWS[type(page)](page)
    view = ROOMS[page.name][1] if isinstance(page, Room) else STEPS[page.state][1]
    return view(page)
