"""From one message of a browser to one step, and back to one screen.

Every message is untrusted: its name, its field and its item are looked up in closed lists, and
each step checks again before it writes. What no screen of ours can have sent is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from coorace_eval.apps.steps.analysis import AnalysisStep
from coorace_eval.apps.steps.base import Step, sentence, unknown
from coorace_eval.apps.steps.collection import CollectionStep
from coorace_eval.apps.steps.feedback import FeedbackStep
from coorace_eval.apps.steps.framework import FrameworkStep
from coorace_eval.apps.steps.framing import FramingStep
from coorace_eval.apps.steps.home import HomeStep
from coorace_eval.apps.steps.lists import ExplorationStep, FollowUpStep
from coorace_eval.apps.typography import french
from coorace_eval.apps.views import analysis, collection, framework, home, words
from coorace_eval.apps.views.campaign import frame
from coorace_eval.apps.workspace import ORDER, Workspace
from coorace_eval.campaigns.model import NEXT, State
from coorace_eval.problems import CampaignError, CooraceError, Problem
from coorace_eval.referential import Referential

log = logging.getLogger(__name__)

View = Callable[[Any], dict[str, Any]]
STEPS: dict[State, tuple[type[Step], View]] = {
    State.CADRAGE: (FramingStep, words.framing),
    State.EXPLORATION: (ExplorationStep, words.exploration),
    State.REFERENTIEL: (FrameworkStep, framework.framework),
    State.COLLECTE: (CollectionStep, collection.collection),
    State.ANALYSE: (AnalysisStep, analysis.analysis),
    State.RESTITUTION: (FeedbackStep, analysis.feedback),
    State.SUIVI: (FollowUpStep, words.follow_up),
}
UNFORESEEN = "Cette action n'a pas abouti ; ce qui est dit enregistré l'est. Rechargez la page. (CAM-004)"
UNSHOWN = (
    "Cette page ne peut pas s'afficher ; ce qui est enregistré le reste. Ouvrez une autre étape. (CAM-004)"
)
GATED = (State.ANALYSE, State.RESTITUTION, State.SUIVI)


class Router:
    """The application of one person: where they are, and what their messages do.

    Parameters
    ----------
    url
        Address of the store.
    referential
        What new campaigns run on.
    author
        Who is at the screen.
    """

    def __init__(self, url: str, referential: Referential, author: str = "") -> None:
        self.url, self.author = url, author
        self.home = HomeStep(url, referential)
        self.step: Step | None = None
        self.wide_problem = ""

    def screen(self) -> dict[str, Any]:
        """What to show now."""
        state = home.home(self.home) if self.step is None else self._page(self.step)
        if self.wide_problem:
            state["problems"] = [{"id": "", "text": self.wide_problem}, *state["problems"]]
        return french(state)

    def _page(self, step: Step) -> dict[str, Any]:
        """The page of a step; one that cannot be drawn leaves the way to the others open."""
        try:
            return STEPS[step.state][1](step)
        except Exception:
            log.exception("page %s failed", step.state)
            bare = frame(step, [], [])
            bare["problems"] = [{"id": "", "text": UNSHOWN}, *bare["problems"]]
            return bare

    def receive(self, intent: str, args: dict[str, Any]) -> None:
        """Do what a message asks, or say on screen why it cannot be done."""
        self.wide_problem = ""
        intent, args = _sendable(intent), {name: _sendable(value) for name, value in args.items()}
        try:
            handler = self._handlers.get(intent)
            if handler is None:
                raise unknown(intent)
            handler(self, args)
        except CooraceError as error:
            self.wide_problem = " ".join(sentence(problem) for problem in error.problems)
        except Exception:
            log.exception("intent %s failed", intent)
            self.wide_problem = UNFORESEEN

    def _set(self, args: dict[str, Any]) -> None:
        field, value = _text(args, "id"), args.get("value", "")
        if self.step is None:
            self.home.set(field, value)
        else:
            self.step.set(field, value)

    def _status(self, args: dict[str, Any]) -> None:
        if not isinstance(self.step, CollectionStep):
            raise unknown("status")
        self.step.set_status(_text(args, "id"), _text(args, "value"))

    def _tab(self, args: dict[str, Any]) -> None:
        id = _text(args, "id")
        step = self.step
        if not isinstance(step, CollectionStep | FrameworkStep | AnalysisStep):
            raise unknown(id)
        shown = step.work.base if isinstance(step, FrameworkStep) else step.work.referential
        if id not in {dimension.id for dimension in shown.dimensions}:
            raise unknown(id)
        step.tab = id
        step.toast = ""

    def _act(self, args: dict[str, Any]) -> None:
        action, item = _text(args, "id"), str(args.get("item") or "")
        verb, _, target = action.partition(".")
        if verb == "go":
            self._go(target)
        elif verb == "tab":
            self._tab({"id": target})
        elif action == "home":
            self._home()
        elif self.step is None:
            self._act_at_home(action, item)
        else:
            before = self.step.work.campaign.state
            self.step.toast = ""
            self.step.act(action, item)
            after = self.step.work.campaign.state
            if after is not before:
                self._arrive(after if after in STEPS else self.step.state)

    def _act_at_home(self, action: str, item: str) -> None:
        if action == "open_form":
            self.home.opening = not self.home.opening
            self.home.faults = {}
        elif action == "create":
            if campaign := self.home.open_campaign():
                self.open(campaign.enterprise, campaign.year)
        elif action == "open":
            enterprise, _, year = item.partition("/")
            if not _is_year(year):
                raise unknown(item)
            self.open(enterprise, int(year))
        else:
            raise unknown(action)

    def _step(self, args: dict[str, Any]) -> None:
        self._go(_text(args, "id"))

    def _home(self, _args: dict[str, Any] | None = None) -> None:
        self.step = None
        self.home.reload()

    def _route(self, args: dict[str, Any]) -> None:
        """Open the page that the address names; an address that names nothing leads home."""
        parts = [part for part in _text(args, "path").strip("#/").split("/") if part]
        match parts:
            case ["campagne", enterprise, year, *rest] if _is_year(year):
                here = self.step.work if self.step else None
                if here is None or (here.enterprise, here.year) != (enterprise, int(year)):
                    self.open(enterprise, int(year))
                if rest and rest[0] in {state.value for state in STEPS}:
                    self._go(rest[0])
            case _:
                self._home()

    def open(self, enterprise: str, year: int) -> None:
        """Open a campaign at the page where it was left."""
        work = Workspace(self.url, enterprise, year, self.author)
        left = work.campaign.step
        state = State(left) if left in {s.value for s in STEPS} else State.CADRAGE
        self.step = STEPS[state if work.reached(state) else State.CADRAGE][0](work)

    def _go(self, name: str) -> None:
        if self.step is None or name not in {state.value for state in STEPS}:
            raise unknown(name)
        state, work = State(name), self.step.work
        if not work.reached(state):
            here = work.campaign.state
            if state in GATED or state not in NEXT[here] or ORDER.index(state) != ORDER.index(here) + 1:
                raise CampaignError(
                    work.title,
                    [Problem("CAM-001", "", f"l'étape « {state.label.lower()} » n'est pas encore ouverte.")],
                )
            work.move(state, here)
        self._arrive(state)

    def _arrive(self, state: State) -> None:
        assert self.step is not None
        work = self.step.work
        if type(self.step) is not STEPS[state][0]:
            work.reload()
            self.step = STEPS[state][0](work)
        work.remember(state.value)

    _handlers: dict[str, Callable[[Router, dict[str, Any]], None]] = {
        "set": _set,
        "status": _status,
        "tab": _tab,
        "act": _act,
        "step": _step,
        "route": _route,
        "home": _home,
    }


def _text(args: dict[str, Any], name: str) -> str:
    value = args.get(name, "")
    if not isinstance(value, str) or len(value) > 400:
        raise unknown(name)
    return value


def _sendable(value: Any) -> Any:
    """A text that can travel back to the browser: no half of a surrogate pair."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdecimal()
