"""What we bring, what we count of it, and what it rests on."""

from __future__ import annotations

import pandas as pd

from coorace_eval.campaigns.story import Story
from coorace_eval.charts.drawing import AnyChart, blank
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr

QUESTION = mark("Sur quoi repose ce que nous disons apporter\u00a0?")


def chain(results: Results, story: Story, year: int) -> AnyChart:
    """Contribution, indicator, evidence."""
    return blank(tr(QUESTION))


def chain_table(results: Results, story: Story, year: int) -> pd.DataFrame:
    """The table that stands beside the chart."""
    return pd.DataFrame()
