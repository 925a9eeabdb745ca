"""What happens on a call: admit the caller, get the picture, read it.

Order of checks: token, permission, quota, picture. A call that fails after it was
counted is given back, so only answered calls cost.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shizi.access.admission import Admission
from shizi.access.apps import authenticate
from shizi.access.quotas import find_quota, refund, reset_usage, shanghai_day, spend
from shizi.access.signatures import check_signature
from shizi.access.stable import refresh_token, stable_token
from shizi.access.throttle import Throttle
from shizi.access.tokens import issue_token
from shizi.core.api import Api
from shizi.core.errors import (
    ApiForbiddenError,
    AppIdError,
    BusyError,
    PathForbiddenError,
    SecretError,
    SignatureError,
    StaleSignatureError,
    TokenError,
)
from shizi.reading import read_card, read_text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from shizi.access.apps import App
    from shizi.access.quotas import Charge, Quota
    from shizi.access.signatures import Signature
    from shizi.access.store import Store
    from shizi.access.tokens import IssuedToken
    from shizi.core.card import Card
    from shizi.core.text import Page
    from shizi.pool import Pool


class Service:
    """The use cases of the server."""

    def __init__(
        self,
        store: Store,
        pool: Pool,
        clock: Callable[[], float],
        admission: Admission | None = None,
    ) -> None:
        """Take the parts that calls need.

        Args:
            store: Apps, tokens and counts; open.
            pool: Where pictures are read; open, or about to be.
            clock: Returns the present in seconds since 1970.
            admission: Which tokens open the door; those issued here by default.
        """
        self._store = store
        self._pool = pool
        self._clock = clock
        self._admission = admission or Admission()
        self._throttle = Throttle()
        self._is_leaving = False

    def leave(self) -> None:
        """Refuse the calls that begin from now on; those in flight are answered."""
        self._is_leaving = True

    async def prove(
        self, app_id: str | None, secret: str | None, *, address: str
    ) -> App:
        """Return the app whose id and secret these are.

        Args:
            app_id: As the caller sent it, or none.
            secret: As the caller sent it, or none.
            address: Where the caller is; too many wrong secrets close it for a while.

        Raises:
            AccessError: Id or secret is missing or wrong, or the address is closed.
            StoreError: The store failed.
        """
        async with self._braked(app_id or "", address):
            return await authenticate(self._store, app_id, secret)

    async def issue_token(self, app: App) -> IssuedToken:
        """Return a new token of an app, which replaces its last one.

        Raises:
            AccessError: The app was removed meanwhile.
            StoreError: The store failed.
        """
        return await issue_token(self._store, app.id, now=self._clock())

    async def stable_token(self, app: App, *, renew: bool) -> IssuedToken:
        """Return the stable token of an app.

        Args:
            app: Who asks, as `prove` told.
            renew: Whether to end the present one at once.

        Raises:
            AccessError: The app was removed meanwhile, or has renewed too often today.
            StoreError: The store failed.
        """
        call = refresh_token if renew else stable_token
        return await call(self._store, app.id, now=self._clock())

    async def admit(self, token: str | None, *, trusted: bool = False) -> App:
        """Return the app that a token speaks for.

        Args:
            token: As the caller sent it, or none.
            trusted: Whether the caller may bring a token of WeChat's.

        Raises:
            AccessError: The token is missing, unknown or expired.
            StoreError: The store failed.
        """
        return await self._admission.admit(
            self._store, token, now=self._clock(), trusted=trusted
        )

    async def quota(self, app: App, api: Api) -> Quota:
        """Return what an app may call of an API today.

        Raises:
            PathForbiddenError: The app may not call it at all.
            StoreError: The store failed.
        """
        if api not in app.apis:
            raise PathForbiddenError(f"the app may not call {api}")
        day = shanghai_day(self._clock())
        return await find_quota(self._store, app, api, day=day)

    async def reset_usage(self, app: App) -> None:
        """Reset the counts of an app's day.

        Raises:
            AccessError: The app was removed, or has done so too often this month.
            StoreError: The store failed.
        """
        await reset_usage(self._store, app.id, now=self._clock())

    async def admit_signed(self, signature: Signature, *, address: str) -> App:
        """Return the app that has signed a call.

        Args:
            signature: As the caller sent it.
            address: Where the caller is; too many wrong ones close it for a while.

        Raises:
            AccessError: The signature is not the app's, too old, or was used before;
                or the address is closed.
            StoreError: The store failed.
        """
        async with self._braked(signature.app_id, address):
            return await check_signature(self._store, signature, now=self._clock())

    @asynccontextmanager
    async def _braked(self, app_id: str, address: str) -> AsyncGenerator[None]:
        """Let a secret be tried, and remember one that is wrong.

        Raises:
            ThrottledError: Too many wrong ones came before, or while it was tried: of
                guesses that come side by side no more are answered than of those that
                come in turn.
        """
        now = self._clock()
        self._throttle.check(app_id, address, now=now)
        try:
            yield
        except StaleSignatureError:
            raise
        except (SecretError, SignatureError):
            self._throttle.note(app_id, address, now=now)
            raise
        self._throttle.check(app_id, address, now=now)

    async def read_text(
        self, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> Page:
        """Return the printed text of a picture, counted to an app.

        Args:
            app: Who calls, as `admit` told.
            picture: Returns the encoded picture; awaited only for an admitted caller.

        Raises:
            AccessError: The app may not call this, or its quota is used up.
            InputError: The picture cannot be had or decoded.
            ServiceError: The pool is full or failed.
            StoreError: The store failed.
        """
        async with self.charged(app, Api.PRINTED_TEXT):
            return await self._pool.run(read_text, await picture())

    async def read_card(
        self, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> Card:
        """Return the vehicle licence that a picture shows, counted to an app.

        Args:
            app: Who calls, as `admit` told.
            picture: Returns the encoded picture; awaited only for an admitted caller.

        Raises:
            AccessError: The quota is used up.
            InputError: The picture cannot be had or decoded, or shows no such card.
            ServiceError: The pool is full or failed.
            StoreError: The store failed.
        """
        async with self.charged(app, Api.VEHICLE_LICENCE):
            return await self._pool.run(read_card, await picture())

    @asynccontextmanager
    async def charged(self, app: App, api: Api) -> AsyncGenerator[None]:
        """Count a call to an app, and take it back where the block fails.

        Raises:
            AccessError: The app may not call this, its quota is used up, or it was
                removed meanwhile.
            BusyError: The server is about to stop.
            StoreError: The store failed.
        """
        if self._is_leaving:
            raise BusyError("the server is about to stop")
        if api not in app.apis:
            raise ApiForbiddenError(f"the app may not call {api}")
        day = shanghai_day(self._clock())
        counting = asyncio.ensure_future(spend(self._store, app, api, day=day))
        try:
            try:
                await asyncio.shield(counting)
            except AppIdError as error:
                # What is remembered of its token is older than that.
                raise TokenError("the token's app was removed") from error
            yield
        except BaseException:
            # Shielded: a caller that has gone must not keep what it did not get, nor
            # lose the count of another call.
            await asyncio.shield(self._give_back(counting))
            raise

    async def _give_back(self, counting: asyncio.Future[Charge]) -> None:
        """Take back the count of a call, once it is known to have been counted."""
        await asyncio.wait({counting})
        if counting.exception() is None:
            await refund(self._store, counting.result())
