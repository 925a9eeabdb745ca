"""Claims about nodes on one PostgreSQL that goes away and comes back."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from shizi.access.apps import add_app, find_app
from shizi.access.quotas import find_quota, shanghai_day
from shizi.access.store import open_store
from shizi.access.tokens import issue_token
from shizi.core.api import Api
from tests.postgresql import find_program, running_cluster
from tests.running import BLANK, NULL, Running, serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

CALLERS = 4
# After the database is back, a connection's 5 s may have just begun.
SECONDS = 10.0


async def _add_app(data: Path, database: str) -> str:
    async with await open_store(data, database=database) as store:
        made = await add_app(store, "a", app_id="wx1", now=time.time())
        return (await issue_token(store, made.app_id, now=time.time())).token


async def _used(data: Path, database: str) -> int:
    async with await open_store(data, database=database) as store:
        app = await find_app(store, "wx1")
        day = shanghai_day(time.time())
        return (await find_quota(store, app, Api.PRINTED_TEXT, day=day)).used


def _call_until(ended: threading.Event, node: Running, token: str) -> Counter[object]:
    """Call a node again and again; return how often each errcode came."""
    codes: Counter[object] = Counter()
    with httpx.Client(timeout=60) as client:
        while not ended.is_set():
            reply = client.post(
                f"{node.url}/cv/ocr/comm",
                params={"access_token": token},
                files={"img": ("a.png", BLANK)},
            )
            assert reply.status_code == 200
            codes[reply.json()["errcode"]] += 1
            time.sleep(0.02)
    return codes


def test_a_database_that_restarts_costs_errors_and_nothing_else(
    tmp_path: Path,
) -> None:
    if find_program("initdb") is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    data = tmp_path / "data"
    with ExitStack() as stack:
        cluster = stack.enter_context(running_cluster())
        database = cluster.create()
        options = ("--database", database)
        nodes = [
            stack.enter_context(
                serving(data, *options, log_name=f"log{number}", program=NULL)
            )
            for number in range(2)
        ]
        token = asyncio.run(_add_app(data, database))
        ended = threading.Event()
        stack.callback(ended.set)
        told: list[Counter[object]] = []
        callers = [
            threading.Thread(
                target=lambda n=number: told.append(
                    _call_until(ended, nodes[n % 2], token)
                )
            )
            for number in range(CALLERS)
        ]
        for caller in callers:
            caller.start()
        time.sleep(1)
        cluster.stop(signal.SIGINT)
        assert [node.call(token, BLANK)["errcode"] for node in nodes] == [-1, -1]
        cluster.start()
        back = time.monotonic()
        looks: Counter[object] = Counter()
        while looks[0] < len(nodes):
            assert time.monotonic() - back < SECONDS
            looks.update(node.call(token, BLANK)["errcode"] for node in nodes)
        ended.set()
        for caller in callers:
            caller.join(60)
        assert len(told) == CALLERS
        codes = sum(told, looks)
        assert set(codes) == {0, -1}
        # Those that were being counted when the database went may be counted, too: it
        # alone knows.
        used = asyncio.run(_used(data, database))
        assert codes[0] <= used <= codes[0] + CALLERS
        assert all(node.process.poll() is None for node in nodes)
