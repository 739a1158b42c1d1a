"""Each indicator beside the target that the enterprise gave itself."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, blank, heading, one_enterprise, row_text
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
    if read.empty:
        return blank(tr(QUESTION))
    x = alt.X(
        "share:Q", title=tr("Part de la cible atteinte"), scale=alt.Scale(domain=[0, _MOST], nice=False),
        axis=alt.Axis(values=[0, 0.5, 1], format=".0%", grid=False, domain=False, ticks=False),
    )  # fmt: skip
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[len(read) - 0.5, -0.5], nice=False))
    words = alt.Scale(domain=[tr(word) for word in _COLOURS], range=list(_COLOURS.values()))
    drawn = read.dropna(subset="share").assign(zero=0.0, most=_MOST)
    beside: dict[str, Any] = {"align": "left", "x": _WIDTH + 16}
    layers = [
        alt.Chart(read.assign(share=_MOST))
        .mark_bar(color=theme.GROUND, stroke=None, size=24, x=0).encode(x=x, x2=alt.datum(0), y=y),
        alt.Chart(drawn).mark_bar(size=12).encode(
            x=x, x2=alt.X2("zero:Q"), y=y, color=alt.Color("word:N", scale=words, legend=None)
        ),
        alt.Chart(read.assign(share=1.0)).mark_tick(
            color=theme.INK, thickness=3, size=30, orient="vertical", opacity=1
        ).encode(x=x, y=y),
        alt.Chart(read).mark_text(**beside, dy=-8, fontWeight=600).encode(y=y, text=alt.Text("word:N")),
        alt.Chart(read).mark_text(**beside, dy=8, color=theme.SOFT).encode(y=y, text=alt.Text("said:N")),
        *(
            alt.Chart(group)
            .mark_text(align="right", x=-14, dy=float(shift))
            .encode(y=y, text=alt.Text("text:N"))
            for shift, group in row_text(list(read["label"]), 34).groupby("shift")
        ),
    ]  # fmt: skip
    told = [f"{r.label} : {r.said}, {r.word.lower()}" for r in read.itertuples()]
    description = sentence([tr("Valeurs de {year} et cibles.", year=year) + " " + told[0], *told[1:]])
    title = heading(
        tr(QUESTION), tr("Trait noir\u00a0: la cible. Chaque indicateur garde son unité, écrite à droite.")
    )
    whole: AnyChart = alt.layer(*layers)
    return whole.properties(width=_WIDTH, height=_ROW * len(read), title=title, description=description)


def targets_table(results: Results, year: int) -> pd.DataFrame:
    """The table that stands beside the chart: indicator, value, target, by when, where we stand."""
    read = _read(results, year)
    return read[["label", "value", "target", "by", "word"]].set_axis(
        [
            tr("Indicateur"),
            tr("Valeur {year}", year=year),
            tr("Cible"),
            tr("Échéance"),
            tr("Où en sommes-nous"),
        ],
        axis=1,
    )


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


def _read(results: Results, year: int) -> pd.DataFrame:
    enterprise = one_enterprise(results, tr(QUESTION))
    rows: list[dict[str, Any]] = []
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
            "by": str(indicator.target.year), "share": min(share, _MOST), "word": word,
            "said": said,
        })  # fmt: skip
    columns = ["row", "label", "value", "target", "by", "share", "word", "said"]
    return pd.DataFrame(rows, columns=columns)
