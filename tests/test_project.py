"""The outside of the project says one thing in one place, and the places agree."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import coorace_eval

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads(PYPROJECT)["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
DIRECT = [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
CONSTRAINTS = [
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
READMES = ["README.md", "LISEZMOI.md"]


def pinned() -> dict[str, str]:
    """Give the version of each package in the constraints."""
    return {canonicalize_name(name): number for name, number in (line.split("==") for line in CONSTRAINTS)}


def blocks(readme: str, language: str) -> list[str]:
    """List the commands of a README written in one language."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in found for line in block.splitlines() if line.strip()]


def test_conda_and_pip_install_the_same() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    pip = next(line["pip"] for line in environment["dependencies"] if isinstance(line, dict))

    assert f"python{PROJECT['requires-python']}" in conda
    assert [line for line in pip if not line.startswith("-")] == PROJECT["dependencies"]
    assert [line for line in pip if line.startswith("-")] == ["-c constraints.txt", "-e ."]


def test_constraints_say_what_and_not_where_from() -> None:
    assert CONSTRAINTS
    for line in CONSTRAINTS:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+]+", line), line
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"--(extra-)?index|--find-links|--hash|\bfile:|(^|\s)/\w", text)


@pytest.mark.parametrize("line", DIRECT)
def test_each_direct_dependency_is_pinned_within_its_bounds(line: str) -> None:
    asked = Requirement(line)
    number = pinned().get(canonicalize_name(asked.name))
    assert number, f"{asked.name} manque dans constraints.txt."
    assert asked.specifier.contains(number), f"{line} : constraints.txt dit {number}."


@pytest.mark.parametrize("line", DIRECT)
def test_each_dependency_says_why_it_is_here(line: str) -> None:
    found = re.search(rf'^ +"{re.escape(line)}", +# (.{{10,}})$', PYPROJECT, re.MULTILINE)
    assert found, f"{line} : une ligne, et sa raison à côté."


@pytest.mark.parametrize("readme", READMES)
def test_two_commands_carry_the_project(readme: str) -> None:
    assert blocks(readme, "sh") == ["make serve", "make test"]


@pytest.mark.parametrize("readme", READMES)
def test_windows_runs_what_make_runs(readme: str) -> None:
    """What the Makefile runs from the environment stands in the README for Windows."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    written = {line.removeprefix(".venv\\Scripts\\") for line in blocks(readme, "powershell")}
    for command in re.findall(r"^\t@?\$\(BIN\)/(.+)$", makefile, re.MULTILINE):
        assert command.removesuffix(" -n auto --dist loadfile --no-loadscope-reorder") in written


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_leads_to_files_that_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (ROOT / target).exists(), f"{readme} : {target}"


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert lines[-1] == "make test"


def test_the_version_is_written_once() -> None:
    assert PROJECT["dynamic"] == ["version"]
    assert "version" not in PROJECT
    assert version("coorace_eval") == coorace_eval.__version__
    assert coorace_eval.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_what_the_package_imports_is_declared() -> None:
    """A library that comes along with another one may leave with it."""
    providers = packages_distributions()
    declared = {
        canonicalize_name(Requirement(line).name)
        for line in (*PROJECT["dependencies"], *EXTRAS["postgres"], *EXTRAS["hub"])
    }
    declared |= {"coorace-eval", "pydantic-core"}  # pydantic's core is pydantic
    for path in sorted((ROOT / "coorace_eval").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in {name.split(".")[0] for name in names} - sys.stdlib_module_names:
                known = {canonicalize_name(provider) for provider in providers.get(name, [name])}
                assert known & declared, (
                    f"{path.relative_to(ROOT)} importe {name}, que pyproject.toml ne dit pas."
                )


@pytest.mark.parametrize(
    "decision", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem
)
def test_a_decision_is_half_a_page(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert text.startswith("# ")
    assert titles == ["Contexte", "Décision", "Conséquences", "Ce que nous avons écarté"]
    assert len(text.splitlines()) <= 50
