"""Apps, tokens and usage."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "apps",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sealed_secret", sa.Text, nullable=False),
        sa.Column("plan", sa.String(32), nullable=False),
        sa.Column("limits", sa.JSON, nullable=False),
        sa.Column("token_seconds", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_apps"),
    )
    op.create_table(
        "tokens",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("app_id", sa.String(64), nullable=False),
        sa.Column("is_replaceable", sa.Boolean, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("ends_at", sa.Double, nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_tokens"),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name="fk_tokens_app_id_apps", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_tokens_app_id", "tokens", ["app_id"])
    op.create_index("ix_tokens_expires_at", "tokens", ["expires_at"])
    op.create_table(
        "usage",
        sa.Column("app_id", sa.String(64), nullable=False),
        sa.Column("api", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("app_id", "api", "day", name="pk_usage"),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name="fk_usage_app_id_apps", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop the three tables."""
    op.drop_table("usage")
    op.drop_table("tokens")
    op.drop_table("apps")
