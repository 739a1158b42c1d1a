"""Several indicators of one enterprise over the years, a small chart for each.

Nine small charts are some thirty layers: each is written as plain Vega-Lite and put in one Altair chart,
as Altair copies a whole chart each time a layer is added to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, blank, heading, one_enterprise
from coorace_eval.charts.words import NBSP, lines, plain, sentence
from coorace_eval.formatting import format_number, format_value
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr
from coorace_eval.referential.model import Indicator

QUESTION = mark("Qu'est-ce qui a changé au fil des années\u00a0?")
MOST = 9
UNKNOWN = mark("n.\u00a0d.")
GAP = mark("« n. d. »\u00a0: non disponible.")
_HEIGHT, _LINE, _UNIT, _YEARS, _BETWEEN = 70, 14, 17, 22, 18


class _Grid(NamedTuple):
    """How small charts share the width of a page, in pixels; ``letters`` fit above one of them."""

    width: int
    letters: int
    gap: int = 32


_GRIDS = {1: _Grid(420, 66), 2: _Grid(312, 49), 3: _Grid(196, 31)}


@dataclass(frozen=True)
class _Series:
    """What is known of one indicator, every year between the first and the last: NaN for a gap."""

    about: Indicator
    years: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def known(self) -> list[float]:
        return [value for value in self.values if not isnan(value)]

    @property
    def told(self) -> str:
        said = (
            tr("non disponible en {year}", year=year)
            if isnan(value)
            else tr(
                "{value} en {year}",
                value=format_value(value, self.about.unit, label=self.about.unit_text),
                year=year,
            )
            for year, value in zip(self.years, self.values, strict=True)
        )
        return f"{plain(self.about.label)} : {', '.join(said)}"


class _Plain(alt.LayerSpec):
    """A layered chart written as plain Vega-Lite, which Altair takes as it is."""

    _class_is_valid_at_instantiation = False


def evolution(results: Results, indicators: Sequence[str]) -> AnyChart:
    """Up to nine indicators of one enterprise over the years, a small chart for each.

    Each small chart starts at zero and has its own scale; the first and the last figure stand beside
    their points. Indicators without any figure are left out of the drawing; the table keeps them.
    """
    shown = [series for series in _read(results, indicators) if series.known][:MOST]
    if not shown:
        return blank(tr(QUESTION))
    columns = 2 if len(shown) in (2, 4) else min(3, len(shown))
    grid = _GRIDS[columns]
    tall = max(len(lines(series.about.label, grid.letters, 3)) for series in shown)
    gaps = any(len(series.known) < len(series.values) for series in shown)
    return alt.concat(
        *(_Plain(**_small(series, grid, tall)) for series in shown),
        columns=columns, bounds="flush", padding={"left": 4, "top": 4, "right": 20, "bottom": 4},
        title=heading(tr(QUESTION), tr(GAP) if gaps else ""),
        description=sentence([series.told for series in shown]),
        spacing={"row": _YEARS + _BETWEEN + _LINE * tall + _UNIT, "column": grid.gap},
    )  # fmt: skip


def evolution_table(results: Results, indicators: Sequence[str]) -> pd.DataFrame:
    """The table that stands beside the chart: a row per indicator, a column per year."""
    rows = []
    for series in _read(results, indicators):
        about = series.about
        said = [format_value(value, about.unit, label=about.unit_text) for value in series.values]
        known = dict(zip(map(str, series.years), said, strict=True))
        rows.append({tr("Indicateur"): plain(about.label)} | known)
    return pd.DataFrame(rows, columns=None if rows else [tr("Indicateur")])


def _read(results: Results, indicators: Sequence[str]) -> list[_Series]:
    enterprise = one_enterprise(results, tr(QUESTION))
    values = results.values
    if enterprise is None:
        return [_Series(results.referential.indicator(id), (), ()) for id in indicators]
    known = values.xs(enterprise, level="enterprise")
    years = tuple(range(int(known.index.min()), int(known.index.max()) + 1))
    table = known.reindex(years)
    return [
        _Series(results.referential.indicator(id), years, tuple(map(float, table[id]))) for id in indicators
    ]


def _small(series: _Series, grid: _Grid, tall: int) -> dict[str, Any]:
    """One small chart: a line, its two ends in figures, its gaps in words."""
    about, low, high = series.about, min(0.0, *series.known), max(0.0, *series.known)
    room = (high - low or 1.0) * 0.24
    floor, top = low - room if low < 0 else 0.0, high + room if high > 0 else 0.0
    scale = {"domain": [floor, top], "nice": False, "zero": True}
    y = {
        "field": "value", "type": "quantitative", "title": None, "scale": scale,
        "axis": {"values": [0], "labels": False, "domain": False, "ticks": False, "gridColor": theme.QUIET},
    }  # fmt: skip
    x = {
        "field": "year", "type": "ordinal", "title": None,
        "scale": {"domain": list(series.years), "type": "point", "padding": 0.35},
        "axis": {"labelAngle": 0, "ticks": False, "domain": False, "labelOverlap": True},
    }  # fmt: skip
    dots = {"color": theme.BLUE, "size": 60, "filled": True, "stroke": theme.INK, "strokeWidth": 1}
    figure = {
        "type": "text", "dx": {"expr": "datum.aside"}, "dy": {"expr": "datum.shift"},
        "fontSize": 11, "fontWeight": 600,
    }  # fmt: skip
    gap = {"type": "text", "fontStyle": "italic", "color": theme.SOFT, "fontSize": 11, "baseline": "bottom"}
    layers = [
        {"mark": {"type": "line", "color": theme.BLUE, "point": dots}, "encoding": {"y": y}},
        {
            "mark": figure,
            "transform": [{"filter": "datum.figure"}],
            "encoding": {"y": y, "text": {"field": "figure", "type": "nominal"}},
        },
    ]
    if len(series.known) < len(series.values):
        absent = [{"filter": "!isValid(datum.value)"}]
        where = {"y": {"value": _HEIGHT - 5}, "text": {"value": tr(UNKNOWN)}}
        layers.append({"mark": gap, "transform": absent, "encoding": where})
    return {
        "data": {"values": _rows(series, _HEIGHT / (top - floor or 1.0), floor)},
        "width": grid.width, "height": _HEIGHT, "title": _title(about, grid.letters, tall),
        "encoding": {"x": x}, "layer": layers,
    }  # fmt: skip


def _rows(series: _Series, scale: float, floor: float) -> list[dict[str, Any]]:
    """The points, and on which side of each end its figure stands: away from the line, above the axis."""
    known = [rank for rank, value in enumerate(series.values) if not isnan(value)]
    ends = {known[0]: known[min(1, len(known) - 1)], known[-1]: known[max(-2, -len(known))]}
    rows: list[dict[str, Any]] = []
    for rank, (year, value) in enumerate(zip(series.years, series.values, strict=True)):
        row: dict[str, Any] = {"year": year, "value": None if isnan(value) else value}
        row["told"] = f"{plain(series.about.label)}, {year}{NBSP}: {_whole(series.about, value)}"
        if rank in ends:
            rises = series.values[ends[rank]] > value
            below = rises and (value - floor) * scale > 22
            aside = 0 if below or not rises else -18 if rank == known[0] else 18
            row |= {"figure": _short(series.about, value), "shift": 14 if below else -12, "aside": aside}
        rows.append(row)
    return rows


def _title(about: Indicator, letters: int, tall: int) -> dict[str, Any]:
    """The name of the indicator and its unit, the first line of each at the same height."""
    label, unit = lines(about.label, letters, 3), lines(about.unit_text, letters, 1)
    offset = 8 + _LINE * (tall - len(label)) + (0 if unit[0] else _UNIT)
    return {
        "text": label, "fontSize": 12, "fontWeight": 600, "frame": "group", "offset": offset,
        **({"subtitle": unit, "subtitleFontSize": 11, "subtitlePadding": 3} if unit[0] else {}),
    }  # fmt: skip


def _whole(about: Indicator, value: float) -> str:
    return format_value(value, about.unit, label=about.unit_text)


def _short(about: Indicator, value: float) -> str:
    """A figure that fits a small chart: millions as « 1,32 M », hundreds of thousands as « 412 k »."""
    if abs(value) >= 1e6:
        return f"{format_number(value / 1e6)}\u00a0M"
    if abs(value) >= 1e5:
        return f"{format_number(value / 1e3, 0)}\u00a0k"
    return format_value(value, about.unit, label="")
