"""What every step shares: it knows, it decides, it draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import traitlets as tl

from coorace_eval.apps.workspace import Workspace
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import format_time
from coorace_eval.language import tr
from coorace_eval.problems import CampaignError, CooraceError, Problem

LONGEST = 5000
FORBIDDEN, ENDED, NO_ACCOUNT = "ACC-001", "ACC-002", "ACC-009"
OUT = frozenset({FORBIDDEN, ENDED, NO_ACCOUNT})
"""What says that a person may not be here, or not any more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a field from being saved, and what was typed there.

    ``field`` is empty where the fault belongs to a button rather than to a field.
    """

    field: str
    text: str
    typed: str = ""
    from_action: bool = False


class Page(tl.HasTraits):
    """What a person has before them: what may be typed, what may be asked, what went wrong.

    A view shows it again whenever ``revision`` moves. Whatever comes from a screen goes through
    :meth:`set` or :meth:`act`, which take nothing for granted: the field must be one that is there,
    the action one of :attr:`actions`.
    """

    actions: ClassVar[dict[str, str]] = {}
    always: ClassVar[frozenset[str]] = frozenset()
    """The actions that a page still allows when nothing may be changed."""
    checks: ClassVar[frozenset[str]] = frozenset()
    """The fields that are boxes to tick; all the others hold text."""
    groups: ClassVar[frozenset[str]] = frozenset()
    """Boxes taken together: what is wrong with the choice stands there, and nothing is typed there."""

    revision = tl.Int(0)
    toast = tl.Unicode("")
    faults = tl.Dict()
    document = tl.Bytes(b"")
    """A file to hand to the person, when a button has just made one."""

    def __init__(self) -> None:
        super().__init__()
        self.saved_fields: set[str] = set()
        self.focus, self.spoken = "", ""
        """Where the keyboard goes once the page is drawn, and what is then read aloud; said once."""

    @property
    def file_name(self) -> str:
        """The name under which the document is kept."""
        return ""

    def set(self, field: str, value: object) -> None:
        """Take what was typed in a field; what cannot be kept stays on screen with its fault.

        Raises
        ------
        CampaignError
            When no such field is on screen (``CAM-004``).
        """
        takes = self._taker(field)
        expected = bool if field.partition("@")[0] in self.checks else str
        if takes is None or not isinstance(value, expected) or len(str(value)) > 100_000:
            raise unknown(field)
        self._forget_actions(field)
        with self._telling(field, str(value)):
            self._check_unlocked()
            if isinstance(value, str) and len(value) > LONGEST:
                cause = tr(
                    "le texte compte {length} caractères ; la limite est de {most}.",
                    length=len(value),
                    most=LONGEST,
                )
                raise CampaignError("", [Problem("REP-012", "", cause)])
            takes(value)
            if not self._is_draft(field):
                self._kept(field)

    def act(self, action: str, item: str = "") -> None:
        """Do what a button asks.

        Raises
        ------
        CampaignError
            When the page has no such action.
        """
        if action not in self.actions:
            raise unknown(action)
        self._forget_actions()
        with self._telling(item or action, "", from_action=True):
            if action not in self.always:
                self._check_unlocked()
            getattr(self, self.actions[action])(item)

    def expects_file(self, field: str) -> bool:
        """Whether a file may be chosen in a field."""
        return self._file_taker(field) is not None

    def begin_file(self, field: str) -> bool:
        """Take away what was said of the last file of a field; says whether something was."""
        had = field in self.faults
        self.faults = {name: fault for name, fault in self.faults.items() if name != field}
        return had

    def receive_file(self, field: str, name: str, content: bytes) -> None:
        """Take a file that was chosen in a field; why it cannot be kept is said beside the field.

        Raises
        ------
        CampaignError
            When no such field takes a file (``CAM-004``).
        """
        takes = self._file_taker(field)
        if takes is None:
            raise unknown(field)
        self._forget_actions(field)
        with self._telling(field, ""):
            self._check_unlocked()
            takes(name, content)
            self._kept(field)

    def refuse_file(self, field: str, error: CooraceError) -> None:
        """Say beside a field why a file did not arrive."""
        with self._telling(field, ""):
            raise error

    def _file_taker(self, field: str) -> Callable[[str, bytes], None] | None:
        """What to call with the name and the content of a file; ``None`` where a field takes none."""
        return None

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        """What to call with the value of a field; ``None`` where there is no such field."""
        return None

    def _is_shown(self, field: str) -> bool:
        """Whether a problem can stand beside that field."""
        return field in self.groups or self._taker(field) is not None

    def _is_draft(self, field: str) -> bool:
        """Whether a field only prepares what a button will keep."""
        return True

    def _kept(self, field: str) -> None:
        """Know that a field is kept."""
        self.saved_fields.add(field)

    def _check_unlocked(self) -> None:
        """Refuse where nothing may be changed."""

    def _forget_actions(self, field: str = "") -> None:
        """Take away what was said of the last button, as something else is being done."""
        self.faults = {name: fault for name, fault in self.faults.items() if not fault.from_action}

    @contextmanager
    def _telling(self, field: str, typed: str, *, from_action: bool = False) -> Iterator[None]:
        """Turn what goes wrong into faults beside their fields; what goes right takes its fault away.

        After a button, a problem stands beside the field that its ``where`` names. A right that is
        missing is no fault of a field: it goes on to the router.
        """
        before = self.faults.get(field)
        try:
            yield
        except CooraceError as error:
            if any(problem.code in OUT for problem in error.problems):
                raise
            found: dict[str, Fault] = {}
            for problem in error.problems:
                named = from_action and self._is_shown(problem.where)
                place = problem.where if named else field
                said = " ".join(
                    filter(None, [found[place].text if place in found else "", sentence(problem)])
                )
                found[place] = Fault(place if named or not from_action else "", said, typed, from_action)
            self.faults = {**self.faults, **found}
            self.saved_fields -= set(found)
        else:
            self.faults = {name: fault for name, fault in self.faults.items() if fault is not before}
        self.revision += 1


class Step(Page):
    """A step of the démarche."""

    state: ClassVar[State]

    saved = tl.Unicode("")

    def __init__(self, work: Workspace) -> None:
        super().__init__()
        self.work = work

    @property
    def locked(self) -> str:
        """Why nothing can be changed here, or nothing."""
        if self.work.campaign.state is State.CLOSE:
            return tr("Cette auto-évaluation est close : elle se lit, elle ne change plus.")
        return ""

    def _is_draft(self, field: str) -> bool:
        return False

    def _check_unlocked(self) -> None:
        if self.locked:
            code = "CAM-002" if self.work.campaign.state is State.CLOSE else "CAM-001"
            raise CampaignError(self.work.title, [Problem(code, "", self.locked)])

    def _kept(self, field: str) -> None:
        super()._kept(field)
        self.saved = tr("Enregistré à {time}", time=format_time(self.work.clock()))


def sentence(problem: Problem) -> str:
    """A problem as one says it on screen, without its place, which the field shows."""
    return f"{problem.cause[:1].upper()}{problem.cause[1:]} {problem.hint or problem.remedy} ({problem.code})"


def unknown(what: str) -> CampaignError:
    """The refusal of a message that no screen of ours can have sent."""
    return CampaignError(
        "écran", [Problem("CAM-004", "", tr("« {what} » n'est pas prévu ici.", what=what[:60]))]
    )
