"""Charts as the screen shows them: a drawing, its description, its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coorace_eval import charts
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.workspace import Workspace
from coorace_eval.charts.drawing import AnyChart
from coorace_eval.language import tr

MOST_TRENDS = 9


@dataclass(frozen=True)
class _Question:
    """A chart that the page shows, made when it is asked for, and the table beside it."""

    caption: str
    chart: Callable[[], AnyChart]
    table: Callable[[], pd.DataFrame]

    @property
    def id(self) -> str:
        return b.key("figure", self.caption)


def figures(work: Workspace) -> list[b.Block]:
    """Profile, targets and evolutions of one campaign, those that have something to say."""
    drawn = [_figure(one) for one in _questions(work)]
    return [b.group(tr("Ce que l'on montre"), drawn)]


def explored(work: Workspace, figure: str) -> dict[str, Any] | None:
    """What the browser needs to draw one of these figures live; ``None`` where there is no such figure."""
    asked = next((one for one in _questions(work) if one.id == figure), None)
    return None if asked is None else charts.live(asked.chart())


def _questions(work: Workspace) -> list[_Question]:
    results, year, story = work.results, work.year, work.story
    chosen = followed(work)
    return [
        _Question(
            tr("Où en sommes-nous ?"),
            lambda: charts.profile(results, story),
            lambda: charts.profile_table(results, story),
        ),
        _Question(
            tr("Nos cibles"),
            lambda: charts.targets(results, year),
            lambda: charts.targets_table(results, year),
        ),
        _Question(
            tr("Ce qui a changé"),
            lambda: charts.evolution(results, chosen),
            lambda: charts.evolution_table(results, chosen),
        ),
    ]


def followed(work: Workspace) -> list[str]:
    """The indicators worth drawing over time: aimed at first, then those known at least twice."""
    known = work.results.values.notna().sum()
    twice = [i for i in work.referential.indicators if known.get(i.id, 0) >= 2]
    ranked = sorted(twice, key=lambda i: (i.target is None, i.status != "socle"))
    return [indicator.id for indicator in ranked[:MOST_TRENDS]]


def _figure(asked: _Question) -> b.Block:
    chart, table = asked.chart(), asked.table()
    columns = [(str(name), False) for name in table.columns]
    rows = [
        ["" if cell is None or cell != cell else str(cell) for cell in row]
        for row in table.itertuples(index=False)
    ]
    beside = b.table(asked.caption, columns, rows, tr("Aucune donnée pour l'instant."))
    return {
        "type": "figure",
        "id": asked.id,
        "svg": charts.to_svg(chart),
        "alt": charts.describe(chart),
        "caption": "",
        "table": beside,
        "explore": bool(rows),
    }
