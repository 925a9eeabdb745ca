from __future__ import annotations

import asyncio
import os
import signal
import struct
import time
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from shizi.core.errors import (
    BusyError,
    EngineError,
    ImageDecodeError,
    TaskError,
    WorkerError,
)
from shizi.ocr.engine import TextEngine
from shizi.ocr.null import NullEngine
from shizi.ocr.setup import Setup
from shizi.pool import Pool
from shizi.worker import Worker
from tests import fakes

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from shizi.worker import MakeEngine


@asynccontextmanager
async def opened(
    *,
    make_engine: MakeEngine = NullEngine,
    workers: int = 1,
    queue: int = 8,
    seconds: float = 30,
    memory: int = 1 << 30,
    patience: float = 60,
) -> AsyncGenerator[Pool]:
    pool = Pool(
        make_engine,
        fakes.RawDecoder,
        workers=workers,
        queue=queue,
        seconds=seconds,
        memory=memory,
        patience=patience,
    )
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


async def test_a_task_runs_in_another_process() -> None:
    async with opened() as pool:
        assert await pool.run(fakes.worker_id, b"") != os.getpid()


async def test_data_come_back_whole() -> None:
    data = os.urandom(2**21)
    async with opened() as pool:
        assert await pool.run(fakes.echo, data) == data


async def test_our_errors_rise_at_the_caller_and_the_worker_stays() -> None:
    async with opened() as pool:
        before = await pool.run(fakes.worker_id, b"")
        with pytest.raises(ImageDecodeError, match="no picture"):
            await pool.run(fakes.refuse, b"")
        assert await pool.run(fakes.worker_id, b"") == before


async def test_an_unforeseen_error_says_where_but_not_what_was_read() -> None:
    async with opened() as pool:
        with pytest.raises(TaskError, match="ZeroDivisionError in stumble") as caught:
            await pool.run(fakes.stumble, b"private")
    assert "private" not in str(caught.value)


async def test_a_crash_costs_its_own_call_only_and_the_worker_is_replaced() -> None:
    async with opened() as pool:
        crash = asyncio.create_task(pool.run(fakes.die, b""))
        other = asyncio.create_task(pool.run(fakes.echo, b"safe"))
        with pytest.raises(WorkerError):
            await crash
        assert await other == b"safe"
        assert pool.load.workers == 1


def _wait_for_end(pool: Pool) -> None:
    while pool.load.workers:
        time.sleep(0.01)


async def test_a_worker_that_ends_while_idle_costs_no_call() -> None:
    async with opened() as pool:
        worker = await pool.run(fakes.worker_id, b"")
        os.kill(worker, signal.SIGKILL)
        await asyncio.to_thread(_wait_for_end, pool)
        assert await pool.run(fakes.echo, b"next") == b"next"


async def test_a_worker_that_takes_no_call_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shizi.worker._TAKE_TIME", struct.pack("@ll", 0, 300_000))
    async with opened() as pool:
        os.kill(await pool.run(fakes.worker_id, b""), signal.SIGSTOP)
        with pytest.raises(WorkerError, match="takes no call"):
            await pool.run(fakes.echo, b"a" * 2**21)
        assert await pool.run(fakes.echo, b"next") == b"next"


async def test_a_task_past_its_time_is_ended() -> None:
    async with opened(seconds=0.2) as pool:
        with pytest.raises(WorkerError, match=r"0\.2 s"):
            await pool.run(fakes.hang, b"60")
        assert await pool.run(fakes.echo, b"next") == b"next"


async def test_a_call_that_waits_too_long_is_refused_and_leaves_its_place() -> None:
    async with opened(patience=0.2) as pool:
        running = asyncio.create_task(pool.run(fakes.hang, b"1.5"))
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match=r"0\.2 s"):
            await pool.run(fakes.echo, b"")
        assert not running.done()
        assert pool.load.waiting == 0
        await running
        assert await pool.run(fakes.echo, b"next") == b"next"


async def test_one_call_more_than_the_queue_holds_is_refused() -> None:
    async with opened(queue=1) as pool:
        running = asyncio.create_task(pool.run(fakes.hang, b"0.3"))
        waiting = asyncio.create_task(pool.run(fakes.echo, b"waited"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await pool.run(fakes.echo, b"")
        assert await waiting == b"waited"
        await running


async def test_a_caller_that_leaves_frees_its_place_in_the_queue() -> None:
    async with opened(queue=1) as pool:
        running = asyncio.create_task(pool.run(fakes.hang, b"0.3"))
        await asyncio.sleep(0)
        gone = asyncio.create_task(pool.run(fakes.echo, b""))
        await asyncio.sleep(0)
        assert pool.load.waiting == 1
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert pool.load.waiting == 0
        assert await pool.run(fakes.echo, b"next") == b"next"
        await running


async def test_a_caller_that_leaves_while_its_task_runs_loses_no_worker() -> None:
    async with opened() as pool:
        gone = asyncio.create_task(pool.run(fakes.hang, b"0.2"))
        await asyncio.sleep(0.05)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert await pool.run(fakes.echo, b"next") == b"next"
        assert pool.load == (1, 0, 0)


async def test_a_read_that_nobody_waits_for_ends_early_and_the_worker_stays() -> None:
    slow = partial(NullEngine, seconds=60)
    async with opened(make_engine=slow) as pool:
        before = await pool.run(fakes.worker_id, b"")
        gone = asyncio.create_task(pool.run(fakes.read_null, b"1"))
        await asyncio.sleep(0.05)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert await pool.run(fakes.worker_id, b"") == before


async def test_only_the_abandoned_call_ends_early() -> None:
    async with opened(make_engine=partial(NullEngine, seconds=0.1)) as pool:
        gone = asyncio.create_task(pool.run(fakes.read_null, b"1"))
        next_one = asyncio.create_task(pool.run(fakes.read_null, b"1"))
        await asyncio.sleep(0.05)
        gone.cancel()
        assert await next_one == "识字"


async def test_a_worker_past_its_memory_is_replaced_after_its_call() -> None:
    async with opened(memory=256 << 20) as pool:
        small = await pool.run(fakes.grow, b"1")
        assert await pool.run(fakes.grow, b"400") == small
        assert await pool.run(fakes.grow, b"1") != small
    with pytest.raises(ProcessLookupError):
        os.kill(small, 0)


async def test_a_worker_that_can_give_memory_back_stays() -> None:
    async with opened(make_engine=fakes.Hoarder, memory=256 << 20) as pool:
        before = await pool.run(fakes.worker_id, b"")
        assert await pool.run(fakes.read_null, b"1") == "400 MiB"
        assert await pool.run(fakes.worker_id, b"") == before


async def test_workers_that_are_idle_help() -> None:
    async with opened(make_engine=fakes.Asking, workers=3) as pool:
        workers = set(await pool.run(fakes.helpers, b"0"))
        assert len(workers) == 2
        assert None not in workers
        assert set(await pool.run(fakes.helpers, b"0")) != {None}


async def test_a_worker_with_a_call_of_its_own_does_not_help() -> None:
    async with opened(make_engine=fakes.Asking, workers=2) as pool:
        first = asyncio.create_task(pool.run(fakes.hang, b"0.3"))
        second = asyncio.create_task(pool.run(fakes.hang, b"0.1"))
        await second
        assert await pool.run(fakes.helpers, b"0") == []
        await first


async def test_a_worker_that_a_caller_was_woken_for_does_not_help() -> None:
    async with opened(make_engine=fakes.Asking, workers=2) as pool:
        # As between the end of a call and the next turn of the one who waits.
        pool._waiting += 1
        assert await pool.run(fakes.helpers, b"0") == []
        pool._waiting -= 1
        assert len(await pool.run(fakes.helpers, b"0")) == 1


async def test_the_next_caller_gets_the_worker_that_helps() -> None:
    async with opened(make_engine=fakes.Asking, workers=2, queue=0) as pool:
        helped = asyncio.create_task(pool.run(fakes.helpers, b"0.3"))
        await asyncio.sleep(0.05)
        assert await pool.run(fakes.echo, b"next") == b"next"
        assert not helped.done()
        assert await helped == [None]
        assert pool.load == (2, 0, 0)


async def test_a_helper_of_a_caller_that_has_gone_is_idle_again() -> None:
    async with opened(make_engine=fakes.Asking, workers=2) as pool:
        gone = asyncio.create_task(pool.run(fakes.helpers, b"0.1"))
        await asyncio.sleep(0.05)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        await asyncio.sleep(0.2)
        assert len(await pool.run(fakes.helpers, b"0")) == 1


async def test_a_helper_that_crashes_costs_no_call_and_is_replaced() -> None:
    async with opened(make_engine=fakes.Asking, workers=2) as pool:
        assert await pool.run(fakes.lose_helpers, b"") == [None]
        helpers: list[int | None] = []
        while not helpers:
            helpers = await pool.run(fakes.helpers, b"0.01")
        assert None not in helpers


async def test_a_worker_that_crashes_gives_its_helper_back() -> None:
    async with opened(make_engine=fakes.Asking, workers=2) as pool:
        with pytest.raises(WorkerError):
            await pool.run(fakes.die, b"")
        assert await pool.run(fakes.echo, b"next") == b"next"


async def test_calls_are_served_in_the_order_they_came() -> None:
    async with opened() as pool:
        order: list[bytes] = []

        async def call(name: bytes) -> None:
            order.append(await pool.run(fakes.echo, name))

        names = [bytes([number]) for number in range(8)]
        await asyncio.gather(*(call(name) for name in names))
    assert order == names


async def test_closing_waits_for_the_running_task() -> None:
    async with opened() as pool:
        running = asyncio.create_task(pool.run(fakes.hang, b"0.2"))
        await asyncio.sleep(0.05)
    assert await running == b"0.2"


async def test_no_process_is_left_after_closing() -> None:
    async with opened(workers=2) as pool:
        processes = {await pool.run(fakes.worker_id, b"") for _ in range(8)}
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_worker_that_is_ended_before_it_starts_never_does() -> None:
    worker = Worker(NullEngine, fakes.RawDecoder, memory=1 << 30)
    worker.kill()
    with pytest.raises(WorkerError):
        worker.start()
    assert not worker.is_alive()


async def test_a_pool_whose_engine_cannot_be_made_does_not_open() -> None:
    make = partial(TextEngine, setup=Setup(session="onnxruntime", precision="bf16"))
    pool = Pool(make, fakes.RawDecoder, workers=1, queue=1, seconds=1, memory=1)
    with pytest.raises(EngineError, match="bf16"):
        await pool.open()
    await pool.close()
