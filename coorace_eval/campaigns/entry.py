"""From what someone types to an answer, or to a message that helps to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from coorace_eval.campaigns.answers import Answer
from coorace_eval.formatting import format_number, parse_number
from coorace_eval.language import tr
from coorace_eval.problems import AnswerError, Problem
from coorace_eval.vocabulary import ValueStatus, VariableType

if TYPE_CHECKING:
    from coorace_eval.referential.model import Variable

LARGEST = 1e15
_FORMULA = re.compile(r"^\s*[=@]|^\s*[+-]\s*[^\W\d]|\d\s*[-+*/^|]\s*[\d(]|[|*^()]")


def read_answer(
    variable: Variable, typed: str, status: ValueStatus = ValueStatus.RENSEIGNE, *, part: str = ""
) -> Answer:
    """Read what was typed for a variable.

    Parameters
    ----------
    variable
        What was asked; gives the type and the bounds.
    typed
        The text of the field; nothing typed is « non renseigné » and not zero.
    status
        The status chosen beside the field.
    part
        Part of a breakdown, such as ``sexe:F``.

    Raises
    ------
    AnswerError
        With the problem met; the text typed stays with the caller.
    """
    if not typed.strip():
        kept = ValueStatus.NON_RENSEIGNE if status.has_value else status
        return Answer(variable.id, None, kept, part)
    try:
        value = parse_number(typed)
    except ValueError:
        raise AnswerError(variable.label, [_not_a_number(variable, typed)]) from None
    if value is not None and (problems := list(_out_of_bounds(variable, value))):
        raise AnswerError(variable.label, problems)
    return Answer(variable.id, value, status, part)


def _not_a_number(variable: Variable, typed: str) -> Problem:
    said = typed.strip()[:40]
    if "%" in typed and _is_number(typed.replace("%", "")):
        return Problem("REP-005", variable.id, tr("« {said} » est un pourcentage.", said=said))
    if _FORMULA.search(typed):
        return Problem("REP-006", variable.id, tr("« {said} » ressemble à une formule.", said=said))
    return Problem("REP-001", variable.id, tr("« {said} » n'est pas un nombre.", said=said))


def _is_number(text: str) -> bool:
    try:
        return parse_number(text) is not None
    except ValueError:
        return False


def _out_of_bounds(variable: Variable, value: float) -> Iterator[Problem]:
    lowest = -LARGEST if variable.minimum is None else variable.minimum
    highest = LARGEST if variable.maximum is None else min(variable.maximum, LARGEST)
    if value < lowest:
        cause = tr("La valeur ne peut pas être inférieure à {lowest}.", lowest=format_number(lowest))
        yield Problem("REP-002", variable.id, cause)
    if value > highest:
        yield Problem(
            "REP-003",
            variable.id,
            tr("La valeur ne peut pas dépasser {highest}.", highest=format_number(highest)),
        )
    if variable.type is VariableType.ENTIER and not value.is_integer():
        yield Problem("REP-004", variable.id, tr("La valeur attendue est un nombre entier."))
