"""The tables of the newest revision. Times are seconds since 1970, UTC."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the database says of itself: a word sealed with the key of its secrets."""

plans = Table(
    "plans",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("limits", JSON, nullable=False),
)
"""Plans of the operator's own; those that ship are code."""

apps = Table(
    "apps",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("sealed_secret", Text, nullable=False),
    Column("plan", String(32), nullable=False),
    Column("limits", JSON, nullable=False),
    Column("token_seconds", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("apis", JSON(none_as_null=True)),
)
"""Callers; `apis` lists what one may call, NULL stands for everything."""

tokens = Table(
    "tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column(
        "app_id",
        String(64),
        ForeignKey(apps.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("is_replaceable", Boolean, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("ends_at", Double),
    Column("sealed_token", Text),
)
"""Tokens by their SHA-256; a stable one, which is told again, is sealed beside it."""

usage = Table(
    "usage",
    metadata,
    Column(
        "app_id",
        String(64),
        ForeignKey(apps.c.id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("api", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("used", Integer, nullable=False),
    Column("resets", Integer, nullable=False, server_default="0"),
)
"""Calls counted to a day; `resets` tells a count from the ones before it was reset."""

grants = Table(
    "grants",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "app_id",
        String(64),
        ForeignKey(apps.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("api", String(32), nullable=False),
    Column("bought", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
)
"""Packages of calls that do not end with the day."""

tallies = Table(
    "tallies",
    metadata,
    Column(
        "app_id",
        String(64),
        ForeignKey(apps.c.id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("what", String(32), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Double, nullable=False),
)
"""How often an app did what it may do so often a day or a month."""

signatures = Table(
    "signatures",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("ends_at", Double, nullable=False, index=True),
)
"""The signatures of cloud calls that were taken, until they are too old to be."""

acts = Table(
    "acts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", Double, nullable=False, index=True),
    Column("door", String(16), nullable=False),
    Column("what", String(32), nullable=False),
    Column("whom", String(64)),
)
"""What was done to apps and plans; outlives both."""
