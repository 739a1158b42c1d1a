"""Read a référentiel or an overlay from YAML; every problem at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from coorace_eval.problems import Problem, ReferentialError, did_you_mean, errors
from coorace_eval.referential.checks import check
from coorace_eval.referential.model import (
    Axis,
    Contribution,
    CountedThing,
    Dimension,
    Indicator,
    Levels,
    Member,
    Parameter,
    ParameterValue,
    Referential,
    Relation,
    Retired,
    Robustness,
    Rule,
    Source,
    Target,
    Variable,
)
from coorace_eval.referential.overlay import (
    AddedContribution,
    AddedIndicator,
    Additions,
    Overlay,
    check_overlay,
)
from coorace_eval.referential.text import LineOf, dotted, load_file, parse_text

M = TypeVar("M", bound=BaseModel)

_MODEL_UNDER: dict[str, type[BaseModel]] = {
    "": Referential, "levels": Levels, "counted": CountedThing, "axes": Axis, "members": Member,
    "sources": Source, "parameters": Parameter, "values": ParameterValue, "variables": Variable,
    "dimensions": Dimension, "contributions": Contribution, "indicators": Indicator, "rules": Rule,
    "robustness": Robustness, "relation": Relation, "targets": Target, "target": Target, "retire": Retired,
    "retired": Retired, "add": Additions,
}  # fmt: skip


def read_referential(path: str | Path) -> Referential:
    """The référentiel written in a YAML file.

    Raises
    ------
    ReferentialError
        With every problem that stops its use; warnings are left to :func:`check`.
    """
    return parse_referential(load_file(path), Path(path).name)


def parse_referential(text: str, source: str = "référentiel") -> Referential:
    """The référentiel written in a text; ``source`` names it in messages."""
    referential, problems = examine_referential(text, source)
    if found := errors(problems):
        raise ReferentialError(source, found)
    assert referential is not None
    return referential


def examine_referential(text: str, source: str) -> tuple[Referential | None, list[Problem]]:
    """The référentiel, where its shape allows one, and every problem found, warnings included."""
    try:
        data, line_of = parse_text(text, source)
    except ReferentialError as error:
        return None, list(error.problems)
    referential, problems = _validate(Referential, data, line_of)
    if referential is not None:
        problems = list(check(referential, line_of))
    return referential, problems


def read_overlay(path: str | Path) -> Overlay:
    """The overlay written in a YAML file; raises :class:`ReferentialError`."""
    return parse_overlay(load_file(path), Path(path).name)


def parse_overlay(text: str, source: str = "adaptation") -> Overlay:
    """The overlay written in a text; whether it fits its référentiel is seen by :func:`apply`."""
    data, line_of = parse_text(text, source)
    overlay, problems = _validate(Overlay, data, line_of)
    if overlay is not None:
        problems = errors(check_overlay(overlay, line_of))
    if overlay is None or problems:
        raise ReferentialError(source, problems)
    return overlay


def _validate(model: type[M], data: Any, line_of: LineOf) -> tuple[M | None, list[Problem]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, list(_problems(error.errors(include_url=False), line_of, model))


def _problems(found: list[ErrorDetails], line_of: LineOf, model: type[BaseModel]) -> Iterator[Problem]:
    for item in found:
        where = tuple(part for part in item["loc"] if part != "[key]")
        code, cause, hint = _said(item, _known_fields(where, model))
        yield Problem(code, dotted(where), cause, hint, line_of(where))


def _known_fields(where: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    above = [part for part in where[:-1] if isinstance(part, str)]
    if model is Overlay:
        if not above:
            return list(Overlay.model_fields)
        if above[0] == "add" and above[-1] in ("indicators", "contributions"):
            added = AddedIndicator if above[-1] == "indicators" else AddedContribution
            return list(added.model_fields)
    while above and above[-1] not in _MODEL_UNDER:
        above.pop()
    return list(_MODEL_UNDER[above[-1] if above else ""].model_fields)


def _said(item: ErrorDetails, fields: list[str]) -> tuple[str, str, str]:
    kind, given, context = item["type"], item["input"], item.get("ctx", {})
    shown = f"« {str(given)[:60]} »" if isinstance(given, str | int | float) else "ce bloc"
    name = str(item["loc"][-1]) if item["loc"] else ""
    if kind == "missing":
        return "REF-001", "ce champ est obligatoire.", ""
    if kind == "extra_forbidden":
        return "REF-002", "ce champ n'existe pas.", did_you_mean(name, fields)
    if kind == "enum":
        known = [
            word.strip(" '") for word in str(context.get("expected", "")).replace(" or ", ",").split(",")
        ]
        near = did_you_mean(str(given), known)
        return "REF-003", f"la valeur {shown} n'est pas dans la liste : {', '.join(known)}.", near
    if kind == "string_pattern_mismatch":
        return (
            "REF-004",
            f"{shown} n'est pas un identifiant permis.",
            _pattern_help(str(context.get("pattern", ""))),
        )
    if kind in ("string_too_long", "string_too_short"):
        return "REF-006", "ce texte est vide ou trop long.", ""
    if kind == "finite_number":
        return "REF-009", f"{shown} n'est pas un nombre fini.", ""
    if kind == "value_error" and "unité" in item["msg"]:
        return "FOR-007", f"{shown} n'est pas une unité.", ""
    expected = _EXPECTED.get(kind.rsplit("_", 1)[0]) or _EXPECTED.get(kind, "une autre forme")
    return "REF-005", f"{shown} ne convient pas ; ce champ attend {expected}.", ""


_EXPECTED = {
    "float": "un nombre", "int": "un nombre entier", "bool": "« true » ou « false »", "string": "un texte",
    "tuple": "une liste (une ligne par élément, précédée d'un tiret)", "dict": "un bloc « nom: valeur »",
    "model": "un bloc « champ: valeur »", "model_attributes": "un bloc « champ: valeur »",
    "greater_than": "un nombre plus grand", "less_than": "un nombre plus petit",
    "greater_than_equal": "un nombre plus grand", "less_than_equal": "un nombre plus petit",
}  # fmt: skip


def _pattern_help(pattern: str) -> str:
    if pattern.startswith("^[0-9]{4}"):
        return "Une version s'écrit année.numéro, par exemple 2026.1."
    if pattern.startswith("^[A-Za-z0-9_]"):
        return "Un code s'écrit avec des lettres sans accent, des chiffres et _."
    return ""
