"""How an indicator moves over the years; a missing year is a gap in the line, never a zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, blank, heading
from coorace_eval.charts.evolution import GAP, UNKNOWN
from coorace_eval.charts.words import plain, sentence, shorten
from coorace_eval.formatting import format_value
from coorace_eval.indicators import Results
from coorace_eval.language import tr, trn
from coorace_eval.referential.model import Indicator

MOST_LINES = 8
_TALL = 230


def trend(results: Results, indicator: str, labels: Mapping[str, str] | None = None) -> AnyChart:
    """One indicator over the years, one line per enterprise.

    Parameters
    ----------
    labels
        Names of the enterprises by id; the id itself where there is none.

    Notes
    -----
    Beyond eight enterprises the lines share one colour: the table tells them apart.
    """
    about = results.referential.indicator(indicator)
    read = _read(results, about, labels)
    if read["value"].notna().sum() == 0:
        return blank(plain(about.label))
    names = list(dict.fromkeys(read["name"]))
    x, y = _years(read), _values(read, about, ticks=5)
    base = alt.Chart(read).encode(x=x, y=y, detail="enterprise:N")
    if len(names) == 1:
        halo = _figures(base, 12, stroke="white", strokeWidth=4, strokeJoin="round")
        layers = [*_line(base, _TALL), halo, _figures(base, 12)]
    elif len(names) <= MOST_LINES:
        colour = alt.Color("name:N", scale=alt.Scale(domain=names, range=list(theme.SERIES[: len(names)])))
        shape = alt.Shape("name:N", scale=alt.Scale(domain=names, range=list(theme.SHAPES[: len(names)])))
        layers = [base.mark_line().encode(color=colour), base.mark_point().encode(color=colour, shape=shape)]
    else:
        layers = [base.mark_line(color=theme.BLUE, strokeWidth=1, opacity=0.6)]
    layers = [*_target(about), *layers]
    unit = tr("En {unit}", unit=about.unit_text) if about.unit_text else ""
    subtitle = f"{unit}. {tr(GAP)}".lstrip(". ") if read["value"].isna().any() else unit
    whole: AnyChart = alt.layer(*layers)
    return whole.properties(
        width=520, height=_TALL, title=heading(about.label, subtitle if len(names) == 1 else unit),
        description=_told(about, read),
    )  # fmt: skip


def trend_table(results: Results, indicator: str, labels: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The table that stands beside the chart: a row per enterprise, a column per year."""
    read = _read(results, results.referential.indicator(indicator), labels)
    wide = read.pivot(index=["enterprise", "name"], columns="year", values="said")
    wide.columns = [str(year) for year in wide.columns]
    return wide.reset_index("name").reset_index(drop=True).rename(columns={"name": tr("Entreprise")})


def _read(results: Results, about: Indicator, labels: Mapping[str, str] | None) -> pd.DataFrame:
    """Every year between the first and the last, for each enterprise: NaN where nothing is known."""
    found = results.values[about.id]
    enterprises = list(dict.fromkeys(found.index.get_level_values("enterprise")))
    known = found.index.get_level_values("year")
    years = range(int(known.min()), int(known.max()) + 1) if len(found) else range(0)
    index = pd.MultiIndex.from_product([enterprises, years], names=["enterprise", "year"])
    read = found.reindex(index).rename("value").reset_index()
    names = {id: shorten((labels or {}).get(id, id), 60) for id in enterprises}
    read["name"] = read["enterprise"].map(names)
    read["said"] = [format_value(v, about.unit, label=about.unit_text) for v in read["value"]]
    read["figure"] = [format_value(v, about.unit, label="") for v in read["value"]]
    read["gap"] = read["value"].map(lambda value: tr(UNKNOWN) if pd.isna(value) else "")
    return read


def _told(about: Indicator, read: pd.DataFrame) -> str:
    parts = []
    for name, group in read.groupby("name", sort=False):
        figures = ", ".join(
            tr("{value} en {year}", value=r.said, year=r.year)
            if pd.notna(r.value)
            else tr("non disponible en {year}", year=r.year)
            for r in group.itertuples()
        )
        parts.append(figures if read["name"].nunique() == 1 else f"{name} : {figures}")
    if len(parts) > MOST_LINES:
        return sentence(
            [
                trn(
                    "{label} : {n} entreprise, une ligne pour chacune",
                    "{label} : {n} entreprises, une ligne pour chacune",
                    len(parts),
                    label=plain(about.label),
                )
            ]
        )
    return sentence([f"{plain(about.label)} : {parts[0]}", *parts[1:]])


def _line(base: alt.Chart, height: int) -> list[alt.Chart]:
    dots = alt.OverlayMarkDef(color=theme.BLUE, size=60, filled=True, stroke=theme.INK, strokeWidth=1)
    said: dict[str, Any] = {"fontStyle": "italic", "color": theme.SOFT, "fontSize": 11, "baseline": "bottom"}
    gaps = base.mark_text(**said).encode(y=alt.value(height - 5), text=alt.Text("gap:N"))
    return [base.mark_line(color=theme.BLUE, point=dots), gaps]


def _figures(base: alt.Chart, size: int, **look: Any) -> alt.Chart:
    text: alt.Chart = base.mark_text(dy=-12, fontSize=size, fontWeight=600, **look).encode(
        text=alt.Text("figure:N")
    )
    return text


def _years(read: pd.DataFrame) -> alt.X:
    years = sorted(int(year) for year in read["year"].unique())
    return alt.X(
        "year:O", title=None, scale=alt.Scale(domain=years, type="point", padding=0.35),
        axis=alt.Axis(labelAngle=0, ticks=False, labelOverlap=True),
    )  # fmt: skip


def _values(read: pd.DataFrame, about: Indicator, ticks: int) -> alt.Y:
    found = [*read["value"].dropna(), *([about.target.value] if about.target and ticks > 3 else [])]
    low, high = min(0.0, *found), max(0.0, *found)
    room = (high - low or 1.0) * 0.22
    scale = alt.Scale(
        domain=[low - room if low < 0 else 0, high + room if high > 0 else 0], nice=False, zero=True
    )
    share = ".0%" if high - low > 0.05 else ".1%"
    short = share if about.unit.is_ratio else ",~r"
    millions = "format(datum.value / 1e6, ',~r') + '\u00a0M'"
    expression = millions if high >= 1e6 else alt.Undefined
    axis = alt.Axis(format=short, labelExpr=expression, tickCount=ticks, domain=False, ticks=False)
    return alt.Y("value:Q", title=None, scale=scale, axis=axis)


def _target(about: Indicator) -> list[alt.Chart]:
    if about.target is None:
        return []
    said = format_value(about.target.value, about.unit, label=about.unit_text)
    base = alt.Chart(
        pd.DataFrame(
            {
                "value": [about.target.value],
                "said": [tr("Cible {year}\u00a0: {said}", year=about.target.year, said=said)],
            }
        )
    )
    rule = base.mark_rule(color=theme.INK, strokeDash=[5, 4], strokeWidth=1.5).encode(y="value:Q")
    text = base.mark_text(align="left", dx=8, x="width").encode(y="value:Q", text=alt.Text("said:N"))
    return [rule, text]
