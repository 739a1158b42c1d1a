"""Making a document of a campaign, for the pages that offer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from coorace_eval.apps.steps.base import Step, unknown
from coorace_eval.formatting import format_number
from coorace_eval.language import tr

if TYPE_CHECKING:
    from coorace_eval.campaigns.edition import Edition
    from coorace_eval.reports import Report

PDF = "pdf"
TEMPLATE = "modele_word"


class Making(Step):
    """A page where the restitution is downloaded, in one of four forms."""

    actions: ClassVar = {"download": "make_report"}
    always: ClassVar = frozenset({"download"})

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._name = self._named(PDF)

    @property
    def file_name(self) -> str:
        """The name under which the document is kept."""
        return self._name

    def make_report(self, form: str = "") -> None:
        """Write the campaign as it stands, in the form asked for."""
        write = _WRITERS.get(form or PDF)
        if write is None:
            raise unknown(form)
        edition = self.chosen()
        with self.work.access.open() as store:
            template = store.asset(self.work.enterprise, TEMPLATE)
        made = write(self.report(edition), template.content if template else None)
        size = format_number(len(made) / 1024, 0)
        self.hand(self._named(form or PDF), made)
        self.toast = tr("Le document est prêt ({size} ko). Il se trouve dans vos téléchargements.", size=size)

    def chosen(self) -> Edition:
        """What the enterprise chose for its document, of the sections that there still are."""
        from coorace_eval.reports.sections import available

        work = self.work
        with work.access.open() as store:
            edition = store.edition(work.enterprise, work.year)
        known = dict(available(work.referential, work.story, work.year, {}))
        return replace(edition, sections=tuple(one for one in edition.sections if one.id in known))

    def report(self, edition: Edition) -> Report:
        """What the restitution says, as the enterprise chose it."""
        from coorace_eval.reports import report

        work = self.work
        return report(work.results, work.year, work.story, edition=edition, bands=work.bands)

    def hand(self, name: str, content: bytes) -> None:
        """Give a file to the person."""
        self._name, self.document = name, content

    def _named(self, ending: str) -> str:
        return f"restitution_{self.work.enterprise}_{self.work.year}.{ending}"


_WRITERS: dict[str, Callable[[Report, bytes | None], bytes]] = {
    PDF: lambda told, _: told.pdf(),
    "docx": lambda told, template: told.docx(template),
    "pptx": lambda told, _: told.pptx(),
    "html": lambda told, _: told.html(),
}
