"""The Word document: a template is filled in, then the body of the report takes its place in it.

Only short texts and the outline pass through the template's language. Sections, charts and tables are
put in afterwards, as elements, so that what people wrote never meets that language.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import docx
from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from coorace_eval.charts.words import shorten
from coorace_eval.formatting import format_date
from coorace_eval.language import language, speaking, tr
from coorace_eval.problems import CooraceError
from coorace_eval.reports import template as templates
from coorace_eval.reports import word_styles as styles
from coorace_eval.reports.office import (
    BLUE,
    LINE,
    SOFT,
    TAGS,
    blocks,
    dated,
    named,
    one_line,
    said,
    steady,
    without_preview,
)
from coorace_eval.reports.word_blocks import Writer, add_field

if TYPE_CHECKING:
    from coorace_eval.reports.content import Report, Section

ALWAYS = ("demarche", "annexe", "colophon")
"""The sections that a template may place, and not leave out."""


def compose(report: Report, template: bytes | None = None) -> bytes:
    """The report as a Word document, in the enterprise's own template or in that of the house.

    Raises
    ------
    CooraceError
        When the template cannot be used (``RAP-003``).
    """
    with speaking(report.language):
        if template is not None and (found := templates.check_template(template)):
            raise CooraceError(tr("Modèle Word"), found)
        document = templates.fill(template or default_template(report.language), _told(report))
        styles.ensure(document)
        _place(document, report)
        _properties(document, report)
        out = io.BytesIO()
        document.save(out)
        return steady(out.getvalue(), dated(report))


@cache
def default_template(spoken: str) -> bytes:
    """The template where an enterprise has none: a title page, a table of contents, the report."""
    with speaking(spoken):
        document = _blank(spoken)
        _cover(document)
        document.add_paragraph("{{ sommaire }}")
        document.add_paragraph("{{ corps }}")
        return _saved(document)


def example_template(spoken: str) -> bytes:
    """A template to start from: the same, with what a template may do besides."""
    with speaking(spoken):
        document = _blank(spoken)
        _cover(document)
        document.add_paragraph("{{ sommaire }}")
        _example(document)
        document.add_paragraph("{{ corps }}")
        return _saved(document)


def _example(document: Document) -> None:
    """Figures in a table, a row for each, and what people said."""
    document.add_paragraph(tr("L'essentiel"), "Heading 1").paragraph_format.page_break_before = True
    document.add_paragraph("{% if chiffres %}")
    table = document.add_table(2, 3)
    table.style = styles.TABLE
    for cell, text in zip(
        table.rows[0].cells, (tr("Indicateur"), "{{ annee }}", tr("Référence")), strict=True
    ):
        cell.text = text
    shown = (
        "{% for c in chiffres %}{{ c.label }}",
        "{{ c.valeur }} {{ c.unite }}",
        "{{ c.reference }}{% endfor %}",
    )
    for cell, text in zip(table.rows[1].cells, shown, strict=True):
        cell.text = text
    for row, style in zip(table.rows, (styles.HEAD, styles.CELL), strict=True):
        for cell, width in zip(row.cells, (8.6, 4.6, 3), strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].style = style
    document.add_paragraph("{% else %}")
    document.add_paragraph(tr("Aucun chiffre n'est encore connu."))
    document.add_paragraph("{% endif %}")
    document.add_paragraph(tr("Ce qu'en disent les personnes"), "Heading 2")
    document.add_paragraph("{% for t in temoignages %}")
    document.add_paragraph("{{ t.texte }}", "Quote")
    document.add_paragraph("{{ t.qui }}", styles.WHO)
    document.add_paragraph("{% endfor %}")
    document.add_paragraph("{% if decisions %}")
    document.add_paragraph(tr("Ce que nous décidons"), "Heading 2")
    document.add_paragraph("{% for d in decisions %}")
    document.add_paragraph("{{ d.texte }}", styles.THING)
    document.add_paragraph("{{ d.precisions }} ({{ d.etat }})", styles.ABOUT)
    document.add_paragraph("{% endfor %}")
    document.add_paragraph("{% endif %}")


def _blank(spoken: str) -> Document:
    document = docx.Document()
    without_preview(document.part.package.rels)
    styles.house(document, TAGS[spoken])
    section = document.sections[0]
    section.different_first_page_header_footer = True
    width = Cm(styles.WIDTH)
    for part, text in ((section.header, "{{ nom_court }}\t{{ titre }} {{ annee }}"), (section.footer, "\t")):
        line = part.paragraphs[0]
        line.text = text
        stops = line.paragraph_format.tab_stops
        for stop in list(line.style.paragraph_format.tab_stops):
            stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
        stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    _rule(section.header.paragraphs[0], LINE, 4)
    foot = section.footer.paragraphs[0]
    for piece in re.split("(PAGE|NUMPAGES)", tr("Page {page} sur {pages}", page="PAGE", pages="NUMPAGES")):
        if piece in ("PAGE", "NUMPAGES"):
            add_field(foot, piece, "1")
        else:
            foot.add_run(piece)
    return document


def _cover(document: Document) -> None:
    title = document.add_paragraph("{{ titre }}")
    title.paragraph_format.space_before, title.paragraph_format.space_after = Cm(5), Pt(10)
    for run in title.runs:
        run.bold, run.font.size, run.font.color.rgb = True, Pt(12), RGBColor.from_string(BLUE)
    document.add_paragraph("{{ nom }}", "Title")
    year = document.add_paragraph(tr("Exercice {year}", year="{{ annee }}"), "Subtitle")
    year.paragraph_format.space_after = Cm(7)
    _rule(year, BLUE, 8)
    table = document.add_table(1, 2)
    table.autofit = False
    for cell, text, width in zip(
        table.rows[0].cells, ("{% for f in faits %}{{ f.label }}", "{{ f.texte }}{% endfor %}"), (4.6, 11.6),
        strict=True,
    ):  # fmt: skip
        cell.text, cell.width = text, Cm(width)
        written = cell.paragraphs[0]
        written.paragraph_format.space_after = Pt(5)
        for run in written.runs:
            run.font.size = Pt(9.5)
            run.font.color.rgb = RGBColor.from_string(SOFT if width < 5 else "1E1E1E")
    for column, width in zip(table.columns, (4.6, 11.6), strict=True):
        column.width = Cm(width)


def _rule(paragraph: WordParagraph, colour: str, size: int) -> None:
    """A line below a paragraph."""
    line = f'<w:bottom w:val="single" w:sz="{size}" w:space="6" w:color="{colour}"/>'
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{line}</w:pBdr>"), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )


def _saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _told(report: Report) -> dict[str, Any]:
    """What the short names and the lists of a template stand for."""
    facts = {one_line(label): one_line(shorten(text, 300)) for label, text in report.facts}
    dated = tr("Données arrêtées au")
    return {
        "nom": one_line(shorten(report.name, 240)), "nom_court": one_line(shorten(report.name, 60)),
        "annee": str(report.year), "titre": one_line(shorten(report.title, 240)),
        "conventionnements": facts.get(one_line(tr("Conventionnements")), ""),
        "territoire": facts.get(one_line(tr("Territoire")), ""),
        "referentiel": facts.get(one_line(tr("Référentiel")), ""),
        "date_des_donnees": format_date(report.settled) if report.settled else facts.get(one_line(dated), ""),
        "chiffres": [_clean(figure) for figure in _figures(report)],
        "decisions": [_clean(decision) for decision in _decisions(report)],
        "temoignages": [
            _clean({"texte": quote.text, "qui": quote.who}) for quote in blocks(report.sections, "quote")
        ],
        "faits": [{"label": label, "texte": text} for label, text in facts.items()],
    }  # fmt: skip


def _clean(texts: dict[str, str]) -> dict[str, str]:
    return {name: said(text) for name, text in texts.items()}


def _figures(report: Report) -> Iterable[dict[str, str]]:
    """Each figure of the year that bears a reference, once."""
    known: set[str] = set()
    year = str(report.year)
    for table in blocks(report.sections, "table"):
        if table.tone != "texte" or year not in table.head:
            continue
        for row in table.rows:
            shown = row[table.head.index(year)]
            if shown.ref and shown.ref not in known:
                known.add(shown.ref)
                told = {"label": row[0].text, "valeur": shown.text, "unite": shown.unit}
                yield {**told, "reference": shown.ref}


def _decisions(report: Report) -> Iterable[dict[str, str]]:
    """What was decided this year, without what had been decided the year before."""
    chosen = [section for section in report.sections if section.id == "decisions"]
    first = next(blocks(chosen, "entries"), None)
    for entry in first.entries if first is not None else ():
        yield {"texte": entry.title, "precisions": "\n".join(entry.lines), "etat": entry.mark}


def _place(document: Document, report: Report) -> None:
    """Put the sections where the template has their names; what may not be left out comes last."""
    body = document.element.body
    found = {
        name: p
        for p in body.findall(qn("w:p"))
        if (name := templates.placed(WordParagraph(p, document).text))
    }
    apart = [section for section in report.sections if section.id in found]
    writer = Writer(document, 0)
    for name, mark in found.items():
        if name == "sommaire":
            continue
        chosen = [section for section in report.sections if section.id == name]
        if name == "corps":
            chosen = [section for section in report.sections if section not in apart]
        _write(writer, chosen, mark)
    if "corps" not in found:
        left = [section for section in report.sections if section.id in ALWAYS and section not in apart]
        last = document.add_paragraph()._p
        _write(writer, left, last)
    if "sommaire" in found:
        _contents(document, writer, found["sommaire"])


def _write(writer: Writer, sections: Iterable[Section], mark: Any) -> None:
    """Write sections in the place of a paragraph, which goes."""
    body = mark.getparent()
    writer.width = _line(mark)
    before = list(body)
    for rank, section in enumerate(sections):
        writer.section(section, apart=section.apart or rank == 0)
    for element in [element for element in body if element not in before]:
        mark.addprevious(element)
    body.remove(mark)


def _line(mark: Any) -> int:
    """The width of a line where a paragraph stands, in EMU."""
    section = next(iter(mark.xpath("following::w:sectPr[1]")), None)
    if section is None or section.page_width is None:
        return int(Cm(16))
    margins = sum(int(side or 0) for side in (section.left_margin, section.right_margin))
    return max(int(section.page_width) - margins, int(Cm(6)))


def _contents(document: Document, writer: Writer, mark: Any) -> None:
    """A table of contents whose lines lead to their titles; Word adds the pages when asked to update it."""
    title = document.add_paragraph(tr("Sommaire"), style="TOC Heading")
    title.paragraph_format.page_break_before = True
    lines = [title._p]
    for rank, (level, name, text) in enumerate(writer.titles):
        line = document.add_paragraph(style=f"toc {level}")
        if rank == 0:
            _mark(line, "begin")
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = ' TOC \\o "1-2" \\h \\z \\u '
            line.add_run()._r.append(code)
            _mark(line, "separate")
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), name)
        link.set(qn("w:history"), "1")
        link.append(line.add_run(text)._r)
        line._p.append(link)
        if rank == len(writer.titles) - 1:
            _mark(line, "end")
        lines.append(line._p)
    for line in lines:
        mark.addprevious(line)
    mark.getparent().remove(mark)


def _mark(line: WordParagraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    line.add_run()._r.append(mark)


def _properties(document: Document, report: Report) -> None:
    about = document.core_properties
    about.title, about.author = named(report)
    about.last_modified_by = about.author
    about.language = TAGS[language()]
    about.comments, about.revision = "", 1
    about.created = about.modified = dated(report)
