"""Claims about a whole server under hostile files; minutes long."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import pytest

from benchmarks.hostile import files, heavy
from benchmarks.hostile.sample import Fate
from shizi.web.body import FILE_LIMIT
from tests.running import Running, serving
from tests.samples import SAMPLE
from tests.watch import MIB, Watch, watching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.hostile.sample import Sample
    from tests.bars import Bars

pytestmark = [pytest.mark.slow, pytest.mark.real]

READ, REFUSED = 0, 101002
NO_FILE, TOO_LARGE = 41005, 40006
# Damaged files beside those of every kind: 2 300 in all.
DAMAGED = 1650


class Told(NamedTuple):
    """What one file came to.

    Attributes:
        name: The file's.
        code: The errcode.
        seconds: Until the answer.
        memory: What the server held at most, beyond what it held before, in bytes.
    """

    name: str
    code: int
    seconds: float
    memory: int


class Run(NamedTuple):
    """All files, one after the other, on one server."""

    told: list[Told]
    wrong: list[str]
    before: int
    after: int
    peak: int
    programs: set[str]
    log: str


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    data = tmp_path_factory.mktemp("hostile") / "data"
    with (
        serving(data, "--workers", "2") as server,
        watching(server.process.pid) as watch,
    ):
        yield _all_files(server, watch)


def _all_files(server: Running, watch: Watch) -> Run:
    token = server.token()
    with ThreadPoolExecutor(2) as two:
        sample = SAMPLE.read_bytes()
        list(two.map(lambda _: server.call(token, sample), range(6)))
        before = watch.settled()
        told: list[Told] = []
        wrong: list[str] = []
        for made in (*files.samples(DAMAGED, seed=7), *heavy.samples()):
            rest = watch.now()
            watch.begin()
            begun = time.monotonic()
            code = int(server.call(token, made.data)["errcode"])
            seconds = time.monotonic() - begun
            told.append(Told(made.name, code, seconds, max(0, watch.peak - rest)))
            if code not in _due(made):
                wrong.append(f"{made.name}: {code}")
        after = watch.settled()
        watch.begin()
        for made in heavy.samples():
            codes = two.map(lambda data: server.call(token, data), [made.data] * 2)
            if {int(reply["errcode"]) for reply in codes} - {READ, REFUSED}:
                wrong.append(f"{made.name}, twice")
        peak = watch.peak
    return Run(told, wrong, before, after, peak, watch.programs, server.log())


def _due(made: Sample) -> set[int]:
    """Return the errcodes that a file may be answered with."""
    if not made.data:
        return {NO_FILE}
    if len(made.data) >= FILE_LIMIT:
        return {TOO_LARGE}
    due = {Fate.READ: {READ}, Fate.REFUSED: {REFUSED}}
    return due.get(made.fate, {READ, REFUSED})


def test_every_file_is_read_or_refused_as_it_must(run: Run, bars: Bars) -> None:
    counted = Counter(each.code for each in run.told)
    refused = counted.total() - counted[READ]
    text = f"{counted[READ]} read, {refused} refused, {len(run.wrong)} wrongly"
    bars.tell(
        "files", "every file is read or refused as it must be; no -1, no 5xx", text
    )
    assert run.wrong == []


def test_no_file_takes_ten_seconds(run: Run, bars: Bars) -> None:
    slowest = max(run.told, key=lambda each: each.seconds)
    measured = f"{slowest.seconds:.1f} s ({slowest.name}; {len(run.told)} files)"
    bars.tell("files", "no file answers in more than 10 s", measured)
    assert slowest.seconds <= 10


@pytest.mark.parametrize(("code", "bar"), [(REFUSED, 500), (READ, 800)])
def test_no_file_takes_more_memory_than_its_bar(
    run: Run, bars: Bars, code: int, bar: int
) -> None:
    largest = max(
        (each for each in run.told if each.code == code), key=lambda each: each.memory
    )
    what = "read" if code == READ else "refused"
    measured = f"+{largest.memory / MIB:.0f} MB ({largest.name})"
    bars.tell("files", f"memory for a {what} file at most +{bar} MB", measured)
    assert largest.memory <= bar * MIB


def test_two_heavy_files_at_once_stay_below_the_whole_servers_bar(
    run: Run, bars: Bars
) -> None:
    measured = f"{run.peak / MIB:.0f} MB, two heavy files at a time"
    bars.tell("files", "the whole server with 2 workers at most 2.5 GB", measured)
    assert run.peak <= 2560 * MIB


def test_memory_comes_back(run: Run, bars: Bars) -> None:
    growth = (run.after - run.before) / MIB
    measured = f"{growth:+.0f} MB after {len(run.told)} files"
    bars.tell("files", "growth at most 400 MB", measured)
    assert growth <= 400


def test_no_other_program_runs(run: Run, bars: Bars) -> None:
    bars.tell("files", "no outside program started", f"{len(run.programs) - 1} others")
    assert run.programs == {os.path.realpath(sys.executable)}


def test_the_log_tells_of_no_fault(run: Run, bars: Bars) -> None:
    traces = run.log.count("Traceback") + run.log.count("unexpected error")
    bars.tell("files", "no traceback", f"{traces} in the log")
    assert traces == 0
    assert "worker lost" not in run.log
