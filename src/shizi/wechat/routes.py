"""The endpoints that WeChat's clients call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from shizi.core.errors import GrantTypeError, MethodError, UnknownCallError
from shizi.wechat import names
from shizi.wechat.endpoint import Endpoint
from shizi.wechat.replies import text_reply, token_reply
from shizi.wechat.requests import read_picture, read_query, read_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from shizi.access.apps import App
    from shizi.wechat.body import Body
    from shizi.wechat.calls import Calls, Fetch
    from shizi.wechat.endpoint import Audit
    from shizi.wechat.replies import Reply


def build_routes(calls: Calls, *, fetch: Fetch, audit: Audit) -> list[Route]:
    """Return the endpoints, and an answer for every other path beside them.

    Args:
        calls: What answers the calls.
        fetch: Returns the file behind an address; raises `ImageFetchError`.
        audit: Told once of every call, on the event loop.
    """
    answers = _Answers(calls, fetch)
    endpoints = [
        Route(names.TOKEN_PATH, Endpoint(names.TOKEN_PATH, answers.token, audit)),
        Route(names.TEXT_PATH, Endpoint(names.TEXT_PATH, answers.text, audit)),
    ]
    unknown = Endpoint("unknown", answers.unknown, audit)
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
