"""Where an enterprise is, and where those of the network are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coorace_eval.campaigns.model import Enterprise
from coorace_eval.charts.drawing import AnyChart, blank
from coorace_eval.language import mark, tr

QUESTION = mark("Où sommes-nous\u00a0?")


def territory(
    enterprise: Enterprise | None, counts: Mapping[str, int] | None = None, *, regions: int = 2016
) -> AnyChart:
    """The département of an enterprise, and how many of the network each département has."""
    return blank(tr(QUESTION))


def territory_table(
    enterprise: Enterprise | None, counts: Mapping[str, int] | None = None, *, regions: int = 2016
) -> pd.DataFrame:
    """The table that stands beside the chart."""
    return pd.DataFrame()
