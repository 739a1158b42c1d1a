"""Open the guided application: what a notebook calls."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from coorace_eval.apps.components.screen import Screen
from coorace_eval.apps.router import Router
from coorace_eval.apps.steps.feedback import FeedbackStep
from coorace_eval.apps.typography import french
from coorace_eval.apps.views.home import refused
from coorace_eval.problems import CooraceError
from coorace_eval.referential import read_referential

STORE = "COORACE_STORE"
REFERENTIAL = "COORACE_REFERENTIAL"
HERE = Path(__file__).resolve().parents[2]


def auto_evaluation(
    store: str | None = None, referential: str | Path | None = None, author: str | None = None
) -> Screen:
    """The accompanied self-evaluation, from the home page to the restitution.

    Parameters
    ----------
    store
        Address of the store; by default what ``COORACE_STORE`` names, else ``coorace.db`` here.
    referential
        The référentiel of new campaigns; by default ``COORACE_REFERENTIAL``, else the proposal
        shipped with the project.
    author
        Who is at the screen; by default the account of this machine, as in local mode.

    Returns
    -------
    Screen
        The widget to show as the last line of a cell. A store or a référentiel that cannot be opened
        gives a screen that says why and what to do.
    """
    url = store or os.environ.get(STORE, "sqlite:///coorace.db")
    path = (
        referential or os.environ.get(REFERENTIAL) or HERE / "referentials" / "utilite_sociale" / "base.yaml"
    )
    try:
        router = Router(url, read_referential(path), getpass.getuser() if author is None else author)
    except CooraceError as error:
        return Screen(state=french(refused(error)))
    return bind(router)


def bind(router: Router) -> Screen:
    """A screen that shows a router and carries its messages to it."""
    screen = Screen(state=router.screen())

    def receive(intent: str, args: dict[str, object]) -> None:
        router.receive(intent, args)
        screen.state = router.screen()
        if isinstance(router.step, FeedbackStep) and router.step.document:
            screen.download(router.step.file_name, router.step.document, "application/pdf")
            router.step.document = b""

    screen.on_intent(receive)
    return screen
