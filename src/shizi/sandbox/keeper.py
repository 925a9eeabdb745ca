"""The worker's side of the sandbox: hands files over, and ends what misbehaves."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from shizi.core.errors import ImageDecodeError, TaskError
from shizi.core.geometry import Size
from shizi.core.image import LARGE, MAX_PIXELS
from shizi.sandbox.inside import (
    ANSWER,
    DECODED,
    QUESTION,
    READY,
    READY_UNFILTERED,
    REFUSED,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from shizi.core.image import Image
    from shizi.ports import Caller

# 4 s: 40 megapixels in 100 scans take 2 (one core of a 2-core laptop-class machine).
SECONDS = 4.0
# Seconds that the process may take to start; 0.2 are usual.
_START_SECONDS = 10.0
# How often, in seconds, it is asked whether somebody still waits for the pixels.
_STEP = 0.25
_LONGEST_SENTENCE = 200

_MAIN = "from shizi.sandbox.inside import attend; attend"
# The settings may hold passwords.
_SETTINGS = "SHIZI_"
_ENVIRONMENT = {
    # The library that multiplies matrices would take a thread and 30 MB of addresses
    # for each core.
    "OPENBLAS_NUM_THREADS": "1",
    # 64 MiB: what 16 megapixels take in Pillow stays with the process from call to
    # call; given back each time, it costs 22 ms at 12 megapixels to have it again.
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
}


class Sandbox:
    """Decodes one file at a time in a process of its own, replaced when it fails."""

    def __init__(self, caller: Caller, *, seconds: float = SECONDS) -> None:
        """Start the process; it is ready soon after.

        Args:
            caller: Who waits for the pixels.
            seconds: Longest time for one file.

        Raises:
            TaskError: The process cannot be started.
        """
        self._caller = caller
        self._seconds = seconds
        size = MAX_PIXELS * 3
        self._shared = os.memfd_create("pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self._shared, size)
        # Sealed: were it cut short, the first look at the pixels would end the worker.
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(self._shared, fcntl.F_ADD_SEALS, seals)
        self._memory = mmap.mmap(self._shared, size)
        self._process = _Process(self._shared)

    @property
    def is_filtered(self) -> bool:
        """Return whether the kernel filters the process's system calls.

        Raises:
            TaskError: The process does not start.
        """
        return self._process.await_ready()

    @contextlib.contextmanager
    def decoded(self, data: bytes) -> Generator[Image]:
        """Give the upright pixels of a file: uint8, (H, W, 3), RGB, not to be altered.

        Raises:
            ImageDecodeError: The bytes are no picture that can be decoded within the
                limits, or they ended the process.
            GoneError: Nobody waits for the pixels any more.
            TaskError: The process does not start.
        """
        width, height = self._ask(data)
        count = width * height * 3
        pixels = np.frombuffer(self._memory, np.uint8, count)
        pixels.flags.writeable = False
        try:
            yield pixels.reshape(height, width, 3)
        finally:
            if count > LARGE:
                self._memory.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        os.close(self._shared)

    def _ask(self, data: bytes) -> Size:
        """Return the size of a file's picture once its pixels are there."""
        try:
            try:
                return self._process.ask(data, self._seconds, self._caller)
            except (EOFError, TaskError):
                # Ended from outside, perhaps: the file gets a second chance.
                self._replace()
                return self._process.ask(data, self._seconds, self._caller)
        except ImageDecodeError:
            raise
        except TimeoutError as error:
            self._replace()
            message = f"decoding takes more than {self._seconds:g} s"
            raise ImageDecodeError(message) from error
        except EOFError as error:
            self._replace()
            raise ImageDecodeError("decoding ended the process") from error
        except BaseException:
            self._replace()
            raise

    def _replace(self) -> None:
        self._process.kill()
        self._process = _Process(self._shared)


class _Process:
    """One life of the sandbox."""

    def __init__(self, shared: int) -> None:
        """Start the process.

        Raises:
            TaskError: It cannot be started.
        """
        self._ready: bytes = b""
        self._link, theirs = socket.socketpair()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_SETTINGS)}
        with theirs:
            number = theirs.fileno()
            try:
                self._process = subprocess.Popen(  # noqa: S603 - this interpreter
                    [sys.executable, "-c", f"{_MAIN}({number}, {shared})"],
                    pass_fds=[number, shared],
                    stdin=subprocess.DEVNULL,
                    env=kept | _ENVIRONMENT,
                )
            except OSError as error:
                self._link.close()
                raise TaskError("the decoder cannot be started") from error

    def await_ready(self) -> bool:
        """Wait until files can be sent; return whether system calls are filtered.

        Raises:
            TaskError: The process does not start.
        """
        if not self._ready:
            self._link.settimeout(_START_SECONDS)
            with contextlib.suppress(OSError):
                self._ready = self._link.recv(1)
        if self._ready not in {READY, READY_UNFILTERED}:
            raise TaskError("the decoder does not start")
        return self._ready == READY

    def ask(self, data: bytes, seconds: float, caller: Caller) -> Size:
        """Return the size of a file's picture, whose pixels are then in the memory.

        Args:
            data: The file.
            seconds: Time for an answer, once the process is ready.
            caller: Who waits for it.

        Raises:
            ImageDecodeError: The file is refused.
            EOFError: The process has ended, or answers nonsense.
            TimeoutError: No answer came in time.
            GoneError: Nobody waits for it any more.
            TaskError: The process does not start.
        """
        self.await_ready()
        end = time.monotonic() + seconds
        try:
            self._link.settimeout(seconds)
            self._link.sendall(QUESTION.pack(len(data)) + data)
            kind, first, second = ANSWER.unpack(self._take(ANSWER.size, end, caller))
            if kind == REFUSED and first <= _LONGEST_SENTENCE:
                sentence = self._take(first, end, caller).decode("ascii", "replace")
                raise ImageDecodeError(sentence)
        except TimeoutError:
            raise
        except OSError as error:
            raise EOFError from error
        if kind != DECODED or not 0 < first * second <= MAX_PIXELS:
            raise EOFError
        return Size(second, first)

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()
        self._process.wait()
        self._link.close()

    def _take(self, size: int, end: float, caller: Caller) -> bytes:
        """Return so many bytes of the answer."""
        data = b""
        while len(data) < size:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._link.settimeout(min(_STEP, left))
            try:
                more = self._link.recv(size - len(data))
            except TimeoutError:
                caller.check()
                continue
            if not more:
                raise EOFError
            data += more
        return data
