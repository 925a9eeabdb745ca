"""Tokens: opaque, random, known to the store by their digest alone.

The clock, `now`, is in seconds since 1970, UTC.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NewType

from sqlalchemy import delete, insert, or_, select, update

from shizi.access.apps import app_of
from shizi.access.store import apps, tokens, unbroken
from shizi.core.errors import (
    AppIdError,
    TokenError,
    TokenExpiredError,
    TokenMissingError,
)

if TYPE_CHECKING:
    from shizi.access.apps import App, AppId
    from shizi.access.store import Store

Token = NewType("Token", str)

OVERLAP_SECONDS: Final = 300
"""How long a replaced token stays valid; WeChat's documents promise 5 minutes."""

# 1 day: until then a late caller is told "expired", which clients know how to answer.
_REMEMBERED_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A fresh token, told once.

    Attributes:
        token: 256 random bits in 43 URL-safe characters.
        seconds: Its lifetime.
    """

    token: Token = field(repr=False)
    seconds: int


@unbroken
async def issue_token(
    store: Store,
    app_id: AppId,
    *,
    now: float,
    seconds: int | None = None,
    replaces: bool = True,
) -> IssuedToken:
    """Issue a token to an app.

    Args:
        store: Where it is kept.
        app_id: The app it speaks for.
        now: The time.
        seconds: Its lifetime; the app's own unless given. 0 is over at once.
        replaces: Whether it takes its place in the app's line, as the API's do: the
            ones before it in the line are over 5 minutes from now, and the next one
            ends it likewise. One out of the line, an operator's, lives its whole life.

    Raises:
        AppIdError: No app has this id.
        StoreError: The database failed.
        ValueError: The lifetime is negative.
    """
    if seconds is not None and seconds < 0:
        message = f"a token cannot live {seconds} s"
        raise ValueError(message)
    token = Token(secrets.token_urlsafe(32))
    async with store.writing() as connection:
        await connection.execute(
            delete(tokens).where(tokens.c.expires_at < now - _REMEMBERED_SECONDS)
        )
        # Locking the app keeps issues to it in line, where writers are not alone.
        lifetime = await connection.scalar(
            select(apps.c.token_seconds).where(apps.c.id == app_id).with_for_update()
        )
        if lifetime is None:
            message = "no app has this id"
            raise AppIdError(message)
        if seconds is None:
            seconds = int(lifetime)
        if replaces:
            ends_at = now + OVERLAP_SECONDS
            await connection.execute(
                update(tokens)
                .where(
                    tokens.c.app_id == app_id,
                    tokens.c.is_replaceable,
                    tokens.c.expires_at > ends_at,
                    or_(tokens.c.ends_at.is_(None), tokens.c.ends_at > ends_at),
                )
                .values(ends_at=ends_at)
            )
        await connection.execute(
            insert(tokens).values(
                digest=_digest(token),
                app_id=app_id,
                is_replaceable=replaces,
                expires_at=now + seconds,
            )
        )
    return IssuedToken(token, seconds)


@unbroken
async def check_token(store: Store, token: str | None, *, now: float) -> App:
    """Return the app that a token speaks for.

    Raises:
        TokenMissingError: The token is absent or empty.
        TokenError: It was never issued, or a newer one replaced it.
        TokenExpiredError: Its lifetime has passed.
        StoreError: The database failed.
    """
    if not token:
        message = "the token is missing"
        raise TokenMissingError(message)
    statement = (
        select(apps, tokens.c.expires_at, tokens.c.ends_at)
        .join_from(tokens, apps)
        .where(tokens.c.digest == _digest(token))
    )
    async with store.reading() as connection:
        row = (await connection.execute(statement)).first()
    if row is None:
        message = "the token is unknown"
        raise TokenError(message)
    if row.ends_at is not None and row.ends_at <= now:
        message = "a newer token replaced this one"
        raise TokenError(message)
    if row.expires_at <= now:
        message = "the token's lifetime has passed"
        raise TokenExpiredError(message)
    return app_of(row)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
