"""The command line: a verb per public function, the same words."""

from __future__ import annotations

from coorace_eval.cli import commands, serving
from coorace_eval.cli.root import app

__all__ = ["app", "commands", "serving"]
