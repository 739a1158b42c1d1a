"""Collecte: each figure typed is checked, kept at once, and said to be kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import traitlets as tl

from coorace_eval.apps.steps.base import Step, unknown
from coorace_eval.campaigns.answers import Answer, AnswerChangedError
from coorace_eval.campaigns.entry import read_answer
from coorace_eval.campaigns.model import State
from coorace_eval.indicators import Violation
from coorace_eval.language import tr
from coorace_eval.problems import CampaignError, Problem
from coorace_eval.referential import Dimension, Variable
from coorace_eval.vocabulary import ValueStatus

OFFERED = (
    ValueStatus.RENSEIGNE,
    ValueStatus.ESTIME,
    ValueStatus.NON_PERTINENT,
    ValueStatus.NON_DISPONIBLE,
    ValueStatus.CONFIDENTIEL,
)
NEVER = datetime.min.replace(tzinfo=UTC)
OPEN_IN = (State.CADRAGE, State.EXPLORATION, State.REFERENTIEL, State.COLLECTE)


class CollectionStep(Step):
    """The figures of one campaign, dimension by dimension.

    A field is named by its variable (``sorties_total``), by one of its parts
    (``sorties_total|sexe:F``) or by a note on it (``sorties_total#comment``).
    """

    state: ClassVar = State.COLLECTE
    actions: ClassVar = {
        "close_collection": "close",
        "reopen": "reopen",
        "take_mine": "take_mine",
        "take_theirs": "take_theirs",
    }
    always: ClassVar = frozenset({"reopen"})

    tab = tl.Unicode("")

    def __init__(self, work: Any) -> None:
        super().__init__(work)
        self.answers: dict[tuple[str, str], Answer] = {}
        self.mine: dict[str, str] = {}
        self.wanted_status: dict[str, ValueStatus] = {}
        self.reload()
        self.tab = self.sections[0].id if self.sections else ""

    def reload(self) -> None:
        """Read this year's answers again."""
        with self.work.access.open() as store:
            given = store.answer_list(self.work.enterprise, self.work.year)
        self.answers = {(answer.variable, answer.part): answer for answer in given}

    @property
    def sections(self) -> list[Dimension]:
        """The dimensions that ask for something."""
        return [d for d in self.work.referential.dimensions if self.variables(d.id)]

    def variables(self, dimension: str) -> list[Variable]:
        """What a dimension asks first: each variable stands under the first dimension that uses it."""
        return [
            self.work.referential.variable(name)
            for name, place in self._places().items()
            if place == dimension
        ]

    def _places(self) -> dict[str, str]:
        referential = self.work.referential
        asked = {variable.id for variable in referential.variables}
        weights = {p.id: p.weighted_by for p in referential.parameters}
        places: dict[str, str] = {}
        for dimension in referential.dimensions:
            for contribution in dimension.contributions:
                for indicator in contribution.indicators:
                    told = indicator.robustness.compute.variables if indicator.robustness else ()
                    for name in (*referential.inputs_of(indicator.id), *told):
                        name = weights.get(name) or name
                        if name in asked:
                            places.setdefault(name, dimension.id)
        last = referential.dimensions[-1].id if referential.dimensions else ""
        return {v.id: places.get(v.id, last) for v in referential.variables}

    def progress(self, dimension: str | None = None) -> tuple[int, int]:
        """How many figures have an answer, of any status, and how many are asked."""
        asked = (
            [v.id for v in self.work.referential.variables]
            if dimension is None
            else [v.id for v in self.variables(dimension)]
        )
        done = sum(self.status(name) is not ValueStatus.NON_RENSEIGNE for name in asked)
        return done, len(asked)

    def answer(self, variable: str, part: str = "") -> Answer | None:
        """What was answered."""
        return self.answers.get((variable, part))

    def status(self, variable: str) -> ValueStatus:
        """The status of an answer; nothing yet is « non renseigné »."""
        found = self.answer(variable)
        return found.status if found else ValueStatus.NON_RENSEIGNE

    def shown_status(self, variable: str) -> ValueStatus:
        """The status that the list beside the field shows."""
        status = self.status(variable)
        return (
            self.wanted_status.get(variable, ValueStatus.RENSEIGNE)
            if status is ValueStatus.NON_RENSEIGNE
            else status
        )

    def broken(self, variable: str) -> list[Violation]:
        """The rules on this figure that the answers break."""
        return [violation for violation in self.work.violations if variable in violation.variables]

    @property
    def blockers(self) -> list[Violation]:
        """What must be mended before the collection is closed."""
        return [violation for violation in self.work.violations if violation.blocking]

    @property
    def locked(self) -> str:
        """Why no figure can be changed, or nothing."""
        if super().locked:
            return super().locked
        if self.work.campaign.state not in OPEN_IN:
            return tr("La collecte est close. Rouvrez-la pour corriger un chiffre ; rien ne sera perdu.")
        return ""

    def set_status(self, variable: str, status: str) -> None:
        """Say why a figure is missing, or that it is estimated."""
        known = {choice.value: choice for choice in OFFERED}
        if status not in known or variable not in self._places():
            raise CampaignError("écran", [Problem("CAM-004", "", tr("ce statut n'est pas prévu ici."))])
        choice = known[status]
        self._forget_actions()
        with self._telling(variable, ""):
            self._check_unlocked()
            before = self.answer(variable)
            if choice.has_value and (before is None or before.value is None):
                self._record(Answer(variable, None, ValueStatus.NON_RENSEIGNE, **_notes(before)))
                self.wanted_status[variable] = choice
            else:
                value = before.value if before and choice.has_value else None
                self._record(Answer(variable, value, choice, **_notes(before)))
            self._kept(variable)

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, note = field.partition("#")
        variable_id, _, part = name.partition("|")
        if variable_id not in self._places():
            return None
        variable = self.work.referential.variable(variable_id)
        if note:
            return (
                (lambda text: self._note(variable, note, str(text)))
                if note in ("source", "comment") and not part
                else None
            )
        if part and part not in {p for p, _ in self.parts(variable)}:
            return None
        return lambda typed: self._figure(variable, part, str(typed))

    def parts(self, variable: Variable) -> list[tuple[str, str]]:
        """The parts one may detail, as ``axis:member`` with their labels."""
        kinds = {kind.value for kind in self.work.story.enterprise.kinds}
        return [
            (f"{axis.id}:{member.id}", member.label)
            for axis in map(self.work.referential.axis, self.axes(variable))
            for member in axis.members
            if axis.id != "type" or member.id in kinds
        ]

    def axes(self, variable: Variable) -> list[str]:
        """The axes that this enterprise can detail a figure by."""
        weights = {parameter.weighted_by for parameter in self.work.referential.parameters}
        several = len(self.work.story.enterprise.kinds) > 1
        own = [axis for axis in variable.axes if axis != "type" and self.work.referential.axis(axis).members]
        known = {axis.id for axis in self.work.referential.axes}
        return (["type"] if several and variable.id in weights and "type" in known else []) + own

    def _figure(self, variable: Variable, part: str, typed: str) -> None:
        before = self.answer(variable.id, part)
        status = ValueStatus.RENSEIGNE if part else self.shown_status(variable.id)
        if not status.has_value:
            status = ValueStatus.RENSEIGNE
        answer = read_answer(variable, typed, status, part=part)
        self.wanted_status.pop(variable.id, None)
        field = f"{variable.id}|{part}" if part else variable.id
        self._record(replace(answer, **_notes(before)), field, typed)

    def _note(self, variable: Variable, note: str, text: str) -> None:
        before = self.answer(variable.id) or Answer(variable.id, None, ValueStatus.NON_RENSEIGNE)
        changed: dict[str, Any] = {note: text.strip()}
        self._record(replace(before, at=None, **changed), f"{variable.id}#{note}", text)

    def _record(self, answer: Answer, field: str = "", typed: str = "") -> None:
        """Write an answer over the one on screen; what someone else wrote since is shown first.

        After that this person has seen it, so that what they then choose or type is kept.
        """
        key = (answer.variable, answer.part)
        seen = self.answers.get(key)
        try:
            with self.work.writing(*OPEN_IN) as store:
                since = (seen.at if seen else None) or NEVER
                kept = store.record(self.work.enterprise, self.work.year, answer, seen_at=since)
        except AnswerChangedError as error:
            self.answers[key] = error.theirs
            if field:
                self.mine[field] = typed
            raise
        self.answers[key] = kept
        self.mine.pop(field, None)

    @property
    def disputed(self) -> dict[str, str]:
        """What this person typed where someone else had written meanwhile, by field."""
        return {field: typed for field, typed in self.mine.items() if field in self.faults}

    def take_mine(self, field: str) -> None:
        """Keep what this person typed, having seen what someone else wrote."""
        if field not in self.disputed:
            raise unknown(field)
        self.set(field, self.mine[field])

    def take_theirs(self, field: str) -> None:
        """Keep what someone else wrote, and forget what this person typed."""
        if field not in self.disputed:
            raise unknown(field)
        del self.mine[field]
        self.faults = {name: fault for name, fault in self.faults.items() if name != field}

    def close(self, _: str = "") -> None:
        """End the collection; refused while a rule is broken or something typed is not kept."""
        if self.faults:
            typed = ", ".join(
                tr("« {text} »", text=fault.typed.strip()[:40]) for fault in self.faults.values()
            )
            cause = tr("ce qui suit n'est pas enregistré : {typed}.", typed=typed)
            hint = tr("Corrigez d'abord, puis recommencez.")
            raise CampaignError(self.work.title, [Problem("CAM-005", "", cause, hint)])
        self.work.reload()
        if self.blockers:
            said = [(violation.variables[0], violation.problem) for violation in self.blockers]
            raise CampaignError(self.work.title, [Problem(p.code, name, p.cause, p.hint) for name, p in said])
        self.work.move(State.ANALYSE, State.COLLECTE)

    def reopen(self, _: str = "") -> None:
        """Open the collection again, from any later step."""
        self.work.move(State.COLLECTE, State.ANALYSE, State.RESTITUTION, State.SUIVI)


def _notes(before: Answer | None) -> dict[str, Any]:
    return {"source": before.source, "comment": before.comment} if before else {}
