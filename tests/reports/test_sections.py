"""The enterprise chooses, orders and comments its sections; the method and the annex never vanish."""

from __future__ import annotations

from dataclasses import replace

import pytest
from charts import sample
from reports.reading import blocks

from coorace_eval.campaigns.answers import Answers
from coorace_eval.campaigns.edition import Edition, SectionChoice
from coorace_eval.indicators import evaluate
from coorace_eval.network import Band
from coorace_eval.problems import CooraceError
from coorace_eval.reports import Report, content, network, report, sections
from coorace_eval.vocabulary import EnterpriseKind

USUAL = [
    "demarche", "appreciation", "dimension.emploi", "dimension.territoire", "dimension.agir", "cibles",
    "reseau", "manques", "decisions", "annexe",
]  # fmt: skip
CUTS = {"p10": 0.4, "p25": 0.5, "p50": 0.6, "p75": 0.7, "p90": 0.8}


def made(*choices: SectionChoice, **others: object) -> Report:
    return report(sample.results(), 2025, sample.story(), edition=Edition(choices), **others)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole() -> Report:
    band = Band("taux_sorties_dynamiques", 30, EnterpriseKind.ACI, CUTS)
    return made(bands={band.indicator: band})


def test_the_list_offered_is_that_of_the_report(whole):
    offered = sections.available(sample.referential(), sample.story(), 2025, {})
    assert [id for id, _ in offered] == USUAL
    assert offered == [(section.id, section.title) for section in whole.sections[:-1]]


def test_without_story_nor_network_there_is_less():
    offered = [id for id, _ in sections.available(sample.referential(), None, 2025)]
    assert offered == [id for id in USUAL if id not in ("appreciation", "decisions", "reseau")]


def test_sections_are_chosen_ordered_and_commented():
    found = made(
        SectionChoice("cibles"), SectionChoice("appreciation", shown=False),
        SectionChoice("dimension.emploi", comment="  Une belle année.\n"),
    )  # fmt: skip
    ids = [section.id for section in found.sections]
    assert ids[:3] == ["cibles", "dimension.emploi", "demarche"] and "appreciation" not in ids
    assert found.sections[1].blocks[0] == content.Paragraph("Une belle année.", "commentaire")
    assert [p.text for p in blocks(found, content.Paragraph) if p.tone == "commentaire"] == [
        "Une belle année."
    ]


def test_the_method_and_the_annex_can_move_but_never_vanish():
    found = made(SectionChoice("annexe", shown=False), SectionChoice("demarche", shown=False))
    assert [section.id for section in found.sections][:2] == ["annexe", "demarche"]


def test_all_that_is_unknown_is_said_at_once():
    with pytest.raises(CooraceError) as caught:
        made(
            SectionChoice("cible"),
            SectionChoice("<script>" * 40),
            SectionChoice("annexe"),
            SectionChoice("annexe"),
        )
    problems = caught.value.problems
    assert [problem.code for problem in problems] == ["RAP-006"] * 3
    assert "cibles" in problems[0].hint and len(problems[1].cause) < 200


def test_a_section_that_this_report_lacks_is_no_mistake():
    found = report(
        sample.results(), 2025, edition=Edition((SectionChoice("decisions"), SectionChoice("reseau")))
    )
    assert {"decisions", "reseau"}.isdisjoint(section.id for section in found.sections)


def test_every_chart_is_described_and_stands_beside_its_table(whole):
    figures = 0
    for section in whole.sections:
        for block, after in zip(section.blocks, (*section.blocks[1:], None), strict=True):
            if isinstance(block, content.Figure):
                figures += 1
                assert isinstance(after, content.Table), (section.id, block.caption)
                assert len(block.alt) > 20, (section.id, block.caption)
                assert block.data or section.id == "demarche", (
                    "a chain of boxes is the only one without figures"
                )
    assert figures >= 6


def test_the_figures_of_a_chart_are_those_of_its_table(whole):
    emploi = next(section for section in whole.sections if section.id == "dimension.emploi")
    figure = next(block for block in emploi.blocks if isinstance(block, content.Figure))
    table = emploi.blocks[emploi.blocks.index(figure) + 1]
    assert [data.title for data in figure.data] == [row[0].text for row in table.rows]
    assert [data.categories for data in figure.data] == [("2023", "2024", "2025")] * len(figure.data)
    assert figure.data[0].series[0].values == (0.5, pytest.approx(22 / 41), 0.65)
    assert figure.data[1].series[0].values[1] is None and table.rows[1][2].text == "–"


def test_levels_are_drawn_as_ranks_with_their_words(whole):
    data = next(section for section in whole.sections if section.id == "appreciation").blocks[1].data[0]
    assert data.words == ("À construire", "Premiers pas", "Bien engagé", "Acquis")
    assert [(series.name, series.values) for series in data.series] == [
        ("2024", (1.0, 3.0, None)), ("2025", (2.0, 3.0, None)),
    ]  # fmt: skip


def test_each_figure_of_the_indicators_bears_its_reference(whole):
    tables = {table.caption: table for table in blocks(whole, content.Table)}
    told = [row[1:3] for row in tables["Les indicateurs de 2025"].rows]
    assert all(bool(cell.ref) == any(c.isdigit() for c in cell.text) for row in told for cell in row)
    aimed = tables["Valeurs et cibles"].rows
    assert aimed[0][1].ref == "PCZ1-ZZRA" and not any(cell.ref for row in aimed for cell in row[2:])


def test_too_few_of_the_same_type_are_said_in_one_sentence():
    found = next(section for section in made(bands={}).sections if section.id == "reseau")
    (said,) = found.blocks
    assert "au moins 7 autres entreprises" in said.text and "Atelier et chantier d'insertion" in said.text


def test_the_network_is_bands_and_never_a_rank(whole):
    found = next(section for section in whole.sections if section.id == "reseau")
    told = " ".join(block.text for block in found.blocks if isinstance(block, content.Paragraph))
    assert "30 autres entreprises" in told and "Ce n'est pas un classement" in told
    data = next(block for block in found.blocks if isinstance(block, content.Figure)).data
    assert data[0].series[0].values == (0.4, 0.5, 0.6, 0.7, 0.8, 0.65)


def test_the_last_section_tells_the_version_the_fingerprint_and_the_day():
    told = made().sections[-1]
    assert told.id == "colophon"
    lines = [
        line
        for block in told.blocks
        if isinstance(block, content.Entries)
        for entry in block.entries
        for line in entry.lines
    ]
    assert any("atelier@2026.1" in line for line in lines) and any(len(line) == 64 for line in lines)


def printed(found: Report) -> str:
    entries = next(block for block in found.sections[-1].blocks if isinstance(block, content.Entries)).entries
    return next(entry.lines[0] for entry in entries if entry.title == "Empreinte du contenu")


def test_the_sum_of_the_content_changes_with_a_single_word():
    story = sample.story()
    other = replace(
        story,
        decisions=(replace(story.decisions[0], label="Créer un temps d'expression"), *story.decisions[1:]),
    )
    sums = [printed(report(sample.results(), 2025, told)) for told in (story, sample.story(), other)]
    assert sums[0] == sums[1] != sums[2]


def test_nothing_at_all_still_makes_a_report():
    empty = evaluate(sample.referential(), Answers.from_list(sample.story().enterprise, 2025, []))
    found = report(
        empty, 2025, replace(sample.story(), appreciations=(), previous_appreciations=()), bands={}
    )
    assert [section.id for section in found.sections[:-1]] == USUAL


def test_many_indicators_are_placed_on_several_charts_each_beside_its_table(monkeypatch):
    monkeypatch.setattr(network, "MOST_ROWS", 2)
    chosen = sample.referential().indicators[:3]
    bands = {i.id: Band(i.id, 30, EnterpriseKind.ACI, CUTS) for i in chosen}
    found = network.network(sample.results(), "ateliers_du_marais", 2025, sample.story(), bands)
    drawn = [block for block in found.blocks if isinstance(block, content.Figure)]
    tables = [block for block in found.blocks if isinstance(block, content.Table)]
    assert [figure.caption[-9:] for figure in drawn] == ["(1 sur 2)", "(2 sur 2)"]
    assert [row[0].text for table in tables for row in table.rows] == [i.label for i in chosen]
    assert [data.title for figure in drawn for data in figure.data] == [i.label for i in chosen]
