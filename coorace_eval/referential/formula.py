"""Formulas: a small closed language over variables, read once into a checked tree.

The text goes through Python's own parser and every node is then compared with a closed list, so
that a formula is never executed: the tree is compiled to a plan by :mod:`.plan` (decision 5).

A tree is made of tuples: ``("var", name)``, ``("const", number)`` or ``(operation, *trees)``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Tree = tuple[Any, ...]

MAX_LENGTH, MAX_NODES, MAX_DEPTH, MAX_CONSTANT = 2000, 400, 40, 1e18

FUNCTIONS = {
    "si": (3, 3),
    "defaut": (2, 2),
    "manquant": (1, 1),
    "somme": (1, 32),
    "min": (2, 8),
    "max": (2, 8),
    "abs": (1, 1),
    "arrondi": (2, 2),
}
CONDITIONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "manquant"})

_BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}
_COMPARE = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_FOREIGN = re.compile(r"[^A-Za-z0-9_+\-*/().,<>=! ]")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_HELP = {"×": "Écrivez « * ».", "÷": "Écrivez « / ».", "%": "Écrivez 0.6 pour 60 %.", "^": "Écrivez « ** ».",
         "≤": "Écrivez « <= ».", "≥": "Écrivez « >= ».", "≠": "Écrivez « != »."}  # fmt: skip


class FormulaError(ValueError):
    """A formula that the language does not allow.

    Parameters
    ----------
    code
        Entry of the catalogue, ``FOR-…``.
    message
        What is wrong, one French sentence.
    column
        Place in the text, counted from 1, where it is known.
    hint
        What helps in this case.
    """

    def __init__(self, code: str, message: str, column: int | None = None, hint: str = "") -> None:
        self.code, self.message, self.column, self.hint = code, message, column, hint
        super().__init__(f"{message} {hint}".strip())


class Formula:
    """An expression over variable identifiers.

    Parameters
    ----------
    text
        Names, numbers, ``+ - * /``, ``** 2``, comparisons, ``and or not`` and the functions
        ``si, defaut, manquant, somme, min, max, abs, arrondi``.
    condition
        Whether a condition is expected, as in a consistency rule, rather than a number.

    Raises
    ------
    FormulaError
        When the text is not part of the language.

    >>> Formula("sorties_dynamiques / sorties_total").variables
    ('sorties_dynamiques', 'sorties_total')
    """

    __slots__ = ("__dict__", "condition", "text")

    def __init__(self, text: str, *, condition: bool = False) -> None:
        self.text, self.condition = text, condition
        self.tree: Tree = parse(text, condition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and (self.text, self.condition) == (other.text, other.condition)

    def __hash__(self) -> int:
        return hash((self.text, self.condition))

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Identifiers used, in reading order, each once."""
        return tuple(dict.fromkeys(names(self.tree)))

    @cached_property
    def ratio(self) -> tuple[Tree, Tree] | None:
        """Numerator and denominator where the formula is a rate, else ``None``.

        A constant factor before or after the quotient goes to the numerator.
        """
        return _as_ratio(self.tree)

    def __call__(self, answers: pd.DataFrame) -> pd.Series[float]:
        """One value per row of ``answers``; a missing answer gives a missing value.

        A division by zero is missing too; so is a condition on something missing.

        >>> import pandas as pd
        >>> answers = pd.DataFrame({"a": [3.0, None, 1.0], "b": [4.0, 5.0, 0.0]})
        >>> Formula("a / b")(answers).tolist()
        [0.75, nan, nan]
        """
        from coorace_eval.referential.plan import Program

        program = Program({"value": self.tree}, self.variables)
        return program.frame(answers)["value"].rename(None)


def names(tree: Tree) -> Iterator[str]:
    """Every identifier of a tree, in reading order, repeated as often as used."""
    if tree[0] == "var":
        yield tree[1]
    elif tree[0] != "const":
        for part in tree[1:]:
            yield from names(part)


def replace_names(tree: Tree, new: dict[str, Tree]) -> Tree:
    """The same tree where each name found in ``new`` gives way to its tree."""
    if tree[0] == "var":
        return new.get(tree[1], tree)
    if tree[0] == "const":
        return tree
    return (tree[0], *(replace_names(part, new) for part in tree[1:]))


def _as_ratio(tree: Tree) -> tuple[Tree, Tree] | None:
    match tree:
        case ("div", top, bottom) if bottom[0] != "const":
            return top, bottom
        case ("div", ratio, ("const", _) as factor) if inner := _as_ratio(ratio):
            return ("div", inner[0], factor), inner[1]
        case ("mul", ("const", _) as factor, ratio) | ("mul", ratio, ("const", _) as factor):
            if inner := _as_ratio(ratio):
                return ("mul", factor, inner[0]), inner[1]
        case ("arrondi", ratio, _):
            return _as_ratio(ratio)
    return None


@lru_cache(maxsize=4096)
def parse(text: str, condition: bool = False) -> Tree:
    """Read a formula into its tree, or raise :class:`FormulaError`."""
    if len(text) > MAX_LENGTH:
        raise FormulaError("FOR-003", f"la formule compte {len(text)} caractères ; la limite est de {MAX_LENGTH}.")
    flat = _SPACES.sub(" ", text).strip()
    if not flat:
        raise FormulaError("FOR-001", "la formule est vide.")
    if foreign := _FOREIGN.search(flat):
        sign = foreign[0]
        raise FormulaError(
            "FOR-002", f"le caractère « {sign} » n'est pas permis dans une formule.", foreign.start() + 1,
            _HELP.get(sign, ""),
        )  # fmt: skip
    try:
        body = ast.parse(flat, mode="eval").body
    except SyntaxError as error:
        column = min(error.offset or 1, len(flat))
        raise FormulaError("FOR-001", f"« {_shorten(flat)} » est incomplète ou mal écrite.", column) from None
    except (MemoryError, RecursionError, ValueError):
        raise FormulaError("FOR-003", "la formule est trop imbriquée pour être lue.") from None
    return _Reader().read(body, condition)


class _Reader:
    """Turns Python's syntax tree into ours, refusing whatever is not on the list."""

    def __init__(self) -> None:
        self.nodes = 0

    def read(self, node: ast.expr, condition: bool = False, depth: int = 1) -> Tree:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise FormulaError("FOR-003", f"la formule compte plus de {MAX_NODES} éléments.")
        if depth > MAX_DEPTH:
            raise FormulaError("FOR-003", f"la formule compte plus de {MAX_DEPTH} niveaux de parenthèses.")
        tree = self._node(node, depth + 1)
        is_condition = tree[0] in CONDITIONS
        if is_condition and not condition:
            raise FormulaError("FOR-010", f"« {_said(node)} » est une condition ; un nombre est attendu.", _column(node))
        if condition and not is_condition:
            raise FormulaError("FOR-010", f"« {_said(node)} » est un nombre ; une condition est attendue.", _column(node))
        return tree

    def _node(self, node: ast.expr, depth: int) -> Tree:
        match node:
            case ast.Constant(value=value) if type(value) in (int, float):
                return self._constant(node, value)
            case ast.Name(id=name) if _NAME.match(name):
                return ("var", sys.intern(name))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.read(operand, depth=depth)
                return ("const", -inner[1]) if inner[0] == "const" else ("neg", inner)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand, depth=depth)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return ("not", self.read(operand, True, depth))
            case ast.BinOp(op=ast.Pow(), left=left, right=right):
                return self._power(node, self.read(left, depth=depth), right)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _BINARY:
                return (_BINARY[type(op)], self.read(left, depth=depth), self.read(right, depth=depth))
            case ast.Compare(ops=[op], left=left, comparators=[right]) if type(op) in _COMPARE:
                return (_COMPARE[type(op)], self.read(left, depth=depth), self.read(right, depth=depth))
            case ast.Compare(ops=[_, _, *_]):
                raise FormulaError("FOR-001", "une seule comparaison à la fois.", _column(node), "Employez « and ».")
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                first, *others = [self.read(value, True, depth) for value in values]
                for other in others:
                    first = (word, first, other)
                return first
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, args, depth)
            case ast.Tuple():
                raise FormulaError(
                    "FOR-001", "une virgule n'est pas à sa place.", _column(node), "Un décimal s'écrit avec un point : 1.5."
                )
            case ast.Name(id=name):
                raise FormulaError(
                    "FOR-002", f"« {name} » n'est pas un nom de donnée.", _column(node),
                    "Un nom s'écrit en minuscules sans accent.",
                )  # fmt: skip
        raise FormulaError("FOR-002", f"« {_said(node)} » n'est pas permis dans une formule.", _column(node))

    def _constant(self, node: ast.expr, value: int | float) -> Tree:
        if not abs(value) <= MAX_CONSTANT:
            raise FormulaError("FOR-009", "un nombre est trop grand.", _column(node))
        return ("const", float(value))

    def _power(self, node: ast.expr, base: Tree, exponent: ast.expr) -> Tree:
        match exponent:
            case ast.Constant(value=int(times)) if type(times) is int and 1 <= times <= 4:
                product = base
                for _ in range(times - 1):
                    product = ("mul", product, base)
                return product
        raise FormulaError("FOR-008", "l'exposant doit être un nombre entier de 1 à 4.", _column(node))

    def _call(self, node: ast.expr, name: str, args: list[ast.expr], depth: int) -> Tree:
        from coorace_eval.problems import did_you_mean

        if name not in FUNCTIONS:
            raise FormulaError(
                "FOR-011", f"la fonction « {name} » n'existe pas.", _column(node),
                did_you_mean(name, FUNCTIONS) or f"Fonctions permises : {', '.join(FUNCTIONS)}.",
            )  # fmt: skip
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(args) <= most:
            expected = str(fewest) if fewest == most else f"de {fewest} à {most}"
            raise FormulaError("FOR-011", f"« {name} » demande {expected} élément(s) entre parenthèses.", _column(node))
        parts = [self.read(arg, name == "si" and rank == 0, depth) for rank, arg in enumerate(args)]
        if name in ("min", "max", "somme"):
            first, *others = parts
            for other in others:
                first = ("add" if name == "somme" else name, first, other)
            return first
        if name == "arrondi" and (parts[1][0] != "const" or parts[1][1] not in range(10)):
            raise FormulaError("FOR-011", "« arrondi(x, n) » demande un nombre de décimales de 0 à 9.", _column(node))
        return (name, *parts)


def _said(node: ast.expr) -> str:
    try:
        return _shorten(ast.unparse(node))
    except RecursionError:  # pragma: no cover - the depth limit comes first
        return "…"


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def _column(node: ast.expr) -> int:
    return node.col_offset + 1
