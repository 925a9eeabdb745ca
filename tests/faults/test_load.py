"""Claims about a server with more callers than it can answer at once.

With an engine that reads nothing here, which puts more strain on all that is before it;
`slow` tests do the same with the real one.
"""

from __future__ import annotations

import asyncio
import socket
import statistics
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.faults.crowd import Answer, call, crowd, load
from tests.running import NULL, SHIZI, Running, serving
from tests.samples import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bars import Bars

pytestmark = [pytest.mark.real, pytest.mark.fault]

# The plain run's engine, and the one whose figures are told.
PROGRAMS = [
    pytest.param(NULL, id="null"),
    pytest.param(SHIZI, id="real", marks=pytest.mark.slow),
]
BUSY = -1


@contextmanager
def loaded(
    tmp_path: Path,
    program: list[str],
    *options: str,
    seconds: float = 0.05,
    queue: int = 64,
) -> Iterator[tuple[Running, str]]:
    """Run a server with two workers; reads of the null engine take so long."""
    environment = {"NULL_SECONDS": str(seconds), "SHIZI_QUEUE": str(queue)}
    with serving(
        tmp_path / "data",
        "--workers",
        "2",
        *options,
        program=program,
        environment=environment,
    ) as server:
        yield server, server.token()


@pytest.mark.parametrize("program", PROGRAMS)
def test_sixteen_callers_get_two_hundred_times_the_same_answer(
    tmp_path: Path, bars: Bars, program: list[str]
) -> None:
    with loaded(tmp_path, program) as (server, token):
        answers = crowd(server.url, token, callers=16, each=13)[:200]
    codes = Counter(answer.code for answer in answers)
    replies = {answer.reply for answer in answers}
    if program is SHIZI:
        measured = f"{codes[0]} of {len(answers)} answered, {len(replies)} reply"
        bar = "200 requests by 16 clients: no error, identical answers"
        bars.tell("load", bar, measured)
    assert codes == {0: 200}
    assert len(replies) == 1


@pytest.mark.parametrize("program", PROGRAMS)
def test_three_hundred_at_once_are_all_answered_and_all_is_well_soon_after(
    tmp_path: Path, bars: Bars, program: list[str]
) -> None:
    with loaded(tmp_path, program) as (server, token):
        alone = statistics.median(each.seconds for each in one_by_one(server, token, 5))
        answers = crowd(server.url, token, callers=300)
        ended = time.monotonic()
        codes = Counter(answer.code for answer in answers)
        # Normal: at most twice as long as before.
        while (after := one_by_one(server, token, 1)[0]).seconds > 2 * alone:
            assert time.monotonic() - ended < 15
        recovery = time.monotonic() - ended
        assert server.process.poll() is None
    if program is SHIZI:
        measured = f"{codes[0]} read, {codes[BUSY]} told -1, {codes[None]} lost"
        bars.tell("load", "300 connections at once: all answered", measured)
        took = f"{after.seconds:.1f} s a call, {alone:.1f} s before"
        measured = f"after {recovery:.1f} s: {took}"
        bars.tell("load", "normal again within 15 s", measured)
    assert set(codes) <= {0, BUSY}
    # Two that run and sixty-four that wait are read, whatever else comes.
    assert codes[0] >= 66
    assert after.code == 0
    assert recovery < 15


def one_by_one(server: Running, token: str, times: int) -> list[Answer]:
    """Return the answers to calls of one caller."""
    return crowd(server.url, token, callers=1, each=times)


def test_a_full_queue_is_told_at_once(tmp_path: Path) -> None:
    with loaded(tmp_path, NULL, seconds=2, queue=6) as (server, token):
        answers = crowd(server.url, token, callers=40)
    turned_away = [each.begun + each.seconds for each in answers if each.code == BUSY]
    served = [each.begun + each.seconds for each in answers if each.code == 0]
    assert (len(turned_away), len(served)) == (40 - 8, 8)
    # Who was turned away knew it before the queue was read.
    assert max(turned_away) < max(served)


@pytest.mark.slow
def test_forty_origins_that_never_answer_delay_no_upload(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0), backlog=100) as origin,
        loaded(tmp_path, NULL, "--fetch-allow", "127.0.0.0/8") as (server, token),
    ):
        port = origin.getsockname()[1]

        async def run() -> tuple[int, list[int | None]]:
            async with httpx.AsyncClient(timeout=60) as client:
                hanging = [
                    asyncio.create_task(
                        client.post(
                            f"{server.url}/cv/ocr/comm",
                            params={
                                "access_token": token,
                                "img_url": f"http://127.0.0.1:{port}/{number}.jpg",
                            },
                        )
                    )
                    for number in range(40)
                ]
                await asyncio.sleep(0.5)
                uploads = [await call(client, server.url, token) for _ in range(10)]
                waiting = sum(not task.done() for task in hanging)
                replies = await asyncio.gather(*hanging)
                assert {reply.json()["errcode"] for reply in replies} == {101000}
                return waiting, [answer.code for answer in uploads]

        waiting, codes = asyncio.run(run())
    assert (waiting, codes) == (40, [0] * 10)


def test_a_client_that_leaves_in_the_middle_of_a_read_frees_its_worker(
    tmp_path: Path,
) -> None:
    with loaded(tmp_path, NULL, seconds=15) as (server, token):
        data = SAMPLE.read_bytes()
        head = (
            f"POST /cv/ocr/comm?access_token={token} HTTP/1.1\r\nHost: a\r\n"
            f"Content-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        for _ in range(2):
            with socket.create_connection(address) as client:
                client.sendall(head.encode() + data)
                deadline = time.monotonic() + 10
                while load(server)["running"] < 1:
                    assert time.monotonic() < deadline
        deadline = time.monotonic() + 5
        while load(server)["running"]:
            assert time.monotonic() < deadline
        assert load(server)["workers"] == 2


def test_clients_that_send_nothing_do_not_keep_others_out(tmp_path: Path) -> None:
    with loaded(tmp_path, NULL) as (server, token):
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        idle = [socket.create_connection(address) for _ in range(200)]
        for number, client in enumerate(idle):
            client.sendall(b"POST /cv/ocr/comm?access_token=" + b"a" * (number % 9))
        answers = crowd(server.url, token, callers=8, each=3)
        for client in idle:
            client.close()
    assert {answer.code for answer in answers} == {0}
