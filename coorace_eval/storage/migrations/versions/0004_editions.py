"""Make the tables of what an enterprise chooses for its documents, and of the files it puts in them.

The history of appreciations also gets the reason that was given for a change.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise", "year"],
            ["campaign.enterprise", "campaign.year"],
            name="fk_edition_campaign",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise", "year", "document", name="pk_edition"),
    )
    op.create_table(
        "asset",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise"], ["enterprise.id"], name="fk_asset_enterprise", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enterprise", "part", name="pk_asset"),
    )
    op.add_column("appreciation_history", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
