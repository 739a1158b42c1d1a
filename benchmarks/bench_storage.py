"""What the store costs: one answer autosaved, and a whole network read as a table.

Run ``python benchmarks/storage.py``. Each figure is given beside the same work done by bare
``sqlite3`` in the same run, on the same disk: the ratio travels, the milliseconds do not.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from coorace_eval.campaigns import Answer, Enterprise
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

AUTOSAVES = 300
ENTERPRISES, VARIABLES = 520, 75
LIMIT_RECORD_MS, LIMIT_READ_S = 5.0, 1.0

SCHEMA = """
CREATE TABLE answer (enterprise TEXT, year INT, variable TEXT, part TEXT, value REAL, status TEXT,
  source TEXT, author TEXT, at TEXT, comment TEXT, PRIMARY KEY (enterprise, year, variable, part));
CREATE TABLE history (id INTEGER PRIMARY KEY, enterprise TEXT, year INT, variable TEXT, part TEXT,
  old_value REAL, old_status TEXT, value REAL, status TEXT, author TEXT, at TEXT);
"""


def median_ms(work: Callable[[int], object]) -> float:
    """Median time of one call, in milliseconds, after a few calls to warm up."""
    for number in range(20):
        work(-number)
    times = []
    for number in range(AUTOSAVES):
        start = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def best_s(work: Callable[[], object], runs: int = 3) -> float:
    """Best of a few runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def bare_store(file: Path) -> sqlite3.Connection:
    """The same table and history, written by hand, with the same settings."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}")
    return connection


def bare_record(connection: sqlite3.Connection, number: int) -> None:
    """Read what stands there, write the answer and its history, in one transaction."""
    key = ("e0", 2025, "v0", "")
    connection.execute("BEGIN IMMEDIATE")
    found = "SELECT value, status FROM answer WHERE enterprise=? AND year=? AND variable=? AND part=?"
    old = connection.execute(found, key).fetchone() or (None, None)
    row = (*key, float(number), "renseigne", "", "Léa", "2025-01-01", "")
    connection.execute(f"INSERT OR REPLACE INTO answer VALUES ({','.join('?' * 10)})", row)
    change = (*key, *old, float(number), "renseigne", "Léa", "2025-01-01")
    connection.execute(f"INSERT INTO history VALUES (NULL,{','.join('?' * 10)})", change)
    connection.execute("COMMIT")


def measure(folder: Path) -> None:
    """Measure, print, and fail when a limit is passed."""
    url = f"sqlite:///{folder}/coorace.db"
    bare = bare_store(folder / "nu.db")

    with open_store(url) as store:
        store.save_enterprise(Enterprise("e0", "E0", (EnterpriseKind.AI,), "01", "Nord"))

    def autosave(number: int) -> None:
        with open_store(url) as store:
            store.record("e0", 2025, Answer("v0", number, ValueStatus.RENSEIGNE), author="Léa")

    autosaved, by_hand = median_ms(autosave), median_ms(lambda number: bare_record(bare, number))
    bare.close()
    print(f"one answer, store opened and closed   {autosaved:8.2f} ms   limit {LIMIT_RECORD_MS} ms")
    print(f"the same by bare sqlite3, kept open   {by_hand:8.2f} ms   ratio {autosaved / by_hand:.1f}")

    def fill() -> None:
        with open_store(url) as store:
            for number in range(ENTERPRISES):
                name = f"e{number}"
                store.save_enterprise(Enterprise(name, name, (EnterpriseKind.AI,), "01", "Nord"))
                given = [Answer(f"v{v}", v + number, ValueStatus.RENSEIGNE) for v in range(VARIABLES)]
                store.record_all(name, 2025, given)

    def read() -> None:
        with open_store(url) as store:
            assert store.answers(year=2025).values.shape == (ENTERPRISES, VARIABLES)

    filled = best_s(fill, runs=1)
    ours = best_s(read)
    with sqlite3.connect(folder / "coorace.db") as plain:
        by_hand = best_s(lambda: plain.execute("SELECT * FROM answer WHERE year = 2025").fetchall())
    count = ENTERPRISES * VARIABLES
    print(f"{count} answers recorded in bulk        {filled:8.2f} s    {count / filled:.0f} answers a second")
    print(f"{count} answers read as tables          {ours:8.2f} s    limit {LIMIT_READ_S} s")
    print(f"the same rows fetched by bare sqlite3 {by_hand:8.2f} s    ratio {ours / by_hand:.1f}")
    if autosaved > LIMIT_RECORD_MS or ours > LIMIT_READ_S:
        raise SystemExit("A limit is passed.")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="coorace-mesure-") as temporary:
        measure(Path(temporary))
