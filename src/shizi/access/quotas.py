"""Quotas: how many calls of each API an app has made today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from shizi.access.apps import UNLIMITED
from shizi.access.store import unbroken, usage
from shizi.core.errors import AppIdError, QuotaError

if TYPE_CHECKING:
    from datetime import date

    from shizi.access.apps import App, AppId
    from shizi.access.store import Store
    from shizi.core.api import Api

# +8: Shanghai has kept no summer time since 1991, so no zone table is needed.
_SHANGHAI: Final = timezone(timedelta(hours=8))


@unbroken
async def spend(store: Store, app: App, api: Api, *, day: date) -> int:
    """Count one call and return how many the day has now.

    Raises:
        QuotaError: The app has used up the API's calls of the day.
        AppIdError: The app was removed meanwhile.
        StoreError: The database failed.
    """
    limit = app.limit(api)
    if limit == 0:
        raise _used_up(api, limit)
    statement = (
        store.insert(usage)
        .values(app_id=app.id, api=api.value, day=day, used=1)
        .on_conflict_do_update(
            index_elements=["app_id", "api", "day"],
            set_={"used": usage.c.used + 1},
            where=None if limit == UNLIMITED else usage.c.used < limit,
        )
        .returning(usage.c.used)
    )
    async with store.writing() as connection:
        try:
            count = await connection.scalar(statement)
        except IntegrityError as error:
            message = "no app has this id"
            raise AppIdError(message) from error
    if count is None:
        raise _used_up(api, limit)
    return int(count)


@unbroken
async def refund(store: Store, app_id: AppId, api: Api, *, day: date) -> None:
    """Take one counted call back, where there is one.

    Raises:
        StoreError: The database failed.
    """
    statement = (
        update(usage)
        .where(
            usage.c.app_id == app_id,
            usage.c.api == api.value,
            usage.c.day == day,
            usage.c.used > 0,
        )
        .values(used=usage.c.used - 1)
    )
    async with store.writing() as connection:
        await connection.execute(statement)


@unbroken
async def used(store: Store, app_id: AppId, api: Api, *, day: date) -> int:
    """Return how many calls of the day are counted.

    Raises:
        StoreError: The database failed.
    """
    statement = select(usage.c.used).where(
        usage.c.app_id == app_id, usage.c.api == api.value, usage.c.day == day
    )
    async with store.reading() as connection:
        count = await connection.scalar(statement)
    return 0 if count is None else int(count)


def shanghai_day(now: float) -> date:
    """Return the day it is in Shanghai, by which WeChat counts.

    Args:
        now: The time, in seconds since 1970, UTC.
    """
    return datetime.fromtimestamp(now, UTC).astimezone(_SHANGHAI).date()


def _used_up(api: Api, limit: int) -> QuotaError:
    return QuotaError(f"the {limit} calls a day of {api} are used up")
