"""A file from an address of the operator's own choice, in parts, to a place."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import httpx

from shizi.core.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# 1 GiB: the largest model that PaddleOCR publishes is a tenth of it.
_MOST_BYTES = 1 << 30
_PART = 1 << 20
_MOST_REDIRECTS = 5
# Seconds without a byte.
_PATIENCE = 30.0


def take(origin: str, target: Path) -> str:
    """Copy a file, or what is behind an https address, and return its SHA-256.

    Raises:
        ModelError: It cannot be had, or is larger than any model.
    """
    name = told(origin)
    parts = _fetched(origin) if "://" in origin else _read(origin)
    whole, size = hashlib.sha256(), 0
    try:
        with target.open("xb") as file:
            for part in parts:
                size += len(part)
                if size > _MOST_BYTES:
                    message = f"{name}: is larger than {_MOST_BYTES >> 20} MiB"
                    raise ModelError(message)
                whole.update(part)
                file.write(part)
    except (OSError, httpx.HTTPError, httpx.InvalidURL) as error:
        message = f"{name}: {getattr(error, 'strerror', None) or error}"
        raise ModelError(message) from error
    return whole.hexdigest()


def told(origin: str) -> str:
    """Return where a file comes from without what may be secret in an address."""
    if "://" not in origin:
        return origin
    scheme, _, rest = origin.partition("://")
    host, slash, path = re.split("[?#]", rest)[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _read(origin: str) -> Iterator[bytes]:
    with open(origin, "rb") as file:  # noqa: PTH123 - as the operator wrote it
        while part := file.read(_PART):
            yield part


def _fetched(address: str) -> Iterator[bytes]:
    """Give the body behind an address; each address on the way must be https."""
    with (
        httpx.Client(
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
            timeout=_PATIENCE,
            event_hooks={"request": [_check]},
        ) as client,
        client.stream("GET", address) as reply,
    ):
        if not reply.is_success:
            message = f"{told(address)}: answered {reply.status_code}"
            raise ModelError(message)
        yield from reply.iter_bytes(_PART)


def _check(request: httpx.Request) -> None:
    """Refuse an address at which anybody on the way could answer."""
    if request.url.scheme != "https":
        message = f"{told(str(request.url))}: models are fetched by https alone"
        raise ModelError(message)
