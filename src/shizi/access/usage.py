"""Usage: what was called day by day, and what grants hold, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from shizi.access.apps import AppId
from shizi.access.quotas import Quota
from shizi.access.store import unbroken
from shizi.access.tables import grants, usage
from shizi.core.api import Api

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from shizi.access.apps import App
    from shizi.access.store import Store


class DayUsage(NamedTuple):
    """The calls of one app and API on one day that the day's quota paid.

    Attributes:
        day: In Shanghai.
        app_id: Who called.
        api: What was called.
        used: How often.
    """

    day: date
    app_id: AppId
    api: Api
    used: int


class Grant(NamedTuple):
    """Calls that an app was given and that do not end with the day.

    Attributes:
        api: What may be called.
        bought: Calls that were given.
        used: Those of them that were made.
        created_at: When they were given, in seconds since 1970, UTC.
    """

    api: Api
    bought: int
    used: int
    created_at: float


@unbroken
async def list_usage(store: Store, *, since: date) -> tuple[DayUsage, ...]:
    """Return what was called from a day on, the oldest first.

    Raises:
        StoreError: The database failed.
    """
    statement = (
        select(usage.c.day, usage.c.app_id, usage.c.api, usage.c.used)
        .where(usage.c.day >= since)
        .order_by(usage.c.day, usage.c.app_id, usage.c.api)
    )
    async with store.reading() as connection:
        return tuple(
            DayUsage(row.day, AppId(row.app_id), Api(row.api), row.used)
            for row in await connection.execute(statement)
        )


@unbroken
async def list_quotas(
    store: Store, callers: Iterable[App], *, day: date
) -> dict[AppId, dict[Api, Quota]]:
    """Return what apps may call on a day, by their ids, with two statements for all.

    Raises:
        StoreError: The database failed.
    """
    called = select(usage.c.app_id, usage.c.api, usage.c.used).where(usage.c.day == day)
    given = select(
        grants.c.app_id, grants.c.api, func.sum(grants.c.bought - grants.c.used)
    ).group_by(grants.c.app_id, grants.c.api)
    async with store.reading() as connection:
        used, left = (
            {(app_id, api): int(count) for app_id, api, count in rows}
            for rows in [await connection.execute(each) for each in (called, given)]
        )
    return {
        app.id: {
            api: Quota(
                app.limit(api),
                used.get((app.id, api.value), 0),
                left.get((app.id, api.value), 0),
            )
            for api in Api
        }
        for app in callers
    }


@unbroken
async def list_grants(store: Store, app_id: str) -> tuple[Grant, ...]:
    """Return what an app was given, the newest first.

    Raises:
        StoreError: The database failed.
    """
    statement = (
        select(grants.c.api, grants.c.bought, grants.c.used, grants.c.created_at)
        .where(grants.c.app_id == app_id)
        .order_by(grants.c.created_at.desc(), grants.c.id)
    )
    async with store.reading() as connection:
        return tuple(
            Grant(Api(row.api), row.bought, row.used, row.created_at)
            for row in await connection.execute(statement)
        )
