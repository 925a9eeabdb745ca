"""What a client sends, in all the forms that WeChat's clients send it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from python_multipart.multipart import parse_options_header

from shizi.core.errors import DataFormatError, ImageMissingError, ImageSizeError
from shizi.web.body import FILE_LIMIT
from shizi.wechat import names
from shizi.wechat.form import TEXT_LIMIT, read_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from shizi.web.body import Body


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a call: its bytes, or else the address where it lies.

    Attributes:
        data: The file, as it was sent.
        url: The address, decoded once.
        is_detailed: Whether the reply shall tell all that is known of a document.
    """

    data: bytes | None
    url: str | None
    is_detailed: bool


def read_query(request: Request) -> dict[str, str]:
    """Return the parameters of the URL, decoded once; of several the first."""
    raw: bytes = request.scope["query_string"]
    return _pairs(raw)


def read_token(query: Mapping[str, str]) -> str | None:
    """Return the token that a call carries in its URL, if any."""
    token = query.get(names.ACCESS_TOKEN) or query.get(names.CLOUD_ACCESS_TOKEN)
    return token or None


async def read_picture(request: Request, body: Body) -> Picture:
    """Return the picture that a call brings.

    An address in the URL decides; clients then send bodies of any form or none. Without
    it the body is a form with a file, or one with an address, or the file itself.

    Raises:
        ImageMissingError: There is none, or it did not arrive whole or in time.
        ImageSizeError: The file is too large.
        ClientDisconnect: The client has left.
    """
    query = read_query(request)
    if query.get(names.IMAGE_URL):
        body.ignore()
        return make_picture(None, query)
    header = request.headers.get("content-type", "")
    kind, options = parse_options_header(header)
    data: bytes | None = None
    fields: dict[str, str] = {}
    try:
        if kind.startswith(b"multipart/"):
            form = await read_form(options.get(b"boundary", b""), body)
            data, fields = form.data, form.fields
        elif kind.startswith(b"image/") or kind == b"application/octet-stream":
            data = await body.read()
        else:
            fields = _text_fields(kind, await body.read())
    except TimeoutError as error:
        raise ImageMissingError("the body did not arrive in time") from error
    # An empty parameter of the URL is none: the body's counts.
    return make_picture(
        data, fields | {key: text for key, text in query.items() if text}
    )


def make_picture(data: bytes | None, fields: Mapping[str, str]) -> Picture:
    """Return the picture that a file or else an address among the fields makes.

    Raises:
        ImageMissingError: There is neither.
        ImageSizeError: The file is too large.
    """
    if data and len(data) >= FILE_LIMIT:
        raise ImageSizeError(f"the file has {len(data)} bytes")
    url = fields.get(names.IMAGE_URL)
    if not data and not url:
        raise ImageMissingError("the call brings neither a file nor an address")
    return Picture(
        data or None,
        None if data else url,
        is_detailed=fields.get(names.DETAIL) == "1",
    )


async def read_object(body: Body) -> dict[str, object]:
    """Return the JSON object that a call brings, whatever type its head tells.

    Raises:
        DataFormatError: It is none, is too long, or did not arrive in time.
        ClientDisconnect: The client has left.
    """
    try:
        found = _json_object(await body.read(TEXT_LIMIT))
    except (TimeoutError, ImageSizeError) as error:
        raise DataFormatError("the body did not arrive whole") from error
    if found is None:
        raise DataFormatError("the body is no JSON object")
    return found


async def read_fields(request: Request, body: Body) -> dict[str, str]:
    """Return the texts that a call brings in its URL or, of any form, in its body.

    Raises:
        DataFormatError: The body is too long, or did not arrive in time.
        ClientDisconnect: The client has left.
    """
    try:
        data = await body.read(TEXT_LIMIT)
    except (TimeoutError, ImageSizeError) as error:
        raise DataFormatError("the body did not arrive whole") from error
    # Clients say little of the body's type, and not always the truth.
    members = _json_object(data)
    fields = _pairs(data) if members is None else _texts(members)
    return {**fields, **read_query(request)}


def _pairs(raw: bytes) -> dict[str, str]:
    """Return the pairs of an urlencoded text."""
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(reversed(pairs))


def _text_fields(kind: bytes, data: bytes) -> dict[str, str]:
    """Return the fields of a body of text; none of one that is nothing we know."""
    if len(data) > TEXT_LIMIT:
        return {}
    if kind == b"application/x-www-form-urlencoded":
        return _pairs(data)
    if b"json" not in kind:
        return {}
    return _texts(_json_object(data) or {})


def _texts(members: Mapping[str, object]) -> dict[str, str]:
    return {name: text for name, text in members.items() if isinstance(text, str)}


def _json_object(data: bytes) -> dict[str, object] | None:
    """Return the object that a short text is, none if it is nothing of the kind."""
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, object]", value) if isinstance(value, dict) else None
