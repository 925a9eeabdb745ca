"""Admission: which tokens open the door, by the mode that the operator chose."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from shizi.access.apps import find_app
from shizi.access.tokens import digest, find_token
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
    ) -> None:
        """Take the mode and what it needs.

        Args:
            mode: What opens the door.
            fixed: In the static mode, the ids of apps by their fixed tokens.
            guest: In the foreign and the open mode, the app that calls of strangers
                are counted to.
        """
        self._mode = mode
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
                return await _find_owner(store, app_id)
        try:
            app = await find_token(store, token, now=now)
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

    async def _find_guest(self, store: Store) -> App:
        try:
            return await find_app(store, self._guest)
        except AppIdError as error:
            # No error of the token: clients would fetch another one, without end.
            message = "the app that strangers' calls are counted to was removed"
            raise ApiForbiddenError(message) from error


async def _find_owner(store: Store, app_id: str) -> App:
    try:
        return await find_app(store, app_id)
    except AppIdError as error:
        message = "the app of a fixed token was removed"
        raise TokenError(message) from error
