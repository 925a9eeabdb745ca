"""A Ray cluster of the tests' own with the server on it, and callers of it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from shizi.access.apps import add_app, find_app
from shizi.access.quotas import find_quota, shanghai_day
from shizi.access.store import open_store
from shizi.access.tokens import issue_token
from shizi.core.api import Api
from tests.contracts.proxy import free_port
from tests.running import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
NULL = [sys.executable, "-m", "tests.cluster.null_cluster"]
# 32 bytes, of no other use.
KEY = "c2hpemktc2hpemktc2hpemktc2hpemktc2hpemktc2g="


class Nodes:
    """Ray nodes in processes of their own."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address

    def kill(self, number: int) -> None:
        """End a node as a power cut does."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "ended\n"


@contextmanager
def running_nodes(
    *cpus: int, environment: Mapping[str, str] | None = None
) -> Iterator[Nodes]:
    """Run Ray nodes with some CPUs each, and leave nothing of them."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cluster.nodes", *map(str, cpus)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_worker_niceness": "0",
            **(environment or {}),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith('{"address"'):
                yield Nodes(process, json.loads(line)["address"])
                break
        else:
            message = "Ray has not started"
            raise AssertionError(message)
    finally:
        process.communicate(timeout=60)


class Deployment:
    """The server on a Ray cluster, and its store."""

    def __init__(
        self, nodes: Nodes, program: Sequence[str], folder: Path, database: str
    ) -> None:
        self.nodes = nodes
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._program = program
        self._data = folder / "data"
        self._database = database

    def run(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `shizi cluster`."""
        return subprocess.run(
            [*self._program, "cluster", command, "--ray", self.nodes.address, *options],
            cwd=ROOT,
            env={
                **os.environ,
                "SHIZI_DATABASE": self._database,
                "SHIZI_SEAL_KEY": KEY,
                "SHIZI_DATA": str(self._data),
                "SHIZI_PORT": str(self.port),
            },
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def up(self, *options: str) -> None:
        done = self.run("up", *options)
        assert done.returncode == 0, done.stderr

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return found

    def add_app(self, app_id: str, limit: int = -1) -> str:
        """Add an app and return a token of it."""

        async def work() -> str:
            async with await self._open() as store:
                limits = {Api.PRINTED_TEXT: limit}
                now = time.time()
                made = await add_app(store, "a", app_id=app_id, limits=limits, now=now)
                return (await issue_token(store, made.app_id, now=now)).token

        return asyncio.run(work())

    def used(self, app_id: str) -> int:
        """Return how many calls of an app were counted."""

        async def work() -> int:
            async with await self._open() as store:
                app = await find_app(store, app_id)
                day = shanghai_day(time.time())
                return (await find_quota(store, app, Api.PRINTED_TEXT, day=day)).used

        return asyncio.run(work())

    async def _open(self) -> Any:
        key = KEY.encode()
        return await open_store(self._data, database=self._database, key=key)


@dataclass
class Told:
    """What callers were told.

    Attributes:
        seconds: Of each answer that was a success.
        failures: What each other call ended with, and when.
    """

    seconds: list[float] = field(default_factory=list)
    failures: list[tuple[float, str]] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the seconds that a share of the successes took at most."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def calling(
    url: str, token: str, callers: int, *, pause: float = 0.0, picture: bytes = BLANK
) -> Iterator[Told]:
    """Call again and again until the block ends.

    Args:
        url: The server's.
        token: What is called with.
        callers: How many call at a time.
        pause: Seconds that a caller waits between two calls.
        picture: What is sent.
    """
    told = Told()
    ended = threading.Event()

    def call() -> None:
        with httpx.Client(timeout=60) as client:
            while not ended.is_set():
                began = time.monotonic()
                try:
                    reply = client.post(
                        f"{url}/cv/ocr/comm",
                        params={"access_token": token},
                        files={"img": ("a.png", picture)},
                    )
                    failure = _failure(reply)
                except httpx.HTTPError as error:
                    failure = type(error).__name__
                if failure is None:
                    told.seconds.append(time.monotonic() - began)
                else:
                    told.failures.append((time.monotonic(), failure))
                time.sleep(pause)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _failure(reply: httpx.Response) -> str | None:
    if reply.status_code != 200:
        return f"HTTP {reply.status_code}: {reply.text[:60]}"
    code = reply.json()["errcode"]
    return None if code == 0 else f"errcode {code}"


@contextmanager
def deployed(
    nodes: Nodes, folder: Path, database: str, *, program: Sequence[str] = NULL
) -> Iterator[Deployment]:
    """Lend a deployment that has not been started; end it."""
    made = Deployment(nodes, program, folder, database)
    try:
        yield made
    finally:
        made.run("down")
