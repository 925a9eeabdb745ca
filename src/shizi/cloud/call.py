"""What a cloud call takes and gives, whoever answers it."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from shizi.core.errors import CloudError
from shizi.wechat import names
from shizi.wechat.protobuf import write_bytes, write_int

if TYPE_CHECKING:
    from shizi.wechat.errors import Fault

Params: TypeAlias = Mapping[str, object]
"""The argument of a call, as in JavaScript."""

Result: TypeAlias = dict[str, Any]
"""What a call gives, as in JavaScript."""

_CAPITAL: Final = re.compile(r"(?<!^)([A-Z])")
_SMALL: Final = re.compile(r"_([a-z])")


def pack(data: Params) -> bytes:
    """Return the `CommApiData` of a call's argument.

    Raises:
        TypeError: A value is neither a file nor anything that JSON has.
    """
    pairs = b"".join(
        write_bytes(1, _pair(_CAPITAL.sub(_snake, key), value))
        for key, value in data.items()
    )
    return write_int(1, 0) + write_bytes(2, pairs)


def finish(api: str, reply: Mapping[str, object]) -> Result:
    """Return a call's result from the reply of the API.

    Raises:
        CloudError: The reply tells an error.
    """
    if code := reply.get(names.ERROR_CODE):
        raise failure(api, cast("int", code), str(reply.get(names.ERROR_TEXT)))
    rest = {
        key: value
        for key, value in reply.items()
        if key not in {names.ERROR_CODE, names.ERROR_TEXT}
    }
    result = cast("Result", _in_camel_case(rest))
    return {**result, "errMsg": f"openapi.{api}:ok", "errCode": 0}


def failure(api: str, code: int, text: str) -> CloudError:
    """Return what a call raises, in the words of WeChat's SDK."""
    return CloudError(code, f"openapi.{api}:fail {text}")


def told(api: str, fault: Fault) -> CloudError:
    """Return what a call raises for an error of the API's table."""
    return failure(api, fault.code, fault.text)


def _pair(key: str, value: object) -> bytes:
    """Return a parameter; a file goes as it is, and all else as JSON."""
    name = write_bytes(1, key.encode())
    if isinstance(value, Mapping):
        file = cast("Mapping[str, object]", value)
        content = file.get("value")
        if isinstance(content, (bytes, bytearray)):
            kind = str(file.get("contentType", ""))
            ending = mimetypes.guess_extension(kind) or ".png"
            return b"".join(
                (
                    name,
                    write_bytes(2, bytes(content)),
                    write_bytes(4, f"{key}{ending}".encode()),
                )
            )
    return name + write_bytes(2, json.dumps(value, ensure_ascii=False).encode())


def _snake(match: re.Match[str]) -> str:
    return f"_{match[1].lower()}"


def _in_camel_case(value: object) -> object:
    """Return a value with the keys of every object in camel case."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {
            _SMALL.sub(lambda match: match[1].upper(), key): _in_camel_case(member)
            for key, member in members.items()
        }
    if isinstance(value, list):
        return [_in_camel_case(member) for member in cast("list[object]", value)]
    return value
