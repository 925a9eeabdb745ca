"""What else the machine does while something is measured."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil

# Jiffies that neither work nor are waited for: idle and waiting for a disk.
_IDLE = slice(3, 5)
# All but a guest's, which are counted in the user's.
_COUNTED = 8
# Seconds of one look, and what others may take of a quiet machine.
_LOOK, _QUIET = 0.5, 0.05


class Neighbour:
    """Counts the time that processes took which are not ours."""

    def __init__(self) -> None:
        """Begin to count."""
        self._begun = time.monotonic()
        self._busy = _busy()
        self._own = _own()

    def share(self) -> float:
        """Return which share of the cores others have taken since, 0 to 1.

        Too much is told where one of our processes has ended meanwhile.
        """
        span = (time.monotonic() - self._begun) * psutil.cpu_count()
        others = (_busy() - self._busy) - (_own() - self._own)
        share: float = others / span
        return max(0.0, min(1.0, share))


def wait_for_quiet(seconds: float) -> bool:
    """Return whether the machine came to be quiet within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        neighbour = Neighbour()
        time.sleep(_LOOK)
        if neighbour.share() < _QUIET:
            return True
    return False


def _busy() -> float:
    """Return the seconds that all cores have worked since the machine started."""
    row = Path("/proc/stat").read_text("ascii").splitlines()[0]
    spent = [int(each) for each in row.split()[1 : 1 + _COUNTED]]
    ticks = sum(spent) - sum(spent[_IDLE])
    return ticks / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    """Return the CPU seconds of this process and of all that it started."""
    total = 0.0
    me = psutil.Process()
    for process in (me, *me.children(recursive=True)):
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system
    return total
