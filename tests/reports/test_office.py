"""LibreOffice opens the Word document and the slides, and shows what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from charts import sample
from reports import office

from coorace_eval.reports import report, word


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, office.Shown]:
    """The same report four times, and hostile texts in every field: LibreOffice starts once."""
    whole, hostile = report(sample.results(), 2025, sample.story()), office.report_of(office.HOSTILE, "agir")
    folder: Path = tmp_path_factory.mktemp("office")
    return office.converted(
        folder, word=whole.docx(), own=whole.docx(word.example_template("fr")), slides=whole.pptx(),
        hostile=hostile.docx(), slides_hostile=hostile.pptx(),
    )  # fmt: skip


def test_the_word_document_opens_and_says_all(read):
    told = read["word"].text
    assert 8 <= len(read["word"].pages) <= 16
    for said in ("Sommaire", "Les Ateliers du Marais", "Non renseigné", "Tableau 1", "Figure 1", "Page 2 sur",
                 "Ce que nous avions décidé en 2024", "J’ai repris confiance", "● Bien engagé"):  # fmt: skip
        assert said in told, said
    assert "Erreur" not in told


def test_the_enterprises_own_template_opens_too(read):
    told = read["own"].text
    assert "essentiel" in told and "{{" not in told and len(read["own"].pages) >= len(read["word"].pages)


def test_the_slides_open_and_write_figures_as_in_french(read):
    told = read["slides"].text
    assert 15 <= len(read["slides"].pages) <= 30
    assert "65,0 %" in told and "53,7 %" in told and "1 318 400" in told
    assert all(width / height == pytest.approx(16 / 9, abs=0.01)
               for width, height in read["slides"].pages)  # fmt: skip


def test_hostile_texts_open_as_texts(read):
    for name in ("hostile", "slides_hostile"):
        told = read[name].text
        assert "#read(" in told and "{{ jinja }}" in told and "root:" not in told and "=1+1" in told
