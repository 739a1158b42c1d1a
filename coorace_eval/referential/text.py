"""YAML read as text: every value is a string, every line is known (decision 14).

Nothing is guessed from a value's looks: ``no``, ``01`` and ``2026.10`` arrive as they were written
and the model gives them their types. Repeated keys, aliases, tabs and oversized files are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from coorace_eval.problems import Problem, ReferentialError

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
Path_ = tuple[str | int, ...]
LineOf = Callable[[Path_], int | None]
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def load_file(path: str | Path) -> str:
    """The text of a YAML file, or the problem that keeps it from being read."""
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _one(
                path.name, Problem("YAM-006", "", f"le fichier pèse {path.stat().st_size / 1e6:.0f} Mo.")
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _one(path.name, Problem("YAM-008", "", "un caractère n'est pas lisible.", line=line)) from None
    except OSError as error:
        reason = (
            "le fichier n'existe pas."
            if isinstance(error, FileNotFoundError)
            else "le fichier ne s'ouvre pas."
        )
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
    reading = None
    try:
        reading = _Reading(text)
        data = reading.document()
    except yaml.MarkedYAMLError as error:
        raise ReferentialError(
            source, [*(reading.problems if reading else ()), _writing_fault(text, error)]
        ) from None
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise _one(source, Problem("YAM-008", "", "un caractère n'est pas lisible.", line=line)) from None
    except yaml.reader.ReaderError:
        raise _one(source, _unreadable(text)) from None
    except _Nested as nested:
        raise _one(source, nested.problem) from None
    if reading.problems:
        raise ReferentialError(source, reading.problems)
    if data is None:
        raise _one(source, Problem("YAM-009", "", "le fichier ne contient rien."))
    return data, _Lines(text)


class _Nested(Exception):
    """The text goes deeper than any référentiel: reading stops here."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Reading:
    """Turns the parser's events into plain values, gathering what is not allowed.

    No node is built: that halves the time, and nothing recurses further than ``MAX_DEPTH``.
    """

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self._next: Callable[[], Any] = _LOADER(text).get_event

    def document(self) -> Any:
        """The only document of the text, ``None`` where there is none."""
        self._next()
        if type(self._next()) is yaml.StreamEndEvent:
            return None
        data = self._value(self._next(), (), 0)
        self._next()
        if type(event := self._next()) is not yaml.StreamEndEvent:
            self._add("YAM-002", (), event, "un second document commence ici, après « --- ».")
        return data

    def _value(self, event: Any, path: Path_, depth: int) -> Any:
        kind = type(event)
        if event.anchor is not None:
            self._add(
                "YAM-005",
                path,
                event,
                f"« {event.anchor[:60]} » nomme ou répète un autre endroit du fichier.",
            )
        if kind is yaml.ScalarEvent:
            return event.value
        if kind is yaml.AliasEvent:
            return ""
        if depth >= MAX_DEPTH:
            cause = f"plus de {MAX_DEPTH} niveaux sont imbriqués."
            raise _Nested(Problem("YAM-007", dotted(path[:5]), cause, line=event.start_mark.line + 1))
        return self._list(path, depth) if kind is yaml.SequenceStartEvent else self._mapping(path, depth)

    def _list(self, path: Path_, depth: int) -> list[Any]:
        items: list[Any] = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._value(event, (*path, len(items)), depth + 1))
        return items

    def _mapping(self, path: Path_, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        first: dict[str, Any] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent:
                self._add("YAM-002", path, event, "une clé est une liste ou un bloc.")
            key = self._value(event, path, depth + 1)
            key = key if isinstance(key, str) else ""
            if key in first and type(event) is yaml.ScalarEvent:
                line = first[key].start_mark.line + 1
                self._add("YAM-003", (*path, key), event, f"« {key[:60]} » est déjà écrit à la ligne {line}.")
            first.setdefault(key, event)
            result[key] = self._value(self._next(), (*path, key), depth + 1)
        return result

    def _add(self, code: str, path: Path_, event: Any, cause: str) -> None:
        if len(self.problems) < 100:
            self.problems.append(Problem(code, dotted(path), cause, line=event.start_mark.line + 1))


class _Lines:
    """The line of any place of a text, found only when something is to be said of it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self, path: Path_) -> int | None:
        """The line of a place, or of the nearest place that holds it."""
        return _line(self._root, path)

    @cached_property
    def _root(self) -> Any:
        return yaml.compose(self._text, Loader=_LOADER)


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
    if "\t" in here[: len(here) - len(here.lstrip())] or (
        mark and here[mark.column : mark.column + 1] == "\t"
    ):
        return Problem("YAM-004", "", "une tabulation sert d'espace.", line=line)
    if "alias" in str(error.problem) or "anchor" in str(error.problem):
        return Problem("YAM-005", "", "une ancre ou un alias n'est pas permis.", line=line)
    return Problem("YAM-002", "", f"le texte « {here.strip()[:60]} » n'est pas à sa place.", line=line)


def _unreadable(text: str) -> Problem:
    bad = next((place for place, sign in enumerate(text) if _CONTROL.match(sign)), None)
    line = None if bad is None else text.count("\n", 0, bad) + 1
    shown = "" if bad is None else f" (U+{ord(text[bad]):04X})"
    return Problem("YAM-002", "", f"un caractère invisible{shown} n'est pas permis.", line=line)


def _one(source: str, problem: Problem) -> ReferentialError:
    return ReferentialError(source, [problem])
