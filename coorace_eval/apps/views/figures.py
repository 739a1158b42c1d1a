"""Charts as the screen shows them: a drawing, its description, its table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coorace_eval import charts
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.workspace import Workspace
from coorace_eval.language import tr

MOST_TRENDS = 9


def figures(work: Workspace) -> list[b.Block]:
    """Profile, targets and evolutions of one campaign, those that have something to say."""
    results, year = work.results, work.year
    chosen = followed(work)
    drawn = [
        _figure(
            tr("Où en sommes-nous ?"),
            charts.profile(results, work.story),
            charts.profile_table(results, work.story),
        ),
        _figure(tr("Nos cibles"), charts.targets(results, year), charts.targets_table(results, year)),
        _figure(
            tr("Ce qui a changé"), charts.evolution(results, chosen), charts.evolution_table(results, chosen)
        ),
    ]
    return [b.group(tr("Ce que l'on montre"), drawn)]


def followed(work: Workspace) -> list[str]:
    """The indicators worth drawing over time: aimed at first, then those known at least twice."""
    known = work.results.values.notna().sum()
    twice = [i for i in work.referential.indicators if known.get(i.id, 0) >= 2]
    ranked = sorted(twice, key=lambda i: (i.target is None, i.status != "socle"))
    return [indicator.id for indicator in ranked[:MOST_TRENDS]]


def _figure(caption: str, chart: Any, table: pd.DataFrame) -> b.Block:
    columns = [(str(name), False) for name in table.columns]
    rows = [
        ["" if cell is None or cell != cell else str(cell) for cell in row]
        for row in table.itertuples(index=False)
    ]
    beside = b.table(caption, columns, rows, tr("Aucune donnée pour l'instant."))
    return {
        "type": "figure",
        "id": b.key("figure", caption),
        "svg": charts.to_svg(chart),
        "alt": charts.describe(chart),
        "caption": "",
        "table": beside,
    }
