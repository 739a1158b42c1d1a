"""Where the group thinks it stands, dimension by dimension, in words (decision 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coorace_eval.campaigns.story import Story
from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, Rows, blank, channel, heading, layered, row_labels
from coorace_eval.charts.words import NBSP, plain, sentence
from coorace_eval.formatting import MISSING
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr
from coorace_eval.network import Band
from coorace_eval.vocabulary import Level

QUESTION = mark("Où pensons-nous en être, dimension par dimension\u00a0?")
NOT_YET = mark("Non appréciée")
BANDS = mark(
    "Bande grise\u00a0: entre quels niveaux se tient la moitié du milieu des entreprises du même type."
)
_ROW, _COLUMN, _AROUND = 52, 116, 0.42
_PLACES = ("rank", "from_", "before")
_LEVELS = {level: rank for rank, level in enumerate(Level)}


def profile(results: Results, story: Story, bands: Mapping[str, Band] | None = None) -> AnyChart:
    """The collective appreciation of each dimension, this year and the year before.

    An ordinal axis in words: there is no mark, no total and no order between dimensions, which stay
    as the référentiel has them. A dimension that was not appreciated says so.

    Parameters
    ----------
    bands
        By dimension, between which levels the middle half of the others of the same type stands.
    """
    read = _read(results, story, bands or {})
    if all(row["level"] is None and row["before"] is None for row in read):
        return blank(tr(QUESTION))
    now, before = str(story.campaign.year), str(story.campaign.year - 1)
    marks = {before: _marks(read, before, "before", "word_before"), now: _marks(read, now, "level", "word")}
    years = [now, before] if any(row["before"] is not None for row in read) else [now]
    hidden: dict[str, Any] = {"title": None, "axis": None}
    across = {name: channel(name, scale={"domain": [-0.5, 3.5]}, **hidden) for name in _PLACES}
    y = channel("row", scale={"domain": [len(read) - 0.5, -0.5], "nice": False}, **hidden)
    told: dict[str, dict[str, Any]] = {
        "color": {"range": [theme.BLUE, theme.ORANGE]}, "shape": {"range": ["circle", "diamond"]},
    }  # fmt: skip
    series = {
        name: channel("series", "nominal", scale={"domain": years, "range": look["range"][: len(years)]})
        for name, look in told.items()
    }
    series["color"]["legend"] = {"orient": "bottom"}
    banded = [
        row | {"from_": row["low"] - _AROUND, "to": row["high"] + _AROUND}
        for row in read
        if row["low"] is not None
    ]
    band = {"type": "bar", "color": theme.BAND, "stroke": theme.QUIET, "size": 34, "cornerRadius": 4}
    ranks = [{"rank": rank, "word": level.label} for level, rank in _LEVELS.items()]
    layers: list[dict[str, Any]] = [
        *(
            {"data": banded, "mark": band, "encoding": {"x": across["from_"], "x2": {"field": "to"}, "y": y}}
            for _ in banded[:1]
        ),
        {
            "data": [{"row": edge - 0.5} for edge in range(len(read) + 1)],
            "mark": {"type": "rule", "color": theme.GRID, "strokeWidth": 1}, "encoding": {"y": y},
        },
        {
            "data": ranks,
            "mark": {"type": "rule", "color": theme.GRID, "strokeWidth": 1, "strokeDash": [2, 3]},
            "encoding": {"x": across["rank"]},
        },
        {
            "data": ranks, "mark": {"type": "text", "baseline": "bottom", "fontWeight": 600, "y": -10},
            "encoding": {"x": across["rank"], "text": channel("word", "nominal")},
        },
        {
            "data": read, "mark": {"type": "rule", "color": theme.QUIET, "strokeWidth": 2.5},
            "encoding": {"x": across["before"], "x2": {"field": "level"}, "y": y},
        },
        *(
            {
                "data": marks[year], "mark": {"type": "point", "size": 420 if year == before else 170},
                "encoding": {"x": across["rank"], "y": y} | series,
            }
            for year in (before, now)
        ),
        {
            "data": [row for row in read if row["level"] is None],
            "mark": {"type": "text", "align": "left", "fontStyle": "italic", "color": theme.SOFT, "x": 12},
            "encoding": {"y": y, "text": {"value": tr("Non appréciée en {year}", year=now)}},
        },
        *row_labels([row["label"] for row in read], 38, y),
    ]  # fmt: skip
    return layered(
        layers, width=4 * _COLUMN, height=_ROW * len(read), description=_description(read, now, before),
        title=heading(tr(QUESTION), tr(BANDS) if banded else ""),
    )  # fmt: skip


def profile_table(results: Results, story: Story, bands: Mapping[str, Band] | None = None) -> pd.DataFrame:
    """The table that stands beside the chart: dimension, this year, last year, how sure, the others."""
    read = _read(results, story, bands or {})
    last = [MISSING if row["before"] is None else row["word_before"] for row in read]
    columns = {
        results.referential.levels.spoken.dimension: [row["label"] for row in read],
        str(story.campaign.year): [row["word"] for row in read],
        str(story.campaign.year - 1): last,
        tr("Degré de certitude"): [row["confidence"] for row in read],
    }
    if any(row["low"] is not None for row in read):
        columns[tr("Moitié du milieu, même type")] = [row["others"] for row in read]
    return pd.DataFrame(columns)


def _marks(read: Rows, year: str, rank: str, word: str) -> Rows:
    """Where each dimension stood one year, and what its mark says to whoever points at it."""
    return [
        row | {"series": year, "rank": row[rank], "told": f"{row['label']}, {year}{NBSP}: {row[word]}"}
        for row in read
        if row[rank] is not None
    ]


def _read(results: Results, story: Story, bands: Mapping[str, Band]) -> Rows:
    now = {a.dimension: a for a in story.appreciations if a.level}
    before = {a.dimension: a for a in story.previous_appreciations if a.level}
    rows: Rows = []
    for row, dimension in enumerate(results.referential.dimensions):
        here, then = now.get(dimension.id), before.get(dimension.id)
        level, last = here.level if here else None, then.level if then else None
        band = bands.get(dimension.id)
        low, high = (band and band.half) or (None, None)
        rows.append({
            "row": row,
            "label": plain(dimension.label),
            "level": float(_LEVELS[level]) if level else None,
            "before": float(_LEVELS[last]) if last else None,
            "word": level.label if level else tr(NOT_YET),
            "word_before": last.label if last else tr(NOT_YET),
            "confidence": here.confidence.label if here and level and here.confidence else MISSING,
            "low": low, "high": high, "others": _between(low, high),
        })  # fmt: skip
    return rows


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return MISSING
    words = [level.label for level in Level]
    if low == high:
        return words[int(low)]
    return tr("de «\u00a0{low}\u00a0» à «\u00a0{high}\u00a0»", low=words[int(low)], high=words[int(high)])


def _description(read: Rows, now: str, before: str) -> str:
    told = []
    for row in read:
        last, others = row["word_before"].lower(), row["others"]
        beside = [
            *([] if row["before"] is None else [tr("{word} en {year}", word=last, year=before)]),
            *(
                []
                if row["low"] is None
                else [tr("moitié du milieu du réseau\u00a0: {levels}", levels=others)]
            ),
        ]
        told.append(f"{row['label']} : {row['word'].lower()}" + (f" ({', '.join(beside)})" if beside else ""))
    lead = tr("Appréciation collective en {year}, sur quatre niveaux en mots.", year=now)
    return sentence([f"{lead} {told[0]}", *told[1:]])
