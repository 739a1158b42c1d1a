"""Our figures among those of the enterprises of the same type, as bands (decision 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import altair as alt
import pandas as pd

from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, blank, heading, one_enterprise
from coorace_eval.charts.words import lines, plain, sentence, shorten
from coorace_eval.formatting import MISSING, format_value
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr, trn
from coorace_eval.network import Band
from coorace_eval.network.bands import rounded
from coorace_eval.referential.model import Indicator
from coorace_eval.vocabulary import ValueStatus

QUESTION = mark("Où nous situons-nous parmi les entreprises du même type\u00a0?")
LEGEND = mark(
    "Losange\u00a0: nous. Trait\u00a0: la médiane. Bande épaisse\u00a0: la moitié du milieu. "
    "Bande fine\u00a0: huit entreprises sur dix. Chaque ligne a sa propre échelle."
)
BEYOND = mark("Flèche\u00a0: nous, hors de l'échelle.")
INSIDE, ALIKE = mark("Dans la moitié du milieu"), mark("Comme la médiane")
OVER, UNDER = mark("Au-dessus de la médiane"), mark("En dessous de la médiane")
HIGHER, LOWER = mark("Au-dessus du milieu"), mark("En dessous du milieu")
FAR_HIGHER, FAR_LOWER = mark("Au-dessus des bandes"), mark("En dessous des bandes")
_SIZE, _ROW, _WIDTH = 13, 54, 250
_EDGES = {"deciles": 0.22, "half": 0.32, "median": 0.5}
"""Where the outermost edge of a row stands, as a share of the width: rows are read one below the other."""


def place(results: Results, bands: Mapping[str, Band], year: int) -> AnyChart:
    """The figures of one enterprise beside the bands of the others of its type.

    Each row has its own unit and its own scale; the edges of its bands are written below it, its median
    above, our figure at its right with a word for where it stands. It is no rank: a band says neither who
    is before nor who is behind.

    Parameters
    ----------
    bands
        By indicator, as ``network.bands`` gives them; what is no indicator is left out.
    """
    read = _read(results, bands, year)
    if read.empty:
        return blank(tr(QUESTION))
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[len(read) - 0.5, -0.5], nice=False))
    scale = alt.Scale(domain=[0, 1], nice=False)

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=None, scale=scale)

    arrows = read.loc[read["ours"].notna(), "shape"] != "in"
    legend = " ".join([tr(LEGEND), *([tr(BEYOND)] if arrows.any() else [])])
    shapes = alt.Scale(domain=["in", "left", "right"], range=["diamond", "triangle-left", "triangle-right"])
    beside: dict[str, Any] = {"align": "left", "x": _WIDTH + 14, "fontSize": _SIZE}
    small: dict[str, Any] = {"fontSize": 12, "color": theme.SOFT, "align": "center"}
    between = alt.Chart(pd.DataFrame({"row": [rank + 0.5 for rank in range(len(read) - 1)]}))
    rows = alt.Chart()
    layers = [
        between.mark_rule(color=theme.GRID).encode(y=y, x=alt.value(-224), x2=alt.value(_WIDTH + 200)),
        rows.mark_rule(color=theme.GRID).encode(x=alt.value(0), x2=alt.value(_WIDTH), y=y),
        rows.mark_bar(color=theme.BAND, stroke=theme.QUIET, size=10)
        .encode(x=across("p10"), x2="p90:Q", y=y),
        rows.mark_bar(color=theme.BAND_HALF, stroke=theme.QUIET, size=20)
        .encode(x=across("p25"), x2="p75:Q", y=y),
        rows.mark_tick(color=theme.INK, thickness=3, size=26, orient="vertical", opacity=1)
        .encode(x=across("p50"), y=y),
        rows.mark_point(size=190, color=theme.ORANGE, strokeWidth=1.2)
        .encode(x=across("ours"), y=y, shape=alt.Shape("shape:N", scale=shapes, legend=None)),
        rows.mark_text(**small, dy=-20).encode(x=across("p50"), y=y, text=alt.Text("middle:N")),
        *(
            rows.mark_text(**small, dy=20).encode(x=across(edge), y=y, text=f"{edge}_said:N")
            for edge in ("low", "high")
        ),
        rows.mark_text(**beside, dy=-8, fontWeight=600).encode(y=y, text=alt.Text("shown:N")),
        rows.mark_text(**beside, dy=8, color=theme.SOFT).encode(y=y, text=alt.Text("word:N")),
        *(
            alt.Chart(group).mark_text(align="right", x=-14, dy=float(shift), fontSize=_SIZE)
            .encode(y=y, text=alt.Text("text:N"))
            for shift, group in _label_lines(list(read["label"])).groupby("shift")
        ),
    ]  # fmt: skip
    drawn = read.drop(columns=["label", "n", "value", "median", "half", "deciles"]).assign(
        shown=[shorten(value, 30) for value in read["value"]], told=[_told(row) for row in read.itertuples()]
    )
    whole: AnyChart = alt.layer(*layers, data=drawn)
    return whole.properties(
        width=_WIDTH, height=_ROW * len(read), title=heading(tr(QUESTION), legend),
        description=_description(read, bands, year),
    )  # fmt: skip


def place_table(results: Results, bands: Mapping[str, Band], year: int) -> pd.DataFrame:
    """The table that stands beside the chart: our figure, the median, the bands, of how many others."""
    read = _read(results, bands, year)
    return read[["label", "value", "median", "half", "deciles", "n", "word"]].set_axis(
        [
            tr("Indicateur"), tr("Nous, en {year}", year=year), tr("Médiane"), tr("Moitié du milieu"),
            tr("Huit sur dix"), tr("Autres entreprises"), tr("Où nous situons-nous"),
        ], axis=1,
    )  # fmt: skip


def _label_lines(labels: Sequence[str]) -> pd.DataFrame:
    """Labels of a list of rows, one line of text a row of the frame: columns row, text, shift (pixels)."""
    found = []
    for row, label in enumerate(labels):
        cut = lines(label, 32, 3)
        found += [(row, text, (rank - (len(cut) - 1) / 2) * 16) for rank, text in enumerate(cut)]
    return pd.DataFrame(found, columns=["row", "text", "shift"])


def _read(results: Results, bands: Mapping[str, Band], year: int) -> pd.DataFrame:
    enterprise = one_enterprise(results, tr(QUESTION))
    rows: list[dict[str, Any]] = []
    for indicator in results.referential.indicators:
        band = bands.get(indicator.id)
        if band is None or enterprise is None or band.cuts["p50"] is None:
            continue
        value = results.value(indicator.id, enterprise, year)
        status = str(results.statuses.at[(enterprise, year), indicator.id]) if isnan(value) else ""
        rows.append(
            {"row": len(rows), "label": plain(indicator.label), "n": band.n}
            | _said(indicator, band, value)
            | {
                "word": ValueStatus(status).label
                if status
                else tr(_word(band, value, is_ratio=indicator.unit.is_ratio))
            }
            | _drawn(band, value)
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS))


_COLUMNS = (
    "row", "label", "n", "value", "median", "half", "deciles", "word", "middle", "low_said", "high_said",
    "p10", "p25", "p50", "p75", "p90", "low", "high", "ours", "shape",
)  # fmt: skip


def _said(about: Indicator, band: Band, value: float) -> dict[str, str]:
    """What is written: figures with their unit in the table, bare beside the bands."""

    def pair(edges: tuple[float, float] | None) -> str:
        if edges is None:
            return MISSING
        high = format_value(edges[1], about.unit, label=about.unit_text)
        return tr("de {low} à {high}", low=format_value(edges[0], about.unit, label=""), high=high)

    outer = band.deciles or band.half
    low, high = ("", "") if outer is None else (format_value(e, about.unit, label="") for e in outer)
    return {
        "value": format_value(value, about.unit, label=about.unit_text),
        "median": format_value(band.cuts["p50"], about.unit, label=about.unit_text),
        "middle": format_value(band.cuts["p50"], about.unit, label=""),
        "half": pair(band.half), "deciles": pair(band.deciles), "low_said": low, "high_said": high,
    }  # fmt: skip


def _word(band: Band, value: float, *, is_ratio: bool) -> str:
    """Where our figure stands, without saying whether it is good."""
    middle, seen = band.cuts["p50"] or 0.0, rounded(value, is_ratio=is_ratio)
    if band.half is None:
        return ALIKE if seen == middle else OVER if seen > middle else UNDER
    if band.half[0] <= seen <= band.half[1]:
        return INSIDE
    if band.deciles and not band.deciles[0] <= seen <= band.deciles[1]:
        return FAR_HIGHER if seen > middle else FAR_LOWER
    return HIGHER if seen > middle else LOWER


def _drawn(band: Band, value: float) -> dict[str, Any]:
    """Where each mark of a row stands, from 0 to 1; ours stops at the end, with an arrow."""
    middle = band.cuts["p50"] or 0.0
    outer = band.deciles or band.half
    edge = _EDGES["deciles" if band.deciles else "half" if band.half else "median"]
    low, high = outer or (middle, middle)
    reach = (high - low) or abs(middle) or 1.0
    free = 1 - 2 * edge if outer and high > low else 0.5

    def where(figure: float | None) -> float:
        return float("nan") if figure is None else 0.5 + (figure - (low + high) / 2) / reach * free

    ours = where(value)
    shape = "left" if ours < 0.02 else "right" if ours > 0.98 else "in"
    return {
        **{cut: where(figure) for cut, figure in band.cuts.items()},
        "low": where(low), "high": where(high), "shape": shape,
        "ours": ours if isnan(ours) else min(0.98, max(0.02, ours)),
    }  # fmt: skip


def _description(read: pd.DataFrame, bands: Mapping[str, Band], year: int) -> str:
    kind = next(iter(bands.values())).kind.label
    told = [_told(row) for row in read.itertuples()]
    others = trn("{n} autre entreprise", "{n} autres entreprises", int(read["n"].max()))
    lead = tr(
        "Nos chiffres de {year} et les bandes de {others} du même type ({kind}).",
        year=year, others=others, kind=kind,
    )  # fmt: skip
    return sentence([f"{lead} {told[0]}", *told[1:]])


def _told(row: Any) -> str:
    """One row in words."""
    said = tr("{value}, {word} ({median})", value=row.value, word=row.word.lower(), median=_bands_told(row))
    return f"{row.label} : {said}"


def _bands_told(row: Any) -> str:
    if row.half == MISSING:
        return tr("médiane {median}", median=row.median)
    return tr("médiane {median}, moitié du milieu {half}", median=row.median, half=row.half)
