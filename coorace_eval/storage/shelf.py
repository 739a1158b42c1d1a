"""What every part of the store does alike: write, put, take away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import Column, Connection, Row, Select, Table, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from coorace_eval.problems import Problem, StoreError
from coorace_eval.storage.engines import begin_writing, try_writing

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Shelf:
    """A part of the store, on the one transaction that ``open_store`` began."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_writing = False

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return self._connection.execute(query).all()

    def _frame(self, table: Table, names: Sequence[str], *order: Column[Any], **wanted: Any) -> pd.DataFrame:
        """Some columns of a table, as they come: ``None`` stays ``None``."""
        query = select(*[table.c[name] for name in names]).where(matching(table, **wanted)).order_by(*order)
        rows = [tuple(row) for row in self._connection.execute(query)]
        return pd.DataFrame(rows, columns=list(names), dtype=object)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Write from here on: the first write waits for its turn, the next ones follow."""
        if not self._is_writing:
            begin_writing(self._connection)
            self._is_writing = True
        yield self._connection

    @property
    def is_writing(self) -> bool:
        """Whether something was written since the store was opened."""
        return self._is_writing

    def write_now(self) -> None:
        """Take the place of writer, and see the last state written; what was read may have changed."""
        with self._writing():
            pass

    def write_if_free(self) -> bool:
        """Take the place of writer unless that means waiting; says whether it was taken."""
        if not self._is_writing:
            self._is_writing = try_writing(self._connection)
        return self._is_writing

    def _put(self, table: Table, *rows: Mapping[str, Any], keep: Sequence[str] = ()) -> None:
        """Add each row, or bring the one of the same key up to date except for ``keep``."""
        statement = _upsert(self._connection.dialect.name, table, tuple(rows[0]), tuple(keep))
        with self._writing() as connection:
            connection.execute(statement, list(rows) if len(rows) > 1 else rows[0])

    def _add(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Add a row unless there is one of the same key; says whether it was added."""
        adding = _INSERT[self._connection.dialect.name](table).on_conflict_do_nothing()
        with self._writing() as connection:
            return connection.execute(adding.returning(*table.primary_key), row).first() is not None

    def _take_away(self, table: Table, **key: Any) -> None:
        """Remove the row of that key; it is no error that there is none."""
        with self._writing() as connection:
            connection.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))


@lru_cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...], keep: tuple[str, ...]) -> Any:
    """The statement that adds a row or changes it; made once, since making it costs more than running it."""
    statement = _INSERT[dialect](table)
    fixed = {*table.primary_key.columns.keys(), *keep}
    changed = {name: statement.excluded[name] for name in names if name not in fixed}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)


def matching(table: Table, **wanted: Any) -> Any:
    """The condition that each column has the value wanted, or one of a set; ``None`` wants nothing."""
    conditions = (
        table.c[name].in_(value) if isinstance(value, Set) else table.c[name] == value
        for name, value in wanted.items()
        if value is not None
    )
    return and_(True, *conditions)


def absent(what: str, where: str, hint: str = "") -> StoreError:
    """The error to raise for what the store does not hold."""
    return StoreError("Base de données", [Problem("STO-005", where, what, hint=hint)])
