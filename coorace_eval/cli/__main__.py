"""The program, where its script is not on the path: ``python -m coorace_eval.cli``."""

from __future__ import annotations

from coorace_eval.cli.root import app

if __name__ == "__main__":
    app(prog_name="coorace-eval")
