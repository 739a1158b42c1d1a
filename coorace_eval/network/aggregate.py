"""Add up the enterprises' indicators as each indicator allows (decision 7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coorace_eval.campaigns.answers import Answers
from coorace_eval.indicators import evaluate
from coorace_eval.indicators.parameters import columns as parameter_columns
from coorace_eval.problems import AnswerError, Problem
from coorace_eval.referential import Indicator, Referential
from coorace_eval.referential.plan import Program
from coorace_eval.vocabulary import Aggregation, IndicatorStatus

COLUMNS = ["group", "year", "indicator", "label", "unit", "value", "n", "coverage", "missing", "hidden"]
FREQUENCY, DOMINANCE = "fréquence", "dominance"


@dataclass(frozen=True, eq=False)
class Aggregate:
    """The figures of a network, cell by cell.

    Parameters
    ----------
    cells
        Columns group, year, indicator, label, unit, value (float64), n (enterprises counted),
        coverage (share of the group's campaigns, 0 to 1), missing (tuple of enterprise ids), hidden
        (why a cell is hidden, empty where it is not).
    amounts
        What each enterprise brings to each cell: columns group, year, indicator, amount; for a rate
        both its numerators and its denominators.
    """

    by: str
    cells: pd.DataFrame
    amounts: pd.DataFrame

    def protect(self, min_units: int = 3, max_share: float = 0.85) -> Aggregate:
        """Hide the cells that would give an enterprise away.

        Parameters
        ----------
        min_units
            A cell with fewer enterprises is hidden (Insee's frequency rule for enterprises: 3).
        max_share
            A cell where one enterprise holds more is hidden (Insee's dominance rule: 85 %).

        Returns
        -------
        Aggregate
            Value, n, coverage and the names of those missing are blank where hidden, and the
            amounts are gone. The rules are the primary ones: a table published beside its own total
            also needs a secondary suppression, which this version does not make.
        """
        why = (
            self.cells.apply(lambda cell: self._why(cell, min_units, max_share), axis=1)
            if len(self.cells)
            else []
        )
        cells = self.cells.assign(hidden=why, missing=[()] * len(self.cells))
        closed = cells["hidden"] != ""
        cells.loc[closed, ["value", "n", "coverage"]] = np.nan
        return replace(self, cells=cells, amounts=self.amounts.iloc[:0])

    def _why(self, cell: pd.Series, min_units: int, max_share: float) -> str:
        if cell["n"] < min_units:
            return FREQUENCY
        keys = ["group", "year", "indicator"]
        mine = self.amounts[(self.amounts[keys] == cell[keys]).all(axis=1)]
        for _, side in mine.groupby("side"):
            sizes = side["amount"].abs()
            if sizes.sum() > 0 and sizes.max() / sizes.sum() > max_share:
                return DOMINANCE
        return ""

    def table(self) -> pd.DataFrame:
        """One row per cell: group, year, indicator, label, unit, value, n, coverage, missing, hidden."""
        return self.cells.copy()


def aggregate(
    base: Referential, answers: Answers | pd.DataFrame, by: str | None = None, *, core_only: bool = True
) -> Aggregate:
    """Add up a network's answers to a shared référentiel.

    Sums are added, rates are pooled (sum of numerators over sum of denominators, never an average of
    rates), medians and distributions are given by their median. An indicator said to be
    « non agrégeable » is left out. Someone who works for two enterprises is counted by both: a sum of
    people is a sum of *parcours*.

    Parameters
    ----------
    base
        The shared référentiel, without any enterprise's overlay.
    answers
        Answers of many enterprises.
    by
        ``region``, ``kind`` (the main conventionnement), ``department``, ``group``, or nothing for
        the whole network.
    core_only
        Whether only the indicators of the core are added up (decision 2).

    Raises
    ------
    AnswerError
        When the enterprises are not described by ``by``.
    """
    if isinstance(answers, pd.DataFrame):
        answers = Answers.from_frame(answers)
    groups = _groups(answers, by)
    chosen = [
        i for i in base.indicators
        if i.aggregation is not Aggregation.NON_AGREGABLE
        and (not core_only or i.status is IndicatorStatus.SOCLE)
    ]  # fmt: skip
    values = evaluate(base, answers).values
    halves = _halves(base, answers, chosen)
    keys = pd.DataFrame({"group": groups, "year": values.index.get_level_values("year")})
    cells, amounts = [], []
    enterprises = values.index.get_level_values("enterprise")
    for (group, year), rows in keys.groupby(["group", "year"], sort=True).indices.items():
        for indicator in chosen:
            known, sides, value = _pool(indicator, values[indicator.id].iloc[rows], halves.iloc[rows])
            missing = tuple(enterprises[rows][~known])
            n = int(known.sum())
            about = (indicator.id, indicator.label, indicator.unit_text)
            cells.append((group, year, *about, value, float(n), n / len(rows), missing, ""))
            amounts += [
                (group, year, indicator.id, side, amount) for side, held in sides.items() for amount in held
            ]
    return Aggregate(
        by or "réseau",
        pd.DataFrame(cells, columns=COLUMNS),
        pd.DataFrame(amounts, columns=["group", "year", "indicator", "side", "amount"]),
    )


def _groups(answers: Answers, by: str | None) -> list[str]:
    if by is None:
        return ["réseau"] * len(answers.values)
    if by == "kind":
        return [kinds[0] if kinds else "" for kinds in answers.context["kinds"]]
    if by not in ("region", "department", "group"):
        problem = Problem(
            "STO-005",
            "by",
            f"« {by} » n'est pas une façon de grouper.",
            "Choisissez region, kind, department ou group.",
        )
        raise AnswerError("aggregate", [problem])
    return list(answers.context[by])


def _halves(base: Referential, answers: Answers, chosen: list[Indicator]) -> pd.DataFrame:
    """Numerator and denominator of each rate, row by row."""
    trees = {i.id: i.compute.tree for i in base.indicators}
    for indicator in chosen:
        if indicator.aggregation is Aggregation.RATIO_DES_SOMMES and indicator.compute.ratio:
            trees[f"{indicator.id}/top"], trees[f"{indicator.id}/bottom"] = indicator.compute.ratio
    table = answers.values.join(parameter_columns(base, answers))
    return Program(trees, base.program.inputs).frame(table)


def _pool(
    indicator: Indicator, values: pd.Series, halves: pd.DataFrame
) -> tuple[np.ndarray, dict[str, np.ndarray], float]:
    """Who counts, what each brings, and the figure of a group."""
    if indicator.aggregation is Aggregation.RATIO_DES_SOMMES:
        top, bottom = (halves[f"{indicator.id}/{side}"] for side in ("top", "bottom"))
        known = (top.notna() & bottom.notna()).to_numpy()
        sides = {"top": top.to_numpy()[known], "bottom": bottom.to_numpy()[known]}
        under = sides["bottom"].sum()
        return known, sides, float(sides["top"].sum() / under) if under else float("nan")
    known = values.notna().to_numpy()
    held = values.to_numpy()[known]
    combine: Callable[[np.ndarray], float] = (
        np.sum if indicator.aggregation is Aggregation.SOMME else np.median
    )
    return known, {"value": held}, float(combine(held)) if len(held) else float("nan")
