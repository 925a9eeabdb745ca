"""Claims about the JSON that clients get."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine
from shizi.wechat.errors import Fault
from shizi.wechat.replies import (
    WechatResponse,
    error_reply,
    new_rid,
    text_reply,
    token_reply,
)


def page(*corners: tuple[float, float]) -> Page:
    line = TextLine("腾讯", Quad.of(corners), 0.9)
    return Page(Size(1280, 720), (line,))


def test_a_page_is_told_as_in_the_document() -> None:
    read = page((575, 519), (744, 519), (744, 532), (573, 532))
    assert text_reply(read) == {
        "errcode": 0,
        "errmsg": "ok",
        "items": [
            {
                "text": "腾讯",
                "pos": {
                    "left_top": {"x": 575, "y": 519},
                    "right_top": {"x": 744, "y": 519},
                    "right_bottom": {"x": 744, "y": 532},
                    "left_bottom": {"x": 573, "y": 532},
                },
            }
        ],
        "img_size": {"w": 1280, "h": 720},
    }


def test_a_page_without_text_has_an_empty_list() -> None:
    assert text_reply(Page(Size(3, 2), ()))["items"] == []


@pytest.mark.parametrize(
    ("corner", "told"),
    [
        ((1.4, 1.6), (1, 2)),
        ((-0.4, -7.0), (0, 0)),
        ((1280.2, 9999.0), (1280, 720)),
        ((float("inf"), float("-inf")), (1280, 0)),
    ],
)
def test_a_corner_is_whole_pixels_within_the_image(
    corner: tuple[float, float], told: tuple[int, int]
) -> None:
    reply: Any = text_reply(page(corner, (9, 1), (9, 9), (1, 9)))
    place = reply["items"][0]["pos"]["left_top"]
    assert (place["x"], place["y"]) == told
    assert {type(value) for value in place.values()} == {int}


def test_a_token_is_told_without_an_errcode() -> None:
    assert token_reply("abc", 7200) == {"access_token": "abc", "expires_in": 7200}


def test_an_error_carries_the_request_s_id() -> None:
    assert error_reply(Fault(41001, "access_token missing"), "1-2-3") == {
        "errcode": 41001,
        "errmsg": "access_token missing rid: 1-2-3",
    }


def test_an_id_has_the_form_of_wechat_s() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}", new_rid())


def test_ids_differ() -> None:
    assert new_rid() != new_rid()


def test_characters_are_sent_as_they_are() -> None:
    assert "腾讯".encode() in WechatResponse({"text": "腾讯"}).body


def test_a_reply_is_json_with_status_200() -> None:
    response = WechatResponse({"errcode": 0})
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        "application/json; charset=utf-8",
    )
    assert json.loads(bytes(response.body)) == {"errcode": 0}


def test_a_number_that_json_lacks_is_never_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        WechatResponse({"x": float("nan")})
