"""Quotas: how many calls of each API an app has made today, and what it has left."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from shizi.access.apps import lock_app
from shizi.access.plans import LARGEST, UNLIMITED
from shizi.access.store import unbroken
from shizi.access.tables import grants, usage
from shizi.access.tallies import count_up
from shizi.core.errors import AppIdError, QuotaError, ResetLimitError

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from shizi.access.apps import App, AppId
    from shizi.access.store import Store
    from shizi.core.api import Api

RESETS_A_MONTH: Final = 10
"""How often an app may reset its counts; WeChat's document of clear_quota."""

# +8: Shanghai has kept no summer time since 1991, so no zone table is needed.
_SHANGHAI: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Charge:
    """One counted call, and where it was taken from.

    Attributes:
        app_id: Who made it.
        api: What was called.
        day: When, in Shanghai.
        resets: How often the day's count had been reset before.
        grant: The grant that it was taken from; none if it was the day's quota.
    """

    app_id: AppId
    api: Api
    day: date
    resets: int = 0
    grant: str | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """What an app may call of an API today.

    Attributes:
        limit: Calls a day; -1 is without end.
        used: Those of the day's that were made.
        granted: Calls left in grants.
    """

    limit: int
    used: int
    granted: int

    @property
    def remain(self) -> int:
        """How many calls can still be made today; -1 is without end."""
        if self.limit == UNLIMITED:
            return UNLIMITED
        return max(self.limit - self.used, 0) + self.granted


@unbroken
async def spend(store: Store, app: App, api: Api, *, day: date) -> Charge:
    """Count one call: to the day's quota, or to a grant once that is used up.

    Raises:
        QuotaError: The app has used up the API's calls of the day and its grants.
        AppIdError: The app was removed meanwhile.
        StoreError: The database failed.
    """
    limit = app.limit(api)
    statement = (
        store.insert(usage)
        .values(app_id=app.id, api=api.value, day=day, used=1)
        .on_conflict_do_update(
            index_elements=["app_id", "api", "day"],
            set_={"used": usage.c.used + 1},
            where=None if limit == UNLIMITED else usage.c.used < limit,
        )
        .returning(usage.c.resets)
    )
    async with store.writing() as connection:
        if limit != 0:
            try:
                resets = await connection.scalar(statement)
            except IntegrityError as error:
                message = "no app has this id"
                raise AppIdError(message) from error
            if resets is not None:
                return Charge(app.id, api, day, resets=int(resets))
        grant = await _spend_grant(connection, app.id, api)
    if grant is None:
        message = f"the {limit} calls a day of {api} are used up"
        raise QuotaError(message)
    return Charge(app.id, api, day, grant=grant)


@unbroken
async def refund(store: Store, charge: Charge) -> None:
    """Take one counted call back to where it was taken from.

    Raises:
        StoreError: The database failed.
    """
    if charge.grant is None:
        statement = (
            update(usage)
            .where(
                usage.c.app_id == charge.app_id,
                usage.c.api == charge.api.value,
                usage.c.day == charge.day,
                # A count that was reset since holds this call no more.
                usage.c.resets == charge.resets,
                usage.c.used > 0,
            )
            .values(used=usage.c.used - 1)
        )
    else:
        statement = (
            update(grants)
            .where(grants.c.id == charge.grant, grants.c.used > 0)
            .values(used=grants.c.used - 1)
        )
    async with store.writing() as connection:
        await connection.execute(statement)


@unbroken
async def find_quota(store: Store, app: App, api: Api, *, day: date) -> Quota:
    """Return what an app may call of an API on a day.

    Raises:
        StoreError: The database failed.
    """
    used = select(usage.c.used).where(
        usage.c.app_id == app.id, usage.c.api == api.value, usage.c.day == day
    )
    granted = select(func.sum(grants.c.bought - grants.c.used)).where(
        grants.c.app_id == app.id, grants.c.api == api.value
    )
    async with store.reading() as connection:
        return Quota(
            limit=app.limit(api),
            used=int(await connection.scalar(used) or 0),
            granted=int(await connection.scalar(granted) or 0),
        )


@unbroken
async def grant_calls(
    store: Store, app_id: str, api: Api, calls: int, *, now: float
) -> None:
    """Give an app calls that do not end with the day, for when the day's are used up.

    Raises:
        AppIdError: No app has this id.
        StoreError: The database failed.
        ValueError: The number of calls is none.
    """
    if not 1 <= calls <= LARGEST:
        message = f"a grant has 1 to {LARGEST} calls, not {calls}"
        raise ValueError(message)
    async with store.writing() as connection:
        known = await lock_app(connection, app_id)
        await connection.execute(
            insert(grants).values(
                id=secrets.token_hex(16),
                app_id=known.id,
                api=api.value,
                bought=calls,
                used=0,
                created_at=now,
            )
        )


@unbroken
async def clear_usage(store: Store, app_id: str, *, day: date) -> None:
    """Reset an app's counts of a day, as an operator may at any time.

    Raises:
        AppIdError: No app has this id.
        StoreError: The database failed.
    """
    async with store.writing() as connection:
        known = await lock_app(connection, app_id)
        await _clear(connection, known.id, day)


@unbroken
async def reset_usage(store: Store, app_id: AppId, *, now: float) -> None:
    """Reset an app's counts of today, as the app itself may a few times a month.

    Raises:
        AppIdError: No app has this id.
        ResetLimitError: The app has done so as often as a month allows.
        StoreError: The database failed.
    """
    day = shanghai_day(now)
    async with store.writing() as connection:
        known = await lock_app(connection, app_id)
        month = f"{day:%Y-%m}"
        counted = await count_up(
            store, connection, known.id, "reset", month, limit=RESETS_A_MONTH, now=now
        )
        if not counted:
            message = f"the {RESETS_A_MONTH} resets of {month} are used up"
            raise ResetLimitError(message)
        await _clear(connection, known.id, day)


def shanghai_day(now: float) -> date:
    """Return the day it is in Shanghai, by which WeChat counts.

    Args:
        now: The time, in seconds since 1970, UTC.
    """
    return datetime.fromtimestamp(now, UTC).astimezone(_SHANGHAI).date()


async def _spend_grant(
    connection: AsyncConnection, app_id: AppId, api: Api
) -> str | None:
    """Take one call from the app's oldest grant that has any, and return its id."""
    oldest = (
        select(grants.c.id)
        .where(
            grants.c.app_id == app_id,
            grants.c.api == api.value,
            grants.c.used < grants.c.bought,
        )
        .order_by(grants.c.created_at, grants.c.id)
        .limit(1)
        # Where writers are not alone, one that waited looks for the next grant.
        .with_for_update()
    )
    statement = (
        update(grants)
        .where(grants.c.id == oldest.scalar_subquery())
        .values(used=grants.c.used + 1)
        .returning(grants.c.id)
    )
    found: str | None = await connection.scalar(statement)
    return found


async def _clear(connection: AsyncConnection, app_id: str, day: date) -> None:
    await connection.execute(
        update(usage)
        .where(usage.c.app_id == app_id, usage.c.day == day)
        .values(used=0, resets=usage.c.resets + 1)
    )
