"""What the restitution says, and the PDF it becomes."""

from __future__ import annotations

import io
import os
from dataclasses import replace

import pytest
from charts import sample
from pypdf import PdfReader

from coorace_eval.campaigns.answers import Answers
from coorace_eval.campaigns.appreciation import Appreciation
from coorace_eval.indicators import evaluate
from coorace_eval.problems import CooraceError
from coorace_eval.referential.model import Referential, Retired
from coorace_eval.reports import content, report
from coorace_eval.reports import pdf as pdf_module
from coorace_eval.reports.dimension import change
from coorace_eval.vocabulary import IndicatorStatus


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def blocks(found: content.Report, kind: type) -> list:
    return [block for section in found.sections for block in section.blocks if isinstance(block, kind)]


@pytest.fixture(scope="module")
def whole() -> content.Report:
    return report(sample.results(), 2025, sample.story())


@pytest.fixture(scope="module")
def pdf(whole) -> bytes:
    return whole.pdf()


def test_the_sections_come_in_the_order_they_are_read(whole):
    assert [section.title for section in whole.sections] == [
        "La démarche", "Notre appréciation, dimension par dimension", "Vers un emploi durable",
        "Faire vivre le territoire, ses ressources et ses liens, avec celles et ceux qui l'habitent",
        "Pouvoir d'agir", "Nos cibles", "Ce qui manque", "Nos décisions", "Annexe",
        "À propos de ce document",
    ]  # fmt: skip


def test_the_title_page_says_who_where_and_on_which_referential(pdf):
    first = " ".join(read(pdf).pages[0].extract_text().split())
    for said in ("Les Ateliers du Marais", "Exercice 2025", "Luçon", "atelier@2026.1", "12 juin 2026"):
        assert said in first


def test_facts_say_what_changed_and_what_is_missing(pdf):
    told = text_of(pdf)
    assert "+11,3" in told and "Non renseigné" in told and "à lire avec prudence" in told


def test_only_the_words_whose_author_agreed_are_told(whole, pdf):
    assert [quote.who for quote in blocks(whole, content.Quote)] == [
        "Une salariée en parcours",
        "Un employeur du canton",
    ]
    assert "Cela ne doit pas sortir" not in text_of(pdf)


def test_there_is_no_overall_score(pdf):
    told = text_of(pdf).lower()
    assert "score" not in told and "/5" not in told and "sur 5" not in told and "note globale" not in told


def test_last_years_decisions_are_reopened(pdf):
    told = text_of(pdf)
    assert "Ce que nous avions décidé en 2024" in told and "Pas encore fait" in told


def test_what_was_retired_keeps_its_reason():
    kept = sample.referential().model_copy(
        update={"retired": (Retired(id="heures_benevolat", because="Sans bénévoles."),)}
    )
    found = report(evaluate(Referential.model_validate(kept.model_dump()), sample.figures()), 2025)
    assert "Sans bénévoles." in text_of(found.pdf())


def test_the_pdf_is_tagged_titled_in_french_and_every_figure_is_described(whole, pdf):
    root = read(pdf).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert str(root["/Lang"]).lower().startswith("fr")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert "Les Ateliers du Marais" in read(pdf).metadata.title
    alts = [node["/Alt"] for node in structure(root["/StructTreeRoot"]) if node.get("/S") == "/Figure"]
    assert len(alts) == len(blocks(whole, content.Figure)) and all(len(alt) > 20 for alt in alts)
    kinds = {node.get("/S") for node in structure(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/Caption"} <= kinds


def structure(node) -> list:
    found, waiting = [], [node]
    while waiting:
        here = waiting.pop()
        here = here.get_object() if hasattr(here, "get_object") else here
        if isinstance(here, list):
            waiting.extend(here)
        elif isinstance(here, dict):
            found.append(here)
            if "/K" in here:
                waiting.append(here["/K"])
    return found


def test_every_font_is_embedded_and_ours(pdf):
    names = set()
    for page in read(pdf).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            found = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(found["/FontDescriptor"].get_object())
            names.add(str(found["/BaseFont"]).partition("+")[2])
    assert names and all(name.startswith(("Inter", "NotoEmoji", "NotoSansArabic")) for name in names)


def test_the_same_content_gives_the_same_bytes(pdf):
    again = report(sample.results(), 2025, sample.story()).pdf()
    assert again == pdf
    assert str(read(pdf).metadata["/CreationDate"]) == "D:20251231000000Z", "dated by the data, not the clock"


@pytest.mark.parametrize(
    "text", [*sample.HOSTILE, "N" * 5000, "Une phrase assez longue. " * 200, "a\x00b\x1b\ud800"]
)
def test_text_from_people_stays_text(text, tmp_path):
    results = evaluate(
        sample.rewritten(sample.referential(), text[:300].replace("\ud800", "")), sample.figures()
    )
    pdf = report(results, 2025, sample.told_by(text)).pdf()
    told = text_of(pdf)
    assert "root:" not in told
    for mark in ("#read(", "*gras*", "$x^2$", "@ref", "<balise>", "<script>", "{{ jinja }}", "#panic()"):
        if mark in text:
            assert mark.replace(" ", "") in told.replace(" ", "").replace("\u200b", "")


def test_emoji_and_arabic_are_written_and_what_no_font_holds_is_replaced_plainly():
    found = text_of(report(sample.results(), 2025, sample.told_by(sample.HOSTILE[3])).pdf())
    assert "□" in found and "你" not in found
    assert "remplace un caractère" in found


def test_the_sign_of_replacement_is_explained_only_where_it_stands(pdf):
    assert "remplace un caractère" not in text_of(pdf)


def test_a_dimension_draws_six_indicators_at_most_those_with_a_target_first():
    base = sample.referential()
    dimension = base.dimensions[0]
    aimed = dimension.contributions[0].indicators[0]
    free = aimed.model_copy(update={"target": None, "status": IndicatorStatus.LIBRE})
    many = (*(free.model_copy(update={"id": f"libre_{i}", "label": f"Libre {i}"}) for i in range(8)), aimed)
    only = dimension.contributions[0].model_copy(update={"indicators": many})
    changed = base.model_copy(
        update={"dimensions": (dimension.model_copy(update={"contributions": (only,)}),)}
    )
    found = report(evaluate(Referential.model_validate(changed.model_dump()), sample.figures()), 2025)
    figure = blocks(found, content.Figure)[0]
    assert figure.caption.endswith("6 indicateurs sur 9")
    assert aimed.label in figure.alt and "Libre 7" not in figure.alt
    table = next(b for b in blocks(found, content.Table) if b.caption == "Les indicateurs de 2025")
    assert len(table.rows) == 9


def test_the_method_explains_the_statuses_that_are_met():
    method = report(sample.results(), 2025).sections[0]
    assert [row[0].text for b in method.blocks if isinstance(b, content.Table) for row in b.rows] == [
        "Non renseigné"
    ]


def test_a_page_that_cannot_be_composed_has_its_own_code(tmp_path, monkeypatch):
    (tmp_path / "faux.typ").write_text("#panic()", "utf-8")
    monkeypatch.setattr(pdf_module, "TEMPLATES", tmp_path)
    with pytest.raises(CooraceError) as caught:
        pdf_module.compose("faux", {})
    assert [problem.code for problem in caught.value.problems] == ["RAP-002"]


def test_an_empty_campaign_makes_a_report_that_says_what_is_missing():
    story = replace(sample.story(), framing={}, appreciations=(), verbatims=(), decisions=(),
                    previous_appreciations=(), previous_decisions=())  # fmt: skip
    results = evaluate(sample.referential(), Answers.from_list(story.enterprise, 2025, []))
    told = text_of(report(results, 2025, story).pdf())
    assert "10 données manquent" in told and "Aucune décision" in told and "Aucune appréciation" in told


def test_an_appreciation_half_written_is_not_told_as_one():
    half = Appreciation("emploi", None, "Nous hésitons encore.", None)
    found = report(sample.results(), 2025, replace(sample.story(), appreciations=(half,)))
    assert not blocks(found, content.Stance)
    assert "Nous hésitons encore." in text_of(found.pdf())


def test_results_are_enough(tmp_path):
    path = report(sample.results(), 2025).to_pdf(tmp_path / "restitution.pdf")
    assert path.read_bytes().startswith(b"%PDF-")
    assert "ateliers_du_marais" in text_of(path.read_bytes())


@pytest.mark.parametrize("count", [1, 60])
def test_one_indicator_or_sixty(count):
    base = sample.referential()
    dimension = base.dimensions[0]
    one = dimension.contributions[0].indicators[0]
    many = tuple(
        one.model_copy(update={"id": f"{one.id}_{i}", "label": f"{one.label} {i}"}) for i in range(count)
    )
    only = dimension.contributions[0].model_copy(update={"indicators": many})
    changed = base.model_copy(
        update={"dimensions": (dimension.model_copy(update={"contributions": (only,)}),)}
    )
    pdf = report(evaluate(Referential.model_validate(changed.model_dump()), sample.figures()), 2025).pdf()
    assert f"dynamiques {count - 1}" in text_of(pdf)


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(whole, tmp_path):
    with pytest.raises(CooraceError) as caught:
        whole.to_pdf(tmp_path / "absent" / "restitution.pdf")
    assert [problem.code for problem in caught.value.problems] == ["RAP-001"]
    folder = tmp_path / "restitution.pdf"
    folder.mkdir()
    with pytest.raises(CooraceError):
        whole.to_pdf(folder)
    assert os.listdir(tmp_path) == ["restitution.pdf"]


def test_a_report_already_there_is_replaced_whole(whole, pdf, tmp_path):
    path = tmp_path / "restitution.pdf"
    path.write_bytes(b"ancien")
    whole.to_pdf(path)
    assert path.read_bytes() == pdf and os.listdir(tmp_path) == ["restitution.pdf"]


def test_a_change_is_said_in_points_for_a_share_and_in_figures_otherwise():
    share, number = (
        sample.referential().indicator("part_femmes"),
        sample.referential().indicator("accidents_travail"),
    )
    assert change(share, 0.5, 0.45) == "+5\u00a0points"
    assert change(share, 0.45, 0.46) == "\u22121\u00a0point"
    assert change(number, 4.0, 5.0) == "\u22121"
    assert change(number, 4.0, 4.0) == "stable"
    assert change(number, float("nan"), 4.0) == "–"
