"""Read thousands of mixed pictures through a real server, and watch its memory."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import httpx

from benchmarks import plot, report
from benchmarks.mixture import Mixture
from benchmarks.render.fonts import FontMissingError
from benchmarks.serving import DECODERS, ROLES, SERVER, WORKERS, Running, serving

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The bar: how much more memory than at the picture that counts as the beginning.
GROWTH = 0.15
_BEGINNING = 500

# Pictures around which the workers' own memory is told.
_WORKERS_AT = (200, 2000)

_SERVER_WORKERS = 2
# One more than there are workers: neither waits for the next picture.
_CALLERS = _SERVER_WORKERS + 1
_STEP = 2.0
# Pages drawn, and files damaged at random; a CI machine has some seconds.
_DRAWN, _DAMAGED = 64, 1000
_SHORT_SECONDS, _SHORT_DAMAGED, _SHORT_STEP = 9.0, 50, 0.25
_MIB = 1 << 20
_LISTED = 10


class Moment(NamedTuple):
    """What was held at one time.

    Attributes:
        done: Pictures that had been answered.
        held: Resident bytes by role.
    """

    done: int
    held: Mapping[str, int]

    @property
    def total(self) -> int:
        """The bytes of all processes."""
        return sum(self.held.values())


@dataclass(slots=True)
class Soak:
    """One run.

    Attributes:
        moments: Memory over time.
        codes: How often each errcode was answered.
        wrong: What was answered otherwise than it must.
        seconds: From the first picture to the last.
    """

    moments: list[Moment] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def done(self) -> int:
        """How many pictures were answered."""
        return self.codes.total()

    def memory(
        self, middle: float, reach: float, roles: Sequence[str] = ROLES
    ) -> float:
        """Return the median memory, in bytes, around so many pictures."""

        def held(moment: Moment) -> int:
            return sum(moment.held[role] for role in roles)

        around = [held(m) for m in self.moments if abs(m.done - middle) <= reach]
        nearest = min(self.moments, key=lambda m: abs(m.done - middle))
        return statistics.median(around or [held(nearest)])


class Verdict(NamedTuple):
    """What came of a run.

    Attributes:
        beginning: The picture that growth is counted from.
        before: Bytes held then.
        after: Bytes held at the end.
        peak: The most bytes at any time.
    """

    beginning: int
    before: float
    after: float
    peak: int

    @property
    def growth(self) -> float:
        """How much more is held at the end, as a share."""
        return self.after / self.before - 1


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.soak", description=__doc__)
    parser.add_argument("--count", type=int, default=5000, help="pictures to read")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument(
        "--short", action="store_true", help="some seconds; growth is told, not judged"
    )
    parser.add_argument("--write", type=Path, metavar="FILE.md")
    options = parser.parse_args()
    count, limit, short = options.count, None, options.short
    if short:
        limit = _SHORT_SECONDS
    try:
        mixture = Mixture(
            options.seed,
            drawn=0 if short else _DRAWN,
            damaged=_SHORT_DAMAGED if short else _DAMAGED,
            jobs=1 if short else os.cpu_count() or 1,
        )
    except FontMissingError as error:
        print(error, file=sys.stderr)
        return 1
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder), workers=_SERVER_WORKERS) as server,
    ):
        step = _SHORT_STEP if short else _STEP
        soak = run(server, mixture, count, step=step, seconds=limit)
    verdict = judge(soak)
    text = tell(soak, verdict)
    print(text)
    for wrong in soak.wrong[:_LISTED]:
        print("wrong:", wrong, file=sys.stderr)
    if options.write:
        picture = options.write.with_name("soak.svg")
        picture.write_text(draw(soak, verdict), "utf-8")
        report.write_block(options.write, "soak", text)
    flat = short or verdict.growth <= GROWTH
    return int(not flat or bool(soak.wrong))


def run(
    server: Running,
    mixture: Mixture,
    count: int,
    *,
    step: float = _STEP,
    seconds: float | None = None,
) -> Soak:
    """Have callers send pictures until all are answered; return what was seen.

    Args:
        step: Seconds between two looks at the memory.
        seconds: Send no further picture once so many have passed.
    """
    soak = Soak()
    ended = threading.Event()
    turn = threading.Lock()
    numbers = iter(range(count))
    begun = time.monotonic()

    def call() -> None:
        with httpx.Client() as client:
            while seconds is None or time.monotonic() - begun < seconds:
                with turn:
                    number = next(numbers, None)
                if number is None:
                    return
                item = mixture.item(number)
                reply = server.call(client, item.path, item.data)
                code = int(reply["errcode"])
                with turn:
                    soak.codes[code] += 1
                    if code not in item.codes:
                        soak.wrong.append(f"{number}, {item.name}: {code}")

    def watch() -> None:
        while not ended.wait(step):
            soak.moments.append(Moment(soak.done, server.memory()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(_CALLERS) as pool:
            for caller in [pool.submit(call) for _ in range(_CALLERS)]:
                caller.result()
    finally:
        ended.set()
        watcher.join()
    soak.seconds = time.monotonic() - begun
    soak.moments.append(Moment(soak.done, server.memory()))
    return soak


def judge(soak: Soak) -> Verdict:
    """Return how memory went; a short run begins after a tenth of its pictures."""
    beginning = min(_BEGINNING, soak.done // 10)
    reach = beginning / 4
    return Verdict(
        beginning,
        soak.memory(beginning, reach),
        soak.memory(soak.done, 2 * reach),
        max(moment.total for moment in soak.moments),
    )


def tell(soak: Soak, verdict: Verdict) -> str:
    """Return the table, the codes, and the machine."""
    rows = [
        [
            f"{soak.done}",
            f"{verdict.before / _MIB:.0f}",
            f"{verdict.after / _MIB:.0f}",
            f"{verdict.growth:+.1%}",
            f"{verdict.peak / _MIB:.0f}",
            f"{len(soak.wrong)}",
            f"{soak.seconds / 60:.0f}",
        ]
    ]
    head = [
        "pictures",
        f"MiB at {verdict.beginning}",
        "at the end",
        "growth",
        "at most",
        "answered wrongly",
        "minutes",
    ]
    codes = ", ".join(
        f"{times} times {code}" for code, times in soak.codes.most_common()
    )
    return (
        f"{report.table(head, rows)}\n\n{_SERVER_WORKERS} workers"
        f"{tell_workers(soak)}; errcodes: {codes}. {report.machine(1)}"
    )


def tell_workers(soak: Soak) -> str:
    """Return what the workers alone held early and late, of a run long enough."""
    early, late = _WORKERS_AT
    if soak.done < late:
        return ""
    before, after = (
        soak.memory(number, early / 4, (WORKERS,)) / _SERVER_WORKERS
        for number in _WORKERS_AT
    )
    return (
        f", each of which held {before / _MIB:.0f} MiB around picture {early} and "
        f"{after / _MIB:.0f} MiB around picture {late} ({after / before - 1:+.1%})"
    )


def draw(soak: Soak, verdict: Verdict) -> str:
    """Return the plot of the memory over the pictures."""
    lines = [
        plot.Series(role, [(m.done, m.held[role] / _MIB) for m in soak.moments])
        for role in (WORKERS, DECODERS, SERVER)
    ]
    total = [(m.done, m.total / _MIB) for m in soak.moments]
    return plot.draw(
        [plot.Series("all processes", total), *lines],
        across="pictures answered",
        up="resident memory, MiB; dashed: the beginning, and 15 % more than then held",
        upright=verdict.beginning,
        level=verdict.before * (1 + GROWTH) / _MIB,
    )


if __name__ == "__main__":
    sys.exit(main())
