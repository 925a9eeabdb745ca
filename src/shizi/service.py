"""What happens on a call: admit the caller, get the picture, read it.

Order of checks: token, quota, picture. A call that fails after it was counted is
given back, so only answered calls cost.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shizi.access.apps import authenticate
from shizi.access.quotas import refund, shanghai_day, spend
from shizi.access.tokens import check_token, issue_token
from shizi.core.api import Api
from shizi.reading import read_text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from datetime import date

    from shizi.access.apps import App
    from shizi.access.store import Store
    from shizi.access.tokens import IssuedToken
    from shizi.core.text import Page
    from shizi.pool import Pool


class Service:
    """The use cases of the server."""

    def __init__(self, store: Store, pool: Pool, clock: Callable[[], float]) -> None:
        """Take the parts that calls need.

        Args:
            store: Apps, tokens and counts; open.
            pool: Where pictures are read; open, or about to be.
            clock: Returns the present in seconds since 1970.
        """
        self._store = store
        self._pool = pool
        self._clock = clock

    async def issue_token(self, app_id: str | None, secret: str | None) -> IssuedToken:
        """Return a new token for an app that proves its secret.

        Raises:
            AccessError: Id or secret is missing or wrong.
            StoreError: The store failed.
        """
        app = await authenticate(self._store, app_id, secret)
        return await issue_token(self._store, app.id, now=self._clock())

    async def admit(self, token: str | None) -> App:
        """Return the app that a token speaks for.

        Args:
            token: As the caller sent it, or none.

        Raises:
            AccessError: The token is missing, unknown or expired.
            StoreError: The store failed.
        """
        return await check_token(self._store, token, now=self._clock())

    async def read_text(
        self, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> Page:
        """Return the printed text of a picture, counted to an app.

        Args:
            app: Who calls, as `admit` told.
            picture: Returns the encoded picture; awaited only for an admitted caller.

        Raises:
            AccessError: The quota is used up.
            InputError: The picture cannot be had or decoded.
            ServiceError: The pool is full or failed.
            StoreError: The store failed.
        """
        async with self.charged(app, Api.PRINTED_TEXT):
            return await self._pool.run(read_text, await picture())

    @asynccontextmanager
    async def charged(self, app: App, api: Api) -> AsyncGenerator[None]:
        """Count a call to an app, and take it back where the block fails.

        Raises:
            AccessError: The quota is used up, or the app was removed meanwhile.
            StoreError: The store failed.
        """
        day = shanghai_day(self._clock())
        counting = asyncio.ensure_future(spend(self._store, app, api, day=day))
        try:
            await asyncio.shield(counting)
            yield
        except BaseException:
            # Shielded: a caller that has gone must not keep what it did not get, nor
            # lose the count of another call.
            await asyncio.shield(self._give_back(counting, app, api, day))
            raise

    async def _give_back(
        self, counting: asyncio.Future[int], app: App, api: Api, day: date
    ) -> None:
        """Take back the count of a call, once it is known to have been counted."""
        await asyncio.wait({counting})
        if counting.exception() is None:
            await refund(self._store, app.id, api, day=day)
