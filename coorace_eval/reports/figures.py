"""The charts of a report, each with its figures, and the table that stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

import pandas as pd

from coorace_eval import charts
from coorace_eval.campaigns.appreciation import Appreciation
from coorace_eval.campaigns.story import Story
from coorace_eval.formatting import MISSING
from coorace_eval.indicators import Results
from coorace_eval.language import tr
from coorace_eval.network import Band
from coorace_eval.referential.model import Indicator
from coorace_eval.reports.content import Block, Cell, ChartData, Figure, Series, Table
from coorace_eval.reports.trace import reference
from coorace_eval.vocabulary import Level

YEARS = 6
"""As many years as a table has room for side by side."""
_RANKS = {level: float(rank) for rank, level in enumerate(Level)}


def profile(results: Results, story: Story, bands: Mapping[str, Band] | None = None) -> list[Block]:
    """The collective appreciation of each dimension, drawn and in words."""
    year, dimensions = story.campaign.year, results.referential.dimensions
    series = [
        Series(str(when), tuple(_rank(given, d.id) for d in dimensions))
        for when, given in ((year - 1, story.previous_appreciations), (year, story.appreciations))
        if any(_rank(given, d.id) is not None for d in dimensions)
    ]
    chart = charts.profile(results, story)
    words = tuple(level.label for level in Level)
    data = ChartData(
        "barres", charts.headline(chart), tuple(d.label for d in dimensions), tuple(series), words=words
    )
    table = charts.profile_table(results, story)
    return [
        Figure.from_chart(chart, data=[data]),
        Table.from_frame(tr("L'appréciation collective en mots"), table),
    ]


def targets(results: Results, enterprise: str, year: int) -> list[Block]:
    """Each indicator that has a target beside it; nothing where none has."""
    table = charts.targets_table(results, year)
    if table.empty:
        return []
    chart = charts.targets(results, year)
    aimed = [indicator for indicator in results.referential.indicators if indicator.target is not None]
    shares = tuple(_share(indicator, results.value(indicator.id, enterprise, year)) for indicator in aimed)
    data = ChartData(
        "barres", charts.headline(chart), tuple(i.label for i in aimed),
        (Series(tr("Part de la cible atteinte"), shares),), "ratio",
    )  # fmt: skip
    rows = tuple(
        tuple(
            Cell(str(text), ref=reference(results, indicator.id, enterprise, year) if column == 1 else "")
            for column, text in enumerate(row)
        )
        for indicator, row in zip(aimed, table.itertuples(index=False), strict=True)
    )
    head = tuple(map(str, table.columns))
    beside = Table(tr("Valeurs et cibles"), head, rows, figures=(1, 2, 3), wide=(0, 1, 2))
    return [Figure.from_chart(chart, data=[data]), beside]


def evolution(results: Results, enterprise: str, chosen: Sequence[Indicator], caption: str) -> list[Block]:
    """Some indicators over the years, drawn and in figures."""
    names = [indicator.id for indicator in chosen]
    chart = charts.evolution(results, names)
    table = charts.evolution_table(results, names)
    years = [str(name) for name in table.columns[1:]]
    values = results.values.xs(enterprise, level="enterprise").reindex(list(map(int, years)))
    data = tuple(
        ChartData(
            "lignes", indicator.label, tuple(years),
            (Series(indicator.label, tuple(map(_known, values[indicator.id]))),),
            "ratio" if indicator.unit == "ratio" else indicator.unit_text,
        )
        for indicator in chosen
        if values[indicator.id].notna().any()
    )  # fmt: skip
    said = tr("L'évolution en chiffres")
    tables = [
        _over(results, enterprise, chosen, table, years[start : start + YEARS], said)
        for start in range(0, len(years), YEARS)
    ]
    return [Figure.from_chart(chart, caption, data), *tables]


def _over(
    results: Results,
    enterprise: str,
    chosen: Sequence[Indicator],
    table: pd.DataFrame,
    years: list[str],
    said: str,
) -> Table:
    """The figures of some years, each with its reference."""
    rows = tuple(
        (
            Cell(indicator.label),
            *(
                Cell(
                    str(row[year]),
                    ref="" if row[year] == MISSING else _ref(results, indicator, enterprise, year),
                )
                for year in years
            ),
        )
        for indicator, (_, row) in zip(chosen, table.iterrows(), strict=True)
    )
    figures = tuple(range(1, len(years) + 1))
    return Table(said, (str(table.columns[0]), *years), rows, figures, (0,), "annexe")


def _ref(results: Results, indicator: Indicator, enterprise: str, year: str) -> str:
    return reference(results, indicator.id, enterprise, int(year))


def _rank(given: Sequence[Appreciation], dimension: str) -> float | None:
    found = next((a.level for a in given if a.dimension == dimension), None)
    return None if found is None else _RANKS[found]


def _share(indicator: Indicator, value: float) -> float | None:
    return None if isnan(value) else _known(charts.attainment(indicator, value)[0])


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)
