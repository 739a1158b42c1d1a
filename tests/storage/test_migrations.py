from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from coorace_eval.storage import engines, open_store
from coorace_eval.storage.tables import HEAD, METADATA, VERSION_TABLE


def test_the_migrations_make_the_tables_that_the_store_uses(url):
    with open_store(url) as store:
        context = MigrationContext.configure(store._connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_the_newest_revision_is_the_one_the_store_asks_for():
    assert ScriptDirectory.from_config(engines._alembic()).get_current_head() == HEAD
