"""HTTP as it arrives: uvicorn's protocol, with bounds and what clients really send.

uvicorn has neither deadline nor limit for a request's head, nor a limit for trailers,
and refuses URLs with raw UTF-8, which some of WeChat's clients send inside img_url.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

# A client that has not sent a whole head by then is dropped.
_HEAD_SECONDS = 20.0
# 64 KiB: eight times the longest address that is fetched. So much may come, and one
# read of the socket (256 KiB) before it, without a head ending or a byte of a body.
_SILENT_BYTES = 64 * 1024
_RAW_TARGET = re.compile(rb"[A-Z]+ [^\r\n]*[\x80-\xff]")


class Protocol(HttpToolsProtocol):
    """One connection."""

    _deadline: asyncio.TimerHandle | None = None
    _silent = 0
    _told = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, percent-encoding what is not ASCII in a request line."""
        if _RAW_TARGET.match(data):
            line, end, rest = data.partition(b"\r\n")
            ascii_line = b"".join(
                b"%%%02X" % byte if byte > 0x7F else bytes([byte])  # noqa: PLR2004 - the last ASCII code
                for byte in line
            )
            data = ascii_line + end + rest
        self._told = False
        super().data_received(data)
        self._silent = 0 if self._told else self._silent + len(data)
        if self._silent > _SILENT_BYTES and not self.transport.is_closing():
            if self._deadline is None:  # the reply may be under way
                self.transport.close()
            else:
                self.send_400_response("the head is too large")

    def on_message_begin(self) -> None:
        """Begin to wait for the head of a further request."""
        self._told = True
        super().on_message_begin()
        if self._deadline is None:
            self._await_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; none that comes behind the body, where nobody looks."""
        if self._deadline is not None:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._told = True
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Stop waiting; what follows has deadlines of its own."""
        self._told = True
        self._head_came()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are no request as the API answers everything: in JSON."""
        body = json.dumps({"errcode": 40066, "errmsg": f"invalid url: {msg}"}).encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\n"
            b"content-type: application/json; charset=utf-8\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(body), body)
        )
        self.transport.close()

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(_HEAD_SECONDS, self._drop)

    def _head_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _drop(self) -> None:
        self._deadline = None
        self.transport.close()
