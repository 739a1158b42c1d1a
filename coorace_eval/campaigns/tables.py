"""How lists of answers become tables, by columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from coorace_eval.campaigns.model import Enterprise
from coorace_eval.problems import AnswerError, Problem
from coorace_eval.vocabulary import ValueStatus

ROW = ("enterprise", "year")
CELL = (*ROW, "variable", "part")
LONG = (*CELL, "value", "status", "source", "author", "at", "comment")
NOTES = (*ROW, "variable", "source", "author", "at", "comment")
PARTS = (*ROW, "variable", "axis", "member", "value", "status")
CONTEXT = ("kinds", "department", "region", "group")
_TYPES = {"year": "int64", "value": "float64", "old_value": "float64"}
_KNOWN = (*ROW, "kind", *CONTEXT)
_SOURCE = "Tableau de données"


def typed(long: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """The columns asked for, typed the same whether there are rows or not."""
    kept = long[list(columns)].astype({name: _TYPES.get(name, object) for name in columns if name != "at"})
    if "at" in columns:
        kept["at"] = pd.to_datetime(kept["at"], utc=True).dt.as_unit("us")
    return kept.reset_index(drop=True)


def empty(columns: tuple[str, ...]) -> pd.DataFrame:
    """A long table without a row."""
    return _blank(columns).copy()


@lru_cache
def _blank(columns: tuple[str, ...]) -> pd.DataFrame:
    return typed(pd.DataFrame(columns=list(columns)), columns)


def rows_of(long: pd.DataFrame, more: Iterable[tuple[str, int]] = ()) -> pd.MultiIndex:
    """The (enterprise, year) pairs of a long table and ``more``, each once, in order."""
    pairs = set(more)
    pairs.update(long[list(ROW)].drop_duplicates().itertuples(index=False, name=None))
    if not pairs:
        return pd.MultiIndex.from_frame(empty(ROW))
    enterprises, years = zip(*sorted(pairs), strict=True)
    return pd.MultiIndex.from_arrays(
        [np.array(enterprises, dtype=object), np.array(years, dtype=np.int64)], names=list(ROW)
    )


def pivot(long: pd.DataFrame, index: pd.MultiIndex) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values and statuses of the rows of ``index``; what was not answered is missing."""
    codes, names = pd.factorize(long["variable"].to_numpy(dtype=object), sort=True)
    rows = index.get_indexer(pd.MultiIndex.from_frame(long[list(ROW)]))
    shape = (len(index), len(names))
    values = np.full(shape, np.nan)
    statuses = np.full(shape, ValueStatus.NON_RENSEIGNE.value, dtype=object)
    values[rows, codes] = long["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    statuses[rows, codes] = long["status"].to_numpy(dtype=object)
    columns = pd.Index(names, dtype=object)
    return (
        pd.DataFrame(values, index=index, columns=columns),
        pd.DataFrame(statuses, index=index, columns=columns, dtype=object),
    )


def parts_of(long: pd.DataFrame) -> pd.DataFrame:
    """The parts of a long table, their axis and member apart (``sexe:F``)."""
    parts = long[long["part"] != ""]
    split = [part.partition(":") for part in parts["part"]]
    parts = parts.assign(axis=[axis for axis, _, _ in split], member=[member for _, _, member in split])
    return typed(parts, PARTS)


def context_of(index: pd.MultiIndex, enterprises: Iterable[Enterprise]) -> pd.DataFrame:
    """What is known of the enterprise of each row."""
    known = {e.id: (tuple(k.value for k in e.kinds), e.department, e.region, e.group) for e in enterprises}
    rows = [known.get(enterprise, ((), "", "", "")) for enterprise, _ in index]
    return _context(dict(zip(CONTEXT, zip(*rows, strict=True), strict=True)) if rows else {}, index)


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Variables on one side, what is known of each row on the other."""
    levels = [name for name in frame.index.names if name in _KNOWN and name not in frame.columns]
    known: dict[str, Iterable[object]] = {name: frame.index.get_level_values(name) for name in levels}
    known.update({name: frame[name] for name in _KNOWN if name in frame.columns})
    index = _index(known, len(frame))
    if "kind" in known:
        known.setdefault("kinds", known["kind"])
    if "kinds" in known:
        known["kinds"] = [_kinds(kinds) for kinds in known["kinds"]]
    variables = frame[[name for name in frame.columns if name not in _KNOWN]]
    return _numbers(variables).set_axis(index), _context(known, index)


def plain_statuses(values: pd.DataFrame) -> pd.DataFrame:
    """« Renseigné » where there is a number, « non renseigné » elsewhere."""
    words = np.array([ValueStatus.RENSEIGNE.value, ValueStatus.NON_RENSEIGNE.value], dtype=object)
    cells = words[np.isnan(values.to_numpy()).astype(np.intp)]
    return pd.DataFrame(cells, index=values.index, columns=values.columns, dtype=object)


def matching(index: pd.Index, enterprise: str | None, year: int | None) -> np.ndarray:
    """Which rows belong to the enterprise and the year asked for."""
    keep = np.ones(len(index), dtype=bool)
    for level, wanted in zip(ROW, (enterprise, year), strict=True):
        if wanted is not None:
            keep &= np.asarray(index.get_level_values(level) == wanted)
    return keep


def _index(known: dict[str, Iterable[object]], length: int) -> pd.MultiIndex:
    if not {"enterprise", "year"} & set(known):
        enterprises = np.array([str(row + 1) for row in range(length)], dtype=object)
        return pd.MultiIndex.from_arrays([enterprises, np.zeros(length, dtype=np.int64)], names=list(ROW))
    enterprises = np.array([str(name) for name in known.get("enterprise", [""] * length)], dtype=object)
    try:
        years = pd.Series(list(known.get("year", [0] * length)), dtype=object).astype(np.int64).to_numpy()
    except (ValueError, TypeError):
        problem = Problem("REP-001", "year", "Une année n'est pas un nombre entier.")
        raise AnswerError(_SOURCE, [problem]) from None
    index = pd.MultiIndex.from_arrays([enterprises, years], names=list(ROW))
    if not index.is_unique:
        enterprise, year = index[index.duplicated()][0]
        cause = f"« {enterprise} » a deux lignes pour {year}."
        raise AnswerError(_SOURCE, [Problem("REP-014", "enterprise, year", cause)])
    return index


def _numbers(variables: pd.DataFrame) -> pd.DataFrame:
    try:
        cells = variables.to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError):
        raise AnswerError(_SOURCE, list(_unusable(variables))) from None
    if np.isinf(cells).any():
        raise AnswerError(_SOURCE, list(_unusable(variables)))
    return pd.DataFrame(cells, index=variables.index, columns=[str(name) for name in variables.columns])


def _unusable(variables: pd.DataFrame) -> Iterator[Problem]:
    for name, column in variables.items():
        try:
            cells = column.to_numpy(dtype=np.float64, na_value=np.nan)
        except (ValueError, TypeError):
            yield Problem("REP-001", str(name), "Cette colonne ne contient pas que des nombres.")
            continue
        if np.isinf(cells).any():
            yield Problem("REP-003", str(name), "Cette colonne contient un nombre infini.")


def _context(known: dict[str, Iterable[object]], index: pd.MultiIndex) -> pd.DataFrame:
    context = {}
    for name in CONTEXT:
        column = np.empty(len(index), dtype=object)
        blank: object = () if name == "kinds" else ""
        cells = known.get(name, [blank] * len(index))
        column[:] = [blank if cell is None or cell != cell else cell for cell in cells]
        context[name] = column
    return pd.DataFrame(context, index=index)


def _kinds(kinds: object) -> tuple[str, ...]:
    if isinstance(kinds, str):
        return tuple(kind.strip() for kind in kinds.split(",") if kind.strip())
    if isinstance(kinds, Iterable):
        return tuple(str(getattr(kind, "value", kind)) for kind in kinds)
    return ()
