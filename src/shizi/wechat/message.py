"""The messages of cloud calls: what `wx-server-sdk` packs, and what it unpacks.

::

    CommApiData     { int32 apiType = 1; OpenApiData openapiData = 2; ... }
    OpenApiData     { repeated KeyValuePair pairs = 1; }
    KeyValuePair    { string key = 1; bytes value = 2; string contenttype = 3;
                      string filename = 4; }
    CommOpenApiResp { bytes respData = 1; string contentType = 2; int32 errorCode = 3;
                      uint32 httpCode = 4; ... }
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import unquote

from shizi.core.errors import MessageError
from shizi.wechat import names
from shizi.wechat.protobuf import read_fields, write_bytes, write_int
from shizi.wechat.requests import make_picture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shizi.wechat.requests import Picture

# Numbers of fields.
_OPENAPI_DATA: Final = 2
_PAIRS: Final = 1
_KEY: Final = 1
_VALUE: Final = 2
_CONTENT_TYPE: Final = 3
_FILE_NAME: Final = 4
_REPLY_DATA: Final = 1
_REPLY_TYPE: Final = 2
_REPLY_ERROR: Final = 3
_REPLY_STATUS: Final = 4

_CAPITAL: Final = re.compile(r"(?<!^)([A-Z])")
_ENCODED_URL: Final = re.compile(r"https?%3A", re.IGNORECASE)


def read_packed(data: bytes) -> Picture:
    """Return the picture of a `CommApiData`.

    Raises:
        MessageError: The message is damaged.
        ImageMissingError: It brings neither a file nor an address.
        ImageSizeError: The file is too large.
    """
    file: bytes | None = None
    fields: dict[str, str] = {}
    for message in _members(data, _OPENAPI_DATA):
        for pair in _members(message, _PAIRS):
            parts = dict(read_fields(pair))
            name = _name(_bytes(parts.get(_KEY)).decode("utf-8", "replace"))
            value = _bytes(parts.get(_VALUE))
            # The SDK names every file, and loses the type that its caller gave.
            if _FILE_NAME in parts or _CONTENT_TYPE in parts:
                file = file or value
            elif (text := _text(_parse(value))) is not None:
                fields.setdefault(name, text)
    return make_picture(file, _once_decoded(fields))


def read_plain(data: bytes) -> Picture:
    """Return the picture of the JSON text that `callOpenAPI` sends.

    Raises:
        MessageError: The text is no JSON object.
        ImageMissingError: It holds no address; a file cannot be sent so.
    """
    value = _parse(data)
    if not isinstance(value, dict):
        raise MessageError("requestData is no JSON object")
    members = cast("dict[str, object]", value)
    texts = {_name(name): _text(member) for name, member in members.items()}
    fields = {name: text for name, text in texts.items() if text is not None}
    return make_picture(None, _once_decoded(fields))


def pack_reply(text: bytes) -> bytes:
    """Return the `CommOpenApiResp` of a reply in JSON."""
    return (
        write_bytes(_REPLY_DATA, text)
        # Without a type the SDK hands its caller the bytes.
        + write_bytes(_REPLY_TYPE, b"application/json; charset=UTF-8")
        + write_int(_REPLY_STATUS, 200)
    )


def pack_error(code: int) -> bytes:
    """Return the `CommOpenApiResp` of a call that reached no API."""
    return write_int(_REPLY_ERROR, code)


def _members(data: bytes, number: int) -> Iterable[bytes]:
    """Yield the messages that a message holds under a number."""
    return (_bytes(value) for found, value in read_fields(data) if found == number)


def _bytes(value: int | bytes | None) -> bytes:
    if isinstance(value, int):
        raise MessageError("a field is an integer and should be bytes")
    return value or b""


def _parse(data: bytes) -> object:
    """Return what a text of JSON holds; a text that is none is taken as it is."""
    text = data.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _text(value: object) -> str | None:
    """Return a parameter as the URL would hold it, where it can be there."""
    if isinstance(value, str):
        return value
    return (
        str(value) if isinstance(value, int) and not isinstance(value, bool) else None
    )


def _name(key: str) -> str:
    """Return a key in snake case, as the SDK itself writes it unless told not to."""
    return _CAPITAL.sub(lambda match: f"_{match[1].lower()}", key)


def _once_decoded(fields: dict[str, str]) -> dict[str, str]:
    """Return the fields with an address decoded.

    The document's example writes `imgUrl: 'ENCODE_URL'`, and some do encode it.
    """
    url = fields.get(names.IMAGE_URL, "")
    if _ENCODED_URL.match(url):
        return {**fields, names.IMAGE_URL: unquote(url)}
    return fields
