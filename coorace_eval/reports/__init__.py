"""Reports: what is said (content) and how it is written (pdf)."""

from coorace_eval.reports.content import Report, Section
from coorace_eval.reports.restitution import report

__all__ = ["Report", "Section", "report"]
