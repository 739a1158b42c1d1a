"""A short reference for each figure, by which a reader of the paper finds where it comes from.

Such as ``7KQ4-M2XD``: the first half names the enterprise, the year and the indicator; the second half
sums up the value and all it was computed from, so that a figure which changed since is told as such.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from math import nan
from weakref import WeakKeyDictionary

from coorace_eval.indicators import Results, parameters
from coorace_eval.vocabulary import ValueStatus

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Those of Crockford's base 32: no I, L, O nor U, which are taken for others."""
_HALF = 4
_UNKNOWN = ValueStatus.NON_RENSEIGNE.value
_READ_AS = str.maketrans("OIL", "011")
_LABEL = re.compile(r"^(REFERENCE|REF)(?=\W)")


@dataclass(frozen=True)
class Traced:
    """What a reference names; ``same`` tells whether the figure is still the one that was printed."""

    indicator: str
    enterprise: str
    year: int
    same: bool


def reference(results: Results, indicator: str, enterprise: str, year: int) -> str:
    """The reference of one figure; nothing where the enterprise has no row for that year.

    The same figure has the same reference, here and elsewhere, today and next year.
    """
    if (enterprise, year) not in results.values.index:
        return ""
    return f"{_name(enterprise, year, indicator)}-{_state(results, indicator, enterprise, year)}"


def resolve(results: Results, text: str) -> Traced | None:
    """The figure that a reference names, however it was typed; ``None`` where no figure has it.

    Case, spaces and dashes do not count; O is read as 0, I and L as 1. Should two figures share the
    first half, which one pair in a million does, only the exact figure is found.
    """
    signs = _signs(text)
    if len(signs) != 2 * _HALF:
        return None
    name, state = signs[:_HALF], signs[_HALF:]
    found = [
        Traced(indicator.id, enterprise, year, state == _state(results, indicator.id, enterprise, year))
        for enterprise, year in ((str(who), int(when)) for who, when in results.values.index)
        for indicator in results.referential.indicators
        if _name(enterprise, year, indicator.id) == name
    ]
    return next((figure for figure in found if figure.same), found[0] if len(found) == 1 else None)


def names(text: str, enterprise: str, year: int, indicator: str) -> bool:
    """Whether a reference, however it was typed, is that of a figure, as it is or as it was."""
    signs = _signs(text)
    return len(signs) == 2 * _HALF and signs[:_HALF] == _name(enterprise, year, indicator)


def digest(content: object, signs: int = 2 * _HALF) -> str:
    """A short sum of plain content, in groups of four signs, such as ``7KQ4-M2XD``.

    >>> digest({"a": 1}) == digest({"a": 1}) != digest({"a": 2})
    True
    """
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    number = int.from_bytes(hashlib.sha256(text.encode("ascii")).digest(), "big")
    found = "".join(SIGNS[number >> 5 * rank & 31] for rank in range(signs))
    return "-".join(found[start : start + _HALF] for start in range(0, signs, _HALF))


def _signs(text: str) -> str:
    """What was typed, without accents, label, spaces and dashes."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).upper()
    return "".join(c for c in _LABEL.sub("", bare.strip()).translate(_READ_AS) if c in SIGNS or c.isalpha())


@lru_cache(1 << 16)
def _name(enterprise: str, year: int, indicator: str) -> str:
    return digest([enterprise, year, indicator], _HALF)


class _Row:
    """What one enterprise answered one year, read once for all its figures."""

    def __init__(self, results: Results, rank: int) -> None:
        answers = results.answers
        self.rank = rank
        self.given = dict(answers.values.iloc[rank])
        self.said = dict(answers.statuses.iloc[rank])
        self.values = dict(results.values.iloc[rank])
        self.statuses = dict(results.statuses.iloc[rank])
        self.fixed: dict[str, float] = {}
        self._dated = {parameter.id for parameter in results.referential.parameters}
        self._others = {i.id: i.formula for i in results.referential.indicators}

    def state(self, results: Results, indicator: str) -> str:
        """The sum of a figure and of all it comes from; digits that no reader sees do not count."""
        found, dated, others = results.referential, self._dated, self._others
        about, inputs = found.indicator(indicator), found.inputs_of(indicator)
        told = [
            _number(self.values[indicator]),
            self.statuses[indicator],
            about.formula,
            [(name, others[name]) for name in about.compute.variables if name in others],
            [
                (name, _number(self.given.get(name, nan)), self.said.get(name, _UNKNOWN))
                for name in inputs
                if name not in dated
            ],
            [(name, _number(self._parameter(results, name))) for name in inputs if name in dated],
        ]
        return digest(told, _HALF)

    def _parameter(self, results: Results, name: str) -> float:
        if name not in self.fixed:
            self.fixed[name] = parameters.used(results.referential, results.answers, name, self.rank).value
        return self.fixed[name]


_READ: WeakKeyDictionary[Results, dict[tuple[str, int], _Row]] = WeakKeyDictionary()
"""The rows already read, as long as their results live."""


def _state(results: Results, indicator: str, enterprise: str, year: int) -> str:
    rows = _READ.setdefault(results, {})
    if (enterprise, year) not in rows:
        rows[enterprise, year] = _Row(results, results.values.index.get_loc((enterprise, year)))
    return rows[enterprise, year].state(results, indicator)


def _number(value: float) -> str:
    return f"{value + 0.0:.12g}"
