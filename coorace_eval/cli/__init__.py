"""The command line: a verb per public function, the same words."""

from __future__ import annotations

from coorace_eval.cli import accounts, commands, documents, operations, reports, serving, wording
from coorace_eval.cli.root import app

__all__ = ["accounts", "app", "commands", "documents", "operations", "reports", "serving", "wording"]
