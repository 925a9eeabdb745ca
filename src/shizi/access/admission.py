"""Admission: which tokens open the door, by the mode that the operator chose."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

from shizi.access.apps import find_app
from shizi.access.recent import Recent
from shizi.access.tokens import FoundToken, digest, find_token
from shizi.core.errors import (
    ApiForbiddenError,
    AppIdError,
    TokenError,
    TokenExpiredError,
    TokenMissingError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shizi.access.apps import App
    from shizi.access.store import Store


class TokenMode(StrEnum):
    """What opens the door, beside the tokens issued here, which always do."""

    ISSUE = "issue"
    STATIC = "static"
    FOREIGN = "foreign"
    OPEN = "open"


class Admission:
    """Finds the app that a token speaks for."""

    def __init__(
        self,
        mode: TokenMode = TokenMode.ISSUE,
        *,
        fixed: Mapping[str, str] | None = None,
        guest: str = "guest",
        recent: Recent[FoundToken] | None = None,
    ) -> None:
        """Take the mode and what it needs.

        Args:
            mode: What opens the door.
            fixed: In the static mode, the ids of apps by their fixed tokens.
            guest: In the foreign and the open mode, the app that calls of strangers
                are counted to.
            recent: Where answers of the database are kept for a moment; by default
                it is asked each time.
        """
        self._mode = mode
        self._recent = recent or Recent(0)
        # By digest, so that the time of a look-up tells nothing of a token.
        self._fixed = {digest(token): app for token, app in (fixed or {}).items()}
        self._guest = guest

    async def admit(
        self, store: Store, token: str | None, *, now: float, trusted: bool = False
    ) -> App:
        """Return the app that a token speaks for.

        Args:
            store: Apps and tokens.
            token: As the caller sent it, or none.
            now: The time, in seconds since 1970, UTC.
            trusted: Whether the caller may bring a token of WeChat's, by its address
                or by the word that it knows.

        Raises:
            TokenMissingError: The token is absent or empty.
            TokenFormError: It cannot be a token.
            TokenError: It is unknown, was replaced or revoked.
            TokenExpiredError: Its lifetime has passed.
            ApiForbiddenError: The app of strangers was removed.
            StoreError: The database failed.
        """
        if self._mode is TokenMode.STATIC and token:
            app_id = self._fixed.get(digest(token))
            if app_id is not None:
                return await self._find_owner(store, app_id)
        try:
            app = await self._find_token(store, token, now=now)
        except (TokenMissingError, TokenError, TokenExpiredError):
            if self._mode is not TokenMode.OPEN:
                raise
            app = None
        if app is not None:
            return app
        if self._mode is TokenMode.OPEN or (
            self._mode is TokenMode.FOREIGN and trusted
        ):
            return await self._find_guest(store)
        message = "the token is unknown"
        raise TokenError(message)

    async def _find_token(
        self, store: Store, token: str | None, *, now: float
    ) -> App | None:
        key = digest(token or "")
        found = self._recent.find(key)
        # One that has ended is asked for again: the database tells how it ended.
        if found is None or found.ends_at <= now:
            asked = self._recent.begin()
            found = await find_token(store, token, now=now)
            if found is None:
                return None
            self._recent.keep(key, found, asked=asked)
        return found.app

    async def _find_app(self, store: Store, app_id: str) -> App:
        # No token has a space, so that no token's digest is this one.
        key = digest(f"app {app_id}")
        found = self._recent.find(key)
        if found is None:
            asked = self._recent.begin()
            found = FoundToken(await find_app(store, app_id), math.inf)
            self._recent.keep(key, found, asked=asked)
        return found.app

    async def _find_guest(self, store: Store) -> App:
        try:
            return await self._find_app(store, self._guest)
        except AppIdError as error:
            # No error of the token: clients would fetch another one, without end.
            message = "the app that strangers' calls are counted to was removed"
            raise ApiForbiddenError(message) from error

    async def _find_owner(self, store: Store, app_id: str) -> App:
        try:
            return await self._find_app(store, app_id)
        except AppIdError as error:
            message = "the app of a fixed token was removed"
            raise TokenError(message) from error
