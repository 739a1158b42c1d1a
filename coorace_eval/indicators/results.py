"""Indicators computed, and the questions one asks of them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from coorace_eval.campaigns import tables
from coorace_eval.campaigns.answers import Answers
from coorace_eval.indicators import compare, explain, statuses
from coorace_eval.referential.model import Referential
from coorace_eval.vocabulary import ValueStatus

_TO_FILL = (ValueStatus.NON_RENSEIGNE.value, ValueStatus.NON_DISPONIBLE.value)


class Results:
    """The value of each indicator for each enterprise and year.

    Parameters
    ----------
    referential
        The référentiel in force.
    values
        One row per (enterprise, year), one float64 column per indicator, each in its own unit (a
        ratio of 60 % is 0.6); NaN is missing.
    answers
        The answers they come from.
    plain
        A large plain table instead of ``answers``, annotated only when a question needs it.
    """

    def __init__(
        self,
        referential: Referential,
        values: pd.DataFrame,
        answers: Answers | None = None,
        plain: pd.DataFrame | None = None,
    ) -> None:
        self.referential = referential
        self.values = values
        self._answers, self._plain = answers, plain

    def __repr__(self) -> str:
        rows, columns = self.values.shape
        return f"<Results {self.referential.reference}: {rows} × {columns}>"

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False, max_rows=20))

    @cached_property
    def answers(self) -> Answers:
        """The answers, with the status of each."""
        if self._answers is None:
            assert self._plain is not None
            return Answers.from_frame(self._plain)
        return self._answers

    @cached_property
    def statuses(self) -> pd.DataFrame:
        """The status of each value, same shape as ``values``, as the text of a ``ValueStatus``."""
        return statuses.of_indicators(self.referential, self.answers, self.values)

    def select(self, enterprise: str | None = None, year: int | None = None) -> Results:
        """Keep one enterprise, one year, or one of each."""
        keep = tables.matching(self.answers.values.index, enterprise, year)
        return Results(self.referential, self.values[keep], self.answers.select(enterprise, year))

    def value(self, indicator: str, enterprise: str, year: int) -> float:
        """One figure; NaN where it is missing or was never asked."""
        try:
            return float(self.values[indicator].loc[[(enterprise, year)]].iloc[0])
        except KeyError:
            return float("nan")

    def table(self) -> pd.DataFrame:
        """One row per enterprise, year and indicator, in the order of the référentiel.

        Returns
        -------
        pandas.DataFrame
            Columns enterprise, year, dimension, dimension_label, contribution, contribution_label,
            indicator, label, kind, indicator_status, unit (as read beside a figure), value (float64,
            NaN is missing), value_status, target, target_year.
        """
        about = _about(self.referential)
        index = self.answers.values.index
        rows, columns = len(index), len(about)
        repeated = about.loc[np.tile(np.arange(columns), rows)].reset_index(drop=True)
        chosen = list(about["indicator"])
        keys = index.to_frame(index=False).loc[np.repeat(np.arange(rows), columns)].reset_index(drop=True)
        whole = pd.concat([keys, repeated], axis=1)
        whole["value"] = self.values[chosen].to_numpy().ravel()
        whole["value_status"] = self.statuses[chosen].to_numpy().ravel()
        return whole[[*_KEYS, *_ABOUT[:8], "unit", "value", "value_status", "target", "target_year"]]

    def gaps(self) -> pd.DataFrame:
        """What is missing and what waits for it, the most awaited first.

        Returns
        -------
        pandas.DataFrame
            One row per missing figure: enterprise, year, variable, label, question, source, status,
            waiting (tuple of indicator ids), waiting_labels (tuple), count. « Non pertinent » and
            « confidentiel » are answers, not gaps.
        """
        awaited: dict[str, list[str]] = {}
        for indicator in self.referential.indicators:
            for name in self.referential.inputs_of(indicator.id):
                awaited.setdefault(name, []).append(indicator.id)
        sources = {source.id: source.label for source in self.referential.sources}
        labels = {i.id: i.label for i in self.referential.indicators}
        keys = self.answers.values.index.tolist()
        found = []
        for variable in self.referential.variables:
            waiting = awaited.get(variable.id, [])
            if not waiting:
                continue
            asked = variable.id in self.answers.statuses.columns
            states = self.answers.statuses[variable.id].tolist() if asked else [_TO_FILL[0]] * len(keys)
            for (enterprise, year), state in zip(keys, states, strict=True):
                if state not in _TO_FILL:
                    continue
                found.append(
                    (enterprise, year, variable.id, variable.label, variable.question,
                     sources.get(variable.source or "", ""), state, tuple(waiting),
                     tuple(labels[i] for i in waiting), len(waiting))
                )  # fmt: skip
        frame = pd.DataFrame(found, columns=list(_GAPS))
        return frame.sort_values(
            ["enterprise", "year", "count"], ascending=[True, True, False], kind="stable", ignore_index=True
        )

    def explain(
        self, indicator: str, enterprise: str | None = None, year: int | None = None
    ) -> explain.Explanation:
        """Where one figure comes from: formula, inputs, sources, parameters (decision 12).

        ``enterprise`` and ``year`` may be left out where the results leave no choice.

        Raises
        ------
        AnswerError
            When the figure is not there, or several fit.
        """
        return explain.explain(self, indicator, enterprise, year)

    def compare(self, year: int) -> pd.DataFrame:
        """Each indicator of a year beside the year before and its target.

        Returns
        -------
        pandas.DataFrame
            Columns enterprise, indicator, label, dimension, unit, value, value_status, previous,
            change (value - previous), target, target_year, gap (target - value), progress (share of
            the way from the year before to the target), all NaN where a figure is missing.
        """
        return compare.with_last_year(self, year)

    def breakdown(self, axis: str) -> pd.DataFrame:
        """Indicators computed for each member of an axis, such as women and men.

        Returns
        -------
        pandas.DataFrame
            Columns enterprise, year, indicator, label, unit, member, member_label, value; only the
            indicators whose every variable is broken down by ``axis``.
        """
        return compare.by_member(self, axis)


_KEYS = ["enterprise", "year"]
_ABOUT = [
    "dimension", "dimension_label", "contribution", "contribution_label", "indicator", "label", "kind",
    "indicator_status", "unit", "target", "target_year",
]  # fmt: skip
_GAPS = [
    *_KEYS, "variable", "label", "question", "source", "status", "waiting", "waiting_labels", "count",
]  # fmt: skip


def _about(referential: Referential) -> pd.DataFrame:
    rows = [
        (d.id, d.label, c.id, c.label, i.id, i.label, i.kind.value, i.status.value, i.unit_text,
         i.target.value if i.target else np.nan, i.target.year if i.target else None)
        for d in referential.dimensions for c in d.contributions for i in c.indicators
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=_ABOUT).astype({"target": "float64", "target_year": "Int64"})
