"""Move a store from one database to another: SQLite to PostgreSQL when the federation grows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, LargeBinary, Table, func, insert, select, text

from coorace_eval.problems import Problem, StoreError
from coorace_eval.storage.engines import Address, begin_writing, connected
from coorace_eval.storage.faults import translated
from coorace_eval.storage.tables import METADATA

_AT_ONCE = 2_000
_FILES_AT_ONCE = 4
"""Rows that hold a file each may weigh megabytes."""


@dataclass(frozen=True)
class _Mark:
    """What a table holds: how many rows, and a number that one changed letter changes."""

    count: int = 0
    sum: int = 0

    def add(self, row: Mapping[str, Any]) -> _Mark:
        return _Mark(self.count + 1, (self.sum + hash(tuple(row.items()))) & (1 << 64) - 1)


def copy(source: str, target: str) -> dict[str, int]:
    """Copy a whole store into an empty one, histories and accounts included.

    Nobody writes in the source meanwhile: who tries waits, then is told that the base is busy. The copy is
    read back and compared before it is kept; if anything differs, the target stays empty.

    Parameters
    ----------
    source
        Address of the store to copy; it is left as it is.
    target
        Address of an empty database, or of a store where nothing was ever written.

    Returns
    -------
    dict of str to int
        How many rows each table holds, in both.

    Raises
    ------
    StoreError
        When the target already holds something, or the copy does not hold what the source holds.
    """
    here, there = Address.read(source), Address.read(target)
    if here.url == there.url:
        raise _refused("Les deux adresses sont les mêmes.")
    tables = METADATA.sorted_tables
    with (
        translated(here.name),
        connected(here, create=False) as reading,
        translated(there.name),
        connected(there, create=True) as writing,
    ):
        _hold(reading)
        begin_writing(writing)
        for table in tables:
            if writing.execute(select(func.count()).select_from(table)).scalar():
                raise _refused("La base d'arrivée contient déjà quelque chose.")
        marks = {table.name: _pour(reading, writing, table) for table in tables}
        for table in tables:
            if _mark(writing, table) != marks[table.name]:
                raise _refused(f"La table « {table.name} » n'est pas arrivée entière.")
            _go_on_counting(writing, table)
    return {name: mark.count for name, mark in marks.items()}


def _hold(connection: Connection) -> None:
    """Keep everyone from writing while the copy is made."""
    begin_writing(connection)
    if connection.dialect.name == "postgresql":
        quote = connection.dialect.identifier_preparer.format_table
        names = ", ".join(quote(table) for table in METADATA.sorted_tables)
        connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


def _pour(reading: Connection, writing: Connection, table: Table) -> _Mark:
    mark = _Mark()
    for rows in _rows(reading, table):
        for row in rows:
            mark = mark.add(row)
        writing.execute(insert(table), rows)
    return mark


def _mark(connection: Connection, table: Table) -> _Mark:
    mark = _Mark()
    for rows in _rows(connection, table):
        for row in rows:
            mark = mark.add(row)
    return mark


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    found = connection.execution_options(stream_results=True).execute(select(table))
    holds_files = any(isinstance(column.type, LargeBinary) for column in table.columns)
    for part in found.mappings().partitions(_FILES_AT_ONCE if holds_files else _AT_ONCE):
        yield [dict(row) for row in part]


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row after the last one copied."""
    key = next(iter(table.primary_key.columns))
    numbered = key is table.autoincrement_column and isinstance(key.type, Integer)
    if connection.dialect.name != "postgresql" or not numbered:
        return
    sequence = select(func.pg_get_serial_sequence(table.name, key.name)).scalar_subquery()
    last = select(func.max(key)).scalar_subquery()
    if connection.execute(select(func.max(key))).scalar() is not None:
        connection.execute(select(func.setval(sequence, last)))


def _refused(cause: str) -> StoreError:
    return StoreError("Copie de la base", [Problem("STO-005", "", cause)])
