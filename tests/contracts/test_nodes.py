"""Claims about the recipe that puts several nodes behind one address."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from shizi.access.apps import add_app
from shizi.access.store import open_store
from shizi.access.tokens import issue_token
from shizi.core.api import Api
from tests.contracts.island import make_ca
from tests.contracts.proxy import adapt, free_port, running_nginx
from tests.running import BLANK, NULL, Running, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.contract

LIMIT = 20
HOST = "ocr.example"


class Nodes:
    """Two nodes on one PostgreSQL behind nginx."""

    def __init__(self, url: str, running: list[Running], data: Path, database: str):
        self.url = url
        self.running = running
        self._data = data
        self._database = database

    def add_app(self, app_id: str, limit: int) -> str:
        """Add an app and return a token of it."""

        async def work() -> str:
            async with await open_store(self._data, database=self._database) as store:
                limits = {Api.PRINTED_TEXT: limit}
                now = time.time()
                made = await add_app(store, "a", app_id=app_id, limits=limits, now=now)
                return (await issue_token(store, made.app_id, now=now)).token

        return asyncio.run(work())

    def call(self, token: str) -> object:
        """Return the errcode of one call, and of HTTP where that fails."""
        reply = httpx.post(
            f"{self.url}/cv/ocr/comm",
            params={"access_token": token},
            files={"img": ("a.png", BLANK)},
            verify=False,
            timeout=60,
        )
        if reply.status_code != 200:
            return f"HTTP {reply.status_code}"
        return reply.json()["errcode"]

    def logged(self, number: int, app_id: str) -> list[dict[str, object]]:
        """Return what a node's audit tells of an app's calls."""
        name = f"log{number}"
        lines = (self._data.parent / name).read_text().splitlines()
        told = [json.loads(line) for line in lines if '"call"' in line]
        return [line for line in told if line["app"] == app_id]


@pytest.fixture(scope="module")
def nodes(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("nodes")
    folder.chmod(0o755)
    make_ca(folder, HOST)
    database = request.getfixturevalue("postgresql").create()
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                serving(
                    folder / "data",
                    *("--database", database),
                    environment={
                        "SHIZI_TRUSTED_PROXIES": '["127.0.0.1/32"]',
                        "NULL_SECONDS": "0.05",
                    },
                    log_name=f"log{number}",
                    program=NULL,
                )
            )
            for number in range(2)
        ]
        port = free_port()
        changes = {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "/etc/shizi/tls/tls.crt": f"{folder}/tls.crt",
            "/etc/shizi/tls/tls.key": f"{folder}/tls.key",
            "/var/log/nginx/shizi.log": f"{folder}/shizi.log",
        } | {
            f"10.0.0.1{number}:8000": urlsplit(node.url).netloc
            for number, node in enumerate(running, 1)
        }
        recipe = adapt("nginx-nodes.conf", changes)
        stack.enter_context(running_nginx(folder, recipe, (port,)))
        yield Nodes(f"https://127.0.0.1:{port}", running, folder / "data", database)


def test_of_thrice_as_many_calls_the_limit_is_answered_by_both(nodes: Nodes) -> None:
    token = nodes.add_app("wx1", LIMIT)
    with ThreadPoolExecutor(12) as threads:
        codes = Counter(threads.map(lambda _: nodes.call(token), range(3 * LIMIT)))
    assert codes == {0: LIMIT, 101003: 2 * LIMIT}
    time.sleep(0.2)  # the audit is written after the reply
    shares = [len(nodes.logged(number, "wx1")) for number in range(2)]
    assert sum(shares) == 3 * LIMIT
    assert min(shares) > 0


def test_the_nodes_are_told_who_calls(nodes: Nodes) -> None:
    token = nodes.add_app("wx2", -1)
    with httpx.Client(
        verify=False,
        transport=httpx.HTTPTransport(verify=False, local_address="127.0.0.9"),
    ) as client:
        client.post(
            f"{nodes.url}/cv/ocr/comm",
            params={"access_token": token},
            headers={"X-Forwarded-For": "203.0.113.7"},
            files={"img": ("a.png", BLANK)},
        )
    time.sleep(0.2)
    (told,) = nodes.logged(0, "wx2") + nodes.logged(1, "wx2")
    assert told["address"] == "127.0.0.9"


def test_figures_are_not_for_the_public(nodes: Nodes) -> None:
    assert httpx.get(f"{nodes.url}/metrics", verify=False).status_code == 404


# The last one: it ends one of the nodes.
def test_a_killed_node_costs_the_calls_that_it_was_at(nodes: Nodes) -> None:
    token = nodes.add_app("wx3", -1)
    callers = 4
    with ThreadPoolExecutor(callers) as threads:
        calls = [threads.submit(nodes.call, token) for _ in range(60)]
        while sum(each.done() for each in calls) < 10:
            time.sleep(0.005)
        nodes.running[0].process.kill()
        codes = Counter(each.result() for each in calls)
    lost = sum(codes[code] for code in codes if code != 0)
    assert set(codes) <= {0, "HTTP 502"}
    assert lost <= callers
    assert nodes.call(token) == 0
