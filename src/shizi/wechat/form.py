"""Forms, `multipart/form-data`: cut into their parts in memory, within bounds."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shizi.wechat import names

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

    from shizi.web.body import Body

# 64 KiB: no address is longer; keeps the parsing of text short.
TEXT_LIMIT = 64 * 1024

# 200 parts, 8 KiB: no client's form has more than a dozen, with heads of 200 bytes.
_PART_LIMIT = 200
_HEAD_LIMIT = 8 * 1024

_EXTENDED_FILENAME = re.compile(rb";\s*filename\*\s*=", re.IGNORECASE)


async def read_form(boundary: bytes, body: Body) -> Form:
    """Return the first file of a multipart form and its fields of text.

    What is damaged ends the form: the parts before it count, for a client may end its
    form in a way of its own.

    Raises:
        ImageSizeError: The body is larger than any that holds a picture.
        TimeoutError: The body did not come in time.
        ClientDisconnect: The client has left.
    """
    form = Form()
    parser = _parser(boundary, form)
    preamble = _Preamble(boundary)
    async with aclosing(body.chunks()) as chunks:
        async for chunk in chunks:
            try:
                if parser is not None:
                    parser.write(preamble.cut(chunk))
            except FormParserError:
                parser = None
    if parser is not None:
        form.close()
    return form


def _parser(boundary: bytes, form: Form) -> MultipartParser | None:
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


class _Preamble:
    """What may stand before the first boundary, which the parser does not know."""

    def __init__(self, boundary: bytes) -> None:
        self._opening = b"\r\n--" + boundary
        self._seen = b"\r\n"
        self._is_over = False

    def cut(self, chunk: bytes) -> bytes:
        """Return what the chunk holds from the first boundary on."""
        if self._is_over:
            return chunk
        self._seen += chunk
        begin = self._seen.find(self._opening)
        self._is_over = begin >= 0
        if self._is_over:
            return self._seen[begin + 2 :]
        self._seen = self._seen[-len(self._opening) :]
        return b""


class Form:
    """Collects the parts of one form as the parser finds them.

    Attributes:
        data: The first file that is not empty.
        fields: The parts of text by name; of several the first.
    """

    def __init__(self) -> None:
        """Begin with no part."""
        self.data: bytes | None = None
        self.fields: dict[str, str] = {}
        self._parts = 0
        self._start()

    def callbacks(self) -> MultipartCallbacks:
        """Return what the parser shall tell of each part."""
        return {
            "on_part_begin": self._start,
            "on_header_field": self._add_key,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_head,
            "on_part_data": self._add,
            "on_part_end": self._end,
        }

    def close(self) -> None:
        """End a part that the body ended in, without the boundary that was due."""
        if self._is_open:
            self._end()

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
        self._is_open = False

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
        self._is_open = True

    def _add(self, data: bytes, start: int, end: int) -> None:
        if self._is_file or len(self._content) <= TEXT_LIMIT:
            self._content += data[start:end]

    def _end(self) -> None:
        self._is_open = False
        if not self._is_file:
            text = self._content[:TEXT_LIMIT].decode("utf-8", "replace")
            self.fields.setdefault(self._name, text)
        elif not self.data:
            self.data = bytes(self._content)
