"""The slides for the assemblée générale: charts that can be edited, and what to say below each."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import get_args

import pandas as pd
import pptx
import pytest
from charts import sample
from lxml import etree
from pptx.util import Pt
from reports import office

from coorace_eval.campaigns.answers import Answers
from coorace_eval.examples import example_folder, read_federation
from coorace_eval.indicators import evaluate
from coorace_eval.language import speaking
from coorace_eval.referential import apply
from coorace_eval.reports import content as c
from coorace_eval.reports import report
from coorace_eval.reports.slides import _Show
from coorace_eval.reports.slides_charts import number_format, told
from coorace_eval.reports.slides_measure import cut, height, lines_in, rows

WIDE, TALL = 12_192_000, 6_858_000


def opened(content: bytes):
    return pptx.Presentation(io.BytesIO(content))


def shapes(show) -> list:
    """Every shape of every slide, those of groups as well."""
    found = []
    for slide in show.slides:
        for shape in slide.shapes:
            found += [shape, *(shape.shapes if shape.shape_type == 6 else ())]
    return found


def texts(slide) -> str:
    """What a slide shows."""
    said = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            said.append(shape.text_frame.text)
        if getattr(shape, "has_table", False) and shape.has_table:
            said += [cell.text for row in shape.table.rows for cell in row.cells]
        if shape.shape_type == 6:
            said += [inner.text_frame.text for inner in shape.shapes]
    return "\n".join(said).replace("\x0b", "\n")


def charts(show) -> list:
    return [shape for shape in shapes(show) if getattr(shape, "has_chart", False) and shape.has_chart]


@pytest.fixture(scope="module")
def whole() -> c.Report:
    return report(sample.results(), 2025, sample.story())


@pytest.fixture(scope="module")
def made(whole) -> bytes:
    return whole.pptx()


@pytest.fixture(scope="module")
def show(made):
    return opened(made)


def test_the_page_is_wide_and_each_slide_has_a_title_of_its_own(show):
    assert (show.slide_width, show.slide_height) == (WIDE, TALL)
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert all(titles) and len(set(titles)) == len(titles)
    assert all(slide.shapes[0] == slide.shapes.title for slide in show.slides)
    assert "Les Ateliers du Marais" in titles[0]
    for slide in list(show.slides)[1:]:
        assert [s.placeholder_format.idx for s in list(slide.shapes)[-2:]] == [11, 12]
        assert len({shape.shape_id for shape in slide.shapes}) == len(slide.shapes)


def test_charts_are_native_and_hold_the_figures_of_the_report(whole, show):
    data = [chart for s in whole.sections for b in s.blocks if b.kind == "figure" for chart in b.data]
    drawn = charts(show)
    assert len(drawn) == len(data) > 6
    for frame, chart in zip(drawn, data, strict=True):
        shift = 1 if chart.words else 0
        for series, found in zip(chart.series, frame.chart.plots[0].series, strict=True):
            assert [v if v is None else v + shift for v in series.values] == list(found.values)
        assert len(frame._element.nvGraphicFramePr.cNvPr.get("descr")) > 20


def test_the_levels_of_the_profile_are_words_and_there_is_no_score(show):
    profile = next(f for f in charts(show) if f.chart.plots[0].categories[0] == "Vers un emploi durable"
                   and len(f.chart.plots[0].series) if f.chart.has_legend)  # fmt: skip
    xml = etree.tostring(profile.chart._chartSpace).decode("utf-8")
    assert "Bien engag" in xml and "Premiers pas" in xml
    assert not profile.chart.value_axis.visible
    said = " ".join(texts(slide) for slide in show.slides).lower()
    assert "score" not in said and "sur 5" not in said


def test_figures_are_written_as_the_language_writes_them():
    share = c.ChartData("lignes", "", ("a", "b"), (c.Series("", (0.5, 0.625)),), "ratio")
    assert number_format(share) == '[$-40C]#,##0.0"\u00a0"%'
    assert number_format(replace(share, series=(c.Series("", (0.5, None)),))) == '[$-40C]#,##0"\u00a0"%'
    assert number_format(replace(share, unit="€", series=(c.Series("", (1250300.4,)),))) == "[$-40C]#,##0"
    assert number_format(replace(share, unit="t", series=(c.Series("", (1.25,)),))) == "[$-40C]#,##0.00"
    assert number_format(replace(share, series=(c.Series("", (None,)),))) == '[$-40C]#,##0"\u00a0"%'
    with speaking("en"):
        assert number_format(share) == "[$-809]#,##0.0%"
    assert "62,5\u00a0% (b)" in told(share)


def test_a_second_set_of_bars_or_a_second_line_differs_by_more_than_its_colour(show):
    twice = office.small_report(
        c.Figure(office.SVG, "Deux lignes", "Deux lignes", 300, (c.ChartData(
            "lignes", "T", ("2024", "2025"), (c.Series("A", (1.0, 2.0)), c.Series("B", (2.0, 1.0))), "t"
        ),))
    )  # fmt: skip
    lines = charts(opened(twice.pptx()))[0].chart.plots[0].series
    assert len({s.marker.style for s in lines}) == 2 and len({s.format.line.dash_style for s in lines}) == 2
    bars = next(f.chart.plots[0].series for f in charts(show) if f.chart.has_legend)
    assert len({s.format.fill.type for s in bars}) == 2


def test_every_slide_says_in_its_notes_what_to_say_and_where_it_comes_from(whole, show):
    notes = [slide.notes_slide.notes_text_frame.text for slide in show.slides]
    assert all("Référentiel" in note for note in notes)
    together = "\n".join(notes)
    assert "à lire avec prudence" in together and "Taux de sorties dynamiques" in together
    refs = {
        cell.ref for t in office.tables_of(whole) if t.tone == "texte" for row in t.rows for cell in row
    } - {""}
    assert refs and all(ref in together for ref in refs)


def test_words_of_people_decisions_and_gaps_have_their_slides(show):
    said = [texts(slide) for slide in show.slides]
    quotes = [text for text in said if "J’ai repris confiance" in text and "Ils arrivent prêts" in text]
    assert len(quotes) == 1 and not any("Cela ne doit pas sortir" in text for text in said)
    together = "\n".join(said)
    for told_of in (
        "Ce que nous avions décidé en 2024",
        "Pas encore fait",
        "1 donnée manque",
        "Non renseigné",
    ):
        assert told_of in together.replace("'", "’")
    assert "● Bien engagé" in together


def test_letters_are_read_from_the_back_of_the_room(show):
    for shape in shapes(show):
        frames = [shape.text_frame] if shape.has_text_frame else []
        if getattr(shape, "has_table", False) and shape.has_table:
            frames += [cell.text_frame for row in shape.table.rows for cell in row.cells]
        for frame in frames:
            for run in (run for paragraph in frame.paragraphs for run in paragraph.runs):
                foot = shape.is_placeholder and shape.placeholder_format.idx in (11, 12)
                assert foot or run.font.size >= Pt(18), run.text
                assert run._r.rPr.get("lang") == "fr-FR"
        if getattr(shape, "has_chart", False) and shape.has_chart:
            xml = etree.tostring(shape.chart._chartSpace).decode()
            assert shape.chart.font.size >= Pt(18) and 'lang="fr-FR"' in xml


def stays_inside(show) -> None:
    """Nothing leaves the slide; a text is no taller than the place it has, a table than the slide."""
    for shape in shapes(show):
        assert min(shape.left, shape.top) >= 0, shape.name
        assert shape.left + shape.width <= WIDE and shape.top + shape.height <= TALL, shape.name
        if getattr(shape, "has_table", False) and shape.has_table:
            assert shape.top + sum(row.height for row in shape.table.rows) <= TALL * 0.95
        elif shape.has_text_frame and shape.text_frame.text and shape.shape_type != 1:
            room, tall = shape.width / 360000, 0.0
            for paragraph in shape.text_frame.paragraphs:
                size = max((run.font.size.pt for run in paragraph.runs if run.font.size), default=12)
                tall += height(paragraph.text.replace("\v", "\n"), room, size)
            assert tall <= shape.height / 360000 + 0.8, shape.text_frame.text[:80]


@pytest.mark.parametrize(
    "text", [office.HOSTILE, "N" * 5000, "Une phrase assez longue pour un écran. " * 130]
)
def test_long_and_hostile_texts_are_cut_after_a_sentence_and_stay_on_their_slides(text):
    made = office.report_of(text).pptx() if text is office.HOSTILE else long_report(text).pptx()
    office.is_whole(made)
    found = opened(made)
    stays_inside(found)
    said = "\n".join(texts(slide) for slide in found.slides)
    if text is office.HOSTILE:
        for kept in ("#read(", "<script>alert(1)</script>", "{{ jinja }}", "=1+1", "{_{ nom", "مرحبا", "🎉"):
            assert kept in said.replace("\u00a0", " "), kept
    else:
        assert "La suite est dans le rapport complet." in said
        bodies = [
            p.text_frame.text
            for slide in found.slides
            for p in slide.placeholders
            if p.placeholder_format.idx == 1
        ]
        assert len([body for body in bodies if len(body) > 100]) == 2
        notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in found.slides)
        assert " ".join(text.split()) in " ".join(notes.split())


def long_report(text: str) -> c.Report:
    cell = c.Cell(text, text, ref="7KQ4-M2XD")
    data = (c.ChartData("barres", text, (text, "b"), (c.Series(text, (0.5, 0.2)),), "ratio"),)
    return office.small_report(
        c.Paragraph(text, "chapeau"), c.Paragraph(text), c.Quote(text, text),
        c.Stance(("A", "B"), 0, text, text),
        c.Table(text, (text, text), ((cell, cell),) * 3, (1,)), c.Figure(office.SVG, text, text, 300, data),
        name=text,
    )  # fmt: skip


def test_the_sheet_behind_a_chart_holds_texts_and_never_formulas():
    name = '=HYPERLINK("http://exemple.org")'
    data = c.ChartData("barres", name, (name, "http://exemple.org"), (c.Series(name, (1.0, 2.0)),), "t")
    made = office.small_report(c.Figure(office.SVG, name, name, 300, (data,))).pptx()
    sheet = next(part for part_name, part in office.parts(made).items() if part_name.endswith(".xlsx"))
    with zipfile.ZipFile(io.BytesIO(sheet)) as book:
        told_in = b"".join(book.read(part) for part in book.namelist())
        assert not [part for part in book.namelist() if part.startswith("xl/worksheets/_rels")]
    assert b"<f>" not in told_in and b"<hyperlink" not in told_in
    frame = charts(opened(made))[0]
    assert list(frame.chart.plots[0].categories) == [name, "http://exemple.org"]


def test_sixty_indicators_take_no_more_slides_and_never_smaller_letters():
    rows_of = tuple(
        (c.Cell(f"Indicateur numéro {i} des personnes accompagnées", ref=f"{i:04d}-AAAA"), c.Cell(str(i)))
        for i in range(60)
    )
    names = tuple(f"Indicateur {i}" for i in range(60))
    bars = c.ChartData(
        "barres", "Cibles", names, (c.Series("Part", tuple(i / 60 for i in range(60))),), "ratio"
    )
    lines = tuple(
        c.ChartData("lignes", name, ("2024", "2025"), (c.Series(name, (1.0, 2.0)),), "t") for name in names
    )
    found = opened(office.small_report(
        c.Table("Soixante", ("Indicateur", "2025"), rows_of, (1,)),
        c.Figure(office.SVG, "B", "B", 300, (bars,)),
        c.Figure(office.SVG, "L", "L", 300, lines),
    ).pptx())  # fmt: skip
    stays_inside(found)
    said = "\n".join(texts(slide) for slide in found.slides)
    assert "Indicateur numéro 0" in said and "autres chiffres sont dans le rapport complet" in said
    drawn = charts(found)
    assert max(len(frame.chart.plots[0].categories) for frame in drawn) == 8
    assert [len([s for s in slide.shapes if s.has_chart]) for slide in found.slides] == [0, 0, 1, 4]
    notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in found.slides)
    assert "52 autres sont dans le rapport complet" in notes and "56 autres sont" in notes


@pytest.fixture(scope="module")
def marsh() -> c.Report:
    """The example of the largest report: six dimensions, and words of people for five of them."""
    told_of = read_federation(example_folder())
    own = [k for k in told_of.campaigns if k.story.enterprise.id == "ateliers_du_marais"]
    before, now = (next(k for k in own if k.story.campaign.year == year) for year in (2024, 2025))
    years = [Answers.from_list(k.story.enterprise, k.story.campaign.year, k.answers) for k in (before, now)]
    parts = ("values", "statuses", "parts", "context", "notes")
    answers = Answers(*(pd.concat([getattr(year, part) for year in years]) for part in parts))
    figures = evaluate(apply(told_of.referential, now.story.campaign.overlay), answers)
    return report(figures, 2025, now.story, bands={})


def test_an_assembly_sees_at_most_five_slides_a_dimension(marsh):
    found = opened(marsh.pptx())
    assert len(found.slides) <= 32
    stays_inside(found)
    first = [slide.shapes.title.text_frame.text.split("\n")[0] for slide in found.slides]
    dimensions = [section for section in marsh.sections if section.id.startswith("dimension.")]
    assert len(dimensions) == 6
    for section in dimensions:
        quotes = [block for block in section.blocks if block.kind == "quote"]
        assert len(quotes) <= 2 and 2 <= first.count(section.title.replace("'", "’")) <= 5, section.title
    assert "Méthode et références" in first[-1] and "autres chiffres" in texts(found.slides[4])
    assert not any("n’a pas été appréciée" in texts(slide) for slide in found.slides)


def test_what_has_a_target_comes_first_and_what_is_missing_last(marsh):
    for slide in opened(marsh.pptx()).slides:
        for shape in (s for s in slide.shapes if getattr(s, "has_table", False) and s.has_table):
            told_of = [[cell.text for cell in row.cells] for row in shape.table.rows]
            if told_of[0][-1] == "Cible":
                aimed = [row[-1] != "–" for row in told_of[1:]]
                missing = [row[1].startswith("Non ") for row in told_of[1:]]
                assert aimed == sorted(aimed, reverse=True) and missing == sorted(missing)
                assert any(aimed) and len(aimed) <= 8


def test_the_network_is_a_table_of_two_slides_at_most():
    row = (c.Cell("Taux", "À la médiane"), *(c.Cell(f"{n} %") for n in (65, 60, 50, 40)), c.Cell("30"))
    head = ("Indicateur", "Nous, en 2025", "Médiane", "Moitié du milieu", "Huit sur dix", "Autres")
    table = c.Table("Nos chiffres et ceux du réseau", head, (row,) * 8, (1, 2, 3, 4, 5), (0,), "annexe")
    data = c.ChartData("barres", "Taux", ("Médiane", "Nous"), (c.Series("Taux", (0.6, 0.65)),), "ratio")
    figure = c.Figure(office.SVG, "Où nous situons-nous ?", "Alt", 300, (data,))
    blocks = (c.Paragraph("Ce n'est pas un classement.", "chapeau"), *(figure, table) * 3)
    found = opened(office.small_report(*blocks, id="reseau").pptx())
    assert len(found.slides) == 3 and not charts(found)
    assert "Moitié du milieu" in texts(found.slides[1]) and "Huit sur dix" not in texts(found.slides[1])
    assert "(suite)" in texts(found.slides[2])


def test_an_empty_report_has_a_title_slide():
    empty = c.Report("Restitution", "Les Ateliers", 2025, (), ())
    assert [s.shapes.title.text_frame.text for s in opened(empty.pptx()).slides] == [
        "Restitution 2025\nLes Ateliers"
    ]


def test_the_same_content_gives_the_same_bytes(whole, made, tmp_path):
    assert whole.to_pptx(tmp_path / "restitution.pptx").read_bytes() == made
    office.is_whole(made)
    about = opened(made).core_properties
    assert (
        about.created.year == 2025 and about.author == "Les Ateliers du Marais" and about.language == "fr-FR"
    )


def test_every_kind_of_block_is_shown():
    assert _Show(office.small_report()).kinds == {kind.kind for kind in get_args(c.Block)}


def test_a_text_is_cut_after_a_sentence_where_there_is_one():
    text = "Une phrase. " * 60 + "Fin."
    pieces = cut(text, 20, 20, 3)
    assert all(piece.endswith((".", "Fin.")) and rows(piece, 20, 20) <= 3 for piece in pieces)
    assert " ".join(pieces).split() == text.split()
    word = cut("N" * 5000, 20, 20, 3)
    assert "".join(word).replace(" ", "") == "N" * 5000 and all(rows(piece, 20, 20) <= 3 for piece in word)
    assert lines_in(10, 20) * height("a", 10, 20) <= 10
