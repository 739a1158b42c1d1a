"""Whether answers hold together: rules, limits, and parts that make the total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coorace_eval.campaigns.answers import Answers
from coorace_eval.formatting import format_value
from coorace_eval.indicators import parameters
from coorace_eval.language import trn
from coorace_eval.problems import Problem
from coorace_eval.referential.model import Axis, Referential, Rule, Variable
from coorace_eval.referential.plan import Program
from coorace_eval.vocabulary import RuleSeverity, VariableType

UNKNOWN_MEMBER = "NR"
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that the answers of one enterprise and year break.

    Parameters
    ----------
    variables
        The figures to look at.
    rule
        Identifier of the rule, or ``variable:axis`` for parts that do not make the total.
    """

    enterprise: str
    year: int
    rule: str
    variables: tuple[str, ...]
    problem: Problem

    @property
    def blocking(self) -> bool:
        """Whether the collection cannot be closed before it is mended."""
        return self.problem.code != "REP-011"


def check_answers(referential: Referential, answers: Answers | pd.DataFrame) -> list[Violation]:
    """Every rule broken and every breakdown that does not add up.

    A rule on something missing is neither broken nor kept. Parts are compared with their total only
    where every member is known; « non renseigné » counts for zero where left blank. Until then the
    known parts may not exceed the total.
    """
    if isinstance(answers, pd.DataFrame):
        answers = Answers.from_frame(answers)
    return [*_rules(referential, answers), *_parts(referential, answers)]


def _rules(referential: Referential, answers: Answers) -> Iterator[Violation]:
    if not referential.rules:
        return
    dated = parameters.columns(referential, answers)
    table = answers.values.join(dated)
    program = Program(
        {rule.id: rule.compute.tree for rule in referential.rules},
        list(table.columns) + _asked(referential, table),
    )
    held = program.frame(table)
    for rule in referential.rules:
        for enterprise, year in held.index[held[rule.id].to_numpy() == 0.0]:
            yield _broken(referential, rule, enterprise, year, table.loc[(enterprise, year)])


def _asked(referential: Referential, table: pd.DataFrame) -> list[str]:
    return [variable.id for variable in referential.variables if variable.id not in table.columns]


def _broken(
    referential: Referential, rule: Rule, enterprise: str, year: int, row: pd.Series[float]
) -> Violation:
    code = "REP-008" if rule.severity is RuleSeverity.BLOQUANT else "REP-011"
    variables = tuple(
        name for name in rule.compute.variables if name not in {p.id for p in referential.parameters}
    )
    figures = " ; ".join(
        f"{referential.variable(name).label} : {_figure(row.get(name, np.nan), referential.variable(name))}"
        for name in variables
    )
    return Violation(
        enterprise, int(year), rule.id, variables, Problem(code, rule.id, rule.message, f"{figures}.")
    )


def _parts(referential: Referential, answers: Answers) -> Iterator[Violation]:
    if not len(answers.parts):
        return
    variables = {variable.id: variable for variable in referential.variables}
    axes = {axis.id: axis for axis in referential.axes}
    for (enterprise, year, name, axis), group in answers.parts.groupby(
        ["enterprise", "year", "variable", "axis"], sort=False
    ):
        if name not in variables or axis not in axes or not axes[axis].members:
            continue
        totals = answers.values.get(name)
        total = np.nan if totals is None else totals.get((enterprise, year), np.nan)
        known = group.set_index("member")["value"].dropna()
        yield from _one(variables[name], axes[axis], known, float(total), str(enterprise), int(str(year)))


def _one(
    variable: Variable, axis: Axis, known: pd.Series[float], total: float, enterprise: str, year: int
) -> Iterator[Violation]:
    if np.isnan(total) or known.empty:
        return
    expected = {member.id for member in axis.members} - {UNKNOWN_MEMBER}
    complete = expected <= set(known.index) and axis.id != "type"
    added = float(known.sum())
    slack = 0.0 if variable.type is VariableType.ENTIER else _TOLERANCE * max(1.0, abs(total))
    if added - total > slack or (complete and total - added > slack):
        shown = _figure(added, variable), _figure(total, variable)
        cause = trn(
            "« {axis} » : les parts fait {added}, le total est {total}.",
            "« {axis} » : les parts font {added}, le total est {total}.",
            len(known),
            axis=axis.label,
            added=shown[0],
            total=shown[1],
        )
        problem = Problem("REP-009", variable.label, cause)
        yield Violation(enterprise, year, f"{variable.id}:{axis.id}", (variable.id,), problem)


def _figure(value: float, variable: Variable) -> str:
    return format_value(value, variable.unit, label=variable.unit_text)
