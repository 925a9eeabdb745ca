"""Stable tokens: one a time, told again to whoever asks.

They stand apart from the line of `issue_token`. To be told again they are kept sealed,
as secrets are. The clock, `now`, is in seconds since 1970, UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, select, update

from shizi.access.apps import lock_app
from shizi.access.quotas import shanghai_day
from shizi.access.store import unbroken
from shizi.access.tables import tokens
from shizi.access.tallies import count_up, last_time
from shizi.access.tokens import IssuedToken, Token, add_token, digest
from shizi.core.errors import RefreshLimitError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from shizi.access.apps import AppId
    from shizi.access.store import Store

# WeChat's document of stable_token: 5 minutes before its end a token makes room for the
# next one; a new one can be forced 20 times a day, and within 30 s of the last time
# nothing is renewed.
RENEWAL_SECONDS: Final = 300
REFRESHES_A_DAY: Final = 20
REFRESH_SECONDS: Final = 30


@unbroken
async def stable_token(store: Store, app_id: AppId, *, now: float) -> IssuedToken:
    """Return an app's stable token, a new one when the last is about to end.

    Raises:
        AppIdError: No app has this id.
        StoreError: The database failed.
    """
    async with store.reading() as connection:
        row = await _find(connection, app_id, now)
    if row is not None:
        return _told(store, row, now)
    async with store.writing() as connection:
        app = await lock_app(connection, app_id)
        row = await _find(connection, app_id, now)
        if row is not None:
            return _told(store, row, now)
        return await _issue(store, connection, app, now)


@unbroken
async def refresh_token(store: Store, app_id: AppId, *, now: float) -> IssuedToken:
    """End an app's stable token at once and return a new one.

    So soon after the last time the token stays, and is returned once more.

    Raises:
        AppIdError: No app has this id.
        RefreshLimitError: The app has done so as often as a day allows.
        StoreError: The database failed.
    """
    async with store.writing() as connection:
        app = await lock_app(connection, app_id)
        last = await last_time(connection, app_id, "refresh")
        if last is not None and now - last < REFRESH_SECONDS:
            row = await _find(connection, app_id, now)
            if row is not None:
                return _told(store, row, now)
        day = shanghai_day(now).isoformat()
        counted = await count_up(
            store, connection, app_id, "refresh", day, limit=REFRESHES_A_DAY, now=now
        )
        if not counted:
            message = f"the {REFRESHES_A_DAY} forced tokens of {day} are used up"
            raise RefreshLimitError(message)
        await connection.execute(
            update(tokens)
            .where(tokens.c.app_id == app_id, tokens.c.sealed_token.is_not(None))
            .values(ends_at=now)
        )
        return await _issue(store, connection, app, now)


async def _find(
    connection: AsyncConnection, app_id: AppId, now: float
) -> Row[Any] | None:
    """Return the app's stable token, unless it has ended or is about to."""
    statement = (
        select(tokens)
        .where(
            tokens.c.app_id == app_id,
            tokens.c.sealed_token.is_not(None),
            tokens.c.ends_at.is_(None),
            tokens.c.expires_at >= now + RENEWAL_SECONDS,
        )
        .order_by(tokens.c.expires_at.desc())
        .limit(1)
    )
    return (await connection.execute(statement)).first()


def _told(store: Store, row: Row[Any], now: float) -> IssuedToken:
    token = Token(store.seal.decrypt(row.sealed_token))
    return IssuedToken(token, int(row.expires_at - now))


async def _issue(
    store: Store, connection: AsyncConnection, app: Row[Any], now: float
) -> IssuedToken:
    seconds = int(app.token_seconds)
    token = await add_token(
        connection, app.id, now=now, seconds=seconds, replaces=False
    )
    await connection.execute(
        update(tokens)
        .where(tokens.c.digest == digest(token))
        .values(sealed_token=store.seal.encrypt(token))
    )
    return IssuedToken(token, seconds)
