"""The endpoints that WeChat's clients call."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import Route

from shizi.core.errors import ApiForbiddenError, MethodError, UnknownCallError
from shizi.wechat import names
from shizi.wechat.accounts import Accounts
from shizi.wechat.endpoint import Endpoint
from shizi.wechat.gateway import Gateway
from shizi.wechat.origin import Friends
from shizi.wechat.readings import Readings
from shizi.wechat.reference import build_reference
from shizi.wechat.requests import read_picture, read_query, read_token

if TYPE_CHECKING:
    from starlette.requests import Request

    from shizi.access.apps import App
    from shizi.web.body import Body
    from shizi.web.call import Audit
    from shizi.wechat.calls import Calls, Fetch
    from shizi.wechat.endpoint import Answer
    from shizi.wechat.readings import Reading
    from shizi.wechat.replies import Reply


def build_routes(
    calls: Calls, *, fetch: Fetch, audit: Audit, friends: Friends | None = None
) -> list[Route]:
    """Return the endpoints, and an answer for every other path beside them.

    Args:
        calls: What answers the calls.
        fetch: Returns the file behind an address; raises `ImageFetchError`.
        audit: Told once of every call, on the event loop.
        friends: Who may bring tokens of WeChat's own; nobody by default.
    """
    answers = _Answers(calls, fetch, friends or Friends())
    accounts = Accounts(calls, answers.admit)
    endpoints: dict[str, Answer] = {
        names.TOKEN_PATH: accounts.token,
        names.STABLE_TOKEN_PATH: accounts.stable_token,
        names.CLEAR_QUOTA_PATH: accounts.clear_quota,
        names.CLEAR_QUOTA_BY_SECRET_PATH: accounts.clear_quota_by_secret,
        names.QUOTA_PATH: accounts.quota,
        names.OPEN_DATA_PATH: answers.open_data,
        names.TEXT_PATH: answers.text,
        names.LICENCE_PATH: answers.licence,
    }
    gateway = Gateway(calls, fetch)
    cloud = Endpoint(names.GATEWAY_PATH, gateway.answer, audit, dialect=gateway)
    unknown = Endpoint("unknown", answers.unknown, audit)
    routes = {path: Endpoint(path, call, audit) for path, call in endpoints.items()}
    routes |= {f"{folder}{{rest:path}}": unknown for folder in names.CALL_FOLDERS}
    return [
        *(Route(path, endpoint) for path, endpoint in routes.items()),
        # Clients add the path to a base URL that may end with a slash of its own.
        *(Route(f"/{path}", endpoint) for path, endpoint in routes.items()),
        Route(names.GATEWAY_PATH, cloud),
        *build_reference(),
    ]


class _Answers:
    """One method for each endpoint: from the request to the reply of a success."""

    def __init__(self, calls: Calls, fetch: Fetch, friends: Friends) -> None:
        self._calls = calls
        self._readings = Readings(calls, fetch)
        self._friends = friends

    async def text(self, request: Request, body: Body) -> Reply:
        return await self._read(request, body, self._readings.text)

    async def licence(self, request: Request, body: Body) -> Reply:
        return await self._read(request, body, self._readings.licence)

    async def _read(self, request: Request, body: Body, reading: Reading) -> Reply:
        """Return the reply of an OCR call."""
        query = read_query(request)
        # The documents' examples also GET, with the address in the URL.
        by_address = request.method == "GET" and query.get(names.IMAGE_URL)
        if request.method != "POST" and not by_address:
            raise MethodError(request.method)
        app = await self.admit(request)
        return await reading(request, app, partial(read_picture, request, body))

    async def open_data(self, _: Request, body: Body) -> Reply:
        # What WeChat knows of its users, and no server but WeChat's.
        body.ignore()
        raise ApiForbiddenError("there is no open data here")

    async def admit(self, request: Request) -> App:
        """Return the app that calls, and note it for the audit."""
        token = read_token(read_query(request))
        trusted = self._friends.know(request)
        app = await self._calls.admit(token, trusted=trusted)
        request.state.app = app.id
        return app

    async def unknown(self, _: Request, body: Body) -> Reply:
        body.ignore()
        raise UnknownCallError("no such call")
