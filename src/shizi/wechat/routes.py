"""The endpoints that WeChat's clients call."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route

from shizi.core.errors import (
    GrantTypeError,
    MethodError,
    ShiziError,
    UnknownCallError,
)
from shizi.wechat import names
from shizi.wechat.body import Body
from shizi.wechat.errors import tell
from shizi.wechat.replies import (
    Reply,
    WechatResponse,
    error_reply,
    new_rid,
    text_reply,
    token_reply,
)
from shizi.wechat.requests import read_picture, read_query, read_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from shizi.access.apps import App
    from shizi.core.text import Page

_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)


class Issued(Protocol):
    """A token just issued."""

    @property
    def token(self) -> str:
        """The token, to be told once."""
        ...

    @property
    def seconds(self) -> int:
        """Its lifetime."""
        ...


class Calls(Protocol):
    """What stands behind the endpoints; called on the event loop."""

    async def issue_token(self, app_id: str | None, secret: str | None) -> Issued:
        """Return a new token for an app.

        Raises:
            AccessError: Id or secret is missing or wrong.
        """
        ...

    async def admit(self, token: str | None) -> App:
        """Return the app that a token speaks for.

        Args:
            token: As the caller sent it, or none.

        Raises:
            AccessError: The token is missing, unknown or expired.
        """
        ...

    async def read_text(
        self, app: App, picture: Callable[[], Awaitable[bytes]]
    ) -> Page:
        """Return the text of a picture, counted to an app.

        Args:
            app: Who calls, as `admit` told.
            picture: Returns the file; awaited once, after the call was counted.

        Raises:
            ShiziError: The app may not call, or the picture cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call that has ended, for the audit.

    Attributes:
        rid: The id that the reply carries.
        path: The path of the endpoint, or `unknown`.
        app: The id of the app that called, once it is known.
        code: The `errcode` told; none if the client left before it.
        milliseconds: From the head's arrival to the reply.
        size: Bytes of the body that came.
    """

    rid: str
    path: str
    app: str | None
    code: int | None
    milliseconds: int
    size: int


Audit: TypeAlias = Callable[[CallRecord], None]
Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
_Answer: TypeAlias = Callable[[Request, Body], Coroutine[object, object, Reply]]


def build_routes(calls: Calls, *, fetch: Fetch, audit: Audit) -> list[Route]:
    """Return the endpoints, and an answer for every other path beside them.

    Args:
        calls: What answers the calls.
        fetch: Returns the file behind an address; raises `ImageFetchError`.
        audit: Told once of every call, on the event loop.
    """
    answers = _Answers(calls, fetch)
    endpoints = [
        Route(names.TOKEN_PATH, _Endpoint(names.TOKEN_PATH, answers.token, audit)),
        Route(names.TEXT_PATH, _Endpoint(names.TEXT_PATH, answers.text, audit)),
    ]
    unknown = _Endpoint("unknown", answers.unknown, audit)
    others = [Route(f"{folder}{{rest:path}}", unknown) for folder in names.CALL_FOLDERS]
    return endpoints + others


class _Answers:
    """One method for each endpoint: from the request to the reply of a success."""

    def __init__(self, calls: Calls, fetch: Fetch) -> None:
        self._calls = calls
        self._fetch = fetch

    async def token(self, request: Request, body: Body) -> Reply:
        body.ignore()
        if request.method not in {"GET", "POST"}:
            raise MethodError(request.method)
        query = read_query(request)
        if query.get(names.GRANT_TYPE) != names.CLIENT_CREDENTIAL:
            raise GrantTypeError(f"only {names.CLIENT_CREDENTIAL} is granted")
        issued = await self._calls.issue_token(
            query.get(names.APP_ID) or None, query.get(names.SECRET) or None
        )
        return token_reply(issued.token, issued.seconds)

    async def text(self, request: Request, body: Body) -> Reply:
        query = read_query(request)
        # The documents' examples also GET, with the address in the URL.
        by_address = request.method == "GET" and query.get(names.IMAGE_URL)
        if request.method != "POST" and not by_address:
            raise MethodError(request.method)

        async def picture() -> bytes:
            found = await read_picture(request, body)
            if found.data is not None:
                return found.data
            return await self._fetch(found.url or "")

        app = await self._admit(request, query)
        return text_reply(await self._calls.read_text(app, picture))

    async def _admit(self, request: Request, query: Mapping[str, str]) -> App:
        """Return the app that calls, and note it for the audit."""
        app = await self._calls.admit(read_token(query))
        request.state.app = app.id
        return app

    async def unknown(self, _: Request, body: Body) -> Reply:
        body.ignore()
        raise UnknownCallError("no such call")


class _Endpoint:
    """Turns one answer into an ASGI application that never fails.

    An application, not a function: the router then passes on every method, and a wrong
    one gets its errcode.
    """

    def __init__(self, path: str, answer: _Answer, audit: Audit) -> None:
        self._path = path
        self._answer = answer
        self._audit = audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        rid = new_rid()
        body = Body(receive)
        request = Request(scope)
        request.state.app = None
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
                    rid, self._path, request.state.app, code, milliseconds, body.size
                )
            )

    async def _respond(
        self, request: Request, body: Body, rid: str
    ) -> tuple[int, WechatResponse]:
        """Return the errcode and the reply, of a success or of an error."""
        try:
            reply = await _while_heard(self._answer(request, body), body)
            return 0, WechatResponse(reply)
        except ClientDisconnect:
            raise
        except ShiziError as error:
            fault = tell(error)
        except Exception as error:  # noqa: BLE001 - the last place to answer from
            _log.exception("call %s to %s failed", rid, self._path)
            fault = tell(error)
        return fault.code, WechatResponse(error_reply(fault, rid))


async def _while_heard(work: Coroutine[object, object, _Result], body: Body) -> _Result:
    """Return the work's result; end the work when the client leaves.

    Raises:
        ClientDisconnect: The client has left.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(body.gone())
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)
