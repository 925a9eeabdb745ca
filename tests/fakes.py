"""Small stand-ins for what tests do not want to run."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from shizi.core.errors import ImageDecodeError

if TYPE_CHECKING:
    from shizi.ports import Engine


def echo(_engine: Engine, data: bytes) -> bytes:
    """Return what came."""
    return data


def refuse(_engine: Engine, _data: bytes) -> bytes:
    """Raise one of our own errors."""
    message = "no picture"
    raise ImageDecodeError(message)


def stumble(_engine: Engine, data: bytes) -> bytes:
    """Raise an error that nobody foresaw, with what was read in its message."""
    raise ZeroDivisionError(data.decode())


def die(_engine: Engine, _data: bytes) -> bytes:
    """End the worker as a crash does."""
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def hang(_engine: Engine, data: bytes) -> bytes:
    """Take as many seconds as the data say."""
    time.sleep(float(data))
    return data


def worker_id(_engine: Engine, _data: bytes) -> int:
    """Return the worker's process id."""
    return os.getpid()
