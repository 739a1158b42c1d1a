"""Make the tables of accounts, and a journal whose rows never change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
    )
    op.create_table(
        "membership",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.key"], name="fk_membership_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enterprise"], ["enterprise.id"], name="fk_membership_enterprise", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account", "enterprise", name="pk_membership"),
    )
    op.create_index("ix_membership_enterprise", "membership", ["enterprise"], unique=False)
    op.create_table(
        "session",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.key"], name="fk_session_account", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_index("ix_session_account", "session", ["account"], unique=False)
    op.create_table(
        "link",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.key"], name="fk_link_account", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_link"),
    )
    op.create_index("ix_link_account", "link", ["account"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_enterprise_at", "audit", ["enterprise", "at"], unique=False)
    op.create_index("ix_audit_account_at", "audit", ["account", "at"], unique=False)
    _never_changes("audit")


def _never_changes(table: str) -> None:
    """Refuse, in the database itself, that a row be changed; old ones are removed when their time is over."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'a journal is not rewritten'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_never_changes() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a journal is not rewritten' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_changes()"
    )
