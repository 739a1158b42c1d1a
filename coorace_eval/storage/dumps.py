"""Backups of PostgreSQL, by its own programs: ``pg_dump`` and ``pg_restore``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, inspect

from coorace_eval.storage import engines
from coorace_eval.storage.copies import make_private
from coorace_eval.storage.engines import Address
from coorace_eval.storage.faults import fault, translated
from coorace_eval.storage.tables import VERSION_TABLE

HEAD = b"PGDMP"
"""How a file of ``pg_dump -Fc`` begins."""

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version."""

_TABLE = re.compile(rb"COPY \S+\.%b \(version_num\) FROM stdin;$" % VERSION_TABLE.encode())
_INSTALL = "Installez les programmes de PostgreSQL ; sous Debian : apt-get install postgresql-client."


def dump(address: Address, target: Path) -> None:
    """Write the whole database, as it is at this moment, to a private file.

    Raises
    ------
    StoreError
        SAV-004, when the program is missing or fails.
    """
    make_private(target)
    _run("pg_dump", address, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    with target.open("rb") as written:
        os.fsync(written.fileno())


def revision(file: Path, name: str) -> str:
    """The revision of the tables in a dump, read from end to end.

    Raises
    ------
    StoreError
        SAV-002, when it is damaged or not ours.
    """
    command = [_program("pg_restore"), "--file=-", str(file)]
    found = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reading:
        assert reading.stdout
        lines = iter(reading.stdout)
        for line in lines:
            if _TABLE.match(line):
                found = next(lines, b"").decode().strip()
    if reading.returncode:
        raise fault("SAV-002", name, "Elle est abîmée : elle ne peut pas être lue jusqu'au bout.")
    if not found:
        raise fault("SAV-002", name, "Ce n'est pas une base de cette application.")
    return found


def load(file: Path, address: Address) -> None:
    """Put a dump into an empty database, whole or not at all.

    Raises
    ------
    StoreError
        SAV-005 when the database holds something, SAV-004 when the program is missing or fails.
    """
    with translated(address.name):
        engine = engines.make(address)
        try:
            with engine.connect() as connection:
                if inspect(connection).get_table_names():
                    raise fault("SAV-005", address.name, "Elle contient déjà des tables.")
        finally:
            engine.dispose()
    _run(
        "pg_restore", address, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
        str(file),
    )  # fmt: skip


def _run(program: str, address: Address, *arguments: str) -> None:
    """Run a program of PostgreSQL; the password goes by its environment, which others cannot read."""
    url, password = _without_password(address.url)
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "10"}
    if password:
        environment["PGPASSWORD"] = password
    command = [_program(program), f"--dbname={url}", "--no-password", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["sans rien dire"])[-1]
        raise fault("SAV-004", address.name, f"« {program} » a échoué : {said}")


def _without_password(url: URL) -> tuple[str, str]:
    query = dict(url.query)
    written = query.pop("password", "")
    password = str(url.password or (written if isinstance(written, str) else ""))
    clean = url.set(drivername="postgresql", query=query)
    return URL.create(
        clean.drivername, clean.username, None, clean.host, clean.port, clean.database, clean.query
    ).render_as_string(), password


def _program(name: str) -> str:
    found = shutil.which(name)
    debian = sorted(DEBIAN.glob(f"*/bin/{name}"), reverse=True)
    if found is None and not debian:
        raise fault("SAV-004", "Base de données", f"Le programme « {name} » est introuvable.", _INSTALL)
    return found or str(debian[0])
