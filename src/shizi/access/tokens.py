"""Tokens: opaque, random, known to the store by their digest.

The clock, `now`, is in seconds since 1970, UTC.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NewType

from sqlalchemy import delete, insert, or_, update

from shizi.access.apps import APPS, app_of, lock_app
from shizi.access.store import unbroken
from shizi.access.tables import apps, tokens
from shizi.core.errors import (
    TokenError,
    TokenExpiredError,
    TokenFormError,
    TokenMissingError,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from shizi.access.apps import App, AppId
    from shizi.access.store import Store

Token = NewType("Token", str)

OVERLAP_SECONDS: Final = 300
"""How long a replaced token stays valid; WeChat's documents promise 5 minutes."""

# 1 day: until then a late caller is told "expired", which clients know how to answer.
_REMEMBERED_SECONDS: Final = 86_400

# 512 characters: what WeChat's documents ask clients to keep room for.
_FORM: Final = re.compile(r"[!-~]{1,512}")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token told to its app.

    Attributes:
        token: 256 random bits in 43 URL-safe characters.
        seconds: Its lifetime from now on.
    """

    token: Token = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True)
class FoundToken:
    """What is known of a token that opens the door.

    Attributes:
        app: The app that it speaks for.
        ends_at: When it is over, in seconds since 1970.
    """

    app: App
    ends_at: float


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
    async with store.writing() as connection:
        # Locking the app keeps issues to it in line, where writers are not alone.
        app = await lock_app(connection, app_id)
        if seconds is None:
            seconds = int(app.token_seconds)
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
        token = await add_token(
            connection, app_id, now=now, seconds=seconds, replaces=replaces
        )
    return IssuedToken(token, seconds)


@unbroken
async def find_token(
    store: Store, token: str | None, *, now: float
) -> FoundToken | None:
    """Return whom a token speaks for and how long, none if no such token was issued.

    Raises:
        TokenMissingError: The token is absent or empty.
        TokenFormError: It cannot be a token.
        TokenError: A newer one replaced it.
        TokenExpiredError: Its lifetime has passed.
        StoreError: The database failed.
    """
    if not token:
        message = "the token is missing"
        raise TokenMissingError(message)
    if not _FORM.fullmatch(token):
        message = "a token is at most 512 printable ASCII characters"
        raise TokenFormError(message)
    statement = (
        APPS.add_columns(tokens.c.expires_at, tokens.c.ends_at)
        .join(tokens, tokens.c.app_id == apps.c.id)
        .where(tokens.c.digest == digest(token))
    )
    async with store.reading() as connection:
        row = (await connection.execute(statement)).first()
    if row is None:
        return None
    if row.ends_at is not None and row.ends_at <= now:
        message = "a newer token replaced this one"
        raise TokenError(message)
    if row.expires_at <= now:
        message = "the token's lifetime has passed"
        raise TokenExpiredError(message)
    ends_at = row.expires_at if row.ends_at is None else row.ends_at
    return FoundToken(app_of(row), min(ends_at, row.expires_at))


@unbroken
async def revoke_token(store: Store, token: str) -> None:
    """End one token at once.

    Raises:
        TokenError: It was never issued, or is forgotten.
        StoreError: The database failed.
    """
    statement = delete(tokens).where(tokens.c.digest == digest(token))
    async with store.writing() as connection:
        removed = await connection.execute(statement.returning(tokens.c.digest))
        if removed.first() is None:
            message = "the token is unknown"
            raise TokenError(message)


@unbroken
async def revoke_tokens(store: Store, app_id: str) -> None:
    """End all tokens of an app at once.

    Raises:
        AppIdError: No app has this id.
        StoreError: The database failed.
    """
    async with store.writing() as connection:
        app = await lock_app(connection, app_id)
        await connection.execute(delete(tokens).where(tokens.c.app_id == app.id))


async def add_token(
    connection: AsyncConnection,
    app_id: str,
    *,
    now: float,
    seconds: int,
    replaces: bool,
) -> Token:
    """Make a token within a transaction, and forget those long over."""
    await connection.execute(
        delete(tokens).where(tokens.c.expires_at < now - _REMEMBERED_SECONDS)
    )
    token = Token(secrets.token_urlsafe(32))
    await connection.execute(
        insert(tokens).values(
            digest=digest(token),
            app_id=app_id,
            is_replaceable=replaces,
            expires_at=now + seconds,
        )
    )
    return token


def digest(token: str) -> bytes:
    """Return what the store knows a token by, its SHA-256."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
