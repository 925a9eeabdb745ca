"""Claims about two servers on one store, of which one is killed under load."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from shizi.access.apps import add_app, find_app
from shizi.access.quotas import find_quota, shanghai_day
from shizi.access.store import open_store
from shizi.access.tokens import issue_token
from shizi.core.api import Api
from tests.faults.crowd import Answer, crowd
from tests.faults.test_kill import CALLERS, running, wait_until_busy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bars import Bars
    from tests.running import Running

pytestmark = [pytest.mark.real, pytest.mark.fault]

LIMIT = 120
REFUSED, SPENT = 101002, 101003


async def open_door(data: Path) -> str:
    """Add an app with a limit, and return a token of it."""
    async with await open_store(data) as store:
        limits = {Api.PRINTED_TEXT: LIMIT}
        made = await add_app(store, "t", app_id="wx1", limits=limits, now=time.time())
        return (await issue_token(store, made.app_id, now=time.time())).token


async def used(data: Path) -> int:
    async with await open_store(data) as store:
        app = await find_app(store, "wx1")
        day = shanghai_day(time.time())
        return (await find_quota(store, app, Api.PRINTED_TEXT, day=day)).used


def test_a_limit_holds_exactly_over_two_servers_of_which_one_is_killed(
    tmp_path: Path, bars: Bars
) -> None:
    data = tmp_path / "data"
    answers: list[Answer] = []
    with ExitStack() as stack:
        killed = stack.enter_context(running(data))
        other = stack.enter_context(running(data, "log2"))
        token = asyncio.run(open_door(data))

        def ask(server: Running, picture: bytes | None, each: int) -> None:
            answers.extend(
                crowd(server.url, token, callers=CALLERS, each=each, data=picture)
            )

        # What is refused is given back in between, by both.
        bad = b"no picture"
        crowds = [
            (killed, None, 8),
            (killed, bad, 8),
            (other, None, 5),
            (other, bad, 5),
        ]
        asking = [threading.Thread(target=ask, args=each) for each in crowds]
        for each in asking:
            each.start()
        wait_until_busy(killed)
        killed.process.kill()
        for each in asking:
            each.join()
        first = Counter(each.code for each in answers)
        before = asyncio.run(used(data))
        # It comes back, and what is left of the day goes through, to the last call.
        again = stack.enter_context(running(data, "log3"))
        ask(again, None, 2 + (LIMIT - before) // CALLERS)
        ask(again, bad, 1)
    codes = Counter(each.code for each in answers)
    measured = (
        f"{codes[0]} of {LIMIT} answered, {before - first[0]} counted and lost with"
        f" {first[None]} connections, then exactly to the limit"
    )
    bar = "two servers on one store, one killed: never more than the limit"
    bars.tell("faults", bar, measured)
    assert first[None] > 0
    assert set(first) <= {0, REFUSED, SPENT, None}
    # What was in flight at the kill is counted for nothing, and nothing else is.
    assert first[0] <= before <= first[0] + first[None]
    assert codes[0] == first[0] + LIMIT - before
    assert asyncio.run(used(data)) == LIMIT
    assert codes[SPENT] > 0
