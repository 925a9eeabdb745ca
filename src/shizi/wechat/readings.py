"""The OCR calls, the same by HTTPS and by cloud call: from a picture to the reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from shizi.core.image import find_format
from shizi.wechat.replies import card_reply, text_reply

if TYPE_CHECKING:
    from starlette.requests import Request

    from shizi.access.apps import App
    from shizi.wechat.calls import Calls, Fetch
    from shizi.wechat.replies import Reply
    from shizi.wechat.requests import Picture

Source: TypeAlias = Callable[[], Awaitable["Picture"]]
"""Returns what the caller sent; awaited once, after the call was counted."""

Reading: TypeAlias = Callable[["Request", "App", Source], Awaitable["Reply"]]


class Readings:
    """One method for each OCR call; they raise what the calls behind them do."""

    def __init__(self, calls: Calls, fetch: Fetch) -> None:
        """Take what reads, and what gets a picture that came as an address."""
        self._calls = calls
        self._fetch = fetch

    async def text(self, request: Request, app: App, source: Source) -> Reply:
        """Return the reply of printed-text OCR."""

        async def picture() -> bytes:
            return await self._load(request, await source())

        return text_reply(await self._calls.read_text(app, picture))

    async def licence(self, request: Request, app: App, source: Source) -> Reply:
        """Return the reply of vehicle-licence OCR."""
        is_detailed = False

        async def picture() -> bytes:
            nonlocal is_detailed
            sent = await source()
            is_detailed = sent.is_detailed
            return await self._load(request, sent)

        card = await self._calls.read_card(app, picture)
        return card_reply(card, detail=is_detailed)

    async def _load(self, request: Request, sent: Picture) -> bytes:
        """Return the file of a picture, and note its format for the audit."""
        data = sent.data
        if data is None:
            data = await self._fetch(sent.url or "")
        request.state.format = find_format(data)
        return data
