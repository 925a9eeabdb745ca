"""What WeChat's clients get back: always HTTP 200 with a JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from starlette.responses import JSONResponse

from shizi.access.plans import LARGEST, UNLIMITED
from shizi.wechat import names

if TYPE_CHECKING:
    from shizi.access.quotas import Quota
    from shizi.core.card import Card, Field
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
    return {names.ERROR_CODE: 0, names.ERROR_TEXT: names.SUCCESS_TEXT}


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
        **ok_reply(),
        names.ITEMS: [
            {names.TEXT: line.text, names.PLACE: _place(line.quad, page.size)}
            for line in page.lines
        ],
        names.IMAGE_SIZE: _size(page.size),
    }


def card_reply(card: Card, *, detail: bool) -> Reply:
    """Return the fields of a vehicle licence as vehicle-licence OCR gives them.

    Args:
        card: What was read.
        detail: Whether to add every field with its score and place, and the warnings.
    """
    texts = {
        key: card.fields[name].text if name in card.fields else ""
        for key, name in names.LICENCE_FIELDS.items()
    }
    texts[names.PLATE_BACK] = texts[names.PLATE_BACK] or texts[names.PLATE]
    reply = ok_reply()
    for key, text in texts.items():
        reply[key] = text
        if second := names.SECOND_SPELLINGS.get(key):
            reply[second] = text
    for key, name in names.LICENCE_PAGES.items():
        if name in card.pages:
            reply[key] = {names.PLACE: _place(card.pages[name], card.size)}
    reply[names.IMAGE_SIZE] = _size(card.size)
    if detail:
        reply[names.DETAIL] = _detail(card)
    return reply


def _detail(card: Card) -> Reply:
    """Return all that is known of a card; what WeChat has no key for under ours."""
    keys = {name: key for key, name in names.LICENCE_FIELDS.items()}
    return {
        names.FIELDS: {
            keys.get(name, name): _field(field, card.size)
            for name, field in card.fields.items()
        },
        names.WARNINGS: list(card.warnings),
    }


def _field(field: Field, size: Size) -> Reply:
    return {
        names.TEXT: field.text,
        names.CONFIDENCE: round(field.score, 4),
        names.PLACE: _place(field.quad, size),
    }


def _size(size: Size) -> Reply:
    return {"w": size.width, "h": size.height}


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
