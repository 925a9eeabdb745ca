"""One endpoint: from the head's arrival to the reply and its line in the audit."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Protocol, TypeAlias

from starlette.requests import ClientDisconnect, Request

from shizi.core.errors import ShiziError
from shizi.web.body import Body, while_heard
from shizi.web.call import CallRecord, find_address, new_rid
from shizi.wechat.errors import tell
from shizi.wechat.replies import Reply, WechatResponse, error_reply

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from shizi.web.call import Audit

_log = logging.getLogger(__name__)


Answer: TypeAlias = Callable[[Request, Body], Coroutine[object, object, Reply]]
"""Returns the reply of a success; raises what went wrong."""


class Dialect(Protocol):
    """How the clients of an endpoint are told what came of a call."""

    def write_reply(self, request: Request, reply: Reply, rid: str, /) -> Response:
        """Return the response of a success."""
        ...

    def write_error(
        self, request: Request, error: BaseException, rid: str, /
    ) -> tuple[int, Response]:
        """Return the errcode and the response of a call that failed."""
        ...


class PlainDialect:
    """The HTTPS calls': JSON with an errcode."""

    def write_reply(self, _request: Request, reply: Reply, _rid: str) -> Response:
        """Return the reply as it is."""
        return WechatResponse(reply)

    def write_error(
        self, _request: Request, error: BaseException, rid: str
    ) -> tuple[int, Response]:
        """Return the fault as the documents tell it."""
        fault = tell(error)
        return fault.code, WechatResponse(error_reply(fault, rid))


_PLAIN: Dialect = PlainDialect()


class Endpoint:
    """Turns one answer into an ASGI application that never fails.

    An application, not a function: the router then passes on every method, and a wrong
    one gets its errcode.
    """

    def __init__(
        self, path: str, answer: Answer, audit: Audit, *, dialect: Dialect = _PLAIN
    ) -> None:
        """Take what answers and what is told of every call.

        Args:
            path: What the audit calls the endpoint.
            answer: Returns the reply of a success.
            audit: Told once of every call, on the event loop.
            dialect: Writes the responses.
        """
        self._path = path
        self._answer = answer
        self._audit = audit
        self._dialect = dialect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        started = time.perf_counter()
        rid = new_rid()
        request = Request(scope)
        body = Body(receive, _announced(request))
        request.state.app = request.state.format = None
        request.state.call = self._path
        code: int | None = None
        try:
            code, response = await self._respond(request, body, rid)
            await body.drain()
            await response(scope, receive, send)
        except ClientDisconnect:
            code = None
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000)
            self._audit(
                CallRecord(
                    rid,
                    request.state.call,
                    find_address(request),
                    request.state.app,
                    request.state.format,
                    code,
                    milliseconds,
                    body.size,
                )
            )

    async def _respond(
        self, request: Request, body: Body, rid: str
    ) -> tuple[int, Response]:
        """Return the errcode and the reply, of a success or of an error."""
        try:
            reply = await while_heard(self._answer(request, body), body)
            return 0, self._dialect.write_reply(request, reply, rid)
        except ClientDisconnect:
            raise
        except ShiziError as error:
            return self._dialect.write_error(request, error, rid)
        except Exception as error:  # noqa: BLE001 - the last place to answer from
            _log.exception("call %s to %s failed", rid, self._path)
            return self._dialect.write_error(request, error, rid)


def _announced(request: Request) -> int:
    """Return how many bytes the head says will come, 0 for an unknown number."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0
