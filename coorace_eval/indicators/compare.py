"""An enterprise beside itself: last year, its targets, its own parts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coorace_eval.formatting import MISSING, format_number, format_value
from coorace_eval.referential.plan import Program

if TYPE_CHECKING:
    from coorace_eval.indicators.results import Results
    from coorace_eval.referential import Indicator

COMPARED = [
    "enterprise", "indicator", "label", "dimension", "unit", "value", "value_status", "previous", "change",
    "target", "target_year", "gap", "progress",
]  # fmt: skip
BROKEN_DOWN = ["enterprise", "year", "indicator", "label", "unit", "member", "member_label", "value"]


def with_last_year(results: Results, year: int) -> pd.DataFrame:
    """See :meth:`Results.compare`."""
    table = results.table()
    now = table[table["year"] == year]
    before = table.loc[table["year"] == year - 1, ["enterprise", "indicator", "value"]]
    whole = now.merge(
        before.rename(columns={"value": "previous"}), how="left", on=["enterprise", "indicator"]
    )
    whole["previous"] = whole["previous"].astype(float)
    whole["change"] = whole["value"] - whole["previous"]
    whole["gap"] = whole["target"] - whole["value"]
    way = whole["target"] - whole["previous"]
    whole["progress"] = whole["change"] / way.where(way != 0)
    return whole[COMPARED].reset_index(drop=True)


def by_member(results: Results, axis: str) -> pd.DataFrame:
    """See :meth:`Results.breakdown`."""
    referential, answers = results.referential, results.answers
    split = {variable.id for variable in referential.variables if axis in variable.axes}
    chosen = [i for i in referential.indicators if set(referential.inputs_of(i.id)) <= split]
    if not chosen:
        return pd.DataFrame(columns=BROKEN_DOWN)
    program = Program({i.id: i.compute.tree for i in chosen}, sorted(split))
    labels = {member.id: member.label for member in referential.axis(axis).members}
    parts = answers.parts[answers.parts["axis"] == axis]
    members = [*labels, *(m for m in parts["member"].unique() if m not in labels)]
    found = []
    for member in members:
        wide = parts[parts["member"] == member].pivot(
            index=["enterprise", "year"], columns="variable", values="value"
        )
        values = program.frame(wide.reindex(answers.values.index))
        for indicator in chosen:
            column = values[indicator.id]
            there = column[column.notna()]
            for (enterprise, year), value in zip(list(there.index), there, strict=True):
                shown = (
                    indicator.id,
                    indicator.label,
                    indicator.unit_text,
                    member,
                    labels.get(member, member),
                )
                found.append((enterprise, year, *shown, value))
    return pd.DataFrame(found, columns=BROKEN_DOWN)


def size_of_change(indicator: Indicator, change: float, *, unit: bool = True) -> str:
    """How far a figure moved, whichever way: points for a share, its own unit otherwise.

    Parameters
    ----------
    change
        This year's value less last year's.
    unit
        Whether the unit follows; the points of a share always do.

    Returns
    -------
    str
        A dash where a year is missing; nothing where the change reads as zero.
    """
    if math.isnan(change):
        return MISSING
    share = indicator.unit.is_ratio
    moved = round(abs(change) * 100, 1) if share else abs(change)
    if format_number(moved) == "0":
        return ""
    if share:
        return format_value(moved, "points")
    return format_value(moved, indicator.unit, label=indicator.unit_text if unit else "")


def favourable(
    change: float, direction: str, *, value: float = np.nan, balance: float | None = None
) -> bool | None:
    """Whether a change goes the way that the indicator calls favourable.

    Parameters
    ----------
    change
        This year's value less last year's.
    direction
        A ``Direction``; with ``equilibre``, coming nearer to ``balance`` is favourable.

    Returns
    -------
    bool or None
        ``None`` where the change is null, missing or not to be judged.
    """
    if not np.isfinite(change) or change == 0:
        return None
    if direction in ("hausse", "baisse"):
        return bool((change > 0) == (direction == "hausse"))
    if direction == "equilibre" and balance is not None and np.isfinite(value):
        return bool(abs(value - balance) < abs(value - change - balance))
    return None
