"""What a restitution costs, for each enterprise of the invented federation.

Every report is composed several times in one process: « first », then the shortest of three. Its content
(figures read, charts drawn) and its PDF are timed apart. Beside it stands the least that the drawing can
cost: the same Vega-Lite specifications given to vl-convert alone, in the same run. The ratio travels, the
milliseconds do not; « busy » is processor time, less moved by the neighbours of the machine.

Run ``python benchmarks/bench_report.py``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import vl_convert

from coorace_eval.apps.workspace import Workspace
from coorace_eval.examples import load_examples
from coorace_eval.reports import report
from coorace_eval.storage import open_store

YEAR, TIMES = 2025, 3
LIMIT_FIRST_S, LIMIT_WARM_S = 2.5, 1.0


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What a work gives, and its seconds."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def composed(work: Workspace) -> tuple[bytes, float, float]:
    """The PDF, the seconds of its content and the seconds of its pages."""
    told, content = timed(lambda: report(work.results, YEAR, work.story))
    made, pages = timed(told.pdf)
    return made, content, pages


def specifications(work: Workspace) -> list[dict[str, Any]]:
    """The specifications that the report gives to vl-convert."""
    given: list[dict[str, Any]] = []
    draw = vl_convert.vegalite_to_svg

    def kept(spec: dict[str, Any]) -> str:
        given.append(spec)
        return str(draw(spec))

    with patch.object(vl_convert, "vegalite_to_svg", kept):
        report(work.results, YEAR, work.story)
    return given


def drawn(given: list[dict[str, Any]]) -> list[str]:
    """The same drawings, by vl-convert alone."""
    return [vl_convert.vegalite_to_svg(spec) for spec in given]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/exemple.db"
        load_examples(url)
        with open_store(url) as store:
            chosen = sorted({campaign.enterprise for campaign in store.campaigns(year=YEAR)})
        print(
            f"{'enterprise':<28}{'first':>8}{'again':>8}{'content':>9}{'PDF':>7}{'drawing':>9}{'ratio':>7}{'busy':>7}{'KB':>6}"
        )
        slowest = 0.0
        for rank, enterprise in enumerate(chosen):
            work = Workspace(url, enterprise, YEAR)
            work.results.statuses  # noqa: B018  computed outside the clock, as the page already shows it
            _, first_content, first_pages = composed(work)
            made, content, pages = min(
                (composed(work) for _ in range(TIMES)), key=lambda run: run[1] + run[2]
            )
            busy = time.process_time()
            composed(work)
            busy = time.process_time() - busy
            given = specifications(work)
            drawing = min(timed(lambda given=given: drawn(given))[1] for _ in range(TIMES))
            slowest = max(slowest, content + pages)
            first = first_content + first_pages
            if not rank:
                process = first
            print(
                f"{enterprise:<28}{first:>7.2f}s{content + pages:>7.2f}s{content:>8.2f}s{pages:>6.2f}s"
                f"{drawing:>8.2f}s{(content + pages) / drawing:>7.2f}{busy:>6.2f}s{len(made) / 1000:>6.0f}"
            )
        print(f"first report of the process: {process:.2f} s (limit {LIMIT_FIRST_S} s)")
        print(f"slowest once warm: {slowest:.2f} s (limit {LIMIT_WARM_S} s)")


if __name__ == "__main__":
    main()
