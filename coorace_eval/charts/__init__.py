"""Charts: one question, one function, one chart, and the table that stands beside it."""

from coorace_eval.charts.chain import chain, chain_table
from coorace_eval.charts.drawing import NO_DATA, describe, headline, specification, to_svg
from coorace_eval.charts.evolution import evolution, evolution_table
from coorace_eval.charts.live import live
from coorace_eval.charts.place import place, place_table
from coorace_eval.charts.profile import profile, profile_table
from coorace_eval.charts.targets import attainment, targets, targets_table
from coorace_eval.charts.territory import territory, territory_table
from coorace_eval.charts.trend import trend, trend_table

__all__ = [
    "NO_DATA", "attainment", "chain", "chain_table", "describe", "evolution", "evolution_table", "headline",
    "live", "place", "place_table", "profile", "profile_table", "specification", "targets", "targets_table",
    "territory", "territory_table", "to_svg", "trend", "trend_table",
]  # fmt: skip
