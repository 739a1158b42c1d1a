"""Copies of an SQLite file, made while others go on working in it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def make_private(file: Path) -> None:
    """Make an empty file that only this account reads and writes.

    Raises
    ------
    FileExistsError
        When it is there already.
    """
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def copy_of(source: Path, target: Path) -> None:
    """Copy the last state written in an SQLite file, whole, to a private file that stands alone.

    A copy made before under the same name is replaced, only once the new one is complete.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    make_private(draft)
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as opened,
            closing(sqlite3.connect(draft)) as copy,
        ):
            opened.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
