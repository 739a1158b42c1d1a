"""The network: what may be added up is added up, and nobody is given away."""

from coorace_eval.network.aggregate import Aggregate, aggregate
from coorace_eval.network.bands import Band, bands, level_bands
from coorace_eval.network.publication import publish

__all__ = ["Aggregate", "Band", "aggregate", "bands", "level_bands", "publish"]
