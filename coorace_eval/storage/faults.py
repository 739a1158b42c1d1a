"""What a database complains of, said to the person who uses the application."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from coorace_eval.problems import Problem, StoreError

_LOG = logging.getLogger("coorace_eval.storage")

_SAID = {
    "STO-001": "Une autre personne ou un autre logiciel y écrit en ce moment.",
    "STO-002": "Rien ne peut y être écrit.",
    "STO-004": "Elle ne peut pas être ouverte ou lue.",
    "STO-005": "L'élément visé ou celui dont il dépend n'y est pas.",
}

_SQLITE = {
    sqlite3.SQLITE_BUSY: "STO-001",
    sqlite3.SQLITE_LOCKED: "STO-001",
    sqlite3.SQLITE_READONLY: "STO-002",
    sqlite3.SQLITE_PERM: "STO-002",
    sqlite3.SQLITE_CONSTRAINT: "STO-005",
}

_POSTGRESQL = {
    "55P03": "STO-001",  # lock not available
    "40P01": "STO-001",  # deadlock
    "40001": "STO-001",  # serialization failure
    "53300": "STO-001",  # too many connections
    "57014": "STO-001",  # cancelled, such as by a time limit
    "25006": "STO-002",  # read-only transaction
    "42501": "STO-002",  # insufficient privilege
    "23503": "STO-005",  # foreign key
}


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn every error of SQLAlchemy met inside into a ``StoreError`` in French.

    The address of the store is not in the message: it may hold a password.
    """
    try:
        yield
    except exc.SQLAlchemyError as error:
        _LOG.debug("store error", exc_info=error)
        raise fault(code_of(error), name, hint=_hint(error)) from None


def fault(code: str, name: str, cause: str = "", hint: str = "") -> StoreError:
    """The error to raise for the store of that name."""
    return StoreError(name, [Problem(code, "", cause or _SAID[code], hint=hint)])


def code_of(error: exc.SQLAlchemyError) -> str:
    """The entry of the catalogue for an error of the database; ``STO-004`` when nothing fits better."""
    if isinstance(error, exc.TimeoutError):
        return "STO-001"
    origin = getattr(error, "orig", None)
    if isinstance(origin, sqlite3.Error):
        return _SQLITE.get((getattr(origin, "sqlite_errorcode", None) or 0) & 0xFF, "STO-004")
    return _POSTGRESQL.get(getattr(origin, "sqlstate", None) or "", "STO-004")


def _hint(error: exc.SQLAlchemyError) -> str:
    origin = getattr(error, "orig", None)
    primary = (getattr(origin, "sqlite_errorcode", None) or 0) & 0xFF
    if primary == sqlite3.SQLITE_FULL or getattr(origin, "sqlstate", None) == "53100":
        return "Le disque est plein : libérez de la place, puis recommencez."
    return ""
