"""Several indicators of one enterprise over the years, a small chart for each.

Nine small charts would be some thirty layers, which an engine takes long to make: they are one chart of a
few layers whose marks are placed in pixels, written as plain Vega-Lite and put in one Altair chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, isnan
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, Plain, blank, heading, one_enterprise
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
_ASIDE = 0.35
"""How far the first year stands from the side of its chart, in steps from a year to the next."""
_YEAR = 38
"""The room that a year needs, in pixels."""


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
    step = _HEIGHT + _YEARS + _BETWEEN + _LINE * tall + _UNIT
    small = [
        _Small(
            series,
            grid.letters,
            tall,
            rank % columns * (grid.width + grid.gap),
            rank // columns * step,
            grid.width,
        )
        for rank, series in enumerate(shown)
    ]
    size = columns * (grid.width + grid.gap) - grid.gap, (len(shown) - 1) // columns * step + _HEIGHT
    return alt.concat(
        Plain(**_drawn(small, *size)),
        bounds="flush", padding={"left": 4, "top": 4, "right": 20, "bottom": 4},
        title=heading(tr(QUESTION), tr(GAP) if gaps else ""),
        description=sentence([series.told for series in shown]),
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


def _drawn(small: Sequence[_Small], wide: int, tall: int) -> dict[str, Any]:
    """All the small charts as one, in pixels: an engine makes one chart of many marks sooner than nine."""
    across, down = (
        {"scale": {"domain": ends, "nice": False}, "axis": None} for ends in ([0, wide], [-tall, 0])
    )

    def place(mark: dict[str, Any], rows: Iterable[dict[str, Any]], **more: Any) -> dict[str, Any]:
        x, y = ({"field": n, "type": "quantitative", **at} for n, at in (("x", across), ("y", down)))
        return {"data": {"values": list(rows)}, "mark": mark, "encoding": {"x": x, "y": y, **more}}

    def texts(rows: Iterable[dict[str, Any]], size: int, **look: Any) -> dict[str, Any]:
        mark = {"type": "text", "fontSize": size, "baseline": "alphabetic", **look}
        return place(mark, rows, text={"field": "text", "type": "nominal"})

    dots = {"color": theme.BLUE, "size": 60, "filled": True, "stroke": theme.INK, "strokeWidth": 1}
    line = {"type": "line", "color": theme.BLUE, "point": dots}
    axis = {"type": "rule", "color": theme.QUIET, "strokeWidth": 1}
    shift = {"dx": {"expr": "datum.aside"}, "dy": {"expr": "datum.shift"}, "baseline": "middle"}
    layers = [
        place(axis, [one.axis for one in small], x2={"field": "x2"}),
        place(
            line, [row for one in small for row in one.points], detail={"field": "rank", "type": "nominal"}
        ),
        texts((row for one in small for row in one.points if "text" in row), 11, fontWeight=600, **shift),
        texts((row for one in small for row in one.gaps), 11, fontStyle="italic", color=theme.SOFT),
        texts((row for one in small for row in one.years), 12),
        texts((row for one in small for row in one.label), 12, fontWeight=600, align="left"),
        texts((row for one in small for row in one.unit), 11, align="left", color=theme.SOFT),
    ]
    shown = [layer for layer in layers if layer["data"]["values"]]
    return {"width": wide, "height": tall, "layer": shown}


@dataclass(frozen=True)
class _Small:
    """One small chart, its marks in pixels: a line, its two ends in figures, its gaps in words."""

    series: _Series
    letters: int
    tall: int
    left: int
    top: int
    width: int

    @cached_property
    def _floor(self) -> float:
        low = min(0.0, *self.series.known)
        return low - self._room if low < 0 else 0.0

    @cached_property
    def _room(self) -> float:
        low, high = min(0.0, *self.series.known), max(0.0, *self.series.known)
        return (high - low or 1.0) * 0.24

    @cached_property
    def _scale(self) -> float:
        high = max(0.0, *self.series.known)
        return _HEIGHT / ((high + self._room if high > 0 else 0.0) - self._floor or 1.0)

    def _y(self, value: float) -> float:
        """The place of a value; a scale goes up, and places go down."""
        return (value - self._floor) * self._scale - self.top - _HEIGHT

    def _x(self, rank: int) -> float:
        return self.left + self.width * (_ASIDE + rank) / (len(self.series.years) - 1 + 2 * _ASIDE)

    @property
    def axis(self) -> dict[str, Any]:
        """The line of zero."""
        return {"x": self.left + 0.5, "x2": self.left + self.width + 0.5, "y": self._y(0.0) - 0.5}

    @property
    def points(self) -> list[dict[str, Any]]:
        """The points, and on which side of each end its figure stands: away from the line, above the axis."""
        series = self.series
        known = [rank for rank, value in enumerate(series.values) if not isnan(value)]
        ends = {known[0]: known[min(1, len(known) - 1)], known[-1]: known[max(-2, -len(known))]}
        rows: list[dict[str, Any]] = []
        for rank, (year, value) in enumerate(zip(series.years, series.values, strict=True)):
            gap = isnan(value)
            row: dict[str, Any] = {
                "rank": f"{self.top} {self.left}", "year": year, "value": None if gap else value,
                "x": self._x(rank), "y": None if gap else self._y(value),
                "told": f"{plain(series.about.label)}, {year}{NBSP}: {_whole(series.about, value)}",
            }  # fmt: skip
            if rank in ends:
                rises = series.values[ends[rank]] > value
                below = rises and (value - self._floor) * self._scale > 22
                aside = 0 if below or not rises else -18 if rank == known[0] else 18
                row |= {"text": _short(series.about, value), "shift": 14 if below else -12, "aside": aside}
            rows.append(row)
        return rows

    @property
    def gaps(self) -> list[dict[str, Any]]:
        """The words that stand where nothing is known."""
        return [
            {"x": self._x(rank), "y": -self.top - _HEIGHT + 8, "text": tr(UNKNOWN)}
            for rank, value in enumerate(self.series.values)
            if isnan(value)
        ]

    @property
    def years(self) -> list[dict[str, Any]]:
        """The years below, as many as there is room for."""
        step = self.width / (len(self.series.years) - 1 + 2 * _ASIDE)
        every = max(1, ceil(_YEAR / step))
        return [
            {"x": self._x(rank) + 0.5, "y": -self.top - _HEIGHT - 15.5, "text": str(year)}
            for rank, year in enumerate(self.series.years)
            if rank % every == 0
        ]

    @property
    def label(self) -> list[dict[str, Any]]:
        """The name of the indicator; the first line of each stands at the same height."""
        first = _UNIT + 13.5 + _LINE * (self.tall - 1) - self.top
        cut = lines(self.series.about.label, self.letters, 3)
        return [{"x": self.left, "y": first - _LINE * rank, "text": text} for rank, text in enumerate(cut)]

    @property
    def unit(self) -> list[dict[str, Any]]:
        """The words of its unit, below its name."""
        (said,) = lines(self.series.about.unit_text, self.letters, 1)
        return [{"x": self.left, "y": self.label[-1]["y"] - 15, "text": said}] if said else []


def _whole(about: Indicator, value: float) -> str:
    return format_value(value, about.unit, label=about.unit_text)


def _short(about: Indicator, value: float) -> str:
    """A figure that fits a small chart: millions as « 1,32 M », hundreds of thousands as « 412 k »."""
    if abs(value) >= 1e6:
        return f"{format_number(value / 1e6)}\u00a0M"
    if abs(value) >= 1e5:
        return f"{format_number(value / 1e3, 0)}\u00a0k"
    return format_value(value, about.unit, label="")
