"""The cloud call's gateway: what `wx-server-sdk` calls, one address for all APIs.

The SDK sends an API's name, the parameters packed as a message, and a signature by the
app's id and secret; it wants the reply packed likewise. Its older `callOpenAPI` sends
and takes JSON instead.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from python_multipart.multipart import parse_options_header
from starlette.responses import Response

from shizi.core.errors import (
    ApiForbiddenError,
    BusyError,
    ImageSizeError,
    MessageError,
    MethodError,
    SignatureError,
    UnknownCallError,
)
from shizi.web.call import find_address
from shizi.wechat import names
from shizi.wechat.errors import CLOUD_FAULTS, tell
from shizi.wechat.form import TEXT_LIMIT, read_form
from shizi.wechat.message import pack_error, pack_reply, read_packed, read_plain
from shizi.wechat.readings import Readings
from shizi.wechat.replies import Reply, WechatResponse, error_reply
from shizi.wechat.signature import read_signature

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from starlette.requests import Request

    from shizi.web.body import Body
    from shizi.wechat.calls import Calls, Fetch
    from shizi.wechat.errors import Fault
    from shizi.wechat.readings import Reading
    from shizi.wechat.requests import Picture

# What the SDK is told of a call that the gateway itself refuses.
_REFUSALS = {
    SignatureError: "SIGN_PARAM_INVALID",
    MessageError: "INVALID_PARAM",
}


# 32 bodies of strangers at a time: who signs is known only once the whole call is
# there, and each may take 2 MiB, three times over while it is cut up; 200 MB in all.
_STRANGERS = 32
# Seconds that a call waits for its turn among them. A body has 10 s to arrive, so
# callers that send nothing are gone by then.
_TURN_SECONDS = 10.0

# What the SDK is told by a number, for it reached no API.
_GATEWAY_FAULTS = (
    CLOUD_FAULTS[UnknownCallError],
    CLOUD_FAULTS[ApiForbiddenError],
)


class Gateway:
    """Answers cloud calls, and writes what came of them."""

    def __init__(self, calls: Calls, fetch: Fetch) -> None:
        """Take what admits and reads, and what gets a picture by its address."""
        readings = Readings(calls, fetch)
        self._calls = calls
        self._strangers = asyncio.Semaphore(_STRANGERS)
        self._readings: Mapping[str, Reading] = {
            names.TEXT_API: readings.text,
            names.LICENCE_API: readings.licence,
            names.LICENCE_API_NOW: readings.licence,
        }

    async def answer(self, request: Request, body: Body) -> Reply:
        """Return the reply of the API that is called."""
        if request.method != "POST":
            body.ignore()
            raise MethodError(request.method)
        async with self._turn():
            params = await _read_params(request, body)
            signature = read_signature(request, params)
            address = find_address(request)
            app = await self._calls.admit_signed(signature, address=address)
        request.state.app = app.id  # for the audit
        action = params.get("action", b"").decode("utf-8", "replace")
        if action != (names.PACKED_CALL if _is_form(request) else names.PLAIN_CALL):
            raise MessageError("only cloud calls of APIs are answered here")
        name = params.get("apiname", b"").decode("utf-8", "replace")
        reading = self._readings.get(name)
        if reading is None:
            raise UnknownCallError("no API has this name")
        request.state.call = f"{names.GATEWAY_PATH} {name}"
        read = read_packed if _is_form(request) else read_plain
        data = params.get("requestdata", b"")

        async def source() -> Picture:
            return read(data)

        return await reading(request, app, source)

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Take a place among the strangers whose bodies are held.

        Raises:
            BusyError: None came free in time.
        """
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                await self._strangers.acquire()
        except TimeoutError as error:
            raise BusyError("too many calls are yet to be signed") from error
        try:
            yield
        finally:
            self._strangers.release()

    def write_reply(self, request: Request, reply: Reply, rid: str) -> Response:
        """Return a reply as the SDK unpacks it."""
        text = WechatResponse(reply).body
        if _is_form(request):
            return _packed(pack_reply(bytes(text)))
        data = {"responseData": bytes(text).decode()}
        return WechatResponse({"data": data, "requestId": rid})

    def write_error(
        self, request: Request, error: BaseException, rid: str
    ) -> tuple[int, Response]:
        """Return an error as the SDK throws it."""
        fault = tell(error, CLOUD_FAULTS)
        return fault.code, self._write_error(request, error, fault, rid)

    def _write_error(
        self, request: Request, error: BaseException, fault: Fault, rid: str
    ) -> Response:
        reply = error_reply(fault, rid)
        if request.method != "POST":
            return WechatResponse(reply)
        for kind, code in _REFUSALS.items():
            if isinstance(error, kind):
                message = f"{error} rid: {rid}"
                return WechatResponse(
                    {"code": code, "message": message, "requestId": rid}
                )
        if _is_form(request) and fault in _GATEWAY_FAULTS:
            return _packed(pack_error(fault.code))
        return self.write_reply(request, reply, rid)


def _is_form(request: Request) -> bool:
    """Return whether the parameters are packed and the reply shall be."""
    return request.headers.get("content-type", "").startswith("multipart/")


def _packed(message: bytes) -> Response:
    # The SDK takes a reply in `application/json; charset=utf-8` for a refusal.
    return Response(message, media_type="application/octet-stream")


async def _read_params(request: Request, body: Body) -> dict[str, bytes]:
    """Return the parameters of a call, by their names in lower case.

    Raises:
        MessageError: The body is neither a form nor JSON, or did not come in time.
        ImageSizeError: The body is larger than any that holds a picture.
        ClientDisconnect: The client has left.
    """
    header = request.headers.get("content-type", "")
    _, options = parse_options_header(header)
    try:
        if _is_form(request):
            form = await read_form(options.get(b"boundary", b""), body)
            params: dict[str, bytes] = {
                name.lower(): text.encode() for name, text in form.fields.items()
            }
            if form.data is not None:
                params["requestdata"] = form.data
            return params
        text = await body.read(TEXT_LIMIT)
    except TimeoutError as error:
        raise MessageError("the call did not arrive in time") from error
    except ImageSizeError as error:
        if _is_form(request):
            raise
        raise MessageError("the call is too long") from error
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageError("the call is neither a form nor JSON") from error
    if not isinstance(value, dict):
        raise MessageError("the call is no JSON object")
    members = cast("dict[str, object]", value)
    return {name.lower(): _stringify(member) for name, member in members.items()}


def _stringify(value: object) -> bytes:
    """Return a member as the SDK signs it."""
    if isinstance(value, str):
        text = value
    else:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
