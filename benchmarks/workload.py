"""One hundred formulas over 120 variables, written for the référentiel, for openfisca, pandas and NumPy.

Each formula is a template: what differs from one writing to the other is only the guard that a
division needs and the way a condition is said. A missing answer gives a missing value everywhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

FORMULAS, VARIABLES = 100, 120


class Shape(NamedTuple):
    """A formula of ``size`` variables: top and bottom of its division, and perhaps a condition."""

    size: int
    top: str
    bottom: str
    instead: tuple[str, str] | None = None
    condition: str = ""


SHAPES = (
    *[Shape(2, "{0}", "{1}")] * 8,
    *[Shape(3, "100 * {0}", "({1} + {2})")] * 4,
    *[Shape(4, "({0} - {1})", "({2} + {3})")] * 3,
    *[Shape(6, "{0}", "{1}", ("{4}", "{5}"), "{2} > {3}")] * 2,
    *[Shape(4, "({0} * 2 + {1} * 3 + {2})", "({3} + 1)")] * 2,
    Shape(2, "({0} + {1})", "2"),
)


class Line(NamedTuple):
    """One formula: its name, its shape and the names it uses."""

    name: str
    shape: Shape
    uses: tuple[str, ...]

    @property
    def top(self) -> str:
        """What stands above the line."""
        return self.shape.top.format(*self.uses)

    @property
    def bottom(self) -> str:
        """What stands under the line."""
        return self.shape.bottom.format(*self.uses)

    @property
    def text(self) -> str:
        """The formula as a référentiel writes it."""
        quotient = f"{self.top} / {self.bottom}"
        if self.shape.instead is None:
            return quotient
        top, bottom = (part.format(*self.uses) for part in self.shape.instead)
        return f"si({self.shape.condition.format(*self.uses)}, {quotient}, {top} / {bottom})"


def variables() -> list[str]:
    """The names of the variables."""
    return [f"donnee_{rank:03d}" for rank in range(VARIABLES)]


def lines(seed: int = 1) -> list[Line]:
    """The formulas, every variable used at least once; five of them use other formulas."""
    draw = random.Random(seed)
    waiting: list[str] = []
    found: list[Line] = []
    for rank in range(FORMULAS):
        shape = SHAPES[rank % len(SHAPES)]
        if shape is SHAPES[-1]:
            uses = tuple(draw.sample([line.name for line in found], 2))
        else:
            uses = ()
            while len(uses) < shape.size:
                waiting = waiting or draw.sample(variables(), VARIABLES)
                name = waiting.pop()
                uses += (name,) if name not in uses else ()
        found.append(Line(f"indicateur_{rank:03d}", shape, uses))
    return found


def answers(rows: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Figures from 0 to 1,000: one in fifty is zero, one in twenty is missing."""
    draw = np.random.default_rng(seed)
    table = {}
    for name in variables():
        column = draw.random(rows) * 1000
        chance = draw.random(rows)
        column[chance < 0.02] = 0.0
        column[chance > 0.95] = np.nan
        table[name] = column
    return table


def as_yaml() -> str:
    """The same formulas as a whole référentiel, with its labels and questions."""
    return "\n".join(_yaml()) + "\n"


def _yaml() -> Iterator[str]:
    yield from ("id: banc_d_essai", 'version: "2026.1"', "label: Banc d'essai du moteur", "variables:")
    for name in variables():
        yield from (f"  - id: {name}", f"    label: Donnée {name[-3:]}", "    unit: nombre")
        yield f"    question: Combien en avez-vous compté cette année pour la donnée {name[-3:]} ?"
    yield "dimensions:"
    every = lines()
    for start in range(0, FORMULAS, 5):
        if start % 20 == 0:
            yield from (f"  - id: dimension_{start // 20}", f"    label: Dimension {start // 20 + 1}")
            yield "    contributions:"
        yield from (f"      - id: contribution_{start // 5}", f"        label: Contribution {start // 5 + 1}")
        yield "        indicators:"
        for line in every[start : start + 5]:
            yield from (f"          - id: {line.name}", f"            label: Indicateur {line.name[-3:]}")
            yield from ("            kind: resultat", "            unit: nombre")
            yield f"            formula: {line.text}"


_NUMPY_DIVISION = "np.where({bottom} != 0, {top} / {bottom}, np.nan)"
_NUMPY_CHOICE = "np.where(np.isnan({a}) | np.isnan({b}), np.nan, np.where({a} > {b}, {one}, {other}))"
_PANDAS_DIVISION = "{top} / {bottom}.where({bottom} != 0)"
_PANDAS_CHOICE = "({one}).where({a} > {b}, {other}).where({a}.notna() & {b}.notna())"


def numpy_source() -> str:
    """Hand-written NumPy: a guarded division, a condition that is missing where a side is."""
    return _source(_NUMPY_DIVISION, _NUMPY_CHOICE)


def pandas_source() -> str:
    """Hand-written pandas: ``where(b != 0)`` guards the division, missing propagates."""
    return _source(_PANDAS_DIVISION, _PANDAS_CHOICE)


def _source(division: str, choice: str) -> str:
    """One function ``compute(d)`` that writes each formula into ``d``."""
    body = []
    for line in lines():
        uses = tuple(f"d[{name!r}]" for name in line.uses)
        body.append(f"    d[{line.name!r}] = {_said(line, uses, division, choice)}")
    return "def compute(d):\n" + "\n".join(body) + "\n"


def _said(line: Line, uses: tuple[str, ...], division: str, choice: str) -> str:
    top, bottom = line.shape.top.format(*uses), line.shape.bottom.format(*uses)
    if bottom.isdigit():
        return f"{top} / {bottom}"
    said = division.format(top=top, bottom=bottom)
    if line.shape.instead is None:
        return said
    above, under = (part.format(*uses) for part in line.shape.instead)
    other = division.format(top=above, bottom=under)
    return choice.format(a=uses[2], b=uses[3], one=said, other=other)


def evaluate_numpy(table: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every formula by hand-written NumPy."""
    data: dict[str, Any] = dict(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        compiled(numpy_source())(data)
    return {line.name: data[line.name] for line in lines()}


def compiled(source: str) -> Callable[[dict[str, Any]], None]:
    """The function ``compute`` of a source written here."""
    space: dict[str, Any] = {"np": np}
    exec(compile(source, "workload", "exec"), space)  # our own text, written above
    compute: Callable[[dict[str, Any]], None] = space["compute"]
    return compute


def openfisca_source(line: Line) -> str:
    """One formula as openfisca-core writes it: it asks for each value by name and period."""
    asked = [f"    v{rank} = person({name!r}, period)" for rank, name in enumerate(line.uses)]
    local = line._replace(uses=tuple(f"v{rank}" for rank in range(len(line.uses))))
    return "\n".join(["def formula(person, period):", *asked, f"    return {_by_numpy(local)}"]) + "\n"


def _by_numpy(line: Line) -> str:
    return _said(line, line.uses, _NUMPY_DIVISION, _NUMPY_CHOICE)
