"""Claims about servers that share a store: their counts and their tokens."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from shizi.access.apps import add_app, find_app, remove_app, rotate_secret
from shizi.access.quotas import Quota, find_quota, grant_calls, shanghai_day
from shizi.access.tokens import issue_token, revoke_token
from shizi.core.api import Api
from tests.places import KINDS, Place, make_place
from tests.running import BLANK, Running, serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from shizi.access.store import Store

pytestmark = pytest.mark.real

LIMIT = 8
# What an operator's change may take until every server knows of it.
SECONDS = 5.0


class Servers:
    """Two servers on one store, and the store itself."""

    def __init__(self, place: Place, running: list[Running]) -> None:
        self.place = place
        self.running = running

    def do(self, work: Callable[[Store], Awaitable[object]]) -> object:
        async def run() -> object:
            async with await self.place.open() as store:
                return await work(store)

        return asyncio.run(run())

    def add_app(self, app_id: str, limit: int = -1) -> str:
        """Add an app and return a token of it."""

        async def work(store: Store) -> str:
            limits = {Api.PRINTED_TEXT: limit}
            now = time.time()
            made = await add_app(store, app_id, app_id=app_id, limits=limits, now=now)
            return (await issue_token(store, made.app_id, now=now)).token

        return str(self.do(work))

    def quota(self, app_id: str) -> Quota:
        async def work(store: Store) -> Quota:
            app = await find_app(store, app_id)
            day = shanghai_day(time.time())
            return await find_quota(store, app, Api.PRINTED_TEXT, day=day)

        found = self.do(work)
        assert isinstance(found, Quota)
        return found

    def codes(self, token: str) -> list[object]:
        """Return what each server answers a call with."""
        return [each.call(token, BLANK)["errcode"] for each in self.running]


@pytest.fixture(scope="module", params=KINDS)
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    place = make_place(request, tmp_path_factory.mktemp("shared") / "data")
    with ExitStack() as stack:
        options = place.options[2:]
        running = [
            stack.enter_context(
                serving(place.data_dir, *options, log_name=f"log{number}")
            )
            for number in range(2)
        ]
        yield Servers(place, running)


def test_of_thrice_as_many_calls_exactly_the_limit_is_answered(
    servers: Servers,
) -> None:
    token = servers.add_app("wx1", LIMIT - 3)
    grant = lambda store: grant_calls(store, "wx1", Api.PRINTED_TEXT, 3, now=0)  # noqa: E731
    servers.do(grant)

    def call(number: int) -> object:
        return servers.running[number % 2].call(token, BLANK)["errcode"]

    with ThreadPoolExecutor(3 * LIMIT) as threads:
        codes = Counter(threads.map(call, range(3 * LIMIT)))
    assert codes == {0: LIMIT, 101003: 2 * LIMIT}
    quota = servers.quota("wx1")
    assert (quota.used, quota.granted) == (LIMIT - 3, 0)


def test_both_servers_tell_one_stable_token_and_one_quota(servers: Servers) -> None:
    async def work(store: Store) -> None:
        await add_app(store, "t", app_id="wx2", secret="s", plan="documented", now=0)

    servers.do(work)
    asked = {"grant_type": "client_credential", "appid": "wx2", "secret": "s"}
    tokens = [
        httpx.post(f"{each.url}/cgi-bin/stable_token", json=asked).json()[
            "access_token"
        ]
        for each in servers.running
    ]
    assert tokens[0] == tokens[1]
    assert servers.codes(tokens[0]) == [0, 0]
    for each in servers.running:
        reply = httpx.post(
            f"{each.url}/cgi-bin/openapi/quota/get?access_token={tokens[0]}",
            json={"cgi_path": "/cv/ocr/comm"},
        )
        quota = {"daily_limit": 100, "used": 2, "remain": 98}
        assert reply.json() == {"errcode": 0, "errmsg": "ok", "quota": quota}


@pytest.mark.parametrize(
    ("app_id", "end"),
    [
        ("wx3", lambda store, _: remove_app(store, "wx3")),
        ("wx4", lambda store, _: rotate_secret(store, "wx4")),
        ("wx5", revoke_token),
    ],
    ids=["removed", "rotated", "revoked"],
)
def test_a_token_that_ends_ends_on_every_server(
    servers: Servers, app_id: str, end: Callable[[Store, str], Awaitable[object]]
) -> None:
    token = servers.add_app(app_id)
    assert servers.codes(token) == [0, 0]
    servers.do(lambda store: end(store, token))
    ended = time.monotonic()
    while (codes := servers.codes(token)) != [40001, 40001]:
        assert set(codes) <= {0, 40001}
        time.sleep(0.2)
    assert time.monotonic() - ended < SECONDS


def test_the_log_tells_whose_call_it_was(servers: Servers) -> None:
    token = servers.add_app("wx6")
    servers.codes(token)
    log = (servers.place.data_dir.parent / "log0").read_text()
    last = json.loads(log.splitlines()[-1])
    assert (last["app"], last["path"], last["code"]) == ("wx6", "/cv/ocr/comm", 0)
    assert last["address"] == "127.0.0.1"


# The last one: it ends one of the servers.
def test_a_killed_server_loses_no_call_that_it_answered(servers: Servers) -> None:
    token = servers.add_app("wx7", LIMIT)
    killed, other = servers.running

    def call(server: Running) -> object:
        try:
            return server.call(token, BLANK)["errcode"]
        except httpx.HTTPError:
            return "no answer"

    with ThreadPoolExecutor(2 * LIMIT) as threads:
        calls = [threads.submit(call, killed) for _ in range(LIMIT - 2)]
        while not any(each.done() for each in calls):
            time.sleep(0.005)
        killed.process.kill()
        calls += [threads.submit(call, other) for _ in range(2 * LIMIT)]
        codes = Counter(each.result() for each in calls)
    assert killed.process.wait(30) == -9
    assert codes[0] <= servers.quota("wx7").used <= LIMIT
    assert set(codes) <= {0, 101003, "no answer"}
