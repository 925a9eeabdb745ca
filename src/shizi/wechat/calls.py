"""What the endpoints ask of the server behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from shizi.access.apps import App
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

    async def issue_token(self, app_id: str | None, secret: str | None) -> Issued:
        """Return a new token for an app.

        Raises:
            AccessError: Id or secret is missing or wrong.
        """
        ...

    async def admit(self, token: str | None) -> App:
        """Return the app that a token speaks for.

        Args:
            token: As the caller sent it, or none.

        Raises:
            AccessError: The token is missing, unknown or expired.
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
