"""Indicators computed: statuses, gaps, comparisons, parts, parameters; no figure depends on the road."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coorace_eval.campaigns.answers import Answer, Answers
from coorace_eval.campaigns.model import Enterprise
from coorace_eval.indicators import check_answers, evaluate
from coorace_eval.indicators.compare import size_of_change
from coorace_eval.indicators.parameters import resolve
from coorace_eval.problems import AnswerError
from coorace_eval.referential import Parameter, parse_referential, read_referential
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

ROOT = Path(__file__).resolve().parents[2]
BASE = read_referential(ROOT / "referentials" / "utilite_sociale" / "base.yaml")
SMALL = parse_referential(
    """
id: petit
version: "2026.1"
label: Petit
axes:
  - {id: sexe, label: Femmes / hommes, members: [{id: F, label: Femmes}, {id: H, label: Hommes}]}
  - {id: type, label: Type}
variables:
  - {id: sorties, label: Sorties, unit: personne, type: entier, axes: [sexe]}
  - {id: dynamiques, label: Sorties dynamiques, unit: personne, type: entier, axes: [sexe]}
  - {id: heures, label: Heures, unit: heure, axes: [type]}
  - {id: part, label: Part, unit: ratio}
parameters:
  - id: reference
    label: Heures par ETP
    unit: heure/ETP
    weighted_by: heures
    values:
      - {since: 2010, kind: ACI, value: 1600, source: a, confirmed: true}
      - {since: 2020, kind: ACI, value: 1820, source: b}
      - {since: 2010, kind: EI, value: 1505, source: c}
      - {since: 2010, kind: AI, value: 1607, source: d}
dimensions:
  - id: emploi
    label: Emploi
    contributions:
      - id: suite
        label: Suite
        indicators:
          - {id: taux, label: Taux, kind: resultat, unit: ratio, formula: dynamiques / sorties,
             aggregation: ratio_des_sommes, target: {value: 0.8, year: 2027}}
          - {id: compte, label: Compte, kind: realisation, unit: personne, formula: dynamiques}
          - {id: etp, label: ETP, kind: realisation, unit: ETP, formula: heures / reference}
          - {id: double, label: Double, kind: resultat, unit: ratio, formula: taux * 2}
rules:
  - {id: parmi, rule: dynamiques <= sorties, message: Trop, severity: bloquant}
  - {id: presente, rule: not manquant(part) and part < 0.5, message: Part, severity: alerte}
"""
)
R, E, NR, NP, ND, C = (
    ValueStatus[name]
    for name in ("RENSEIGNE", "ESTIME", "NON_RENSEIGNE", "NON_PERTINENT", "NON_DISPONIBLE", "CONFIDENTIEL")
)


def of(*given: Answer, kinds: tuple[str, ...] = ("ACI",), year: int = 2025) -> Answers:
    held = tuple(EnterpriseKind[kind] for kind in kinds)
    return Answers.from_list(Enterprise("nous", "Nous", held, "59", "Nord"), year, given)


def said(name: str, value: float | None, status: ValueStatus = R, part: str = "") -> Answer:
    return Answer(name, value, status, part)


@pytest.mark.parametrize(
    ("top", "bottom", "value", "status"),
    [
        ((6.0, R), (10.0, R), 0.6, "renseigne"), ((6.0, E), (10.0, R), 0.6, "estime"),
        ((0.0, R), (0.0, R), None, "denominateur_nul"), ((None, NR), (10.0, R), None, "non_renseigne"),
        ((None, NR), (None, ND), None, "non_disponible"), ((None, NR), (None, NP), None, "non_pertinent"),
        ((None, C), (None, ND), None, "confidentiel"), ((None, C), (None, NP), None, "non_pertinent"),
        ((None, NR), (0.0, R), None, "non_renseigne"),
    ],
)  # fmt: skip
def test_the_least_curable_input_names_the_status(
    top: tuple[float | None, ValueStatus],
    bottom: tuple[float | None, ValueStatus],
    value: float | None,
    status: str,
) -> None:
    results = evaluate(SMALL, of(said("dynamiques", *top), said("sorties", *bottom)))
    assert results.statuses["taux"].iloc[0] == results.statuses["double"].iloc[0] == status
    found = results.value("taux", "nous", 2025)
    assert math.isnan(found) if value is None else found == value


def test_gaps_say_what_waits_and_leave_answers_alone() -> None:
    gaps = evaluate(SMALL, of(said("dynamiques", None, NP), said("sorties", None, ND))).gaps()
    assert list(gaps["variable"]) == ["sorties", "heures"]
    assert gaps["waiting"].iloc[0] == ("taux", "double")
    assert list(gaps["status"]) == ["non_disponible", "non_renseigne"]


def test_explain_gives_inputs_parameters_and_origin() -> None:
    given = (Answer("heures", 3640.0, E, "", "Paie", "Zoé", None, "provisoire"), said("sorties", 3.0))
    results = evaluate(SMALL, of(*given))
    told = results.explain("etp")
    assert (told.value, told.status) == (2.0, E)
    assert [(i.variable.id, i.value, i.source, i.author) for i in told.inputs] == [
        ("heures", 3640.0, "Paie", "Zoé")
    ]
    assert [(p.value, p.confirmed) for p in told.parameters] == [(1820.0, False)]
    assert "petit@2026.1" in str(told) and "1820" not in str(told)
    assert [i.id for i in results.explain("double").through] == ["taux"]
    with pytest.raises(AnswerError):
        results.explain("tau")
    with pytest.raises(AnswerError):
        results.explain("taux", year=1999)


def test_compare_with_last_year_and_target() -> None:
    table = pd.DataFrame(
        {"enterprise": ["a", "a", "b"], "year": [2024, 2025, 2025], "dynamiques": [5.0, 6.0, 1.0], "sorties": [10.0, 10.0, 2.0]}  # noqa: E501
    )  # fmt: skip
    found = evaluate(SMALL, table).compare(2025).set_index(["enterprise", "indicator"])
    row = found.loc[("a", "taux")]
    assert (row["value"], row["previous"]) == (0.6, 0.5)
    assert row["change"] == pytest.approx(0.1)
    assert row["gap"] == pytest.approx(0.2)
    assert row["progress"] == pytest.approx(1 / 3)
    assert math.isnan(found.loc[("b", "taux"), "previous"])  # type: ignore[arg-type]


def test_breakdown_and_parts_that_must_match() -> None:
    parts = [
        said("sorties", 4.0, part="sexe:F"), said("sorties", 6.0, part="sexe:H"),
        said("dynamiques", 3.0, part="sexe:F"), said("dynamiques", 3.0, part="sexe:H"),
    ]  # fmt: skip
    answers = of(said("sorties", 10.0), said("dynamiques", 6.0), *parts)
    found = evaluate(SMALL, answers).breakdown("sexe").set_index(["indicator", "member"])["value"]
    assert found["taux", "F"] == 0.75 and found["taux", "H"] == 0.5 and found["compte", "F"] == 3
    assert "etp" not in found.index.get_level_values(0)
    assert {v.rule for v in check_answers(SMALL, answers)} == {"presente"}
    wrong = of(said("sorties", 11.0), said("dynamiques", 5.0), *parts)
    codes = {v.rule: v.problem.code for v in check_answers(SMALL, wrong)}
    assert codes == {"sorties:sexe": "REP-009", "dynamiques:sexe": "REP-009", "presente": "REP-011"}
    assert {v.rule for v in check_answers(SMALL, of(*parts))} == {"presente"}  # no total: nothing to match


def test_a_rule_broken_cites_the_figures_in_their_unit() -> None:
    found = check_answers(SMALL, of(said("dynamiques", 9.0), said("sorties", 2.0), said("part", 0.6)))
    assert [(v.rule, v.problem.code, v.blocking) for v in found] == [
        ("parmi", "REP-008", True), ("presente", "REP-011", False),
    ]  # fmt: skip
    assert "60\u00a0%" in str(found[1].problem)


REFERENCE: Parameter = SMALL.parameters[0]


@pytest.mark.parametrize(
    ("kind", "year", "expected"), [("ACI", 2019, 1600), ("ACI", 2020, 1820), ("EI", 2025, 1505)]
)
def test_a_parameter_is_dated_by_kind_and_year(kind: str, year: int, expected: float) -> None:
    assert resolve(REFERENCE, [kind], year, {}).value == expected


def test_a_parameter_without_a_value_is_missing() -> None:
    assert math.isnan(resolve(REFERENCE, ["ETTI"], 2025, {}).value)
    assert math.isnan(resolve(REFERENCE, ["ACI"], 2009, {}).value)
    assert math.isnan(resolve(REFERENCE, ["ACI", "EI"], 2025, {}).value)
    assert math.isnan(resolve(REFERENCE, ["ACI", "EI"], 2025, {"ACI": 5.0}).value)
    assert math.isnan(resolve(REFERENCE, ["ACI", "ETTI"], 2025, {"ACI": 5.0, "ETTI": 5.0}).value)
    assert resolve(REFERENCE, ["ACI", "GES"], 2025, {"ACI": 5.0}).value == 1820
    results = evaluate(SMALL, of(said("heures", 100.0), kinds=("ETTI",)))
    assert results.statuses["etp"].iloc[0] == "non_disponible"


@given(st.dictionaries(st.sampled_from(["ACI", "EI", "AI"]), st.integers(0, 10**6), min_size=1))
def test_the_etp_of_the_whole_is_the_sum_by_conventionnement(hours: dict[str, int]) -> None:
    total = float(sum(hours.values()))
    parts = [said("heures", float(worked), part=f"type:{kind}") for kind, worked in hours.items()]
    whole = evaluate(SMALL, of(said("heures", total), *parts, kinds=tuple(hours)))
    alone = sum(
        evaluate(SMALL, of(said("heures", float(worked)), kinds=(kind,))).value("etp", "nous", 2025)
        for kind, worked in hours.items()
    )
    assert math.isclose(whole.value("etp", "nous", 2025), alone, rel_tol=1e-12, abs_tol=1e-12)


def network(rows: int, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    names = [variable.id for variable in BASE.variables]
    figures = np.where(
        draw.random((rows, len(names))) < 0.1, np.nan, draw.integers(0, 500, (rows, len(names)))
    )
    table = pd.DataFrame(figures, columns=names)
    kinds = np.array(["ACI", "EI", "AI", "ETTI"])[draw.integers(0, 4, rows)]
    return table.assign(enterprise=[f"e{i:04d}" for i in range(rows)], year=2024, kind=kinds)


@settings(max_examples=15)
@given(st.permutations(list(range(12))), st.integers(1, 11))
def test_order_and_splitting_change_no_figure(order: list[int], cut: int) -> None:
    table = network(12)
    whole = evaluate(BASE, table).values
    mixed = evaluate(BASE, table.iloc[order]).values
    pd.testing.assert_frame_equal(whole.sort_index(), mixed.sort_index(), check_exact=True)
    pieces = [evaluate(BASE, part).values for part in (table[:cut], table[cut:])]
    pd.testing.assert_frame_equal(whole, pd.concat(pieces), check_exact=True)


def test_a_table_and_a_store_give_the_same_figures() -> None:
    table = network(5)
    results = evaluate(BASE, table)
    for _, row in table.iterrows():
        given = [said(v.id, float(row[v.id])) for v in BASE.variables if not math.isnan(row[v.id])]
        enterprise = Enterprise(row["enterprise"], "x", (EnterpriseKind[row["kind"]],), "59", "Nord")
        one = evaluate(BASE, Answers.from_list(enterprise, 2024, given))
        key = (row["enterprise"], 2024)
        assert np.array_equal(one.values.loc[key], results.values.loc[key], equal_nan=True)
        assert (one.statuses.loc[key] == results.statuses.loc[key]).all()


def test_a_rate_of_the_network_is_the_rate_of_pooled_figures() -> None:
    table = network(40).fillna(1.0)
    pooled = table.drop(columns=["enterprise", "year", "kind"]).sum().to_frame().T
    values = evaluate(BASE, pooled.assign(enterprise="réseau", year=2024, kind="ACI")).values
    for indicator in BASE.indicators:
        if indicator.compute.ratio and indicator.aggregation == "ratio_des_sommes":
            top, bottom = indicator.compute.ratio
            names = [v.id for v in BASE.variables]
            if not set(indicator.compute.variables) <= set(names):
                continue
            from coorace_eval.referential.plan import Program

            summed = Program({"top": top, "bottom": bottom}, names).frame(table).sum()
            expected = summed["top"] / summed["bottom"] if summed["bottom"] else math.nan
            assert math.isclose(values[indicator.id].iloc[0], expected, rel_tol=1e-12) or math.isnan(expected)


def test_a_large_plain_table_gives_the_same_figures() -> None:
    plain = BASE.changed(
        dimensions=tuple(d for d in SMALL.dimensions), variables=SMALL.variables, parameters=(), rules=()
    )
    kept = tuple(i for i in SMALL.indicators if i.id != "etp")
    contribution = SMALL.contributions[0].changed(indicators=kept)
    plain = plain.changed(dimensions=(SMALL.dimensions[0].changed(contributions=(contribution,)),))
    draw = np.random.default_rng(3)
    table = pd.DataFrame({v.id: draw.integers(0, 50, 150_000).astype(float) for v in SMALL.variables})
    table.loc[::7, "sorties"] = np.nan
    large = evaluate(plain, table)
    assert len(large.values) == 150_000
    small = evaluate(plain, table[:500])
    assert np.array_equal(large.values.to_numpy()[:500], small.values.to_numpy(), equal_nan=True)


@pytest.mark.parametrize("wrong", ["1 234,5", "12,5 %", "=1+1", "texte", math.inf])
def test_a_table_that_holds_something_else_is_refused(wrong: object) -> None:
    with pytest.raises(AnswerError):
        evaluate(SMALL, pd.DataFrame({"sorties": [wrong, 1.0]}))


@pytest.mark.parametrize(
    ("indicator", "change", "with_unit", "alone"),
    [
        ("taux", 0.1132, "11,3 points", "11,3 points"),
        ("taux", -0.01, "1 point", "1 point"),
        ("taux", 0.0004, "", ""),
        ("compte", -3.0, "3 personnes", "3"),
        ("compte", 0.0, "", ""),
        ("compte", math.nan, "–", "–"),
    ],
)
def test_the_size_of_a_change_is_one_rule_for_screen_and_paper(indicator, change, with_unit, alone):
    found = SMALL.indicator(indicator)
    said = [size_of_change(found, change, unit=unit).replace("\u00a0", " ") for unit in (True, False)]
    assert said == [with_unit, alone]
