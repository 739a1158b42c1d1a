"""Each kind of block, written in a Word document as something that one can go on editing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from coorace_eval.charts.words import shorten
from coorace_eval.language import FRENCH, language, tr
from coorace_eval.reports import word_styles as styles
from coorace_eval.reports.office import BLUE, GROUND, SOFT, one_line, picture, said

if TYPE_CHECKING:
    from coorace_eval.reports.content import (
        Block,
        Cell,
        Entries,
        Entry,
        Figure,
        Heading,
        Paragraph,
        Quote,
        Section,
        Stance,
        Table,
    )

_POINTS = 0.68
"""As in the PDF, a chart keeps the size of its letters: points for a pixel."""
_EMU = 12700
_LONG = 1200


class Writer:
    """Writes sections at the end of a document, and remembers its titles for the table of contents.

    Parameters
    ----------
    document
        Where it writes; the caller moves what was written to where it belongs.
    width
        The width of a line, in EMU.
    """

    def __init__(self, document: Document, width: int) -> None:
        self.document, self.width = document, width
        self._styles = styles.known(document)
        self.titles: list[tuple[int, str, str]] = []
        self._counts = {"table": 0, "figure": 0}
        self._writers: dict[str, Callable[[Any], None]] = {
            "paragraph": self._paragraph, "heading": self._heading, "table": self._table,
            "figure": self._figure, "quote": self._quote, "stance": self._stance, "entries": self._entries,
        }  # fmt: skip
        marks = [int(mark.get(qn("w:id"), "0")) for mark in document.element.iter(qn("w:bookmarkStart"))]
        self._mark = max([1000, *marks])

    @property
    def kinds(self) -> set[str]:
        """The kinds of blocks that it knows how to write."""
        return set(self._writers)

    def section(self, section: Section, *, apart: bool) -> None:
        """Write a section under its title, on a new page where it is ``apart``."""
        title = self._title(1, section.title)
        title.paragraph_format.page_break_before = apart or None
        for block in section.blocks:
            self.block(block)

    def block(self, block: Block) -> None:
        """Write one block."""
        self._writers[block.kind](block)

    def _title(self, level: int, text: str) -> WordParagraph:
        written = self._add(f"Heading {level}", one_line(text))
        self._mark += 1
        name = f"_Toc{self._mark:09d}"
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self._mark))
        start.set(qn("w:name"), name)
        written._p.insert_element_before(start, "w:r")
        written._p.append(end)
        self.titles.append((level, name, one_line(shorten(text, 200))))
        return written

    def _add(self, style: str, text: str) -> WordParagraph:
        return self._dress(self.document.add_paragraph(said(text)), style)

    def _dress(self, paragraph: WordParagraph, style: str) -> WordParagraph:
        """Give a paragraph its style; by its identifier, as looking for its name takes most of the time."""
        paragraph._p.style = self._styles.get(style)
        return paragraph

    def _lines(self, style: str, text: str) -> None:
        for line in filter(str.strip, text.split("\n")):
            self._add(style, line)

    def _paragraph(self, block: Paragraph) -> None:
        if block.tone == "commentaire":
            self._add(styles.COMMENT, "").add_run(tr("L'entreprise ajoute")).bold = True
            self._lines(styles.COMMENT, block.text)
            return
        self._lines({"chapeau": styles.LEAD, "note": styles.NOTE}.get(block.tone, "Normal"), block.text)

    def _heading(self, block: Heading) -> None:
        self._title(2, block.text)

    def _caption(self, kind: str, text: str) -> None:
        """A caption that Word numbers itself, so that one can refer to it."""
        self._counts[kind] += 1
        word, sequence = (tr("Tableau"), "Tableau") if kind == "table" else (tr("Figure"), "Figure")
        written = self._add("Caption", f"{word}\u00a0")
        add_field(written, f"SEQ {sequence} \\* ARABIC", str(self._counts[kind]))
        written.add_run(f" – {one_line(text)}")

    def _table(self, block: Table) -> None:
        self._caption("table", block.caption)
        table = self._grid(len(block.rows) + 1, len(block.head), block.caption)
        style = styles.SMALL if block.tone == "annexe" else styles.CELL
        rows = list(table.rows)
        for place, (text, cell) in enumerate(zip(block.head, rows[0].cells, strict=True)):
            self._fill(cell, text, styles.HEAD, place in block.figures)
        for row, told in zip(rows[1:], block.rows, strict=True):
            for place, (cell, about) in enumerate(zip(row.cells, told, strict=True)):
                self._cell(cell, about, style, place in block.figures)
        _repeat(rows[0])
        lengths = [max((len(cell.text) + len(cell.note) for cell in row), default=0) for row in block.rows]
        for row, length in zip(rows[1:], lengths, strict=True):
            _unbroken(row) if length <= _LONG else None
        if len(rows) <= 7 and sum(lengths) <= _LONG:
            _with_next(rows[:-1])
        else:
            _with_next(rows[:3])
        _widths(table, _shares(block, self.width))
        self._gap()

    def _cell(self, cell: Any, about: Cell, style: str, figure: bool) -> None:
        first = self._fill(cell, about.text, style, figure)
        if about.quiet:
            for run in first.runs:
                run.italic, run.font.color.rgb = True, RGBColor.from_string(SOFT)
        notes = [(styles.SMALL, line) for line in about.note.split("\n") if line.strip()]
        for name, text in [*notes, *([(styles.REFERENCE, about.ref)] if about.ref else [])]:
            added = self._dress(cell.add_paragraph(said(text)), name)
            if figure:
                added.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _fill(self, cell: Any, text: str, style: str, figure: bool) -> WordParagraph:
        written = self._dress(cell.paragraphs[0], style)
        written.add_run(said(text))
        if figure:
            written.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        return written

    def _grid(self, rows: int, columns: int, told: str) -> WordTable:
        """An empty table, which says what it is to whoever does not see it."""
        table: WordTable = self.document.add_table(rows, columns)
        table._tbl.tblStyle_val = self._styles[styles.TABLE]
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        if look is not None:
            look.attrib.clear()
            look.set(qn("w:val"), "0020")
            look.set(qn("w:firstRow"), "1")
            look.set(qn("w:noVBand"), "1")
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), one_line(told)[:250])
        table._tbl.tblPr.append(caption)
        return table

    def _gap(self) -> None:
        """The air below a table or a picture."""
        self._add(styles.CELL, "").paragraph_format.space_after = Pt(4)

    def _figure(self, block: Figure) -> None:
        self._caption("figure", block.caption)
        written = self._add("Normal", "")
        width = Emu(min(self.width, int(block.pixels * _POINTS * _EMU)))
        shape = written.add_run().add_picture(io.BytesIO(picture(block.svg)), width=width)
        about = shape._inline.docPr
        about.set("descr", said(block.alt))
        about.set("title", one_line(block.caption)[:250])
        about.set("name", f"Figure {self._counts['figure']}")

    def _quote(self, block: Quote) -> None:
        opened, closed = ("«\u00a0", "\u00a0»") if language() == FRENCH else ("“", "”")
        lines = [line for line in block.text.split("\n") if line.strip()] or [""]
        lines[0] = opened + lines[0].strip()
        lines[-1] = lines[-1].strip() + closed
        for line in lines:
            written = self._add("Quote", line)
            written.paragraph_format.keep_together = len(line) <= _LONG
        if block.who.strip():
            self._add(styles.WHO, block.who)

    def _stance(self, block: Stance) -> None:
        """The levels side by side: the one that was chosen is filled and says so, so is last year's."""
        table = self._grid(1, len(block.levels), block.said)
        for rank, (word, cell) in enumerate(zip(block.levels, table.rows[0].cells, strict=True)):
            here = rank == block.level
            written = self._fill(cell, f"● {word}" if here else word, styles.CELL, False)
            written.alignment = WD_ALIGN_PARAGRAPH.CENTER
            written.paragraph_format.keep_with_next = True
            for run in written.runs:
                run.bold = here
                run.font.color.rgb = RGBColor.from_string("FFFFFF" if here else SOFT)
            _paint(cell, BLUE if here else GROUND, dashed=rank == block.before and not here)
        _widths(table, [self.width // len(block.levels)] * len(block.levels))
        self._add(styles.LEVEL, block.said)
        self._lines("Normal", block.why)

    def _entries(self, block: Entries) -> None:
        for entry in block.entries:
            self._entry(entry, small=block.tone == "annexe")

    def _entry(self, entry: Entry, *, small: bool) -> None:
        title = self._add(styles.THING, entry.title)
        if entry.mark:
            title.paragraph_format.tab_stops.add_tab_stop(Emu(self.width), WD_TAB_ALIGNMENT.RIGHT)
            title.add_run("\t")
            mark = title.add_run(said(entry.mark))
            mark.font.size, mark.font.color.rgb = Pt(9), RGBColor.from_string(BLUE)
        title.paragraph_format.keep_with_next = bool(entry.lines or entry.code)
        for line in entry.lines:
            self._lines(styles.NOTE if small else styles.ABOUT, line)
        if entry.code:
            self._add(styles.FORMULA, entry.code)


def add_field(paragraph: WordParagraph, instruction: str, shown: str) -> None:
    """A field of Word, with what it shows until Word reckons it again."""
    for kind in ("begin", instruction, "separate", shown, "end"):
        run = paragraph.add_run()
        if kind == shown:
            run.text = shown
        elif kind == instruction:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {instruction} "
            run._r.append(code)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _repeat(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _unbroken(row: Any) -> None:
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))


def _with_next(rows: list[Any]) -> None:
    for row in rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _paint(cell: Any, ground: str, *, dashed: bool) -> None:
    properties = cell._tc.get_or_add_tcPr()
    line = ("dashed", 8, BLUE) if dashed else ("single", 12, "FFFFFF")
    sides = "".join(
        f'<w:{side} w:val="{line[0]}" w:sz="{line[1]}" w:space="0" w:color="{line[2]}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    properties.append(parse_xml(f"<w:tcBorders {nsdecls('w')}>{sides}</w:tcBorders>"))
    properties.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ground}"/>'))


def _shares(block: Table, width: int) -> list[int]:
    """The width of each column: what its text asks for, and the rest to those that share the room."""
    shares = []
    for place, head in enumerate(block.head):
        texts = [head, *(row[place].text for row in block.rows), *(row[place].ref for row in block.rows)]
        asked = max((len(text) for text in texts), default=0)
        shares.append(0 if place in block.wide else Emu(int(min(max(asked * 0.17 + 0.5, 1.7), 3.2) * 360000)))
    rest = max(width - sum(shares), width // 3)
    weights = {place: 1.4 if place == min(block.wide) else 1.0 for place in block.wide}
    found = [
        int(rest * weights[place] / sum(weights.values())) if place in weights else share
        for place, share in enumerate(shares)
    ]
    return [int(share * width / sum(found)) for share in found]


def _widths(table: WordTable, widths: list[int]) -> None:
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = Emu(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Emu(width)
