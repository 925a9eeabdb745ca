"""Acts: what was done to apps and plans, and when. Nothing of a person is kept."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, insert, select

from shizi.access.store import unbroken
from shizi.access.tables import acts

if TYPE_CHECKING:
    from shizi.access.store import Store

# 400 days: last year's acts can still be looked up when the year is closed.
_KEPT_SECONDS: Final = 400 * 86_400


class Act(NamedTuple):
    """Something that was done.

    Attributes:
        at: When, in seconds since 1970, UTC.
        door: Where it was done: `console` or `shell`.
        what: What was done, `app.add`.
        whom: The id of the app or the name of the plan, where it was done to one.
    """

    at: float
    door: str
    what: str
    whom: str | None


@unbroken
async def record_act(store: Store, act: Act) -> None:
    """Write down what was done, and forget what was done long ago.

    Raises:
        StoreError: The database failed.
    """
    async with store.writing() as connection:
        await connection.execute(
            insert(acts).values(id=secrets.token_hex(16), **act._asdict())
        )
        await connection.execute(delete(acts).where(acts.c.at < act.at - _KEPT_SECONDS))


@unbroken
async def list_acts(store: Store, *, limit: int) -> tuple[Act, ...]:
    """Return the newest acts, the newest first.

    Raises:
        StoreError: The database failed.
    """
    statement = (
        select(acts.c.at, acts.c.door, acts.c.what, acts.c.whom)
        .order_by(acts.c.at.desc(), acts.c.id)
        .limit(limit)
    )
    async with store.reading() as connection:
        return tuple(Act(*row) for row in await connection.execute(statement))
