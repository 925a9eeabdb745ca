import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shizi.access.apps import App, add_app, find_app, remove_app
from shizi.access.quotas import refund, shanghai_day, spend, used
from shizi.access.store import DATABASE, Store, open_store
from shizi.core.api import Api
from shizi.core.errors import AppIdError, QuotaError

NOW = 1_800_000_000.0
DAY = date(2026, 11, 21)

# Spends 100 times at once and prints how many of the calls were let through.
SPENDER = """
import asyncio, sys
from datetime import date
from pathlib import Path
from shizi.access.apps import find_app
from shizi.access.quotas import spend
from shizi.access.store import open_store
from shizi.core.api import Api
from shizi.core.errors import QuotaError

async def main():
    async with await open_store(Path(sys.argv[1])) as store:
        app = await find_app(store, "wx1")
        print("ready", flush=True)
        sys.stdin.readline()
        async def one():
            try:
                await spend(store, app, Api.PRINTED_TEXT, day=date(2026, 11, 21))
            except QuotaError:
                return 0
            return 1
        print(sum(await asyncio.gather(*(one() for _ in range(100)))))

asyncio.run(main())
"""


async def _app(store: Store, limit: int) -> App:
    limits = {Api.PRINTED_TEXT: limit}
    await add_app(store, "app", app_id="wx1", limits=limits, now=NOW)
    return await find_app(store, "wx1")


async def _count(store: Store, app: App, api: Api = Api.PRINTED_TEXT) -> int:
    return await used(store, app.id, api, day=DAY)


async def test_calls_are_counted_up_to_the_limit(store: Store) -> None:
    app = await _app(store, 2)
    assert await spend(store, app, Api.PRINTED_TEXT, day=DAY) == 1
    assert await spend(store, app, Api.PRINTED_TEXT, day=DAY) == 2
    with pytest.raises(QuotaError, match="2 calls a day of printed_text"):
        await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    assert await _count(store, app) == 2


async def test_a_limit_of_nothing_lets_nothing_through(store: Store) -> None:
    app = await _app(store, 0)
    with pytest.raises(QuotaError):
        await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    assert await _count(store, app) == 0


async def test_calls_without_a_limit_are_counted_too(store: Store) -> None:
    app = await _app(store, -1)
    for _ in range(3):
        await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    assert await _count(store, app) == 3


async def test_each_api_has_its_own_count(store: Store) -> None:
    app = await _app(store, 1)
    await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    await spend(store, app, Api.VEHICLE_LICENCE, day=DAY)
    assert await _count(store, app, Api.VEHICLE_LICENCE) == 1


async def test_a_new_day_starts_afresh(store: Store) -> None:
    app = await _app(store, 1)
    await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    assert await spend(store, app, Api.PRINTED_TEXT, day=date(2026, 11, 22)) == 1


async def test_a_refunded_call_can_be_made_again(store: Store) -> None:
    app = await _app(store, 1)
    await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    await refund(store, app.id, Api.PRINTED_TEXT, day=DAY)
    assert await _count(store, app) == 0
    await spend(store, app, Api.PRINTED_TEXT, day=DAY)


async def test_refunds_stop_at_nothing(store: Store) -> None:
    app = await _app(store, 1)
    await refund(store, app.id, Api.PRINTED_TEXT, day=DAY)
    await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    await refund(store, app.id, Api.PRINTED_TEXT, day=DAY)
    await refund(store, app.id, Api.PRINTED_TEXT, day=DAY)
    assert await _count(store, app) == 0


async def test_a_removed_app_cannot_spend(store: Store) -> None:
    app = await _app(store, -1)
    await remove_app(store, app.id)
    with pytest.raises(AppIdError):
        await spend(store, app, Api.PRINTED_TEXT, day=DAY)


async def test_a_call_whose_caller_goes_away_is_counted_and_blocks_nobody(
    store: Store, data_dir: Path
) -> None:
    app = await _app(store, -1)
    with closing(sqlite3.connect(data_dir / DATABASE)) as other:
        other.execute("BEGIN IMMEDIATE")
        call = asyncio.create_task(spend(store, app, Api.PRINTED_TEXT, day=DAY))
        for _ in range(100):
            await asyncio.sleep(0)
        call.cancel()
    outcomes = await asyncio.gather(call, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert await spend(store, app, Api.PRINTED_TEXT, day=DAY) == 2


async def test_counts_survive_reopening(data_dir: Path) -> None:
    async with await open_store(data_dir) as store:
        app = await _app(store, 1)
        await spend(store, app, Api.PRINTED_TEXT, day=DAY)
    async with await open_store(data_dir) as store:
        assert await _count(store, app) == 1


async def test_of_thrice_as_many_calls_at_once_exactly_the_limit_go_through(
    store: Store,
) -> None:
    app = await _app(store, 30)
    outcomes = await asyncio.gather(
        *(spend(store, app, Api.PRINTED_TEXT, day=DAY) for _ in range(90)),
        return_exceptions=True,
    )
    assert sorted(x for x in outcomes if isinstance(x, int)) == [*range(1, 31)]
    assert sum(isinstance(x, QuotaError) for x in outcomes) == 60


@pytest.mark.parametrize(("limit", "through"), [(70, 70), (-1, 200)])
async def test_two_processes_share_a_limit_exactly(
    store: Store, data_dir: Path, limit: int, through: int
) -> None:
    app = await _app(store, limit)
    spenders = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            SPENDER,
            str(data_dir),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for each in spenders:
        assert each.stdout is not None
        assert await each.stdout.readline() == b"ready\n"
    outputs = await asyncio.gather(*(each.communicate(b"go\n") for each in spenders))
    assert [each.returncode for each in spenders] == [0, 0]
    assert sum(int(output) for output, _ in outputs) == through
    assert await _count(store, app) == through


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_changes_at_midnight_in_shanghai(moment: datetime, day: date) -> None:
    assert shanghai_day(moment.timestamp()) == day
