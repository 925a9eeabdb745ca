"""The endpoints as an OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from shizi.wechat import names, schema
from shizi.wechat.errors import FAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.wechat.replies import Reply

_JSON: Final = "application/json"
_TEXT: Final[Reply] = {"type": "string"}


def _parameter(name: str, text: str, *, required: bool = False) -> Reply:
    """Return a parameter of the query."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": text,
        "schema": _TEXT,
    }


_TOKEN_PARAMETERS: Final = (
    {
        **_parameter(names.GRANT_TYPE, "the kind of grant", required=True),
        "schema": {"const": names.CLIENT_CREDENTIAL},
    },
    _parameter(names.APP_ID, "the app's id", required=True),
    _parameter(names.SECRET, "the app's secret", required=True),
)
_SECRET: Final = (
    _parameter(names.APP_ID, "the app's id", required=True),
    _parameter(names.APP_SECRET, "the app's secret", required=True),
)
_STABLE_TOKEN: Final[Reply] = {
    names.GRANT_TYPE: {"const": names.CLIENT_CREDENTIAL},
    names.APP_ID: _TEXT,
    names.SECRET: _TEXT,
    names.FORCE_REFRESH: {"type": "boolean"},
}
_TOKENS: Final = (
    _parameter(names.ACCESS_TOKEN, "the token"),
    _parameter(names.CLOUD_ACCESS_TOKEN, "the token, by its other name"),
)
_CALL_PARAMETERS: Final = (
    *_TOKENS,
    _parameter(names.IMAGE_URL, "address of the picture; a body is then ignored"),
)
_LICENCE_PARAMETERS: Final = (
    _parameter(names.MODE, "`photo` or `scan`; how a licence lies is seen without it"),
    _parameter(names.DETAIL, "`1` adds scores, places and further fields"),
)


def describe(version: str) -> Reply:
    """Return the document, of OpenAPI 3.1.

    Args:
        version: The program's.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "shizi",
            "version": version,
            "summary": "WeChat's OCR open API, served by yourself",
            "description": (
                "A call is answered by HTTP 200 and a JSON object, whatever came of it;"
                " `errcode` tells, and 0 is a success."
            ),
        },
        "paths": {
            names.TOKEN_PATH: _both("An access token", "Token", _TOKEN_PARAMETERS),
            names.STABLE_TOKEN_PATH: _post(
                "The app's one stable token", "Token", body=_STABLE_TOKEN
            ),
            names.QUOTA_PATH: _post(
                "What is left of the day",
                "Quota",
                _TOKENS,
                {names.CALL_PATH: {"enum": [names.TEXT_PATH, names.LICENCE_PATH]}},
            ),
            names.CLEAR_QUOTA_PATH: _post(
                "The day's counts reset", "Done", _TOKENS, {names.APP_ID: _TEXT}
            ),
            names.CLEAR_QUOTA_BY_SECRET_PATH: _post(
                "The day's counts reset, without a token", "Done", _SECRET
            ),
            names.OPEN_DATA_PATH: _post("Open data, which is WeChat's alone"),
            names.TEXT_PATH: _ocr("Printed text", "PrintedText"),
            names.LICENCE_PATH: _ocr(
                "A vehicle licence", "VehicleLicence", *_LICENCE_PARAMETERS
            ),
            names.GATEWAY_PATH: {"post": _CLOUD_CALL},
        },
        "components": {
            "schemas": {
                "Token": schema.token(),
                "Quota": schema.quota(),
                "Done": schema.done(),
                "PrintedText": schema.page(),
                "VehicleLicence": schema.licence(),
                "Error": schema.error(FAULTS.values()),
            }
        },
    }


def _ocr(summary: str, component: str, *parameters: Reply) -> Reply:
    """Return the path of an OCR call."""
    path = _both(summary, component, (*_CALL_PARAMETERS, *parameters))
    members: Reply = {
        "img": {"type": "string", "format": "binary", "description": "the picture"},
        names.IMAGE_URL: {"type": "string", "description": "or else its address"},
        **{str(one["name"]): one["schema"] for one in parameters},
    }
    body: Reply = {
        "description": "A picture smaller than 2 MiB, in any part that is a file.",
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "properties": members}}
        },
    }
    return {**path, "post": {**cast("Reply", path["post"]), "requestBody": body}}


def _post(
    summary: str,
    component: str | None = None,
    parameters: Sequence[Reply] = (),
    body: Reply | None = None,
) -> Reply:
    """Return a path that is called by POST, with a JSON object if it has members."""
    operation: Reply = {
        "summary": summary,
        "parameters": list(parameters),
        "responses": _answers(*([component] if component else []), "Error"),
    }
    if body is not None:
        shape: Reply = {"type": "object", "properties": body}
        operation["requestBody"] = {"content": {_JSON: {"schema": shape}}}
    return {"post": operation}


def _both(summary: str, component: str, parameters: Sequence[Reply]) -> Reply:
    """Return a path that is called by GET and by POST."""
    operation: Reply = {
        "summary": summary,
        "parameters": list(parameters),
        "responses": _answers(component, "Error"),
    }
    return {"get": operation, "post": operation}


def _answers(*components: str) -> Reply:
    """Return the one response, which is either of these."""
    choice: Reply = {
        "anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in components]
    }
    return {
        "200": {
            "description": "What came of the call.",
            "content": {_JSON: {"schema": choice}},
        }
    }


_CLOUD_CALL: Final[Reply] = {
    "summary": "The cloud call of wx-server-sdk",
    "description": (
        "Signed by the app's id and secret, by TC3-HMAC-SHA256 in `Authorization` or by"
        " the SDK's older scheme in the body. Written for the SDK; other programs call"
        " the APIs themselves."
    ),
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": schema.cloud_call({"type": "string", "format": "binary"}),
            },
            _JSON: {"schema": schema.cloud_call({"type": "string"})},
        },
    },
    "responses": {
        "200": {
            "description": (
                "A `CommOpenApiResp` of protocol buffers, or JSON for a call by JSON"
                " and for one that the gateway refuses."
            ),
            "content": {
                "application/octet-stream": {},
                _JSON: {
                    "schema": {"anyOf": [schema.cloud_reply(), schema.refusal()]},
                },
            },
        }
    },
}
