"""Who uses the file of a store: a server tells so, and a restoration waits until nobody does."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from coorace_eval.storage.engines import Address
from coorace_eval.storage.faults import fault

SUFFIX = "-service"


@contextlib.contextmanager
def in_service(url: str) -> Iterator[None]:
    """Serve a store: nobody restores it meanwhile.

    Several servers may serve one store. On PostgreSQL there is nothing to hold: one restores into an
    empty database only.

    Raises
    ------
    StoreError
        SAV-003, when a restoration is going on.
    """
    with _held(Address.read(url), alone=False):
        yield


@contextlib.contextmanager
def out_of_service(address: Address) -> Iterator[None]:
    """Hold a store while it is replaced.

    Raises
    ------
    StoreError
        SAV-003, when a server serves it.
    """
    with _held(address, alone=True):
        yield


def is_in_service(url: str) -> bool:
    """Whether a server serves this store at the moment; always no on PostgreSQL."""
    from coorace_eval.problems import StoreError

    try:
        with _held(Address.read(url), alone=True):
            return False
    except StoreError:
        return True


@contextlib.contextmanager
def _held(address: Address, *, alone: bool) -> Iterator[None]:
    """Lock a small file beside the store.

    It stays there afterwards: removing it would let two processes hold two files of one name. The store
    itself cannot be locked so: closing it here would undo the locks that SQLite has on it.
    """
    handle = None if address.file is None else _opened(address.file)
    if handle is None or sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            cause = "Un serveur l'emploie en ce moment." if alone else "Elle est en cours de restauration."
            hint = "" if alone else "Attendez la fin de la restauration, puis recommencez."
            raise fault("SAV-003", address.name, cause, hint) from None
        yield
    finally:
        os.close(handle)


def _opened(file: Path) -> int | None:
    """The lock file; ``None`` where nothing may be written, so that nothing may be restored either."""
    lock = Path(f"{file}{SUFFIX}")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    give_to_owner_of_folder(lock)
    return handle


def give_to_owner_of_folder(path: Path) -> None:
    """Let what root makes belong to the account of the service, which must be able to use it."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
