"""Claims about processes that end in the middle of their work."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from shizi.access.apps import list_apps
from shizi.access.quotas import find_quota, shanghai_day
from shizi.access.store import open_store
from shizi.core.api import Api
from tests.faults.crowd import Answer, crowd, load
from tests.running import NULL, Running, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bars import Bars

pytestmark = [pytest.mark.real, pytest.mark.fault]

CALLERS, EACH = 8, 25
_WORKERS, _KILLS = 2, 3
WORKER, DECODER = "shizi.worker", "shizi.sandbox"


@contextmanager
def running(data: Path, log_name: str = "log") -> Iterator[Running]:
    """Run a server with two workers whose reads take 50 milliseconds."""
    with serving(
        data,
        "--workers",
        "2",
        program=NULL,
        environment={"NULL_SECONDS": "0.05"},
        log_name=log_name,
    ) as server:
        yield server


def parts(server: psutil.Process, kind: str) -> list[psutil.Process]:
    """Return the running processes of a kind below the server."""
    found: list[psutil.Process] = []
    for process in server.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie is none
            if kind in " ".join(process.cmdline()):
                found.append(process)
    return found


def decodes(decoder: psutil.Process) -> bool:
    """Return whether a decoder has started: it then has no standard output any more."""
    return not Path(f"/proc/{decoder.pid}/fd/1").exists()


def crowd_and_kill(kind: str, server: Running) -> tuple[Counter[int | None], int]:
    """Return the codes of a crowd's calls, and how often a process was killed.

    The next one is killed when the last one was replaced.
    """
    tree = psutil.Process(server.process.pid)
    answers: list[Answer] = []
    token = server.token()

    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answers.extend(crowd(server.url, token, callers=CALLERS, each=1))

    asking = threading.Thread(target=ask)
    asking.start()
    kills = 0
    try:
        while kills < _KILLS:
            time.sleep(0.25)
            found = parts(tree, kind)
            ready = len(found) == len(parts(tree, DECODER)) == _WORKERS
            if ready and all(map(decodes, parts(tree, DECODER))):
                oldest = min(found, key=psutil.Process.create_time)
                if load(server)["workers"] == _WORKERS:
                    oldest.kill()
                    kills += 1
    finally:
        done.set()
        asking.join()
    return Counter(answer.code for answer in answers), kills


def test_each_killed_worker_costs_its_own_call_at_most(
    tmp_path: Path, bars: Bars
) -> None:
    with running(tmp_path / "data") as server:
        codes, kills = crowd_and_kill(WORKER, server)
        (after,) = crowd(server.url, server.token(), callers=1)
        log = server.log()
    measured = f"{codes[-1]} of {sum(codes.values())} calls lost by {kills} kills"
    bars.tell("faults", "kill -9 of a worker costs at most its own call", measured)
    assert set(codes) <= {0, -1}
    assert codes[-1] <= kills
    assert after.code == 0
    assert "Traceback" not in log


def test_a_killed_decoder_costs_nothing(tmp_path: Path, bars: Bars) -> None:
    with running(tmp_path / "data") as server:
        codes, kills = crowd_and_kill(DECODER, server)
    measured = f"{sum(codes.values()) - codes[0]} calls lost by {kills} kills"
    bars.tell("faults", "kill -9 of a decoder costs no call", measured)
    assert set(codes) == {0}


def test_a_killed_server_leaves_no_process_and_no_wrong_count(
    tmp_path: Path, bars: Bars
) -> None:
    data = tmp_path / "data"
    answers: list[Answer] = []
    with running(data) as server:
        token = server.token()

        def ask() -> None:
            answers.extend(crowd(server.url, token, callers=CALLERS, each=EACH))

        asking = threading.Thread(target=ask)
        tree = psutil.Process(server.process.pid)
        asking.start()
        wait_until_busy(server)
        below = tree.children(recursive=True)
        server.process.kill()
        asking.join()
    _, alive = psutil.wait_procs(below, timeout=10)
    answered = sum(answer.code == 0 for answer in answers)
    counted = asyncio.run(count(data))
    with running(data, "log2") as server:
        (again,) = crowd(server.url, token, callers=1)
    measured = f"{answered} answered, {counted} counted, {len(alive)} processes left"
    bar = "kill -9 of the server: no orphans, at most the calls in flight counted more"
    bars.tell("faults", bar, measured)
    assert len(below) == 4
    assert alive == []
    assert 0 < answered <= counted <= answered + CALLERS
    assert again.code == 0


async def count(data: Path) -> int:
    """Return the calls of today that are counted to the first app."""
    async with await open_store(data) as store:
        app, *_ = await list_apps(store)
        day = shanghai_day(time.time())
        return (await find_quota(store, app, Api.PRINTED_TEXT, day=day)).used


def wait_until_busy(server: Running) -> None:
    """Return in the middle of load: calls were answered, are read, and wait."""
    deadline = time.monotonic() + 60
    while True:
        figures = load(server)
        reading = figures["running"] == _WORKERS
        if figures["answered"] >= CALLERS and reading and figures["waiting"]:
            return
        assert time.monotonic() < deadline


@pytest.mark.slow
def test_a_stopped_worker_is_replaced_after_its_time(tmp_path: Path) -> None:
    stopped = {"NULL_SECONDS": "0.05", "SHIZI_READ_SECONDS": "2"}
    with serving(
        tmp_path / "data", "--workers", "2", program=NULL, environment=stopped
    ) as server:
        token = server.token()
        tree = psutil.Process(server.process.pid)
        for worker in parts(tree, WORKER):
            os.kill(worker.pid, signal.SIGSTOP)
        answers = crowd(server.url, token, callers=4)
        codes = Counter(answer.code for answer in answers)
        (after,) = crowd(server.url, token, callers=1)
    assert codes == {-1: 2, 0: 2}
    assert after.code == 0


@pytest.mark.slow
def test_a_stopped_decoder_refuses_its_file_and_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        token = server.token()
        assert {a.code for a in crowd(server.url, token, callers=8)} == {0}
        tree = psutil.Process(server.process.pid)
        for decoder in parts(tree, DECODER):
            os.kill(decoder.pid, signal.SIGSTOP)
        codes = Counter(a.code for a in crowd(server.url, token, callers=4))
    assert codes == {101002: 2, 0: 2}


def test_sigterm_under_load_answers_what_it_began_and_leaves_nothing(
    tmp_path: Path, bars: Bars
) -> None:
    answers: list[Answer] = []
    with running(tmp_path / "data") as server:
        token = server.token()
        tree = psutil.Process(server.process.pid)

        def ask() -> None:
            answers.extend(crowd(server.url, token, callers=CALLERS, each=EACH))

        asking = threading.Thread(target=ask)
        asking.start()
        wait_until_busy(server)
        below = tree.children(recursive=True)
        signalled = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        status = server.process.wait(30)
        took = time.monotonic() - signalled
        asking.join()
    _, alive = psutil.wait_procs(below, timeout=5)
    begun = [each for each in answers if each.begun < signalled - 0.2]
    lost = sum(each.code is None for each in begun)
    measured = f"exit {status} after {took:.1f} s, {lost} of {len(begun)} calls lost"
    bar = "SIGTERM under load: calls in flight answered, exit 0 within 30 s, no orphans"
    bars.tell("faults", bar, measured)
    assert (status, lost, alive) == (0, 0, [])
    assert took < 30
    assert {each.code for each in begun} == {0}
