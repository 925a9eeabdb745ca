"""Plans of one's own, grants, permissions, stable tokens, and the seal's mark."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create four tables and add three columns.

    Plain columns, which SQLite adds in place: to copy `apps` would empty the tables
    that refer to it.
    """
    op.create_table(
        "marks",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
    op.create_table(
        "plans",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("limits", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_plans"),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("app_id", sa.String(64), nullable=False),
        sa.Column("api", sa.String(32), nullable=False),
        sa.Column("bought", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name="fk_grants_app_id_apps", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_grants_app_id", "grants", ["app_id"])
    op.create_table(
        "tallies",
        sa.Column("app_id", sa.String(64), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("app_id", "what", "period", name="pk_tallies"),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name="fk_tallies_app_id_apps", ondelete="CASCADE"
        ),
    )
    op.add_column("apps", sa.Column("apis", sa.JSON))
    op.add_column("tokens", sa.Column("sealed_token", sa.Text))
    op.add_column(
        "usage", sa.Column("resets", sa.Integer, nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Drop what was added."""
    op.drop_column("usage", "resets")
    op.drop_column("tokens", "sealed_token")
    op.drop_column("apps", "apis")
    for table in ("tallies", "grants", "plans", "marks"):
        op.drop_table(table)
