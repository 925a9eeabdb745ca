"""Cloud calls as the SDK sent them, read from `calls/`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.requests import Request

APP_ID = "wx0123456789abcdef"
SECRET = "0123456789abcdef0123456789abcdef"
FILE = b"\x89PNG\r\n\x1a\n\x00\xff"

_FOLDER = Path(__file__).parent / "calls"
NAMES = sorted(path.stem for path in _FOLDER.glob("*.http"))


@dataclass(frozen=True)
class Call:
    """One request: target, headers by lower-case name, and the body without chunks."""

    target: str
    headers: dict[str, str]
    body: bytes

    def altered(self, **headers: str) -> Call:
        changed = {name.replace("_", "-"): text for name, text in headers.items()}
        return replace(self, headers={**self.headers, **changed})

    def replaced(self, old: bytes, new: bytes) -> Call:
        assert old in self.body
        return replace(self, body=self.body.replace(old, new))

    @property
    def made_at(self) -> float:
        """The second in which it was signed."""
        if time := self.headers.get("x-timestamp"):
            return float(time)
        return float(self.body.partition(b"q-sign-time=")[2].partition(b";")[0])

    @property
    def scope(self) -> dict[str, Any]:
        path, _, query = self.target.partition("?")
        return {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [
                (name.encode(), text.encode("latin-1"))
                for name, text in self.headers.items()
            ],
        }

    @property
    def request(self) -> Request:
        return Request(self.scope)


def load(name: str) -> Call:
    head, _, body = (_FOLDER / f"{name}.http").read_bytes().partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        key, _, text = line.partition(": ")
        headers[key.lower()] = text
    if headers.pop("transfer-encoding", "") == "chunked":
        body = _without_chunks(body)
    headers.pop("content-length", None)
    return Call(first.split(" ")[1], headers, body)


def _without_chunks(body: bytes) -> bytes:
    whole = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        if not int(size, 16):
            return whole
        whole += body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
