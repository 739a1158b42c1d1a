"""Which value of a dated parameter holds for each enterprise and year."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coorace_eval.campaigns.answers import Answers
from coorace_eval.referential.model import Parameter, ParameterValue, Referential


@dataclass(frozen=True, slots=True)
class ParameterUsed:
    """A parameter as it entered a figure.

    Parameters
    ----------
    value
        In the parameter's unit; NaN where no value holds.
    parts
        The dated values it comes from: one, or one per conventionnement.
    """

    parameter: Parameter
    value: float
    parts: tuple[ParameterValue, ...]

    @property
    def confirmed(self) -> bool:
        """Whether every value behind it is confirmed by its source."""
        return bool(self.parts) and all(part.confirmed for part in self.parts)


def dated(parameter: Parameter, kind: str | None, year: int) -> ParameterValue | None:
    """The latest value in force for a kind of enterprise; one without a kind fits all."""
    fitting = [v for v in parameter.values if v.since <= year and (v.kind is None or v.kind == kind)]
    return max(fitting, key=lambda v: (v.kind is not None, v.since), default=None)


def resolve(
    parameter: Parameter, kinds: Iterable[str], year: int, weights: dict[str, float]
) -> ParameterUsed:
    """The value of a parameter for one enterprise and year.

    An enterprise with several conventionnements takes the weighted harmonic mean, so that the sum of
    ``weight / value`` over its conventionnements equals ``total weight / mean``: hours over reference
    hours give the same full-time equivalents added up or together.

    Parameters
    ----------
    weights
        By kind, the part of the variable that ``weighted_by`` names; a kind that it lacks is missing,
        and so is then the value. So it is too where a kind has its part and no value in force.
    """
    held = tuple(kinds)
    found = [(kind, value) for kind in held if (value := dated(parameter, kind, year))]
    if not found and (general := dated(parameter, None, year)):
        found = [("", general)]
    values = tuple(dict.fromkeys(value for _, value in found))
    if not values:
        return ParameterUsed(parameter, math.nan, ())
    valued = {kind for kind, _ in found}
    if any(weights.get(kind) for kind in held if kind not in valued and "" not in valued):
        return ParameterUsed(parameter, math.nan, values)
    if len({value.value for value in values}) == 1:
        return ParameterUsed(parameter, values[0].value, values)
    given = [(weights.get(kind, math.nan), value.value) for kind, value in found]
    if all(weight == 0 for weight, _ in given):  # nothing to weigh: each kind counts the same
        given = [(1.0, value) for _, value in given]
    under = sum(weight / value if value else math.nan for weight, value in given)
    total = sum(weight for weight, _ in given)
    return ParameterUsed(parameter, total / under if under else math.nan, values)


def columns(referential: Referential, answers: Answers) -> pd.DataFrame:
    """One float64 column per parameter, one row per row of ``answers``."""
    weights = _weights(referential, answers)
    kinds = list(answers.context["kinds"])
    years = answers.values.index.get_level_values("year").to_numpy()
    table = {}
    for parameter in referential.parameters:
        cache: dict[tuple[object, int], float] = {}
        column = np.empty(len(years))
        for row, (held, year) in enumerate(zip(kinds, years, strict=True)):
            own = weights.get((parameter.weighted_by or "", row), {})
            key = (held, int(year))
            if own or key not in cache:
                value = resolve(parameter, held, int(year), own).value
                if own:
                    column[row] = value
                    continue
                cache[key] = value
            column[row] = cache[key]
        table[parameter.id] = column
    return pd.DataFrame(table, index=answers.values.index)


def used(referential: Referential, answers: Answers, parameter: str, row: int) -> ParameterUsed:
    """How a parameter was resolved for one row, for the explanation of a figure."""
    found = referential.parameter(parameter)
    weights = _weights(referential, answers).get((found.weighted_by or "", row), {})
    year = int(answers.values.index.get_level_values("year")[row])
    return resolve(found, answers.context["kinds"].iloc[row], year, weights)


def _weights(referential: Referential, answers: Answers) -> dict[tuple[str, int], dict[str, float]]:
    """By variable and row, its parts by kind of enterprise."""
    wanted = {parameter.weighted_by for parameter in referential.parameters} - {None}
    parts = answers.parts
    chosen = parts[parts["variable"].isin(list(wanted)) & (parts["axis"] == "type")]
    rows = {pair: row for row, pair in enumerate(answers.values.index)} if len(chosen) else {}
    weights: dict[tuple[str, int], dict[str, float]] = {}
    fields = ("enterprise", "year", "variable", "member", "value")
    for enterprise, year, variable, member, value in zip(*(chosen[name] for name in fields), strict=True):
        row = rows.get((enterprise, year))
        if row is not None and not math.isnan(value):
            weights.setdefault((str(variable), row), {})[str(member)] = float(value)
    return weights
