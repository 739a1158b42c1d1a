"""What a restitution costs, for each enterprise of the invented federation, then for 520 of them.

Every report is composed several times in one process: « first », then the shortest of three, each time
with other words, so that nothing which the engines remember of a page can serve again. Its content
(figures read, charts drawn) and its PDF are timed apart. Beside it stands WeasyPrint, in the same run, on
the same content: the page that ``Report.html()`` gives, fonts left out, is what it is handed. The least
that the charts cost stands there too: their specifications given to vl-convert alone. The ratio travels,
the milliseconds do not; « busy » is processor time, less moved by the neighbours of the machine.

The batch is the real command's function, on a store of 520 enterprises copied from the twelve with other
figures, on two processes.

Run ``python benchmarks/bench_report.py``; ``--small`` leaves the 520 out, ``--count 60`` makes fewer of them.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import vl_convert
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from coorace_eval import charts
from coorace_eval.access import Access
from coorace_eval.apps.workspace import Workspace
from coorace_eval.examples import load_examples
from coorace_eval.reports import batch, content, report
from coorace_eval.reports.leaflet import leaflet
from coorace_eval.storage import open_store

YEAR, TIMES, JOBS = 2025, 3, 2
LIMIT_FIRST_S, LIMIT_WARM_S, LIMIT_LEAFLET_S, LIMIT_KB = 2.5, 0.5, 0.3, 500
LIMIT_BATCH_S, LEAST_RATIO = 480, 5
_FACES = re.compile(r"@font-face\s*\{[^}]*\}")
_BREAKS = re.compile(r"\bbreak-(?:inside|before|after):[^;}]*;?")
_COPIED = (
    "enterprise_kind", "campaign", "answer", "appreciation", "card", "decision", "framing", "verbatim",
)  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What a work gives, and its seconds."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def composed(work: Workspace, turn: int) -> tuple[content.Report, bytes, float, float]:
    """The report, its PDF, the seconds of its content and the seconds of its pages."""
    told, writing = timed(lambda: report(work.results, YEAR, work.story, bands=work.bands or None))
    told = renamed(told, turn)
    made, pages = timed(told.pdf)
    return told, made, writing, pages


def renamed(told: content.Report, turn: int) -> content.Report:
    """The same report in slightly other words: another enterprise, for whatever remembers pages."""

    def other(block: Any) -> Any:
        if isinstance(block, content.Table):
            rows = tuple(
                tuple(replace(cell, text=f"{cell.text} {turn}") for cell in row) for row in block.rows
            )
            return replace(block, rows=rows)
        return replace(block, text=f"{block.text} {turn}") if isinstance(block, content.Paragraph) else block

    sections = tuple(replace(s, blocks=tuple(map(other, s.blocks))) for s in told.sections)
    return replace(told, name=f"{told.name} {turn}", sections=sections)


def specifications(work: Workspace) -> list[dict[str, Any]]:
    """The specifications of the charts that a report draws."""
    given: list[dict[str, Any]] = []
    draw = charts.to_svg

    def kept(chart: Any, *, title: bool = True) -> str:
        given.append(charts.specification(chart))
        return draw(chart, title=title)

    with patch.object(content, "to_svg", kept):
        report(work.results, YEAR, work.story)
    for spec in given:
        spec.pop("title", None)
    return given


def weasyprinted(told: content.Report) -> tuple[float, float]:
    """The same content by WeasyPrint: its seconds, and those of the processor.

    It has the fonts of the machine, and no word of where pages may break, on which its version 69 fails.
    """
    import weasyprint

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    page = _BREAKS.sub("", _FACES.sub("", told.html().decode("utf-8")))
    busy = time.process_time()
    _, seconds = timed(lambda: weasyprint.HTML(string=page).write_pdf())
    return seconds, time.process_time() - busy


def copied(source: Path, target: Path, count: int) -> list[str]:
    """A store of many enterprises: the examples again and again, each figure moved by up to 20 %."""
    chance, made = random.Random(520), []
    with sqlite3.connect(source) as examples, sqlite3.connect(target) as base:
        examples.backup(base)
        names = [name for (name,) in base.execute("SELECT id FROM enterprise ORDER BY id")]
        for rank in range(count):
            old, new = names[rank % len(names)], f"{names[rank % len(names)]}_{rank:03}"
            made.append(new)
            _copy(
                base, "enterprise", "id", old, new, lambda row, n=rank: row | {"label": f"{row['label']} {n}"}
            )
            for table in _COPIED:
                _copy(base, table, "enterprise", old, new, lambda row: _moved(row, chance))
        base.execute("UPDATE campaign SET state = 'restitution' WHERE year = ?", (YEAR,))
    return made


def _moved(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    value = row.get("value")
    if not isinstance(value, float) or not value:
        return row
    moved = value * chance.uniform(0.8, 1.2)
    return row | {"value": float(round(moved)) if value == int(value) else moved}


def _copy(
    base: sqlite3.Connection, table: str, key: str, old: str, new: str, change: Callable[[Any], Any]
) -> None:
    found = base.execute(f'SELECT * FROM "{table}" WHERE "{key}" = ?', (old,))
    columns = [about[0] for about in found.description]
    for row in found.fetchall():
        values = change(dict(zip(columns, row, strict=True))) | {key: new}
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        base.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', [values[name] for name in columns])


def each(url: str, chosen: list[str]) -> None:
    """One line for each enterprise, then the slowest of each figure."""
    head = ("first", "again", "content", "PDF", "charts", "busy", "WeasyPrint", "busy", "leaflet", "KB")
    print(f"{'enterprise':<26}" + "".join(f"{name:>11}" for name in head))
    lines: list[dict[str, float]] = []
    for enterprise in chosen:
        work = Workspace(Access.local(url), enterprise, YEAR)
        work.results.statuses, work.bands  # noqa: B018  read outside the clock: the page already shows them
        _, _, first_content, first_pages = composed(work, 0)
        busy = time.process_time()
        runs = [composed(work, turn) for turn in range(1, TIMES + 1)]
        busy = (time.process_time() - busy) / TIMES
        told, made, writing, pages = min(runs, key=lambda run: run[2] + run[3])
        given = specifications(work)
        drawing = min(
            timed(lambda given=given: [vl_convert.vegalite_to_svg(s) for s in given])[1] for _ in "12"
        )
        other, other_busy = weasyprinted(told)
        leaflet(work.results, YEAR, work.story).pdf()
        sheets = [timed(lambda work=work: leaflet(work.results, YEAR, work.story).pdf())[1] for _ in "123"]
        lines.append({
            "first": first_content + first_pages, "again": writing + pages, "content": writing, "PDF": pages,
            "charts": drawing, "busy": busy, "other": other, "other_busy": other_busy,
            "leaflet": min(sheets), "KB": len(made) / 1000,
        })  # fmt: skip
        cells = (f"{value:.0f}" if name == "KB" else f"{value:.2f} s" for name, value in lines[-1].items())
        print(f"{enterprise:<26}" + "".join(f"{cell:>11}" for cell in cells), flush=True)
    worst = {name: max(line[name] for line in lines) for name in lines[0]}
    ratios = [line["other_busy"] / line["busy"] for line in lines]
    whole = sum(line["other"] for line in lines) / sum(line["again"] for line in lines)
    print(f"first report of the process    {lines[0]['first']:8.2f} s    limit {LIMIT_FIRST_S} s")
    print(f"slowest report once warm       {worst['again']:8.2f} s    limit {LIMIT_WARM_S} s")
    print(f"  of the processor             {worst['busy']:8.2f} s")
    print(f"slowest leaflet once warm      {worst['leaflet']:8.2f} s    limit {LIMIT_LEAFLET_S} s")
    print(f"largest PDF                    {worst['KB']:8.0f} KB   limit {LIMIT_KB} KB")
    print(f"WeasyPrint, same content       {whole:8.1f} times our time, at least {LEAST_RATIO}")
    print(f"  of the processor             {min(ratios):8.1f} times at least, {max(ratios):.1f} at most")


def many(source: Path, folder: Path, count: int) -> None:
    """The batch, from a new process to the last file, and the same again when nothing has changed."""
    store = folder / "beaucoup.db"
    names = copied(source, store, count)
    url = f"sqlite:///{store}"
    columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=count)
        outcomes, seconds = timed(
            lambda: batch.write_all(
                url, YEAR, folder / "lot", names, jobs=JOBS, told=lambda _: progress.advance(bar)
            )
        )
    failed = [one for one in outcomes if one.problems]
    sizes = [path.stat().st_size / 1000 for path in (folder / "lot").glob("*.pdf")]
    _, again = timed(lambda: batch.write_all(url, YEAR, folder / "lot", names, jobs=JOBS))
    print(
        f"{count} reports on {JOBS} processes  {seconds:8.0f} s    limit {LIMIT_BATCH_S * count // 520} s; "
        f"{seconds / count:.2f} s each, {len(failed)} failed, {max(sizes, default=0):.0f} KB at most"
    )
    print(f"the same, nothing to change    {again:8.0f} s")


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--small", action="store_true", help="without the batch")
    asked.add_argument("--count", type=int, default=520, help="how many enterprises the batch has")
    asked.add_argument("--batch", action="store_true", help="the batch alone")
    asked.add_argument(
        "--first", type=int, default=12, help="how many of the twelve are looked at one by one"
    )
    choice = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "exemple.db"
        url = f"sqlite:///{source}"
        load_examples(url)
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        with open_store(url) as store:
            chosen = sorted({campaign.enterprise for campaign in store.campaigns(year=YEAR)})
        if not choice.batch:
            each(url, chosen[: choice.first])
        if not choice.small:
            many(source, folder, choice.count)
        print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
