"""How many pictures servers on this machine answer, and how soon, by their callers.

shizi's server, and the same server with rapidocr in place of the engine, each with all
cores: rapidocr once as one process with its own defaults and once as a process a core
with one thread, of which the faster counts. Callers send the next picture as soon as
they have an answer. The servers take turns.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import httpx
from PIL import Image

from benchmarks import plot, report, systems
from benchmarks.neighbour import Neighbour, wait_for_quiet
from benchmarks.peer import LIBRARY, THREADS
from benchmarks.serving import PEER, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from benchmarks.serving import Running

PATH = "/cv/ocr/comm"
CALLERS = (1, 4, 16)
# Callers at whose number the better form of each peer is found.
_TRIAL = 4
# The bar: how many times the median the slowest twentieth may take, so many callers.
SPREAD, SPREAD_CALLERS = 2.0, 4
# MiB and seconds that no worker reaches: rapidocr's grow, and replacing them would cost
# it time.
_LIMITS = {"SHIZI_WORKER_MEMORY": "8192", "SHIZI_READ_SECONDS": "100"}
# The sample's parts: their sides, and where they begin, in pixels.
_SIDE, _BEGINNINGS = 1000, (0, 240, 480)
_SAMPLE = Path(str(files("shizi") / "samples" / "page.jpg"))
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_CORES = os.cpu_count() or 1


class Form(NamedTuple):
    """One way to run a system.

    Attributes:
        name: The system.
        workers: Processes that read.
        library: What a peer runs its models with; nothing for shizi.
        threads: Threads of one read, nought for the peer's own default.
    """

    name: str
    workers: int
    library: str = ""
    threads: int = 1

    @property
    def told(self) -> str:
        """Its name, and how it is run."""
        each = f"{self.threads} thread each" if self.threads else "its own threads"
        return f"{self.name}: {self.workers} at once, {each}"


@dataclass(slots=True)
class Load:
    """What so many callers saw.

    Attributes:
        seconds: Of each call, to its answer.
        span: Seconds on the clock, all rounds.
        others: Share of the cores that other work took, by round.
    """

    seconds: list[float] = field(default_factory=list)
    span: float = 0.0
    others: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Pictures a second."""
        return len(self.seconds) / self.span

    def quantile(self, share: float) -> float:
        """Return the seconds that a share of the calls stayed below."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


# By the pictures' name, the system's and the callers.
Loads = dict[tuple[str, str, int], Load]


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description=__doc__)
    parser.add_argument("--data", type=Path, default=report.DATA, metavar="DIR")
    parser.add_argument("--seconds", type=float, default=10.0, help="of one load")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--callers", type=int, nargs="+", default=CALLERS)
    parser.add_argument("--only", choices=["shizi"])
    parser.add_argument(
        "--quiet", type=float, default=0.0, metavar="SECONDS",
        help="wait so long for other work to end before each load",
    )  # fmt: skip
    parser.add_argument("--write", type=Path, metavar="FILE.md")
    options = parser.parse_args()
    albums = {
        "one size": one_size(),
        "mixed": [
            path.read_bytes()
            for path in sorted(options.data.iterdir())
            if path.suffix in _SUFFIXES
        ],
    }
    forms = [Form(systems.SHIZI, _CORES)]
    if not options.only:
        forms += [*_forms(systems.RAPIDOCR_OPENVINO), *_forms(systems.RAPIDOCR)]
    with TemporaryDirectory() as folder, ExitStack() as stack:
        servers = {
            form: stack.enter_context(_started(Path(folder) / str(number), form))
            for number, form in enumerate(forms)
        }
        loads, forms = measure(
            servers,
            albums,
            options.callers,
            seconds=options.seconds,
            rounds=options.rounds,
            quiet=options.quiet,
        )
    text = tell(loads, forms)
    print(text)
    if options.write:
        drawn = options.write.with_name("throughput.svg")
        drawn.write_text(draw(loads, forms), "utf-8")
        report.write_block(options.write, "throughput", text)
    return 0


def one_size() -> list[bytes]:
    """Return pictures of one size, each a part of the sample: some lines of text."""
    page = Image.open(_SAMPLE)
    pictures = []
    for top in _BEGINNINGS:
        for left in _BEGINNINGS:
            file = io.BytesIO()
            part = page.crop((left, top, left + _SIDE, top + _SIDE))
            part.save(file, "JPEG", quality=90)
            pictures.append(file.getvalue())
    return pictures


def measure(
    servers: Mapping[Form, Running],
    albums: Mapping[str, Sequence[bytes]],
    callers: Sequence[int],
    *,
    seconds: float,
    rounds: int,
    quiet: float = 0.0,
) -> tuple[Loads, list[Form]]:
    """Return what callers saw of each system, and the form in which each ran.

    Args:
        servers: Each form's server; of two forms of a system the faster is kept.
        albums: The pictures that are sent, in turn, by what they are called.
        callers: How many there are, one load after the other.
        seconds: Of one load; what is begun within them is waited for.
        rounds: How often the servers take turns.
        quiet: Seconds to wait at most for other work to end, before each load.
    """
    for server in servers.values():
        for album in albums.values():
            _load(server, album, 1, seconds=0.0, least=len(album))
    kept: dict[str, Form] = {}
    best: dict[str, float] = {}
    for form, server in servers.items():
        if [each.name for each in servers].count(form.name) == 1:
            kept[form.name] = form
            continue
        wait_for_quiet(quiet)
        rate = _load(server, next(iter(albums.values())), _TRIAL, seconds=seconds).rate
        if rate > best.get(form.name, 0.0):
            kept[form.name], best[form.name] = form, rate
    forms = list(kept.values())
    loads: Loads = {}
    for name, album in albums.items():
        for count in callers:
            for turn in range(rounds):
                for form in forms if turn % 2 == 0 else forms[::-1]:
                    wait_for_quiet(quiet)
                    seen = _load(servers[form], album, count, seconds=seconds)
                    whole = loads.setdefault((name, form.name, count), Load())
                    whole.seconds += seen.seconds
                    whole.span += seen.span
                    whole.others += seen.others
    return loads, forms


def tell(loads: Loads, forms: Sequence[Form]) -> str:
    """Return the table, how the bar stands, and the machine."""
    ours = forms[0].name
    rows = []
    for (pictures, name, callers), load in loads.items():
        mine = loads[pictures, ours, callers]
        rows.append(
            [
                f"{pictures}, {callers}",
                name,
                f"{load.rate:.2f}",
                f"{mine.rate / load.rate:.2f}",
                f"{load.quantile(0.5) * 1000:.0f}",
                f"{load.quantile(0.95) * 1000:.0f}",
                str(len(load.seconds)),
                f"{statistics.mean(load.others):.0%}",
            ]
        )
    head = [
        "pictures, callers",
        "system",
        "pictures a second",
        "shizi's / its",
        "p50 ms",
        "p95 ms",
        "calls",
        "other work",
    ]
    parts = [report.table(head, rows)]
    steady = loads.get(("one size", ours, SPREAD_CALLERS))
    if steady:
        spread = steady.quantile(0.95) / steady.quantile(0.5)
        parts.append(
            f"p95 / p50 of {ours} with {SPREAD_CALLERS} callers and pictures of one "
            f"size: {spread:.2f} (bar {SPREAD:g})."
        )
    run = "; ".join(form.told for form in forms)
    parts.append(f"{run}. {report.machine(1)}")
    return "\n\n".join(parts)


def draw(loads: Loads, forms: Sequence[Form]) -> str:
    """Return the plot of the pictures a second over the callers, mixed pictures."""
    lines = [
        plot.Series(
            form.name,
            [
                (callers, load.rate)
                for (pictures, name, callers), load in loads.items()
                if name == form.name and pictures == "mixed"
            ],
        )
        for form in forms
    ]
    return plot.draw(lines, across="callers", up="pictures of mixed sizes a second")


def _forms(name: str) -> Iterator[Form]:
    library = name.removeprefix("rapidocr ").replace(" ", "").lower()
    for workers, threads in ((1, 0), (_CORES, 1)):
        yield Form(name, workers, library, threads)


def _started(folder: Path, form: Form) -> AbstractContextManager[Running]:
    """Return the server of a form, to be entered."""
    if not form.library:
        return serving(folder, workers=form.workers, environment=_LIMITS)
    peer = {LIBRARY: form.library, THREADS: str(form.threads), **_LIMITS}
    return serving(folder, workers=form.workers, environment=peer, program=PEER)


def _load(
    server: Running,
    album: Sequence[bytes],
    callers: int,
    *,
    seconds: float,
    least: int = 0,
) -> Load:
    """Return what callers saw who each send one picture after the other.

    Args:
        server: Where they send them.
        album: The pictures; all callers together go through them again and again.
        callers: How many there are.
        seconds: After which no further picture is sent.
        least: Pictures that are sent all the same; one a caller in any case.

    Raises:
        RuntimeError: A picture was not answered.
    """
    load = Load()
    least = max(least, callers)
    turn = threading.Lock()
    numbers = itertools.count()

    def call(client: httpx.Client) -> None:
        while True:
            with turn:
                number = next(numbers)
            if number >= least and time.monotonic() - begun > seconds:
                return
            sent = time.monotonic()
            reply = server.call(client, PATH, album[number % len(album)])
            if reply["errcode"]:
                raise RuntimeError(str(reply))
            with turn:
                load.seconds.append(time.monotonic() - sent)

    with ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client()) for _ in range(callers)]
        pool = stack.enter_context(ThreadPoolExecutor(callers))
        neighbour = Neighbour()
        begun = time.monotonic()
        for calling in [pool.submit(call, client) for client in clients]:
            calling.result()
    load.span = time.monotonic() - begun
    load.others.append(neighbour.share())
    return load


if __name__ == "__main__":
    sys.exit(main())
