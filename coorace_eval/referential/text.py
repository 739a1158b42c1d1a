"""YAML read as text: every value is a string, every line is known (decision 14).

Nothing is guessed from a value's looks: ``no``, ``01`` and ``2026.10`` arrive as they were written
and the model gives them their types. Repeated keys, aliases, tabs and oversized files are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from coorace_eval.problems import Problem, ReferentialError

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
Path_ = tuple[str | int, ...]
LineOf = Callable[[Path_], int | None]
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def load_file(path: str | Path) -> str:
    """The text of a YAML file, or the problem that keeps it from being read."""
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _one(path.name, Problem("YAM-006", "", f"le fichier pèse {path.stat().st_size / 1e6:.0f} Mo."))
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _one(path.name, Problem("YAM-008", "", "un caractère n'est pas lisible.", line=line)) from None
    except OSError as error:
        reason = "le fichier n'existe pas." if isinstance(error, FileNotFoundError) else "le fichier ne s'ouvre pas."
        raise _one(path.name, Problem("YAM-001", str(path), reason)) from None


def parse_text(text: str, source: str) -> tuple[Any, LineOf]:
    """Plain lists, dictionaries and strings, with the line of any place in them.

    Raises
    ------
    ReferentialError
        With every repeated key and alias, or with the first fault of writing.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _one(source, Problem("YAM-006", "", f"le texte pèse {len(text) / 1e6:.0f} Mo."))
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _one(source, _writing_fault(text, error)) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        code = "YAM-007" if isinstance(error, RecursionError) else "YAM-002"
        raise _one(source, Problem(code, "", "le texte n'est pas du YAML lisible.")) from None
    if root is None:
        raise _one(source, Problem("YAM-009", "", "le fichier ne contient rien."))
    walk = _Walk()
    data = walk.plain(root, (), 0)
    if walk.problems:
        raise ReferentialError(source, walk.problems)
    return data, lambda path: _line(root, path)


class _Walk:
    """Turns composed nodes into plain values, gathering what is not allowed."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def plain(self, node: yaml.Node, path: Path_, depth: int) -> Any:
        key = id(node)
        if key in self._seen:
            self._add("YAM-005", path, node, "un alias « * » répète un autre endroit du fichier.")
            return ""
        self._seen.add(key)
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if depth >= MAX_DEPTH:
            self._add("YAM-007", path, node, f"plus de {MAX_DEPTH} niveaux sont imbriqués.")
            return ""
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, index), depth + 1) for index, item in enumerate(node.value)]
        return self._mapping(node, path, depth)

    def _mapping(self, node: yaml.MappingNode, path: Path_, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._add("YAM-002", path, key, "une clé est une liste ou un bloc.")
                continue
            if key.value in result:
                first = next(k for k, _ in node.value if k.value == key.value).start_mark.line + 1
                self._add("YAM-003", (*path, key.value), key, f"« {key.value} » est déjà écrit à la ligne {first}.")
            result[key.value] = self.plain(value, (*path, key.value), depth + 1)
        return result

    def _add(self, code: str, path: Path_, node: yaml.Node, cause: str) -> None:
        if len(self.problems) < 100:
            self.problems.append(Problem(code, dotted(path), cause, line=node.start_mark.line + 1))


def dotted(path: Path_) -> str:
    """A place in a file as people read it, such as ``variables.1.question``."""
    return ".".join(str(part)[:60] for part in path)


def _line(root: yaml.Node, path: Path_) -> int | None:
    node, line = root, None
    for part in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if k.value == part]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        else:
            break
    return line or root.start_mark.line + 1


def _writing_fault(text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    lines = text.split("\n")
    here = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "nesting" in str(error.problem) or "depth" in str(error.problem):
        return Problem("YAM-007", "", f"plus de {MAX_DEPTH} niveaux sont imbriqués.", line=line)
    if "\t" in here[: len(here) - len(here.lstrip())] or (mark and here[mark.column : mark.column + 1] == "\t"):
        return Problem("YAM-004", "", "une tabulation sert d'espace.", line=line)
    if "alias" in str(error.problem) or "anchor" in str(error.problem):
        return Problem("YAM-005", "", "une ancre ou un alias n'est pas permis.", line=line)
    return Problem("YAM-002", "", f"le texte « {here.strip()[:60]} » n'est pas à sa place.", line=line)


def _one(source: str, problem: Problem) -> ReferentialError:
    return ReferentialError(source, [problem])
