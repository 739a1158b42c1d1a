"""Each situation of ``tests/examples`` is computed as its author worked it out by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from coorace_eval.campaigns.answers import Answer, Answers
from coorace_eval.campaigns.model import Enterprise
from coorace_eval.indicators import check_answers, evaluate, parameters
from coorace_eval.referential import Referential, read_referential
from coorace_eval.referential.plan import Program
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"name", "referential", "kind", "year", "given", "parts", "expect", "expect_rules", "holds"}


def situations() -> Iterator[Any]:
    """Every situation, named by its file and its own name."""
    for path in sorted((ROOT / "tests" / "examples").glob("*.yaml")):
        for situation in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(situation, id=f"{path.stem} : {situation['name']}")


@cache
def read(name: str) -> Referential:
    """The référentiel that a situation names."""
    return read_referential(ROOT / "referentials" / name / "base.yaml")


def answer(variable: str, given: Any, part: str = "") -> Answer:
    """What a situation gives for one variable: a number, a status, or both."""
    if isinstance(given, Mapping):
        return Answer(variable, given["value"], ValueStatus[str(given["status"]).upper()], part)
    if isinstance(given, str):
        return Answer(variable, None, ValueStatus[given.upper()], part)
    return Answer(variable, float(given), ValueStatus.RENSEIGNE, part)


def answers_of(situation: Mapping[str, Any]) -> Answers:
    """The answers of the enterprise that a situation imagines."""
    kinds = situation.get("kind", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    enterprise = Enterprise("essai", "Essai", tuple(EnterpriseKind[k] for k in kinds), "59", "Nord")
    given = [answer(name, value) for name, value in situation.get("given", {}).items()]
    given += [
        answer(name, value, f"{axis}:{member}")
        for name, axes in situation.get("parts", {}).items()
        for axis, members in axes.items()
        for member, value in members.items()
    ]
    return Answers.from_list(enterprise, int(situation.get("year", 2025)), given)


@pytest.mark.parametrize("situation", list(situations()))
def test_a_situation(situation: Mapping[str, Any]) -> None:
    assert set(situation) <= KEYS
    referential, answers = read(situation["referential"]), answers_of(situation)
    unknown = set(situation.get("given", {})) - {variable.id for variable in referential.variables}
    assert not unknown, f"données inconnues : {unknown}"
    results = evaluate(referential, answers)
    for indicator, expected in situation.get("expect", {}).items():
        value = float(results.values[indicator].iloc[0])
        status = results.statuses[indicator].iloc[0]
        if expected == "manquant":
            assert math.isnan(value), f"{indicator} : {value}"
        elif isinstance(expected, str):
            assert (math.isnan(value), status) == (True, expected), indicator
        else:
            about = expected if isinstance(expected, Mapping) else {"value": expected, "status": "renseigne"}
            assert value == pytest.approx(about["value"], rel=1e-12, abs=1e-12), indicator
            assert status == about["status"], indicator
    if "expect_rules" in situation:
        broken = [found.rule for found in check_answers(referential, answers)]
        assert sorted(broken) == sorted(situation["expect_rules"])
    if held := situation.get("holds"):
        trees = {rule.id: rule.compute.tree for rule in referential.rules}
        table = answers.values.join(parameters.columns(referential, answers))
        names = [variable.id for variable in referential.variables]
        program = Program(
            {name: trees[name] for name in held}, [*names, *parameters.columns(referential, answers)]
        )
        assert program.frame(table).iloc[0].tolist() == [1.0] * len(held)


def test_each_indicator_and_each_rule_has_its_situation() -> None:
    referential = read("utilite_sociale")
    every = [param.values[0] for param in situations()]
    shown = {name for situation in every for name in situation.get("expect", {})}
    assert {indicator.id for indicator in referential.indicators} <= shown
    rules = {rule.id for rule in referential.rules}
    assert rules <= {name for situation in every for name in situation.get("expect_rules", [])}
    assert rules <= {name for situation in every for name in situation.get("holds", [])}
