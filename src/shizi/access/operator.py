"""The operator: the password that opens the console's pages for running the server.

Its hash is kept sealed, so that a copy of the database alone does not allow guessing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select

from shizi.access.store import unbroken
from shizi.access.tables import marks
from shizi.core.errors import PasswordError, PasswordUnsetError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from shizi.access.store import Store

# 10: with one guess of it a tenth of a second and ten a minute (`throttle`), what NIST
# SP 800-63B asks for (8) and two more, for there is no second factor.
SHORTEST: Final = 10
# 1024: longer than any, and hashed in no time.
LONGEST: Final = 1024

# 12 bytes in 16 characters: short enough to be typed once, 96 bits.
_MADE_BYTES: Final = 12

_MARK: Final = "operator"

# RFC 9106's second choice, the package's default: 64 MiB, three passes.
_HASHER: Final = PasswordHasher()


class _Kept(NamedTuple):
    """What is kept of the operator.

    Attributes:
        hash: Of the password, as argon2 writes it.
        generation: Which log-ins count; a new password and a log-out begin another.
    """

    hash: str
    generation: str


async def set_password(store: Store, password: str) -> None:
    """Give the operator another password; whoever is logged in is so no more.

    Raises:
        StoreError: The database failed.
        ValueError: The password is too short or too long.
    """
    await _keep(store, await _hashed(password), replaces=True)


async def make_password(store: Store) -> str | None:
    """Make up a password and return it; none if there is one already.

    Raises:
        StoreError: The database failed.
    """
    if await find_generation(store) is not None:
        return None
    password = secrets.token_urlsafe(_MADE_BYTES)
    made = await _keep(store, await _hashed(password), replaces=False)
    return password if made else None


async def check_password(store: Store, password: str) -> str:
    """Return the generation that a log-in with this password belongs to.

    Raises:
        PasswordUnsetError: There is no password yet.
        PasswordError: It is another one.
        StoreError: The database failed.
    """
    kept = await _find(store)
    if kept is None:
        raise PasswordUnsetError("the operator has no password yet")
    try:
        await asyncio.to_thread(_HASHER.verify, kept.hash, password[:LONGEST])
    except VerifyMismatchError as error:
        raise PasswordError("the password is another one") from error
    return kept.generation


async def find_generation(store: Store) -> str | None:
    """Return which log-ins count now; none while there is no password.

    Raises:
        StoreError: The database failed.
    """
    kept = await _find(store)
    return None if kept is None else kept.generation


@unbroken
async def end_logins(store: Store) -> None:
    """End every log-in of the operator.

    Raises:
        StoreError: The database failed.
    """
    async with store.writing() as connection:
        kept = await _read(store, connection)
        if kept is not None:
            await _write(store, connection, kept.hash, replaces=True)


async def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        message = f"a password has {SHORTEST} to {LONGEST} characters"
        raise ValueError(message)
    return await asyncio.to_thread(_HASHER.hash, password)


@unbroken
async def _keep(store: Store, hashed: str, *, replaces: bool) -> bool:
    async with store.writing() as connection:
        return await _write(store, connection, hashed, replaces=replaces)


@unbroken
async def _find(store: Store) -> _Kept | None:
    async with store.reading() as connection:
        return await _read(store, connection)


async def _read(store: Store, connection: AsyncConnection) -> _Kept | None:
    sealed = await connection.scalar(select(marks.c.value).where(marks.c.name == _MARK))
    return None if sealed is None else _Kept(*json.loads(store.seal.decrypt(sealed)))


async def _write(
    store: Store, connection: AsyncConnection, hashed: str, *, replaces: bool
) -> bool:
    """Keep a hash, with a generation of its own; return whether it is kept now."""
    kept = _Kept(hashed, secrets.token_hex(8))
    sealed = store.seal.encrypt(json.dumps(kept))
    statement = store.insert(marks).values(name=_MARK, value=sealed)
    if replaces:
        statement = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": sealed}
        )
    else:
        statement = statement.on_conflict_do_nothing()
    done = await connection.execute(statement.returning(marks.c.name))
    return done.first() is not None
