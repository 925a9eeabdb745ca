"""One worker: a process with an engine of its own, and the pipe to it.

A crash costs one call, and a model that is not thread-safe never meets two threads. A
worker ends with its parent: the kernel sees to it.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from shizi.core.errors import GoneError, ShiziError, TaskError, WorkerError
from shizi.core.image import LARGE, Image
from shizi.core.memory import trim
from shizi.loan import Helper, answer
from shizi.ports import Engine
from shizi.sandbox.limits import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from shizi.loan import Loan
    from shizi.ports import Caller, Decoder

T = TypeVar("T")

# What is done with the pixels of a picture, which it must not alter.
Task: TypeAlias = Callable[[Engine, Image], T]

# Seconds that a worker may take to load and warm its engine; 3 are usual.
_START_SECONDS = 120.0
# 10 s: time in which a worker must take a call that is handed to it, as the kernel
# counts it: seconds and microseconds.
_TAKE_TIME = struct.pack("@ll", 10, 0)
# Seconds that a worker may take to leave when asked.
_LEAVE_SECONDS = 5.0
# Bytes of the number of a call.
_NUMBER = 8

_MAIN = "from shizi.worker import attend; attend"


class MakeEngine(Protocol):
    """Makes a worker's engine, in the worker; picklable."""

    def __call__(self, *, caller: Caller) -> Engine:
        """Return an engine that asks now and then whether the caller still waits.

        Raises:
            SetupError: The installation is not fit to run.
        """
        ...


class MakeDecoder(Protocol):
    """Makes a worker's decoder, in the worker; picklable."""

    def __call__(self, *, caller: Caller) -> Decoder:
        """Return a decoder that asks now and then whether the caller still waits.

        Raises:
            TaskError: It cannot be started.
        """
        ...


class Worker:
    """The parent's side; its methods block, all but `abandon`.

    Attributes:
        resident: Bytes of memory that the process held after its last call.
    """

    def __init__(
        self, make_engine: MakeEngine, make_decoder: MakeDecoder, *, memory: int
    ) -> None:
        """Take what is made in the process; nothing starts before `start`.

        Args:
            make_engine: Called once in the process.
            make_decoder: The same.
            memory: Resident bytes beyond which memory is given back after a call.
        """
        self.resident = 0
        self._start_with = (make_engine, make_decoder, memory)
        ours, self._theirs = socket.socketpair()
        # A process that does not take its call, a stopped one for instance, holds
        # nobody up for ever.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TAKE_TIME)
        self._pipe = Connection(ours.detach())
        self._shared = os.memfd_create("abandoned")
        os.ftruncate(self._shared, _NUMBER)
        self._abandoned = mmap.mmap(self._shared, _NUMBER)
        self._process: subprocess.Popen[bytes] | None = None
        # A pool that closes ends workers that start in another thread.
        self._ending = Lock()
        self._is_over = False

    def start(self) -> None:
        """Start the process and return when its engine is warm.

        Raises:
            SetupError: The installation is not fit to run.
            ServiceError: The process ended, or its decoder does not start.
        """
        with self._ending, self._theirs as theirs:
            if self._is_over:
                message = "the worker was ended before it started"
                raise WorkerError(message)
            pipe, shared = theirs.fileno(), self._shared
            # Not multiprocessing: it runs the parent's main module in the child, and
            # the child needs neither the commands nor the web server (1 s of start).
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter
                [sys.executable, "-c", f"{_MAIN}({pipe}, {shared})"],
                pass_fds=[pipe, shared],
                stdin=subprocess.DEVNULL,
            )
        self._send(self._start_with, [])
        self._answer(_START_SECONDS)

    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def call(
        self,
        number: int,
        task: Task[T],
        data: bytes,
        seconds: float,
        loans: Sequence[Loan] = (),
    ) -> T:
        """Return a task's result, or raise what it raised.

        Args:
            number: The call's own, from 1 on.
            task: A module-level function.
            data: The encoded picture.
            seconds: Time after which the process is ended.
            loans: Idle workers that may be asked for help.

        Raises:
            WorkerError: The process ended or ran out of time.
            ShiziError: Whatever decoding or the task raised.
        """
        self._send((number, task, data), [loan.asking for loan in loans])
        result: T = self._answer(seconds)  # type: ignore[assignment] # what the task returned
        return result

    def help(self, number: int, loan: Loan, seconds: float) -> None:
        """Have the process help with another one's call until the loan ends.

        Args:
            number: One of its own, as for a call.
            loan: The way to the other one.
            seconds: Time after which the process is ended.

        Raises:
            WorkerError: The process ended or ran out of time.
        """
        self._send((number, None, b""), [loan.helping])
        self._answer(seconds)

    def abandon(self, number: int) -> None:
        """Say that nobody waits for a call any more; it ends at its next step."""
        self._abandoned[:] = number.to_bytes(_NUMBER, "little")

    def leave(self) -> None:
        """End the process: by the end of its pipe, then by force."""
        self._pipe.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LEAVE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the process now; one that has not begun never will."""
        with self._ending:
            self._is_over = True
            self._theirs.close()
            if self._process is not None:
                self._process.kill()
                self._process.wait()
            if self._shared >= 0:
                os.close(self._shared)
                self._shared = -1

    def _send(self, message: tuple[object, ...], ends: Sequence[socket.socket]) -> None:
        """Hand a message to the process, and ends of sockets."""
        try:
            self._pipe.send((*message, len(ends)))
            if ends:
                with _socket_of(self._pipe) as pipe:
                    files = [end.fileno() for end in ends]
                    socket.send_fds(pipe, [b"."], files)
        except OSError as error:
            self.kill()
            text = "the worker has ended, or takes no call"
            raise WorkerError(text) from error

    def _answer(self, seconds: float) -> object:
        """Return what the process sends within some seconds, or end it."""
        answer: object
        try:
            if not self._pipe.poll(seconds):
                self.kill()
                message = f"no answer within {seconds:g} s"
                raise WorkerError(message)
            self.resident, answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self.kill()
            message = "the worker ended before it answered"
            raise WorkerError(message) from error
        if isinstance(answer, BaseException):
            raise answer
        return answer


def attend(descriptor: int, shared: int) -> None:
    """Run tasks from a pipe until it ends; the main function of a worker.

    Args:
        descriptor: The worker's end, inherited; first comes what makes the engine and
            the decoder, and how much memory is too much.
        shared: Memory that holds the number of the call last abandoned, inherited.
    """
    end_with_parent()
    # The parent decides when workers leave; signals of a whole group are its business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    caller = _Caller(shared)
    with contextlib.suppress(EOFError, OSError), Connection(descriptor) as pipe:
        make_engine, make_decoder, memory, _ = pipe.recv()
        try:
            # Its process starts while the engine loads.
            decoder = make_decoder(caller=caller)
            engine = make_engine(caller=caller)
            engine.warm()
        except ShiziError as error:
            pipe.send((_resident(), error))
            return
        with contextlib.closing(decoder):
            pipe.send((_resident(), None))
            while True:
                number, task, data, count = pipe.recv()
                outcome: object = None
                with _received(pipe, count) as ends:
                    if task is None:
                        caller.begin(number, [])
                        answer(engine, *ends)
                    else:
                        caller.begin(number, ends)
                        outcome = _outcome(task, engine, decoder, data)
                if _resident() > memory:
                    engine.release()
                    trim()
                pipe.send((_resident(), outcome))


class _Caller:
    """Who waits for the call that the worker is at."""

    def __init__(self, shared: int) -> None:
        self._abandoned = mmap.mmap(shared, _NUMBER)
        self._number = b""
        self._since = time.monotonic()
        self._helpers: Sequence[Helper] = ()

    @property
    def helpers(self) -> Sequence[Helper]:
        return self._helpers

    @property
    def since(self) -> float:
        return self._since

    def begin(self, number: int, asking: Sequence[Connection]) -> None:
        """Turn to another call, with the asking ends of its loans."""
        self._helpers = [Helper(each) for each in asking]
        self._number = number.to_bytes(_NUMBER, "little")
        self._since = time.monotonic()

    def check(self) -> None:
        if self._abandoned[:] == self._number:
            raise GoneError("nobody waits for the answer")


def _outcome(
    task: Task[object], engine: Engine, decoder: Decoder, data: bytes
) -> object:
    """Return what a task returns or raises."""
    try:
        with decoder.decoded(data) as image:
            try:
                return task(engine, image)
            finally:
                if image.nbytes > LARGE:
                    engine.release()
                    trim()
    except ShiziError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a fault of ours must not end the worker
        # The place only: a library's message may quote what was read.
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = type(error).__name__
        return TaskError(f"{kind} in {place.name}, line {place.lineno}")


@contextlib.contextmanager
def _received(pipe: Connection, count: int) -> Generator[list[Connection]]:
    """Give the ends of sockets that come with a message, until the block ends."""
    with contextlib.ExitStack() as stack:
        ends: list[Connection] = []
        if count:
            with _socket_of(pipe) as raw:
                _, files, _, _ = socket.recv_fds(raw, 1, count)
            ends = [stack.enter_context(Connection(file)) for file in files]
        yield ends


def _socket_of(pipe: Connection) -> socket.socket:
    """Return the socket of a pipe, to be closed apart."""
    return socket.fromfd(pipe.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)


def _resident() -> int:
    """Return the bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * mmap.PAGESIZE
