"""Tallies: how often an app did what it may do so often a day or a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from shizi.access.tables import tallies

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from shizi.access.store import Store


async def count_up(
    store: Store,
    connection: AsyncConnection,
    app_id: str,
    what: str,
    period: str,
    *,
    limit: int,
    now: float,
) -> bool:
    """Count one more, and return whether the period had room for it."""
    statement = (
        store.insert(tallies)
        .values(app_id=app_id, what=what, period=period, count=1, last_at=now)
        .on_conflict_do_update(
            index_elements=["app_id", "what", "period"],
            set_={"count": tallies.c.count + 1, "last_at": now},
            where=tallies.c.count < limit,
        )
        .returning(tallies.c.count)
    )
    return await connection.scalar(statement) is not None


async def last_time(
    connection: AsyncConnection, app_id: str, what: str
) -> float | None:
    """Return when something was counted last; none if it never was."""
    statement = (
        select(tallies.c.last_at)
        .where(tallies.c.app_id == app_id, tallies.c.what == what)
        .order_by(tallies.c.last_at.desc())
        .limit(1)
    )
    found: float | None = await connection.scalar(statement)
    return found
