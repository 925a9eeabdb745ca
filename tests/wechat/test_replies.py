"""Claims about the JSON that clients get."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shizi.core.card import Card, Field
from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine
from shizi.wechat.errors import Fault
from shizi.wechat.replies import (
    WechatResponse,
    card_reply,
    error_reply,
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


QUAD = Quad.of([(10, 20), (30, 20), (30, 40), (10, 40)])
PLACE = {
    "left_top": {"x": 10, "y": 20},
    "right_top": {"x": 30, "y": 20},
    "right_bottom": {"x": 30, "y": 40},
    "left_bottom": {"x": 10, "y": 40},
}
# Every field that WeChat tells, by our name, with the text of its document's example.
TEXTS = {
    "plate_number": "粤B12345",
    "vehicle_type": "小型普通客车",
    "owner": "东莞市某某机械厂",
    "address": "广东省东莞市某某号",
    "use_character": "非营运",
    "model": "江淮牌HFC1234",
    "vin": "LJ166123456789051",
    "engine_number": "J3123453",
    "registration_date": "2018-07-06",
    "issue_date": "2018-07-01",
    "plate_number_back": "粤B54321",
    "file_number": "441901234563",
    "seats": "7人",
    "gross_mass": "2700kg",
    "curb_mass": "1995kg",
    "overall_dimensions": "4582x1795x1458mm",
}


def card(texts: dict[str, str], *pages: str, warnings: tuple[str, ...] = ()) -> Card:
    return Card(
        "vehicle_licence",
        Size(3120, 4208),
        {name: Field(text, 0.98765, QUAD) for name, text in texts.items()},
        dict.fromkeys(pages, QUAD),
        warnings,
    )


def test_a_licence_is_told_as_in_the_documents() -> None:
    assert card_reply(card(TEXTS, "front", "back"), detail=False) == {
        "errcode": 0,
        "errmsg": "ok",
        "plate_num": "粤B12345",
        "vehicle_type": "小型普通客车",
        "vhicle_type": "小型普通客车",
        "owner": "东莞市某某机械厂",
        "addr": "广东省东莞市某某号",
        "use_character": "非营运",
        "model": "江淮牌HFC1234",
        "vin": "LJ166123456789051",
        "engine_num": "J3123453",
        "register_date": "2018-07-06",
        "issue_date": "2018-07-01",
        "plate_num_b": "粤B54321",
        "record": "441901234563",
        "passengers_num": "7人",
        "total_quality": "2700kg",
        "prepare_quality": "1995kg",
        "totalprepare_quality_quality": "1995kg",
        "overall_size": "4582x1795x1458mm",
        "card_position_front": {"pos": PLACE},
        "card_position_back": {"pos": PLACE},
        "img_size": {"w": 3120, "h": 4208},
    }


def test_what_a_licence_lacks_is_empty_text_and_no_position() -> None:
    reply = card_reply(card({}), detail=False)
    assert {key for key, value in reply.items() if value == ""} == set(
        card_reply(card(TEXTS), detail=False)
    ) - {"errcode", "errmsg", "img_size"}
    assert not {"card_position_front", "card_position_back"} & set(reply)


@pytest.mark.parametrize(
    ("front", "back", "told"),
    [
        ("粤B12345", None, ("粤B12345", "粤B12345")),
        (None, "粤B54321", ("", "粤B54321")),
        ("粤B12345", "粤B54321", ("粤B12345", "粤B54321")),
    ],
)
def test_a_plate_of_the_main_page_stands_in_for_the_second_s(
    front: str | None, back: str | None, told: tuple[str, str]
) -> None:
    texts = {"plate_number": front, "plate_number_back": back}
    read = card({name: text for name, text in texts.items() if text})
    reply = card_reply(read, detail=False)
    assert (reply["plate_num"], reply["plate_num_b"]) == told


def test_a_page_that_was_found_has_its_position() -> None:
    reply = card_reply(card(TEXTS, "back"), detail=False)
    assert "card_position_front" not in reply
    assert reply["card_position_back"] == {"pos": PLACE}


def test_the_detail_tells_scores_places_and_fields_beyond_wechat_s() -> None:
    texts = {"plate_number": "粤B12345", "curb_mass": "1995kg", "remarks": "无"}
    reply = card_reply(card(texts, warnings=("blurred",)), detail=True)

    def field(text: str) -> dict[str, object]:
        return {"text": text, "confidence": 0.9877, "pos": PLACE}

    assert reply["detail"] == {
        "fields": {
            "plate_num": field("粤B12345"),
            "prepare_quality": field("1995kg"),
            "remarks": field("无"),
        },
        "warnings": ["blurred"],
    }


def test_the_detail_changes_nothing_else() -> None:
    read = card(TEXTS, "front")
    detailed = card_reply(read, detail=True)
    del detailed["detail"]
    assert detailed == card_reply(read, detail=False)


def test_a_token_is_told_without_an_errcode() -> None:
    assert token_reply("abc", 7200) == {"access_token": "abc", "expires_in": 7200}


def test_an_error_carries_the_request_s_id() -> None:
    assert error_reply(Fault(41001, "access_token missing"), "1-2-3") == {
        "errcode": 41001,
        "errmsg": "access_token missing rid: 1-2-3",
    }


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
