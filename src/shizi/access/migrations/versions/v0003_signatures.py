"""Signatures of cloud calls, each good for one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "signatures",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("ends_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_signatures"),
    )
    op.create_index("ix_signatures_ends_at", "signatures", ["ends_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("signatures")
