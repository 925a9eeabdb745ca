"""Memory and programs of a server and of all that it started, while tests run."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1 << 20


class Watch:
    """Samples a tree of processes from a thread of its own.

    Attributes:
        peak: Most memory since the last `begin`, in bytes: what each process has for
            itself, the pixels once, and of the libraries the largest share.
        programs: Every program that was seen to run.
    """

    def __init__(self, process: int, step: float) -> None:
        self._root = psutil.Process(process)
        self._step = step
        self._ended = threading.Event()
        self.peak = 0
        self.programs: set[str] = set()

    def begin(self) -> None:
        """Forget the peak."""
        self.peak = 0

    def now(self) -> int:
        """Return the memory that the tree holds, in bytes."""
        tree = [self._root, *self._root.children(recursive=True)]
        parents: set[int] = set()
        held: dict[int, dict[str, int]] = {}
        for process in tree:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied, OSError):
                self.programs.add(process.exe())
                parents.add(process.ppid())
                held[process.pid] = _resident(process.pid)
        # Not the kernel's own sum, the PSS, with which this agrees within 1 % (906 and
        # 905 MiB): that takes 17 ms a worker, and looks are many.
        private = sum(each["RssAnon"] for each in held.values())
        libraries = max((each["RssFile"] for each in held.values()), default=0)
        # Pixels lie in memory that a worker shares with its decoder, a childless one.
        pixels = sum(each["RssShmem"] for p, each in held.items() if p not in parents)
        total = private + libraries + pixels
        self.peak = max(self.peak, total)
        return total

    def settled(self) -> int:
        """Return the least memory over a moment in which nothing is asked."""
        return min(self._after(0.3) for _ in range(5))

    def _after(self, seconds: float) -> int:
        time.sleep(seconds)
        return self.now()

    def run(self) -> None:
        while not self._ended.wait(self._step):
            self.now()

    def end(self) -> None:
        self._ended.set()


def _resident(process: int) -> dict[str, int]:
    """Return what the kernel tells of a process's memory, in bytes."""
    rows = Path(f"/proc/{process}/status").read_text("ascii", "replace").splitlines()
    pairs = (row.split() for row in rows if row.startswith("Rss"))
    return {pair[0].rstrip(":"): int(pair[1]) * 1024 for pair in pairs}


@contextmanager
def watching(process: int, *, step: float = 0.05) -> Iterator[Watch]:
    """Watch a process and its children every so many seconds."""
    watch = Watch(process, step)
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield watch
    finally:
        watch.end()
        thread.join()
