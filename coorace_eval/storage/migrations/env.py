"""Run by Alembic inside the transaction that ``engines`` has begun."""

from __future__ import annotations

from alembic import context

from coorace_eval.storage.tables import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
