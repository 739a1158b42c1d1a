"""The catalogue knows each code that the package says, and says each code that it knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coorace_eval.catalogue import CATALOGUE
from coorace_eval.cli import app
from coorace_eval.problems import Problem, ReferentialError, did_you_mean, errors
from coorace_eval.referential import parse_referential
from coorace_eval.vocabulary import Severity

PACKAGE = Path(__file__).resolve().parents[1] / "coorace_eval"
CODE = re.compile(r"\"([A-Z]{3}-[0-9]{3})\"")


def said() -> set[str]:
    """Every code written in the package, the catalogue apart."""
    files = (path for path in PACKAGE.rglob("*.py") if path.name != "catalogue.py")
    return {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_each_code_said_stands_in_the_catalogue() -> None:
    assert said() <= set(CATALOGUE)


def test_each_code_of_the_catalogue_is_said_somewhere() -> None:
    assert set(CATALOGUE) <= said()


@pytest.mark.parametrize("code", CATALOGUE)
def test_an_entry_has_a_title_and_a_remedy(code: str) -> None:
    entry = CATALOGUE[code]
    assert re.fullmatch(r"[A-Z]{3}-[0-9]{3}", code)
    assert entry.title and not entry.title.endswith(".")
    assert entry.remedy.endswith(".") and len(entry.remedy) < 200


def test_a_problem_says_its_code_its_place_its_cause_and_its_remedy() -> None:
    problem = Problem("REF-002", "variables.1.qestion", "ce champ n'existe pas.", line=14)
    assert str(problem).startswith("[REF-002] ligne 14, variables.1.qestion")
    assert str(problem).endswith("ce champ n'existe pas. " + CATALOGUE["REF-002"].remedy)
    hinted = Problem("REF-002", "", "ce champ n'existe pas.", did_you_mean("qestion", ["question", "unit"]))
    assert str(hinted).endswith("Vouliez-vous dire « question » ?")


def test_warnings_do_not_stop_the_work() -> None:
    problems = [Problem("REF-010", "", ""), Problem("REF-001", "", "")]
    assert [problem.severity for problem in problems] == [Severity.ALERTE, Severity.ERREUR]
    assert errors(problems) == problems[1:]


def test_every_problem_is_told_at_once() -> None:
    text = """
id: essai
version: 1
label: ''
variables:
  - {id: A, label: a, unit: heure}
  - {id: b, labl: b, unit: 'h h'}
dimensions: []
"""
    with pytest.raises(ReferentialError) as caught:
        parse_referential(text, "essai.yaml")
    found = {problem.code for problem in caught.value.problems}
    assert {"REF-004", "REF-006", "REF-002", "REF-001", "FOR-007"} <= found
    assert all(problem.line for problem in caught.value.problems)
    assert str(caught.value).startswith(f"essai.yaml : {len(caught.value.problems)} problèmes à corriger")


def test_the_page_of_codes_is_the_catalogue(root: Path) -> None:
    told = CliRunner().invoke(app, ["errors"]).output
    assert (root / "docs" / "erreurs.md").read_text(encoding="utf-8") == told, (
        "Récrivez la page : coorace-eval errors > docs/erreurs.md"
    )
