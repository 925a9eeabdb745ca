"""Where tasks run: warmed worker processes behind a bounded, fair queue."""

from __future__ import annotations

import asyncio
import itertools
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from shizi.core.errors import BusyError, SetupError, WorkerError
from shizi.loan import Loan
from shizi.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any

    from shizi.worker import MakeDecoder, MakeEngine, Task

T = TypeVar("T")

# Seconds between two tries to start a worker that does not come up.
_RESTART_PAUSE = 1.0
# Seconds that a helper may be late: a loan ends with the call that it is for.
_LATE = 5.0
# 253: open files that the kernel hands over at once.
_MOST_LOANS = 253

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
        self,
        make_engine: MakeEngine,
        make_decoder: MakeDecoder,
        *,
        workers: int,
        queue: int,
        seconds: float,
        memory: int,
        patience: float | None = None,
    ) -> None:
        """Describe the pool; nothing starts before `open`.

        Args:
            make_engine: Picklable; called once in each worker.
            make_decoder: Picklable; called once in each worker.
            workers: Number of processes.
            queue: Calls that may wait; one more is refused.
            seconds: Longest time a task may run before its worker is replaced.
            memory: Resident bytes beyond which a worker gives memory back after its
                call, and is replaced when that does not help.
            patience: Seconds after which a call that waits is refused, if ever.
        """
        self._make_engine = make_engine
        self._make_decoder = make_decoder
        self._size = workers
        self._places = queue
        self._seconds = seconds
        self._memory = memory
        self._patience = patience
        self._numbers = itertools.count(1)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker-pipe")
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._workers: set[Worker] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loans: list[Loan] = []
        self._waiting = 0
        self._running = 0

    @property
    def load(self) -> Load:
        """Return how busy the pool is now."""
        up = sum(worker.is_alive() for worker in self._workers)
        return Load(up, self._running, self._waiting)

    @property
    def memory(self) -> tuple[int, ...]:
        """Return the bytes that each worker held after its last call."""
        return tuple(worker.resident for worker in self._workers)

    async def open(self) -> None:
        """Start all workers and return when each has warmed its engine.

        Raises:
            ModelError: A model file is missing or altered.
            EngineError: The inference library is missing or refuses the model.
            WorkerError: A worker ended while it started.
        """
        await asyncio.gather(*(self._add_worker() for _ in range(self._size)))

    async def run(self, task: Task[T], data: bytes) -> T:
        """Return a task's result on a picture.

        A caller that is cancelled while it waits leaves the queue; for one that is
        cancelled later the worker stops at its next step.

        Args:
            task: A module-level function; its result must be picklable.
            data: The encoded picture.

        Raises:
            BusyError: Every place in the queue is taken, or no worker was free in time.
            ImageDecodeError: The picture cannot be decoded within the limits.
            WorkerError: The worker ended or ran out of time.
            ShiziError: Whatever the task raised.
        """
        if self._idle.empty() and self._waiting >= self._places + len(self._loans):
            message = f"{self._waiting} calls are waiting"
            raise BusyError(message)
        worker = await self._take_worker()
        number = next(self._numbers)
        call = self._keep(self._run_on(worker, number, task, data, self._lend()))
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            if not call.done():
                worker.abandon(number)
            raise

    async def close(self) -> None:
        """Wait for the running tasks and end every worker."""
        while self._running or self._loans:
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

    async def _take_worker(self) -> Worker:
        """Return an idle worker; one that ended meanwhile is replaced, not given."""
        self._waiting += 1
        try:
            if self._idle.empty():
                self._recall()
            async with asyncio.timeout(self._patience):
                while not (worker := await self._idle.get()).is_alive():
                    self._lose(worker, "it ended while it was idle")
        except TimeoutError as error:
            message = f"no worker was free within {self._patience} s"
            raise BusyError(message) from error
        finally:
            self._waiting -= 1
        return worker

    def _lend(self) -> list[Loan]:
        """Return loans of all workers that are idle: their cores are, too.

        None where a caller waits: it has been woken for one of them.
        """
        loans: list[Loan] = []
        while not self._waiting and not self._idle.empty() and len(loans) < _MOST_LOANS:
            worker = self._idle.get_nowait()
            if not worker.is_alive():
                self._lose(worker, "it ended while it was idle")
                continue
            loan = Loan()
            loans.append(loan)
            self._loans.append(loan)
            self._keep(self._help(worker, loan))
        return loans

    def _recall(self) -> None:
        """Have one helper come back: a caller waits for a worker."""
        for loan in self._loans:
            if not loan.is_recalled:
                loan.recall()
                return

    async def _help(self, worker: Worker, loan: Loan) -> None:
        """Have a worker help until its loan ends, and make it idle again."""
        loop = asyncio.get_running_loop()
        number, seconds = next(self._numbers), self._seconds + _LATE
        try:
            await loop.run_in_executor(
                self._threads, worker.help, number, loan, seconds
            )
        except WorkerError as error:
            self._lose(worker, error)
        else:
            self._release(worker)
        finally:
            loan.stop_helping()
            self._loans.remove(loan)

    def _lose(self, worker: Worker, reason: object) -> None:
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
        self,
        worker: Worker,
        number: int,
        task: Task[T],
        data: bytes,
        loans: Sequence[Loan],
    ) -> T:
        """Return a task's result from a worker and make the worker idle again."""
        loop = asyncio.get_running_loop()
        self._running += 1
        try:
            result = await loop.run_in_executor(
                self._threads, worker.call, number, task, data, self._seconds, loans
            )
        except WorkerError as error:
            self._lose(worker, error)
            raise
        except BaseException:
            self._release(worker)
            raise
        finally:
            self._running -= 1
            for loan in loans:
                loan.stop_asking()
        self._release(worker)
        return result

    def _release(self, worker: Worker) -> None:
        """Make a worker idle, or replace it when it has grown too large."""
        if worker.resident <= self._memory:
            self._idle.put_nowait(worker)
        else:
            _log.info("worker replaced: it holds %d MiB", worker.resident >> 20)
            self._keep(self._retire(worker))

    async def _retire(self, worker: Worker) -> None:
        """End a worker that is at no call and start another in its place."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, worker.leave)
        self._workers.discard(worker)
        await self._replace_worker()

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
        worker = Worker(self._make_engine, self._make_decoder, memory=self._memory)
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, worker.start)
        except BaseException:
            worker.kill()
            raise
        self._workers.add(worker)
        self._idle.put_nowait(worker)
