"""Backups of a store: made while people work, verified before they count, restored without losing a thing."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, inspect

from coorace_eval.problems import StoreError
from coorace_eval.storage import dumps, engines
from coorace_eval.storage.copies import copy_of
from coorace_eval.storage.engines import PATIENCE, Address
from coorace_eval.storage.faults import fault, translated
from coorace_eval.storage.occupancy import give_to_owner_of_folder, out_of_service
from coorace_eval.storage.tables import HEAD, METADATA, VERSION_TABLE

FOLDER = "sauvegardes"
_STAMP = "%Y-%m-%d-%H%M%S"
_DATED = re.compile(r".+-(\d{4}-\d\d-\d\d-\d{6})\.(?:db|dump)")
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read back and found whole.

    Parameters
    ----------
    revision
        Of the tables inside; an older one is brought up to date when it is restored.
    """

    file: Path
    revision: str
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoration did.

    Parameters
    ----------
    backup
        What was put in place.
    before
        Where the former store stands now; ``None`` when there was none.
    """

    backup: Backup
    before: Path | None


def back_up(url: str, to: Path | None = None, *, keep: int | None = None) -> Backup:
    """Copy a store as it is at this moment, while people go on writing.

    Parameters
    ----------
    to
        A folder, where the copy is named by its date, or a file that is not there yet; the folder
        ``sauvegardes`` beside the store when left out.
    keep
        How many dated copies of this store stay in the folder; the older ones go, once the new one is
        verified. All of them when left out.

    Raises
    ------
    StoreError
        SAV-001 when the copy cannot be written, SAV-002 when it is not whole, SAV-004 when PostgreSQL's
        program is missing or fails; and what ``open_store`` says of a store that cannot be read.
    """
    address = Address.read(url)
    _check_reachable(address)
    target = _target(address, to)
    draft = target.with_name(f".{target.name}.{os.getpid()}.partiel")
    with _written(target):
        try:
            if address.file is not None:
                _copy(address.file, draft, address)
            else:
                dumps.dump(address, draft)
            revision = _examined(draft, address.name)
            give_to_owner_of_folder(draft)
            os.replace(draft, target)
            _settle(target.parent)
        finally:
            draft.unlink(missing_ok=True)
    if keep is not None:
        for older in backups(target.parent, _stem(address))[max(keep, 1) :]:
            older.unlink(missing_ok=True)
    return Backup(target, revision, target.stat().st_size)


_ELSEWHERE = "Indiquez un dossier, ou un autre nom de fichier."


def backups(folder: Path, stem: str = "") -> list[Path]:
    """The dated backups of a folder, the newest first; those of one store when ``stem`` names it."""
    found = [file for file in folder.glob("*") if _DATED.fullmatch(file.name) and file.is_file()]
    ours = [file for file in found if not stem or file.name[: -len(file.suffix) - 18] == stem]
    return sorted(ours, key=lambda file: made_at(file) or datetime.min.replace(tzinfo=UTC), reverse=True)


def made_at(file: Path) -> datetime | None:
    """When a dated backup was made, by its name; ``None`` for another file."""
    dated = _DATED.fullmatch(file.name)
    try:
        return datetime.strptime(dated[1], _STAMP).replace(tzinfo=UTC) if dated else None
    except ValueError:
        return None


def usual_folder(url: str) -> Path:
    """Where the backups of a store go when nothing else is said."""
    return _folder(Address.read(url))


def usual_stem(url: str) -> str:
    """How the names of the dated backups of a store begin."""
    return _stem(Address.read(url))


def check(file: Path) -> str:
    """Read a backup from end to end.

    Returns
    -------
    str
        The revision of its tables.

    Raises
    ------
    StoreError
        SAV-002 when it is absent, damaged or not ours; STO-003 when it comes from a newer version.
    """
    return _examined(file, f"Sauvegarde « {file.name} »")


def _examined(file: Path, name: str) -> str:
    try:
        with file.open("rb") as opened:
            head = opened.read(16)
    except OSError as error:
        raise fault("SAV-002", name, f"Le fichier ne peut pas être lu : {_why(error)}.") from None
    if head.startswith(dumps.HEAD):
        revision = dumps.revision(file, name)
    elif head.startswith(b"SQLite format 3\0"):
        revision = _check_sqlite(file, name)
    else:
        raise fault("SAV-002", name, "Ce n'est pas une sauvegarde.")
    if revision not in engines.known_revisions():
        raise fault("STO-003", name, "Elle a été faite par une version plus récente.")
    return revision


def restore(file: Path, url: str) -> Restored:
    """Put a verified backup in the place of a store; the former store is kept beside.

    The backup is copied, read from end to end and brought up to date first; only then does it take the
    place of the store. On PostgreSQL the address must be that of an empty database.

    Raises
    ------
    StoreError
        SAV-003 when the store is in use, SAV-005 when the database is not empty or of the other kind, and
        what :func:`check` says of the backup.
    """
    address = Address.read(url)
    revision = check(file)
    is_dump = _is_dump(file)
    if is_dump != (address.file is None):
        kind = "PostgreSQL" if is_dump else "SQLite"
        raise fault("SAV-005", address.name, f"La sauvegarde vient de {kind}, la base non.", _SAME_KIND)
    backup = Backup(file, revision, file.stat().st_size)
    if address.file is None:
        dumps.load(file, address)
        with translated(address.name), engines.connected(address, create=True):
            return Restored(backup, None)
    with out_of_service(address), _written(address.file):
        return Restored(backup, _take_the_place(file, address.file, address))


def _is_dump(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(dumps.HEAD)) == dumps.HEAD


_SAME_KIND = "Restaurez-la dans une base du même genre ; « coorace-eval copy » passe de l'une à l'autre."


def _check_reachable(address: Address) -> None:
    if address.url.get_backend_name() == "sqlite" and address.file is None:
        raise fault("STO-004", address.name, "Cette base n'est gardée dans aucun fichier.")
    if address.file is not None and not address.file.is_file():
        raise fault("STO-004", address.name, "Le fichier n'existe pas.")


def _copy(source: Path, draft: Path, address: Address) -> None:
    try:
        copy_of(source, draft)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise
        raise fault("STO-001" if code in _BUSY else "STO-004", address.name) from None


def _take_the_place(file: Path, present: Path, address: Address) -> Path | None:
    draft = present.with_name(f".{present.name}.{os.getpid()}.restauration")
    try:
        _copy(file.resolve(), draft, address)
        engines.upgrade_file(draft)
        _check_sqlite(draft, f"Sauvegarde « {file.name} »", complete=True)
        give_to_owner_of_folder(draft)
        engines.let_go(address)
        before = _set_aside(present, address)
        os.replace(draft, present)
        _settle(present.parent)
        return before
    finally:
        for left in (draft, *_companions(draft), *draft.parent.glob(f"{draft.name}.avant-*")):
            left.unlink(missing_ok=True)


def _set_aside(present: Path, address: Address) -> Path | None:
    """Give the present store another name beside it, unless someone has it open."""
    if not present.exists():
        return None
    now = datetime.now(UTC).strftime(_STAMP)
    before = present.with_name(f"{present.stem}-avant-{now}{present.suffix}")
    try:
        with closing(sqlite3.connect(f"{present.as_uri()}?mode=rw", uri=True, timeout=PATIENCE)) as opened:
            opened.execute("PRAGMA journal_mode=DELETE")  # refused as long as anyone has the file open
            opened.execute("PRAGMA journal_mode=WAL")
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _BUSY:
            cause = "Un programme l'a ouverte en ce moment."
            raise fault("SAV-003", address.name, cause) from None
        # a damaged store is the best reason to restore: it goes aside as it is, with its companions
    for old in (present, *_companions(present)):
        if old.exists():
            os.rename(old, f"{before}{old.name.removeprefix(present.name)}")
    return before


def _companions(file: Path) -> list[Path]:
    return [Path(f"{file}{suffix}") for suffix in ("-wal", "-shm", "-journal")]


def _check_sqlite(file: Path, name: str, *, complete: bool = False) -> str:
    """Read every page of a file; with ``complete``, its tables must be those of this version."""
    alone = "" if Path(f"{file}-wal").exists() else "&immutable=1"
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro{alone}", uri=True)) as opened:
            said = [row[0] for row in opened.execute("PRAGMA integrity_check")]
            if said != ["ok"] or opened.execute("PRAGMA foreign_key_check").fetchone():
                raise fault("SAV-002", name, "Elle est abîmée : des données manquent ou se contredisent.")
            tables = {row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found = (
                VERSION_TABLE in tables
                and opened.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
            )
    except sqlite3.DatabaseError:
        raise fault("SAV-002", name, "Elle est abîmée : elle ne peut pas être lue jusqu'au bout.") from None
    if not found:
        raise fault("SAV-002", name, "Ce n'est pas une base de cette application.")
    if complete and (found[0] != HEAD or not _is_complete(file)):
        raise fault("SAV-002", name, "Il lui manque des tables ou des colonnes.")
    return str(found[0])


def _is_complete(file: Path) -> bool:
    engine = create_engine(f"sqlite:///{file}")
    try:
        found = inspect(engine)
        return all(
            found.has_table(table.name)
            and {column.name for column in table.columns}
            <= {column["name"] for column in found.get_columns(table.name)}
            for table in METADATA.sorted_tables
        )
    finally:
        engine.dispose()


def _target(address: Address, to: Path | None) -> Path:
    suffix = ".db" if address.file is not None else ".dump"
    if to is not None and to.suffix and not to.is_dir():
        if to.exists():
            raise fault("SAV-001", f"« {to.name} »", "Ce fichier existe déjà.", _ELSEWHERE)
        return to.absolute()
    folder = (to or _folder(address)).absolute()
    with _written(folder):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True)
            give_to_owner_of_folder(folder)
    return folder / f"{_stem(address)}-{datetime.now(UTC).strftime(_STAMP)}{suffix}"


def _folder(address: Address) -> Path:
    return (address.file.parent if address.file is not None else Path.cwd()) / FOLDER


def _stem(address: Address) -> str:
    if address.file is not None:
        return address.file.stem
    return re.sub(r"[^\w-]", "_", address.url.database or "coorace")


def _settle(folder: Path) -> None:
    """Have the disk remember the names of a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _written(target: Path) -> Iterator[None]:
    """Say in French what keeps a file from being written."""
    name = f"« {target.name} »"
    try:
        yield
    except StoreError:
        raise
    except (OSError, sqlite3.Error) as error:
        raise fault("SAV-001", name, f"Le fichier ne peut pas être écrit : {_why(error)}.") from None


def _why(error: OSError | sqlite3.Error) -> str:
    full = sqlite3.SQLITE_FULL if isinstance(error, sqlite3.Error) else errno.ENOSPC
    if full in (getattr(error, "sqlite_errorcode", None), getattr(error, "errno", None)):
        return "le disque est plein"
    known = {
        FileNotFoundError: "il n'y a rien à cet endroit",
        PermissionError: "vous n'en avez pas le droit",
        IsADirectoryError: "c'est un dossier",
        NotADirectoryError: "ce chemin passe par un fichier",
    }
    return next((words for kind, words in known.items() if isinstance(error, kind)), "le disque refuse")
