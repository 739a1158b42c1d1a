"""The reference of a figure: short, the same everywhere, and found however it is typed."""

from __future__ import annotations

import pytest
from charts import sample

from coorace_eval.indicators import Results, evaluate
from coorace_eval.reports.trace import Traced, reference, resolve

HERE = "ateliers_du_marais"
INDICATOR = "taux_sorties_dynamiques"


@pytest.fixture(scope="module")
def results() -> Results:
    return sample.results()


@pytest.fixture(scope="module")
def ref(results) -> str:
    return reference(results, INDICATOR, HERE, 2025)


def test_a_reference_is_always_the_same(results, ref):
    assert ref == "PCZ1-ZZRA" == reference(sample.results(), INDICATOR, HERE, 2025)


def test_every_figure_has_its_own_reference(results):
    found = [
        reference(results, indicator.id, HERE, year)
        for indicator in results.referential.indicators
        for year in (2023, 2024, 2025)
    ]
    assert len(set(found)) == len(found) == 24


def test_the_reference_leads_back_to_the_figure(results, ref):
    assert resolve(results, ref) == Traced(INDICATOR, HERE, 2025, same=True)


def typed(ref: str) -> list[str]:
    return [
        ref.lower(), ref.replace("-", ""), f"  {ref[:2]} {ref[2:4]} – {ref[5:]} ",
        f"réf. {ref}", f"Référence : {ref}", ref.replace("0", "O").replace("1", "I"),
        ref.replace("0", "o").replace("1", "l"),
    ]  # fmt: skip


def test_however_it_is_typed(results, ref):
    for indicator in results.referential.indicators:
        known = reference(results, indicator.id, HERE, 2025)
        for text in typed(known):
            assert resolve(results, text) == Traced(indicator.id, HERE, 2025, same=True), text


@pytest.mark.parametrize(
    "text", ["", "-", "PCZ1", "PCZ1-ZZRA-ZZRA", "0000-0000", "UUUU-UUUU", "réf.", "é" * 5000, "PCZ1-ZZR\x00"]
)
def test_what_names_no_figure_finds_none(results, text):
    assert resolve(results, text) is None


@pytest.mark.parametrize("changes", [
    {"sorties_dynamiques": [19.0, 22.0, 27.0]},
    {"sorties_total": [38.0, 41.0, 20.0], "sorties_dynamiques": [19.0, 22.0, 13.0]},
])  # fmt: skip
def test_a_figure_that_changed_is_still_found_and_said_to_have_changed(ref, changes):
    after = sample.results(**changes)
    assert resolve(after, ref) == Traced(INDICATOR, HERE, 2025, same=False)


def test_another_figure_changes_nothing(ref):
    assert reference(sample.results(tonnes=[1.0, 2.0, 3.0]), INDICATOR, HERE, 2025) == ref


def test_another_formula_with_the_same_value_is_another_figure(results, ref):
    said = {"sorties_dynamiques / sorties_total": "(sorties_dynamiques + 0) / sorties_total"}
    text = sample.referential().model_dump()
    for dimension in text["dimensions"]:
        for contribution in dimension["contributions"]:
            for indicator in contribution["indicators"]:
                indicator["formula"] = said.get(indicator["formula"], indicator["formula"])
    other = evaluate(type(sample.referential()).model_validate(text), sample.figures())
    found = resolve(other, ref)
    assert found == Traced(INDICATOR, HERE, 2025, same=False)


def test_a_year_that_was_never_told_has_no_reference(results):
    assert reference(results, INDICATOR, HERE, 2019) == ""
