import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.places import Place

from shizi.access.apps import App, add_app, change_app, find_app, remove_app
from shizi.access.quotas import (
    Quota,
    clear_usage,
    find_quota,
    grant_calls,
    refund,
    reset_usage,
    shanghai_day,
    spend,
)
from shizi.access.sqlite import DATABASE
from shizi.access.store import Store, open_store
from shizi.core.api import Api
from shizi.core.errors import AppIdError, QuotaError, ResetLimitError

NOW = 1_800_000_000.0
DAY = date(2026, 11, 21)
TEXT = Api.PRINTED_TEXT

# Spends as often as it is told, all at once, and says of each call what came of it.
SPENDER = """
import asyncio, sys
from datetime import date
from pathlib import Path
from shizi.access.apps import find_app
from shizi.access.quotas import spend
from shizi.access.store import open_store
from shizi.core.api import Api
from shizi.core.errors import QuotaError

async def main(folder, database, times):
    async with await open_store(Path(folder), database=database or None) as store:
        app = await find_app(store, "wx1")
        print("ready", flush=True)
        sys.stdin.readline()
        async def one():
            try:
                await spend(store, app, Api.PRINTED_TEXT, day=date(2026, 11, 21))
            except QuotaError:
                print("refused", flush=True)
            else:
                print("through", flush=True)
        await asyncio.gather(*(one() for _ in range(int(times))))

asyncio.run(main(*sys.argv[1:]))
"""


async def _app(store: Store, limit: int) -> App:
    await add_app(store, "app", app_id="wx1", limits={TEXT: limit}, now=NOW)
    return await find_app(store, "wx1")


async def _count(store: Store, app: App, api: Api = TEXT, day: date = DAY) -> int:
    return (await find_quota(store, app, api, day=day)).used


async def _spender(place: Place, times: int) -> asyncio.subprocess.Process:
    """Start a process that is ready to spend."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SPENDER,
        str(place.data_dir),
        place.database or "",
        str(times),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def test_calls_are_counted_up_to_the_limit(store: Store) -> None:
    app = await _app(store, 2)
    for used in (1, 2):
        await spend(store, app, TEXT, day=DAY)
        assert await _count(store, app) == used
    with pytest.raises(QuotaError, match="2 calls a day of printed_text"):
        await spend(store, app, TEXT, day=DAY)
    assert await _count(store, app) == 2


async def test_a_limit_of_nothing_lets_nothing_through(store: Store) -> None:
    app = await _app(store, 0)
    with pytest.raises(QuotaError):
        await spend(store, app, TEXT, day=DAY)
    assert await _count(store, app) == 0


async def test_calls_without_a_limit_are_counted_too(store: Store) -> None:
    app = await _app(store, -1)
    for _ in range(3):
        await spend(store, app, TEXT, day=DAY)
    assert await _count(store, app) == 3


async def test_each_api_has_its_own_count(store: Store) -> None:
    app = await _app(store, 1)
    await spend(store, app, TEXT, day=DAY)
    await spend(store, app, Api.VEHICLE_LICENCE, day=DAY)
    assert await _count(store, app, Api.VEHICLE_LICENCE) == 1


async def test_a_new_day_starts_afresh(store: Store) -> None:
    app = await _app(store, 1)
    await spend(store, app, TEXT, day=DAY)
    await spend(store, app, TEXT, day=date(2026, 11, 22))
    assert await _count(store, app, day=date(2026, 11, 22)) == 1


async def test_a_refunded_call_can_be_made_again(store: Store) -> None:
    app = await _app(store, 1)
    await refund(store, await spend(store, app, TEXT, day=DAY))
    assert await _count(store, app) == 0
    await spend(store, app, TEXT, day=DAY)


async def test_refunds_stop_at_nothing(store: Store) -> None:
    app = await _app(store, 1)
    charge = await spend(store, app, TEXT, day=DAY)
    await refund(store, charge)
    await refund(store, charge)
    assert await _count(store, app) == 0


async def test_a_removed_app_cannot_spend(store: Store) -> None:
    app = await _app(store, -1)
    await remove_app(store, app.id)
    with pytest.raises(AppIdError):
        await spend(store, app, TEXT, day=DAY)


async def test_grants_are_used_when_the_days_calls_are(store: Store) -> None:
    app = await _app(store, 1)
    await grant_calls(store, app.id, TEXT, 2, now=NOW)
    assert await find_quota(store, app, TEXT, day=DAY) == Quota(1, 0, 2)
    for _ in range(3):
        await spend(store, app, TEXT, day=DAY)
    assert await find_quota(store, app, TEXT, day=DAY) == Quota(1, 1, 0)
    with pytest.raises(QuotaError):
        await spend(store, app, TEXT, day=DAY)


async def test_grants_do_not_end_with_the_day(store: Store) -> None:
    app = await _app(store, 1)
    await grant_calls(store, app.id, TEXT, 2, now=NOW)
    for day in (DAY, date(2026, 11, 22)):
        await spend(store, app, TEXT, day=day)
        await spend(store, app, TEXT, day=day)
    with pytest.raises(QuotaError):
        await spend(store, app, TEXT, day=date(2026, 11, 22))


async def test_grants_stay_with_their_app_and_api(store: Store) -> None:
    app = await _app(store, 0)
    await add_app(store, "app", app_id="wx2", now=NOW)
    await grant_calls(store, "wx2", TEXT, 1, now=NOW)
    await grant_calls(store, app.id, Api.VEHICLE_LICENCE, 1, now=NOW)
    with pytest.raises(QuotaError):
        await spend(store, app, TEXT, day=DAY)


async def test_the_oldest_grant_is_used_first(store: Store) -> None:
    app = await _app(store, 0)
    for age in (1, 3, 2):
        await grant_calls(store, app.id, TEXT, 1, now=NOW - age)
    grants = [(await spend(store, app, TEXT, day=DAY)).grant for _ in range(3)]
    assert len(set(grants)) == 3


async def test_a_call_is_refunded_to_where_it_was_taken_from(store: Store) -> None:
    app = await _app(store, 1)
    await grant_calls(store, app.id, TEXT, 1, now=NOW)
    await grant_calls(store, app.id, TEXT, 5, now=NOW + 1)
    of_the_day = await spend(store, app, TEXT, day=DAY)
    of_a_grant = await spend(store, app, TEXT, day=DAY)
    await spend(store, app, TEXT, day=DAY)
    assert await find_quota(store, app, TEXT, day=DAY) == Quota(1, 1, 4)
    await refund(store, of_a_grant)
    assert await find_quota(store, app, TEXT, day=DAY) == Quota(1, 1, 5)
    await refund(store, of_the_day)
    assert await find_quota(store, app, TEXT, day=DAY) == Quota(1, 0, 5)


@pytest.mark.parametrize(
    ("quota", "remain"),
    [
        (Quota(100, 30, 0), 70),
        (Quota(100, 30, 5), 75),
        (Quota(10, 30, 5), 5),
        (Quota(-1, 30, 5), -1),
        (Quota(0, 0, 0), 0),
    ],
)
def test_what_remains_is_of_the_day_and_of_grants(quota: Quota, remain: int) -> None:
    assert quota.remain == remain


@pytest.mark.parametrize("calls", [0, -1, 2**31])
async def test_a_grant_has_calls(store: Store, calls: int) -> None:
    app = await _app(store, 1)
    with pytest.raises(ValueError, match="1 to 2147483647"):
        await grant_calls(store, app.id, TEXT, calls, now=NOW)


async def test_an_operator_may_clear_a_day_at_any_time(store: Store) -> None:
    app = await _app(store, 1)
    for _ in range(12):
        await spend(store, app, TEXT, day=DAY)
        await clear_usage(store, app.id, day=DAY)
    assert await _count(store, app) == 0
    with pytest.raises(AppIdError):
        await clear_usage(store, "wx0", day=DAY)


async def test_an_app_may_reset_its_counts_ten_times_a_month(store: Store) -> None:
    app = await _app(store, 1)
    today = shanghai_day(NOW)
    for _ in range(10):
        await spend(store, app, TEXT, day=today)
        await reset_usage(store, app.id, now=NOW)
    await spend(store, app, TEXT, day=today)
    with pytest.raises(ResetLimitError):
        await reset_usage(store, app.id, now=NOW)
    assert await _count(store, app, day=today) == 1
    await reset_usage(store, app.id, now=NOW + 31 * 86_400)


async def test_resets_of_one_app_leave_others_alone(store: Store) -> None:
    app = await _app(store, 1)
    await add_app(store, "app", app_id="wx2", now=NOW)
    other = await find_app(store, "wx2")
    today = shanghai_day(NOW)
    await spend(store, other, TEXT, day=today)
    await reset_usage(store, app.id, now=NOW)
    assert await _count(store, other, day=today) == 1


async def test_a_refund_of_a_call_before_a_reset_frees_none_after_it(
    store: Store,
) -> None:
    app = await _app(store, 1)
    before = await spend(store, app, TEXT, day=DAY)
    await clear_usage(store, app.id, day=DAY)
    await spend(store, app, TEXT, day=DAY)
    await refund(store, before)
    assert await _count(store, app) == 1


async def test_a_lowered_limit_holds_from_the_next_call_on(store: Store) -> None:
    app = await _app(store, 5)
    for _ in range(3):
        await spend(store, app, TEXT, day=DAY)
    await change_app(store, app.id, limits={TEXT: 2})
    with pytest.raises(QuotaError):
        await spend(store, await find_app(store, app.id), TEXT, day=DAY)


async def test_a_call_whose_caller_goes_away_is_counted_and_blocks_nobody(
    data_dir: Path,
) -> None:
    async with await open_store(data_dir) as store:
        app = await _app(store, -1)
        with closing(sqlite3.connect(data_dir / DATABASE)) as other:
            other.execute("BEGIN IMMEDIATE")
            call = asyncio.create_task(spend(store, app, TEXT, day=DAY))
            for _ in range(100):
                await asyncio.sleep(0)
            call.cancel()
        outcomes = await asyncio.gather(call, return_exceptions=True)
        assert isinstance(outcomes[0], asyncio.CancelledError)
        await spend(store, app, TEXT, day=DAY)
        assert await _count(store, app) == 2


async def test_counts_survive_reopening(place: Place) -> None:
    async with await place.open() as store:
        app = await _app(store, 1)
        await spend(store, app, TEXT, day=DAY)
    async with await place.open() as store:
        assert await _count(store, app) == 1


async def test_of_thrice_as_many_calls_at_once_exactly_the_limit_go_through(
    store: Store,
) -> None:
    app = await _app(store, 10)
    for _ in range(4):
        await grant_calls(store, app.id, TEXT, 5, now=NOW)
    outcomes = await asyncio.gather(
        *(spend(store, app, TEXT, day=DAY) for _ in range(90)),
        return_exceptions=True,
    )
    assert sum(isinstance(x, QuotaError) for x in outcomes) == 60
    assert await find_quota(store, app, TEXT, day=DAY) == Quota(10, 10, 0)


@pytest.mark.parametrize(("limit", "granted", "through"), [(40, 30, 70), (-1, 0, 210)])
async def test_two_processes_share_a_limit_exactly(
    store: Store, place: Place, limit: int, granted: int, through: int
) -> None:
    app = await _app(store, limit)
    for _ in range(granted // 10):
        await grant_calls(store, app.id, TEXT, 10, now=NOW)
    spenders = [await _spender(place, 105) for _ in range(2)]
    outputs = await asyncio.gather(*(each.communicate(b"go\n") for each in spenders))
    assert [each.returncode for each in spenders] == [0, 0]
    assert sum(output.count(b"through") for output, _ in outputs) == through
    quota = await find_quota(store, app, TEXT, day=DAY)
    assert (quota.used, quota.granted) == (through - granted, 0)


async def test_a_killed_process_loses_no_call_that_it_answered(
    store: Store, place: Place
) -> None:
    app = await _app(store, 200)
    # So many calls that the one to be killed is at them still.
    killed = await _spender(place, 1000)
    other = await _spender(place, 250)
    assert killed.stdin is not None
    assert killed.stdout is not None
    killed.stdin.write(b"go\n")
    finishing = asyncio.create_task(other.communicate(b"go\n"))
    answered = b"".join([await killed.stdout.readline() for _ in range(20)])
    killed.kill()
    answered += await killed.stdout.read() + (await finishing)[0]
    await killed.wait()
    assert (killed.returncode, other.returncode) == (-9, 0)
    used = await _count(store, app)
    assert answered.count(b"through") <= used <= 200


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
