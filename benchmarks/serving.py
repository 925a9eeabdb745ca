"""A server of its own for one measurement, as a user starts it, and its processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import httpx

_SHIZI = (sys.executable, "-m", "shizi")
# The same with another engine.
PEER = (sys.executable, "-m", "benchmarks.peer")

# What the server's processes are, by a word of their command lines.
ROLES = SERVER, WORKERS, DECODERS = "server", "workers", "decoders"
_ROLES = {"shizi.worker": WORKERS, "shizi.sandbox": DECODERS}

# A read that is given up takes 20 s, after the wait for a worker.
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Running:
    """A running server.

    Attributes:
        process: Its first process.
        url: Where it answers.
        token: What opens the door.
        start: Seconds from its start until it was ready.
    """

    process: psutil.Process
    url: str
    token: str
    start: float

    def call(self, client: httpx.Client, path: str, data: bytes) -> Mapping[str, Any]:
        """Return the reply to an upload.

        Raises:
            httpx.HTTPError: There was none, or none with status 200.
        """
        reply = client.post(
            f"{self.url}{path}",
            params={"access_token": self.token},
            files={"img": ("a", data)},
            timeout=_SECONDS,
        )
        reply.raise_for_status()
        told: Mapping[str, Any] = reply.json()
        return told

    def cpu(self) -> float:
        """Return the CPU seconds of the server and of what it started."""
        spent = [
            process.cpu_times()
            for process in (self.process, *self.process.children(recursive=True))
        ]
        return float(sum(each.user + each.system for each in spent))

    def memory(self) -> dict[str, int]:
        """Return the resident bytes of the server and of what it started, by role."""
        held = dict.fromkeys(ROLES, 0)
        for process in (self.process, *self.process.children(recursive=True)):
            try:
                words = " ".join(process.cmdline())
                resident = process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            role = next((r for word, r in _ROLES.items() if word in words), SERVER)
            held[role] += resident
        return held


@contextmanager
def serving(
    folder: Path,
    *,
    workers: int,
    program: Sequence[str] = _SHIZI,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Run a server whose data and log lie in a folder, and end it at the end.

    Args:
        folder: Made where it is not there; one that was used before has all it kept.
        workers: Processes that read.
        program: What stands before `serve`.
        environment: Variables beside those of this process.

    Raises:
        RuntimeError: It did not start; the message is its own.
    """
    data, log = folder / "data", folder / "log"
    folder.mkdir(exist_ok=True)
    made = json.loads(_tell("app", "add", "measured", "--json", "--data", data))
    issue = ("token", "issue", made["appid"], "--seconds", "864000")
    token = _tell(*issue, "--data", data).strip()
    options = ("--data", data, "--port", "0", "--workers", str(workers))
    with log.open("w") as errors:
        begun = time.monotonic()
        process = subprocess.Popen(
            (*program, "serve", *options),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        try:
            assert process.stdout is not None
            found = re.search(r"ready on (\S+)", process.stdout.readline())
            if found is None:
                raise RuntimeError(log.read_text("utf-8"))
            seconds = time.monotonic() - begun
            yield Running(psutil.Process(process.pid), found[1], token, seconds)
        finally:
            process.terminate()
            process.communicate()


def _tell(*arguments: str | Path) -> str:
    """Return what a command prints."""
    done = subprocess.run(
        (*_SHIZI, *arguments), check=True, capture_output=True, text=True
    )
    return done.stdout
