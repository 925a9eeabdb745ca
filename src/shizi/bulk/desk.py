"""Where one picture after the other is read: a worker, replaced when it is lost."""

from __future__ import annotations

import itertools
import signal
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from shizi.bulk.row import Outcome, row_of
from shizi.core.errors import InputError, ServiceError, SourceError, WorkerError
from shizi.ocr.engine import TextEngine
from shizi.ocr.setup import USUAL, Setup
from shizi.reading import read_sheet
from shizi.sandbox.keeper import Sandbox
from shizi.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from shizi.core.sheet import Sheet
    from shizi.worker import MakeEngine, Task

# 60 s: nobody waits for one picture, but one that hangs must not hold up the others.
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Order:
    """What is done with each picture; travels to where it is done.

    Attributes:
        kind: The document whose fields are read; none for text alone.
        is_required: Whether a picture without it fails.
        setup: How the models are run.
        memory: Bytes that a worker may hold between two pictures.
    """

    kind: str | None = None
    is_required: bool = False
    setup: Setup = USUAL
    memory: int = 1 << 30

    def engine(self) -> MakeEngine:
        """Return what makes a worker's engine."""
        return partial(TextEngine, setup=self.setup)


class Desk:
    """A worker process of its own; belongs to one thread."""

    def __init__(self, order: Order) -> None:
        """Take what is to be done; the worker starts with the first picture."""
        self._order = order
        self._task: Task[Sheet] = partial(
            read_sheet, kind=order.kind, is_required=order.is_required
        )
        self._numbers = itertools.count(1)
        self._worker: Worker | None = None

    def read(self, name: str, data: Callable[[], bytes]) -> Outcome:
        """Return what came of a picture, be it an error of the picture's.

        Args:
            name: The picture's id.
            data: Returns its bytes, or raises what `load` does.

        Raises:
            SetupError: The installation is not fit to run.
        """
        try:
            return Outcome(name, row_of(name, self._run(data())))
        except (InputError, SourceError, ServiceError) as error:
            return Outcome(name, None, str(error) or type(error).__name__)

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.leave()
            self._worker = None

    def _run(self, data: bytes) -> Sheet:
        try:
            return self._try(data)
        except WorkerError:
            # It may have been the worker's end, not the picture's fault.
            return self._try(data)

    def _try(self, data: bytes) -> Sheet:
        worker = self._open()
        try:
            read = worker.call(next(self._numbers), self._task, data, _SECONDS)
        except WorkerError:
            worker.kill()
            self._worker = None
            raise
        if worker.resident > self._order.memory:
            self.close()
        return read

    def _open(self) -> Worker:
        if self._worker is None or not self._worker.is_alive():
            order = self._order
            self._worker = Worker(order.engine(), Sandbox, memory=order.memory)
            # Ctrl-C at a terminal goes to all processes; this one inherits the mask.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                self._worker.start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return self._worker
