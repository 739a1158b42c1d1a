"""From one message of a browser to one step, and back to one screen.

Every message is untrusted: its name, its field and its item are looked up in closed lists, and
each step checks again before it writes. What no screen of ours can have sent is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from coorace_eval.access import Access
from coorace_eval.accounts import AccessError, Account, Right, may, require
from coorace_eval.apps.directory import PAGES, ROOMS, STEPS, drawn
from coorace_eval.apps.steps.analysis import AnalysisStep
from coorace_eval.apps.steps.base import ENDED, NO_ACCOUNT, Page, Step, sentence, unknown
from coorace_eval.apps.steps.collection import CollectionStep
from coorace_eval.apps.steps.feedback import FeedbackStep
from coorace_eval.apps.steps.figure import FigureRoom
from coorace_eval.apps.steps.framework import FrameworkStep
from coorace_eval.apps.steps.home import HomePage, is_year
from coorace_eval.apps.steps.journal import JournalPage
from coorace_eval.apps.steps.network import NetworkPage
from coorace_eval.apps.steps.outside import OutsidePage
from coorace_eval.apps.steps.progress import ProgressPage
from coorace_eval.apps.typography import french
from coorace_eval.apps.uploads import Piece, Uploads
from coorace_eval.apps.views import outside
from coorace_eval.apps.views.campaign import frame
from coorace_eval.apps.views.outside import menu, person
from coorace_eval.apps.workspace import ORDER, Workspace
from coorace_eval.campaigns.model import NEXT, State
from coorace_eval.language import FRENCH, LANGUAGES, language, mark, speaking, tr
from coorace_eval.problems import CampaignError, CooraceError, Problem, StoreError
from coorace_eval.referential import Referential

log = logging.getLogger(__name__)

UNFORESEEN = mark(
    "Cette action n'a pas abouti ; ce qui est dit enregistré l'est. Rechargez la page. (CAM-004)"
)
UNSHOWN = mark(
    "Cette page ne peut pas s'afficher ; ce qui est enregistré le reste. Ouvrez une autre étape. (CAM-004)"
)
GATED = (State.ANALYSE, State.RESTITUTION, State.SUIVI)


class Router:
    """The application of one person: where they are, and what their messages do.

    Who they are and what they may do is asked of the store at each message: a right taken back, a
    session ended, and the next message leads out.

    Parameters
    ----------
    access
        Who opens which store.
    referential
        What new campaigns run on.

    Attributes
    ----------
    is_unchanged
        Whether the last message changed nothing of what is shown.
    explored
        The chart that the last message asked for, to be drawn live: its figure and its specification.
    """

    def __init__(self, access: Access, referential: Referential) -> None:
        self.access, self.referential = access, referential
        self.account: Account | None = None
        self.step: Step | None = None
        self.barrier: dict[str, Any] | None = None
        self.wide_problem = ""
        self.language = FRENCH
        self.uploads = Uploads()
        self.is_unchanged = False
        self.explored: dict[str, Any] | None = None
        self._identify()
        self.page = self._entrance()

    @property
    def place(self) -> Page:
        """What the person has before them: a step of a campaign, or a page beside."""
        return self.step or self.page

    def screen(self) -> dict[str, Any]:
        """What to show now, in the language of this person."""
        with speaking(self.language):
            state = self.barrier or self._drawn()
            state["bar"] = state["bar"] | self._bar()
            if self.wide_problem:
                state["problems"] = [{"id": "", "text": self.wide_problem}, *state["problems"]]
            state["language"] = language()
            return french(state) if language() == FRENCH else state

    def _drawn(self) -> dict[str, Any]:
        """The page; one that cannot be drawn leaves the way to the others open."""
        step = self.step
        try:
            return drawn(step or self.page)
        except Exception:
            log.exception("page %s failed", type(self.place).__name__)
            bare = outside.bare(self.page) if step is None else frame(step, [], [])
            bare["problems"] = [{"id": "", "text": tr(UNSHOWN)}, *bare["problems"]]
            return bare

    def receive(self, intent: str, args: dict[str, Any]) -> None:
        """Do what a message asks, or say on screen why it cannot be done."""
        with speaking(self.language):
            self._receive(intent, args)

    def _receive(self, intent: str, args: dict[str, Any]) -> None:
        self.wide_problem, self.barrier, self.is_unchanged, self.explored = "", None, False, None
        intent, args = _sendable(intent), {name: _sendable(value) for name, value in args.items()}
        try:
            self._admit()
            handler = self._handlers.get(intent)
            if handler is None:
                raise unknown(intent)
            handler(self, args)
        except AccessError as error:
            self._turn_away(error)
        except CooraceError as error:
            self.wide_problem = " ".join(sentence(problem) for problem in error.problems)
        except Exception:
            log.exception("intent %s failed", intent)
            self.wide_problem = tr(UNFORESEEN)

    def _identify(self) -> None:
        """Ask the store who this is, as it knows them now."""
        with self.access.open() as store:
            self.account = store.account

    def _admit(self) -> None:
        """Check that this person may still be where they are.

        A store that cannot be reached is no answer: what the message asks will meet it too, and say
        so where it belongs.
        """
        try:
            self._identify()
        except StoreError as error:
            log.warning("who is there could not be asked: %s", error.problems[0].code)
        if self.step is None:
            self.page.admit(self.account)
        elif self.account is not None:
            require(self.account, Right.READ, self.step.work.enterprise)

    def _turn_away(self, error: AccessError) -> None:
        """Lead out someone who may not be here any more; refuse in place what was only asked."""
        codes = {problem.code for problem in error.problems}
        if codes & {ENDED, NO_ACCOUNT}:
            self.account = None
            self.barrier = outside.ended() if ENDED in codes else outside.refused(error)
            return
        try:
            self._admit()
        except AccessError as still:
            if ENDED in {problem.code for problem in still.problems}:
                return self._turn_away(still)
            place = self.step.work.title if self.step else ""
            self.step, self.page = None, self._entrance()
            self.barrier = outside.shut(place)
        else:
            self.wide_problem = " ".join(sentence(problem) for problem in error.problems)

    def _entrance(self) -> OutsidePage:
        """The first page of this person; read anew."""
        if self.account is None or may(self.account, Right.READ):
            return HomePage(self.access, self.referential)
        if may(self.account, Right.PROGRESS):
            return ProgressPage(self.access)
        return NetworkPage(self.access)

    def _bar(self) -> dict[str, Any]:
        """Who is there, and where they may go from here."""
        if self.barrier:
            return {}
        here = self.place.name if isinstance(self.place, OutsidePage) else ""
        links = [
            {"id": id, "label": label, "current": id.removeprefix("page.") == here}
            for id, label in menu(self.account, self.step is not None)
        ]
        others = [{"id": code, "label": name} for code, name in LANGUAGES.items() if code != language()]
        return {
            "links": links if len(links) > 1 or self.step else [],
            "languages": others,
            "person": person(self.account),
        }

    def _set(self, args: dict[str, Any]) -> None:
        self.place.set(_text(args, "id"), args.get("value", ""))

    def _upload(self, args: dict[str, Any]) -> None:
        """Take a piece of a file; nothing is drawn again before the last one."""
        piece, page = Piece.read(args), self.place
        if not page.expects_file(piece.field):
            raise unknown(piece.field)
        try:
            content = self.uploads.take(page, piece)
        except CampaignError as error:
            page.refuse_file(piece.field, error)
            return
        had_a_fault = piece.part == 1 and page.begin_file(piece.field)
        self.is_unchanged = content is None and not had_a_fault
        if content is not None:
            page.receive_file(piece.field, piece.name, content)

    def _explore(self, args: dict[str, Any]) -> None:
        """Look for the chart behind a figure, which then travels beside what is shown."""
        from coorace_eval.apps.views.figures import explored

        id = _text(args, "id")
        spec = explored(self.step.work, id) if isinstance(self.step, FeedbackStep) else None
        if spec is None:
            raise unknown(id)
        self.explored, self.is_unchanged = {"id": id, "spec": spec}, True

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
        elif verb == "page":
            self._visit(target, item)
        elif verb == "room":
            self._enter(target, item)
        elif self.step is None:
            self._act_beside(self.page, action, item)
        else:
            before = self.step.work.campaign.state
            self.step.toast = ""
            self.step.act(action, item)
            after = self.step.work.campaign.state
            if after is not before:
                self._arrive(after if after in STEPS else self.step.state)

    def _act_beside(self, page: OutsidePage, action: str, item: str) -> None:
        page.toast = ""
        page.act(action, item)
        self._follow(page)

    def _follow(self, page: OutsidePage) -> None:
        """Go where a page leads: to a campaign, or to a room of it."""
        going, page.going = page.going, None
        entering, page.entering = page.entering, None
        if going:
            self.open(*going)
        if entering:
            self._enter(*entering)

    def _step(self, args: dict[str, Any]) -> None:
        self._go(_text(args, "id"))

    def _home(self, _args: dict[str, Any] | None = None) -> None:
        self.step, self.page = None, self._entrance()

    def _visit(self, name: str, enterprise: str = "") -> None:
        """Open a page that stands beside the campaigns."""
        if name == HomePage.name:
            return self._home()
        if name == JournalPage.name:
            page: OutsidePage = JournalPage(self.access, enterprise or self._own())
        elif name in PAGES:
            page = PAGES[name](self.access)
        else:
            raise unknown(name)
        self.step, self.page = None, page

    def _own(self) -> str:
        """The enterprise in hand, or the only one that this person has."""
        if self.step is not None:
            return self.step.work.enterprise
        own = self.account.enterprises if self.account else frozenset()
        return next(iter(own)) if len(own) == 1 else ""

    def _route(self, args: dict[str, Any]) -> None:
        """Open the page that the address names; an address that names nothing leads home."""
        parts = [part for part in _text(args, "path").strip("#/").split("/") if part]
        match parts:
            case ["campagne", enterprise, year, *rest] if is_year(year):
                here = self.step.work if self.step else None
                if here is None or (here.enterprise, here.year) != (enterprise, int(year)):
                    self.open(enterprise, int(year))
                if rest and rest[0] in ROOMS:
                    self._enter(rest[0], "/".join(rest[1:]))
                elif rest and rest[0] in {state.value for state in STEPS}:
                    self._go(rest[0])
            case [FigureRoom.name, reference]:
                self._home()
                if isinstance(self.page, HomePage):
                    self.page.trace(reference)
                    self._follow(self.page)
            case ["entreprise", enterprise, JournalPage.name]:
                self._visit(JournalPage.name, enterprise)
            case [name] if name in PAGES:
                self._visit(name)
            case _:
                self._home()

    def open(self, enterprise: str, year: int) -> None:
        """Open a campaign at the page where it was left."""
        work = Workspace(self.access, enterprise, year)
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
                    [
                        Problem(
                            "CAM-001",
                            "",
                            tr("l'étape « {step} » n'est pas encore ouverte.", step=state.label.lower()),
                        )
                    ],
                )
            work.move(state, here)
        self._arrive(state)

    def _enter(self, name: str, item: str = "") -> None:
        """Open a room of the campaign in hand."""
        if self.step is None or name not in ROOMS:
            raise unknown(name)
        work = self.step.work
        work.reload()
        self.step = ROOMS[name][0](work, item[:200])

    def _speak(self, args: dict[str, Any]) -> None:
        """Show everything in another language from now on."""
        code = _text(args, "id")
        if code not in LANGUAGES:
            raise unknown(code)
        self.language = code

    def _arrive(self, state: State) -> None:
        assert self.step is not None
        work = self.step.work
        if type(self.step) is not STEPS[state][0]:
            work.reload()
            self.step = STEPS[state][0](work)
        work.remember(state.value)

    _handlers: dict[str, Callable[[Router, dict[str, Any]], None]] = {
        "set": _set,
        "upload": _upload,
        "status": _status,
        "explore": _explore,
        "tab": _tab,
        "act": _act,
        "step": _step,
        "route": _route,
        "home": _home,
        "language": _speak,
    }


def _text(args: dict[str, Any], name: str) -> str:
    value = args.get(name, "")
    if not isinstance(value, str) or len(value) > 400:
        raise unknown(name)
    return value


def _sendable(value: Any) -> Any:
    """A text that can travel back to the browser: no half of a surrogate pair."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
