"""The PDF keeps its promises: PDF/UA-1 and PDF/A-2a by veraPDF, and small enough to send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import typst
from charts import sample
from reports import reading
from reports.verapdf import A2A, UA1, Validator

from coorace_eval.campaigns.answers import Answers
from coorace_eval.campaigns.edition import Edition, SectionChoice
from coorace_eval.indicators import evaluate
from coorace_eval.reports import report

MOST = 500_000
CHECKED = ("ateliers_du_marais", "groupe_rives_et_chemins", "rives_emploi")
HOSTILE = " ".join(sample.HOSTILE[:4])


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    with Validator() as found:
        yield found


@pytest.fixture(scope="module")
def federation(tmp_path_factory) -> dict[str, reading.Example]:
    return reading.examples(tmp_path_factory.mktemp("federation"))


@pytest.fixture(scope="module")
def composed(federation) -> dict[str, bytes]:
    return {name: example.report().pdf() for name, example in federation.items()}


def test_the_reports_of_the_twelve_examples_are_small_enough_to_send(composed):
    assert len(composed) == 12
    sizes = {name: len(pdf) for name, pdf in composed.items()}
    assert max(sizes.values()) <= MOST, sizes


@pytest.mark.parametrize("name", CHECKED)
def test_the_report_of_an_example_keeps_both_standards(name, composed, validator):
    assert faults(validator, composed[name]) == []


def test_a_report_full_of_markup_keeps_both_standards(validator):
    results = evaluate(sample.rewritten(sample.referential(), HOSTILE[-300:]), sample.figures())
    pdf = report(
        results, 2025, sample.told_by(f"{HOSTILE} a\x00b\ud800"), edition=commented(HOSTILE), bands={}
    ).pdf()
    assert faults(validator, pdf) == []


def test_the_report_of_an_empty_campaign_keeps_both_standards(validator):
    story = replace(sample.story(), framing={}, appreciations=(), verbatims=(), decisions=(),
                    previous_appreciations=(), previous_decisions=())  # fmt: skip
    results = evaluate(sample.referential(), Answers.from_list(story.enterprise, 2025, []))
    assert faults(validator, report(results, 2025, story, bands={}).pdf()) == []


def test_a_report_in_english_keeps_both_standards_and_says_its_language(validator):
    pdf = report(sample.results(), 2025, sample.story(), edition=Edition(language="en"), bands={}).pdf()
    assert str(reading.read(pdf).trailer["/Root"]["/Lang"]).lower().startswith("en")
    assert faults(validator, pdf) == []


def test_the_validator_sees_a_pdf_without_tags(validator):
    bare = bytes(typst.compile(b"Bonjour", pdf_tags=False))
    assert len(validator.faults(bare, UA1)) > 1 and len(validator.faults(bare, A2A)) > 1


def faults(validator: Validator, pdf: bytes) -> list[str]:
    return [*validator.faults(pdf, UA1), *validator.faults(pdf, A2A)]


def commented(text: str) -> Edition:
    return Edition(
        tuple(SectionChoice(id, comment=text) for id in ("demarche", "dimension.emploi", "cibles"))
    )
