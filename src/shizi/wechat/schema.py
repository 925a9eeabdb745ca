"""What the replies look like, as JSON Schema (draft 2020-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shizi.access.plans import LARGEST
from shizi.wechat import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shizi.wechat.errors import Fault
    from shizi.wechat.replies import Reply

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_CORNERS: Final = ("left_top", "right_top", "right_bottom", "left_bottom")
_RID: Final = "[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"
_JSON: Final = "application/json"
_TEXT: Final[Reply] = {"type": "string"}

# What each key holds, in the words of the documents.
_LICENCE_TEXTS: Final = {
    "plate_num": "号牌号码, of the main page",
    "vehicle_type": "车辆类型",
    "vhicle_type": "车辆类型, as the first document's example spells it",
    "owner": "所有人",
    "addr": "住址",
    "use_character": "使用性质",
    "model": "品牌型号",
    "vin": "车辆识别代号",
    "engine_num": "发动机号码",
    "register_date": "注册日期, YYYY-MM-DD",
    "issue_date": "发证日期, YYYY-MM-DD",
    "plate_num_b": "号牌号码, of the second page; without it that of the main page",
    "record": "档案编号",
    "passengers_num": "核定载人数",
    "total_quality": "总质量",
    "prepare_quality": "整备质量",
    "totalprepare_quality_quality": "整备质量, as the first document's table spells it",
    "overall_size": "外廓尺寸",
}


def point() -> Reply:
    """Return the schema of a corner, in whole pixels."""
    coordinate: Reply = {"type": "integer", "minimum": 0}
    return _object({"x": coordinate, "y": coordinate})


def place() -> Reply:
    """Return the schema of four corners, clockwise from where reading starts."""
    return _object(dict.fromkeys(_CORNERS, point()))


def size() -> Reply:
    """Return the schema of a picture's size, in pixels."""
    side: Reply = {"type": "integer", "minimum": 1}
    return _object({"w": side, "h": side})


def token() -> Reply:
    """Return the schema of a new token."""
    return _object(
        {
            names.ACCESS_TOKEN: {"type": "string", "minLength": 1, "maxLength": 512},
            names.EXPIRES_IN: {"type": "integer", "minimum": 0},
        }
    )


def done() -> Reply:
    """Return the schema of a success that gives nothing."""
    return _object(_success())


def quota() -> Reply:
    """Return the schema of what an app may call today."""
    count: Reply = {"type": "integer", "minimum": 0, "maximum": LARGEST}
    counts = (names.DAILY_LIMIT, names.USED, names.REMAIN)
    return _object({**_success(), names.QUOTA: _object(dict.fromkeys(counts, count))})


def page() -> Reply:
    """Return the schema of printed text."""
    line = _object({names.TEXT: _TEXT, names.PLACE: place()})
    return _object(
        {
            **_success(),
            names.ITEMS: {"type": "array", "items": line},
            names.IMAGE_SIZE: size(),
        }
    )


def licence() -> Reply:
    """Return the schema of a vehicle licence."""
    position: Reply = {
        **_object({names.PLACE: place()}),
        "description": "where the page lies; absent if it was not found",
    }
    texts: dict[str, Reply] = {
        key: {**_TEXT, "description": text} for key, text in _LICENCE_TEXTS.items()
    }
    return {
        **_object(
            {**_success(), **texts, names.IMAGE_SIZE: size()},
            {**dict.fromkeys(names.LICENCE_PAGES, position), names.DETAIL: _detail()},
        ),
        "title": "Vehicle licence",
        "description": (
            "What /cv/ocr/driving answers. Texts are as printed; what the licence"
            " lacks, or could not be read, is empty."
        ),
    }


def document() -> Reply:
    """Return the schema of a vehicle licence as a document of its own."""
    return {"$schema": _DIALECT, **licence()}


def error(faults: Iterable[Fault]) -> Reply:
    """Return the schema of an error, which is one of these."""
    texts = dict(sorted(faults))
    return _object(
        {
            names.ERROR_CODE: {
                "type": "integer",
                "enum": list(texts),
                "description": "; ".join(
                    f"{code}: {text}" for code, text in texts.items()
                ),
            },
            names.ERROR_TEXT: {"type": "string", "pattern": f" rid: {_RID}$"},
        }
    )


def cloud_call(data: Reply) -> Reply:
    """Return the schema of a cloud call, whose parameters are as given."""
    return {
        "type": "object",
        "properties": {
            "action": {"enum": [names.PACKED_CALL, names.PLAIN_CALL]},
            "apiName": {
                "enum": [names.TEXT_API, names.LICENCE_API, names.LICENCE_API_NOW]
            },
            "requestData": data,
            "authorization": {
                **_TEXT,
                "description": "the older signature; the newer one is a header",
            },
        },
        "required": ["action", "apiName", "requestData"],
    }


def cloud_reply() -> Reply:
    """Return the schema of what a cloud call by JSON gets."""
    return _object(
        {
            "data": _object({"responseData": {**_TEXT, "contentMediaType": _JSON}}),
            "requestId": {**_TEXT, "pattern": f"^{_RID}$"},
        }
    )


def refusal() -> Reply:
    """Return the schema of what a cloud call gets that the gateway refuses."""
    return _object(
        {
            "code": {"enum": ["SIGN_PARAM_INVALID", "INVALID_PARAM"]},
            "message": _TEXT,
            "requestId": {**_TEXT, "pattern": f"^{_RID}$"},
        }
    )


def _success() -> dict[str, Reply]:
    return {
        names.ERROR_CODE: {"const": 0},
        names.ERROR_TEXT: {"const": names.SUCCESS_TEXT},
    }


def _detail() -> Reply:
    field = _object(
        {
            names.TEXT: {"type": "string", "minLength": 1},
            names.CONFIDENCE: {"type": "number", "minimum": 0, "maximum": 1},
            names.PLACE: place(),
        }
    )
    return {
        **_object(
            {
                names.FIELDS: {
                    "type": "object",
                    "propertyNames": {"pattern": "^[a-z_]+$"},
                    "additionalProperties": field,
                },
                names.WARNINGS: {"type": "array", "items": _TEXT},
            }
        ),
        "description": "all that is known; only with detail=1",
    }


def _object(
    required: Mapping[str, Reply], optional: Mapping[str, Reply] | None = None
) -> Reply:
    """Return the schema of an object that has these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }
