"""The endpoints of tokens and quotas: what an app does about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shizi.core.api import Api
from shizi.core.errors import (
    AppIdError,
    AppIdMissingError,
    DataFormatError,
    GrantTypeError,
    MethodError,
    PathError,
    PathForbiddenError,
    PathFormError,
)
from shizi.web.call import find_address
from shizi.wechat import names
from shizi.wechat.replies import ok_reply, quota_reply, token_reply
from shizi.wechat.requests import read_fields, read_object, read_query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from shizi.access.apps import App
    from shizi.web.body import Body
    from shizi.wechat.calls import Calls
    from shizi.wechat.replies import Reply

COUNTED: Final[Mapping[str, Api]] = {
    names.TEXT_PATH: Api.PRINTED_TEXT,
    names.LICENCE_PATH: Api.VEHICLE_LICENCE,
}
"""The paths of the calls that have a quota."""


class Accounts:
    """One method for each endpoint: from the request to the reply of a success."""

    def __init__(
        self, calls: Calls, admit: Callable[[Request], Awaitable[App]]
    ) -> None:
        """Take what answers the calls.

        Args:
            calls: What stands behind the endpoints.
            admit: Returns the app whose token a call carries.
        """
        self._calls = calls
        self._admit = admit

    async def token(self, request: Request, body: Body) -> Reply:
        """Return a new token of an app that proves its secret."""
        if request.method == "POST":
            sent = await read_fields(request, body)
        elif request.method == "GET":
            body.ignore()
            sent = read_query(request)
        else:
            raise MethodError(request.method)
        _check_grant(sent.get(names.GRANT_TYPE))
        app = await self._prove(request, sent.get(names.APP_ID), sent.get(names.SECRET))
        issued = await self._calls.issue_token(app)
        return token_reply(issued.token, issued.seconds)

    async def stable_token(self, request: Request, body: Body) -> Reply:
        """Return the stable token of an app that proves its secret."""
        _check_post(request)
        sent = await read_object(body)
        _check_grant(sent.get(names.GRANT_TYPE))
        renew = sent.get(names.FORCE_REFRESH)
        if renew not in {None, False, True}:
            raise DataFormatError("force_refresh is neither true nor false")
        app = await self._prove(
            request, _text(sent, names.APP_ID), _text(sent, names.SECRET)
        )
        issued = await self._calls.stable_token(app, renew=bool(renew))
        return token_reply(issued.token, issued.seconds)

    async def clear_quota(self, request: Request, body: Body) -> Reply:
        """Reset the counts of the app whose token a call carries."""
        _check_post(request)
        app = await self._admit(request)
        app_id = _text(await read_object(body), names.APP_ID)
        if not app_id:
            raise AppIdMissingError("the app id is missing")
        if app_id != app.id:
            raise AppIdError("the app id is not the one of the token")
        await self._calls.reset_usage(app)
        return ok_reply()

    async def clear_quota_by_secret(self, request: Request, body: Body) -> Reply:
        """Reset the counts of an app that proves its secret."""
        _check_post(request)
        sent = await read_fields(request, body)
        app = await self._prove(
            request, sent.get(names.APP_ID), sent.get(names.APP_SECRET)
        )
        await self._calls.reset_usage(app)
        return ok_reply()

    async def quota(self, request: Request, body: Body) -> Reply:
        """Return what an app may call today of the API that a path leads to."""
        _check_post(request)
        app = await self._admit(request)
        path = (await read_object(body)).get(names.CALL_PATH)
        if not isinstance(path, str) or not path.startswith("/"):
            raise PathFormError("a path begins with a slash and names no host")
        if "/sns/" in path:
            raise PathForbiddenError("the quotas of /sns/ are not told")
        if path not in COUNTED:
            raise PathError("no counted call has this path")
        return quota_reply(await self._calls.quota(app, COUNTED[path]))

    async def _prove(
        self, request: Request, app_id: str | None, secret: str | None
    ) -> App:
        """Return the app that proves its secret, and note it for the audit."""
        address = find_address(request)
        app = await self._calls.prove(app_id or None, secret or None, address=address)
        request.state.app = app.id
        return app


def _check_grant(kind: object) -> None:
    if kind != names.CLIENT_CREDENTIAL:
        raise GrantTypeError(f"only {names.CLIENT_CREDENTIAL} is granted")


def _check_post(request: Request) -> None:
    if request.method != "POST":
        raise MethodError(request.method)


def _text(sent: Mapping[str, object], name: str) -> str | None:
    """Return a member that must be text where it is there.

    Raises:
        DataFormatError: It is something else.
    """
    value = sent.get(name)
    if value is None or isinstance(value, str):
        return value
    raise DataFormatError(f"{name} is no text")
