from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from coorace_eval.accounts import Account, Role, new_key
from coorace_eval.problems import StoreError
from coorace_eval.storage import engines, open_store
from coorace_eval.storage.tables import HEAD, METADATA, VERSION_TABLE


def test_the_migrations_make_the_tables_that_the_store_uses(url):
    with open_store(url) as store:
        context = MigrationContext.configure(store._connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_the_newest_revision_is_the_one_the_store_asks_for():
    assert ScriptDirectory.from_config(engines._alembic()).get_current_head() == HEAD


def made_by_the_first_version(url: str) -> None:
    """A store of revision 0001 with an enterprise, a campaign, an answer and its history."""
    address = engines.Address.read(url)
    engine = engines.make(address)
    if address.file is not None:
        engines._choose_wal(engine)
    with engine.connect() as connection, connection.begin():
        engines.begin_writing(connection)
        config = engines._alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO enterprise VALUES ('marais', 'Le Marais', '01', '', '', '', '')",
            "INSERT INTO campaign VALUES ('marais', 2025, 'essai@1', 'abc', 'collecte', 'collecte', NULL)",
            "INSERT INTO answer VALUES ('marais', 2025, 'v', '', 10, 'renseigne', '', 'Ana', "
            "'2026-01-02 03:04:05.000000', '')",
            "INSERT INTO answer_history (enterprise, year, variable, part, value, status, source, comment, "
            "author, at) VALUES ('marais', 2025, 'v', '', 10, 'renseigne', '', '', 'Ana', "
            "'2026-01-02 03:04:05.000000')",
        ):
            connection.execute(text(statement))
    engine.dispose()


def test_a_store_of_the_first_version_keeps_all_it_holds(url):
    made_by_the_first_version(url)
    with pytest.raises(StoreError, match="STO-006"), open_store(url, create=False):
        pass
    with open_store(url) as store:
        assert store.answers("marais").values.at[("marais", 2025), "v"] == 10
        assert store.history("marais", 2025)["author"].tolist() == ["Ana"]
        assert store.campaign("marais", 2025).state == "collecte"
        assert not store.has_accounts()
        store.save_account(Account(new_key(), "ana", "Ana", Role.ENTREPRISE, frozenset({"marais"})))
        context = MigrationContext.configure(store._connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_a_file_that_holds_data_is_copied_before_its_tables_change(tmp_path):
    file = tmp_path / "base.db"
    made_by_the_first_version(f"sqlite:///{file}")
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_answers_of, [f"sqlite:///{file}"] * 6) == [1] * 6
    (copy,) = (other for other in tmp_path.iterdir() if other.name.startswith("base.db.avant"))
    assert copy.name == f"base.db.avant-{HEAD}" and copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone() == ("0001",)
        assert before.execute("SELECT value FROM answer").fetchall() == [(10,)]
        assert before.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not before.execute("SELECT 1 FROM sqlite_master WHERE name = 'account'").fetchall()
    assert not list(tmp_path.glob(".*")), "rien d'inachevé ne reste"


def test_a_new_file_has_no_copy(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'base.db'}"):
        pass
    assert not list(tmp_path.glob("*avant*"))


def test_a_copy_that_cannot_be_made_stops_the_change(tmp_path):
    file = tmp_path / "base.db"
    made_by_the_first_version(f"sqlite:///{file}")
    (tmp_path / f"base.db.avant-{HEAD}").mkdir()
    with pytest.raises(StoreError, match="STO-004"), open_store(f"sqlite:///{file}"):
        pass
    with closing(sqlite3.connect(file)) as kept:
        assert kept.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone() == ("0001",)


def _answers_of(url: str) -> int:
    with open_store(url) as store:
        return len(store.answers().values)
