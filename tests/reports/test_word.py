"""The Word document: what people go on writing, with its titles, tables, charts and references."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import get_args

import docx
import pytest
from charts import sample
from docx.oxml.ns import qn
from reports import office

from coorace_eval.charts.words import typeset
from coorace_eval.reports import content as c
from coorace_eval.reports import report, word, word_styles
from coorace_eval.reports.word_blocks import Writer


def opened(content: bytes):
    return docx.Document(io.BytesIO(content))


def all_text(content: bytes) -> str:
    """Every letter of the body, as a reader sees it: line breaks are spaces."""
    found = []
    for node in opened(content).element.body.iter(qn("w:t"), qn("w:br"), qn("w:p"), qn("w:tab")):
        found.append(node.text or "" if node.tag == qn("w:t") else " ")
    return "".join(found)


@pytest.fixture(scope="module")
def whole() -> c.Report:
    return report(sample.results(), 2025, sample.story())


@pytest.fixture(scope="module")
def written(whole) -> bytes:
    return whole.docx()


def test_titles_are_titles_and_the_table_of_contents_leads_to_them(whole, written):
    found = opened(written)
    titles = [p for p in found.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    first = [p.text for p in titles if p.style.name == "Heading 1"]
    assert first == [section.title.replace("'", "’") for section in whole.sections]
    marks = {mark.get(qn("w:name")) for mark in found.element.iter(qn("w:bookmarkStart"))}
    links = [link.get(qn("w:anchor")) for link in found.element.iter(qn("w:hyperlink"))]
    assert len(links) == len(titles) and set(links) == marks
    codes = [code.text.strip() for code in found.element.iter(qn("w:instrText"))]
    assert 'TOC \\o "1-2" \\h \\z \\u' in codes
    assert {code.split()[0] for code in codes} == {"TOC", "SEQ"}


def test_tables_have_a_caption_and_a_head_that_is_repeated(whole, written):
    tables = [b for s in whole.sections for b in s.blocks if b.kind == "table"]
    found = [t for t in opened(written).tables if t._tbl.xpath(".//w:tblHeader")]
    assert len(found) == len(tables)
    for table, block in zip(found, tables, strict=True):
        assert [cell.text for cell in table.rows[0].cells] == [h.replace("'", "’") for h in block.head]
        assert len(table.rows) == len(block.rows) + 1 and table.style.name == word_styles.TABLE
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    captions = [p.text for p in opened(written).paragraphs if p.style.name == "Caption"]
    assert len(captions) == len(tables) + sum(b.kind == "figure" for s in whole.sections for b in s.blocks)
    assert captions[0].startswith(("Tableau\u00a01 – ", "Figure\u00a01 – "))


def test_each_chart_is_a_picture_with_its_description(whole, written):
    figures = [b for s in whole.sections for b in s.blocks if b.kind == "figure"]
    about = [node for node in opened(written).element.iter(qn("wp:docPr")) if node.get("descr")]
    assert [node.get("descr") for node in about] == [typeset(f.alt) for f in figures]
    assert len({node.get("id") for node in about}) == len(about)
    pictures = [part for name, part in office.parts(written).items() if name.startswith("word/media/")]
    assert len(pictures) == len(figures) and all(part.startswith(b"\x89PNG") for part in pictures)
    assert len(written) < 500_000


def test_a_figure_bears_its_reference(whole, written):
    refs = {cell.ref for b in office.tables_of(whole) for row in b.rows for cell in row if cell.ref}
    told = all_text(written)
    assert refs and all(ref in told for ref in refs)


def test_quotes_comments_and_decisions_have_their_own_look():
    found = opened(office.small_report(
        c.Paragraph("Nos mots à nous.", "commentaire"), c.Quote("J'ose.", "Une salariée"),
        c.Entries((c.Entry("Ouvrir le samedi", ("L'équipe",), "Fait"),)),
    ).docx())  # fmt: skip
    by_style = {p.style.name: p.text for p in found.paragraphs}
    assert by_style["Quote"] == "«\u00a0J’ose.\u00a0»" and by_style[word_styles.WHO] == "Une salariée"
    assert by_style[word_styles.COMMENT] == "Nos mots à nous."
    assert by_style[word_styles.THING] == "Ouvrir le samedi\tFait"


def test_the_page_the_language_and_the_properties(written):
    found = opened(written)
    section = found.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert found.styles.element.xpath("w:docDefaults//w:lang/@w:val") == ["fr-FR"]
    about = found.core_properties
    assert about.author == "Les Ateliers du Marais" and "2025" in about.title and about.language == "fr-FR"
    assert "PAGE" in section.footer._element.xml and "NUMPAGES" in section.footer._element.xml
    assert b'<w:altName w:val="Arial"/>' in office.parts(written)["word/fontTable.xml"]
    assert b"compatibilityMode" in office.parts(written)["word/settings.xml"]


def test_an_english_document_says_so():
    found = opened(replace(office.small_report(c.Quote("Well.", "A client")), language="en").docx())
    assert found.styles.element.xpath("w:docDefaults//w:lang/@w:val") == ["en-GB"]
    assert "“Well.”" in [p.text for p in found.paragraphs]


def test_the_same_content_gives_the_same_bytes_dated_by_its_data(whole, written, tmp_path):
    assert whole.to_docx(tmp_path / "restitution.docx").read_bytes() == written
    dated = replace(office.small_report(), settled=date(2026, 3, 1)).docx()
    assert opened(dated).core_properties.created.date() == date(2026, 3, 1)
    assert opened(written).core_properties.modified.date() == date(2025, 12, 31)
    office.is_whole(written)


def test_every_kind_of_block_is_written():
    assert Writer(docx.Document(), 1).kinds == {kind.kind for kind in get_args(c.Block)}


def test_text_from_people_stays_text_in_every_field():
    made = office.report_of(office.HOSTILE).docx()
    office.is_whole(made)
    told = all_text(made)
    for said in ("#read(", "<script>alert(1)</script>", "{{ jinja }}", "{% include", "=1+1", "{_{ nom",
                 "{ DDEAUTO", "{\\rtf1 gras}", "abcorps", "]]></w:t></w:r>", "مرحبا", "🎉"):  # fmt: skip
        assert said in told.replace("\u00a0", " "), said
    codes = {code.text.split()[0] for code in opened(made).element.iter(qn("w:instrText"))}
    assert codes == {"TOC", "SEQ"}
    head = " ".join(p.text for p in opened(made).sections[0].header.paragraphs)
    assert "#read(" in head


@pytest.mark.parametrize("text", ["N" * 5000, "Une phrase assez longue. " * 200])
def test_a_long_text_is_kept_whole_and_a_long_name_is_shortened_on_the_title_page(text):
    made = office.small_report(c.Paragraph(text), c.Quote(text, "Qui"), name=text).docx()
    assert all_text(made).count(text.strip()) == 2
    title = next(p.text for p in opened(made).paragraphs if p.style.name == "Title")
    assert len(title) <= 240 and title.endswith("…")


def test_a_template_to_start_from_has_no_tag_left_once_filled(whole):
    told = all_text(whole.docx(word.example_template("fr")))
    assert "{{" not in told and "{%" not in told and "\ufdd0" not in told
    assert "L’essentiel" in told.replace("'", "’")
    assert all(ref in told for ref in office.year_refs(whole))
    assert "À faire" in told and "J’ai repris confiance" in told
