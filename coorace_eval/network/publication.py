"""What may be shown of the network to a given reader, table and total together."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import pandas as pd

from coorace_eval.campaigns.answers import Answers
from coorace_eval.network.aggregate import COLUMNS, FREQUENCY, aggregate
from coorace_eval.problems import AnswerError, Problem
from coorace_eval.referential import Referential

SECONDARY = "complément"
MIN_UNITS = 3


def publish(
    base: Referential, answers: Answers, by: str | None = None, own: Set[str] = frozenset()
) -> pd.DataFrame:
    """Add up the network and hide what would give an enterprise away, even to someone who is part of it.

    Beside the rules of ``Aggregate.protect``, two more. What the reader knows already is taken off: where
    fewer than three *other* enterprises answered, they could be found by subtraction. And since the total
    of the network is shown as well, a hidden group is never alone: another one is hidden with it, until
    what is hidden adds up to three other enterprises at least.

    Parameters
    ----------
    by
        ``region`` or nothing: any further cut of the same figures could be compared with these.
    own
        Enterprises whose figures the reader knows.

    Returns
    -------
    DataFrame
        As ``Aggregate.table``; ``hidden`` is « complément » for a group hidden because of another.

    Raises
    ------
    AnswerError
        For another cut.
    """
    if by not in (None, "region"):
        cause = f"Le réseau ne se montre pas par « {by} »."
        raise AnswerError("Réseau", [Problem("STO-005", "by", cause, "Choisissez « region ».")])
    whole = aggregate(base, answers, by)
    cells = whole.protect(MIN_UNITS).cells
    others = whole.cells["n"] - _known(whole.cells, answers, by, own)
    cells.loc[(cells["hidden"] == "") & (others > 0) & (others < MIN_UNITS), "hidden"] = FREQUENCY
    for _, rows in cells.groupby(["year", "indicator"], sort=False).indices.items():
        _hide_more(cells, cells.index[rows], others)
    cells.loc[cells["hidden"] != "", ["value", "n", "coverage"]] = np.nan
    return cells[COLUMNS]


def _known(cells: pd.DataFrame, answers: Answers, by: str | None, own: Set[str]) -> pd.Series:
    """How many of those counted in each cell the reader knows."""
    rows = pd.DataFrame(
        {
            "enterprise": answers.values.index.get_level_values("enterprise"),
            "year": answers.values.index.get_level_values("year"),
            "group": list(answers.context[by]) if by else "réseau",
        }
    )
    mine = rows[rows["enterprise"].isin(own)].groupby(["group", "year"])["enterprise"].agg(set).to_dict()
    counts = [
        len(mine.get((group, year), set()) - set(missing))
        for group, year, missing in zip(cells["group"], cells["year"], cells["missing"], strict=True)
    ]
    return pd.Series(counts, index=cells.index, dtype=float)


def _hide_more(cells: pd.DataFrame, rows: pd.Index, others: pd.Series) -> None:
    """Hide the smallest groups beside a hidden one, until a subtraction from the total gives nobody away."""
    closed = [row for row in rows if cells.at[row, "hidden"] and others[row] > 0]
    shown = sorted((row for row in rows if not cells.at[row, "hidden"]), key=lambda row: others[row])
    while closed and shown and (len(closed) == 1 or others[closed].sum() < MIN_UNITS):
        closed.append(shown.pop(0))
        cells.at[closed[-1], "hidden"] = SECONDARY
