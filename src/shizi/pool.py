"""Where tasks run: warmed worker processes behind a bounded, fair queue.

Each worker is a process with an engine of its own, so a crash costs one call and a
model that is not thread-safe never meets two threads. The parent holds one pipe a
worker; a worker whose parent has gone reads the end of its pipe and leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from shizi.core.errors import (
    BusyError,
    SetupError,
    ShiziError,
    TaskError,
    WorkerError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, TypeAlias

    from shizi.ports import Engine

    MakeEngine: TypeAlias = Callable[[], Engine]

T = TypeVar("T")

# Seconds between two tries to start a worker that does not come up.
_RESTART_PAUSE = 1.0
# Seconds that a worker may take to load and warm its engine; 3 are usual.
_START_SECONDS = 120.0
# Seconds that a worker may take to leave when asked.
_LEAVE_SECONDS = 5.0

_MAIN = "from shizi.pool import attend; attend"

_log = logging.getLogger(__name__)


class Load(NamedTuple):
    """How busy the pool is.

    Attributes:
        workers: Workers that are up.
        running: Calls that a worker is at.
        waiting: Calls in the queue.
    """

    workers: int
    running: int
    waiting: int


class Pool:
    """A fixed number of workers; calls are served in the order they came."""

    def __init__(
        self, make_engine: MakeEngine, *, workers: int, queue: int, seconds: float
    ) -> None:
        """Describe the pool; nothing starts before `open`.

        Args:
            make_engine: Picklable; called once in each worker.
            workers: Number of processes.
            queue: Calls that may wait; one more is refused.
            seconds: Longest time a task may run before its worker is replaced.
        """
        self._make_engine = make_engine
        self._size = workers
        self._places = queue
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker-pipe")
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._workers: set[_Worker] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._waiting = 0
        self._running = 0

    @property
    def load(self) -> Load:
        """Return how busy the pool is now."""
        up = sum(worker.is_alive() for worker in self._workers)
        return Load(up, self._running, self._waiting)

    async def open(self) -> None:
        """Start all workers and return when each has warmed its engine.

        Raises:
            ModelError: A model file is missing or altered.
            EngineError: The inference library is missing or refuses the model.
            WorkerError: A worker ended while it started.
        """
        await asyncio.gather(*(self._add_worker() for _ in range(self._size)))

    async def run(self, task: Callable[[Engine, bytes], T], data: bytes) -> T:
        """Return a task's result.

        A caller that is cancelled while it waits leaves the queue; one that is
        cancelled later leaves the worker to finish for nobody.

        Args:
            task: A module-level function; its result must be picklable.
            data: The encoded picture.

        Raises:
            BusyError: Every place in the queue is taken.
            WorkerError: The worker ended or ran out of time.
            ShiziError: Whatever the task raised.
        """
        if self._idle.empty() and self._waiting >= self._places:
            message = f"{self._waiting} calls are waiting"
            raise BusyError(message)
        worker = await self._take_worker()
        return await asyncio.shield(self._keep(self._run_on(worker, task, data)))

    async def close(self) -> None:
        """Wait for the running tasks and end every worker."""
        while self._running:
            await asyncio.wait(list(self._tasks))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(self._threads, w.leave) for w in self._workers)
        )
        self._workers.clear()
        self._threads.shutdown()

    async def _take_worker(self) -> _Worker:
        """Return an idle worker; one that ended meanwhile is replaced, not given."""
        self._waiting += 1
        try:
            while not (worker := await self._idle.get()).is_alive():
                self._lose(worker, "it ended while it was idle")
        finally:
            self._waiting -= 1
        return worker

    def _lose(self, worker: _Worker, reason: object) -> None:
        """Strike a worker off and start another in its place."""
        self._workers.discard(worker)
        _log.warning("worker lost: %s", reason)
        self._keep(self._replace_worker())

    def _keep(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Return a task that is held until it ends, whoever still waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def drop(ended: asyncio.Task[T]) -> None:
            self._tasks.discard(ended)
            if not ended.cancelled():
                ended.exception()  # marked as seen: its caller may have gone

        task.add_done_callback(drop)
        return task

    async def _run_on(
        self, worker: _Worker, task: Callable[[Engine, bytes], T], data: bytes
    ) -> T:
        """Return a task's result from a worker and make the worker idle again."""
        loop = asyncio.get_running_loop()
        self._running += 1
        try:
            result = await loop.run_in_executor(
                self._threads, worker.call, task, data, self._seconds
            )
        except WorkerError as error:
            self._lose(worker, error)
            raise
        except BaseException:
            self._idle.put_nowait(worker)
            raise
        finally:
            self._running -= 1
        self._idle.put_nowait(worker)
        return result

    async def _replace_worker(self) -> None:
        """Start a worker in place of a lost one, however long that takes."""
        while True:
            try:
                await self._add_worker()
            except (WorkerError, SetupError, OSError) as error:
                _log.warning("worker not started: %s", error)
                await asyncio.sleep(_RESTART_PAUSE)
            else:
                return

    async def _add_worker(self) -> None:
        """Start one worker and make it idle when it is warm."""
        worker = _Worker(self._make_engine)
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, worker.start)
        except BaseException:
            worker.kill()
            raise
        self._workers.add(worker)
        self._idle.put_nowait(worker)


class _Worker:
    """The parent's side of one process; its methods block."""

    def __init__(self, make_engine: MakeEngine) -> None:
        self._make_engine = make_engine
        ours, self._theirs = socket.socketpair()
        self._pipe = Connection(ours.detach())
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and return when its engine is warm."""
        with self._theirs as theirs:
            number = theirs.fileno()
            # Not multiprocessing: it runs the parent's main module in the child, and
            # the child needs neither the commands nor the web server (1 s of start).
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter
                [sys.executable, "-c", f"{_MAIN}({number})"],
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
            )
        self._send(self._make_engine)
        self._answer(_START_SECONDS)

    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def call(
        self, task: Callable[[Engine, bytes], T], data: bytes, seconds: float
    ) -> T:
        """Return a task's result, or raise what it raised."""
        self._send((task, data))
        answer: T = self._answer(seconds)  # type: ignore[assignment] # what the task returned
        return answer

    def leave(self) -> None:
        """End the process: by the end of its pipe, then by force."""
        self._pipe.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LEAVE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the process now."""
        self._theirs.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _send(self, message: object) -> None:
        """Hand a message to the process."""
        try:
            self._pipe.send(message)
        except OSError as error:
            text = "the worker has ended"
            raise WorkerError(text) from error

    def _answer(self, seconds: float) -> object:
        """Return what the process sends within some seconds, or end it."""
        try:
            if not self._pipe.poll(seconds):
                self.kill()
                message = f"no answer within {seconds:g} s"
                raise WorkerError(message)
            answer: object = self._pipe.recv()
        except (EOFError, OSError) as error:
            self.kill()
            message = "the worker ended before it answered"
            raise WorkerError(message) from error
        if isinstance(answer, BaseException):
            raise answer
        return answer


def attend(descriptor: int) -> None:
    """Run tasks from a pipe until it ends; the main function of a worker.

    Args:
        descriptor: The worker's end, inherited; first comes what makes the engine.
    """
    # The parent decides when workers leave; signals of a whole group are its business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError), Connection(descriptor) as pipe:
        make_engine: MakeEngine = pipe.recv()
        try:
            engine = make_engine()
            engine.warm()
        except ShiziError as error:
            pipe.send(error)
            return
        pipe.send(None)
        while True:
            task, data = pipe.recv()
            pipe.send(_outcome(task, engine, data))


def _outcome(
    task: Callable[[Engine, bytes], object], engine: Engine, data: bytes
) -> object:
    """Return what a task returns or raises."""
    try:
        return task(engine, data)
    except ShiziError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a fault of ours must not end the worker
        # The place only: a library's message may quote what was read.
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = type(error).__name__
        return TaskError(f"{kind} in {place.name}, line {place.lineno}")
