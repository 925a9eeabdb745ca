"""What a client sends, in all the forms that WeChat's clients send it."""

from __future__ import annotations

import json
import re
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shizi.core.errors import ImageMissingError, ImageSizeError
from shizi.wechat import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_multipart.multipart import MultipartCallbacks
    from starlette.requests import Request

    from shizi.wechat.body import Body

# 2 MiB: WeChat takes files "smaller than 2M"; exactly this size is too large.
FILE_LIMIT = 2 * 1024 * 1024

# 64 KiB more than the largest file: what a form may add to it.
_BODY_LIMIT = FILE_LIMIT + 64 * 1024

# 64 KiB: no address is longer; keeps the parsing of text short.
_TEXT_LIMIT = 64 * 1024

# 200 parts, 8 KiB: a form of WeChat's has one or two parts with heads of 200 bytes.
_PART_LIMIT = 200
_HEAD_LIMIT = 8 * 1024

_EXTENDED_FILENAME = re.compile(rb";\s*filename\*\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a call: its bytes, or else the address where it lies.

    Attributes:
        data: The file, as it was sent.
        url: The address, decoded once.
        mode: How the document lies before the camera, `photo` or `scan`.
    """

    data: bytes | None
    url: str | None
    mode: str


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
    if url := query.get(names.IMAGE_URL):
        body.ignore()
        return Picture(None, url, _mode(query))
    header = request.headers.get("content-type", "")
    kind, options = parse_options_header(header)
    if _announced(request) > _BODY_LIMIT:
        raise ImageSizeError("the body is larger than any picture")
    try:
        if kind.startswith(b"multipart/"):
            data, fields = await _read_form(options.get(b"boundary", b""), body)
        elif kind.startswith(b"image/") or kind == b"application/octet-stream":
            data, fields = await _read_all(body), {}
        else:
            data, fields = None, _text_fields(kind, await _read_all(body))
    except TimeoutError as error:
        raise ImageMissingError("the body did not arrive in time") from error
    mode = _mode({**fields, **query})
    if data:
        return Picture(_checked(data), None, mode)
    if url := fields.get(names.IMAGE_URL):
        return Picture(None, url, mode)
    raise ImageMissingError("the call brings neither a file nor an address")


def _mode(fields: Mapping[str, str]) -> str:
    return names.SCAN if fields.get(names.MODE) == names.SCAN else names.PHOTO


def _pairs(raw: bytes) -> dict[str, str]:
    """Return the pairs of an urlencoded text."""
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(reversed(pairs))


def _announced(request: Request) -> int:
    """Return how many bytes the head says will come, 0 for an unknown number."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _checked(data: bytes) -> bytes:
    if len(data) >= FILE_LIMIT:
        raise ImageSizeError(f"the file has {len(data)} bytes")
    return data


async def _read_all(body: Body) -> bytes:
    """Return the whole body."""
    data = bytearray()
    async with aclosing(body.chunks()) as chunks:
        async for chunk in chunks:
            data += chunk
            _check_body(body)
    return bytes(data)


def _check_body(body: Body) -> None:
    """Refuse a body as soon as it is larger than any that holds a picture."""
    if body.size > _BODY_LIMIT:
        raise ImageSizeError("the body is larger than any picture")


def _text_fields(kind: bytes, data: bytes) -> dict[str, str]:
    """Return the fields of a body of text; none of one that is nothing we know."""
    if len(data) > _TEXT_LIMIT:
        return {}
    if kind == b"application/x-www-form-urlencoded":
        return _pairs(data)
    if b"json" not in kind:
        return {}
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    members = cast("dict[str, object]", value)
    return {name: text for name, text in members.items() if isinstance(text, str)}


async def _read_form(
    boundary: bytes, body: Body
) -> tuple[bytes | None, dict[str, str]]:
    """Return the first file of a multipart form and its fields of text.

    What is damaged ends the form: the parts before it count, for a client may end its
    form in a way of its own.
    """
    form = _Form()
    parser = _parser(boundary, form)
    async with aclosing(body.chunks()) as chunks:
        async for chunk in chunks:
            _check_body(body)
            try:
                if parser is not None:
                    parser.write(chunk)
            except FormParserError:
                parser = None
    return form.data, form.fields


def _parser(boundary: bytes, form: _Form) -> MultipartParser | None:
    """Return what cuts the body at a boundary, if it is one."""
    if not boundary:
        return None
    try:
        return MultipartParser(
            boundary,
            form.callbacks(),
            max_header_count=_HEAD_LIMIT,
            max_header_size=_HEAD_LIMIT,
        )
    except FormParserError:
        return None


class _Form:
    """Collects the parts of one form as the parser finds them."""

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.fields: dict[str, str] = {}
        self._parts = 0
        self._start()

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._start,
            "on_header_field": self._add_key,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_head,
            "on_part_data": self._add,
            "on_part_end": self._end,
        }

    def _start(self) -> None:
        self._parts += 1
        if self._parts > 1 + _PART_LIMIT:
            raise FormParserError("too many parts")
        self._head: dict[bytes, bytes] = {}
        self._head_size = 0
        self._key = bytearray()
        self._value = bytearray()
        self._content = bytearray()
        self._name = ""
        self._is_file = False

    def _add_key(self, data: bytes, start: int, end: int) -> None:
        self._key += data[start:end]
        self._count(end - start)

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._count(end - start)

    def _count(self, size: int) -> None:
        self._head_size += size
        if self._head_size > _HEAD_LIMIT:
            raise FormParserError("the head of a part is too large")

    def _end_header(self) -> None:
        self._head[bytes(self._key).lower()] = bytes(self._value)
        self._key.clear()
        self._value.clear()

    def _end_head(self) -> None:
        disposition = self._head.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition)
        kind, _ = parse_options_header(self._head.get(b"content-type", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = (
            b"filename" in options
            or _EXTENDED_FILENAME.search(disposition) is not None
            or self._name in names.FILE_PARTS
            or kind.startswith(b"image/")
            or kind == b"application/octet-stream"
        )

    def _add(self, data: bytes, start: int, end: int) -> None:
        if self._is_file or len(self._content) <= _TEXT_LIMIT:
            self._content += data[start:end]

    def _end(self) -> None:
        if not self._is_file:
            text = self._content[:_TEXT_LIMIT].decode("utf-8", "replace")
            self.fields.setdefault(self._name, text)
        elif not self.data:
            self.data = bytes(self._content)
