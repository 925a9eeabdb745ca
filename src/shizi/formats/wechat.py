"""WeChat's own form: the reply to the call, one a row and a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shizi.wechat.replies import card_reply, text_reply

if TYPE_CHECKING:
    from shizi.core.sheet import Sheet
    from shizi.formats.scan import Scan


def write(scan: Scan) -> str:
    """Return the replies that the calls with a scan's pages would have."""
    return "".join(
        json.dumps(_reply(leaf.sheet), ensure_ascii=False) + "\n"
        for leaf in scan.leaves
    )


def _reply(sheet: Sheet) -> dict[str, object]:
    if sheet.card is None:
        return text_reply(sheet.page)
    return card_reply(sheet.card, detail=False)
