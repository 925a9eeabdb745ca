"""The dialect shown to people: replies, codes and commands as a page tells them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from shizi.core.api import Api
from shizi.wechat import names
from shizi.wechat.errors import tell
from shizi.wechat.replies import card_reply, text_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shizi.core.card import Card
    from shizi.core.text import Page
    from shizi.wechat.replies import Reply

_PATHS: Mapping[Api, str] = {
    Api.PRINTED_TEXT: names.TEXT_PATH,
    Api.VEHICLE_LICENCE: names.LICENCE_PATH,
}


class Showing:
    """Tells how the API would have answered."""

    def text(self, page: Page) -> Reply:
        """Return the reply to a call for printed text."""
        return text_reply(page)

    def card(self, card: Card) -> Reply:
        """Return the reply to a call for a vehicle licence, with all its detail."""
        return card_reply(card, detail=True)

    def code(self, error: BaseException) -> int:
        """Return the errcode of an error."""
        return tell(error).code

    def example(self, api: Api, address: str, file: str) -> str:
        """Return the commands of a shell that make a call: one for a token, one for it.

        Args:
            api: What is called.
            address: The server's, `http://127.0.0.1:8000`.
            file: The name of the picture's file.
        """
        grant = "grant_type=client_credential&appid=APPID&secret=SECRET"
        detail = " -F detail=1" if api is Api.VEHICLE_LICENCE else ""
        token = shlex.quote(f"{address}{names.TOKEN_PATH}?{grant}")
        picture = shlex.quote(f"img=@{file}")
        call = shlex.quote(f"{address}{_PATHS[api]}?access_token=TOKEN")
        return f"curl {token}\ncurl -F {picture}{detail} {call}"
