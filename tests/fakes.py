"""Small stand-ins for what tests do not want to run."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from shizi.core.errors import ImageDecodeError
from shizi.ocr.null import NullEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shizi.core.image import Image
    from shizi.core.text import Page
    from shizi.ocr.recognise import Reading
    from shizi.ports import Caller, Engine


class RawDecoder:
    """Gives a file's bytes as they are, in place of pixels."""

    def __init__(self, *, caller: Caller) -> None:
        self.caller = caller

    @contextmanager
    def decoded(self, data: bytes) -> Iterator[Image]:
        yield np.frombuffer(data, np.uint8)

    def close(self) -> None:
        pass


class Nobody:
    """A caller that never leaves."""

    since = 0.0
    helpers = ()

    def check(self) -> None:
        pass


class Hoarder(NullEngine):
    """Takes 400 MiB for each read until it is told to give them back."""

    def __init__(self, *, caller: Caller) -> None:
        super().__init__(texts=("400 MiB",), caller=caller)

    def read(self, image: Image) -> Page:
        self.held = b"\x01" * (400 << 20)
        return super().read(image)

    def release(self) -> None:
        self.held = b""


class Asking(NullEngine):
    """Has its helpers answer in its place."""

    def __init__(self, *, caller: Caller) -> None:
        super().__init__(caller=caller)
        self.caller = caller


class IdleEngine(NullEngine):
    """Takes the options of the engine whose place it has, and reads nothing."""

    def __init__(self, *, caller: Caller, **_options: object) -> None:
        seconds = float(os.environ.get("NULL_SECONDS", "0"))
        super().__init__(caller=caller, seconds=seconds)


def echo(_engine: Engine, image: Image) -> bytes:
    """Return what came."""
    return bytes(image)


def refuse(_engine: Engine, _image: Image) -> bytes:
    """Raise one of our own errors."""
    message = "no picture"
    raise ImageDecodeError(message)


def stumble(_engine: Engine, image: Image) -> bytes:
    """Raise an error that nobody foresaw, with what was read in its message."""
    raise ZeroDivisionError(bytes(image).decode())


def die(_engine: Engine, _image: Image) -> bytes:
    """End the worker as a crash does."""
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def hang(_engine: Engine, image: Image) -> bytes:
    """Take as many seconds as the data say."""
    time.sleep(float(bytes(image)))
    return bytes(image)


def worker_id(_engine: Engine, _image: Image) -> int:
    """Return the worker's process id."""
    return os.getpid()


def helpers(engine: Asking, image: Image) -> list[int | None]:
    """Return the process ids that the helpers tell, after so many seconds."""
    time.sleep(float(bytes(image)))
    return [each.ask(worker_id, image) for each in engine.caller.helpers]


def lose_helpers(engine: Asking, image: Image) -> list[bytes | None]:
    """Have the helpers end as by a crash."""
    return [each.ask(die, image) for each in engine.caller.helpers]


def grow(_engine: Engine, image: Image) -> int:
    """Hold as many MiB as the data say for good, and return the process id."""
    _HELD.append(b"\x01" * (int(bytes(image)) << 20))
    return os.getpid()


def read_null(engine: Engine, image: Image) -> str:
    """Return the first line that an engine reads in a square of the data's size."""
    return engine.read(np.zeros((len(image), len(image), 3), np.uint8)).lines[0].text


_HELD: list[bytes] = []


class Dictating:
    """A recogniser that says what it was given, one reading a strip, in turn."""

    def __init__(self, *readings: Reading) -> None:
        self._readings = list(readings)

    def read(self, _strip: np.ndarray) -> Reading:
        """Return the next reading."""
        return self._readings.pop(0)
