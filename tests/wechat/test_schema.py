"""Claims about the replies' schemas, and the one that the documents hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shizi.core.geometry import Size
from shizi.core.text import Page
from shizi.web.call import new_rid
from shizi.wechat import schema
from shizi.wechat.errors import CLOUD_FAULTS, FAULTS, Fault
from shizi.wechat.replies import (
    card_reply,
    error_reply,
    text_reply,
    token_reply,
)
from tests.wechat.test_replies import TEXTS, card, page

DOCUMENT = Path(__file__).parents[2] / "docs" / "vehicle-licence.schema.json"


def errors(shape: dict[str, object], reply: object) -> list[str]:
    Draft202012Validator.check_schema(shape)
    # As a client sees it.
    read = json.loads(json.dumps(reply))
    return [error.message for error in Draft202012Validator(shape).iter_errors(read)]


def test_the_documents_hold_the_schema_of_a_licence() -> None:
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == schema.document()


@pytest.mark.parametrize(
    ("texts", "pages", "warnings"),
    [
        (TEXTS, ("front", "back"), ()),
        (TEXTS, ("front",), ("blurred",)),
        ({**TEXTS, "energy_kind": "汽油", "serial": "3180012345678"}, (), ()),
        ({}, (), ()),
    ],
)
@pytest.mark.parametrize("detail", [False, True])
def test_a_licence_fits_its_schema(
    texts: dict[str, str],
    pages: tuple[str, ...],
    warnings: tuple[str, ...],
    *,
    detail: bool,
) -> None:
    reply = card_reply(card(texts, *pages, warnings=warnings), detail=detail)
    assert errors(schema.document(), reply) == []


def test_the_documents_example_of_a_licence_fits() -> None:
    text = (DOCUMENT.parent / "api.md").read_text(encoding="utf-8")
    section = text.partition("## Vehicle licence")[2]
    example = section.partition("```json\n")[2].partition("```")[0]
    assert errors(schema.licence(), json.loads(example)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"owner": None},
        {"owner": 5},
        {"errcode": "0"},
        {"errcode": 101001},
        {"other": ""},
        {"img_size": {"w": 1.5, "h": 2}},
        {"img_size": {"w": 1}},
        {"card_position_front": {}},
        {"card_position_back": {"pos": {"left_top": {"x": -1, "y": 0}}}},
        {"detail": {"fields": {}}},
        {"detail": {"fields": {"owner": {"text": ""}}, "warnings": []}},
        {"detail": {"fields": {"Owner": {}}, "warnings": []}},
    ],
    ids=str,
)
def test_what_is_no_licence_does_not_fit(change: dict[str, Any]) -> None:
    reply = card_reply(card(TEXTS, "front"), detail=False)
    assert errors(schema.licence(), {**reply, **change})


@pytest.mark.parametrize("key", sorted(card_reply(card(TEXTS), detail=False)))
def test_every_member_of_a_licence_is_due(key: str) -> None:
    reply = card_reply(card(TEXTS), detail=False)
    del reply[key]
    assert errors(schema.licence(), reply)


def test_printed_text_fits_its_schema() -> None:
    line = page((1, 2), (3, 2), (3, 4), (1, 4))
    assert errors(schema.page(), text_reply(line)) == []
    assert errors(schema.page(), text_reply(Page(Size(1, 1), ()))) == []
    assert errors(schema.page(), {**text_reply(line), "items": None})


def test_a_token_fits_its_schema() -> None:
    assert errors(schema.token(), token_reply("abc", 7200)) == []
    assert errors(schema.token(), token_reply("", 7200))


@pytest.mark.parametrize("fault", sorted({*FAULTS.values(), *CLOUD_FAULTS.values()}))
def test_every_error_fits_its_schema(fault: Fault) -> None:
    shape = schema.error([fault])
    assert errors(shape, error_reply(fault, new_rid())) == []
    assert errors(shape, {"errcode": fault.code, "errmsg": fault.text})
