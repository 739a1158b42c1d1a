"""The grammar of formulas: a small closed language over variables, read into a checked tree.

The text goes through Python's own parser and every node is then compared with a closed list, so
that a formula is never executed: the tree is compiled to a plan by :mod:`.plan` (decision 5).

A tree is made of tuples: ``("var", name)``, ``("const", number)`` or ``(operation, *trees)``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from keyword import iskeyword
from typing import Any

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
_SHARE = re.compile(r"([a-z][a-z0-9_]*) ?/ ?([a-z][a-z0-9_]*)$")  # most rates: read without Python's parser
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_FOREIGN = re.compile(r"[^A-Za-z0-9_+\-*/().,<>=! ]")
_GLUED = re.compile(r"(?<![\w.])(?>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[A-Za-z_]")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_HELP = {
    "×": "Écrivez « * ».",
    "÷": "Écrivez « / ».",
    "%": "Écrivez 0.6 pour 60 %.",
    "^": "Écrivez « ** ».",
    "≤": "Écrivez « <= ».",
    "≥": "Écrivez « >= ».",
    "≠": "Écrivez « != ».",
}


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


def names(tree: Tree) -> Iterator[str]:
    """Every identifier of a tree, in reading order, repeated as often as used."""
    if tree[0] == "var":
        yield tree[1]
    elif tree[0] != "const":
        for part in tree[1:]:
            yield from names(part)


def used_by(tree: Tree) -> tuple[str, ...]:
    """Identifiers used by a tree, in reading order, each once."""
    found: dict[str, None] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node[0] == "var":
            found[node[1]] = None
        elif node[0] != "const":
            waiting.extend(node[:0:-1])
    return tuple(found)


def replace_names(tree: Tree, new: dict[str, Tree]) -> Tree:
    """The same tree where each name found in ``new`` gives way to its tree."""
    if tree[0] == "var":
        return new.get(tree[1], tree)
    if tree[0] == "const":
        return tree
    return (tree[0], *(replace_names(part, new) for part in tree[1:]))


def as_ratio(tree: Tree) -> tuple[Tree, Tree] | None:
    """Numerator and denominator of a rate, else ``None``."""
    match tree:
        case ("div", top, bottom) if bottom[0] != "const":
            return top, bottom
        case ("div", ratio, ("const", _) as factor) if inner := as_ratio(ratio):
            return ("div", inner[0], factor), inner[1]
        case ("mul", ("const", _) as factor, ratio) | ("mul", ratio, ("const", _) as factor):
            if inner := as_ratio(ratio):
                return ("mul", factor, inner[0]), inner[1]
        case ("arrondi", ratio, _):
            return as_ratio(ratio)
    return None


@lru_cache(maxsize=4096)
def parse(text: str, condition: bool = False) -> Tree:
    """Read a formula into its tree, or raise :class:`FormulaError`."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            "FOR-003", f"la formule compte {len(text)} caractères ; la limite est de {MAX_LENGTH}."
        )
    flat = _SPACES.sub(" ", text).strip()
    if not flat:
        raise FormulaError("FOR-001", "la formule est vide.")
    if foreign := _FOREIGN.search(flat):
        sign = foreign[0]
        shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
        cause = f"le caractère « {shown} » n'est pas permis dans une formule."
        raise FormulaError("FOR-002", cause, foreign.start() + 1, _HELP.get(sign, ""))
    if glued := _GLUED.search(flat):
        raise FormulaError(
            "FOR-001", "un nombre et un mot se touchent.", glued.start() + 1, "Séparez-les par un opérateur."
        )
    if not condition and (share := _SHARE.match(flat)) and not any(map(iskeyword, share.groups())):
        return ("div", ("var", sys.intern(share[1])), ("var", sys.intern(share[2])))
    try:
        body = ast.parse(flat, mode="eval").body
    except SyntaxError as error:
        if "too many nested" in error.msg:
            raise FormulaError("FOR-003", "la formule est trop imbriquée pour être lue.") from None
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
        self._count()
        if depth > MAX_DEPTH:
            raise FormulaError("FOR-003", f"la formule compte plus de {MAX_DEPTH} niveaux de parenthèses.")
        tree = self._node(node, depth + 1)
        is_condition = tree[0] in CONDITIONS
        if is_condition and not condition:
            raise FormulaError(
                "FOR-010", f"« {_said(node)} » est une condition ; un nombre est attendu.", _column(node)
            )
        if condition and not is_condition:
            raise FormulaError(
                "FOR-010", f"« {_said(node)} » est un nombre ; une condition est attendue.", _column(node)
            )
        return tree

    def _count(self) -> None:
        if self.nodes > MAX_NODES:
            raise FormulaError("FOR-003", f"la formule compte plus de {MAX_NODES} éléments.")

    def _node(self, node: ast.expr, depth: int) -> Tree:
        match node:
            case ast.Constant(value=int() | float() as value) if type(value) is not bool:
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
                before = self.nodes
                return self._power(node, self.read(left, depth=depth), right, before)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _BINARY:
                return (_BINARY[type(op)], self.read(left, depth=depth), self.read(right, depth=depth))
            case ast.Compare(ops=[op], left=left, comparators=[right]) if type(op) in _COMPARE:
                return (_COMPARE[type(op)], self.read(left, depth=depth), self.read(right, depth=depth))
            case ast.Compare(ops=[_, _, *_]):
                raise FormulaError(
                    "FOR-001", "une seule comparaison à la fois.", _column(node), "Employez « and »."
                )
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
                    "FOR-001",
                    "une virgule n'est pas à sa place.",
                    _column(node),
                    "Un décimal s'écrit avec un point : 1.5.",
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

    def _power(self, node: ast.expr, base: Tree, exponent: ast.expr, before: int) -> Tree:
        match exponent:
            case ast.Constant(value=int(times)) if type(times) is int and 1 <= times <= 4:
                self.nodes += (times - 1) * (self.nodes - before)  # powers of powers grow fast
                self._count()
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
            raise FormulaError(
                "FOR-011", f"« {name} » demande {expected} élément(s) entre parenthèses.", _column(node)
            )
        parts = [self.read(arg, name == "si" and rank == 0, depth) for rank, arg in enumerate(args)]
        if name in ("min", "max", "somme"):
            first, *others = parts
            for other in others:
                first = ("add" if name == "somme" else name, first, other)
            return first
        if name == "arrondi" and (parts[1][0] != "const" or parts[1][1] not in range(10)):
            raise FormulaError(
                "FOR-011", "« arrondi(x, n) » demande un nombre de décimales de 0 à 9.", _column(node)
            )
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
