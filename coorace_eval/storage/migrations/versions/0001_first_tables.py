"""Make the first tables, and histories that only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

HISTORIES = ("answer_history", "appreciation_history")


def upgrade() -> None:
    op.create_table(
        "enterprise",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise"),
    )
    op.create_table(
        "referential_version",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_referential_version"),
    )
    op.create_table(
        "answer",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("variable", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprise.id"], name="fk_answer_enterprise"),
        sa.PrimaryKeyConstraint("enterprise", "year", "variable", "part", name="pk_answer"),
    )
    op.create_index("ix_answer_year", "answer", ["year"], unique=False)
    op.create_table(
        "answer_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("variable", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("old_value", sa.Double(), nullable=True),
        sa.Column("old_status", sa.Text(), nullable=True),
        sa.Column("old_source", sa.Text(), nullable=True),
        sa.Column("old_comment", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprise.id"], name="fk_answer_history_enterprise"),
        sa.PrimaryKeyConstraint("id", name="pk_answer_history"),
    )
    op.create_index(
        "ix_answer_history_enterprise_year", "answer_history", ["enterprise", "year"], unique=False
    )
    op.create_table(
        "appreciation_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("old_level", sa.Text(), nullable=True),
        sa.Column("old_why", sa.Text(), nullable=True),
        sa.Column("old_confidence", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprise.id"], name="fk_appreciation_history_enterprise"),
        sa.PrimaryKeyConstraint("id", name="pk_appreciation_history"),
    )
    op.create_index(
        "ix_appreciation_history_enterprise_year",
        "appreciation_history",
        ["enterprise", "year"],
        unique=False,
    )
    op.create_table(
        "campaign",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("referential", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("overlay", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprise.id"], name="fk_campaign_enterprise"),
        sa.PrimaryKeyConstraint("enterprise", "year", name="pk_campaign"),
    )
    op.create_table(
        "enterprise_kind",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise"], ["enterprise.id"], name="fk_enterprise_kind_enterprise", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enterprise", "rank", name="pk_enterprise_kind"),
    )
    op.create_table(
        "appreciation",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise", "year"],
            ["campaign.enterprise", "campaign.year"],
            name="fk_appreciation_campaign",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise", "year", "dimension", name="pk_appreciation"),
    )
    op.create_table(
        "card",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise", "year"],
            ["campaign.enterprise", "campaign.year"],
            name="fk_card_campaign",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise", "year", "id", name="pk_card"),
    )
    op.create_table(
        "decision",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise", "year"],
            ["campaign.enterprise", "campaign.year"],
            name="fk_decision_campaign",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise", "year", "id", name="pk_decision"),
    )
    op.create_table(
        "framing",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise", "year"],
            ["campaign.enterprise", "campaign.year"],
            name="fk_framing_campaign",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise", "year", "field", name="pk_framing"),
    )
    op.create_table(
        "verbatim",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise", "year"],
            ["campaign.enterprise", "campaign.year"],
            name="fk_verbatim_campaign",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise", "year", "id", name="pk_verbatim"),
    )
    for history in HISTORIES:
        _only_grows(history)


def _only_grows(table: str) -> None:
    """Refuse, in the database itself, that a history be rewritten."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'a history only grows'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a history only grows' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()"
    )
