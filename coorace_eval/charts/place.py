"""Our figures among those of the enterprises of the same type, as bands (decision 8)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coorace_eval.charts.drawing import AnyChart, blank
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr
from coorace_eval.network import Band

QUESTION = mark("Où nous situons-nous parmi les entreprises du même type\u00a0?")


def place(results: Results, bands: Mapping[str, Band], year: int) -> AnyChart:
    """The figures of one enterprise beside the bands of the others of its type."""
    return blank(tr(QUESTION))


def place_table(results: Results, bands: Mapping[str, Band], year: int) -> pd.DataFrame:
    """The table that stands beside the chart."""
    return pd.DataFrame()
