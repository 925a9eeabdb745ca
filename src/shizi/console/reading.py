"""Reading one picture for the page to try: it comes as bytes, a piece of page goes."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.requests import ClientDisconnect, Request

from shizi.console.gate import begin_visit, know_operator
from shizi.console.shown import Shown, show_card, show_text
from shizi.console.template import write_page
from shizi.console.trial import find_payer
from shizi.console.visit import check_origin
from shizi.core.api import Api
from shizi.core.errors import (
    CardNotFoundError,
    ImageMissingError,
    ImageSizeError,
    ShiziError,
)
from shizi.core.image import find_format
from shizi.web.body import FILE_LIMIT, Body, while_heard
from shizi.web.call import CallRecord, find_address, new_rid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from shizi.access.apps import App
    from shizi.access.quotas import Quota
    from shizi.console.parts import Parts
    from shizi.console.session import Sessions
    from shizi.console.visit import Visit

READ: Final = "/console/read"

_STAMP: Final = "x-shizi-stamp"

# What may be asked for; `auto` is first the licence, and the text where there is none.
_LICENCE, _TEXT = "licence", "text"

_log = logging.getLogger(__name__)


class _Outcome(NamedTuple):
    """What a picture gave.

    Attributes:
        api: What was called in the end.
        shown: What was read.
        reply: The same as the API tells it.
    """

    api: Api
    shown: Shown
    reply: Mapping[str, object]


@dataclass(slots=True)
class _Progress:
    """How far a call came, for the audit."""

    app: str | None = None
    format: str | None = None
    code: int | None = None


class Readings:
    """The endpoint that pictures are sent to; never fails."""

    def __init__(self, parts: Parts, sessions: Sessions) -> None:
        """Take what reads, and what tells who a browser is."""
        self._parts = parts
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one picture; what went wrong is a piece of page with status 200."""
        started = time.perf_counter()
        request = Request(scope)
        body = Body(receive)
        progress = _Progress()
        try:
            response = await self._respond(request, body, progress, started)
            await body.drain()
            await response(scope, receive, send)
        except ClientDisconnect:
            progress.code = None
        finally:
            self._parts.audit(
                CallRecord(
                    new_rid(),
                    READ,
                    find_address(request),
                    progress.app,
                    progress.format,
                    progress.code,
                    round((time.perf_counter() - started) * 1000),
                    body.size,
                )
            )

    async def _respond(
        self, request: Request, body: Body, progress: _Progress, started: float
    ) -> Response:
        visit = begin_visit(self._parts, self._sessions, request)
        try:
            check_origin(request)
            visit.session.check(request.headers.get(_STAMP, ""))
            visit = await know_operator(self._parts, visit)
            query = request.query_params
            app = await find_payer(self._parts, visit, query.get("app", ""))
            progress.app = app.id
            asked = query.get("kind", "")
            outcome = await while_heard(self._read(app, asked, body, progress), body)
            quota = await self._parts.service.quota(app, outcome.api)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - the last place to answer from
            return self._write_error(visit, error, progress)
        progress.code = 0
        seconds = time.perf_counter() - started
        return self._write(visit, outcome, app, quota, seconds)

    async def _read(
        self, app: App, asked: str, body: Body, progress: _Progress
    ) -> _Outcome:
        """Return what a picture gives, counted to an app."""
        data: bytes | None = None

        async def picture() -> bytes:
            nonlocal data
            if data is None:
                data = await _receive(body)
                progress.format = find_format(data)
            return data

        service, dialect = self._parts.service, self._parts.dialect
        may_try = asked == _LICENCE or Api.VEHICLE_LICENCE in app.apis
        if asked != _TEXT and may_try:
            try:
                card = await service.read_card(app, picture)
            except CardNotFoundError:
                if asked == _LICENCE:
                    raise
            else:
                return _Outcome(
                    Api.VEHICLE_LICENCE, show_card(card), dialect.card(card)
                )
        page = await service.read_text(app, picture)
        return _Outcome(Api.PRINTED_TEXT, show_text(page), dialect.text(page))

    def _write(
        self, visit: Visit, outcome: _Outcome, app: App, quota: Quota, seconds: float
    ) -> Response:
        request = visit.request
        address = f"{request.url.scheme}://{request.url.netloc}"
        file = request.query_params.get("name", "") or "picture.jpg"
        return write_page(
            visit,
            "result",
            shown=outcome.shown,
            json=json.dumps(outcome.reply, ensure_ascii=False, indent=2),
            commands=self._parts.dialect.example(outcome.api, address, file),
            app=app,
            quota=quota,
            seconds=seconds,
        )

    def _write_error(
        self, visit: Visit, error: Exception, progress: _Progress
    ) -> Response:
        if not isinstance(error, ShiziError):
            _log.error("reading for the console failed", exc_info=error)
        progress.code = self._parts.dialect.code(error)
        return write_page(
            visit,
            "fault",
            text=visit.words.of(error),
            code=progress.code,
        )


async def _receive(body: Body) -> bytes:
    """Return the picture that the browser sends.

    Raises:
        ImageMissingError: It did not arrive, or not in time.
        ImageSizeError: It is larger than the API takes.
        ClientDisconnect: The client has left.
    """
    try:
        data = await body.read()
    except TimeoutError as error:
        raise ImageMissingError("the picture did not arrive in time") from error
    if not data:
        raise ImageMissingError("no picture came")
    if len(data) >= FILE_LIMIT:
        raise ImageSizeError(f"the file has {len(data)} bytes")
    return data
