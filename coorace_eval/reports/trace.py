"""A short reference for each figure, by which a reader of the paper finds where it comes from.

Such as ``7KQ4-M2XD``: the first half names the enterprise, the year and the indicator; the second half
sums up the value and all it was computed from, so that a figure which changed since is told as such.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from coorace_eval.indicators import Results

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Those of Crockford's base 32: no I, L, O nor U, which are taken for others."""
_HALF = 4
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
        Traced(indicator, enterprise, year, state == _state(results, indicator, enterprise, year))
        for enterprise, year, indicator in _figures(results)
        if _name(enterprise, year, indicator) == name
    ]
    return next((figure for figure in found if figure.same), found[0] if len(found) == 1 else None)


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


def _figures(results: Results) -> Iterator[tuple[str, int, str]]:
    for enterprise, year in results.values.index:
        for indicator in results.referential.indicators:
            yield str(enterprise), int(year), indicator.id


def _name(enterprise: str, year: int, indicator: str) -> str:
    return digest([enterprise, year, indicator], _HALF)


def _state(results: Results, indicator: str, enterprise: str, year: int) -> str:
    """The sum of a figure and of all it comes from; digits that no reader sees do not count."""
    known = results.explain(indicator, enterprise, year)
    return digest(
        [
            _number(known.value), known.status.value, known.indicator.formula,
            [(i.id, i.formula) for i in known.through],
            [(i.variable.id, _number(i.value), i.status.value) for i in known.inputs],
            [(p.parameter.id, _number(p.value)) for p in known.parameters],
        ],
        _HALF,
    )  # fmt: skip


def _number(value: float) -> str:
    return f"{value + 0.0:.12g}"
