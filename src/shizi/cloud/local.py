"""Cloud calls answered in this process."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from shizi.cloud.call import finish, pack, told
from shizi.core.errors import ShiziError
from shizi.fetch import Fetcher
from shizi.wechat import names
from shizi.wechat.errors import CLOUD_FAULTS, tell
from shizi.wechat.message import read_packed
from shizi.wechat.replies import card_reply, text_reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.cloud.call import Params, Result
    from shizi.reader import Reader
    from shizi.wechat.replies import Reply


class Local:
    """Reads with one reader."""

    def __init__(self, reader: Reader, fetch_allow: Sequence[str]) -> None:
        """Take what reads, and which addresses may be fetched though not public."""
        self._reader = reader
        self._fetch_allow = fetch_allow
        self._turn = Lock()

    def call(self, api: str, data: Params) -> Result:
        """Return the result of an API.

        Raises:
            CloudError: The call failed.
        """
        try:
            reply = self._read(api, data)
        except ShiziError as error:
            raise told(api, tell(error, CLOUD_FAULTS)) from error
        return finish(api, reply)

    def _read(self, api: str, data: Params) -> Reply:
        # Through the message: whatever it does to a call is done here too.
        picture = read_packed(pack(data))
        file = picture.data or self._fetch(picture.url or "")
        with self._turn:
            if api == names.TEXT_API:
                return text_reply(self._reader.read_text(file))
            card = self._reader.read_card(file)
        return card_reply(card, detail=picture.is_detailed)

    def _fetch(self, url: str) -> bytes:
        """Return the file behind an address."""

        async def fetch() -> bytes:
            fetcher = Fetcher(allow=self._fetch_allow)
            try:
                return await fetcher.fetch(url)
            finally:
                await fetcher.aclose()

        # In a thread of its own: the caller's may run an event loop.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, fetch()).result()
