"""The référentiel shipped with the project: what its readers may count on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from coorace_eval.referential import Referential, check, read_referential
from coorace_eval.vocabulary import EnterpriseKind, IndicatorStatus

ROOT = Path(__file__).parents[2]
BASE = ROOT / "referentials" / "utilite_sociale" / "base.yaml"
EXAMPLES = ROOT / "tests" / "examples"
NO_BREAK = "\u00a0"
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
MIDDLE_DOTS = "\u00b7\u2022\u2027\u22c5\u30fb"


@pytest.fixture(scope="module")
def base() -> Referential:
    return read_referential(BASE)


@pytest.fixture(scope="module")
def situations() -> list[dict[str, Any]]:
    files = sorted(EXAMPLES.glob("*.yaml"))
    return [
        situation
        for file in files
        for situation in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        if situation["referential"] == "utilite_sociale"
    ]


def test_nothing_is_wrong_and_nothing_warns(base: Referential) -> None:
    assert [str(problem) for problem in check(base)] == []


def test_it_holds_all_that_the_candidate_held(base: Referential) -> None:
    sizes = (base.dimensions, base.contributions, base.indicators, base.variables, base.rules)
    assert [len(parts) for parts in sizes] == [6, 26, 56, 74, 38]
    assert [parameter.id for parameter in base.parameters] == [
        "heures_etp_reference",
        "heures_temps_plein_par_personne",
    ]


def test_it_says_that_it_is_not_an_official_text(base: Referential) -> None:
    head = BASE.read_text(encoding="utf-8").split("\nid:")[0]
    assert base.reference == "utilite_sociale@2026.1"
    for text in (head, base.statement):
        assert "proposition de travail" in text.lower()
        assert "pas un texte officiel de la fédération COORACE" in text.replace("\n", " ")
        assert "Licence Ouverte 2.0" in text


def test_the_core_stays_small(base: Referential) -> None:
    core = [indicator.id for indicator in base.indicators if indicator.status is IndicatorStatus.SOCLE]
    assert 1 <= len(core) <= 15


def test_each_identifier_is_made_of_words(base: Referential) -> None:
    names = [*base.by_id, *(rule.id for rule in base.rules)]
    assert [name for name in names if re.fullmatch(r"[a-z]{2,4}_?[0-9]+", name)] == []
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_each_contribution_has_a_criterion_and_indicators(base: Referential) -> None:
    assert [c.id for c in base.contributions if not (c.criterion and c.indicators)] == []
    assert [d.id for d in base.dimensions if not (d.question.endswith("?") and d.families)] == []


def test_each_indicator_says_what_it_is(base: Referential) -> None:
    for indicator in base.indicators:
        assert indicator.definition.endswith("."), indicator.id
        assert {"direction", "aggregation", "status", "source"} <= indicator.model_fields_set, indicator.id


def test_each_variable_asks_a_question_and_names_its_source(base: Referential) -> None:
    questions = [variable.question for variable in base.variables]
    assert [q for q in questions if not re.match(r"(Combien|Quel|Parmi|Pour combien|Sur ce)", q)] == []
    assert [q for q in questions if not q.endswith(f"{NO_BREAK}?")] == []
    assert len(set(questions)) == len(questions)
    assert [variable.id for variable in base.variables if variable.source is None] == []


def test_each_label_stands_alone(base: Referential) -> None:
    for labels in ([v.label for v in base.variables], [i.label for i in base.indicators]):
        assert [label for label in labels if label.startswith("dont ")] == []
        assert [label for label, times in Counter(labels).items() if times > 1] == []


def test_each_rule_says_which_part_and_which_whole(base: Referential) -> None:
    messages = [rule.message for rule in base.rules]
    assert len(set(messages)) == len(messages)
    assert [message for message in messages if not message.endswith(".")] == []
    assert [message for message in messages if "partie ne peut pas dépasser" in message] == []


def test_each_parameter_value_has_a_source(base: Referential) -> None:
    for parameter in base.parameters:
        dated = [(value.kind, value.since) for value in parameter.values]
        assert len(set(dated)) == len(dated), parameter.id
        assert all(len(value.source) > 10 for value in parameter.values), parameter.id


def test_each_kind_of_enterprise_has_reference_hours(base: Referential) -> None:
    hours = base.parameter("heures_etp_reference")
    assert {value.kind for value in hours.values} == set(EnterpriseKind)
    assert all(1500 <= value.value <= 1820 for value in hours.values)
    variable = base.variable(hours.weighted_by or "")
    assert "type" in variable.axes


def test_only_sourced_values_are_confirmed(base: Referential) -> None:
    confirmed = [(v.kind, v.since, v.value) for p in base.parameters for v in p.values if v.confirmed]
    assert confirmed == [("ACI", 2014, 1820), ("ETTI", 2002, 1820), ("ETTI", 2006, 1607)]


def test_shares_are_ratios_without_a_factor(base: Referential) -> None:
    shares = [indicator for indicator in base.indicators if indicator.unit.is_ratio]
    assert len(shares) == 35
    assert [share.id for share in shares if "100" in share.formula or share.compute.ratio is None] == []


def test_codes_are_written_as_their_owners_write_them(base: Referential) -> None:
    patterns = {"iris": r"(OI|PI|FP)[0-9]{4}", "vsme": r"[BC][0-9]{1,2}"}
    for indicator in base.indicators:
        assert [c for c in indicator.sdg if not re.fullmatch(r"(1[0-7]|[1-9])\.([0-9]{1,2}|[a-d])", c)] == []
        for name, code in indicator.codes.items():
            assert re.fullmatch(patterns[name], code), f"{indicator.id}: {code}"


def test_the_writing_follows_the_charter(base: Referential) -> None:
    for text in _texts(base.model_dump(mode="json")):
        assert not set(text) & set(MIDDLE_DOTS), text
        assert not re.search(r"[ ][;:?!%»]|«[ ]|[0-9] [0-9]{3}(?![0-9])", text), text
    assert not set(BASE.read_text(encoding="utf-8")) & {*MIDDLE_DOTS, "\t"}


def test_it_can_be_read_line_by_line() -> None:
    lines = BASE.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 125] == []


def test_each_indicator_has_a_situation_with_a_figure(
    base: Referential, situations: list[dict[str, Any]]
) -> None:
    figures: set[str] = set()
    for situation in situations:
        for name, expected in situation.get("expect", {}).items():
            assert name in {indicator.id for indicator in base.indicators}, situation["name"]
            if isinstance(expected, str) and NUMBER.fullmatch(expected) and float(expected) not in (0, 1):
                figures.add(name)
    assert {indicator.id for indicator in base.indicators} - figures == set()


def test_each_rule_has_a_situation_that_breaks_it_and_one_that_holds(
    base: Referential, situations: list[dict[str, Any]]
) -> None:
    rules = {rule.id: set(rule.compute.variables) for rule in base.rules}
    broken = {name for situation in situations for name in situation.get("expect_rules", [])}
    held = {name for situation in situations for name in situation.get("holds", [])}
    assert broken == held == set(rules)
    asked = {variable.id for variable in base.variables}
    for situation in situations:
        for name in situation.get("holds", []):
            assert rules[name] & asked <= set(situation["given"]), situation["name"]
            assert name not in situation["expect_rules"], situation["name"]


def test_situations_speak_of_what_is_missing(situations: list[dict[str, Any]]) -> None:
    given = [str(value) for situation in situations for value in situation["given"].values()]
    expected = [str(value) for situation in situations for value in situation.get("expect", {}).values()]
    for word in ("non_renseigne", "non_pertinent", "non_disponible", "confidentiel", "estime"):
        assert any(word in value for value in given), word
        assert any(word in value for value in expected), word
    assert "denominateur_nul" in expected


def test_each_situation_has_its_own_name(situations: list[dict[str, Any]]) -> None:
    names = Counter(situation["name"] for situation in situations)
    assert [name for name, times in names.items() if times > 1] == []


def _texts(data: object) -> Iterator[str]:
    """Every text that people read: names of fields, formulas and codes are left out."""
    if isinstance(data, dict):
        for field, value in data.items():
            if field not in ("formula", "rule", "unit"):
                yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, str):
        yield data
