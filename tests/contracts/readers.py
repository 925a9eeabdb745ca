"""How strictly each client reads a reply: the keys that it knows and their types."""

from __future__ import annotations

from typing import TypeAlias

# A type, a list of one shape, or a shape for each key; keys not named are passed over.
Shape: TypeAlias = "Whole | type[str] | list[Shape] | dict[str, Shape]"


class UnreadableError(Exception):
    """What came is not what the client reads."""


class Whole:
    """A whole number of some width; one fraction, and the client loses the reply."""

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most


INT32 = Whole(-(2**31), 2**31 - 1)
INT64 = Whole(-(2**63), 2**63 - 1)
UINT = Whole(0, 2**64 - 1)


def take(shape: Shape, value: object, place: str = "reply") -> object:
    """Return what a client holds of a reply: of an object the keys that it knows.

    Raises:
        UnreadableError: The client could not read it; tells the place.
    """
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            raise UnreadableError(f"{place} is no object")
        if absent := shape.keys() - value.keys():
            raise UnreadableError(f"{place} lacks {sorted(absent)}")
        return {
            key: take(inner, value[key], f"{place}.{key}")
            for key, inner in shape.items()
        }
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise UnreadableError(f"{place} is no list")
        return [take(shape[0], each, f"{place}[]") for each in value]
    if isinstance(shape, Whole):
        # A boolean is an int in Python and nowhere else.
        if type(value) is not int or not shape.least <= value <= shape.most:
            raise UnreadableError(f"{place} is {value!r}")
        return value
    if not isinstance(value, shape):
        raise UnreadableError(f"{place} is {value!r}")
    return value


def _corners(number: Whole) -> Shape:
    point: Shape = {"x": number, "y": number}
    return dict.fromkeys(
        ("left_top", "right_top", "right_bottom", "left_bottom"), point
    )


def _status(number: Whole) -> dict[str, Shape]:
    return {"errcode": number, "errmsg": str}


def _text(number: Whole, size: Shape) -> Shape:
    items: Shape = [{"text": str, "pos": _corners(number)}]
    return {**_status(number), "items": items, "img_size": size}


def _size(number: Whole) -> Shape:
    return {"w": number, "h": number}


COMM: dict[str, Shape] = {
    "easywechat": _text(INT64, _size(INT64)),
    # As its client for official accounts; the other takes `img_size` for a list.
    "powerwechat": _text(INT64, _size(INT64)),
    "senparc": {**_status(INT32), "items": [{"text": str, "pos": _corners(INT32)}]},
    "silenceper": _text(INT64, _size(INT64)),
    "skit": _text(INT32, _size(INT32)),
    # It looks for `x` and `y` in `img_size` and finds none.
    "weapp": _text(UINT, {}),
    "wechatdeveloper": _text(INT64, _size(INT64)),
    "wxjava": _text(INT32, _size(INT32)),
}

_LICENCE = (
    *("plate_num", "vehicle_type", "owner", "addr", "use_character", "model", "vin"),
    *("engine_num", "register_date", "issue_date", "plate_num_b", "record"),
    *("passengers_num", "total_quality", "prepare_quality", "overall_size"),
)


def _licence(number: Whole) -> Shape:
    """Return all nineteen keys; the test sends a picture of both pages."""
    card: Shape = {"pos": _corners(number)}
    places = {"card_position_front": card, "card_position_back": card}
    size = {"img_size": _size(number)}
    return {**_status(number), **dict.fromkeys(_LICENCE, str), **places, **size}


def _documented(number: Whole, old: str, new: str) -> Shape:
    """Return the keys of the document, one of them in another spelling."""
    keys = set(_LICENCE) - {"plate_num", "overall_size", old} | {new}
    return {**_status(number), **dict.fromkeys(keys, str)}


DRIVING: dict[str, Shape] = {
    "easywechat": _licence(INT64),
    "powerwechat": _documented(INT64, "vehicle_type", "vhicle_type"),
    "senparc": _licence(INT32),
    "silenceper": _licence(INT64),
    "skit": _licence(INT32),
    "weapp": _documented(INT64, "prepare_quality", "totalprepare_quality_quality"),
    "wechatdeveloper": _licence(INT64),
    "wxjava": _licence(INT32),
}

TOKEN: Shape = {"access_token": str, "expires_in": INT32}
