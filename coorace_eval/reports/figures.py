"""The charts of a report, each with its figures, and the table that stands beside it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import isnan

from coorace_eval import charts
from coorace_eval.campaigns.appreciation import Appreciation
from coorace_eval.campaigns.story import Story
from coorace_eval.charts.words import plain
from coorace_eval.formatting import format_value
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
    chart = charts.profile(results, story, bands)
    words = tuple(level.label for level in Level)
    data = ChartData(
        "barres", charts.headline(chart), tuple(d.label for d in dimensions), tuple(series), words=words
    )
    table = charts.profile_table(results, story, bands)
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


def chain(results: Results, enterprise: str, story: Story, year: int) -> list[Block]:
    """From what the enterprise brings to what its figures rest on; nothing where there is no figure."""
    table = charts.chain_table(results, story, year, drawn=True)
    if table.empty:
        return []
    named = {
        (plain(contribution.label), plain(indicator.label)): indicator.id
        for contribution in results.referential.contributions
        for indicator in contribution.indicators
    }
    rows = tuple(
        (
            Cell(contribution), Cell(indicator),
            Cell(value, ref=reference(results, named[contribution, indicator], enterprise, year)),
            Cell(word), Cell(source),
        )
        for _, contribution, indicator, value, word, source, _ in table.itertuples(index=False)
    )  # fmt: skip
    head = tuple(map(str, table.columns[1:6]))
    beside = Table(tr("Ce sur quoi repose chaque chiffre dessiné"), head, rows, (2,), (0, 1, 4), "annexe")
    return [Figure.from_chart(charts.chain(results, story, year)), beside]


def evolution(results: Results, enterprise: str, chosen: Sequence[Indicator], caption: str) -> list[Block]:
    """Some indicators over the years, drawn and in figures."""
    names = [indicator.id for indicator in chosen]
    chart = charts.evolution(results, names)
    values = results.values.xs(enterprise, level="enterprise")
    years = range(int(values.index.min()), int(values.index.max()) + 1)
    values = values.reindex(years)
    data = tuple(
        ChartData(
            "lignes", indicator.label, tuple(map(str, years)),
            (Series(indicator.label, tuple(map(_known, values[indicator.id]))),),
            "ratio" if indicator.unit == "ratio" else indicator.unit_text,
        )
        for indicator in chosen
        if values[indicator.id].notna().any()
    )  # fmt: skip
    known = values.to_dict("index")
    tables = [
        _over(results, enterprise, chosen, {year: known[year] for year in years[start : start + YEARS]})
        for start in range(0, len(years), YEARS)
    ]
    return [Figure.from_chart(chart, caption, data), *tables]


def figure(indicator: Indicator, value: float) -> str:
    """A figure in a table: a unit that is a sign stands with it, one in words stands below the name."""
    return format_value(value, indicator.unit, label="" if unit_apart(indicator) else indicator.unit_text)


def unit_apart(indicator: Indicator) -> str:
    """The unit in words, written once below the name of the indicator; nothing where it is a sign."""
    return indicator.unit_text if len(indicator.unit_text) > 3 else ""


def _over(
    results: Results,
    enterprise: str,
    chosen: Sequence[Indicator],
    values: Mapping[int, Mapping[Hashable, float]],
) -> Table:
    """The figures of some years, each with its reference."""

    def cell(indicator: Indicator, year: int) -> Cell:
        value = float(values[year][indicator.id])
        ref = "" if isnan(value) else reference(results, indicator.id, enterprise, year)
        return Cell(figure(indicator, value), ref=ref, unit=unit_apart(indicator) if ref else "")

    rows = tuple(
        (Cell(indicator.label, unit_apart(indicator)), *(cell(indicator, year) for year in values))
        for indicator in chosen
    )
    head = (results.referential.levels.spoken.indicator, *map(str, values))
    places = tuple(range(1, len(head)))
    return Table(tr("L'évolution en chiffres"), head, rows, places, (0,), "annexe")


def _rank(given: Sequence[Appreciation], dimension: str) -> float | None:
    found = next((a.level for a in given if a.dimension == dimension), None)
    return None if found is None else _RANKS[found]


def _share(indicator: Indicator, value: float) -> float | None:
    return None if isnan(value) else _known(charts.attainment(indicator, value)[0])


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)
