"""The command line: a verb per public function, the same words."""

from __future__ import annotations

from coorace_eval.cli import commands, operations, serving
from coorace_eval.cli.root import app

__all__ = ["app", "commands", "operations", "serving"]
