"""The same formulas over one row of plain Python numbers, as closures.

Nothing is executed from text: each node of a checked tree becomes a small function. Two leaves
under one operation share a function, which is what makes one enterprise quick.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from coorace_eval.referential.grammar import Tree
from coorace_eval.referential.kernels import EXACT

Row = list[float]
Function = Callable[[Row], float]
_NAN, _INF = math.nan, math.inf


class OneRow:
    """A program for one row.

    Parameters
    ----------
    trees
        In an order where each comes after those it uses.
    inputs, outputs
        Names of the values taken and given, in order.
    """

    def __init__(self, trees: Mapping[str, Tree], inputs: Sequence[str], outputs: Sequence[str]) -> None:
        self.inputs, self.outputs = list(inputs), list(outputs)
        place = {name: i for i, name in enumerate([*inputs, *trees])}
        self._functions = [_compile(tree, place) for tree in trees.values()]
        self._rows = [place[name] for name in outputs]

    def values(self, row: Sequence[float]) -> list[float]:
        """The outputs for the inputs given in order; a step that overflows is missing."""
        cells = list(row)
        append = cells.append
        for function in self._functions:
            append(function(cells))
        return [cells[i] for i in self._rows]

    def __call__(self, answers: Mapping[str, float]) -> dict[str, float]:
        """The outputs by name; an input that ``answers`` lacks is missing."""
        row = [answers.get(name, _NAN) for name in self.inputs]
        return dict(zip(self.outputs, self.values(row), strict=True))


def _compile(tree: Tree, place: Mapping[str, int]) -> Function:
    operation, *parts = tree
    if operation == "const":
        constant: float = parts[0]
        return lambda row: constant
    if operation == "var":
        return operator.itemgetter(place[parts[0]])
    if len(parts) == 2 and operation in _LEAVES and all(part[0] == "var" for part in parts):
        return _LEAVES[operation](place[parts[0][1]], place[parts[1][1]])
    if operation == "mul" and "const" in (parts[0][0], parts[1][0]):
        factor, other = parts if parts[0][0] == "const" else parts[::-1]
        return _scale(factor[1], _compile(other, place))
    made: Function = _MAKERS[operation](*(_compile(part, place) for part in parts))
    return made


# Each closure is written out, and checks its own overflow: one call less is what makes one row quick.


def _add_leaves(i: int, j: int) -> Function:
    def function(row: Row) -> float:
        value = row[i] + row[j]
        return value if -_INF < value < _INF else _NAN

    return function


def _subtract_leaves(i: int, j: int) -> Function:
    def function(row: Row) -> float:
        value = row[i] - row[j]
        return value if -_INF < value < _INF else _NAN

    return function


def _multiply_leaves(i: int, j: int) -> Function:
    def function(row: Row) -> float:
        value = row[i] * row[j]
        return value if -_INF < value < _INF else _NAN

    return function


def _divide_leaves(i: int, j: int) -> Function:
    def function(row: Row) -> float:
        bottom = row[j]
        if not bottom:
            return _NAN
        value = row[i] / bottom
        return value if -_INF < value < _INF else _NAN

    return function


_LEAVES: dict[str, Callable[[int, int], Function]] = {
    "add": _add_leaves,
    "sub": _subtract_leaves,
    "mul": _multiply_leaves,
    "div": _divide_leaves,
}


def _add(left: Function, right: Function) -> Function:
    def function(row: Row) -> float:
        value = left(row) + right(row)
        return value if -_INF < value < _INF else _NAN

    return function


def _subtract(left: Function, right: Function) -> Function:
    def function(row: Row) -> float:
        value = left(row) - right(row)
        return value if -_INF < value < _INF else _NAN

    return function


def _multiply(left: Function, right: Function) -> Function:
    def function(row: Row) -> float:
        value = left(row) * right(row)
        return value if -_INF < value < _INF else _NAN

    return function


def _divide(top: Function, bottom: Function) -> Function:
    def function(row: Row) -> float:
        under = bottom(row)
        if not under:
            return _NAN
        value = top(row) / under
        return value if -_INF < value < _INF else _NAN

    return function


def _scale(factor: float, other: Function) -> Function:
    def function(row: Row) -> float:
        value = factor * other(row)
        return value if -_INF < value < _INF else _NAN

    return function


def _compare(test: Callable[[float, float], bool]) -> Callable[[Function, Function], Function]:
    def maker(left: Function, right: Function) -> Function:
        def function(row: Row) -> float:
            a, b = left(row), right(row)
            return float(test(a, b)) if -_INF < a - b < _INF else _NAN

        return function

    return maker


def _choose(condition: Function, then: Function, otherwise: Function) -> Function:
    def function(row: Row) -> float:
        answer = condition(row)
        if answer != answer:
            return _NAN
        return then(row) if answer else otherwise(row)

    return function


def _and(left: Function, right: Function) -> Function:
    def function(row: Row) -> float:
        a, b = left(row), right(row)
        return 0.0 if a == 0.0 or b == 0.0 else a + b - 1.0

    return function


def _or(left: Function, right: Function) -> Function:
    def function(row: Row) -> float:
        a, b = left(row), right(row)
        return 1.0 if a == 1.0 or b == 1.0 else a + b

    return function


def _extreme(test: Callable[[float, float], bool]) -> Callable[[Function, Function], Function]:
    def maker(left: Function, right: Function) -> Function:
        def function(row: Row) -> float:
            a, b = left(row), right(row)
            if a != a or b != b:
                return _NAN
            return a if test(a, b) else b

        return function

    return maker


def _default(value: Function, instead: Function) -> Function:
    def function(row: Row) -> float:
        known = value(row)
        return known if known == known else instead(row)

    return function


def _round(value: Function, digits: Function) -> Function:
    def function(row: Row) -> float:
        number, power = value(row), 10.0 ** digits(row)
        scaled = abs(number) * power
        return math.copysign(math.floor(scaled + 0.5) / power, number) if scaled < EXACT else number

    return function


_MAKERS: dict[str, Any] = {
    "add": _add,
    "sub": _subtract,
    "mul": _multiply,
    "div": _divide,
    "neg": lambda a: lambda row: -a(row),
    "abs": lambda a: lambda row: abs(a(row)),
    "min": _extreme(operator.le),
    "max": _extreme(operator.ge),
    "arrondi": _round,
    "lt": _compare(operator.lt),
    "le": _compare(operator.le),
    "gt": _compare(operator.gt),
    "ge": _compare(operator.ge),
    "eq": _compare(operator.eq),
    "ne": _compare(operator.ne),
    "and": _and,
    "or": _or,
    "not": lambda a: lambda row: 1.0 - a(row),
    "si": _choose,
    "defaut": _default,
    "manquant": lambda a: lambda row: float(a(row) != a(row)),
}
