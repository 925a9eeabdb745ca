"""Calls that have ended, as the audit is told of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call that has ended, for the audit.

    Attributes:
        rid: The id that the reply carries.
        path: The path of the endpoint, with the API's name for a cloud call; or
            `unknown`.
        address: Where the caller is, as the connection or a trusted proxy tells.
        app: The id of the app that called, once it is known.
        format: Of the picture, as its first bytes tell; none if it is not known.
        code: The `errcode` told; none if the client left before it.
        milliseconds: From the head's arrival to the reply.
        size: Bytes of the body that came.
    """

    rid: str
    path: str
    address: str
    app: str | None
    format: str | None
    code: int | None
    milliseconds: int
    size: int


Audit: TypeAlias = Callable[[CallRecord], None]


def find_address(request: Request) -> str:
    """Return the address of the client, as the connection or a trusted proxy tells."""
    return request.client.host if request.client else "unknown"


def new_rid() -> str:
    """Return a fresh request id in WeChat's form, three times eight hexadecimals."""
    return "-".join(secrets.token_hex(4) for _ in range(3))
