"""Static files: the script, the styles and the samples, held in memory."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

FOLDER: Final = "/console/static/"

SAMPLES: Final = ("page.jpg", "vehicle-licence.jpg")
"""The pictures to try, in the package `shizi.samples`."""

_TYPES: Final = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "jpg": "image/jpeg",
}


class _File(NamedTuple):
    data: bytes
    kind: str
    tag: str


def build_static() -> Route:
    """Return the route of all static files."""
    files = {
        file.name: _read(file.name, file.read_bytes())
        for file in (resources.files("shizi.console") / "static").iterdir()
    }
    samples = resources.files("shizi") / "samples"
    files |= {name: _read(name, (samples / name).read_bytes()) for name in SAMPLES}

    async def send(request: Request) -> Response:
        file = files.get(request.path_params["name"])
        if file is None:
            return Response(status_code=404)
        headers = {
            "etag": file.tag,
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
        }
        if request.headers.get("if-none-match") == file.tag:
            return Response(status_code=304, headers=headers)
        return Response(file.data, media_type=file.kind, headers=headers)

    return Route(f"{FOLDER}{{name}}", send)


def _read(name: str, data: bytes) -> _File:
    tag = hashlib.sha256(data).hexdigest()[:16]
    return _File(data, _TYPES[name.rpartition(".")[2]], f'"{tag}"')
