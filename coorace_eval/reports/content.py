"""What a report says: sections and blocks, without a word of how they are laid out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

import pandas as pd
from altair import TitleParams

from coorace_eval.charts import describe, headline, to_svg
from coorace_eval.charts.drawing import AnyChart
from coorace_eval.language import speaking
from coorace_eval.reports import pdf

Tone: TypeAlias = Literal["texte", "fiche", "annexe"]
"""How a table or a list is set."""

_WIDTH = re.compile(r'<svg[^>]* width="(\d+)')


@dataclass(frozen=True)
class Paragraph:
    """A text; ``chapeau`` opens a section, ``note`` is in passing, ``commentaire`` is the enterprise's."""

    kind: ClassVar[str] = "paragraph"
    text: str
    tone: Literal["texte", "chapeau", "note", "commentaire"] = "texte"


@dataclass(frozen=True)
class Heading:
    """A title inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with what is added below in small letters.

    Parameters
    ----------
    unit
        The words of the unit of a figure, where they do not stand in its text.
    ref
        The reference of the figure that the cell shows, by which the application tells where it comes
        from; empty where there is none.
    """

    text: str
    note: str = ""
    quiet: bool = False
    ref: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under a caption; ``figures`` are the columns of numbers, ``wide`` those that share the room.

    The tone ``annexe`` is for long tables, in small letters.
    """

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figures: tuple[int, ...] = ()
    wide: tuple[int, ...] = (0,)
    tone: Tone = "texte"

    @classmethod
    def from_frame(
        cls, caption: str, frame: pd.DataFrame, figures: Sequence[int] = (), wide: Sequence[int] = (0,)
    ) -> Table:
        """The table that stands beside a chart."""
        rows = tuple(tuple(Cell(str(value)) for value in row) for row in frame.itertuples(index=False))
        return cls(caption, tuple(map(str, frame.columns)), rows, tuple(figures), tuple(wide))


@dataclass(frozen=True)
class Series:
    """One line or one set of bars: a value per category, ``None`` where nothing is known."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class ChartData:
    """The figures of a chart, for a document in which it can be edited.

    Parameters
    ----------
    form
        ``lignes`` over years, ``barres`` side by side.
    categories
        What stands along the axis, such as years or labels.
    unit
        ``ratio`` for shares, written as percentages; otherwise the words of the unit.
    words
        Where the values are ranks, what each rank is called, from 0.
    """

    form: Literal["lignes", "barres"]
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A chart as SVG, its caption, its description for whoever does not see it, its width.

    ``note`` tells how to read its marks; ``data`` holds its figures, one item per small chart, where
    they can be drawn again as they are.
    """

    kind: ClassVar[str] = "figure"
    svg: str
    caption: str
    alt: str
    pixels: int
    data: tuple[ChartData, ...] = ()
    note: str = ""

    @classmethod
    def from_chart(cls, chart: AnyChart, caption: str = "", data: Sequence[ChartData] = ()) -> Figure:
        """A chart whose title becomes the caption."""
        svg = to_svg(chart, title=False)
        width = _WIDTH.search(svg)
        pixels = int(width[1]) if width else 700
        below = chart.title.subtitle if isinstance(chart.title, TitleParams) else ""
        note = " ".join(below) if isinstance(below, list) else ""
        return cls(svg, caption or headline(chart), describe(chart), pixels, tuple(data), note)


@dataclass(frozen=True)
class Quote:
    """What someone said; every quote has the same rank."""

    kind: ClassVar[str] = "quote"
    text: str
    who: str


@dataclass(frozen=True)
class Stance:
    """The collective appreciation of a dimension: ``level`` and ``before`` are ranks in ``levels``."""

    kind: ClassVar[str] = "stance"
    levels: tuple[str, ...]
    level: int
    said: str
    why: str
    before: int | None = None


@dataclass(frozen=True)
class Entry:
    """A thing with what is said of it, such as a decision, a gap or a definition."""

    title: str
    lines: tuple[str, ...] = ()
    mark: str = ""
    code: str = ""


@dataclass(frozen=True)
class Entries:
    """A list of things: one below the other, by name and text (``fiche``), or two by two (``annexe``)."""

    kind: ClassVar[str] = "entries"
    entries: tuple[Entry, ...]
    tone: Tone = "texte"


Block: TypeAlias = Paragraph | Heading | Table | Figure | Quote | Stance | Entries


@dataclass(frozen=True)
class Section:
    """A part of the report; ``apart`` starts on a new page.

    Parameters
    ----------
    id
        How an enterprise's choice names the section, such as ``cibles`` or ``dimension.emploi``.
    """

    title: str
    blocks: tuple[Block, ...]
    apart: bool = False
    id: str = ""


@dataclass(frozen=True)
class Report:
    """A whole report, as a value: the same content gives the same bytes.

    Parameters
    ----------
    facts
        What the title page says below the name, as pairs of a label and a text.
    language
        ``fr`` or ``en``: what a document tells to whoever reads it aloud.
    settled
        The day of the last answer: documents bear this date and not the clock's.
    """

    title: str
    name: str
    year: int
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    language: str = "fr"
    settled: date | None = None

    def to_dict(self) -> dict[str, Any]:
        """The content as plain lists and texts, ready for JSON."""
        sections = [
            {
                "id": s.id, "title": s.title, "apart": s.apart,
                "blocks": [{"kind": b.kind, **_told(b)} for b in s.blocks],
            }
            for s in self.sections
        ]  # fmt: skip
        cover = {"title": self.title, "name": self.name, "year": str(self.year), "facts": self.facts}
        told = {"language": self.language, "dated": self.dated.isoformat()}
        return {**cover, **told, "sections": sections}

    @property
    def dated(self) -> date:
        """The day that documents bear: that of the last answer, or else the last of the year told."""
        return self.settled or date(self.year, 12, 31)

    def pdf(self) -> bytes:
        """The report as a PDF, tagged (PDF/UA-1) and made to last (PDF/A-2a)."""
        with speaking(self.language):
            return pdf.compose("restitution", self.to_dict())

    def to_pdf(self, path: str | Path) -> Path:
        """Write the PDF, whole or not at all.

        Raises
        ------
        CooraceError
            When the file cannot be written (``RAP-001``); one that was already there is kept.
        """
        return pdf.write(self.pdf(), Path(path))

    def docx(self, template: bytes | None = None) -> bytes:
        """The report as a Word document that one can go on writing.

        Parameters
        ----------
        template
            The enterprise's own template; without one, that of the house.

        Raises
        ------
        CooraceError
            When the template cannot be used (``RAP-003``).
        """
        from coorace_eval.reports import word

        return word.compose(self, template)

    def to_docx(self, path: str | Path, template: bytes | None = None) -> Path:
        """Write the Word document, whole or not at all.

        Raises
        ------
        CooraceError
            When the template cannot be used (``RAP-003``) or the file cannot be written (``RAP-001``).
        """
        return pdf.write(self.docx(template), Path(path))

    def pptx(self) -> bytes:
        """The report as slides whose charts can be edited, with what to say below each."""
        from coorace_eval.reports import slides

        return slides.compose(self)

    def to_pptx(self, path: str | Path) -> Path:
        """Write the slides, whole or not at all.

        Raises
        ------
        CooraceError
            When the file cannot be written (``RAP-001``).
        """
        return pdf.write(self.pptx(), Path(path))

    def html(self) -> bytes:
        """The report as one page of HTML that asks nothing of the network, to read, send or print."""
        from coorace_eval.reports import html

        return html.compose(self)

    def to_html(self, path: str | Path) -> Path:
        """Write the page, whole or not at all.

        Raises
        ------
        CooraceError
            When the file cannot be written (``RAP-001``); one that was already there is kept.
        """
        return pdf.write(self.html(), Path(path))


def _told(value: Any) -> Any:
    """A part of the content as plain lists and texts."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, (tuple, list)):
        return type(value)(_told(item) for item in value)
    held: dict[str, Any] | None = getattr(value, "__dict__", None)
    return value if held is None else {name: _told(item) for name, item in held.items()}
