"""What the endpoints ask of the server behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from shizi.access.apps import App
    from shizi.access.quotas import Quota
    from shizi.access.signatures import Signature
    from shizi.core.api import Api
    from shizi.core.card import Card
    from shizi.core.text import Page

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Returns the file behind an address; raises `ImageFetchError`."""


class Issued(Protocol):
    """A token just issued."""

    @property
    def token(self) -> str:
        """The token, to be told once."""
        ...

    @property
    def seconds(self) -> int:
        """Its lifetime."""
        ...


class Calls(Protocol):
    """What stands behind the endpoints; called on the event loop."""

    async def prove(
        self, app_id: str | None, secret: str | None, *, address: str
    ) -> App:
        """Return the app whose id and secret these are.

        Args:
            app_id: As the caller sent it, or none.
            secret: As the caller sent it, or none.
            address: Where the caller is.

        Raises:
            AccessError: Id or secret is missing or wrong.
        """
        ...

    async def issue_token(self, app: App) -> Issued:
        """Return a new token of an app.

        Raises:
            AccessError: The app is gone.
        """
        ...

    async def stable_token(self, app: App, *, renew: bool) -> Issued:
        """Return the stable token of an app.

        Args:
            app: Who asks, as `prove` told.
            renew: Whether to end the present one at once.

        Raises:
            AccessError: The app is gone, or has renewed too often.
        """
        ...

    async def quota(self, app: App, api: Api) -> Quota:
        """Return what an app may call of an API today.

        Raises:
            PathForbiddenError: It may not call it at all.
        """
        ...

    async def reset_usage(self, app: App) -> None:
        """Reset the counts of an app's day.

        Raises:
            AccessError: The app is gone, or has done so too often.
        """
        ...

    async def admit(self, token: str | None, *, trusted: bool = False) -> App:
        """Return the app that a token speaks for.

        Args:
            token: As the caller sent it, or none.
            trusted: Whether the caller may bring a token of WeChat's.

        Raises:
            AccessError: The token is missing, unknown or expired.
        """
        ...

    async def admit_signed(self, signature: Signature, *, address: str) -> App:
        """Return the app that has signed a call.

        Args:
            signature: As the caller sent it.
            address: Where the caller is.

        Raises:
            AccessError: The signature is not the app's, too old, or was used before.
        """
        ...

    async def read_text(
        self, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> Page:
        """Return the text of a picture, counted to an app.

        Args:
            app: Who calls, as `admit` told.
            picture: Returns the file; awaited once, after the call was counted.

        Raises:
            ShiziError: The app may not call, or the picture cannot be read.
        """
        ...

    async def read_card(
        self, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> Card:
        """Return the vehicle licence of a picture, counted to an app.

        Args:
            app: Who calls, as `admit` told.
            picture: Returns the file; awaited once, after the call was counted.

        Raises:
            CardNotFoundError: The picture shows no vehicle licence.
            ShiziError: The app may not call, or the picture cannot be read.
        """
        ...
