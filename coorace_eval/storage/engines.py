"""How a store is reached: one engine per address, its tables brought up to date."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, exc, inspect, make_url, text

from coorace_eval.problems import StoreError
from coorace_eval.storage.copies import copy_of, make_private
from coorace_eval.storage.faults import fault, translated
from coorace_eval.storage.tables import HEAD, METADATA, VERSION_TABLE

PATIENCE = 5.0
"""Seconds that a write waits for another one to end."""

_POSTGRESQL = "postgresql+psycopg"
_ADVISORY_LOCK = 2_026_1123  # any number, the same for all who migrate
_READ_REVISION = text(f"SELECT version_num FROM {VERSION_TABLE}")


@dataclass(frozen=True)
class Address:
    """Where a store is, and the name by which messages call it."""

    url: URL
    name: str
    file: Path | None

    @classmethod
    def read(cls, url: str) -> Address:
        """Understand the address of a store; a relative file is made absolute.

        Raises
        ------
        StoreError
            When it is neither SQLite nor PostgreSQL.
        """
        try:
            parsed = make_url(url)
        except exc.ArgumentError:
            hint = "Écrivez par exemple « sqlite:///coorace.db »."
            raise fault("STO-004", "Base de données", "L'adresse est mal écrite.", hint) from None
        if parsed.drivername in ("postgres", "postgresql", _POSTGRESQL):
            return cls(parsed.set(drivername=_POSTGRESQL), "Base de données", None)
        if parsed.get_backend_name() != "sqlite":
            hint = "Choisissez SQLite ou PostgreSQL."
            cause = f"« {parsed.drivername} » n'est pas un genre de base admis."
            raise fault("STO-004", "Base de données", cause, hint)
        if parsed.database in (None, "", ":memory:") or parsed.database.startswith("file:"):
            return cls(parsed, "Base de données", None)
        file = Path(parsed.database).resolve()
        return cls(parsed.set(database=str(file)), f"Base de données « {file.name} »", file)

    @property
    def identity(self) -> tuple[int, int, bool] | None:
        """Which file stands there now, and whether it is read-only: both may change."""
        if self.file is None:
            return None
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, self.is_read_only

    @property
    def is_read_only(self) -> bool:
        """Whether this account may not write in the file or beside it, as SQLite must."""
        if self.file is None or not self.file.exists():
            return False
        effective = os.access in os.supports_effective_ids
        return not all(
            os.access(place, os.W_OK, effective_ids=effective) for place in (self.file, self.file.parent)
        )


@dataclass
class _Known:
    engine: Engine
    identity: tuple[int, int, bool] | None


_KNOWN: dict[URL, _Known] = {}
_GUARD = threading.RLock()


@contextmanager
def connected(address: Address, *, create: bool) -> Iterator[Connection]:
    """One transaction on an up-to-date store: kept at the end, or undone by any exception."""
    engine = _engine(address, create=create)
    with engine.connect() as connection, connection.begin():
        revision = connection.execute(_READ_REVISION).scalar()
        if revision != HEAD:
            raise _wrong_revision(address, revision)
        yield connection


def begin_writing(connection: Connection) -> None:
    """Take SQLite's only place of writer, and see the last state written.

    What was read before may have changed meanwhile, as in PostgreSQL (« read committed »).
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def try_writing(connection: Connection) -> bool:
    """Take SQLite's only place of writer when it is free at once; says whether it was taken."""
    if connection.dialect.name != "sqlite":
        return True
    patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        begin_writing(connection)
    except exc.OperationalError:  # busy, or read-only
        connection.exec_driver_sql("BEGIN")
        return False
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    return True


def forget() -> None:
    """Leave every engine to its owner; a forked process makes its own."""
    for known in _KNOWN.values():
        known.engine.dispose(close=False)
    _KNOWN.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget)


def _engine(address: Address, *, create: bool) -> Engine:
    known = _KNOWN.get(address.url)
    if known is not None and known.identity == address.identity:
        return known.engine
    with _GUARD:
        known = _KNOWN.pop(address.url, None)
        if known is not None:
            known.engine.dispose()
        _check_file(address, create=create)
        engine = make(address)
        try:
            _bring_up_to_date(engine, address, create=create)
        except BaseException:
            engine.dispose()
            raise
        _KNOWN[address.url] = _Known(engine, address.identity)
        return engine


def _check_file(address: Address, *, create: bool) -> None:
    if address.file is None or address.file.exists():
        return
    if not address.file.parent.is_dir():
        raise fault("STO-004", address.name, "Le dossier n'existe pas.", "Créez-le ou corrigez l'adresse.")
    if not create:
        raise fault("STO-004", address.name, "Le fichier n'existe pas.")
    try:
        make_private(address.file)
    except FileExistsError:
        return  # another process makes the same store
    except OSError as error:
        raise fault(
            "STO-004", address.name, f"Le fichier ne peut pas être créé : {error.strerror}."
        ) from None


def make(address: Address) -> Engine:
    """A new engine, which connects to nothing yet; whoever asks for it disposes of it."""
    if address.url.get_backend_name() == "sqlite":
        if address.file is not None and address.is_read_only:
            file = address.file
            engine = create_engine("sqlite://", creator=lambda: _open_read_only(file), poolclass=NullPool)
        else:
            patience = {} if "timeout" in address.url.query else {"timeout": PATIENCE}
            engine = create_engine(address.url, connect_args=patience)
        event.listen(engine, "connect", _set_sqlite_up)
        event.listen(engine, "begin", _begin)
        return engine
    options: dict[str, Any] = {"connect_timeout": round(PATIENCE)}
    if "options" not in address.url.query:
        options["options"] = f"-c lock_timeout={round(PATIENCE * 1000)}"
    try:
        return create_engine(address.url, connect_args=options, pool_pre_ping=True)
    except ImportError:
        hint = 'Installez-le : pip install "coorace_eval[postgres]".'
        raise fault("STO-004", address.name, "Le module « psycopg » manque.", hint) from None


def _open_read_only(file: Path) -> sqlite3.Connection:
    """Read a file that this account may not write; nobody else writes while there is no ``-wal``."""
    alone = "" if Path(f"{file}-wal").exists() else "&immutable=1"
    return sqlite3.connect(
        f"{file.as_uri()}?mode=ro{alone}", uri=True, timeout=PATIENCE, check_same_thread=False
    )


def _set_sqlite_up(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin below, and nowhere else
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def let_go(address: Address) -> None:
    """Close every connection of this process to a store, whose file is about to be replaced."""
    with _GUARD:
        known = _KNOWN.pop(address.url, None)
        if known is not None:
            known.engine.dispose()


def upgrade_file(file: Path) -> None:
    """Bring an SQLite file that nobody else uses to ``HEAD``, and let readers and a writer share it."""
    address = Address.read(f"sqlite:///{file}")
    engine = make(address)
    try:
        with translated(address.name):
            _bring_up_to_date(engine, address, create=True)
            _choose_wal(engine)
    finally:
        engine.dispose()


def _bring_up_to_date(engine: Engine, address: Address, *, create: bool) -> None:
    with engine.connect() as connection:
        revision = _revision(connection)
        others = set() if revision else set(inspect(connection).get_table_names())
    if revision == HEAD:
        return
    if not create:
        raise _wrong_revision(address, revision)
    if others if address.url.get_backend_name() == "sqlite" else others & set(METADATA.tables):
        raise fault("STO-004", address.name, "Cette base est celle d'un autre logiciel.")
    if revision is not None and revision not in known_revisions():
        raise _wrong_revision(address, revision)
    _upgrade(engine, address)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.execute(_READ_REVISION).scalar()
    return revision


def _wrong_revision(address: Address, revision: str | None) -> StoreError:
    if revision is None:
        return fault("STO-004", address.name, "Ce n'est pas une base de cette application.")
    if revision in known_revisions():
        return fault("STO-006", address.name, "Elle a été faite par une version plus ancienne.")
    return fault("STO-003", address.name, "Elle a été faite par une version plus récente.")


def known_revisions() -> set[str]:
    """Every revision of the tables that this version can read."""
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def _alembic() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _upgrade(engine: Engine, address: Address) -> None:
    """Bring the tables to ``HEAD`` in one transaction; whoever comes second waits and finds it done.

    An SQLite file that holds data is first copied beside itself, while nobody else may write in it.
    """
    from alembic import command

    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        _choose_wal(engine)
    with engine.connect() as connection, connection.begin():
        if sqlite:
            begin_writing(connection)
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        revision = _revision(connection)
        if revision != HEAD:
            if revision is not None and address.file is not None:
                _copy_beside(address.file, address.name)
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)


def _copy_beside(file: Path, name: str) -> None:
    try:
        copy_of(file, file.with_name(f"{file.name}.avant-{HEAD}"))
    except OSError as error:
        cause = f"Elle n'a pas pu être copiée avant d'être mise à jour : {error.strerror}."
        raise fault("STO-004", name, cause, "Faites de la place à côté d'elle.") from None


def _choose_wal(engine: Engine) -> None:
    """Let readers and a writer work at the same time; the file remembers it."""
    raw = engine.raw_connection()
    end = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                raw.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
                return
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > end:
                    raise exc.OperationalError("PRAGMA journal_mode", None, error) from None
                time.sleep(0.02)
    finally:
        raw.close()
