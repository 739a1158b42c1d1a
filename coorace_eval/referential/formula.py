"""A formula as a value: its text, its tree, what it uses, and what it gives for a table."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from coorace_eval.referential.grammar import (
    CONDITIONS,
    FormulaError,
    Tree,
    as_ratio,
    names,
    parse,
    replace_names,
    used_by,
)
from coorace_eval.referential.plan import Program

__all__ = ["CONDITIONS", "Formula", "FormulaError", "Tree", "names", "parse", "replace_names"]


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
        return used_by(self.tree)

    @cached_property
    def ratio(self) -> tuple[Tree, Tree] | None:
        """Numerator and denominator where the formula is a rate, else ``None``.

        A constant factor before or after the quotient goes to the numerator.
        """
        return as_ratio(self.tree)

    def __call__(self, answers: pd.DataFrame) -> pd.Series[float]:
        """One value per row of ``answers``; a missing answer gives a missing value.

        A division by zero is missing too; so is a condition on something missing.

        >>> import pandas as pd
        >>> answers = pd.DataFrame({"a": [3.0, None, 1.0], "b": [4.0, 5.0, 0.0]})
        >>> Formula("a / b")(answers).tolist()
        [0.75, nan, nan]
        """
        program = Program({"value": self.tree}, self.variables)
        return program.frame(answers)["value"].rename(None)
