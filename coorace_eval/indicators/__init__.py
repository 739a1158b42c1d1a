"""Indicators: evaluated, explained, compared, checked."""

from coorace_eval.indicators.consistency import Violation, check_answers
from coorace_eval.indicators.evaluate import evaluate
from coorace_eval.indicators.explain import Explanation
from coorace_eval.indicators.results import Results

__all__ = ["Explanation", "Results", "Violation", "check_answers", "evaluate"]
