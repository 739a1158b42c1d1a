"""Open the guided application: what a notebook calls."""

from __future__ import annotations

import getpass
import hashlib
import mimetypes
from pathlib import Path
from typing import Any

from coorace_eval.access import Access
from coorace_eval.apps.components.screen import Screen
from coorace_eval.apps.known import referential_of_new_campaigns
from coorace_eval.apps.router import Router
from coorace_eval.apps.steps.base import ENDED
from coorace_eval.apps.typography import french
from coorace_eval.apps.views.outside import ended, refused
from coorace_eval.problems import CooraceError

STORE = "sqlite:///coorace.db"


def auto_evaluation(access: Access | None = None, referential: str | Path | None = None) -> Screen:
    """The accompanied self-evaluation, from the home page to the restitution.

    Parameters
    ----------
    access
        Who opens which store; by default what the environment tells: ``COORACE_STORE``, else
        ``coorace.db`` here, and the session of a shared store.
    referential
        The référentiel of new campaigns; by default ``COORACE_REFERENTIAL``, else the proposal
        shipped with the project.

    Returns
    -------
    Screen
        The widget to show as the last line of a cell. A store or a référentiel that cannot be opened
        gives a screen that says why and what to do.
    """
    try:
        access = access or Access.from_environment(STORE, getpass.getuser())
        router = Router(access, referential_of_new_campaigns(referential))
    except CooraceError as error:
        over = any(problem.code == ENDED for problem in error.problems)
        return Screen(state=french(ended() if over else refused(error)))
    return bind(router)


def lightened(state: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The slides without their drawings, and the drawings, which a change of words does not send again."""
    drawings: dict[str, Any] = {}
    if not state.get("stage"):
        return state, drawings

    def light(block: dict[str, Any]) -> dict[str, Any]:
        if block["type"] != "figure":
            return block
        key = hashlib.sha256(block["svg"].encode()).hexdigest()[:16]
        drawings[key] = {"svg": block["svg"]}
        return {**block, "svg": "", "drawing": key}

    slides = [{**slide, "blocks": [light(block) for block in slide["blocks"]]} for slide in state["blocks"]]
    return {**state, "blocks": slides}, drawings


def bind(router: Router) -> Screen:
    """A screen that shows a router and carries its messages to it."""
    screen = Screen(state=router.screen())

    def receive(intent: str, args: dict[str, object]) -> None:
        router.receive(intent, args)
        if router.explored:
            screen.explore(router.explored)
        if router.is_unchanged:
            return
        state, drawings = lightened(router.screen())
        screen.keep(drawings)
        screen.state = state
        place = router.place
        if place.focus:
            screen.focus_on(place.focus)
        if place.spoken:
            screen.announce(place.spoken)
        place.focus = place.spoken = ""
        if place.document:
            kind, _ = mimetypes.guess_type(place.file_name)
            screen.download(place.file_name, place.document, kind or "application/octet-stream")
            place.document = b""

    screen.on_intent(receive)
    return screen
