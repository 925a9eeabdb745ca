"""Memory and programs of a server and of all that it started, while tests run."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1 << 20


class Watch:
    """Samples a tree of processes from a thread of its own.

    Attributes:
        peak: Most memory since the last `begin`, in bytes; shared pages count once.
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
        total = 0
        with suppress(psutil.NoSuchProcess):
            for process in (self._root, *self._root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    self.programs.add(process.exe())
                    total += process.memory_full_info().pss
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
