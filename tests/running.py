"""The server and the commands as processes of their own."""

from __future__ import annotations

import asyncio
import io
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from PIL import Image

from shizi.access.apps import list_apps
from shizi.access.store import open_store
from shizi.access.tokens import issue_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SHIZI = [sys.executable, "-m", "shizi"]
# Reads nothing, at once; starts within a second.
NULL = [sys.executable, "-m", "tests.null_server"]


def _blank() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(file, "PNG")
    return file.getvalue()


# A picture without anything in it.
BLANK = _blank()


def shizi(*arguments: str | os.PathLike[str], given: str | None = None) -> str:
    """Return what a command prints, which is given a text to read."""
    done = subprocess.run(
        [*SHIZI, *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        input=given,
    )
    return done.stdout


class Running:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], data: Path, url: str) -> None:
        self.process = process
        self.data = data
        self.url = url

    def token(self) -> str:
        """Return a new token of the server's first app, beside those it has."""

        async def issue() -> str:
            async with await open_store(self.data) as store:
                app, *_ = await list_apps(store)
                issued = await issue_token(
                    store, app.id, now=time.time(), replaces=False
                )
                return issued.token

        return asyncio.run(issue())

    def log(self) -> str:
        """Return what the server has logged."""
        return (self.data.parent / "log").read_text()

    def call(self, token: str, data: bytes) -> dict[str, object]:
        reply = httpx.post(
            f"{self.url}/cv/ocr/comm",
            params={"access_token": token},
            files={"img": ("a.jpg", data)},
            timeout=60,
        )
        assert reply.status_code == 200
        return reply.json()


@contextmanager
def serving(
    data: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    log_name: str = "log",
    program: Sequence[str] = SHIZI,
) -> Iterator[Running]:
    log = data.parent / log_name
    with log.open("w") as errors:
        process = subprocess.Popen(
            [
                *program,
                "serve",
                "--data",
                data,
                "--port",
                "0",
                "--workers",
                "1",
                *options,
            ],
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            found = re.search(r"ready on (\S+)", first)
            assert found, log.read_text()
            yield Running(process, data, found[1])
        finally:
            process.kill()
            process.communicate()
