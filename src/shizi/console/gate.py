"""The gate before each page: who comes, may they, and is the form theirs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import parse_qsl, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from shizi.access.operator import find_generation
from shizi.console.session import Session
from shizi.console.template import write_page
from shizi.console.visit import Visit, check_origin, find_words, is_local
from shizi.core.errors import (
    AccessError,
    ForgedFormError,
    FormError,
    ImageSizeError,
    InputError,
    LoginError,
    ShiziError,
    ThrottledError,
    UnknownCallError,
)
from shizi.web.body import Body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from shizi.console.parts import Parts
    from shizi.console.session import Sessions

Answer: TypeAlias = Callable[[Visit], Awaitable[Response]]
"""Returns a page; raises what went wrong."""

LOGIN: Final = "/console/login"

# 64 KiB, 100 fields: the longest form has a dozen short ones.
_FORM_LIMIT: Final = 64 * 1024
_FIELDS: Final = 100

_STATUS: Final[Mapping[type[ShiziError], int]] = {
    UnknownCallError: 404,
    ThrottledError: 429,
    AccessError: 403,
    InputError: 400,
    ShiziError: 503,
}

_log = logging.getLogger(__name__)


class Gate:
    """Turns one answer into an ASGI application that never fails."""

    def __init__(
        self,
        parts: Parts,
        sessions: Sessions,
        answer: Answer,
        *,
        is_private: bool = False,
    ) -> None:
        """Take what is behind the gate.

        Args:
            parts: What tells who the operator is.
            sessions: What tells who a browser is.
            answer: Returns the page.
            is_private: Whether the page is the operator's.
        """
        self._parts = parts
        self._sessions = sessions
        self._answer = answer
        self._is_private = is_private

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        body = Body(receive)
        try:
            response = await self._respond(request, body)
            await body.drain()
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request, body: Body) -> Response:
        visit = begin_visit(self._parts, self._sessions, request)
        try:
            visit = await self._let_in(visit, body)
            response = await self._answer(visit)
        except LoginError:
            response = _to_login(request)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - the last place to answer from
            response = write_error(visit, error)
        # A page that logs in or out has written another one.
        if visit.is_new and "set-cookie" not in response.headers:
            self._sessions.write(request, response, visit.session)
        return response

    async def _let_in(self, visit: Visit, body: Body) -> Visit:
        """Return the visit with what it took to let it in.

        Raises:
            LoginError: The page is the operator's.
            ForgedFormError: The form comes from elsewhere.
            StoreError: The store failed.
        """
        visit = await know_operator(self._parts, visit)
        if self._is_private and not visit.is_operator:
            raise LoginError("this page is the operator's")
        if visit.request.method == "POST":
            check_origin(visit.request)
            visit = replace(visit, form=await _read_form(body))
            visit.session.check(visit.said("stamp"))
        return visit


def begin_visit(parts: Parts, sessions: Sessions, request: Request) -> Visit:
    """Return a visit of a request; whose it is `know_operator` finds out."""
    session = sessions.read(request)
    return Visit(
        request,
        session or Session(),
        is_operator=False,
        is_local=parts.is_open and is_local(request),
        words=find_words(request),
        is_new=session is None,
    )


async def know_operator(parts: Parts, visit: Visit) -> Visit:
    """Return the visit with whether it is the operator's.

    Raises:
        StoreError: The store failed.
    """
    generation = visit.session.generation
    if generation is None:
        return visit
    known = generation == await find_generation(parts.store)
    return replace(visit, is_operator=known)


def write_error(visit: Visit, error: Exception) -> Response:
    """Return the page of an error, and log what is no visitor's fault."""
    if not isinstance(error, ShiziError):
        _log.error("console page failed", exc_info=error)
    elif not isinstance(error, (AccessError, InputError)):
        _log.warning("console page failed: %s", error)
    status = next(
        (_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500
    )
    detail = str(error) if isinstance(error, FormError) else ""
    return write_page(
        visit, "error", status=status, text=visit.words.of(error), detail=detail
    )


def _to_login(request: Request) -> Response:
    """Lead to the log-in, and from there back."""
    query = urlencode({"to": request.url.path}) if request.method == "GET" else ""
    return RedirectResponse(f"{LOGIN}?{query}".rstrip("?"), 303)


async def _read_form(body: Body) -> dict[str, str]:
    """Return the fields of a form; of several with a name the texts, by spaces.

    Raises:
        ForgedFormError: It is nothing that a page of ours sends.
    """
    try:
        data = await body.read(_FORM_LIMIT)
        if b"%00" in data:  # no field has one, and PostgreSQL takes none
            raise ForgedFormError("the form holds a NUL")
        pairs = parse_qsl(data.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except (ImageSizeError, TimeoutError, ValueError) as error:
        raise ForgedFormError("the form did not arrive whole") from error
    form: dict[str, str] = {}
    for name, text in pairs:
        form[name] = f"{form[name]} {text}" if name in form else text
    return form
