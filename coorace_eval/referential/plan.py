"""A program: all the formulas of a référentiel, compiled once, run over one row or a million.

Many rows go through NumPy in blocks that stay in the processor's cache, each instruction writing
into a buffer that is reused; one row goes through plain Python closures, which start faster. The
two give the same figures to the last bit (a property test says so). float64 only; missing is NaN,
and so is any step that overflows.

A condition is held as 1, 0 or NaN, so that missing propagates; ``and`` and ``or`` follow Kleene.
"""

from __future__ import annotations

import graphlib
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from coorace_eval.referential import kernels
from coorace_eval.referential.grammar import Tree, used_by
from coorace_eval.referential.scalar import OneRow

Reference = tuple[Literal["in", "out", "buffer", "const"], Any]
BLOCK, BIG_BLOCK, BIG = 8_192, 131_072, 400_000


def order(trees: Mapping[str, Tree]) -> list[str]:
    """The names of ``trees`` so that each comes after those it uses.

    Raises
    ------
    graphlib.CycleError
        When formulas use each other in a loop; ``args[1]`` is the loop.
    """
    return _order(trees, {name: used_by(tree) for name, tree in trees.items()})


def _order(trees: Mapping[str, Tree], uses: Mapping[str, Iterable[str]]) -> list[str]:
    sorter = graphlib.TopologicalSorter({name: [n for n in uses[name] if n in trees] for name in trees})
    return list(sorter.static_order())


class Program:
    """Formulas that name inputs and each other, ready to run.

    Parameters
    ----------
    trees
        One tree per output name.
    inputs
        Every name that a tree may use and that is not an output.

    Raises
    ------
    KeyError
        When a tree uses a name that is neither.
    """

    def __init__(self, trees: Mapping[str, Tree], inputs: Iterable[str]) -> None:
        self.trees = dict(trees)
        self.outputs = list(self.trees)
        uses = {name: used_by(tree) for name, tree in self.trees.items()}
        self._order = _order(self.trees, uses)
        used = {name for found in uses.values() for name in found}
        self.inputs = [name for name in inputs if name in used]
        if unknown := used - set(self.inputs) - set(self.trees):
            raise KeyError(", ".join(sorted(unknown)))

    @cached_property
    def one(self) -> OneRow:
        """The same program for one row of plain numbers."""
        return OneRow({name: self.trees[name] for name in self._order}, self.inputs, self.outputs)

    @cached_property
    def _steps(self) -> _Steps:
        return _Steps(self.trees, self._order, self.inputs, self.outputs)

    def frame(self, answers: pd.DataFrame) -> pd.DataFrame:
        """One column per output, one row per row of ``answers``.

        A column that ``answers`` lacks is missing throughout. Columns are read in place where they
        are float64 already.
        """
        count = len(answers)
        columns = [_column(answers, name, count) for name in self.inputs]
        return pd.DataFrame(self.run(columns, count).T, index=answers.index, columns=self.outputs, copy=False)

    def run(
        self,
        columns: Sequence[np.ndarray],
        count: int,
        out: np.ndarray | None = None,
        threads: int | None = None,
    ) -> np.ndarray:
        """Compute every output.

        Parameters
        ----------
        columns
            One float64 array of ``count`` values per name of ``inputs``, in that order.
        count
            Number of rows.
        out
            Array of shape ``(len(outputs), count)`` to write into; made when absent.
        threads
            Number of threads; by default one below 400,000 rows, else one more than processors: while
            one waits for Python's lock, the others compute.

        Returns
        -------
        numpy.ndarray
            Shape ``(len(outputs), count)``; overflow is missing, as is a division by zero.
        """
        if out is None:
            out = np.empty((len(self.outputs), count))
        if count == 1:
            out[:, 0] = self.one.values([float(column[0]) for column in columns])
            return out
        big = count >= BIG
        if threads is None:
            threads = _threads() if big else 1
        block = BIG_BLOCK if big else BLOCK
        starts = list(range(0, count, block))
        share = -(-len(starts) // threads) or 1
        shares = [starts[i : i + share] for i in range(0, len(starts), share)]

        def work(mine: list[int]) -> None:
            self._steps.run(columns, count, out, mine, block)

        if len(shares) <= 1:
            work(starts)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(work, shares))
        return out


def _threads() -> int:
    """Threads for a large table: one more than the processors this process may use, eight at most."""
    held = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(8, held + 1)


def _column(answers: pd.DataFrame, name: str, count: int) -> np.ndarray:
    if name not in answers.columns:
        return np.full(count, np.nan)
    column: np.ndarray = answers[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return column


class _Steps:
    """Instructions over shared sub-expressions, with buffers handed back after their last use."""

    def __init__(
        self, trees: dict[str, Tree], order: list[str], inputs: list[str], outputs: list[str]
    ) -> None:
        self._inputs, self._outputs = len(inputs), len(outputs)
        known: dict[Tree, Reference] = {("var", name): ("in", i) for i, name in enumerate(inputs)}
        steps: list[tuple[str, tuple[Reference, ...]]] = []

        def emit(tree: Tree) -> Reference:
            if tree in known:
                return known[tree]
            if tree[0] == "const":
                place: Reference = ("const", tree[1])
            else:
                arguments = tuple(emit(part) for part in tree[1:])
                steps.append((tree[0], arguments))
                place = ("buffer", len(steps) - 1)
            known[tree] = place
            return place

        ends = {}
        for name in order:
            ends[name] = known["var", name] = emit(trees[name])
        self._allocate(steps, [ends[name] for name in outputs])

    def _allocate(self, steps: list[tuple[str, tuple[Reference, ...]]], ends: list[Reference]) -> None:
        rows: dict[int, list[int]] = {}
        for row, (where, which) in enumerate(ends):
            if where == "buffer":
                rows.setdefault(which, []).append(row)
        last = {a[1]: i for i, (_, arguments) in enumerate(steps) for a in arguments if a[0] == "buffer"}
        place: dict[int, Reference] = {}
        free: list[int] = []
        self.buffers = 0
        planned: list[tuple[str, Reference, tuple[Reference, ...]]] = []
        for i, (operation, arguments) in enumerate(steps):
            if i in rows:
                place[i] = ("out", rows[i][0])
            elif free:
                place[i] = ("buffer", free.pop())
            else:
                place[i] = ("buffer", self.buffers)
                self.buffers += 1
            sources = tuple(place[a[1]] if a[0] == "buffer" else a for a in arguments)
            planned.append((operation, place[i], sources))
            for which in {a[1] for a in arguments if a[0] == "buffer"}:
                if last[which] == i and place[which][0] == "buffer":
                    free.append(place[which][1])
        self._bind(planned)
        self.copies = [(row, same[0]) for same in rows.values() for row in same[1:]]
        self.direct = [(row, end) for row, end in enumerate(ends) if end[0] != "buffer"]

    def _bind(self, planned: list[tuple[str, Reference, tuple[Reference, ...]]]) -> None:
        """Number every place that an instruction reads or writes: inputs, outputs, buffers, constants."""
        constants: dict[float, int] = {}
        starts = {"in": 0, "out": self._inputs, "buffer": self._inputs + self._outputs}
        first = self._inputs + self._outputs + self.buffers

        def slot(reference: Reference) -> int:
            where, which = reference
            if where == "const":
                return first + constants.setdefault(which, len(constants))
            return starts[where] + int(which)

        self.program: list[tuple[Any, bool, bool, int, tuple[int, ...]]] = []
        for operation, target, sources in planned:
            plain = operation in kernels.PLAIN
            call = kernels.PLAIN[operation] if plain else kernels.BY_NAME[operation]
            divides = operation == "div"  # zeros below are ordinary: asking the processor costs more
            self.program.append((call, plain, divides, slot(target), tuple(map(slot, sources))))
        self.constants = list(constants)

    def run(
        self, columns: Sequence[np.ndarray], count: int, out: np.ndarray, starts: list[int], block: int
    ) -> None:
        width = min(block, count)
        buffers = np.empty((self.buffers, width))
        scratch = kernels.Scratch(width)
        infinite: list[bool] = []
        add, subtract = np.add, np.subtract
        flags = {"divide": "ignore", "over": "call", "invalid": "ignore", "under": "ignore"}
        with np.errstate(**flags, call=lambda *_: infinite.append(True)):  # type: ignore[arg-type]
            for start in starts:
                stop = min(start + block, count)
                scratch.cut(stop - start)
                inputs = [column[start:stop] for column in columns]
                results = out[:, start:stop]
                slots: list[Any] = [*inputs, *results, *buffers[:, : stop - start], *self.constants]
                for call, plain, divides, target, sources in self.program:
                    if plain and len(sources) == 2:
                        call(slots[sources[0]], slots[sources[1]], slots[target])
                    elif plain:
                        call(slots[sources[0]], slots[target])
                    else:
                        call(slots[target], scratch, *[slots[source] for source in sources])
                    if divides or infinite:
                        # infinity less itself is NaN, a number less itself is zero
                        settled = slots[target]
                        subtract(settled, settled, scratch.a)
                        add(settled, scratch.a, settled)
                        infinite.clear()
                for row, same in self.copies:
                    results[row] = results[same]
                for row, (where, which) in self.direct:
                    results[row] = which if where == "const" else inputs[which]
