"""The same tests on SQLite and on a real PostgreSQL server, started here and stopped afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from coorace_eval.campaigns import Campaign, Enterprise
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import EnterpriseKind

WITHOUT = "COORACE_SANS_POSTGRES"
HOW_TO = (
    "PostgreSQL est introuvable (initdb, pg_ctl). Installez-le : « apt-get install postgresql » sous Debian, "
    f"ou posez {WITHOUT}=1 pour laisser ces tests de côté."
)
BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not os.environ.get(WITHOUT):
        return
    aside = [item for item in items if item.get_closest_marker("postgres")]
    if aside:
        config.hook.pytest_deselected(items=aside)
        items[:] = [item for item in items if item not in aside]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get(WITHOUT):
        terminalreporter.write_line(f"Tests de PostgreSQL laissés de côté : {WITHOUT} est posé.")


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of our own, in a temporary folder, on a loopback port."""

    programs: Path
    folder: Path
    port: int
    password: str
    account: dict[str, object]

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, **self.account)
        if done.returncode:
            raise RuntimeError(f"{program} : {done.stderr or done.stdout}")

    def url(self, database: str) -> str:
        return f"postgresql://coorace:{self.password}@127.0.0.1:{self.port}/{database}"


def _programs() -> Path | None:
    """Debian keeps ``initdb`` and ``pg_ctl`` out of the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    return next((place for place in [*debian, *places] if (place / "pg_ctl").exists()), None)


def _account() -> dict[str, object]:
    """PostgreSQL refuses to be run by root: take another account."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    pytest.fail("Aucun compte ordinaire pour lancer PostgreSQL : créez le compte « postgres ».")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    programs = _programs()
    if programs is None:
        pytest.fail(HOW_TO)
    folder = Path(tempfile.mkdtemp(prefix="coorace-pg-"))
    account = _account()
    ours = Server(programs, folder, _free_port(), secrets.token_hex(8), account)
    secret = folder / "secret"
    secret.write_text(ours.password)
    if account:
        for place in (folder, secret):
            os.chown(place, account["user"], account["group"])
    data = str(folder / "data")
    try:
        ours.run(
            "initdb", "-D", data, "-U", "coorace", "--pwfile", str(secret), "--auth=scram-sha-256",
            "--encoding=UTF8", "--no-locale", "--no-sync",
        )  # fmt: skip
        options = f"-p {ours.port} -h 127.0.0.1 -k {folder} -c fsync=off"
        ours.run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", str(folder / "log"), "-o", options, "start")
        yield ours
        ours.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """Give the address of an empty database of the kind asked for."""
    numbers = count()

    def make(backend: str) -> str:
        if backend == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('base')}/coorace.db"
        import psycopg

        ours: Server = request.getfixturevalue("server")
        name = f"base_{next(numbers)}"
        with psycopg.connect(ours.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return ours.url(name)

    return make


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> str:
    """An empty database: SQLite, then PostgreSQL."""
    return new_database(request.param)


@pytest.fixture
def marais() -> Enterprise:
    kinds = (EnterpriseKind.ACI, EnterpriseKind.AI)
    return Enterprise(
        "ateliers_du_marais", "Les Ateliers du Marais", kinds, "01", "Rhône-Alpes", group="ges_1"
    )


@pytest.fixture
def filled(url: str, marais: Enterprise) -> str:
    """A store with one enterprise and its campaigns of 2024 and 2025."""
    with open_store(url) as store:
        store.save_enterprise(marais)
        for year in (2024, 2025):
            store.save_campaign(Campaign(marais.id, year, "utilite_sociale@2026.1", "abc"))
    return url
