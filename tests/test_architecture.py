"""The floors of the house: imports run downward only, and each library has its room."""

from __future__ import annotations

import ast
import graphlib
import importlib
import io
import json
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "coorace_eval"

FLOORS = {
    "problems": 1, "catalogue": 1, "vocabulary": 1, "formatting": 1, "language": 1, "territory": 1,
    "referential": 2, "wording": 2,
    "campaigns": 3, "accounts": 3,
    "indicators": 4, "storage": 4, "collection": 4,
    "network": 5, "examples": 5,
    "charts": 6, "access": 6,
    "reports": 7,
    "apps": 8, "server": 9,  # the server gives a page the screen's own script and style
    "cli": 10, "__main__": 11, "__init__": 11,
}  # fmt: skip

ROOMS = {
    "ipywidgets": {"apps"}, "anywidget": {"apps"}, "traitlets": {"apps", "server"}, "IPython": {"apps"},
    "sqlalchemy": {"storage"}, "alembic": {"storage"}, "psycopg": {"storage"},
    "typst": {"reports"}, "docx": {"reports"}, "docxtpl": {"reports"}, "pptx": {"reports"},
    "PIL": {"reports"},
    "altair": {"charts", "reports", "apps", "server", "cli"},
    "vl_convert": {"charts", "reports", "apps", "server", "cli"},
    "voila": {"server"}, "jupyter_server": {"server"}, "tornado": {"server"},
    "typer": {"cli"}, "jupyterhub": {"server"}, "argon2": {"accounts"},
}  # fmt: skip

KEEPERS = {"coorace_eval.server.register", "coorace_eval.server.hub_members"}
"""Who lets people in, and so reads accounts before anyone is known; all others go through ``access``."""

MOST_LINES = 400


class Import(NamedTuple):
    """One import: who asks for what, at which line, and whether only types need it."""

    module: str
    target: str
    line: int
    for_types: bool


def name_of(path: Path) -> str:
    """Give ``coorace_eval.referential.model`` for its file, and the package's name for ``__init__``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = sorted(FILES)


def part(module: str) -> str:
    """Give the part of the house a module belongs to: ``referential``, ``cli``…"""
    return module.split(".")[1] if "." in module else "__init__"


@cache
def tree(module: str) -> ast.Module:
    """Read one file."""
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def walk(node: ast.AST, for_types: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """Walk through a tree, knowing what stands under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        under = for_types or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
        yield child, under
        yield from walk(child, under)


def imports(module: str) -> Iterator[Import]:
    """List what a module imports, in its functions as well."""
    for node, for_types in walk(tree(module)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno, for_types)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                steps = node.level - FILES[module].name.startswith("__init__")
                source = ".".join(
                    [*module.split(".")[: len(module.split(".")) - steps], *filter(None, [source])]
                )
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                if inner == "coorace_eval.__version__":
                    continue
                yield Import(module, inner if inner in FILES else source, node.lineno, for_types)


def own(module: str) -> list[Import]:
    """List what a module imports from the house itself."""
    return [found for found in imports(module) if found.target.split(".")[0] == "coorace_eval"]


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downward_only(module: str) -> None:
    here = part(module)
    assert here in FLOORS, f"{module} : à quel étage ?"
    for found in own(module):
        there = part(found.target)
        lower = FLOORS[there] < FLOORS[here] or there == here or FLOORS[there] == FLOORS[here] == 1
        assert lower, f"{module}, ligne {found.line} : {here} n'importe pas {found.target}."


def test_modules_do_not_import_each_other_in_a_loop() -> None:
    graph = {
        module: {found.target for found in own(module) if found.target != module and not found.for_types}
        for module in MODULES
        if module != "coorace_eval"
    }
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("module", MODULES)
def test_each_library_has_its_room(module: str) -> None:
    for found in imports(module):
        rooms = ROOMS.get(found.target.split(".")[0])
        assert rooms is None or part(module) in rooms, f"{module}, ligne {found.line} : {found.target}."


def test_an_indicator_never_sees_a_database_nor_a_referential_an_answer() -> None:
    seen = {(part(module), part(found.target)) for module in MODULES for found in own(module)}
    assert ("indicators", "storage") not in seen
    assert ("referential", "campaigns") not in seen


def test_screens_and_server_reach_the_store_by_the_one_door() -> None:
    beside = {
        found.module
        for module in MODULES
        if part(module) in ("apps", "server")
        for found in own(module)
        if part(found.target) == "storage"
    }
    assert beside <= KEEPERS, "passez par coorace_eval.access"
    assert beside >= KEEPERS, "ceux-là n'en ont plus besoin : retirez-les de la liste"


@pytest.mark.parametrize("module", MODULES)
def test_no_file_is_too_long(module: str) -> None:
    text = FILES[module].read_text(encoding="utf-8")
    quiet = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in quiet:
            code.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree(module)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            code.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    assert len(code) <= MOST_LINES, f"{module} : {len(code)} lignes de code."


@pytest.mark.parametrize("module", MODULES)
def test_what_is_public_says_what_it_is(module: str) -> None:
    if ".migrations" in module:
        return
    silent = [
        node.name
        for node in tree(module).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, f"{module} : {', '.join(silent)} sans docstring."


@pytest.mark.parametrize("module", [name for name in MODULES if FILES[name].name == "__init__.py"])
def test_a_package_has_what_it_promises(module: str) -> None:
    package = importlib.import_module(module)
    missing = [name for name in getattr(package, "__all__", []) if not hasattr(package, name)]
    assert not missing, f"{module} promet {', '.join(missing)}."


@pytest.mark.parametrize(
    "notebook", sorted((ROOT / "notebooks").rglob("*.ipynb")), ids=lambda path: path.name
)
def test_a_notebook_calls_and_defines_nothing(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        lines = "".join(cell["source"]).splitlines()
        code = "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))
        for node in ast.walk(ast.parse(code)):
            assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda), (
                f"{notebook.name} : cette fonction a sa place dans le paquet.\n{code}"
            )
