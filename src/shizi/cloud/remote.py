"""Cloud calls to a server, signed as WeChat's SDK signs them."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any, Final, cast

import httpx

from shizi.cloud.call import failure, finish, pack
from shizi.core.errors import MessageError
from shizi.wechat import names
from shizi.wechat.errors import CLOUD_FAULTS
from shizi.wechat.protobuf import read_fields
from shizi.wechat.signature import Target, sign

if TYPE_CHECKING:
    from shizi.cloud.call import Params, Result

_FORM: Final = "multipart/form-data"
_REFUSALS: Final = {"INVALID_PARAM": -501007}
# The SDK's code for whatever goes wrong on the way.
_SYSTEM_ERROR: Final = -501001
_TEXTS: Final = {fault.code: fault.text for fault in CLOUD_FAULTS.values()}

# Fields of the `CommOpenApiResp`.
_REPLY_DATA: Final = 1
_REPLY_ERROR: Final = 3


class Remote:
    """Calls from synchronous code."""

    def __init__(self, url: str, *, app_id: str, secret: str, seconds: float) -> None:
        """Take a server, an app of it, and how long a call may take."""
        self._signer = _Signer(url, app_id, secret)
        self._client = httpx.Client(timeout=seconds)

    def call(self, api: str, data: Params) -> Result:
        """Return the result of an API.

        Raises:
            CloudError: The call failed.
        """
        try:
            response = self._client.send(self._signer.request(api, data))
        except httpx.HTTPError as error:
            raise failure(api, _SYSTEM_ERROR, _reason(error)) from error
        return _unpack(api, response)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class AsyncRemote:
    """Calls from asynchronous code."""

    def __init__(self, url: str, *, app_id: str, secret: str, seconds: float) -> None:
        """Take a server, an app of it, and how long a call may take."""
        self._signer = _Signer(url, app_id, secret)
        self._client = httpx.AsyncClient(timeout=seconds)

    async def call(self, api: str, data: Params) -> Result:
        """Return the result of an API.

        Raises:
            CloudError: The call failed.
        """
        try:
            response = await self._client.send(self._signer.request(api, data))
        except httpx.HTTPError as error:
            raise failure(api, _SYSTEM_ERROR, _reason(error)) from error
        return _unpack(api, response)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class _Signer:
    """Writes the calls of one app to one server."""

    def __init__(self, url: str, app_id: str, secret: str) -> None:
        self._url = httpx.URL(url.rstrip("/") + names.GATEWAY_PATH)
        self._app_id = app_id
        self._secret = secret

    def request(self, api: str, data: Params) -> httpx.Request:
        """Return a call, signed now."""
        # The id makes the signature of a repeated call another one.
        url = self._url.copy_with(query=f"seqId={uuid.uuid4().hex}".encode())
        params = {
            "action": names.PACKED_CALL.encode(),
            "apiName": api.encode(),
            "requestData": pack(data),
        }
        request = httpx.Request(
            "POST",
            url,
            files={
                name: (None, value, "application/octet-stream")
                if name == "requestData"
                else (None, value)
                for name, value in params.items()
            },
        )
        now = int(time.time())
        signature = sign(
            self._app_id,
            target=Target(
                request.headers["host"],
                url.raw_path.partition(b"?")[0].decode("ascii"),
                url.query.decode("ascii"),
            ),
            headers={"content-type": _FORM, "host": request.headers["host"].lower()},
            params={name.lower(): value for name, value in params.items()},
            now=now,
        )
        request.headers["x-timestamp"] = str(now)
        request.headers["authorization"] = (
            f"TC3-HMAC-SHA256 Credential={self._app_id}/{signature.scope},"
            f" SignedParams={';'.join(params).lower()},"
            " SignedHeaders=content-type;host,"
            f" Signature={signature.compute(self._secret)}"
        )
        return request


def _reason(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def _unpack(api: str, response: httpx.Response) -> Result:
    """Return the result that a response holds.

    Raises:
        CloudError: It holds an error, or nothing that could be understood.
    """
    try:
        response.raise_for_status()
        if response.headers.get("content-type", "").startswith("application/json"):
            refusal: dict[str, Any] = response.json()
            code = _REFUSALS.get(refusal["code"], _SYSTEM_ERROR)
            raise failure(api, code, refusal["message"])
        fields = dict(read_fields(response.content))
        if isinstance(number := fields.get(_REPLY_ERROR), int):
            code = number - (1 << 64) if number >> 63 else number
            raise failure(api, code, _TEXTS.get(code, f"error code: {code}"))
        reply: dict[str, Any] = json.loads(cast("bytes", fields[_REPLY_DATA]))
    except (httpx.HTTPStatusError, MessageError, ValueError, KeyError) as error:
        raise failure(api, _SYSTEM_ERROR, "the server gave no reply") from error
    return finish(api, reply)
