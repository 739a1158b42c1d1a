"""What can be said of a store without changing it: whether it is whole, up to date, private."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, exc, inspect, text

from coorace_eval.storage.engines import Address, connected
from coorace_eval.storage.faults import code_of, fault, translated
from coorace_eval.storage.tables import ACCOUNT, METADATA

RESTORE = "Arrêtez le serveur et restaurez une sauvegarde : coorace-eval restore."
LOOSE = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class StoreState:
    """What was found.

    Parameters
    ----------
    kind
        ``SQLite`` or ``PostgreSQL``, with its version.
    file
        Where it is kept; ``None`` for a database server.
    size
        In bytes.
    faults
        What is not whole, in French; empty when all is well.
    is_writable
        Whether this account may write in it.
    is_private
        Whether no other account of this machine may read it; always on a database server.
    managers
        Active accounts of the fédération, those who have chosen a password.
    accounts
        How many accounts there are.
    """

    kind: str
    file: Path | None
    size: int
    faults: tuple[str, ...]
    is_writable: bool
    is_private: bool
    managers: int
    accounts: int


def examine(url: str) -> StoreState:
    """Read a store from end to end.

    Raises
    ------
    StoreError
        As ``open_store(url, create=False)``.
    """
    address = Address.read(url)
    with translated(address.name), connected(address, create=False) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        faults = _broken(connection, address) if is_sqlite else []
        accounts = connection.execute(ACCOUNT.select()).all()
        managers = [row for row in accounts if row.role == "federation" and row.active and row.password]
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
        return StoreState(
            kind=f"{'SQLite' if is_sqlite else 'PostgreSQL'} {version}",
            file=address.file,
            size=_size(connection, address),
            faults=tuple([*faults, *_missing(connection)]),
            is_writable=_is_writable(connection, address),
            is_private=is_private(address.file),
            managers=len(managers),
            accounts=len(accounts),
        )


def is_private(file: Path | None) -> bool:
    """Whether no other account of this machine may open a file or folder, nor what SQLite puts beside."""
    if file is None:
        return True
    found = [path for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")) if path.exists()]
    return not any(path.stat().st_mode & LOOSE for path in found)


def _broken(connection: Connection, address: Address) -> list[str]:
    try:
        said = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
        orphan = connection.execute(text("PRAGMA foreign_key_check")).first()
        mode = connection.execute(text("PRAGMA journal_mode")).scalar()
    except exc.DatabaseError as error:
        if code_of(error) != "STO-004":
            raise
        cause = "Elle est abîmée : elle ne peut pas être lue jusqu'au bout."
        raise fault("STO-004", address.name, cause, RESTORE) from None
    faults = [] if said == ["ok"] else ["des pages sont abîmées"]
    if orphan:
        faults.append("des lignes renvoient à d'autres qui n'existent pas")
    if mode != "wal":
        faults.append("elle n'est pas en mode « WAL » : qui lit attend qui écrit")
    return faults


def _missing(connection: Connection) -> list[str]:
    there: Any = inspect(connection)
    names = set(there.get_table_names())
    absent = [table.name for table in METADATA.sorted_tables if table.name not in names]
    return [f"il manque la table « {name} »" for name in absent]


def _size(connection: Connection, address: Address) -> int:
    if address.file is not None:
        return sum(
            path.stat().st_size for path in (address.file, Path(f"{address.file}-wal")) if path.exists()
        )
    return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar() or 0)


def _is_writable(connection: Connection, address: Address) -> bool:
    if address.file is not None:
        return not address.is_read_only
    allowed = text("SELECT has_table_privilege('account', 'INSERT') AND NOT pg_is_in_recovery()")
    return bool(connection.execute(allowed).scalar())


def room_beside(url: str) -> tuple[Path, int]:
    """The folder of a store, and how many bytes are left there; that of the process for a server."""
    address = Address.read(url)
    folder = address.file.parent if address.file is not None else Path.cwd()
    try:
        found = os.statvfs(folder)
    except OSError:
        raise fault("STO-004", address.name, "Le dossier n'existe pas.") from None
    return folder, found.f_bavail * found.f_frsize
