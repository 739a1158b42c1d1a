"""Backups are made while people write, are whole, and go back into place without losing anything."""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from storage.conftest import new_database, server
from storage.test_migrations import made_by_the_first_version
from typer.testing import CliRunner

from coorace_eval.campaigns import Answer, Campaign, Enterprise
from coorace_eval.cli import app
from coorace_eval.problems import StoreError
from coorace_eval.storage import backup as backups
from coorace_eval.storage import dumps, engines, open_store
from coorace_eval.storage.occupancy import in_service, is_in_service
from coorace_eval.storage.tables import HEAD, VERSION_TABLE
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

__all__ = ["new_database", "server"]

BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
WRITER = """
import sys
from coorace_eval.campaigns import Answer
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import ValueStatus
url, name = sys.argv[1:]
for number in range(1, 100_000):
    with open_store(url) as store:
        for half in ("gauche", "droite"):
            store.record("marais", 2025, Answer(f"{name}_{half}", number, ValueStatus.RENSEIGNE))
    print(number, flush=True)
"""


def run(*words: object, code: int = 0) -> str:
    """Run a command; it leaves with ``code`` and shows no traceback."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def filled(url: str) -> str:
    """A store with one enterprise and one open campaign."""
    with open_store(url) as store:
        store.save_enterprise(Enterprise("marais", "Le Marais", (EnterpriseKind.ACI,), "01", "Rhône-Alpes"))
        store.save_campaign(Campaign("marais", 2025, "essai@1", "abc"))
    return url


@pytest.fixture
def url(tmp_path: Path) -> str:
    return filled(f"sqlite:///{tmp_path / 'coorace.db'}")


def write(url: str, value: float) -> None:
    with open_store(url) as store:
        store.record("marais", 2025, Answer("v", value, ValueStatus.RENSEIGNE))


def read(url: str) -> float:
    with open_store(url, create=False) as store:
        return float(store.answers("marais").values.at[("marais", 2025), "v"])


@contextmanager
def writers(url: str, many: int = 2) -> Iterator[list[subprocess.Popen[str]]]:
    """People who write without a pause, each two halves of one thing at a time."""
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, f"p{number}"], stdout=subprocess.PIPE, text=True)
        for number in range(many)
    ]
    try:
        for one in started:
            assert one.stdout and one.stdout.readline()
        yield started
        assert [one.poll() for one in started] == [None] * many, "a writer was refused"
    finally:
        for one in started:
            one.kill()
            one.communicate()


def halves(url: str) -> tuple[int, dict[str, set[float]]]:
    """How many values there are, and the values of the halves of each writer."""
    with open_store(url, create=False) as store:
        held = {answer.variable: float(answer.value or 0) for answer in store.answer_list("marais", 2025)}
    found: dict[str, set[float]] = {}
    for variable, value in held.items():
        found.setdefault(variable.partition("_")[0], set()).add(value)
    return len(held), found


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backup_made_while_people_write_holds_whole_transactions(
    backend: str, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = filled(new_database(backend))
    files = []
    (tmp_path / "copies").mkdir()
    with writers(url):
        for number in range(4):
            said = run("backup", "--to", tmp_path / "copies" / f"{number}.sauvegarde", "--store", url)
            files.append(tmp_path / "copies" / f"{number}.sauvegarde")
            assert "écrite et relue" in said
    seen = []
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        copy = new_database(backend)
        assert "La base est celle de" in run("restore", file, "--store", copy)
        count, found = halves(copy)
        assert count == 4 and all(len(values) == 1 for values in found.values()), found
        seen.append(sum(value for values in found.values() for value in values))
    assert seen == sorted(seen) and seen[0] < seen[-1], "nobody wrote between two backups"


def test_a_backup_is_dated_private_and_alone(url, tmp_path):
    run("backup", "--store", url)
    folder = tmp_path / "sauvegardes"
    (file,) = folder.iterdir()
    assert re.fullmatch(r"coorace-\d{4}-\d\d-\d\d-\d{6}\.db", file.name)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_named_file_is_never_written_over(url, tmp_path):
    run("backup", "--to", tmp_path / "a.db", "--store", url)
    before = (tmp_path / "a.db").read_bytes()
    write(url, 1)
    assert "[SAV-001]" in run("backup", "--to", tmp_path / "a.db", "--store", url, code=1)
    assert (tmp_path / "a.db").read_bytes() == before


def test_the_oldest_backups_of_this_store_go_and_nothing_else(url, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    others = ["autre-2020-01-01-000000.db", "coorace-bis-2020-01-01-000000.db", "coorace.db", "notes.txt"]
    old = [f"coorace-2020-01-0{day}-000000.db" for day in (1, 2, 3)]
    for name in (*others, *old):
        (folder / name).write_text("x")
    run("backup", "--to", folder, "--keep", "2", "--store", url)
    names = {file.name for file in folder.iterdir()}
    made = names - {*others, *old}
    assert names == {*others, old[-1], *made} and len(made) == 1


def test_a_backup_that_fails_leaves_nothing_and_removes_nothing(tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "coorace-2020-01-01-000000.db").write_text("x")
    for content in (b"ceci n'est pas une base" * 400, b"SQLite format 3\0" + b"\1" * 9000):
        (tmp_path / "coorace.db").write_bytes(content)
        run("backup", "--to", folder, "--keep", 1, "--store", f"sqlite:///{tmp_path / 'coorace.db'}", code=1)
        assert [file.name for file in folder.iterdir()] == ["coorace-2020-01-01-000000.db"]
    absent = f"sqlite:///{tmp_path / 'absente.db'}"
    assert "[STO-004]" in run("backup", "--to", folder, "--store", absent, code=1)
    assert not (tmp_path / "absente.db").exists()
    assert "[STO-004]" in run("backup", "--store", "sqlite://", code=1)
    (tmp_path / "fichier").write_text("x")
    good = filled(f"sqlite:///{tmp_path / 'bonne.db'}")
    assert "[SAV-001]" in run("backup", "--to", tmp_path / "fichier" / "d", "--store", good, code=1)


def test_a_store_of_an_older_version_is_backed_up_before_it_changes(tmp_path):
    url = f"sqlite:///{tmp_path / 'coorace.db'}"
    made_by_the_first_version(url)
    made = backups.back_up(url, tmp_path / "avant.db")
    assert made.revision == "0001"
    with pytest.raises(StoreError, match="STO-006"), open_store(url, create=False):
        pass
    restored = f"sqlite:///{tmp_path / 'autre.db'}"
    run("restore", made.file, "--store", restored)
    assert sorted(file.name for file in tmp_path.glob("*autre*")) == ["autre.db", "autre.db-service"]
    assert read(restored) == 10


def test_restoring_keeps_the_present_store_beside(url, tmp_path):
    write(url, 1)
    run("backup", "--to", tmp_path / "a.db", "--store", url)
    write(url, 2)
    said = run("restore", tmp_path / "a.db", "--store", url)
    (kept,) = tmp_path.glob("coorace-avant-*.db")
    assert kept.name in said
    assert (read(url), read(f"sqlite:///{kept}")) == (1, 2)
    write(url, 3)
    assert read(url) == 3
    with closing(sqlite3.connect(tmp_path / "coorace.db")) as opened:
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert stat.S_IMODE((tmp_path / "coorace.db").stat().st_mode) == 0o600


def damaged(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle - 3000 : middle + 3000] = b"\xff" * 6000
    file.write_bytes(content)


def of_another(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as opened:
        for statement in statements:
            opened.execute(statement)
        opened.commit()


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "absent": (lambda file: file.unlink(), "SAV-002"),
    "empty": (lambda file: file.write_bytes(b""), "SAV-002"),
    "text": (lambda file: file.write_text("bonjour" * 500), "SAV-002"),
    "cut": (lambda file: file.write_bytes(file.read_bytes()[:-8192]), "SAV-002"),
    "damaged": (damaged, "SAV-002"),
    "newer": (lambda file: of_another(file, f"UPDATE {VERSION_TABLE} SET version_num = '9999'"), "STO-003"),
    "foreign": (lambda file: of_another(file, f"DROP TABLE {VERSION_TABLE}"), "SAV-002"),
    "incomplete": (lambda file: of_another(file, "ALTER TABLE answer DROP COLUMN comment"), "SAV-002"),
    "orphan": (
        lambda file: of_another(file, "INSERT INTO campaign SELECT 'nulle', year, referential, fingerprint, "
                                "state, step, overlay FROM campaign"), "SAV-002"),
    "dump": (lambda file: file.write_bytes(b"PGDMP" + b"x" * 900), "SAV-002"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_a_backup_that_is_not_whole_changes_nothing(kind, url, tmp_path):
    spoil, code = REFUSED[kind]
    write(url, 1)
    run("backup", "--to", tmp_path / "a.db", "--store", url)
    spoil(tmp_path / "a.db")
    write(url, 2)
    before = sorted(file.name for file in tmp_path.iterdir())
    assert f"[{code}]" in run("restore", tmp_path / "a.db", "--store", url, code=1)
    assert sorted(file.name for file in tmp_path.iterdir() if not file.name.endswith("-service")) == before
    assert read(url) == 2


def test_a_store_that_a_server_serves_is_not_replaced(url, tmp_path):
    write(url, 1)
    run("backup", "--to", tmp_path / "a.db", "--store", url)
    write(url, 2)
    with in_service(url), in_service(url):
        assert is_in_service(url)
        assert "[SAV-003]" in run("restore", tmp_path / "a.db", "--store", url, code=1)
    assert not is_in_service(url) and read(url) == 2
    with open(f"{tmp_path / 'coorace.db'}-service") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match=r"SAV-003.*restauration"), in_service(url):
            pass
    run("restore", tmp_path / "a.db", "--store", url)
    assert read(url) == 1


def test_a_store_that_another_program_has_open_is_not_replaced(url, tmp_path):
    write(url, 1)
    run("backup", "--to", tmp_path / "a.db", "--store", url)
    write(url, 2)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('SELECT 1 FROM campaign').fetchall(); print('ici', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "coorace.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as notebook:
        assert notebook.stdout and notebook.stdout.readline() == "ici\n"
        assert "[SAV-003]" in run("restore", tmp_path / "a.db", "--store", url, code=1)
        notebook.communicate("")
    assert read(url) == 2
    run("restore", tmp_path / "a.db", "--store", url)
    assert read(url) == 1


def test_a_damaged_store_gives_way_to_its_backup_and_is_kept(url, tmp_path):
    write(url, 1)
    run("backup", "--to", tmp_path / "a.db", "--store", url)
    engines.let_go(engines.Address.read(url))
    (tmp_path / "coorace.db").write_bytes(b"perdu" * 3000)
    run("restore", tmp_path / "a.db", "--store", url)
    (kept,) = tmp_path.glob("coorace-avant-*.db")
    assert read(url) == 1 and kept.read_bytes() == b"perdu" * 3000


def test_a_backup_can_be_read_again_without_restoring(url, tmp_path):
    run("backup", "--to", tmp_path / "a.db", "--store", url)
    assert "entière" in run("restore", tmp_path / "a.db", "--check")
    damaged(tmp_path / "a.db")
    assert "[SAV-002]" in run("restore", tmp_path / "a.db", "--check", code=1)


def test_what_a_killed_backup_leaves_is_not_taken_for_a_backup(url, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / ".coorace-2026-01-01-000000.db.77.partiel").write_text("x")
    run("backup", "--to", folder, "--keep", 1, "--store", url)
    assert [backups.made_at(file) is not None for file in backups.backups(folder)] == [True]


@pytest.mark.postgres
def test_the_password_of_postgresql_is_in_no_command_line(new_database, tmp_path, monkeypatch):
    """Programs of the same names, before the real ones, write down how they were called."""
    url = filled(new_database("postgresql"))
    password = url.split(":")[2].split("@")[0]
    for program in ("pg_dump", "pg_restore"):
        real = dumps._program(program)
        spy = tmp_path / "bin" / program
        spy.parent.mkdir(exist_ok=True)
        spy.write_text(f'#!/bin/sh\necho {program} "$@" >> "{tmp_path}/called"\nexec {real} "$@"\n')
        spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    run("backup", "--to", tmp_path / "a.dump", "--store", url)
    run("restore", tmp_path / "a.dump", "--store", new_database("postgresql"))
    called = (tmp_path / "called").read_text()
    assert called.count("pg_dump") >= 1 and called.count("pg_restore") >= 2
    assert password not in called


@pytest.mark.postgres
def test_postgresql_is_restored_into_an_empty_database_only(new_database, tmp_path):
    url = filled(new_database("postgresql"))
    write(url, 1)
    run("backup", "--to", tmp_path / "a.dump", "--store", url)
    write(url, 2)
    assert "[SAV-005]" in run("restore", tmp_path / "a.dump", "--store", url, code=1)
    assert read(url) == 2
    other = new_database("postgresql")
    run("restore", tmp_path / "a.dump", "--store", other)
    assert read(other) == 1
    sqlite = f"sqlite:///{tmp_path / 'coorace.db'}"
    assert "[SAV-005]" in run("restore", tmp_path / "a.dump", "--store", sqlite, code=1)
    assert not (tmp_path / "coorace.db").exists()
    (tmp_path / "a.dump").write_bytes((tmp_path / "a.dump").read_bytes()[:-900])
    assert "[SAV-002]" in run("restore", tmp_path / "a.dump", "--store", new_database("postgresql"), code=1)


@pytest.mark.postgres
def test_without_the_programs_of_postgresql_one_is_told_what_to_install(new_database, tmp_path, monkeypatch):
    url = filled(new_database("postgresql"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dumps, "DEBIAN", tmp_path)
    said = run("backup", "--to", tmp_path / "a.dump", "--store", url, code=1)
    assert "[SAV-004]" in said and "apt-get install postgresql-client" in said
    assert not (tmp_path / "a.dump").exists()


@pytest.mark.postgres
def test_a_database_out_of_reach_is_said_without_its_password(tmp_path):
    url = "postgresql://coorace:secret-du-test@127.0.0.1:9/rien"
    said = run("backup", "--to", tmp_path / "a.dump", "--store", url, code=1)
    assert "[SAV-004]" in said and "secret-du-test" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_a_store_is_copied_from_sqlite_to_postgresql(url, new_database):
    write(url, 7)
    other = new_database("postgresql")
    assert "lignes sont copiées et relues" in run("copy", "--to", other, "--store", url)
    assert read(other) == 7 and read(url) == 7
    assert "[STO-005]" in run("copy", "--to", other, "--store", url, code=1)


def test_the_revision_restored_is_the_one_of_this_version(url, tmp_path):
    made = backups.back_up(url, tmp_path / "a.db")
    assert (made.revision, backups.check(made.file)) == (HEAD, HEAD)
    assert time.time() - made.file.stat().st_mtime < 3600
