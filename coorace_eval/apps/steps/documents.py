"""Composing the document: which sections, in what order, with what words, in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from coorace_eval.apps.steps.base import unknown
from coorace_eval.apps.steps.making import TEMPLATE, Making
from coorace_eval.apps.steps.room import Room
from coorace_eval.campaigns.edition import Asset, Edition, SectionChoice
from coorace_eval.language import LANGUAGES, mark, speaking, tr, trn
from coorace_eval.problems import CampaignError, Problem

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class DocumentsRoom(Making, Room):
    """The restitution as a document: each choice is kept at once, for all four forms."""

    name: ClassVar = "documents"
    label: ClassVar = mark("Composer le document")
    actions: ClassVar = {
        "download": "make_report",
        "move_up": "move_up",
        "move_down": "move_down",
        "example_template": "example_template",
        "remove_template": "remove_template",
    }
    always: ClassVar = frozenset({"download", "example_template"})
    checks: ClassVar = frozenset({"shown"})

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.template_problems: tuple[Problem, ...] = ()
        self._read()

    def _read(self) -> None:
        """Read again what was chosen; someone else may have chosen meanwhile."""
        self.edition = self.chosen()
        with self.work.access.open() as store:
            kept = store.asset(self.work.enterprise, TEMPLATE)
        self.template = kept.name if kept else ""

    @property
    def sections(self) -> list[tuple[SectionChoice, str]]:
        """Every section with its title, in the order of the document."""
        return [(choice, self._titles[choice.id]) for choice in self._ordered(self.edition)]

    @property
    def always_shown(self) -> frozenset[str]:
        """The sections that may be moved and not hidden."""
        from coorace_eval.reports.sections import ALWAYS

        return ALWAYS

    @property
    def _titles(self) -> dict[str, str]:
        from coorace_eval.reports.sections import available

        work = self.work
        return dict(available(work.referential, work.story, work.year, work.bands))

    def _ordered(self, edition: Edition) -> list[SectionChoice]:
        """The sections that there are: those that were chosen first, then the others."""
        titles = self._titles
        chosen = [choice for choice in edition.sections if choice.id in titles]
        named = {choice.id for choice in chosen}
        return [*chosen, *(SectionChoice(id) for id in titles if id not in named)]

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, section = field.partition("@")
        if field == "language":
            return self._speak
        if name == "shown" and section in self._titles:
            return partial(self._show, section)
        if name == "comment" and section in self._titles:
            return lambda text: self._change(section, comment=text.strip())
        return None

    def _file_taker(self, field: str) -> Callable[[str, bytes], None] | None:
        return self._take_template if field == TEMPLATE else None

    def _speak(self, language: str) -> None:
        if language not in LANGUAGES:
            raise unknown(language)
        key = (self.work.enterprise, self.work.year)
        with self.work.writing() as store:
            store.save_edition(*key, replace(store.edition(*key), language=language))
        self._read()

    def _show(self, section: str, shown: bool) -> None:
        if not shown and section in self.always_shown:
            cause = tr("cette section dit comment le document est fait.")
            raise CampaignError(self.work.title, [Problem("RAP-006", "", cause, tr("Elle reste toujours."))])
        self._change(section, shown=shown)

    def _change(self, section: str, **changed: Any) -> None:
        self._save(
            lambda edition: [
                replace(choice, **changed) if choice.id == section else choice
                for choice in self._ordered(edition)
            ]
        )

    def _save(self, arrange: Callable[[Edition], list[SectionChoice]]) -> None:
        """Keep the sections as they are from now on; one that is not there today keeps its choice."""
        key = (self.work.enterprise, self.work.year)
        with self.work.writing() as store:
            kept = store.edition(*key)
            absent = [choice for choice in kept.sections if choice.id not in self._titles]
            store.save_edition(*key, replace(kept, sections=(*arrange(kept), *absent)))
        self._read()

    def move_up(self, section: str) -> None:
        """Bring a section before the one above it."""
        self._move(section, -1)

    def move_down(self, section: str) -> None:
        """Bring a section after the one below it."""
        self._move(section, 1)

    def _move(self, section: str, by: int) -> None:
        if section not in self._titles:
            raise unknown(section)
        self._save(lambda edition: self._moved(edition, section, by))
        names = [choice.id for choice, _ in self.sections]
        rank, last = names.index(section), len(names) - 1
        stays = "move_up" if (by < 0 and rank > 0) or rank == last else "move_down"
        self.focus = f"{stays}-{section}"
        self.spoken = tr(
            "{title} : place {rank} sur {all}", title=self._titles[section], rank=rank + 1, all=last + 1
        )
        self._kept(f"order@{section}")

    def _moved(self, edition: Edition, section: str, by: int) -> list[SectionChoice]:
        ordered = self._ordered(edition)
        rank = next(rank for rank, choice in enumerate(ordered) if choice.id == section)
        choice = ordered.pop(rank)
        ordered.insert(max(0, rank + by), choice)
        return ordered

    def _take_template(self, name: str, content: bytes) -> None:
        """Keep the enterprise's own Word template, unless something in it must be mended first."""
        from coorace_eval.reports.template import check_template

        self.template_problems = tuple(check_template(content, self._titles))
        if self.template_problems:
            count = len(self.template_problems)
            cause = trn(
                "ce modèle a {n} point à corriger, dit ci-dessous.",
                "ce modèle a {n} points à corriger, dits ci-dessous.",
                count,
            )
            hint = tr("Celui d'avant reste en place.") if self.template else tr("Il n'est pas gardé.")
            raise CampaignError(self.work.title, [Problem("RAP-003", "", cause, hint)])
        with self.work.writing() as store:
            store.save_asset(self.work.enterprise, Asset(TEMPLATE, name, WORD, content))
        self._read()

    def remove_template(self, _: str = "") -> None:
        """Go back to the template of the house."""
        with self.work.writing() as store:
            store.remove_asset(self.work.enterprise, TEMPLATE)
        self.template_problems = ()
        self._read()
        self.toast = tr("Votre modèle est retiré : le document Word reprend le nôtre.")
        self.focus = TEMPLATE

    def example_template(self, _: str = "") -> None:
        """Give a template to start from."""
        from coorace_eval.reports.word import example_template

        with speaking(self.edition.language):
            content = example_template(self.edition.language)
        self.hand(tr("modele_restitution.docx"), content)
        self.toast = tr("Le modèle d'exemple se trouve dans vos téléchargements.")
