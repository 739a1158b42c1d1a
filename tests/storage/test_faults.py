"""What goes wrong around a store: nothing is lost, nothing half-written, each thing said in French."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from coorace_eval.campaigns import Answer, Campaign, Enterprise
from coorace_eval.problems import StoreError
from coorace_eval.storage import engines, open_store
from coorace_eval.storage.tables import HEAD, VERSION_TABLE
from coorace_eval.vocabulary import ValueStatus

MARAIS = "ateliers_du_marais"
TEN = Answer("sorties_total", 10, ValueStatus.RENSEIGNE)
NINE = replace(TEN, value=9)
WRITER = Path(__file__).with_name("writer.py")
NOBODY = 65534


def start_writer(url: str, prefix: str, many: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(WRITER.parents[2])}
    command = [sys.executable, str(WRITER), url, MARAIS, prefix, str(many)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def file_of(url: str) -> Path:
    return Path(make_url(url).database or "")


def run_sql(url: str, *statements: str) -> None:
    """Do to the database what no user of the library would."""
    if url.startswith("sqlite"):
        with sqlite3.connect(file_of(url)) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return
    import psycopg

    with psycopg.connect(url) as server:
        for statement in statements:
            server.execute(statement)


def refused(code: str, url: str, *, create: bool = True) -> str:
    """What the store says when it cannot be opened or written."""
    with pytest.raises(StoreError, match=code) as caught, open_store(url, create=create) as store:
        store.record(MARAIS, 2025, NINE)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return str(caught.value)


def test_an_exception_inside_leaves_nothing(filled, marais):
    with pytest.raises(ZeroDivisionError), open_store(filled) as store:
        store.record(MARAIS, 2025, TEN)
        store.save_campaign(Campaign(MARAIS, 2030, "essai@2026.1", "abc"))
        raise ZeroDivisionError
    with open_store(filled) as store:
        assert store.answer_list(MARAIS, 2025) == [] and store.history(MARAIS, 2025).empty
        assert [campaign.year for campaign in store.campaigns()] == [2024, 2025]


def test_a_refused_write_undoes_the_ones_before(filled):
    with pytest.raises(StoreError, match="STO-005"), open_store(filled) as store:
        store.record(MARAIS, 2025, TEN)
        store.record("personne", 2025, TEN)
    with open_store(filled) as store:
        assert store.answer_list(MARAIS, 2025) == []


def test_a_writer_killed_in_the_middle_loses_nothing_it_was_told_was_kept(filled):
    with start_writer(filled, "v", 100_000) as writer:
        acknowledged = [int(writer.stdout.readline()) for _ in range(40)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
    assert writer.returncode == -9
    with open_store(filled) as store:
        kept = {answer.variable: answer.value for answer in store.answer_list(MARAIS, 2025)}
        changes = store.history(MARAIS, 2025)
    assert {f"v_{number}": float(number) for number in acknowledged}.items() <= kept.items()
    assert len(kept) - len(acknowledged) in (0, 1)
    assert sorted(changes["variable"]) == sorted(kept)


def test_two_processes_write_at_once(filled):
    writers = [start_writer(filled, prefix, 60) for prefix in ("a", "b")]
    assert [len(writer.communicate(timeout=120)[0].split()) for writer in writers] == [60, 60]
    with open_store(filled) as store:
        assert len(store.answer_list(MARAIS, 2025)) == len(store.history(MARAIS, 2025)) == 120


def test_many_threads_change_one_figure_and_the_history_is_one_chain(filled):
    def change(thread: int) -> None:
        for number in range(10):
            with open_store(filled) as store:
                store.record(MARAIS, 2025, Answer("v", thread * 100 + number, ValueStatus.RENSEIGNE))

    threads = [threading.Thread(target=change, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_store(filled) as store:
        history = store.history(MARAIS, 2025, "v")
        assert store.answer_list(MARAIS, 2025)[0].value == history["value"].iloc[-1]
    assert len(history) == 50
    assert history["old_value"].tolist()[1:] == history["value"].tolist()[:-1]


def _open(url: str) -> str:
    with open_store(url) as store:
        return str(len(store.enterprises()))


def test_several_processes_make_a_new_store_at_once(url):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.map(_open, [url] * 8) == ["0"] * 8


def test_a_reader_is_not_stopped_by_a_writer(filled):
    with open_store(filled) as writer:
        writer.record(MARAIS, 2025, TEN)
        with open_store(filled) as reader:
            assert reader.answer_list(MARAIS, 2025) == []


def test_what_was_read_first_does_not_stop_a_write(filled):
    with open_store(filled) as first:
        first.campaign(MARAIS, 2025)
        with open_store(filled) as second:
            second.record(MARAIS, 2025, TEN)
        first.record(MARAIS, 2025, Answer("sorties_total", 11, ValueStatus.RENSEIGNE))
    with open_store(filled) as store:
        assert store.history(MARAIS, 2025)["value"].tolist() == [10, 11]


def test_a_busy_store_says_so_and_keeps_what_stood_there(filled):
    patience = "timeout=0.2" if filled.startswith("sqlite") else "options=-c%20lock_timeout%3D200"
    with open_store(filled) as store:
        store.record(MARAIS, 2025, Answer("autre", 1, ValueStatus.RENSEIGNE))
        said = refused("STO-001", f"{filled}?{patience}")
    assert "votre saisie est restée à l'écran" in said
    with open_store(filled) as store:
        assert [answer.variable for answer in store.answer_list(MARAIS, 2025)] == ["autre"]


def test_a_store_of_a_newer_version_is_left_alone(filled):
    run_sql(filled, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    assert "Mettez le logiciel à jour" in refused("STO-003", filled)
    engines.forget()
    refused("STO-003", filled)
    refused("STO-003", filled, create=False)
    run_sql(filled, f"UPDATE {VERSION_TABLE} SET version_num = '{HEAD}'")
    with open_store(filled) as store:
        assert len(store.campaigns()) == 2


def test_a_store_is_not_made_where_it_should_exist(url):
    refused("STO-004", url, create=False)
    assert not url.startswith("sqlite") or not file_of(url).exists()


def test_the_database_of_another_software_is_left_alone(url):
    run_sql(url, "CREATE TABLE answer (x TEXT)")
    assert "autre logiciel" in refused("STO-004", url)


@pytest.mark.postgres
def test_a_wrong_password_is_not_repeated(new_database):
    url = make_url(new_database("postgresql"))
    wrong = url.set(password="motdepasse_errone").render_as_string(hide_password=False)
    said = refused("STO-004", wrong)
    assert "motdepasse_errone" not in said and "127.0.0.1" not in said


@pytest.mark.postgres
def test_a_read_only_account_of_postgresql_reads_and_does_not_write(new_database, marais):
    url = new_database("postgresql")
    with open_store(url) as store:
        store.save_enterprise(marais)
    read_only = f"{url}?options=-c%20default_transaction_read_only%3Don"
    with open_store(read_only) as store:
        assert store.enterprises() == [marais]
    refused("STO-002", read_only)


@contextmanager
def ordinary_account() -> Iterator[None]:
    """Root may write everywhere: become nobody for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only_file(marais) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="coorace-lecture-"))
    file = folder / "coorace.db"
    with open_store(f"sqlite:///{file}") as store:
        store.save_enterprise(marais)
        store.save_campaign(Campaign(marais.id, 2025, "essai@2026.1", "abc"))
        store.record(marais.id, 2025, TEN)
    engines._KNOWN[engines.Address.read(f"sqlite:///{file}").url].engine.dispose()
    file.chmod(0o444)
    folder.chmod(0o555)
    yield file
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_file_is_read_and_not_written(read_only_file):
    url = f"sqlite:///{read_only_file}"
    with ordinary_account():
        with open_store(url) as store:
            assert store.answers(MARAIS).values["sorties_total"].tolist() == [10.0]
        assert "le droit d'écrire" in refused("STO-002", url)


def test_a_read_only_folder_holds_no_new_store(tmp_path_factory):
    folder = Path(tempfile.mkdtemp(prefix="coorace-lecture-"))
    folder.chmod(0o555)
    with ordinary_account():
        refused("STO-00[24]", f"sqlite:///{folder}/nouveau.db")
    folder.chmod(0o755)
    assert list(folder.iterdir()) == []
    folder.rmdir()


@pytest.mark.parametrize(
    ("name", "content"),
    [("texte.db", b"Bonjour, ceci est un texte. " * 100), ("coupe.db", b"SQLite format 3\0" + b"\0" * 50)],
)
def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    assert name in refused("STO-004", f"sqlite:///{file}")
    assert file.read_bytes() == content


@pytest.mark.parametrize("url", ["", "coorace.db", "mysql://u:secret@h/b", "sqlite:////absent/dossier/x.db"])
def test_an_address_that_leads_nowhere_is_said_without_its_secrets(url):
    assert "secret" not in refused("STO-004", url)


def test_a_file_replaced_under_a_running_process_is_not_written_in_the_void(tmp_path, marais):
    url = f"sqlite:///{tmp_path}/coorace.db"
    with open_store(url) as store:
        store.save_enterprise(Enterprise("autre", "Autre", (), "", ""))
    for file in tmp_path.iterdir():
        file.unlink()
    with open_store(url) as store:
        store.save_enterprise(marais)
    with open_store(url) as store:
        assert store.enterprises() == [marais]


def test_a_relative_address_follows_the_folder(tmp_path, monkeypatch, marais):
    for name in ("un", "deux"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        with open_store("sqlite:///coorace.db") as store:
            assert store.enterprises() == []
            store.save_enterprise(marais)
    assert (tmp_path / "un" / "coorace.db").exists() and (tmp_path / "deux" / "coorace.db").exists()


def test_sqlite_is_set_up_for_readers_beside_a_writer(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/coorace.db") as store:
        asked = {
            name: store._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000, "foreign_keys": 1}
