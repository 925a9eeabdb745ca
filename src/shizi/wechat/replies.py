"""What WeChat's clients get back: always HTTP 200 with a JSON object."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, TypeAlias

from starlette.responses import JSONResponse

from shizi.access.plans import LARGEST, UNLIMITED
from shizi.wechat import names

if TYPE_CHECKING:
    from shizi.access.quotas import Quota
    from shizi.core.geometry import Point, Quad, Size
    from shizi.core.text import Page
    from shizi.wechat.errors import Fault

Reply: TypeAlias = dict[str, object]


class WechatResponse(JSONResponse):
    """A reply as WeChat writes it.

    Go's and Java's clients lose the errcode of any status but 200, and one of Node's
    gives bytes where the type does not say JSON.
    """

    media_type = "application/json; charset=utf-8"


def new_rid() -> str:
    """Return a fresh request id in WeChat's form, three times eight hexadecimals."""
    return "-".join(secrets.token_hex(4) for _ in range(3))


def error_reply(fault: Fault, rid: str) -> Reply:
    """Return how a call that failed is answered."""
    return {
        names.ERROR_CODE: fault.code,
        names.ERROR_TEXT: f"{fault.text} rid: {rid}",
    }


def token_reply(token: str, seconds: int) -> Reply:
    """Return how a new token is told; the document shows no errcode with it."""
    return {names.ACCESS_TOKEN: token, names.EXPIRES_IN: seconds}


def ok_reply() -> Reply:
    """Return how a call that only does something is answered."""
    return {names.ERROR_CODE: 0, names.ERROR_TEXT: "ok"}


def quota_reply(quota: Quota) -> Reply:
    """Return what may be called today; no limit is told as the largest number.

    Clients read the numbers as integers of 32 bits.
    """
    limit = LARGEST if quota.limit == UNLIMITED else quota.limit
    remain = limit - quota.used if quota.remain == UNLIMITED else quota.remain
    return {
        **ok_reply(),
        names.QUOTA: {
            names.DAILY_LIMIT: limit,
            names.USED: quota.used,
            names.REMAIN: min(remain, LARGEST),
        },
    }


def text_reply(page: Page) -> Reply:
    """Return the lines of a page as printed-text OCR gives them."""
    return {
        names.ERROR_CODE: 0,
        names.ERROR_TEXT: "ok",
        names.ITEMS: [
            {names.TEXT: line.text, names.PLACE: _place(line.quad, page.size)}
            for line in page.lines
        ],
        names.IMAGE_SIZE: {"w": page.size.width, "h": page.size.height},
    }


def _place(quad: Quad, size: Size) -> Reply:
    """Return the corners by name; WeChat calls them as we do."""
    return {
        name: _point(corner, size)
        for name, corner in zip(quad._fields, quad, strict=True)
    }


def _point(point: Point, size: Size) -> Reply:
    """Return whole pixels within the image.

    One fraction or one negative number, and Go's clients refuse the whole reply.
    """
    return {
        "x": round(min(max(point.x, 0), size.width)),
        "y": round(min(max(point.y, 0), size.height)),
    }
