"""The restitution before everyone: slides made of the document, where the appreciation may still change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from coorace_eval.apps.steps.appreciating import JUDGED, Appreciating
from coorace_eval.apps.steps.making import Making
from coorace_eval.apps.steps.room import Room
from coorace_eval.campaigns.edition import SectionChoice
from coorace_eval.campaigns.model import State
from coorace_eval.language import language, mark
from coorace_eval.vocabulary import Level

if TYPE_CHECKING:
    from coorace_eval.reports import Report, Section

OPEN_IN = (State.RESTITUTION, State.SUIVI)
"""While the restitution is open, and until the campaign is closed: the meeting may come late."""
PROFILE = "appreciation"
_LEVELS = {level.value: level for level in Level}


@dataclass(frozen=True, slots=True)
class Change:
    """The last time that the level of a dimension changed, and why."""

    before: Level | None
    after: Level | None
    reason: str


class PresentationRoom(Appreciating, Making, Room):
    """The slides, in the language of the screen and in the order that the enterprise chose."""

    name: ClassVar = "presentation"
    label: ClassVar = mark("Présenter en réunion")
    actions: ClassVar = {}
    open_in: ClassVar = OPEN_IN

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._edition = replace(self.chosen(), language=language())
        self.changes = self._changed()

    @cached_property
    def told(self) -> Report:
        """The document of which the slides are made; drawn once, when it is first shown."""
        return self.report(self._edition)

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, dimension = field.partition("@")
        if dimension not in {d.id for d in self.work.referential.dimensions}:
            return None
        if name in JUDGED:
            return partial(self._judge, dimension, name)
        return partial(self._explain, dimension) if name == "reason" else None

    def _judge(self, dimension: str, field: str, value: str) -> None:
        self._appreciate(dimension, field, value)
        self._tell_again()

    def _explain(self, dimension: str, reason: str) -> None:
        """Note what made the group change its mind, in the history."""
        if reason.strip():
            self._keep(dimension, reason.strip())
            self.changes = self._changed()

    def _tell_again(self) -> None:
        """Draw the profile again, and nothing else: the rest has not changed."""
        self.changes = self._changed()
        if "told" not in self.__dict__:
            return
        comments = {choice.id: choice.comment for choice in self._edition.sections}
        only = tuple(SectionChoice(s.id, s.id == PROFILE, comments.get(s.id, "")) for s in self._choosable)
        drawn = self.report(replace(self._edition, sections=only)).sections
        profile = {section.id: section for section in drawn if section.id == PROFILE}
        kept = tuple(profile.get(section.id, section) for section in self.told.sections)
        self.told = replace(self.told, sections=kept)

    @property
    def _choosable(self) -> list[Section]:
        from coorace_eval.reports.sections import COLOPHON

        return [section for section in self.told.sections if section.id != COLOPHON]

    def _changed(self) -> dict[str, Change]:
        """The last change of level of each dimension."""
        with self.work.access.open() as store:
            history = store.appreciation_history(self.work.enterprise, self.work.year)
        found: dict[str, Change] = {}
        for row in history.itertuples(index=False):
            before, after = (_LEVELS.get(str(one)) for one in (row.old_level, row.level))
            if before is not after and before is not None:
                found[row.dimension] = Change(before, after, row.reason)
            elif row.reason and row.dimension in found:
                found[row.dimension] = replace(found[row.dimension], reason=row.reason)
        return found
