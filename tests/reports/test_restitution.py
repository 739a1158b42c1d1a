"""What the restitution says, and the PDF it becomes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from charts import sample
from reports.reading import blocks, read, text_of

from coorace_eval.campaigns.answers import Answers
from coorace_eval.campaigns.appreciation import Appreciation
from coorace_eval.campaigns.edition import Edition, SectionChoice
from coorace_eval.indicators import evaluate
from coorace_eval.problems import CooraceError
from coorace_eval.referential.model import Referential, Retired
from coorace_eval.reports import content, report
from coorace_eval.reports import pdf as pdf_module
from coorace_eval.reports.dimension import change
from coorace_eval.vocabulary import IndicatorStatus

HOSTILE = " ".join(sample.HOSTILE[:4])
MARKS = (
    "#read(", "*gras*", "$x^2$", "@ref", "<balise>", "<script>", "{{ jinja }}", "#panic()", "\\input{x}",
    "&amp;",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> content.Report:
    return report(sample.results(), 2025, sample.story())


@pytest.fixture(scope="module")
def pdf(whole) -> bytes:
    return whole.pdf()


@pytest.fixture(scope="module")
def said(pdf) -> str:
    return text_of(pdf)


@pytest.fixture(scope="module")
def hostile() -> str:
    """What a report says where every text is hostile, the enterprise's own words as well."""
    results = evaluate(sample.rewritten(sample.referential(), HOSTILE[-300:]), sample.figures())
    edition = Edition(tuple(SectionChoice(id, comment=HOSTILE) for id in ("demarche", "cibles", "annexe")))
    story = sample.told_by(f"{HOSTILE} a\x00b\x1b\ud800")
    return text_of(report(results, 2025, story, edition=edition, bands={}).pdf())


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


def test_facts_say_what_changed_and_what_is_missing(said):
    assert "+11,3" in said and "Non renseigné" in said and "à lire avec prudence" in said


def test_only_the_words_whose_author_agreed_are_told(whole, said):
    assert [quote.who for quote in blocks(whole, content.Quote)] == [
        "Une salariée en parcours",
        "Un employeur du canton",
    ]
    assert "J’ai repris confiance" in said and "Cela ne doit pas sortir" not in said


def test_there_is_no_overall_score(said):
    told = said.lower()
    assert "score" not in told and "/5" not in told and "sur 5" not in told and "note globale" not in told


def test_last_years_decisions_are_reopened(said):
    assert "Ce que nous avions décidé en 2024" in said and "Pas encore fait" in said


def test_what_was_retired_keeps_its_reason():
    kept = sample.referential().model_copy(
        update={"retired": (Retired(id="heures_benevolat", because="Sans bénévoles."),)}
    )
    found = report(evaluate(Referential.model_validate(kept.model_dump()), sample.figures()), 2025)
    assert ("Sans bénévoles.",) in [
        entry.lines for b in blocks(found, content.Entries) for entry in b.entries
    ]


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


def test_another_process_writes_the_same_bytes(pdf):
    """Where sets and dictionaries keep their words in another order, and the day is another one."""
    program = (
        "import sys, hashlib; from charts import sample; from coorace_eval.reports import report; "
        "sys.stdout.write(hashlib.sha256(report(sample.results(), 2025, sample.story()).pdf()).hexdigest())"
    )
    tests = Path(__file__).resolve().parents[1]
    other = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Noumea", "PYTHONPATH": str(tests)}
    made = subprocess.run(
        [sys.executable, "-c", program], env=other, text=True, capture_output=True, check=True
    )
    assert made.stdout == hashlib.sha256(pdf).hexdigest()


def test_text_from_people_stays_text(hostile):
    assert "root:" not in hostile
    told = hostile.replace(" ", "").replace("\u200b", "")
    assert [mark for mark in MARKS if mark.replace(" ", "") not in told] == []


def test_emoji_and_arabic_are_written_and_what_no_font_holds_is_replaced_plainly(hostile):
    assert "🎉" in hostile and "مرحبا" in hostile
    assert "□" in hostile and "你" not in hostile and "remplace un caractère" in hostile


def test_the_sign_of_replacement_is_explained_only_where_it_stands(said):
    assert "remplace un caractère" not in said


def test_names_of_five_thousand_letters_and_long_texts_make_a_report():
    long = "N" * 5000
    results = evaluate(sample.rewritten(sample.referential(), long[:300]), sample.figures())
    story = sample.told_by("Une phrase assez longue. " * 200)
    story = replace(story, enterprise=replace(story.enterprise, label=long, commune=long))
    assert "Une phrase assez longue." in text_of(report(results, 2025, story).pdf())


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
    assert "Nous hésitons encore." in [p.text for p in blocks(found, content.Paragraph)]


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
