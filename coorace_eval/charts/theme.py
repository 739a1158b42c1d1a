"""The look of every chart: colours, fonts, figures as the readers of a language write them.

Colours are those of Okabe and Ito, told apart by people who see colours differently; each mark has
a dark outline, and a shape or a word says the same thing again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt

from coorace_eval.language import DECIMAL, ENGLISH, FRENCH, THOUSANDS, language

FONTS = Path(__file__).resolve().parents[1] / "reports" / "fonts"
FAMILIES = ("Inter", "Noto Sans Arabic", "Noto Emoji")
FONT = ", ".join(FAMILIES)

INK = "#1E1E1E"
SOFT = "#4A4A4A"
QUIET = "#767676"
GRID = "#DEDEDE"
GROUND = "#EFEFEF"
BAND, BAND_HALF = "#E3E3E3", "#BDBDBD"
REGION = "#CFE3F1"

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
VERMILION = "#D55E00"
SKY = "#56B4E9"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, VERMILION, SKY, "#F0E442", INK)
SHAPES = (
    "circle",
    "diamond",
    "square",
    "triangle-up",
    "cross",
    "triangle-down",
    "triangle-left",
    "triangle-right",
)

LETTERS = {"text": (16, 700), "subtitle": (12, 400), "axis": (12, 400), "mark": (12, 400)}
"""Size and weight of the letters of titles, axes and marks, where a chart does not say otherwise."""

PERCENT = {FRENCH: "\u00a0%", ENGLISH: "%"}


def numbers(code: str) -> dict[str, Any]:
    """How a chart writes its figures, in a language."""
    return {
        "decimal": DECIMAL[code], "thousands": THOUSANDS[code], "grouping": [3],
        "currency": ["", "\u00a0€"], "percent": PERCENT[code],
    }  # fmt: skip


@alt.theme.register("coorace", enable=True)
def coorace() -> alt.theme.ThemeConfig:
    """The theme; ``aria`` is off because the description of each chart says more than its marks.

    Labels and titles come already cut into lines: a limit of zero spares a second measure of each.
    """
    config: dict[str, Any] = {
        "aria": False,
        "font": FONT,
        "background": "white",
        "padding": 4,
        "view": {"stroke": None},
        "locale": {"number": numbers(language())},
        "axis": {
            "labelFontSize": LETTERS["axis"][0], "titleFontSize": 12, "titleFontWeight": "normal",
            "labelColor": INK, "titleColor": SOFT, "gridColor": GRID, "domainColor": QUIET,
            "tickColor": QUIET, "labelPadding": 6, "labelLimit": 0,
        },
        "title": {
            "fontSize": LETTERS["text"][0], "fontWeight": LETTERS["text"][1], "anchor": "start",
            "color": INK, "frame": "bounds", "offset": 14, "limit": 0,
            "subtitleFontSize": LETTERS["subtitle"][0], "subtitleColor": SOFT, "subtitlePadding": 5,
        },
        "legend": {
            "labelFontSize": 12, "titleFontSize": 12, "labelColor": INK, "labelLimit": 320, "symbolSize": 120,
            "symbolStrokeWidth": 1.5, "title": None, "orient": "top", "columnPadding": 18,
        },
        "text": {"font": FONT, "fontSize": LETTERS["mark"][0], "color": INK},
        "point": {"filled": True, "opacity": 1, "size": 90, "stroke": INK, "strokeWidth": 1},
        "line": {"strokeWidth": 2.5, "invalid": "break-paths-show-path-domains"},
        "bar": {"stroke": INK, "strokeWidth": 0.8},
        "range": {"category": list(SERIES)},
    }  # fmt: skip
    return {"config": config}  # type: ignore[typeddict-item]
