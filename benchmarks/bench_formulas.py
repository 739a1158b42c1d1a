"""How quick the engine is beside openfisca-core, pandas and plain copies, in one run.

Every line is a ratio of medians, its runs taken in turn so that a slow moment of the machine falls on
all alike. ``python benchmarks/formulas.py`` prints the table; ``--small`` leaves the large one out.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import workload
from coorace_eval.campaigns.answers import Answer, Answers
from coorace_eval.campaigns.model import Enterprise
from coorace_eval.indicators import evaluate
from coorace_eval.referential import Referential, grammar, read_referential, units
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

Work = Callable[..., object]


def measured(works: Mapping[str, tuple[Work, Work]], times: int) -> dict[str, float]:
    """Median seconds of each work, taken in turn; each is a preparation, not counted, and the work."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(times + 1):
        for name, (prepare, work) in works.items():
            prepared = prepare()
            start = time.perf_counter()
            work(prepared) if prepared is not None else work()
            if turn:  # the first turn warms up
                found[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def nothing() -> None:
    """No preparation."""


# --- openfisca-core -------------------------------------------------------------------------------


class Peer:
    """The same formulas as variables of openfisca-core, each calling the others by ``person(...)``."""

    def __init__(self) -> None:
        from openfisca_core.entities import Entity
        from openfisca_core.periods import DateUnit, period
        from openfisca_core.simulations import SimulationBuilder
        from openfisca_core.taxbenefitsystems import TaxBenefitSystem
        from openfisca_core.variables import Variable

        self._builder = SimulationBuilder
        self.periods = [period(str(year)) for year in range(2016, 2026)]
        entity = Entity("enterprise", "enterprises", "", "")
        about = {"entity": entity, "definition_period": DateUnit.YEAR, "value_type": float, "label": ""}
        self.lines = workload.lines()
        self.system = TaxBenefitSystem([entity])
        for name in workload.variables():
            self.system.add_variable(type(name, (Variable,), {**about, "default_value": np.nan}))
        for line in self.lines:
            self.system.add_variable(type(line.name, (Variable,), {**about, "formula": _formula(line)}))

    def simulation(self, table: Mapping[str, np.ndarray], years: int = 1) -> Any:
        """A new simulation that holds the answers and has computed nothing, enterprises by years."""
        rows = len(next(iter(table.values()))) // years
        simulation = self._builder().build_default_simulation(self.system, rows)
        for rank, period in enumerate(self.periods[:years]):
            for name, column in table.items():
                simulation.set_input(name, period, column[rank * rows : (rank + 1) * rows])
        return simulation

    def calculate(self, simulation: Any, years: int = 1) -> dict[str, np.ndarray]:
        """Every formula for every year, by ``calculate``."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return {
                line.name: np.concatenate([simulation.calculate(line.name, p) for p in self.periods[:years]])
                for line in self.lines
            }


def _formula(line: workload.Line) -> Callable[..., np.ndarray]:
    space: dict[str, object] = {"np": np}
    exec(compile(workload.openfisca_source(line), line.name, "exec"), space)  # our own text
    return space["formula"]  # type: ignore[return-value]


# --- the four questions ---------------------------------------------------------------------------


def one_enterprise(path: Path, peer: Peer | None) -> None:
    """YAML read, checked and computed for one enterprise."""
    table = workload.answers(1, seed=5)
    given = [
        Answer(name, None, ValueStatus.NON_RENSEIGNE)
        if np.isnan(column[0])
        else Answer(name, float(column[0]), ValueStatus.RENSEIGNE)
        for name, column in table.items()
    ]
    enterprise = Enterprise("essai", "Essai", (EnterpriseKind.ACI,), "59", "Nord")
    answers = Answers.from_list(enterprise, 2025, given)

    def cold() -> None:
        grammar.parse.cache_clear()
        units._measure.cache_clear()
        units._atoms.cache_clear()
        gc.collect()

    def rows() -> list[float]:
        program = read_referential(path).program
        return program.one.values([float(table[name][0]) for name in program.inputs])

    warm = read_referential(path).program
    inputs = [float(table[name][0]) for name in warm.inputs]

    def twenty() -> None:
        for _ in range(20):
            warm.one.values(inputs)

    works: dict[str, tuple[Work, Work]] = {
        "lire, vérifier, calculer": (cold, rows),
        "lire, vérifier, evaluate()": (cold, lambda: evaluate(read_referential(path), answers)),
        "lire et vérifier": (cold, lambda: read_referential(path)),
    }
    found = measured(works, 41)
    works = {"calculer": (nothing, twenty)}
    if peer:
        works["openfisca calculate"] = (lambda: peer.simulation(table), peer.calculate)
    found |= measured(works, 41)
    found["calculer"] /= 20
    print("\n(a) 100 indicateurs, une entreprise")
    for name in ("lire, vérifier, calculer", "lire, vérifier, evaluate()", "lire et vérifier"):
        told(name, found[name], "cible : 10 ms" if name != "lire et vérifier" else "")
    told("calculer seul", found["calculer"])
    if peer:
        versus("openfisca calculate", found["openfisca calculate"], found["calculer"], "au moins 40")


def many(count: int, referential: Referential, peer: Peer | None, times: int) -> None:
    """The same over a table."""
    table = workload.answers(count)
    frame = pd.DataFrame(table)
    series = {name: frame[name] for name in frame.columns}
    program = referential.program
    columns = [frame[name].to_numpy() for name in program.inputs]
    out = np.zeros((len(program.outputs), count))
    by_pandas = workload.compiled(workload.pandas_source())

    works: dict[str, tuple[Work, Work]] = {
        "calculer": (nothing, lambda: program.run(columns, count, out)),
        "pandas": (lambda: dict(series), by_pandas),
    }
    large = count >= 1_000_000
    if large:
        works["copies"] = (nothing, lambda: stream(columns, out))
    elif peer:
        works["openfisca, 10 ans"] = (
            lambda: peer.simulation(table, 10),
            lambda ready: peer.calculate(ready, 10),
        )
        works["openfisca, 1 an"] = (lambda: peer.simulation(table), peer.calculate)
    found = measured(works, times)
    print(f"\n({'c' if large else 'b'}) 100 indicateurs, {count:_} lignes".replace("_", " "))
    told("calculer", found["calculer"])
    versus("pandas à la main", found["pandas"], found["calculer"], "au moins 2" if large else "au moins 10")
    if "openfisca, 10 ans" in found:
        versus("openfisca, 520 × 10 ans", found["openfisca, 10 ans"], found["calculer"], "au moins 20")
        versus("openfisca, 5 200 × 1 an", found["openfisca, 1 an"], found["calculer"], "pour mémoire")
    if large:
        versus(
            "recopier les mêmes octets",
            found["copies"],
            found["calculer"],
            "au moins 0.4 : 2,5 fois le temps",
        )
        memory(program, columns, count)


def stream(columns: list[np.ndarray], out: np.ndarray) -> None:
    """Read every input and write every output once, by plain copies on two threads."""

    def half(first: int, last: int) -> None:
        for start in range(first, last, 65_536):
            stop = min(start + 65_536, last)
            for rank, column in enumerate(columns):
                if rank < len(out):
                    np.copyto(out[rank, start:stop], column[start:stop])
                else:
                    column[start:stop].max()

    middle = out.shape[1] // 2
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(half, (0, middle), (middle, out.shape[1])))


def memory(program: Any, columns: list[np.ndarray], count: int) -> None:
    """What a run takes beyond its inputs."""
    tracemalloc.start()
    program.run(columns, count)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    given, written = sum(column.nbytes for column in columns), 8 * workload.FORMULAS * count
    print(
        f"    mémoire : {given / 1e6:.0f} Mo de données, {written / 1e6:.0f} Mo de résultats, "
        f"{(peak - written) / 1e6:.0f} Mo de travail au plus"
    )


def exactness(referential: Referential, peer: Peer | None) -> None:
    """The values beside hand-written NumPy, and those of the peers."""
    table = workload.answers(20_000, seed=3)
    frame = pd.DataFrame(table)
    program = referential.program
    ours = program.frame(frame)
    by_hand = workload.evaluate_numpy(table)
    by_pandas = {name: frame[name] for name in frame.columns}
    workload.compiled(workload.pandas_source())(by_pandas)
    print("\n(d) les mêmes valeurs")
    for name, theirs in (("NumPy à la main", by_hand), ("pandas à la main", by_pandas)):
        print(f"    écart relatif avec {name} : {gap(ours, theirs):.1e} (cible : 1e-12)")
    if peer:
        theirs = peer.calculate(peer.simulation(table))
        print(f"    écart relatif avec openfisca, qui calcule en float32 : {gap(ours, theirs):.1e}")
    one = np.array([program.one.values([float(table[n][i]) for n in program.inputs]) for i in range(500)])
    assert np.array_equal(one, ours.to_numpy()[:500], equal_nan=True), "une ligne et un tableau diffèrent"
    print("    une ligne à la fois et par tableau : égal au dernier bit")


def gap(ours: pd.DataFrame, theirs: Mapping[str, object]) -> float:
    """The largest relative difference; what is missing on one side must be on the other."""
    worst = 0.0
    for name in ours.columns:
        mine, other = ours[name].to_numpy(), np.asarray(theirs[name], dtype=np.float64)
        assert np.array_equal(np.isnan(mine), np.isnan(other)), name
        size = np.maximum(np.abs(mine), np.abs(other))
        with np.errstate(invalid="ignore"):
            worst = max(worst, float(np.nanmax(np.abs(mine - other) / np.where(size == 0, 1, size))))
    return worst


def told(name: str, seconds: float, target: str = "") -> None:
    """Print one time."""
    print(f"    {name:<28} {seconds * 1e3:10.3f} ms   {target}")


def versus(name: str, theirs: float, ours: float, target: str) -> None:
    """Print one ratio: how many times longer the other takes."""
    print(f"    {name:<28} {theirs * 1e3:10.3f} ms   {theirs / ours:6.2f} fois notre temps   ({target})")


def main() -> None:
    """Print the whole table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="without the 1.5 million rows")
    small = parser.parse_args().small
    try:
        peer: Peer | None = Peer()
    except ImportError:
        peer = None
        print("openfisca-core n'est pas installé : comparaison sans lui.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "banc.yaml"
        path.write_text(workload.as_yaml(), encoding="utf-8")
        referential = read_referential(path)
        one_enterprise(path, peer)
    many(5_200, referential, peer, 21)
    exactness(referential, peer)
    if not small:
        many(1_500_000, referential, None, 5)


if __name__ == "__main__":
    main()
