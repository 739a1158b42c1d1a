"""Each indicator beside the target that the enterprise gave itself."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from coorace_eval.charts import theme
from coorace_eval.charts.drawing import (
    AnyChart,
    Rows,
    blank,
    channel,
    heading,
    layered,
    one_enterprise,
    row_labels,
)
from coorace_eval.charts.words import plain, sentence
from coorace_eval.formatting import MISSING, format_value
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr
from coorace_eval.referential.model import Indicator
from coorace_eval.vocabulary import Direction, ValueStatus

QUESTION = mark("Où en sommes-nous de nos cibles\u00a0?")
REACHED, CLOSE, ON_THE_WAY = mark("Cible atteinte"), mark("Proche"), mark("En chemin")
NEAR = 0.8
_ROW, _WIDTH, _MOST = 46, 190, 1.25
_COLOURS = {REACHED: theme.GREEN, CLOSE: theme.SKY, ON_THE_WAY: theme.ORANGE}


def targets(results: Results, year: int) -> AnyChart:
    """The indicators that have a target: how far the value of the year stands from it.

    The axis is the share of the target that is reached, since each indicator has its own unit; the
    figures stand beside each bar, with the words « Cible atteinte », « Proche » (from 80 %) or « En
    chemin ». Bars stop at 125 %.
    """
    read = _read(results, year)
    if not read:
        return blank(tr(QUESTION))
    x = channel(
        "share", title=tr("Part de la cible atteinte"), scale={"domain": [0, _MOST], "nice": False},
        axis={"values": [0, 0.5, 1], "format": ".0%", "grid": False, "domain": False, "ticks": False},
    )  # fmt: skip
    y = channel("row", axis=None, scale={"domain": [len(read) - 0.5, -0.5], "nice": False})
    words = {"domain": [tr(word) for word in _COLOURS], "range": list(_COLOURS.values())}
    beside: dict[str, Any] = {"type": "text", "align": "left", "x": _WIDTH + 16}
    ground = {"type": "bar", "color": theme.GROUND, "stroke": None, "size": 24, "x": 0}
    aim = {
        "type": "tick", "color": theme.INK, "thickness": 3, "size": 30, "orient": "vertical", "opacity": 1,
    }  # fmt: skip
    layers: list[dict[str, Any]] = [
        {
            "data": [row | {"share": _MOST} for row in read], "mark": ground,
            "encoding": {"x": x, "x2": {"datum": 0}, "y": y},
        },
        {
            "data": [row | {"zero": 0.0, "most": _MOST} for row in read if row["share"] is not None],
            "mark": {"type": "bar", "size": 12},
            "encoding": {
                "x": x, "x2": {"field": "zero"}, "y": y,
                "color": channel("word", "nominal", scale=words, legend=None),
            },
        },
        {"data": [row | {"share": 1.0} for row in read], "mark": aim, "encoding": {"x": x, "y": y}},
        {
            "data": read, "mark": beside | {"dy": -8, "fontWeight": 600},
            "encoding": {"y": y, "text": channel("word", "nominal")},
        },
        {
            "data": read, "mark": beside | {"dy": 8, "color": theme.SOFT},
            "encoding": {"y": y, "text": channel("said", "nominal")},
        },
        *row_labels([row["label"] for row in read], 34, y),
    ]  # fmt: skip
    told = [f"{row['label']} : {row['said']}, {row['word'].lower()}" for row in read]
    description = sentence([tr("Valeurs de {year} et cibles.", year=year) + " " + told[0], *told[1:]])
    title = heading(
        tr(QUESTION), tr("Trait noir\u00a0: la cible. Chaque indicateur garde son unité, écrite à droite.")
    )
    return layered(layers, width=_WIDTH, height=_ROW * len(read), title=title, description=description)


def targets_table(results: Results, year: int) -> pd.DataFrame:
    """The table that stands beside the chart: indicator, value, target, by when, where we stand."""
    columns = {
        "label": tr("Indicateur"), "value": tr("Valeur {year}", year=year), "target": tr("Cible"),
        "by": tr("Échéance"), "word": tr("Où en sommes-nous"),
    }  # fmt: skip
    rows = [[row[name] for name in columns] for row in _read(results, year)]
    return pd.DataFrame(rows, columns=list(columns.values()))


def attainment(indicator: Indicator, value: float) -> tuple[float, str]:
    """The share of the target reached, and the word for it.

    Parameters
    ----------
    indicator
        One that has a target. Under ``baisse`` lower is better: the share is target over value.
        Under ``equilibre`` it falls as the value goes further from the balance than the target
        does. Otherwise it is value over target.
    value
        In the indicator's unit.

    Returns
    -------
    tuple
        The share (NaN where a share has no meaning, such as a target of zero) and the French word,
        to be shown with ``tr``.

    >>> from types import SimpleNamespace as Some
    >>> attainment(Some(direction="baisse", target=Some(value=10.0), balance=None), 12.0)
    (0.8333333333333334, 'Proche')
    """
    assert indicator.target is not None
    target = indicator.target.value
    if indicator.direction == Direction.BAISSE:
        reached, share = value <= target, _ratio(target, value)
    elif indicator.direction == Direction.EQUILIBRE:
        balance = target if indicator.balance is None else indicator.balance
        excess = abs(value - balance) - abs(target - balance)
        reached = excess <= 1e-12 * max(1.0, abs(balance))
        share = 1.0 if reached else max(0.0, 1 - excess / abs(balance)) if balance else math.nan
    else:
        reached, share = value >= target, _ratio(value, target)
    if reached:
        return (max(share, 1.0) if not math.isnan(share) else 1.0), REACHED
    share = min(share, 1.0) if not math.isnan(share) else math.nan
    return share, CLOSE if share >= NEAR else ON_THE_WAY


def _ratio(over: float, under: float) -> float:
    return over / under if over >= 0 and under > 0 else math.nan


def _read(results: Results, year: int) -> Rows:
    enterprise = one_enterprise(results, tr(QUESTION))
    rows: Rows = []
    for indicator in results.referential.indicators:
        if indicator.target is None or enterprise is None or (enterprise, year) not in results.values.index:
            continue
        value = results.value(indicator.id, enterprise, year)
        target = format_value(indicator.target.value, indicator.unit, label=indicator.unit_text)
        if math.isnan(value):
            status = ValueStatus(str(results.statuses.at[(enterprise, year), indicator.id]))
            share, word, shown = math.nan, status.label, MISSING
            said = tr("Cible {target} en {year}", target=target, year=indicator.target.year)
        else:
            share, reached = attainment(indicator, value)
            word = tr(reached)
            shown = format_value(value, indicator.unit, label=indicator.unit_text)
            bare = format_value(indicator.target.value, indicator.unit, label="")
            said = tr(
                "{value} (cible {target} en {year})", value=shown, target=bare, year=indicator.target.year
            )
        rows.append({
            "row": len(rows), "label": plain(indicator.label), "value": shown, "target": target,
            "by": str(indicator.target.year), "share": None if math.isnan(share) else min(share, _MOST),
            "word": word, "said": said,
        })  # fmt: skip
    return rows
